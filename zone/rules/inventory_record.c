/* SPDX-License-Identifier: GPL-2.0-or-later */

/* INV001 to INV005: the records that ACM asks for, and those that nobody does. */

#include <string.h>

#include <libknot/descriptor.h>

#include "model/lookup.h"
#include "rules/blame.h"
#include "rules/inventory.h"

#define FIX_TTL 300

/* So many certificates of one name are looked at. */
#define MOST_ALIKE 256

/* ACM will not issue or renew; what nobody uses it does not renew anyway. */
static enum acml_severity severity_of(const struct acml_judge *judge,
                                      const struct acml_need *need)
{
	enum acml_cert_state state = acml_need_state(judge->facts->inventory, need);
	return state == ACML_CERT_DEAD ? ACML_OFF :
	       state == ACML_CERT_IDLE ? ACML_INFO : ACML_ERROR;
}

/* Where a finding about a record that is wanted stands, and the name it is to validate. */
static struct acml_spot spot_of(const struct acml_judge *judge, const struct acml_need *need)
{
	struct acml_spot spot = { .owner = need->owner, .type = "CNAME" };
	bool plain, wildcard;
	spot.domain = acml_name_parent(need->owner);
	acml_name_forms(judge->facts->inventory, spot.domain, &plain, &wildcard);
	spot.wildcard = wildcard && !plain;
	return spot;
}

static const char *who_asks(struct acml_judge *judge, const struct acml_need *need)
{
	const struct acml_inventory *inventory = judge->facts->inventory;
	return need->cert < inventory->n_certs ?
	       acml_cert_text(judge, &inventory->certs[need->cert]) : need->file;
}

/* Another rule has told why ACM does not find it: a record that stands at the wrong place, has
 * the wrong type, does not parse. */
static bool is_explained(const struct acml_judge *judge, const struct acml_need *need)
{
	return acml_blame_owner(judge, need->owner) != NULL ||
	       acml_blame_label(judge, need->owner) != NULL;
}

/* Nothing that would have to go first. */
static bool can_be_added(const struct acml_judge *judge, const struct acml_need *need)
{
	const struct acml_zone *zone = judge->zone;
	const struct acml_node *node = acml_zone_node(zone, need->owner);
	size_t harmless = acml_node_rrset(node, KNOT_RRTYPE_RRSIG).count +
	                  acml_node_rrset(node, KNOT_RRTYPE_NSEC).count +
	                  acml_node_rrset(node, KNOT_RRTYPE_CNAME).count;
	return (node == NULL || node->count == harmless) &&
	       acml_zone_dname(zone, need->owner) == NULL;
}

static void add_record(struct acml_judge *judge, const struct acml_need *need)
{
	if (can_be_added(judge, need)) {
		acml_report_fix(judge, "add", "%s %d IN CNAME %s",
		                acml_judge_name(judge, need->owner), FIX_TTL,
		                acml_judge_name(judge, need->target));
	}
}

static const char *domain_of(struct acml_judge *judge, const struct acml_spot *spot)
{
	return acml_judge_host(judge, spot->domain);
}

static void say_absent(struct acml_judge *judge, const struct acml_need *need)
{
	struct acml_spot spot = spot_of(judge, need);
	acml_report(judge, severity_of(judge, need), &spot, "%s CNAME is missing: ACM asks for it to "
	            "validate %s%s (%s)", acml_judge_name(judge, need->owner),
	            spot.wildcard ? "*." : "", domain_of(judge, &spot), who_asks(judge, need));
	acml_report_advice(judge, "publish %s CNAME %s, and leave it: every renewal looks for it",
	                   acml_judge_name(judge, need->owner),
	                   acml_judge_name(judge, need->target));
	add_record(judge, need);
}

static void say_wildcard(struct acml_judge *judge, const struct acml_need *need)
{
	struct acml_spot spot = spot_of(judge, need);
	struct acml_answer answer;
	acml_lookup(judge->zone, need->owner, KNOT_RRTYPE_TXT, &answer);
	acml_report(judge, severity_of(judge, need), &spot, "%s CNAME is missing, and %s answers in its "
	            "place: ACM asks for it to validate %s%s (%s)",
	            acml_judge_name(judge, need->owner),
	            answer.wildcard != NULL ? acml_judge_name(judge, answer.wildcard) : "a wildcard",
	            spot.wildcard ? "*." : "", domain_of(judge, &spot), who_asks(judge, need));
	acml_report_advice(judge, "publish %s CNAME %s: a name that exists is not answered by a wildcard",
	                   acml_judge_name(judge, need->owner),
	                   acml_judge_name(judge, need->target));
	add_record(judge, need);
}

/* The target of a record as text; as it stands where it is no name. */
static const char *target_text(struct acml_judge *judge, const struct acml_rr *rr)
{
	bool sound = rr->rdlen > 0 &&
	             knot_dname_wire_check(rr->rdata, rr->rdata + rr->rdlen, NULL) > 0;
	return sound ? acml_judge_name(judge, rr->rdata) : "something that is no name";
}

static void say_different(struct acml_judge *judge, const struct acml_need *need)
{
	struct acml_rrset set = acml_zone_rrset(judge->zone, need->owner, KNOT_RRTYPE_CNAME);
	struct acml_spot spot = spot_of(judge, need);
	spot.rr = set.rrs;
	acml_report(judge, severity_of(judge, need), &spot, "%s CNAME leads to %s, and ACM asks for %s to "
	            "validate %s%s (%s)", acml_judge_name(judge, need->owner),
	            target_text(judge, set.rrs), acml_judge_name(judge, need->target),
	            spot.wildcard ? "*." : "", domain_of(judge, &spot), who_asks(judge, need));
	if (!can_be_added(judge, need)) {
		return;
	}
	for (size_t i = 0; i < set.count; i++) {
		acml_report_fix(judge, "remove", "%s", acml_judge_record(judge, &set.rrs[i]));
	}
	add_record(judge, need);
}

static void check_standing(struct acml_judge *judge, enum acml_need_standing wanted,
                           void (*say)(struct acml_judge *, const struct acml_need *))
{
	const struct acml_need *needs;
	size_t count = acml_inventory_needs(judge->facts->inventory, judge->zone->apex, &needs);
	const knot_dname_t *child;
	if (acml_blame(judge) == NULL) {
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (severity_of(judge, &needs[i]) != ACML_OFF &&
		    acml_need_stand(judge, &needs[i], &child) == wanted &&
		    !is_explained(judge, &needs[i])) {
			say(judge, &needs[i]);
		}
	}
}

void acml_inventory_check_missing(struct acml_judge *judge)
{
	check_standing(judge, ACML_NEED_ABSENT, say_absent);
}

void acml_inventory_check_different(struct acml_judge *judge)
{
	check_standing(judge, ACML_NEED_DIFFERENT, say_different);
}

void acml_inventory_check_wildcard(struct acml_judge *judge)
{
	check_standing(judge, ACML_NEED_WILDCARD, say_wildcard);
}

/* Another zone's records, as one finding for each zone. */
struct elsewhere {
	const knot_dname_t *child;
	const struct acml_need *first;
	size_t count;
};

static void say_elsewhere(struct acml_judge *judge, const struct elsewhere *group)
{
	const struct acml_facts *facts = judge->facts;
	struct acml_rrset ns = acml_zone_rrset(judge->zone, group->child, KNOT_RRTYPE_NS);
	const char *file = NULL;
	for (size_t i = 0; i < facts->n_inputs; i++) {
		file = acml_name_equal(facts->inputs[i].apex, group->child) ?
		       facts->inputs[i].file : file;
	}
	struct acml_spot spot = spot_of(judge, group->first);
	spot.rr = ns.rrs;
	spot.owner = group->child;
	spot.type = ns.count > 0 ? "NS" : "";
	const char *child = acml_judge_name(judge, group->child);
	const char *records = group->count > 1 ? "records that ACM asks for belong" :
	                      "record that ACM asks for belongs";
	if (ns.count > 0 && file != NULL) {
		acml_report(judge, ACML_INFO, &spot, "%zu %s into the child zone %s, which is judged "
		            "with %s", group->count, records, child, file);
	} else if (file != NULL) {
		acml_report(judge, ACML_WARNING, &spot, "%zu %s into the zone %s of %s, which this zone "
		            "does not delegate: only servers that have both answer from it",
		            group->count, records, child, file);
	} else {
		acml_report(judge, ACML_WARNING, &spot, "%zu %s into the child zone %s, which was not "
		            "given: the first is %s", group->count, records, child,
		            acml_judge_name(judge, group->first->owner));
	}
}

void acml_inventory_check_elsewhere(struct acml_judge *judge)
{
	const struct acml_need *needs;
	size_t count = acml_inventory_needs(judge->facts->inventory, judge->zone->apex, &needs);
	struct elsewhere group = { 0 };
	for (size_t i = 0; i < count; i++) {
		const knot_dname_t *child;
		enum acml_severity severity = severity_of(judge, &needs[i]);
		if (severity == ACML_OFF ||
		    acml_need_stand(judge, &needs[i], &child) != ACML_NEED_ELSEWHERE) {
			continue;
		}
		/* What is below one name stands together in canonical order. */
		if (group.count > 0 && !acml_name_equal(group.child, child)) {
			say_elsewhere(judge, &group);
			group.count = 0;
		}
		group.child = child;
		group.first = group.count == 0 ? &needs[i] : group.first;
		group.count++;
	}
	if (group.count > 0) {
		say_elsewhere(judge, &group);
	}
}

/* Whether a certificate may have this token although the inventory does not show its record. */
static bool may_be_needed(const struct acml_inventory *inventory, const knot_dname_t *base)
{
	const struct acml_cert_ref *refs;
	size_t count = acml_inventory_refs(inventory, base, &refs);
	for (size_t i = 0; i < count && acml_name_equal(refs[i].name, base); i++) {
		if (i >= MOST_ALIKE) {
			return true; /* Nobody can tell. */
		}
		const struct acml_cert *cert = &inventory->certs[refs[i].cert];
		const struct acml_cert_name *name = &cert->names[refs[i].index];
		if (acml_cert_state(cert) != ACML_CERT_DEAD && name->need == SIZE_MAX &&
		    (name->method == ACML_METHOD_DNS || name->method == ACML_METHOD_UNKNOWN)) {
			return true;
		}
	}
	return false;
}

/* NULL: something needs it. Else the certificate that no longer does, or one past the last. */
static const struct acml_cert *last_owner(const struct acml_inventory *inventory,
                                          const knot_dname_t *owner)
{
	const struct acml_need *needs;
	const struct acml_cert *last = inventory->certs + inventory->n_certs;
	size_t count = acml_inventory_needs(inventory, owner, &needs);
	for (size_t i = 0; i < count && acml_name_equal(needs[i].owner, owner); i++) {
		if (needs[i].cert == SIZE_MAX ||
		    acml_cert_state(&inventory->certs[needs[i].cert]) != ACML_CERT_DEAD) {
			return NULL;
		}
		last = &inventory->certs[needs[i].cert];
	}
	return last;
}

static bool has_gaps(const struct acml_inventory *inventory)
{
	for (size_t i = 0; i < inventory->n_partials; i++) {
		if (!inventory->partials[i].assumed) {
			return true;
		}
	}
	return false;
}

void acml_inventory_check_stale(struct acml_judge *judge)
{
	const struct acml_inventory *inventory = judge->facts->inventory;
	const struct acml_cert *none = inventory->certs + inventory->n_certs;
	if (has_gaps(inventory)) {
		return; /* INV009 tells. */
	}
	for (size_t i = 0; i < judge->n_tokens; i++) {
		const struct acml_token *token = &judge->tokens[i];
		bool again = i > 0 && acml_name_equal(token[-1].rr->owner, token->rr->owner);
		bool sound = token->valid && !token->outside && token->hidden == NULL;
		if (!sound || token->aliased || again ||
		    may_be_needed(inventory, token->base)) {
			continue;
		}
		const struct acml_cert *last = last_owner(inventory, token->rr->owner);
		if (last == NULL) {
			continue;
		}
		const struct acml_spot spot = { .rr = token->rr, .domain = token->base };
		acml_report(judge, ACML_WARNING, &spot, "%s CNAME is needed by no certificate of the "
		            "inventory%s%s%s%s", acml_judge_name(judge, token->rr->owner),
		            last != none ? " any more: " : "",
		            last != none ? acml_cert_text(judge, last) : "",
		            last != none ? " is " : "",
		            last != none ? (last->status != NULL ? last->status : last->type) : "");
	}
}
