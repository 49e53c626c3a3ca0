/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The parent's NS against the zone's, and against the hosted zone's: DEL001 and DEL002. */

#include <libknot/descriptor.h>

#include "facts/parent.h"
#include "rules/delegation.h"
#include "rules/example.h"
#include "rules/judge.h"

/* Name servers are compared one with each other; nobody has more. */
#define NS_MOST 64

static bool lists(const struct acml_parent_ns *list, size_t count, const knot_dname_t *name)
{
	for (size_t i = 0; i < count && i < NS_MOST; i++) {
		if (acml_name_equal(list[i].name, name)) {
			return true;
		}
	}
	return false;
}

/* The target of an NS record; false for generic RDATA that is no name. */
static bool target_of(const struct acml_rr *rr, knot_dname_storage_t out)
{
	if (rr->rdlen == 0 || knot_dname_wire_check(rr->rdata, rr->rdata + rr->rdlen, NULL) <= 0) {
		return false;
	}
	acml_name_lower(rr->rdata, out);
	return true;
}

/* How many of the zone's servers the parent has; the first that it has not. */
static size_t count_common(struct acml_rrset set, const struct acml_child *child,
                           const struct acml_rr **out_here)
{
	size_t common = 0;
	*out_here = NULL;
	for (size_t i = 0; i < set.count && i < NS_MOST; i++) {
		knot_dname_storage_t name;
		if (target_of(&set.rrs[i], name) && lists(child->ns, child->n_ns, name)) {
			common++;
		} else if (*out_here == NULL) {
			*out_here = &set.rrs[i];
		}
	}
	return common;
}

/* The first of the parent's servers that the zone does not name. */
static const knot_dname_t *only_there(struct acml_rrset set, const struct acml_child *child)
{
	for (size_t i = 0; i < child->n_ns && i < NS_MOST; i++) {
		bool here = false;
		for (size_t j = 0; j < set.count && j < NS_MOST && !here; j++) {
			knot_dname_storage_t name;
			here = target_of(&set.rrs[j], name) &&
			       acml_name_equal(child->ns[i].name, name);
		}
		if (!here) {
			return child->ns[i].name;
		}
	}
	return NULL;
}

static void check_mismatch(struct acml_judge *judge)
{
	const struct acml_zone *zone = judge->zone;
	const struct acml_child *child = acml_facts_ns(judge->facts, zone->apex);
	struct acml_rrset set = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_NS);
	const struct acml_rr *here;
	if (set.count == 0 || child->n_ns == 0) {
		return;
	}
	size_t common = count_common(set, child, &here);
	const knot_dname_t *there = only_there(set, child);
	const char *apex = acml_judge_name(judge, zone->apex);
	const struct acml_spot spot = { .rr = here != NULL ? here : set.rrs };
	if (common == 0) {
		acml_report(judge, ACML_ERROR, &spot, "none of the name servers that the parent has for %s "
		            "(%s …) stands in this zone: ACM asks servers that do not have it, and what is "
		            "corrected here is not seen", apex, acml_judge_host(judge, there));
	} else if (there != NULL || here != NULL) {
		knot_dname_storage_t name;
		bool extra = there == NULL && target_of(here, name);
		const knot_dname_t *odd = extra ? name : there != NULL ? there : zone->apex;
		acml_report(judge, ACML_WARNING, &spot, "the name servers of %s differ between parent and "
		            "zone (%s stands %s only): CAs ask from several places, and one that asks a "
		            "server with other data sees another zone", apex,
		            acml_judge_host(judge, odd), extra ? "here" : "at the parent");
	}
}

const struct acml_rule acml_del001 = {
	.id = "DEL001",
	.name = "ns-mismatch",
	.severity = ACML_ERROR,
	.severity_note = "warning where they share some",
	.needs = ACML_NEED_PARENT_NS | ACML_NEED_WHOLE,
	.summary = "the name servers at the parent and those in the zone share nothing, or only some",
	.why = "Resolvers, ACM's and the CA's among them, go where the parent sends them. If none of those "
	       "servers stands in this zone, it is the wrong copy: the zone moved and the registrar was not "
	       "told, or the other way round. Records added here validate nothing. Where the two sets "
	       "differ in part, as in the middle of a move, checks from several places can disagree.",
	.fix = "give the registrar the name servers of this zone (after the DS is out and its TTL over, when "
	       "the keys change too), or correct the NS records here",
	.bad = ACML_EXAMPLE_HEAD,
	.good = ACML_EXAMPLE_HEAD,
	.parent = "example.com. 172800 IN NS ns-1.awsdns-01.org.\n"
	          "example.com. 172800 IN NS ns-2.awsdns-02.net.\n",
	.good_parent = "example.com. 172800 IN NS ns1.example.net.\n"
	               "example.com. 172800 IN NS ns2.example.net.\n",
	.sources = (const char *const[]){
		"RFC 1034 section 4.2.2: NS records at the parent and in the zone agree",
		"AWS re:Post, Knowledge Center: acm-certificate-pending-validation",
		NULL
	},
	.check = check_mismatch,
};

static void check_hosted(struct acml_judge *judge)
{
	const struct acml_zone *zone = judge->zone;
	const struct acml_child *hosted = acml_parent_child(judge->facts->parent, zone->apex);
	const struct acml_child *child = acml_facts_ns(judge->facts, zone->apex);
	struct acml_rrset soa = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_SOA);
	const struct acml_spot spot = {
		.rr = soa.rrs, .owner = zone->apex, .type = "NS",
	};
	const char *apex = acml_judge_name(judge, zone->apex);
	if (hosted->hosted_private) {
		acml_report(judge, ACML_ERROR, &spot, "the hosted zone %s (%s) is private: only networks "
		            "associated with it see its records, ACM does not", apex, hosted->hosted_file);
		return;
	}
	for (size_t i = 0; i < hosted->n_hosted_ns && i < NS_MOST; i++) {
		if (child == NULL || lists(child->ns, child->n_ns, hosted->hosted_ns[i].name)) {
			return;
		}
	}
	if (hosted->n_hosted_ns == 0 || child->n_ns == 0) {
		return;
	}
	acml_report(judge, ACML_ERROR, &spot, "the hosted zone %s has other name servers (%s …) than the "
	            "parent (%s …): it is a second one of the name that nobody asks, and records in it "
	            "validate nothing", apex, acml_judge_host(judge, hosted->hosted_ns[0].name),
	            acml_judge_host(judge, child->ns[0].name));
}

const struct acml_rule acml_del002 = {
	.id = "DEL002",
	.name = "ns-other-hosted-zone",
	.severity = ACML_ERROR,
	.needs = ACML_NEED_HOSTED,
	.summary = "the hosted zone's delegation set is not the registered one, or the zone is private",
	.why = "Route 53 lets a name have several hosted zones, each with four name servers of its own; the "
	       "registrar sends the world to one of them. Validation records that were added to another "
	       "one, made by a second account or a template that ran twice, are seen by nobody, and the "
	       "certificate stays pending for 72 hours. A private hosted zone is never seen by ACM.",
	.fix = "add the records to the hosted zone whose name servers are registered, or register this one's; "
	       "delete the other",
	.bad = ACML_EXAMPLE_HEAD,
	.good = ACML_EXAMPLE_HEAD,
	.parent = "{ \"DomainName\": \"example.com\", \"Nameservers\": [ { \"Name\": \"ns1.example.net\" }, "
	          "{ \"Name\": \"ns2.example.net\" } ] }\n"
	          "{ \"HostedZone\": { \"Id\": \"/hostedzone/Z1\", \"Name\": \"example.com.\", "
	          "\"Config\": { \"PrivateZone\": false } },\n"
	          "  \"DelegationSet\": { \"NameServers\": [ \"ns-1.awsdns-01.org\", "
	          "\"ns-2.awsdns-02.net\" ] } }\n",
	.good_parent = "{ \"DomainName\": \"example.com\", \"Nameservers\": [ { \"Name\": "
	               "\"ns1.example.net\" }, { \"Name\": \"ns2.example.net\" } ] }\n"
	               "{ \"HostedZone\": { \"Id\": \"/hostedzone/Z1\", \"Name\": \"example.com.\", "
	               "\"Config\": { \"PrivateZone\": false } },\n"
	               "  \"DelegationSet\": { \"NameServers\": [ \"ns1.example.net\", "
	               "\"ns2.example.net\" ] } }\n",
	.sources = (const char *const[]){
		"AWS re:Post, Knowledge Center: acm-certificate-pending-validation (the record stands in "
		"another hosted zone than the one that is delegated to)",
		"Amazon Route 53 API Reference: GetHostedZone, DelegationSet",
		NULL
	},
	.check = check_hosted,
};
