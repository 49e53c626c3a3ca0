/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The parent's DS where the chain holds, or there is none: SEC005 to SEC007; and the DS of zones
 * below: SEC014. */

#include <libknot/descriptor.h>

#include "rules/dnssec_rules.h"
#include "rules/dnssec_survey.h"
#include "rules/example_signed.h"

#define DS_MOST 64

static void check_extra(struct acml_judge *judge)
{
	const struct acml_dnssec *dnssec = acml_dnssec_survey(judge);
	if (dnssec == NULL || dnssec->trust != ACML_TRUST_SECURE) {
		return;
	}
	for (size_t i = 0; i < dnssec->n_ds; i++) {
		const struct acml_ds_state *state = &dnssec->ds[i];
		if (state->fit != ACML_DS_OTHER && state->fit != ACML_DS_WRONG_DIGEST) {
			continue;
		}
		const struct acml_spot spot = { .rr = dnssec->keys.rrs, .type = "DNSKEY" };
		acml_report(judge, ACML_WARNING, &spot, "the parent has a further DS for %s (tag %u, "
		            "algorithm %u, digest type %u) that fits no DNSKEY: harmless beside the one "
		            "that does, and the last one left if the wrong one is taken out",
		            acml_judge_name(judge, judge->zone->apex), state->ds->key_tag,
		            state->ds->algorithm, state->ds->digest_type);
	}
}

const struct acml_rule acml_sec005 = {
	.id = "SEC005",
	.name = "ds-extra",
	.severity = ACML_WARNING,
	.needs = ACML_NEED_WHOLE | ACML_NEED_SERVED | ACML_NEED_PARENT,
	.summary = "a further DS at the parent that fits no key, beside one that does",
	.why = "One way from the parent to the zone's keys suffices, so validation and ACM go on. A DS without "
	       "a key is normal for the days of a key rollover, when it precedes its key; left behind it "
	       "misleads whoever next removes one of the two, and the zone fails for every validating "
	       "resolver then.",
	.fix = "finish the rollover, or remove the DS whose key is gone at the registrar",
	.bad = ACML_EXAMPLE_SIGNED,
	.good = ACML_EXAMPLE_SIGNED,
	.parent = ACML_EXAMPLE_DS ACML_EXAMPLE_DS_OTHER,
	.good_parent = ACML_EXAMPLE_DS,
	.sources = (const char *const[]){
		"RFC 6840 section 5.11: one valid path suffices",
		"RFC 6781 section 4.1.2: a DS before its key",
		NULL
	},
	.check = check_extra,
};

static void check_weak(struct acml_judge *judge)
{
	const struct acml_dnssec *dnssec = acml_dnssec_survey(judge);
	const struct acml_child *child = acml_facts_ds(judge->facts, judge->zone->apex);
	if (dnssec == NULL || child->n_ds == 0 || dnssec->digest_type > 1) {
		return;
	}
	struct acml_rrset soa = acml_zone_rrset(judge->zone, judge->zone->apex, KNOT_RRTYPE_SOA);
	const struct acml_spot spot = {
		.rr = soa.rrs, .owner = judge->zone->apex, .type = "DS",
	};
	acml_report(judge, ACML_WARNING, &spot, dnssec->digest_type == 1 ?
	            "the parent's DS for %s have SHA-1 digests only: validators have begun to ignore "
	            "them, the zone is insecure for those" :
	            "the parent's DS for %s are of algorithms or digest types that validators ignore: "
	            "the zone is insecure, its signatures protect nothing",
	            acml_judge_name(judge, judge->zone->apex));
}

const struct acml_rule acml_sec006 = {
	.id = "SEC006",
	.name = "ds-weak",
	.severity = ACML_WARNING,
	.needs = ACML_NEED_PARENT,
	.summary = "only SHA-1 digests, or algorithms that validators ignore, at the parent",
	.why = "A validator that knows neither algorithm nor digest of any DS treats the zone as if it were not "
	       "signed: ACM is not blocked, and nobody is protected. SHA-1, as digest and in the algorithms "
	       "5 and 7, is deprecated since 2025; resolvers drop it one after the other, and what "
	       "each of them does with a fault in such a zone differs.",
	.fix = "register a DS with SHA-256 (digest type 2); roll keys of algorithm 5 and 7 to 13 or 15",
	.bad = ACML_EXAMPLE_SIGNED,
	.good = ACML_EXAMPLE_SIGNED,
	.parent = ACML_EXAMPLE_DS_SHA1,
	.good_parent = ACML_EXAMPLE_DS,
	.sources = (const char *const[]){
		"RFC 4035 section 5.2: DS of unknown algorithms only make the zone insecure",
		"RFC 9904: which algorithms to use",
		"RFC 9905: SHA-1 must not be used any more",
		NULL
	},
	.check = check_weak,
};

static void check_without_ds(struct acml_judge *judge)
{
	const struct acml_zone *zone = judge->zone;
	const struct acml_child *child = acml_facts_ds(judge->facts, zone->apex);
	struct acml_rrset keys = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_DNSKEY);
	if (child->n_ds > 0 || keys.count == 0) {
		return;
	}
	const struct acml_spot spot = { .rr = keys.rrs };
	acml_report(judge, ACML_INFO, &spot, "%s has DNSKEY records and no DS at its parent: resolvers "
	            "treat it as not signed, which ACM accepts", acml_judge_name(judge, zone->apex));
}

const struct acml_rule acml_sec007 = {
	.id = "SEC007",
	.name = "signed-without-ds",
	.severity = ACML_INFO,
	.needs = ACML_NEED_PARENT,
	.summary = "DNSKEY here, and no DS at the parent",
	.why = "Without a DS nobody outside trusts the zone's keys: it is insecure, not bogus, and ACM issues "
	       "and renews as for any zone that is not signed. It is the right state in the middle of "
	       "a move; for good, the signatures are work for nothing, and faults in them show "
	       "only when the DS is entered.",
	.fix = "register the DS once the signed zone has been served without findings for a day, or stop "
	       "signing",
	.bad = ACML_EXAMPLE_SIGNED,
	.good = ACML_EXAMPLE_SIGNED,
	.parent = ";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n"
	          ";; flags: qr rd ra ad; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 0\n"
	          "\n"
	          ";; QUESTION SECTION:\n"
	          ";example.com. IN DS\n"
	          "\n"
	          ";; AUTHORITY SECTION:\n"
	          "com. 900 IN SOA a.gtld-servers.net. nstld.verisign-grs.com. 1 1800 900 604800 900\n",
	.good_parent = ACML_EXAMPLE_DS,
	.sources = (const char *const[]){
		"RFC 4035 section 4.3: insecure and bogus",
		"RFC 6781 section 4.3.5: changing the DNS operator",
		NULL
	},
	.check = check_without_ds,
};

/* Whether one of the DS that count fits a key of the child; *out_ds: the first that counts, NULL
 * where validators take none. */
static bool child_fits(struct acml_rrset ds, const struct acml_input *child,
                       const struct acml_rr **out_ds)
{
	uint8_t strongest = 0;
	*out_ds = NULL;
	for (size_t i = 0; i < ds.count && i < DS_MOST; i++) {
		const struct acml_rr *rr = &ds.rrs[i];
		if (rr->rdlen > 4 && acml_crypto_algorithm(rr->rdata[2]) &&
		    acml_crypto_digest(rr->rdata[3]) && rr->rdata[3] > strongest) {
			strongest = rr->rdata[3];
			*out_ds = rr;
		}
	}
	for (size_t i = 0; *out_ds != NULL && i < ds.count && i < DS_MOST; i++) {
		const struct acml_rr *rr = &ds.rrs[i];
		if (rr->rdlen <= 4 || rr->rdata[3] != strongest ||
		    !acml_crypto_algorithm(rr->rdata[2])) {
			continue;
		}
		for (size_t j = 0; j < child->n_keys && j < ACML_KEYS_MOST; j++) {
			if (acml_ds_compare(child->apex, rr, &child->keys[j]) == ACML_DS_FITS) {
				return true;
			}
		}
	}
	return false;
}

static void check_child(struct acml_judge *judge, const struct acml_input *child)
{
	const struct acml_zone *zone = judge->zone;
	const struct acml_rr *ds;
	if (!child->delegated || !acml_name_below(child->apex, zone->apex) ||
	    child_fits(acml_zone_rrset(zone, child->apex, KNOT_RRTYPE_DS), child, &ds) ||
	    ds == NULL) {
		return;
	}
	/* Two files without any DNSSEC record are what servers sign on load. */
	bool plain = !zone->has_dnssec && !child->has_dnssec;
	if (plain && judge->facts->signing == ACML_SIGNED_NO) {
		return;
	}
	bool doubt = plain && judge->facts->signing == ACML_SIGNED_AUTO;
	const struct acml_spot spot = { .rr = ds };
	acml_report(judge, doubt ? ACML_WARNING : ACML_ERROR, &spot, "the DS for %s (tag %u, algorithm "
	            "%u) fits no DNSKEY of that zone in %s%s: validating resolvers answer SERVFAIL for "
	            "every name in it, and ACM neither validates nor renews there",
	            acml_judge_name(judge, child->apex), ds->rdata[0] << 8 | ds->rdata[1],
	            ds->rdata[2], child->file, doubt ? ", unless the server signs both on load" : "");
	if (doubt) {
		acml_report_advice(judge, "if the server signs these files on load, say --signed no; else "
		                   "take the DS out, or sign the child with the key that it is of");
	}
}

static void check_children(struct acml_judge *judge)
{
	for (size_t i = 0; i < judge->facts->n_inputs; i++) {
		if (i != judge->facts->self) {
			check_child(judge, &judge->facts->inputs[i]);
		}
	}
}

const struct acml_rule acml_sec014 = {
	.id = "SEC014",
	.name = "child-ds-mismatch",
	.severity = ACML_ERROR,
	.severity_note = "warning where neither file holds DNSSEC records, which servers may add",
	.needs = ACML_NEED_ZONES,
	.summary = "a DS for a zone below, which is given too and has no key that fits",
	.why = "Parent and child are edited by the same hands, and one of the two was forgotten: the child moved "
	       "or rolled its key, the DS stayed. Every validating resolver then answers SERVFAIL for the "
	       "child, and no certificate for a name in it is issued or renewed, while the parent looks "
	       "healthy.",
	.fix = "put the DS of the child's key into this zone, or take the DS out if the child is not signed",
	.bad = ACML_EXAMPLE_HEAD
	       "sub NS ns1.example.net.\n"
	       "sub NS ns2.example.net.\n"
	       "sub DS 31090 15 2 "
	       "B053427A9F8837EDE10169D6DE02DC2801A063FFDF9D980A2BDEBFF1D6FDC698\n",
	.good = ACML_EXAMPLE_HEAD
	        "sub NS ns1.example.net.\n"
	        "sub NS ns2.example.net.\n",
	.sources = (const char *const[]){
		"RFC 4035 section 5.2: authenticating referrals",
		"RFC 4034 section 5.1.4 and appendix B: digest and key tag",
		NULL
	},
	.check = check_children,
};
