/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Sound records that no resolver gets to see: TOK007 to TOK010, TOK015. */

#include <string.h>

#include <libknot/descriptor.h>

#include "rules/token_rules.h"

/* "CNAME resolution will fail if more than five CNAMEs are chained together" (ACM User Guide). */
#define MAX_CNAMES 5

static void check_delegation(struct acml_judge *judge)
{
	for (size_t i = 0; i < judge->n_tokens; i++) {
		const struct acml_token *token = &judge->tokens[i];
		if (token->hidden == NULL || token->hidden_by_dname) {
			continue;
		}
		const struct acml_rr *ns = acml_node_rrset(token->hidden, KNOT_RRTYPE_NS).rrs;
		const char *child = acml_judge_name(judge, token->hidden->owner);
		knot_dname_storage_t domain;
		struct acml_spot spot = acml_token_spot(judge, token, domain);
		acml_report(judge, ACML_ERROR, &spot,
		            "%s CNAME is hidden by the delegation of %s (NS, line %u): ACM asks that zone's "
		            "servers, not these", acml_judge_name(judge, token->rr->owner), child, ns->line);
		acml_report_advice(judge, "publish the record in the zone that serves %s, and remove it here",
		                   child);
	}
}

const struct acml_rule acml_tok007 = {
	.id = "TOK007",
	.name = "token-below-delegation",
	.severity = ACML_ERROR,
	.summary = "a zone cut above a validation record hides it",
	.why = "Below an NS set that is not the apex's the zone is not authoritative: its servers answer with "
	       "a referral, and resolvers, ACM's too, ask the child zone's servers. A token there looks right "
	       "in the zone file or the console, and nobody ever sees it. Of 179 tokens in one organisation's "
	       "zones five stood below a delegation.",
	.fix = "Publish the record in the child zone.",
	.bad = ACML_TOKEN_HEAD
	       "shop NS ns1.example.net.\n"
	       "shop NS ns2.example.net.\n"
	       "_a79865eb4cd1a6ab990a45779b4e0b96.shop CNAME "
	       "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n",
	.good = ACML_TOKEN_HEAD
	        "shop NS ns1.example.net.\n"
	        "shop NS ns2.example.net.\n"
	        "_a79865eb4cd1a6ab990a45779b4e0b96.www CNAME "
	        "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n",
	.sources = (const char *const[]){
		"RFC 1034 section 4.2.1", "RFC 2181 section 6", ACML_TOKEN_GUIDE, NULL },
	.check = check_delegation,
};

/* The DNAME may lead to a copy of the record: then ACM finds the same after all. */
static bool leads_there_anyway(const struct acml_zone *zone, const struct acml_token *token)
{
	struct acml_chain chain;
	acml_chain_follow(zone, token->rr->owner, &chain);
	return chain.leaves && chain.hops <= MAX_CNAMES &&
	       acml_name_equal(chain.end, token->target);
}

static void check_dname(struct acml_judge *judge)
{
	for (size_t i = 0; i < judge->n_tokens; i++) {
		const struct acml_token *token = &judge->tokens[i];
		if (token->hidden == NULL || !token->hidden_by_dname ||
		    leads_there_anyway(judge->zone, token)) {
			continue;
		}
		const struct acml_rr *dname = acml_node_rrset(token->hidden, KNOT_RRTYPE_DNAME).rrs;
		knot_dname_storage_t domain;
		struct acml_spot spot = acml_token_spot(judge, token, domain);
		acml_report(judge, ACML_ERROR, &spot,
		            "%s CNAME is hidden by the DNAME at %s (line %u): servers answer ACM with the "
		            "substituted name", acml_judge_name(judge, token->rr->owner),
		            acml_judge_name(judge, token->hidden->owner), dname->line);
	}
}

const struct acml_rule acml_tok008 = {
	.id = "TOK008",
	.name = "token-below-dname",
	.severity = ACML_ERROR,
	.summary = "a DNAME above a validation record hides it",
	.why = "A DNAME replaces every name below its owner: a server answers with the substituted name and "
	       "never with data that stand below. ACM is sent to _<token> below the DNAME's target, where "
	       "no record is, and many servers refuse to load such a zone at all.",
	.fix = "Publish the record at the same place below the DNAME's target, or take the DNAME away.",
	.bad = ACML_TOKEN_HEAD
	       "shop DNAME shop.example.net.\n"
	       "_a79865eb4cd1a6ab990a45779b4e0b96.shop CNAME "
	       "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n",
	.good = ACML_TOKEN_HEAD
	        "shop CNAME shop.example.net.\n"
	        "_a79865eb4cd1a6ab990a45779b4e0b96.shop CNAME "
	        "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n",
	.sources = (const char *const[]){
		"RFC 6672 section 2.4", "RFC 6672 section 3.2", ACML_TOKEN_GUIDE, NULL },
	.check = check_dname,
};

/* Who has the wrong owner will move away, and what stands there is right. */
static bool owns_its_name(const struct acml_token *token)
{
	return acml_token_published(token) && (token->owner_underscore || token->aliased);
}

/* RFC 2181 section 10.1, RFC 4034 sections 3 and 4. */
static bool may_stand_beside(uint16_t type)
{
	return type == KNOT_RRTYPE_CNAME || type == KNOT_RRTYPE_RRSIG ||
	       type == KNOT_RRTYPE_NSEC || type == KNOT_RRTYPE_NSEC3;
}

static const struct acml_rr *other_data(const struct acml_zone *zone, const knot_dname_t *owner)
{
	const struct acml_node *node = acml_zone_node(zone, owner);
	for (size_t i = 0; node != NULL && i < node->count; i++) {
		if (!may_stand_beside(node->rrs[i].type)) {
			return &node->rrs[i];
		}
	}
	return NULL;
}

static void check_not_alone(struct acml_judge *judge)
{
	for (size_t i = 0; i < judge->n_tokens; i++) {
		const struct acml_token *token = &judge->tokens[i];
		if (!owns_its_name(token) || !acml_token_is_first(judge, i)) {
			continue;
		}
		const struct acml_rr *other = other_data(judge->zone, token->rr->owner);
		if (other == NULL) {
			continue;
		}
		char type[32] = "";
		(void)knot_rrtype_to_string(other->type, type, sizeof(type));
		knot_dname_storage_t domain, value;
		struct acml_spot spot = acml_token_spot(judge, token, domain);
		acml_report(judge, ACML_ERROR, &spot,
		            "%s has a %s record (line %u) beside the CNAME: servers refuse the zone or drop one "
		            "of them, and ACM needs the CNAME",
		            acml_judge_name(judge, token->rr->owner), type, other->line);
		if (acml_value_elsewhere(judge->zone, other, value)) {
			acml_report_fix(judge, "remove", "%s", acml_judge_record(judge, other));
		}
	}
}

const struct acml_rule acml_tok009 = {
	.id = "TOK009",
	.name = "token-not-alone",
	.severity = ACML_ERROR,
	.summary = "other data stand beside a validation CNAME",
	.why = "Where a CNAME is, no other data may be, RRSIG and NSEC aside. Servers refuse such a zone, or "
	       "load it and drop one of the records; providers refuse the second record. In any of these "
	       "cases ACM may not get its CNAME.",
	.fix = "Leave only the CNAME at this name; move or remove the other records.",
	.bad = ACML_TOKEN_HEAD
	       "_a79865eb4cd1a6ab990a45779b4e0b96.www CNAME "
	       "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n"
	       "_a79865eb4cd1a6ab990a45779b4e0b96.www TXT \"asked for by the web team\"\n",
	.good = ACML_TOKEN_HEAD
	        "_a79865eb4cd1a6ab990a45779b4e0b96.www CNAME "
	        "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n"
	        "www TXT \"asked for by the web team\"\n",
	.sources = (const char *const[]){
		"RFC 1034 section 3.6.2", "RFC 2181 section 10.1", ACML_TOKEN_TROUBLE, NULL },
	.check = check_not_alone,
};

/* The first of the owner's CNAMEs with another target: the same record twice is one. */
static const struct acml_rr *other_target(const struct acml_zone *zone, const struct acml_rr *rr)
{
	struct acml_rrset set = acml_zone_rrset(zone, rr->owner, KNOT_RRTYPE_CNAME);
	for (size_t i = 0; i < set.count; i++) {
		const struct acml_rr *other = &set.rrs[i];
		if (other->rdlen != rr->rdlen ||
		    !knot_dname_is_case_equal(other->rdata, rr->rdata)) {
			return other;
		}
	}
	return NULL;
}

static const char *target_text(struct acml_judge *judge, const struct acml_rr *rr)
{
	bool sound = knot_dname_wire_check(rr->rdata, rr->rdata + rr->rdlen, NULL) > 0;
	return sound ? acml_judge_name(judge, rr->rdata) : "something that is no name";
}

static void check_duplicate(struct acml_judge *judge)
{
	for (size_t i = 0; i < judge->n_tokens; i++) {
		const struct acml_token *token = &judge->tokens[i];
		if (!owns_its_name(token) || !acml_token_is_first(judge, i)) {
			continue;
		}
		const struct acml_rr *other = other_target(judge->zone, token->rr);
		if (other == NULL) {
			continue;
		}
		knot_dname_storage_t domain;
		struct acml_spot spot = acml_token_spot(judge, token, domain);
		const struct acml_rr *first = other < token->rr ? other : token->rr;
		spot.rr = other < token->rr ? token->rr : other;
		acml_report(judge, ACML_ERROR, &spot,
		            "%s has two CNAME targets, %s (line %u) and %s: servers refuse that or answer with "
		            "either, and only one is ACM's", acml_judge_name(judge, token->rr->owner),
		            target_text(judge, first), first->line, target_text(judge, spot.rr));
	}
}

const struct acml_rule acml_tok010 = {
	.id = "TOK010",
	.name = "token-duplicate",
	.severity = ACML_ERROR,
	.summary = "a validation record has two different targets",
	.why = "A name has one CNAME at most. Servers refuse a second, keep one of them, or answer with both; "
	       "ACM gives exactly one target for an owner, so one of the two is wrong, and which one is "
	       "answered is luck. The same record written twice is one record and no fault; further accounts "
	       "have further owners.",
	.fix = "Keep the target that ACM shows for this owner (aws acm describe-certificate) and remove the "
	       "other.",
	.bad = ACML_TOKEN_HEAD
	       "_a79865eb4cd1a6ab990a45779b4e0b96.www CNAME "
	       "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n"
	       "_a79865eb4cd1a6ab990a45779b4e0b96.www CNAME "
	       "_cd6a7af6416d4d1e553b4a0369bf1054.jkddzztszm.acm-validations.aws.\n",
	.good = ACML_TOKEN_HEAD
	        "_a79865eb4cd1a6ab990a45779b4e0b96.www CNAME "
	        "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n"
	        "_0db4e790f89365ed50700dcf36927455.www CNAME "
	        "_cd6a7af6416d4d1e553b4a0369bf1054.jkddzztszm.acm-validations.aws.\n",
	.sources = (const char *const[]){
		"RFC 2181 section 10.1", "RFC 1034 section 3.6.2", ACML_TOKEN_GUIDE, NULL },
	.check = check_duplicate,
};

static void report_chain(struct acml_judge *judge, const struct acml_token *token)
{
	size_t cnames = token->hops + 1;
	bool too_long = cnames > MAX_CNAMES;
	knot_dname_storage_t domain;
	struct acml_spot spot = acml_token_spot(judge, token, domain);
	acml_report(judge, too_long ? ACML_ERROR : ACML_WARNING, &spot,
	            "%s reaches ACM's value through a chain of %zu CNAMEs in this zone; %s",
	            acml_judge_name(judge, token->rr->owner), cnames,
	            too_long ? "ACM follows five at most" :
	                       "ACM follows five at most, and each of them has to stay");
	if (token->valid) {
		acml_report_advice(judge, "point it at %s directly", acml_judge_name(judge, token->target));
		acml_token_replace(judge, token->rr, token->rr->owner, token->target);
	}
}

/* A token's owner whose CNAMEs lead nowhere: no ACM target shows that it is ACM's, but nobody
 * can use it. */
static void check_loop(struct acml_judge *judge, const struct acml_rr *rr)
{
	const struct acml_zone *zone = judge->zone;
	knot_dname_storage_t target;
	if (rr->type != KNOT_RRTYPE_CNAME || !acml_label_is_token(rr->owner) || rr->rdlen == 0 ||
	    knot_dname_wire_check(rr->rdata, rr->rdata + rr->rdlen, NULL) <= 0) {
		return;
	}
	acml_name_lower(rr->rdata, target);
	struct acml_found found;
	if (!acml_name_within(target, zone->apex)) {
		return;
	}
	acml_zone_find(zone, rr->owner, &found);
	if (found.cut != NULL || found.dname != NULL) {
		return;
	}
	struct acml_chain chain;
	acml_chain_follow(zone, target, &chain);
	if (chain.endless) {
		struct acml_spot spot = { .rr = rr, .domain = acml_name_parent(rr->owner) };
		acml_report(judge, ACML_ERROR, &spot,
		            "%s CNAME leads into a loop or an endless chain by %s: a validation record there "
		            "can never be found", acml_judge_name(judge, rr->owner),
		            acml_judge_name(judge, target));
	}
}

static void check_chain(struct acml_judge *judge)
{
	for (size_t i = 0; i < judge->n_tokens; i++) {
		const struct acml_token *token = &judge->tokens[i];
		if (token->hops > 0 && acml_token_published(token)) {
			report_chain(judge, token);
		}
	}
	for (size_t i = 0; i < judge->zone->n_rrs; i++) {
		check_loop(judge, &judge->zone->rrs[i]);
	}
}

const struct acml_rule acml_tok015 = {
	.id = "TOK015",
	.name = "token-chain",
	.severity = ACML_WARNING,
	.severity_note = "error for a loop or more than five CNAMEs",
	.summary = "a validation record reaches ACM only through further CNAMEs, or never",
	.why = "ACM follows CNAMEs from _<token>.<domain> to its own name, but gives up when more than five "
	       "are chained, and a loop leads nowhere. A shorter chain is allowed, for example to keep "
	       "validation records in one place; every link of it must stay for as long as certificates "
	       "are to be renewed.",
	.fix = "Point the record at ACM's target directly.",
	.bad = ACML_TOKEN_HEAD
	       "_a79865eb4cd1a6ab990a45779b4e0b96.www CNAME www.validation\n"
	       "www.validation CNAME _424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n",
	.good = ACML_TOKEN_HEAD
	        "_a79865eb4cd1a6ab990a45779b4e0b96.www CNAME "
	        "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n",
	.sources = (const char *const[]){
		ACML_TOKEN_TROUBLE, "RFC 1034 section 5.2.2", NULL },
	.check = check_chain,
};
