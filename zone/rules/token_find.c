/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Which records of a zone are tokens, and how they stand to the zone and to one another. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <libknot/consts.h>
#include <libknot/descriptor.h>
#include <libknot/errcode.h>

#include "model/lookup.h"
#include "model/names.h"
#include "rules/token.h"

/* ACM gives up earlier; where a chain this long ends does not matter. */
#define MAX_HOPS 12

/* What is enough to look at, so that no zone makes this slow: targets at one owner, names below
 * one that was doubled, records that do not parse. */
#define MAX_TARGETS  8
#define MAX_DOUBLED  64
#define MAX_PROBLEMS 1000

/* Lower-case name of an alias's RDATA. The generic notation (RFC 3597) lets anything in. */
static bool alias_target(const struct acml_rr *rr, knot_dname_storage_t out)
{
	if (rr->rdlen == 0 ||
	    knot_dname_wire_check(rr->rdata, rr->rdata + rr->rdlen, NULL) <= 0) {
		return false;
	}
	acml_name_lower(rr->rdata, out);
	return true;
}

typedef uint8_t block __attribute__((vector_size(16)));

static block load(const uint8_t *bytes)
{
	block out;
	memcpy(&out, bytes, sizeof(out));
	return out | 0x20;
}

static bool any(block bytes)
{
	uint64_t halves[2];
	memcpy(halves, &bytes, sizeof(halves));
	return (halves[0] | halves[1]) != 0;
}

/* Whether "acm" or "val" begins at one of the sixteen bytes, of which two more follow. */
static bool smells_here(const uint8_t *bytes)
{
	block first = load(bytes), second = load(bytes + 1), third = load(bytes + 2);
	return any(((first == 'a') & (second == 'c') & (third == 'm')) |
	           ((first == 'v') & (second == 'a') & (third == 'l')));
}

/* Whether bytes hold "acm" or "val", in any case: what every near spelling keeps one of. */
static bool smells_of_acm(const uint8_t *bytes, size_t size)
{
	const size_t step = sizeof(block);
	for (; size >= step + 2; bytes += step, size -= step) {
		if (smells_here(bytes)) {
			return true;
		}
	}
	uint8_t rest[2 * sizeof(block)] = { 0 };
	memcpy(rest, bytes, size);
	return smells_here(rest);
}

bool acml_token_interesting(const knot_dname_t *apex, const struct acml_rr *rr)
{
	(void)apex;
	const knot_dname_t *owner = rr->owner;
	bool underscore = owner[0] > 0 && owner[1] == '_';
	switch (rr->type) {
	case KNOT_RRTYPE_CNAME:
		return underscore || (rr->rdlen > 1 && rr->rdata[1] == '_') ||
		       smells_of_acm(rr->rdata, rr->rdlen);
	case KNOT_RRTYPE_TXT:
	case KNOT_RRTYPE_SPF:
		return (underscore && acml_label_is_token(owner)) ||
		       smells_of_acm(rr->rdata, rr->rdlen);
	default:
		return underscore && acml_label_is_token(owner);
	}
}

void acml_chain_follow(const struct acml_zone *zone, const knot_dname_t *name,
                       struct acml_chain *out)
{
	struct acml_answer answer;
	out->hops = 0;
	out->endless = false;
	out->leaves = false;
	acml_name_copy(name, out->end);
	/* A server stops after some aliases and the resolver asks again for the next name. */
	do {
		acml_lookup(zone, out->end, KNOT_RRTYPE_TXT, &answer);
		out->hops += answer.aliases;
		acml_name_copy(answer.last, out->end);
	} while (answer.outcome == ACML_LIMIT && answer.rcode == KNOT_RCODE_NOERROR &&
	         answer.aliases > 0 && out->hops < MAX_HOPS);

	if (answer.outcome == ACML_OUTSIDE) {
		out->leaves = true;
		acml_name_copy(answer.outside, out->end);
	}
	out->endless = answer.outcome == ACML_LOOP ||
	               (answer.outcome == ACML_LIMIT && answer.rcode == KNOT_RCODE_NOERROR);
}

/* A CNAME for validation, whatever else is wrong with it, and nothing beside it. */
static bool is_token_node(const struct acml_zone *zone, const struct acml_node *node)
{
	if (node->owner[0] == 0 || node->owner[1] != '_') {
		return false;
	}
	struct acml_rrset cname = acml_node_rrset(node, KNOT_RRTYPE_CNAME);
	size_t signing = acml_node_rrset(node, KNOT_RRTYPE_RRSIG).count +
	                 acml_node_rrset(node, KNOT_RRTYPE_NSEC).count;
	if (cname.count == 0 || cname.count + signing != node->count) {
		return false;
	}
	for (size_t i = 0; i < cname.count && i < MAX_TARGETS; i++) {
		knot_dname_storage_t target;
		if (alias_target(&cname.rrs[i], target) &&
		    (acml_target_form(target, zone->apex) != ACML_TARGET_FOREIGN ||
		     (acml_label_is_token(node->owner) && acml_name_below(target, zone->apex)))) {
			return true;
		}
	}
	return false;
}

/* Data that do not parse, such as a provider's "A ALIAS …", were meant to be there. */
static bool has_broken_data(const struct acml_zone *zone, const knot_dname_t *name)
{
	for (size_t i = 0; i < zone->n_problems && i < MAX_PROBLEMS; i++) {
		const knot_dname_t *owner = zone->problems[i].owner;
		if (owner == NULL || acml_name_within(owner, name)) {
			return true;
		}
	}
	return zone->n_problems > MAX_PROBLEMS;
}

bool acml_name_is_bare(const struct acml_zone *zone, const knot_dname_t *name)
{
	if (acml_name_equal(name, zone->apex)) {
		return false;
	}
	const struct acml_node *node = acml_zone_node(zone, name);
	if ((node != NULL && !is_token_node(zone, node)) || has_broken_data(zone, name)) {
		return false;
	}
	size_t count = 0;
	const struct acml_node *below = acml_zone_below(zone, name, &count);
	for (size_t i = 0; i < count; i++) {
		if (!is_token_node(zone, &below[i])) {
			return false;
		}
	}
	return true;
}

/* How many bytes of name stand in front of the first copy of the apex that has another at the
 * end, 0 for none. out_adjacent: one of the copies is directly in front of the last. */
static size_t inner_apex(const knot_dname_t *name, const knot_dname_t *apex, bool *out_adjacent)
{
	size_t apex_size = acml_name_size(apex) - 1;
	int apex_labels = (int)knot_dname_labels(apex, NULL);
	int gap = knot_dname_in_bailiwick(name, apex) - apex_labels;
	const knot_dname_t *at = name;
	size_t before = 0;
	*out_adjacent = false;
	/* The first label is the token's. */
	while (--gap >= 0) {
		at = acml_name_parent(at);
		if (memcmp(at, apex, apex_size) == 0) {
			before = before == 0 ? (size_t)(at - name) : before;
			*out_adjacent = gap == 0;
		}
	}
	return before;
}

/* "example.com.cdn.example.com" can be meant; it has more than a token then. */
static bool is_only_tokens(const struct acml_zone *zone, const knot_dname_t *base)
{
	size_t below = 0;
	(void)acml_zone_below(zone, base, &below);
	return zone->complete && below <= MAX_DOUBLED && acml_name_is_bare(zone, base);
}

bool acml_owner_doubled(const struct acml_zone *zone, const knot_dname_t *owner,
                        knot_dname_storage_t out_meant)
{
	if (zone->apex[0] == 0 || !acml_name_within(owner, zone->apex)) {
		return false;
	}
	bool adjacent = false;
	size_t before = inner_apex(owner, zone->apex, &adjacent);
	if (before == 0) {
		return false;
	}
	/* Not adjacent: written in full under "$ORIGIN sub.example.com.", which was appended. One
	 * label alone may stand in a name for anything. */
	if (!adjacent && (knot_dname_labels(zone->apex, NULL) < 2 ||
	                  !is_only_tokens(zone, acml_name_parent(owner)))) {
		return false;
	}
	memcpy(out_meant, owner, before);
	acml_name_copy(zone->apex, out_meant + before);
	return true;
}

static bool has_wildcard_label(const knot_dname_t *owner)
{
	for (; owner[0] != 0; owner = acml_name_parent(owner)) {
		if (acml_name_is_wildcard(owner)) {
			return true;
		}
	}
	return false;
}

/* Whether a target that is nearly right was meant for ACM. */
static bool is_meant(const struct acml_zone *zone, const struct acml_token *token,
                     const struct acml_target_parts *parts)
{
	knot_dname_storage_t label;
	label[0] = (uint8_t)(token->target[0] + 1);
	label[1] = '_';
	memcpy(label + 2, token->target + 1, token->target[0]);
	bool target_token = acml_label_is_token(token->target) || acml_label_is_token(label);

	if (parts->missing && (!zone->complete || acml_zone_exists(zone, token->target) ||
	                       acml_zone_cut(zone, token->target) != NULL)) {
		return false;
	}
	if (parts->weak) {
		return token->owner_token && target_token;
	}
	return token->owner_underscore || target_token;
}

/* A CNAME of a token's owner that reaches ACM through further ones of this zone. */
static bool reaches_acm(const struct acml_zone *zone, struct acml_token *token,
                        knot_dname_storage_t lower)
{
	if (!token->owner_token || token->outside || !acml_name_within(lower, zone->apex)) {
		return false;
	}
	struct acml_chain chain;
	acml_chain_follow(zone, lower, &chain);
	if (!chain.leaves || acml_target_form(chain.end, zone->apex) != ACML_TARGET_GOOD) {
		return false;
	}
	token->hops = chain.hops;
	token->form = ACML_TARGET_GOOD;
	acml_name_copy(chain.end, lower);
	return true;
}

/* The cut or DNAME nearest to the apex is what a server meets first (RFC 1034 section 4.3.2). */
static void find_hiding(const struct acml_zone *zone, struct acml_token *token)
{
	struct acml_found found;
	acml_zone_find(zone, token->rr->owner, &found);
	/* NS beside the token itself: TOK009. */
	const struct acml_node *cut = found.cut != found.node ? found.cut : NULL;
	token->hidden_by_dname = found.dname != NULL &&
	                         (cut == NULL || acml_name_below(cut->owner, found.dname->owner));
	token->hidden = token->hidden_by_dname ? found.dname : cut;
}

bool acml_token_classify(const struct acml_zone *zone, const struct acml_rr *rr,
                         knot_dname_storage_t lower, struct acml_token *out)
{
	if (rr->type != KNOT_RRTYPE_CNAME || rr->owner[0] == 0 || !alias_target(rr, lower)) {
		return false;
	}
	struct acml_target_parts parts;
	acml_target_parse(lower, zone->apex, &parts);
	struct acml_token token = {
		.rr = rr,
		.base = acml_name_parent(rr->owner),
		.target = lower,
		.form = parts.form,
		.owner_underscore = rr->owner[1] == '_',
		.owner_token = acml_label_is_token(rr->owner),
		.outside = !acml_name_within(rr->owner, zone->apex),
	};
	if (token.form == ACML_TARGET_MISSPELT && !is_meant(zone, &token, &parts)) {
		token.form = ACML_TARGET_FOREIGN;
	}
	if (token.form == ACML_TARGET_FOREIGN && !reaches_acm(zone, &token, lower)) {
		return false;
	}
	if (token.hops > 0) {
		acml_target_parse(lower, zone->apex, &parts);
	}
	knot_dname_storage_t meant;
	const char *why = NULL;
	token.doubled = acml_owner_doubled(zone, rr->owner, meant);
	token.wild = has_wildcard_label(rr->owner);
	token.valid = token.form == ACML_TARGET_GOOD && !token.doubled && !token.wild &&
	              acml_label_shape(rr->owner) == ACML_SHAPE_SOUND &&
	              acml_target_shape(lower, &parts, &why) == ACML_SHAPE_SOUND;
	if (!token.outside) {
		find_hiding(zone, &token);
	}
	*out = token;
	return true;
}

static int order_by_record(const void *a, const void *b)
{
	uintptr_t x = (uintptr_t)(*(struct acml_token *const *)a)->rr;
	uintptr_t y = (uintptr_t)(*(struct acml_token *const *)b)->rr;
	return x < y ? -1 : x > y;
}

static struct acml_token *find_record(struct acml_token **index, size_t n,
                                      const struct acml_rr *rr)
{
	struct acml_token key = { .rr = rr }, *wanted = &key;
	struct acml_token **found = bsearch(&wanted, index, n, sizeof(index[0]), order_by_record);
	return found != NULL ? *found : NULL;
}

/* Marks what the CNAMEs behind a token lead through. */
static void mark_aliased(const struct acml_zone *zone, const struct acml_token *token,
                         struct acml_token **index, size_t n)
{
	struct acml_answer answer;
	knot_dname_storage_t name;
	acml_name_lower(token->rr->rdata, name);
	for (size_t hops = 0; hops < token->hops; hops += answer.aliases) {
		acml_lookup(zone, name, KNOT_RRTYPE_TXT, &answer);
		for (size_t i = 0; i < answer.n_steps; i++) {
			const struct acml_rrset *set = &answer.steps[i].set;
			for (size_t j = 0; j < set->count; j++) {
				struct acml_token *passed = find_record(index, n, &set->rrs[j]);
				if (passed != NULL) {
					passed->aliased = true;
				}
			}
		}
		if (answer.outcome != ACML_LIMIT || answer.aliases == 0) {
			break;
		}
		acml_name_copy(answer.last, name);
	}
}

/* The underscore before a target may be there or not: the same value. */
static int order_targets(const knot_dname_t *a, const knot_dname_t *b)
{
	size_t a_skip = a[0] > 0 && a[1] == '_', b_skip = b[0] > 0 && b[1] == '_';
	size_t a_len = a[0] - a_skip, b_len = b[0] - b_skip;
	if (a_len != b_len) {
		return a_len < b_len ? -1 : 1;
	}
	int order = memcmp(a + 1 + a_skip, b + 1 + b_skip, a_len);
	return order != 0 ? order : knot_dname_cmp(acml_name_parent(a), acml_name_parent(b));
}

/* By owner label and target: 0 for twins. */
static int order_values(const struct acml_token *a, const struct acml_token *b)
{
	const knot_dname_t *x = a->rr->owner, *y = b->rr->owner;
	if (x[0] != y[0]) {
		return x[0] < y[0] ? -1 : 1;
	}
	int order = memcmp(x + 1, y + 1, x[0]);
	return order != 0 ? order : order_targets(a->target, b->target);
}

static int order_by_value(const void *a, const void *b)
{
	const struct acml_token *x = *(struct acml_token *const *)a;
	const struct acml_token *y = *(struct acml_token *const *)b;
	int order = order_values(x, y);
	if (order == 0) {
		order = (x->rr->file > y->rr->file) - (x->rr->file < y->rr->file);
	}
	if (order == 0) {
		order = (x->rr->line > y->rr->line) - (x->rr->line < y->rr->line);
	}
	return order != 0 ? order : order_by_record(a, b);
}

static bool may_have_twin(const struct acml_token *token)
{
	return token->valid && !token->outside && token->hidden == NULL && token->hops == 0;
}

static void mark_twins(struct acml_token **index, size_t n)
{
	struct acml_token *first = NULL;
	for (size_t i = 0; i < n; i++) {
		if (!may_have_twin(index[i])) {
			continue;
		}
		if (first == NULL || order_values(first, index[i]) != 0) {
			first = index[i];
		} else if (!acml_name_equal(first->rr->owner, index[i]->rr->owner)) {
			index[i]->twin = first;
		}
	}
}

int acml_tokens_relate(const struct acml_zone *zone, struct acml_token *tokens, size_t n_tokens)
{
	if (n_tokens < 2) {
		return KNOT_EOK;
	}
	struct acml_token **index = malloc(n_tokens * sizeof(index[0]));
	if (index == NULL) {
		return KNOT_ENOMEM;
	}
	for (size_t i = 0; i < n_tokens; i++) {
		index[i] = &tokens[i];
	}
	qsort(index, n_tokens, sizeof(index[0]), order_by_record);
	for (size_t i = 0; i < n_tokens; i++) {
		if (tokens[i].hops > 0) {
			mark_aliased(zone, &tokens[i], index, n_tokens);
		}
	}
	qsort(index, n_tokens, sizeof(index[0]), order_by_value);
	mark_twins(index, n_tokens);
	free(index);
	return KNOT_EOK;
}
