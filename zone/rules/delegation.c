/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The delegation rules, and those of them that need the zone alone or the other zones of the run. */

#include <ctype.h>

#include <libknot/descriptor.h>

#include "rules/delegation.h"
#include "rules/example.h"
#include "rules/judge.h"

/* Seconds that a denial may be remembered before DEL005 speaks. */
#define NEGATIVE_LIMIT 3600

static void check_duplicate(struct acml_judge *judge)
{
	const struct acml_facts *facts = judge->facts;
	const struct acml_zone *zone = judge->zone;
	struct acml_rrset soa = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_SOA);
	for (size_t i = 0; i < facts->n_inputs; i++) {
		if (i == facts->self || !acml_name_equal(facts->inputs[i].apex, zone->apex)) {
			continue;
		}
		const struct acml_spot spot = {
			.rr = soa.rrs, .owner = zone->apex, .type = "SOA",
		};
		acml_report(judge, ACML_ERROR, &spot, "%s is also the zone in %s: a server publishes one "
		            "of the two, and what ACM needs may stand in the other",
		            acml_judge_name(judge, zone->apex), facts->inputs[i].file);
		return;
	}
}

/* Case aside. Generic RDATA may hold bytes that are no name, so these are not read as one; a
 * label's length is below any letter. */
static bool same_target(const struct acml_rr *a, const struct acml_rr *b)
{
	if (a->rdlen != b->rdlen) {
		return false;
	}
	for (size_t i = 0; i < a->rdlen; i++) {
		if (tolower(a->rdata[i]) != tolower(b->rdata[i])) {
			return false;
		}
	}
	return true;
}

/* Different targets, up to two; the same one twice is one server. */
static size_t count_servers(const struct acml_rrset *set)
{
	for (size_t i = 1; i < set->count; i++) {
		if (!same_target(&set->rrs[0], &set->rrs[i])) {
			return 2;
		}
	}
	return set->count > 0 ? 1 : 0;
}

static void check_nameservers(struct acml_judge *judge)
{
	const struct acml_zone *zone = judge->zone;
	struct acml_rrset set = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_NS);
	size_t count = count_servers(&set);
	if (count >= 2) {
		return;
	}
	struct acml_rrset soa = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_SOA);
	const struct acml_spot spot = {
		.rr = count > 0 ? set.rrs : soa.rrs, .owner = zone->apex, .type = "NS",
	};
	acml_report(judge, ACML_INFO, &spot, "%s has %s: CAs ask from several places of the world, and "
	            "what is wrong with it is wrong for all of them",
	            acml_judge_name(judge, zone->apex),
	            count == 0 ? "no name server" : "a single name server");
}

static uint32_t soa_minimum(const struct acml_rr *soa)
{
	if (soa->rdlen < 22) {
		return 0;
	}
	const uint8_t *end = soa->rdata + soa->rdlen;
	return (uint32_t)end[-4] << 24 | (uint32_t)end[-3] << 16 | (uint32_t)end[-2] << 8 | end[-1];
}

static void check_negative_ttl(struct acml_judge *judge)
{
	const struct acml_zone *zone = judge->zone;
	struct acml_rrset set = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_SOA);
	if (set.count == 0 || judge->n_uses == 0) {
		return;
	}
	/* RFC 2308 section 5: a denial lives as long as the lesser of the two. */
	uint32_t minimum = soa_minimum(set.rrs);
	uint32_t ttl = minimum < set.rrs->ttl ? minimum : set.rrs->ttl;
	if (ttl <= NEGATIVE_LIMIT) {
		return;
	}
	const struct acml_spot spot = { .rr = set.rrs };
	acml_report(judge, ACML_INFO, &spot, "\"no such record\" from %s is remembered for %u seconds "
	            "(the lesser of the SOA's TTL and minimum): a token or CAA record that was asked "
	            "for too early stays unseen that long",
	            acml_judge_name(judge, zone->apex), (unsigned)ttl);
}

static const struct acml_rule duplicate_zone = {
	.id = "DEL003",
	.name = "duplicate-zone",
	.severity = ACML_ERROR,
	.needs = ACML_NEED_ZONES,
	.summary = "two inputs of the same run are the same zone",
	.why = "A zone that exists twice, in two files or as two hosted zones, is the classic of "
	       "validations that stay pending: the record was added to the copy that nobody asks. A "
	       "server takes one of two files for a zone and ignores or refuses the other. Checked "
	       "one by one, both look right.",
	.fix = "find out which copy the parent's NS records and the server's configuration lead to, merge "
	       "the other into it, delete the other",
	.bad = ACML_EXAMPLE_HEAD,
	.good = ACML_EXAMPLE_HEAD,
	.sources = (const char *const[]){
		"AWS re:Post, Knowledge Center: acm-certificate-pending-validation (the record stands in "
		"another hosted zone than the one that is delegated to)",
		"RFC 1034 section 4.2: one set of data for a zone",
		NULL
	},
	.check = check_duplicate,
};

static const struct acml_rule single_nameserver = {
	.id = "DEL004",
	.name = "single-nameserver",
	.severity = ACML_INFO,
	.needs = ACML_NEED_WHOLE,
	.summary = "fewer than two name servers at the apex",
	.why = "CAs repeat the look-ups for validation and CAA from several networks and continents, at "
	       "least five besides their own from 2026-12-15, and at most one may disagree. With "
	       "a single name server, an outage, a filter or a route that fails is seen by all of them "
	       "at once. RFC 1034 asks for two servers at least.",
	.fix = "add NS records for a second server in another network, here and at the parent",
	.bad = "$ORIGIN example.com.\n"
	       "$TTL 3600\n"
	       "@ SOA ns1.example.net. hostmaster 1 7200 3600 1209600 3600\n"
	       "@ NS ns1.example.net.\n",
	.good = ACML_EXAMPLE_HEAD,
	.sources = (const char *const[]){
		"RFC 1034 section 4.1: at least two servers for every zone",
		"RFC 2182 section 5: how many secondaries",
		"CA/Browser Forum Baseline Requirements section 3.2.2.9: Multi-Perspective Issuance "
		"Corroboration (ballot SC-067)",
		NULL
	},
	.check = check_nameservers,
};

static const struct acml_rule negative_ttl = {
	.id = "DEL005",
	.name = "negative-ttl",
	.severity = ACML_INFO,
	.summary = "denials are remembered for more than an hour, in a zone with ACM use",
	.why = "Resolvers remember that a name does not exist for the lesser of the SOA record's TTL and "
	       "its last field. Whoever requests a certificate before the validation record is "
	       "published makes the resolvers of ACM and of the CA remember its absence, and waits "
	       "that long after it is there; a request that is not validated within 72 hours fails.",
	.fix = "set the last field of the SOA record to 3600 or less",
	.bad = "$ORIGIN example.com.\n"
	       "$TTL 86400\n"
	       "@ SOA ns1.example.net. hostmaster 1 7200 3600 1209600 86400\n"
	       "@ NS ns1.example.net.\n"
	       "@ NS ns2.example.net.\n"
	       ACML_EXAMPLE_TOKEN,
	.good = "$ORIGIN example.com.\n"
	        "$TTL 86400\n"
	        "@ SOA ns1.example.net. hostmaster 1 7200 3600 1209600 3600\n"
	        "@ NS ns1.example.net.\n"
	        "@ NS ns2.example.net.\n"
	        ACML_EXAMPLE_TOKEN,
	.sources = (const char *const[]){
		"RFC 2308 sections 4 and 5: the TTL of a denial",
		"ACM User Guide: DNS validation (dns-validation.html): the request times out after 72 hours",
		NULL
	},
	.check = check_negative_ttl,
};

const struct acml_rule *const acml_rules_delegation[] = {
	&acml_del001, &acml_del002, &duplicate_zone, &single_nameserver, &negative_ttl, NULL
};
