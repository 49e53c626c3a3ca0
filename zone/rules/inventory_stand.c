/* SPDX-License-Identifier: GPL-2.0-or-later */

/* How what ACM asks for stands in the zone. */

#include <stdlib.h>
#include <string.h>

#include <libknot/descriptor.h>

#include "model/lookup.h"
#include "rules/inventory.h"

/* So many certificates of one name are looked at. */
#define MOST_ALIKE 16

/* ACM's own limit is 100. */
#define MOST_NAMES 256

/* ACM User Guide: a target may have lost its leading underscore. */
static bool same_target(const knot_dname_t *a, const knot_dname_t *b)
{
	size_t skip_a = a[0] > 0 && a[1] == '_', skip_b = b[0] > 0 && b[1] == '_';
	return a[0] - skip_a == b[0] - skip_b &&
	       memcmp(a + 1 + skip_a, b + 1 + skip_b, a[0] - skip_a) == 0 &&
	       acml_name_equal(acml_name_parent(a), acml_name_parent(b));
}

static bool has_target(const struct acml_rrset *set, const knot_dname_t *target)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct acml_rr *rr = &set->rrs[i];
		knot_dname_storage_t lower;
		if (rr->rdlen > 0 &&
		    knot_dname_wire_check(rr->rdata, rr->rdata + rr->rdlen, NULL) > 0) {
			acml_name_lower(rr->rdata, lower);
			if (same_target(lower, target)) {
				return true;
			}
		}
	}
	return false;
}

/* The deepest other zone of the run that the name is in. */
static const knot_dname_t *deeper_input(const struct acml_judge *judge, const knot_dname_t *name)
{
	const struct acml_facts *facts = judge->facts;
	const knot_dname_t *found = NULL;
	for (size_t i = 0; i < facts->n_inputs; i++) {
		const knot_dname_t *apex = facts->inputs[i].apex;
		if (acml_name_below(apex, judge->zone->apex) && acml_name_within(name, apex) &&
		    (found == NULL || acml_name_below(apex, found))) {
			found = apex;
		}
	}
	return found;
}

enum acml_need_standing acml_need_stand(const struct acml_judge *judge,
                                        const struct acml_need *need,
                                        const knot_dname_t **out_child)
{
	const struct acml_zone *zone = judge->zone;
	struct acml_rrset set = acml_zone_rrset(zone, need->owner, KNOT_RRTYPE_CNAME);
	const struct acml_node *cut = acml_zone_cut(zone, need->owner);
	*out_child = deeper_input(judge, need->owner);
	if (*out_child == NULL && cut != NULL && !acml_name_equal(cut->owner, need->owner)) {
		*out_child = cut->owner;
	}
	if (*out_child != NULL) {
		return ACML_NEED_ELSEWHERE;
	}
	struct acml_chain chain;
	acml_chain_follow(zone, need->owner, &chain);
	if (chain.leaves && same_target(chain.end, need->target)) {
		return ACML_NEED_PRESENT;
	}
	if (has_target(&set, need->target)) {
		return ACML_NEED_HIDDEN;
	}
	if (set.count > 0) {
		return ACML_NEED_DIFFERENT;
	}
	struct acml_answer answer;
	acml_lookup(zone, need->owner, KNOT_RRTYPE_TXT, &answer);
	return answer.wildcard != NULL ? ACML_NEED_WILDCARD : ACML_NEED_ABSENT;
}

/* The certificates that have exactly this name stand first among those at and below it. */
static size_t alike(const struct acml_inventory *inventory, const knot_dname_t *name,
                    const struct acml_cert_ref **out_first)
{
	size_t most = acml_inventory_refs(inventory, name, out_first);
	size_t count = 0;
	while (count < most && count < MOST_ALIKE &&
	       acml_name_equal((*out_first)[count].name, name)) {
		count++;
	}
	return count;
}

bool acml_cert_is_superseded(const struct acml_inventory *inventory, const struct acml_cert *cert)
{
	for (size_t i = 0; i < cert->n_names; i++) {
		if (i >= MOST_NAMES) {
			return false;
		}
		const struct acml_cert_ref *refs;
		size_t count = alike(inventory, cert->names[i].name, &refs);
		bool found = false;
		for (size_t j = 0; j < count && !found; j++) {
			const struct acml_cert *other = &inventory->certs[refs[j].cert];
			found = other != cert && other->status != NULL &&
			        strcmp(other->status, "ISSUED") == 0 &&
			        acml_cert_state(other) >= ACML_CERT_IDLE &&
			        other->names[refs[j].index].wildcard == cert->names[i].wildcard;
		}
		if (!found) {
			return false;
		}
	}
	return true;
}

enum acml_cert_state acml_need_state(const struct acml_inventory *inventory,
                                     const struct acml_need *need)
{
	if (need->cert == SIZE_MAX) {
		return ACML_CERT_LIVE;
	}
	const struct acml_cert *cert = &inventory->certs[need->cert];
	enum acml_cert_state state = acml_cert_state(cert);
	return state == ACML_CERT_FAILED && acml_cert_is_superseded(inventory, cert) ?
	       ACML_CERT_DEAD : state;
}

void acml_name_forms(const struct acml_inventory *inventory, const knot_dname_t *name,
                     bool *out_plain, bool *out_wildcard)
{
	const struct acml_cert_ref *refs;
	size_t count = alike(inventory, name, &refs);
	*out_plain = false;
	*out_wildcard = false;
	for (size_t i = 0; i < count; i++) {
		const struct acml_cert *cert = &inventory->certs[refs[i].cert];
		bool wildcard = cert->names[refs[i].index].wildcard;
		if (acml_cert_state(cert) != ACML_CERT_DEAD) {
			*(wildcard ? out_wildcard : out_plain) = true;
		}
	}
}

const char *acml_cert_text(struct acml_judge *judge, const struct acml_cert *cert)
{
	if (cert->arn != NULL) {
		return cert->arn;
	}
	size_t size = strlen(cert->file) + 32;
	char *text = acml_judge_alloc(judge, size);
	if (text == NULL) {
		return "";
	}
	stpcpy(stpcpy(text, "in "), cert->file);
	return text;
}

static int by_cert(const void *a, const void *b)
{
	const struct acml_cert_ref *x = a, *y = b;
	if (x->cert != y->cert) {
		return x->cert < y->cert ? -1 : 1;
	}
	return x->index < y->index ? -1 : x->index > y->index;
}

const struct acml_cert_ref *acml_zone_certs(struct acml_judge *judge, size_t *out_count)
{
	const struct acml_cert_ref *refs;
	size_t count = acml_inventory_refs(judge->facts->inventory, judge->zone->apex, &refs);
	struct acml_cert_ref *certs = acml_judge_alloc(judge, (count + 1) * sizeof(*certs));
	size_t kept = 0;
	*out_count = 0;
	if (certs == NULL) {
		return NULL;
	}
	memcpy(certs, refs, count * sizeof(*certs));
	qsort(certs, count, sizeof(*certs), by_cert);
	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || certs[kept - 1].cert != certs[i].cert) {
			certs[kept++] = certs[i];
		}
	}
	*out_count = kept;
	return certs;
}

const struct acml_cert_name *acml_zone_cert_name(const struct acml_judge *judge,
                                                 const struct acml_cert *cert, size_t i)
{
	return acml_name_within(cert->names[i].name, judge->zone->apex) ? &cert->names[i] : NULL;
}
