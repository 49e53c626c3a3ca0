/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The parent's DS against the zone's keys, where the chain breaks: SEC001 to SEC004. */

#include <libknot/descriptor.h>

#include "rules/dnssec_rules.h"
#include "rules/dnssec_survey.h"
#include "rules/example_signed.h"

#define SOURCE_BR \
	"CA/Browser Forum Baseline Requirements section 3.2.2.8: DNSSEC validation of CAA " \
	"look-ups, since 2026-03-15 (ballot SC-085v2)"

#define MOVE_ADVICE \
	"remove the DS at the registrar and wait for its TTL, a day as a rule; or sign the zone with " \
	"the key that the DS is of"

/* "tag 12345, algorithm 13, digest type 2" */
static const char *ds_text(struct acml_judge *judge, const struct acml_parent_ds *ds)
{
	return acml_judge_text(judge, "tag %u, algorithm %u, digest type %u", ds->key_tag,
	                       ds->algorithm, ds->digest_type);
}

/* Where the parent's record was read: "parent.txt:3". */
static const char *place_text(struct acml_judge *judge, const struct acml_parent_ds *ds)
{
	return ds->line > 0 ? acml_judge_text(judge, "%s:%u", ds->file, ds->line) : ds->file;
}

static const struct acml_ds_state *first_counting(const struct acml_dnssec *dnssec)
{
	for (size_t i = 0; i < dnssec->n_ds; i++) {
		if (dnssec->ds[i].counts) {
			return &dnssec->ds[i];
		}
	}
	return NULL;
}

/* The chain, when the parent's DS leads nowhere although the zone has keys. */
static const struct acml_dnssec *broken(struct acml_judge *judge)
{
	const struct acml_dnssec *dnssec = acml_dnssec_survey(judge);
	return dnssec != NULL && dnssec->trust == ACML_TRUST_BROKEN && dnssec->keys.count > 0 ?
	       dnssec : NULL;
}

/* Why the chain is broken: of all DS that count, the one that comes nearest. */
static const struct acml_ds_state *nearest(const struct acml_dnssec *dnssec)
{
	const struct acml_ds_state *best = NULL;
	for (size_t i = 0; i < dnssec->n_ds; i++) {
		const struct acml_ds_state *state = &dnssec->ds[i];
		bool as_near = best != NULL && state->fit == best->fit;
		if (state->counts && (best == NULL || state->fit > best->fit ||
		                      (as_near && state->revoked && !best->revoked))) {
			best = state;
		}
	}
	return best;
}

static void check_without_key(struct acml_judge *judge)
{
	const struct acml_dnssec *dnssec = acml_dnssec_survey(judge);
	if (dnssec == NULL || dnssec->trust != ACML_TRUST_BROKEN || dnssec->keys.count > 0) {
		return;
	}
	const struct acml_ds_state *state = first_counting(dnssec);
	struct acml_rrset soa = acml_zone_rrset(judge->zone, judge->zone->apex, KNOT_RRTYPE_SOA);
	const struct acml_spot spot = {
		.rr = soa.rrs, .owner = judge->zone->apex, .type = "DS",
	};
	acml_report(judge, ACML_ERROR, &spot, "the parent has a DS for %s (%s; %s), and the zone has no "
	            "DNSKEY: validating resolvers, ACM's and its CA's among them, answer SERVFAIL for "
	            "every name", acml_judge_name(judge, judge->zone->apex),
	            ds_text(judge, state->ds), place_text(judge, state->ds));
	if (judge->facts->signing == ACML_SIGNED_AUTO && !judge->zone->has_dnssec) {
		acml_report_advice(judge, MOVE_ADVICE ". If the server signs this file on load, say "
		                   "--signed no");
	}
}

const struct acml_rule acml_sec001 = {
	.id = "SEC001",
	.name = "ds-without-dnskey",
	.severity = ACML_ERROR,
	.needs = ACML_NEED_WHOLE | ACML_NEED_SERVED | ACML_NEED_PARENT,
	.summary = "a DS at the parent, and no DNSKEY in the zone",
	.why = "The usual leftover of a provider move: the old provider signed the zone, the DS is still at "
	       "the registrar, the new zone is not signed. A DS promises a key; without it every "
	       "validating resolver answers SERVFAIL for every name of the zone. Amazon and the CAs must "
	       "validate, so that neither validation nor renewal succeeds. A file that the server signs "
	       "on load has no keys either: --signed no says so.",
	.fix = MOVE_ADVICE,
	.bad = ACML_EXAMPLE_HEAD,
	.good = ACML_EXAMPLE_SIGNED,
	.parent = ACML_EXAMPLE_DS,
	.sources = (const char *const[]){
		"RFC 4035 section 5.2: authenticating referrals",
		"RFC 6781 section 4.3.5: changing the DNS operator",
		"Amazon Route 53 Developer Guide: disabling DNSSEC signing (remove the DS first)",
		SOURCE_BR,
		NULL
	},
	.check = check_without_key,
};

static void check_mismatch(struct acml_judge *judge)
{
	const struct acml_dnssec *dnssec = broken(judge);
	const struct acml_ds_state *state = dnssec != NULL ? nearest(dnssec) : NULL;
	if (state == NULL || state->fit > ACML_DS_OTHER || state->revoked) {
		return;
	}
	const char *sha1 = "";
	for (size_t i = 0; i < dnssec->n_ds; i++) {
		if (dnssec->ds[i].fit == ACML_DS_FITS && !dnssec->ds[i].counts) {
			sha1 = ", and a weaker digest that fits counts for nothing beside it";
		}
	}
	const struct acml_spot spot = { .rr = dnssec->keys.rrs, .type = "DNSKEY" };
	acml_report(judge, ACML_ERROR, &spot, "no DNSKEY of %s fits the parent's DS (%s; %s)%s: "
	            "validating resolvers answer SERVFAIL for every name, and ACM neither validates nor "
	            "renews", acml_judge_name(judge, judge->zone->apex), ds_text(judge, state->ds),
	            place_text(judge, state->ds), sha1);
}

const struct acml_rule acml_sec002 = {
	.id = "SEC002",
	.name = "ds-mismatch",
	.severity = ACML_ERROR,
	.needs = ACML_NEED_WHOLE | ACML_NEED_SERVED | ACML_NEED_PARENT,
	.summary = "no DS at the parent that validators take fits a DNSKEY of the zone",
	.why = "The DS is of another key: the key was rolled and the DS forgotten, or the zone moved to a "
	       "signer with keys of its own. Validating resolvers find no way from the DS to the zone's "
	       "keys and answer SERVFAIL for every name; CAs must validate, so nothing is issued "
	       "or renewed. Key tag, algorithm and digest are compared, the digest computed anew. A DS "
	       "with SHA-1 counts for nothing beside one with SHA-256.",
	.fix = "give the registrar the DS of the zone's key (dnssec-dsfromkey, keymgr ZONE ds); before a key "
	       "is taken out, its successor's DS must be at the parent for the TTL",
	.bad = ACML_EXAMPLE_SIGNED,
	.good = ACML_EXAMPLE_SIGNED,
	.parent = ACML_EXAMPLE_DS_OTHER,
	.good_parent = ACML_EXAMPLE_DS,
	.sources = (const char *const[]){
		"RFC 4034 section 5.1.4 and appendix B: digest and key tag",
		"RFC 4035 section 5.2: authenticating referrals",
		"RFC 4509 section 3: SHA-1 is ignored beside SHA-256",
		SOURCE_BR,
		NULL
	},
	.check = check_mismatch,
};

static void check_digest(struct acml_judge *judge)
{
	const struct acml_dnssec *dnssec = broken(judge);
	const struct acml_ds_state *state = dnssec != NULL ? nearest(dnssec) : NULL;
	if (state == NULL || state->fit != ACML_DS_WRONG_DIGEST) {
		return;
	}
	bool weaker = false;
	for (size_t i = 0; i < dnssec->n_ds; i++) {
		weaker |= dnssec->ds[i].fit == ACML_DS_FITS && !dnssec->ds[i].counts;
	}
	const struct acml_spot spot = { .rr = state->key.rr };
	acml_report(judge, ACML_ERROR, &spot, "the parent's DS for %s (%s; %s) names this key, and its "
	            "digest is not the key's%s: validating resolvers answer SERVFAIL for every name, and "
	            "ACM neither validates nor renews", acml_judge_name(judge, judge->zone->apex),
	            ds_text(judge, state->ds), place_text(judge, state->ds),
	            weaker ? "; the weaker digest that is right counts for nothing beside it" : "");
}

const struct acml_rule acml_sec003 = {
	.id = "SEC003",
	.name = "ds-digest-wrong",
	.severity = ACML_ERROR,
	.needs = ACML_NEED_WHOLE | ACML_NEED_SERVED | ACML_NEED_PARENT,
	.summary = "the DS names a key by tag and algorithm, and its digest is wrong",
	.why = "A digit lost while the DS was entered by hand, or a digest computed over another owner name. "
	       "Tag and algorithm look right, so the eye passes over it; a validating resolver "
	       "compares the digest and answers SERVFAIL for every name. A digest of SHA-1 that is right "
	       "beside one of SHA-256 that is wrong does not help: SHA-1 is ignored then, and resolvers "
	       "take the strongest digest only.",
	.fix = "replace the DS at the registrar by the one that dnssec-dsfromkey or keymgr ZONE ds prints, and "
	       "copy it whole",
	.bad = ACML_EXAMPLE_SIGNED,
	.good = ACML_EXAMPLE_SIGNED,
	.parent = "example.com. 3600 IN DS 55649 15 2 "
	          "841CF413FFBA5692F8515E9AE2D8D432B42E7CC5E13EEF467B1EAC776FE93E00\n"
	          ACML_EXAMPLE_DS_SHA1,
	.good_parent = ACML_EXAMPLE_DS ACML_EXAMPLE_DS_SHA1,
	.sources = (const char *const[]){
		"RFC 4034 section 5.1.4: the digest of a DS",
		"RFC 4509 section 3: SHA-1 is ignored beside SHA-256",
		SOURCE_BR,
		NULL
	},
	.check = check_digest,
};

/* What is wrong with a key that the DS fits; NULL: nothing, or the signature itself (SEC008,
 * SEC009). */
static const char *key_fault(const struct acml_ds_state *state)
{
	if (state->fit == ACML_DS_FITS) {
		return state->key.revoked ? "is revoked" :
		       !state->key.zone ? "is no zone key (flag ZONE, protocol 3)" :
		       state->sig.state == ACML_SIG_NONE ? "does not sign the DNSKEY set" : NULL;
	}
	return state->fit == ACML_DS_OTHER && state->revoked ? "has been revoked" : NULL;
}

static void check_key(struct acml_judge *judge)
{
	const struct acml_dnssec *dnssec = broken(judge);
	const struct acml_ds_state *state = dnssec != NULL ? nearest(dnssec) : NULL;
	const char *fault = state != NULL ? key_fault(state) : NULL;
	/* A file with keys and not one signature is what signers start from. */
	bool unsigned_yet = judge->facts->signing == ACML_SIGNED_AUTO &&
	                    acml_zone_rrset(judge->zone, judge->zone->apex,
	                                    KNOT_RRTYPE_RRSIG).count == 0;
	if (fault == NULL || (unsigned_yet && state->sig.state == ACML_SIG_NONE &&
	                      state->key.zone && !state->key.revoked && !state->revoked)) {
		return;
	}
	const struct acml_spot spot = {
		.rr = state->key.rr != NULL ? state->key.rr : dnssec->keys.rrs,
	};
	acml_report(judge, ACML_ERROR, &spot, "the key that the parent's DS for %s is of (%s; %s) %s: "
	            "validating resolvers answer SERVFAIL for every name, and ACM neither validates nor "
	            "renews", acml_judge_name(judge, judge->zone->apex), ds_text(judge, state->ds),
	            place_text(judge, state->ds), fault);
}

const struct acml_rule acml_sec004 = {
	.id = "SEC004",
	.name = "ds-key-not-signing",
	.severity = ACML_ERROR,
	.needs = ACML_NEED_WHOLE | ACML_NEED_SERVED | ACML_NEED_PARENT,
	.summary = "the key that the DS is of does not sign the DNSKEY set, is revoked, or is no zone key",
	.why = "A DS leads to a key, and that key must sign the set of keys: only then are the others to be "
	       "trusted. A key that is published and does not sign (a successor not yet active, a "
	       "predecessor already retired), that was revoked, or that lacks the ZONE flag, ends "
	       "the chain. Validating resolvers answer SERVFAIL for every name, CAs among them.",
	.fix = "sign the DNSKEY set with this key until the DS of another one has been at the parent for its "
	       "TTL, or change the DS to that of the key that signs",
	.bad = ACML_EXAMPLE_HEAD ACML_EXAMPLE_KEY ACML_EXAMPLE_SOA_SIG ACML_EXAMPLE_NS_SIG
	       ACML_EXAMPLE_NSEC,
	.good = ACML_EXAMPLE_SIGNED,
	.parent = ACML_EXAMPLE_DS,
	.sources = (const char *const[]){
		"RFC 4035 section 5.2: the DS's key must sign the DNSKEY set",
		"RFC 4034 section 2.1.1: the ZONE flag",
		"RFC 5011 section 2.1: a revoked key, whose tag changes by 128",
		SOURCE_BR,
		NULL
	},
	.check = check_key,
};
