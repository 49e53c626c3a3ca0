/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "rules/compare.h"

#include <string.h>

#include <libknot/descriptor.h>
#include <libknot/errcode.h>

#include "facts/inventory.h"
#include "facts/parent.h"
#include "rules/compare_keys.h"
#include "rules/sink.h"

bool acml_serial_behind(uint32_t a, uint32_t b)
{
	return b != a && (uint32_t)(b - a) < UINT32_C(0x80000000);
}

/* The underscore before a target may be there or not: the same value. */
static bool same_target(const knot_dname_t *a, const knot_dname_t *b)
{
	size_t a_skip = a[0] > 0 && a[1] == '_', b_skip = b[0] > 0 && b[1] == '_';
	return a[0] - a_skip == b[0] - b_skip &&
	       memcmp(a + 1 + a_skip, b + 1 + b_skip, a[0] - a_skip) == 0 &&
	       acml_name_equal(acml_name_parent(a), acml_name_parent(b));
}

/* Whether ACM finds this token: everything about it is right, and it is alone at its name. */
static bool works(const struct acml_zone *zone, const struct acml_token *token)
{
	if (!token->valid || token->outside || token->hidden != NULL || !token->owner_token) {
		return false;
	}
	const struct acml_node *node = acml_zone_node(zone, token->rr->owner);
	for (size_t i = 0; node != NULL && i < node->count; i++) {
		const struct acml_rr *rr = &node->rrs[i];
		bool other = rr->type != KNOT_RRTYPE_CNAME && rr->type != KNOT_RRTYPE_RRSIG &&
		             rr->type != KNOT_RRTYPE_NSEC;
		bool second = rr->type == KNOT_RRTYPE_CNAME &&
		              !(rr->rdlen == token->rr->rdlen &&
		                knot_dname_is_case_equal(rr->rdata, token->rr->rdata));
		if (other || second) {
			return false;
		}
	}
	return node != NULL;
}

static bool is_target(const struct acml_rr *rr, const knot_dname_t *target)
{
	knot_dname_storage_t lower;
	if (knot_dname_wire_check(rr->rdata, rr->rdata + rr->rdlen, NULL) != (int)rr->rdlen) {
		return false;
	}
	acml_name_lower(rr->rdata, lower);
	return same_target(lower, target);
}

/* Whether a zone has another version's token: the record itself, or aliases that end where it
 * did. What is wrong beside it is other rules' business. */
static bool has_token(const struct acml_zone *zone, const struct acml_token *token,
                      struct acml_token_change *out)
{
	const knot_dname_t *owner = token->rr->owner;
	const struct acml_node *cut = acml_zone_cut(zone, owner);
	struct acml_rrset set = acml_zone_rrset(zone, owner, KNOT_RRTYPE_CNAME);
	*out = (struct acml_token_change) { .token = token, .rr = set.count > 0 ? set.rrs : NULL };
	if (cut != NULL && !acml_name_equal(cut->owner, owner)) {
		out->how = ACML_LOSS_DELEGATED;
		out->rr = acml_node_rrset(cut, KNOT_RRTYPE_NS).rrs;
		return false;
	}
	if (acml_zone_dname(zone, owner) == NULL) {
		for (size_t i = 0; i < set.count; i++) {
			if (is_target(&set.rrs[i], token->target)) {
				return true;
			}
		}
	}
	struct acml_chain chain;
	acml_chain_follow(zone, owner, &chain);
	out->how = chain.hops > 0 ? ACML_LOSS_CHANGED : ACML_LOSS_GONE;
	return chain.hops > 0 && chain.leaves && same_target(chain.end, token->target);
}

/* A complete inventory in which no certificate asks for the token: nobody relies on it. */
static bool needless(const struct acml_judge *judge, const struct acml_token *token)
{
	const struct acml_inventory *inventory = judge->facts->inventory;
	if (inventory == NULL || !judge->facts->inventory_complete) {
		return false;
	}
	for (size_t i = 0; i < inventory->n_needs; i++) {
		if (acml_name_equal(inventory->needs[i].owner, token->rr->owner)) {
			return false;
		}
	}
	return true;
}

/* The tokens that work in one version and are not in the other. */
static void compare_tokens(struct acml_judge *judge, const struct acml_judge *has,
                           const struct acml_zone *other, struct acml_token_change **out,
                           size_t *out_count)
{
	struct acml_token_change *list = acml_judge_alloc(judge, has->n_tokens * sizeof(*list));
	size_t count = 0;
	for (size_t i = 0; list != NULL && i < has->n_tokens; i++) {
		const struct acml_token *token = &has->tokens[i];
		struct acml_token_change change;
		bool repeated = count > 0 && acml_name_equal(list[count - 1].token->rr->owner,
		                                             token->rr->owner);
		if (!repeated && works(has->zone, token) && !needless(judge, token) &&
		    !has_token(other, token, &change)) {
			list[count++] = change;
		}
	}
	*out = list;
	*out_count = count;
}

static void add_caa(const struct acml_judge *judge, const struct acml_zone *old,
                    const struct acml_use *a, const struct acml_use *b,
                    struct acml_caa_change *out)
{
	*out = (struct acml_caa_change) { .name = a != NULL ? a->name : b->name };
	out->used[0] = (a != NULL && a->plain) || (b != NULL && b->plain);
	out->used[1] = (a != NULL && a->wildcard) || (b != NULL && b->wildcard);
	struct acml_caa_set before, after;
	acml_caa_relevant(old, out->name, &before);
	acml_caa_relevant(judge->zone, out->name, &after);
	for (int wildcard = 0; wildcard < 2; wildcard++) {
		out->before[wildcard] = acml_caa_amazon(&before, wildcard);
		out->after[wildcard] = acml_caa_amazon(&after, wildcard);
	}
	if (after.where == ACML_CAA_FOUND) {
		out->decides = after.set.rrs;
	}
}

/* The names with ACM use of both versions, merged: both lists are in canonical order. */
static void compare_caa(struct acml_judge *judge, struct acml_compare *compare)
{
	const struct acml_judge *old = &compare->published;
	compare->caa = acml_judge_alloc(judge, (old->n_uses + judge->n_uses) *
	                                sizeof(*compare->caa));
	size_t i = 0, j = 0;
	while (compare->caa != NULL && (i < old->n_uses || j < judge->n_uses)) {
		const struct acml_use *a = i < old->n_uses ? &old->uses[i] : NULL;
		const struct acml_use *b = j < judge->n_uses ? &judge->uses[j] : NULL;
		int order = a == NULL ? 1 : b == NULL ? -1 : knot_dname_cmp(a->name, b->name);
		a = order <= 0 ? a : NULL;
		b = order >= 0 ? b : NULL;
		add_caa(judge, compare->old, a, b, &compare->caa[compare->n_caa++]);
		i += a != NULL;
		j += b != NULL;
	}
}

static bool same_data(const struct acml_rr *a, const struct acml_rr *b, bool any_case)
{
	if (a->rdlen != b->rdlen) {
		return false;
	}
	for (size_t i = 0; i < a->rdlen; i++) {
		uint8_t x = a->rdata[i], y = b->rdata[i];
		bool letters = (x ^ y) == 0x20 && (x | 0x20) >= 'a' && (x | 0x20) <= 'z';
		if (x != y && !(any_case && letters)) {
			return false;
		}
	}
	return true;
}

static bool in_set(const struct acml_rr *rr, const struct acml_rr *rrs, size_t count)
{
	bool any_case = rr->type == KNOT_RRTYPE_NS;
	for (size_t i = 0; i < count; i++) {
		if (same_data(rr, &rrs[i], any_case)) {
			return true;
		}
	}
	return false;
}

/* The records of one set that are not in another, each once. */
static void subtract(struct acml_judge *judge, const struct acml_rrset *from,
                     const struct acml_rrset *without, struct acml_rr_list *out)
{
	out->rrs = acml_judge_alloc(judge, from->count * sizeof(*out->rrs));
	for (size_t i = 0; out->rrs != NULL && i < from->count; i++) {
		const struct acml_rr *rr = &from->rrs[i];
		if (!in_set(rr, without->rrs, without->count) && !in_set(rr, from->rrs, i)) {
			out->rrs[out->count++] = rr;
		}
	}
}

static void compare_apex(struct acml_judge *judge, struct acml_compare *compare)
{
	const struct acml_zone *old = compare->old, *zone = judge->zone;
	struct acml_rrset keys = acml_zone_rrset(old, zone->apex, KNOT_RRTYPE_DNSKEY);
	struct acml_rrset new_keys = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_DNSKEY);
	subtract(judge, &keys, &new_keys, &compare->keys_lost);
	subtract(judge, &new_keys, &keys, &compare->keys_gained);

	struct acml_rrset ns = acml_zone_rrset(old, zone->apex, KNOT_RRTYPE_NS);
	struct acml_rrset new_ns = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_NS);
	subtract(judge, &ns, &new_ns, &compare->ns_lost);
	subtract(judge, &new_ns, &ns, &compare->ns_gained);
	compare->ns_replaced = ns.count > 0 && new_ns.count > 0;
	for (size_t i = 0; i < new_ns.count; i++) {
		compare->ns_replaced &= !in_set(&new_ns.rrs[i], ns.rrs, ns.count);
	}

	compare->serials = acml_zone_serial(old, &compare->serial_old) &&
	                   acml_zone_serial(zone, &compare->serial_new);
	compare->advanced = acml_serial_behind(compare->serial_old, compare->serial_new);
	compare->changed = old->digest != zone->digest;
}

const struct acml_compare *acml_compare(struct acml_judge *judge)
{
	if (judge->compare != NULL) {
		return judge->compare;
	}
	struct acml_compare *compare = acml_judge_alloc(judge, sizeof(*compare));
	if (compare == NULL) {
		return NULL;
	}
	compare->old = judge->facts->baseline;
	compare->published = (struct acml_judge) {
		.zone = compare->old, .facts = judge->facts, .sink = judge->sink,
	};
	if (acml_judge_collect(&compare->published) != KNOT_EOK) {
		judge->sink->error = KNOT_ENOMEM;
		return NULL;
	}
	compare_tokens(judge, &compare->published, judge->zone, &compare->lost, &compare->n_lost);
	compare_tokens(judge, judge, compare->old, &compare->gained, &compare->n_gained);
	compare_caa(judge, compare);
	compare_apex(judge, compare);
	acml_compare_keys(judge, compare);
	if (judge->sink->error != KNOT_EOK) {
		return NULL;
	}
	judge->compare = compare;
	return compare;
}
