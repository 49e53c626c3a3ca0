/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The DNSSEC rules, and those of them that need the zone alone. */

#include "rules/dnssec.h"

#include <string.h>

#include <libknot/descriptor.h>

#include "facts/parent.h"
#include "rules/dnssec_keys.h"
#include "rules/dnssec_rules.h"
#include "rules/example.h"
#include "rules/judge.h"

/* Keys are costly to compare with; nobody has so many. */
#define KEYS_MOST 64

/* Whether a DS leads here, or will: signed in the file, by the server, or as the parent says. */
static bool is_signed(const struct acml_judge *judge)
{
	const struct acml_child *child = acml_facts_ds(judge->facts, judge->zone->apex);
	return judge->facts->signing != ACML_SIGNED_AUTO || judge->zone->has_dnssec ||
	       (child != NULL && child->n_ds > 0);
}

/* RFC 5155 sections 3.2 and 4.2: algorithm, flags, iterations, salt. */
static unsigned iterations_of(const struct acml_rr *rr)
{
	return rr->rdlen < 5 ? 0 : rr->rdata[2] << 8 | rr->rdata[3];
}

bool acml_nsec3_interesting(const struct acml_rr *rr)
{
	return iterations_of(rr) > 0;
}

static const struct acml_rr *most_iterations(const struct acml_rrset *set,
                                             const struct acml_rr *most)
{
	for (size_t i = 0; i < set->count; i++) {
		if (most == NULL || iterations_of(&set->rrs[i]) > iterations_of(most)) {
			most = &set->rrs[i];
		}
	}
	return most;
}

static void check_iterations(struct acml_judge *judge)
{
	const struct acml_zone *zone = judge->zone;
	struct acml_rrset set = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_NSEC3PARAM);
	const struct acml_rr *most = most_iterations(&set, NULL);
	for (size_t i = 0; i < zone->n_nodes; i++) {
		set = acml_node_rrset(&zone->nodes[i], KNOT_RRTYPE_NSEC3);
		most = most_iterations(&set, most);
	}
	unsigned iterations = most != NULL ? iterations_of(most) : 0;
	const struct acml_spot spot = { .rr = most };
	const struct acml_child *child = acml_facts_ds(judge->facts, zone->apex);
	bool insecure = child != NULL && child->n_ds == 0; /* Nobody asks for proofs. */
	if (iterations > ACML_ITERATIONS_LIMIT) {
		acml_report(judge, insecure ? ACML_WARNING : ACML_ERROR, &spot, "NSEC3 with %u extra iterations: above %d "
		            "validating resolvers take the proof that a name or CAA record does not "
		            "exist for insecure, or fail, and a CA may not issue on a look-up that "
		            "fails", iterations, ACML_ITERATIONS_LIMIT);
	} else if (iterations > 0) {
		acml_report(judge, ACML_WARNING, &spot, "NSEC3 with %u extra iterations: validating "
		            "resolvers may refuse any above 0, then a look-up for a CAA record that "
		            "does not exist fails", iterations);
	}
}

/* RFC 8078 section 4: algorithm 0 asks the parent to remove the DS. */
static bool is_delete(const struct acml_rr *rr)
{
	size_t at = rr->type == KNOT_RRTYPE_CDS ? 2 : 3;
	return rr->rdlen > at && rr->rdata[at] == 0;
}

static const char *type_name(const struct acml_rr *rr)
{
	return rr->type == KNOT_RRTYPE_CDS ? "CDS" : "CDNSKEY";
}

/* Edits that take all records of a type out. */
static void fix_remove_set(struct acml_judge *judge, uint16_t type)
{
	struct acml_rrset set = acml_zone_rrset(judge->zone, judge->zone->apex, type);
	for (size_t i = 0; i < set.count && i < KEYS_MOST; i++) {
		acml_report_fix(judge, "remove", "%s", acml_judge_record(judge, &set.rrs[i]));
	}
}

static const struct acml_rr *find_delete(const struct acml_zone *zone, uint16_t type)
{
	struct acml_rrset set = acml_zone_rrset(zone, zone->apex, type);
	for (size_t i = 0; i < set.count; i++) {
		if (is_delete(&set.rrs[i])) {
			return &set.rrs[i];
		}
	}
	return NULL;
}

static void check_cds_delete(struct acml_judge *judge)
{
	const struct acml_zone *zone = judge->zone;
	const struct acml_rr *cds = find_delete(zone, KNOT_RRTYPE_CDS);
	const struct acml_rr *cdnskey = find_delete(zone, KNOT_RRTYPE_CDNSKEY);
	const struct acml_rr *rr = cds != NULL ? cds : cdnskey;
	if (rr == NULL || !is_signed(judge)) {
		return;
	}
	const struct acml_spot spot = { .rr = rr };
	acml_report(judge, ACML_WARNING, &spot, "the %s record at %s asks the parent to remove the DS "
	            "of a zone that is signed, or has one: at its next scan the zone goes insecure",
	            type_name(rr), acml_judge_name(judge, zone->apex));
	acml_report_fix(judge, "remove", "%s", acml_judge_record(judge, rr));
	if (cds != NULL && cdnskey != NULL) {
		acml_report_fix(judge, "remove", "%s", acml_judge_record(judge, cdnskey));
	}
}

/* A CDNSKEY is the DNSKEY it speaks of (RFC 7344 section 3.2), a CDS its digest. */
static enum acml_ds_fit compare(const struct acml_zone *zone, const struct acml_rr *child,
                                const struct acml_rr *dnskey)
{
	if (child->type == KNOT_RRTYPE_CDS) {
		return acml_ds_compare(zone->apex, child, dnskey);
	}
	bool same = child->rdlen == dnskey->rdlen &&
	            memcmp(child->rdata, dnskey->rdata, child->rdlen) == 0;
	return same ? ACML_DS_FITS : ACML_DS_OTHER;
}

/* The best that any of the keys gives. A delete request asks for no key. */
static enum acml_ds_fit best_fit(const struct acml_zone *zone, const struct acml_rr *child,
                                 const struct acml_rrset *keys)
{
	enum acml_ds_fit best = is_delete(child) ? ACML_DS_FITS : ACML_DS_OTHER;
	for (size_t i = 0; i < keys->count && best != ACML_DS_FITS; i++) {
		enum acml_ds_fit fit = compare(zone, child, &keys->rrs[i]);
		best = fit > best ? fit : best;
	}
	return best;
}

static void say_mismatch(struct acml_judge *judge, const struct acml_rr *rr, enum acml_ds_fit fit)
{
	const struct acml_spot spot = { .rr = rr };
	acml_report(judge, ACML_WARNING, &spot, fit == ACML_DS_WRONG_DIGEST ?
	            "the digest of a %s record at %s is not that of the DNSKEY it names: a parent that "
	            "follows it breaks the zone" :
	            "a %s record at %s fits no DNSKEY of the zone: a parent that follows it breaks the "
	            "zone", type_name(rr), acml_judge_name(judge, judge->zone->apex));
	acml_report_fix(judge, "remove", "%s", acml_judge_record(judge, rr));
}

static void check_child_set(struct acml_judge *judge, uint16_t type)
{
	const struct acml_zone *zone = judge->zone;
	struct acml_rrset set = acml_zone_rrset(zone, zone->apex, type);
	struct acml_rrset keys = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_DNSKEY);
	bool any = false;
	if (set.count > KEYS_MOST || keys.count > KEYS_MOST) {
		return;
	}
	for (size_t i = 0; i < set.count; i++) {
		any = any || best_fit(zone, &set.rrs[i], &keys) >= ACML_DS_UNKNOWN;
	}
	for (size_t i = 0; i < set.count; i++) {
		enum acml_ds_fit fit = best_fit(zone, &set.rrs[i], &keys);
		/* RFC 6781 section 4.1.2: the DS of the next key may come before the key, beside
		 * one that fits. */
		if (fit == ACML_DS_WRONG_DIGEST || (fit == ACML_DS_OTHER && !any)) {
			say_mismatch(judge, &set.rrs[i], fit);
			return;
		}
	}
}

static void check_cds(struct acml_judge *judge)
{
	const struct acml_zone *zone = judge->zone;
	struct acml_rrset cds = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_CDS);
	struct acml_rrset cdnskey = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_CDNSKEY);
	const struct acml_rr *first = cds.count > 0 ? cds.rrs : cdnskey.rrs;
	if (cds.count + cdnskey.count == 0) {
		return;
	}
	if (judge->facts->signing == ACML_SIGNED_NO) {
		return; /* The server has the keys: nothing to compare with. */
	}
	if (!zone->has_dnssec) {
		const struct acml_spot spot = { .rr = first };
		acml_report(judge, ACML_WARNING, &spot, "a %s record at %s in a zone that is not signed: "
		            "%s", type_name(first), acml_judge_name(judge, zone->apex),
		            is_delete(first) ? "once the zone is signed, the parent removes its DS" :
		            "a parent that follows it breaks the zone");
		fix_remove_set(judge, KNOT_RRTYPE_CDS);
		fix_remove_set(judge, KNOT_RRTYPE_CDNSKEY);
	} else {
		check_child_set(judge, KNOT_RRTYPE_CDS);
		check_child_set(judge, KNOT_RRTYPE_CDNSKEY);
	}
}

static const struct acml_rule nsec3_iterations = {
	.id = "SEC011",
	.name = "nsec3-iterations",
	.severity = ACML_WARNING,
	.severity_note = "error above 150, but where the parent has no DS",
	.summary = "NSEC3 with extra iterations: above 0, resolvers may refuse the proof",
	.why = "Before it issues, a CA looks for CAA records at the name and above it, and must "
	       "validate with DNSSEC that there are none. In a zone with NSEC3 that proof costs the "
	       "resolver one hash per iteration, so validators treat more than a few as insecure or "
	       "as an error: RFC 9276 demands 0 and lets them refuse anything above. Above 150 the "
	       "common ones do. A look-up that fails is no permission to issue, so ACM refuses the "
	       "name or fails to renew it although nothing looks wrong in the zone.",
	.fix = "sign with NSEC3 iterations 0 and an empty salt (NSEC3PARAM 1 0 0 -), or with NSEC",
	.bad = ACML_EXAMPLE_HEAD
	       "@ NSEC3PARAM 1 0 10 AABBCCDD\n",
	.good = ACML_EXAMPLE_HEAD
	        "@ NSEC3PARAM 1 0 0 -\n",
	.sources = (const char *const[]){
		"RFC 9276 sections 3.1 and 3.2: iterations must be 0; validators may refuse more",
		"RFC 5155 section 10.3: limits on iterations",
		"CA/Browser Forum Baseline Requirements section 3.2.2.8: DNSSEC validation of CAA "
		"look-ups, since 2026-03-15 (ballot SC-085v2)",
		NULL
	},
	.check = check_iterations,
};

static const struct acml_rule cds_delete = {
	.id = "SEC012",
	.name = "cds-delete",
	.severity = ACML_WARNING,
	.summary = "a CDS or CDNSKEY delete request in a zone that is signed or has a DS",
	.why = "CDS 0 0 0 00 and CDNSKEY 0 3 0 AA== ask the parent to remove the DS records. They belong "
	       "in a zone for the days in which it goes insecure on purpose, before a move to another "
	       "provider for instance. Left in a zone that stays signed, they take DNSSEC away "
	       "at the parent's next scan, and again after each time that a DS is entered by hand.",
	.fix = "remove the delete request; keep it only while the zone is on its way to being unsigned",
	.options = "--signed no",
	.bad = ACML_EXAMPLE_HEAD
	       "@ CDS 0 0 0 00\n",
	.good = ACML_EXAMPLE_HEAD,
	.sources = (const char *const[]){
		"RFC 8078 section 4: DNSSEC Delete Algorithm",
		"RFC 7344 section 4.1: what the parent does with CDS and CDNSKEY",
		NULL
	},
	.check = check_cds_delete,
};

static const struct acml_rule cds_mismatch = {
	.id = "SEC013",
	.name = "cds-mismatch",
	.severity = ACML_WARNING,
	.needs = ACML_NEED_WHOLE,
	.summary = "a CDS or CDNSKEY that fits no DNSKEY of the zone, or stands in an unsigned zone",
	.why = "Many parents copy CDS into DS. A CDS for a key that the zone does not have, the usual "
	       "leftover of a move or of a copied zone file, gives the parent a DS that nothing "
	       "matches: every validating resolver then answers SERVFAIL for the whole zone, CAs "
	       "among them, and ACM neither validates nor renews. A record that does not fit beside "
	       "one that does is taken for the next key's and left alone.",
	.fix = "remove the CDS and CDNSKEY records; the signer publishes the right ones. If the server "
	       "signs this file on load, say --signed no",
	.bad = ACML_EXAMPLE_HEAD
	       "@ CDS 12345 13 2 "
	       "E2D3C916F6DEEAC73294E8268FB5885044A833FC5459588F4A9184CFC41A5766\n",
	.good = ACML_EXAMPLE_HEAD,
	.sources = (const char *const[]){
		"RFC 7344 section 4.1: CDS and CDNSKEY must match the DNSKEY set",
		"RFC 4034 section 5.1.4 and appendix B: digest and key tag",
		"RFC 6781 section 4.1.2: a DS before its key",
		NULL
	},
	.check = check_cds,
};

const struct acml_rule *const acml_rules_dnssec[] = {
	&acml_sec001, &acml_sec002, &acml_sec003, &acml_sec004, &acml_sec005, &acml_sec006,
	&acml_sec007, &acml_sec008, &acml_sec009, &acml_sec010, &nsec3_iterations, &cds_delete,
	&cds_mismatch, &acml_sec014, NULL
};
