/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The rules that hold the version that is published now against the next one. */

#include <stdio.h>

#include <libknot/descriptor.h>

#include "rules/compare.h"
#include "rules/dnssec_keys.h"
#include "rules/example.h"
#include "rules/judge.h"
#include "rules/move.h"

#define GUIDE_RENEWAL "ACM User Guide: Renewal for domains validated by DNS " \
	"(dns-renewal-validation.html): the CNAME records have to stay"

static void say_lost_token(struct acml_judge *judge, const struct acml_token_change *change)
{
	const struct acml_token *token = change->token;
	const char *owner = acml_judge_name(judge, token->rr->owner);
	const char *host = acml_judge_host(judge, token->base);
	struct acml_spot spot = {
		.rr = change->rr, .owner = token->rr->owner, .type = "CNAME", .domain = token->base,
	};
	switch (change->how) {
	case ACML_LOSS_GONE:
		acml_report(judge, ACML_ERROR, &spot, "the validation record %s, which the published "
		            "version has, is gone: ACM cannot renew %s", owner, host);
		break;
	case ACML_LOSS_CHANGED:
		acml_report(judge, ACML_ERROR, &spot, "%s no longer leads to %s, as in the published "
		            "version: ACM cannot renew %s", owner,
		            acml_judge_name(judge, token->target), host);
		break;
	case ACML_LOSS_DELEGATED:
		acml_report(judge, ACML_ERROR, &spot, "the validation record %s of the published "
		            "version stands below a zone cut at %s now: unless the zone there has it, "
		            "ACM cannot renew %s", owner,
		            change->rr != NULL ? acml_judge_name(judge, change->rr->owner) : "", host);
		acml_report_advice(judge, "add the record to the zone that is delegated, before the "
		                   "delegation is published");
		return;
	}
	if (change->how == ACML_LOSS_CHANGED && change->rr != NULL) {
		acml_report_fix(judge, "remove", "%s", acml_judge_record(judge, change->rr));
	}
	acml_report_fix(judge, "add", "%s", acml_judge_record(judge, token->rr));
}

static void check_token_lost(struct acml_judge *judge)
{
	const struct acml_compare *compare = acml_compare(judge);
	for (size_t i = 0; compare != NULL && i < compare->n_lost; i++) {
		say_lost_token(judge, &compare->lost[i]);
	}
}

static void check_caa_lost(struct acml_judge *judge)
{
	const struct acml_compare *compare = acml_compare(judge);
	for (size_t i = 0; compare != NULL && i < compare->n_caa; i++) {
		const struct acml_caa_change *change = &compare->caa[i];
		for (int wildcard = 0; wildcard < 2; wildcard++) {
			if (!change->used[wildcard] || change->before[wildcard] != ACML_ALLOWED ||
			    change->after[wildcard] != ACML_DENIED) {
				continue;
			}
			const struct acml_spot spot = {
				.rr = change->decides, .owner = change->name, .type = "CAA",
				.domain = change->name, .wildcard = wildcard,
			};
			acml_report(judge, ACML_ERROR, &spot, "the published version lets Amazon issue "
			            "for %s%s, and this one does not: ACM will not renew it",
			            wildcard ? "*." : "", acml_judge_host(judge, change->name));
		}
	}
}

static void check_key_lost(struct acml_judge *judge)
{
	const struct acml_compare *compare = acml_compare(judge);
	if (compare == NULL || compare->trust == ACML_TRUST_KEPT) {
		return;
	}
	const struct acml_zone *zone = judge->zone;
	const struct acml_spot spot = { .owner = zone->apex, .type = "DNSKEY" };
	const char *apex = acml_judge_name(judge, zone->apex);
	struct acml_move move;
	acml_move_plan(judge, &move);
	if (compare->trust == ACML_TRUST_KEY_GONE) {
		acml_report(judge, ACML_ERROR, &spot, "the DNSKEY %u of %s that %s is gone: validating "
		            "resolvers answer SERVFAIL for every name of the zone, ACM's among them",
		            acml_key_tag(compare->key), apex, compare->ds_known ?
		            "the parent's DS points at" : "the published CDS asks a DS for");
	} else {
		acml_report(judge, ACML_ERROR, &spot, "the published version of %s is signed and this one "
		            "is not, %s: while there is a DS, validating resolvers answer SERVFAIL for "
		            "every name of the zone, ACM's among them", apex, compare->ds_known ?
		            "and the parent has a DS" : "and whether the parent has a DS is not known");
	}
	acml_report_advice(judge, "remove the DS at the parent first and wait for its TTL (%u seconds%s)%s",
	                   (unsigned)move.ds_ttl, move.ds_assumed ? ", as registries commonly have it" :
	                   "", compare->trust == ACML_TRUST_UNSIGNED ? "; if the server signs this file "
	                   "on load, say --signed no" : ", or keep the old key beside the new one");
}

static void check_ns_changed(struct acml_judge *judge)
{
	const struct acml_compare *compare = acml_compare(judge);
	if (compare == NULL || !compare->ns_replaced) {
		return;
	}
	struct acml_rrset ns = acml_zone_rrset(judge->zone, judge->zone->apex, KNOT_RRTYPE_NS);
	const struct acml_spot spot = { .rr = ns.rrs };
	acml_report(judge, ACML_WARNING, &spot, "all name servers of %s are replaced: while the parent "
	            "and caches still name the old ones, ACM may ask either",
	            acml_judge_name(judge, judge->zone->apex));
	struct acml_move move;
	acml_move_plan(judge, &move);
	char sign[160] = "";
	if (move.chain || move.comes_signed) {
		snprintf(sign, sizeof(sign), ", %swait %u s (longest TTL), DS in at the parent",
		         move.comes_signed ? "" : "sign, ", (unsigned)move.data_ttl);
	}
	char out[160] = "";
	if (move.chain) {
		snprintf(out, sizeof(out), "DS out at the parent, wait %u s (TTL of DS%s), ",
		         (unsigned)move.ds_ttl, move.ds_assumed ? ", assumed" : "");
	}
	acml_report_advice(judge, "safe order: serve this version on the new servers, %smove NS, wait %u s "
	                   "(TTL of NS%s), old servers off%s; acmlint diff prints it with dates", out,
	                   (unsigned)move.ns_ttl, move.ns_assumed ? ", assumed" : "", sign);
}

static void check_serial(struct acml_judge *judge)
{
	const struct acml_compare *compare = acml_compare(judge);
	if (compare == NULL || !compare->serials || !compare->changed || compare->advanced) {
		return;
	}
	struct acml_rrset soa = acml_zone_rrset(judge->zone, judge->zone->apex, KNOT_RRTYPE_SOA);
	const struct acml_spot spot = { .rr = soa.rrs };
	acml_report(judge, ACML_WARNING, &spot, "the records of %s have changed and the serial has not "
	            "grown (%u is published, %u here): secondaries keep the old answers, and ACM may "
	            "ask one of them", acml_judge_name(judge, judge->zone->apex),
	            (unsigned)compare->serial_old, (unsigned)compare->serial_new);
}

#define BASE_TOKEN ACML_EXAMPLE_HEAD "@ CAA 0 issue \"amazon.com\"\n" "www A 192.0.2.1\n" \
	ACML_EXAMPLE_WWW_TOKEN
#define HEAD_2(servers) \
	"$ORIGIN example.com.\n" \
	"$TTL 3600\n" \
	"@ SOA ns1.example.net. hostmaster 2 7200 3600 1209600 3600\n" servers
#define SERVERS "@ NS ns1.example.net.\n@ NS ns2.example.net.\n"
#define KEY "@ DNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxIL" \
	"fDLUT0rAK9iUzy1L53eKGQ==\n"

static const struct acml_rule token_lost = {
	.id = "MIG001",
	.name = "baseline-token-lost",
	.severity = ACML_ERROR,
	.needs = ACML_NEED_BASELINE | ACML_NEED_WHOLE,
	.summary = "a validation record of the published version is gone, leads elsewhere or is delegated away",
	.why = "ACM looks for its CNAME record again at each renewal, for as long as the certificate "
	       "lives. Without it, renewal stops without a word until the certificate is about "
	       "to expire. A record that is forgotten in a move between providers, or "
	       "tidied away because nobody knew what it was for, is the commonest way to lose a "
	       "certificate that worked for years.",
	.fix = "put the record back as it is published now; if its certificate was deleted, allow this rule for "
	       "this one edit",
	.bad = HEAD_2(SERVERS) "@ CAA 0 issue \"amazon.com\"\nwww A 192.0.2.1\n",
	.good = HEAD_2(SERVERS) "@ CAA 0 issue \"amazon.com\"\nwww A 192.0.2.1\n" ACML_EXAMPLE_WWW_TOKEN,
	.baseline = BASE_TOKEN,
	.sources = (const char *const[]){
		GUIDE_RENEWAL,
		"ACM User Guide: DNS validation (dns-validation.html): deleting the record stops renewal",
		NULL
	},
	.check = check_token_lost,
};

static const struct acml_rule caa_lost = {
	.id = "MIG002",
	.name = "baseline-caa-lost",
	.severity = ACML_ERROR,
	.needs = ACML_NEED_BASELINE | ACML_NEED_WHOLE,
	.summary = "the published version lets Amazon issue for a name with ACM use, and this one does not",
	.why = "CAA records are read again for each certificate and each renewal, from the name upwards. A "
	       "set that is added for another CA, at the name, above it or at the target of a new alias, "
	       "shuts Amazon out although nobody touched a record that speaks of Amazon. The certificate "
	       "in use goes on working, so the loss shows only at the next renewal.",
	.fix = "add 0 issue \"amazon.com\" (for a wildcard certificate perhaps issuewild) to the set that decides now",
	.bad = HEAD_2(SERVERS) "@ CAA 0 issue \"letsencrypt.org\"\nwww A 192.0.2.1\n"
	       ACML_EXAMPLE_WWW_TOKEN,
	.good = HEAD_2(SERVERS) "@ CAA 0 issue \"letsencrypt.org\"\n@ CAA 0 issue \"amazon.com\"\n"
	        "www A 192.0.2.1\n" ACML_EXAMPLE_WWW_TOKEN,
	.baseline = BASE_TOKEN,
	.sources = (const char *const[]){
		"RFC 8659 section 3: the relevant set; section 4.3: issuewild",
		"ACM User Guide: Configure a CAA record (setup-caa.html)",
		NULL
	},
	.check = check_caa_lost,
};

static const struct acml_rule key_lost = {
	.id = "MIG003",
	.name = "baseline-key-lost",
	.severity = ACML_ERROR,
	.needs = ACML_NEED_BASELINE | ACML_NEED_WHOLE,
	.summary = "the key that the parent's DS, or else CDS, points at is gone, or the zone is no longer signed",
	.why = "While the parent has a DS, every validating resolver wants a key that fits it. When "
	       "the key goes first, all names of the zone become unanswerable: ACM's look-ups fail, "
	       "and since 2026-03-15 CAs must not take a failed look-up in a signed zone for permission. This is "
	       "the classic end of a move to a provider that does not sign, or that signs "
	       "with its own keys. Without --parent the CDS records of the published version tell which "
	       "key was relied on.",
	.fix = "remove the DS at the parent first and wait for its TTL; or keep the old key until the DS is replaced",
	.bad = HEAD_2(SERVERS),
	.good = HEAD_2(SERVERS) KEY,
	.baseline = ACML_EXAMPLE_HEAD KEY,
	.sources = (const char *const[]){
		"RFC 4035 section 5.2: a DS without a matching DNSKEY makes the zone bogus",
		"RFC 6781 section 4.1.4 and 4.3.5: going insecure, changing operators",
		"CA/Browser Forum Baseline Requirements section 3.2.2.8: CAA look-ups and DNSSEC",
		NULL
	},
	.check = check_key_lost,
};

static const struct acml_rule ns_changed = {
	.id = "MIG004",
	.name = "baseline-ns-changed",
	.severity = ACML_WARNING,
	.needs = ACML_NEED_BASELINE | ACML_NEED_WHOLE,
	.summary = "the NS set is replaced: no name server of the published version stays",
	.why = "For as long as the TTLs of the NS records at the parent and here, half of the world asks "
	       "the old servers and the other half the new ones. ACM and the CA ask from several "
	       "places, and each of them must find the tokens, a CAA set that allows Amazon, and "
	       "signatures that fit the DS. The order in which DS, NS and signing change decides "
	       "whether a renewal in these days fails.",
	.fix = "DS out at the parent, wait for its TTL, move NS, wait for its TTL, sign, DS in",
	.bad = HEAD_2("@ NS ns1.example.org.\n@ NS ns2.example.org.\n"),
	.good = HEAD_2("@ NS ns1.example.net.\n@ NS ns2.example.org.\n"),
	.baseline = ACML_EXAMPLE_HEAD,
	.sources = (const char *const[]){
		"RFC 6781 section 4.3.5: changing DNS operators",
		"RFC 8901: the alternative, signing by several providers at once",
		"Amazon Route 53 Developer Guide: migrate-dns-domain-in-use.html (lower the TTL of NS, wait)",
		NULL
	},
	.check = check_ns_changed,
};

static const struct acml_rule serial_not_advanced = {
	.id = "MIG005",
	.name = "serial-not-advanced",
	.severity = ACML_WARNING,
	.needs = ACML_NEED_BASELINE | ACML_NEED_WHOLE,
	.summary = "records changed and the SOA's serial did not grow",
	.why = "Secondaries compare serials and nothing else. When the serial stays, or goes back, "
	       "the primary answers with the new records and the secondaries go on with the old ones, "
	       "perhaps until the zone expires. A token that was added is then found by some of ACM's "
	       "look-ups and not by others, and validation from several places fails.",
	.fix = "raise the serial: by one, or to today's date with a counter",
	.bad = ACML_EXAMPLE_HEAD "@ CAA 0 issue \"amazon.com\"\nwww A 192.0.2.2\n" ACML_EXAMPLE_WWW_TOKEN,
	.good = HEAD_2(SERVERS) "@ CAA 0 issue \"amazon.com\"\nwww A 192.0.2.2\n"
	        ACML_EXAMPLE_WWW_TOKEN,
	.baseline = BASE_TOKEN,
	.sources = (const char *const[]){
		"RFC 1982 section 3.2: comparing serials",
		"RFC 1034 section 4.3.5: secondaries compare the serial",
		"RFC 1996 section 4.7: what a NOTIFY makes a secondary do",
		NULL
	},
	.check = check_serial,
};

const struct acml_rule *const acml_rules_migration[] = {
	&token_lost, &caa_lost, &key_lost, &ns_changed, &serial_not_advanced, NULL
};
