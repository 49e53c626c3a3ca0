/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Targets where ACM publishes nothing, and values that are no CNAME: TOK002 to TOK004, TOK011. */

#include <string.h>

#include <libknot/descriptor.h>

#include "rules/token_rules.h"

/* The target written as this record has it: the chain's last one is another record's. */
static bool has_own_target(const struct acml_token *token)
{
	return token->hops == 0 && !token->outside;
}

static void attach_mended(struct acml_judge *judge, const struct acml_token *token)
{
	knot_dname_storage_t meant;
	if (acml_target_mend(token->target, judge->zone->apex, meant)) {
		acml_report_advice(judge, "set the target to %s", acml_judge_name(judge, meant));
		acml_token_replace(judge, token->rr, token->rr->owner, meant);
	}
}

static void check_relative(struct acml_judge *judge)
{
	for (size_t i = 0; i < judge->n_tokens; i++) {
		const struct acml_token *token = &judge->tokens[i];
		if (token->form != ACML_TARGET_RELATIVE || !has_own_target(token)) {
			continue;
		}
		knot_dname_storage_t domain;
		struct acml_spot spot = acml_token_spot(judge, token, domain);
		acml_report(judge, ACML_ERROR, &spot,
		            "the target of %s CNAME goes on behind acm-validations.aws: %s; its final dot is "
		            "missing, so the record does not lead to ACM's value",
		            acml_judge_name(judge, token->rr->owner),
		            acml_judge_name(judge, token->target));
		attach_mended(judge, token);
	}
}

const struct acml_rule acml_tok002 = {
	.id = "TOK002",
	.name = "token-target-relative",
	.severity = ACML_ERROR,
	.summary = "the target of a validation record lacks its final dot",
	.why = "A name without a final dot is relative to the origin in a zone file: "
	       "_<value>.acm-validations.aws becomes _<value>.acm-validations.aws.example.com., a name that "
	       "does not exist. ACM follows the CNAME there and finds nothing. ACM's console and Terraform "
	       "show the value with the dot, some tools without; Route 53 takes both for absolute, a zone "
	       "file does not.",
	.fix = "End the target with a dot: …acm-validations.aws.",
	.bad = ACML_TOKEN_HEAD
	       "_a79865eb4cd1a6ab990a45779b4e0b96.www CNAME "
	       "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws\n",
	.good = ACML_TOKEN_HEAD
	        "_a79865eb4cd1a6ab990a45779b4e0b96.www CNAME "
	        "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n",
	.sources = (const char *const[]){ "RFC 1035 section 5.1", ACML_TOKEN_GUIDE, NULL },
	.check = check_relative,
};

static void check_suffix(struct acml_judge *judge)
{
	for (size_t i = 0; i < judge->n_tokens; i++) {
		const struct acml_token *token = &judge->tokens[i];
		if (token->form != ACML_TARGET_MISSPELT || !has_own_target(token)) {
			continue;
		}
		struct acml_target_parts parts;
		acml_target_parse(token->target, judge->zone->apex, &parts);
		knot_dname_storage_t domain;
		struct acml_spot spot = acml_token_spot(judge, token, domain);
		acml_report(judge, parts.partition ? ACML_WARNING : ACML_ERROR, &spot,
		            "the target of %s CNAME does not end in acm-validations.aws.%s: %s; %s",
		            acml_judge_name(judge, token->rr->owner),
		            parts.relative ? ", nor in a dot" : "",
		            acml_judge_name(judge, token->target),
		            parts.partition ? "no such suffix of ACM is documented" :
		                              "ACM publishes its value nowhere else");
		attach_mended(judge, token);
	}
}

const struct acml_rule acml_tok003 = {
	.id = "TOK003",
	.name = "token-target-suffix",
	.severity = ACML_ERROR,
	.severity_note = "warning where the suffix might belong to another AWS partition",
	.summary = "the target of a validation record ends in a misspelt acm-validations.aws",
	.why = "ACM publishes its values in acm-validations.aws and nowhere else that is documented. "
	       "acm-validation.aws (so spelt even in a page of AWS's own guide), acm-validations.aws.com, "
	       "acm-validations.amazonaws.com and the like are other names: ACM's value is not there, and "
	       "whoever holds such a domain decides what is.",
	.fix = "Copy the target from ACM again; it ends in acm-validations.aws.",
	.bad = ACML_TOKEN_HEAD
	       "_a79865eb4cd1a6ab990a45779b4e0b96.www CNAME "
	       "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validation.aws.\n",
	.good = ACML_TOKEN_HEAD
	        "_a79865eb4cd1a6ab990a45779b4e0b96.www CNAME "
	        "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n",
	.sources = (const char *const[]){ ACML_TOKEN_GUIDE, ACML_TOKEN_TROUBLE, NULL },
	.check = check_suffix,
};

/* Where the value of a record that is no token's stands, and for which name it was meant. */
static struct acml_spot value_spot(const struct acml_rr *rr)
{
	struct acml_spot spot = { .rr = rr, .domain = rr->owner };
	if (rr->owner[0] > 0 && rr->owner[1] == '_') {
		spot.domain = acml_name_parent(rr->owner);
	}
	return spot;
}

static void check_target(struct acml_judge *judge, const struct acml_token *token)
{
	struct acml_target_parts parts;
	const char *why = NULL;
	acml_target_parse(token->target, judge->zone->apex, &parts);
	enum acml_shape shape = acml_target_shape(token->target, &parts, &why);
	if (shape == ACML_SHAPE_SOUND) {
		return;
	}
	bool broken = shape == ACML_SHAPE_BROKEN;
	knot_dname_storage_t domain;
	struct acml_spot spot = acml_token_spot(judge, token, domain);
	acml_report(judge, broken ? ACML_ERROR : ACML_WARNING, &spot,
	            "the target of %s CNAME is not like a value of ACM, %s: %s; %s",
	            acml_judge_name(judge, token->rr->owner), why,
	            acml_judge_name(judge, token->target),
	            broken ? "ACM publishes nothing there" : "ACM may publish nothing there");
	if (broken) {
		attach_mended(judge, token);
	}
}

static void check_target_malformed(struct acml_judge *judge)
{
	const struct acml_zone *zone = judge->zone;
	for (size_t i = 0; i < judge->n_tokens; i++) {
		const struct acml_token *token = &judge->tokens[i];
		if (token->form != ACML_TARGET_MISSPELT && has_own_target(token)) {
			check_target(judge, token);
		}
	}
	for (size_t i = 0; i < zone->n_problems; i++) {
		if (zone->problems[i].kind == ACML_PROBLEM_TARGET) {
			const struct acml_rr place = acml_token_problem(judge, &zone->problems[i]);
			struct acml_spot spot = value_spot(&place);
			spot.type = "CNAME";
			acml_report(judge, ACML_ERROR, &spot,
			            "%s has a CNAME to ACM that does not parse, its target has quotes or other "
			            "stray characters: it will not be published",
			            acml_judge_name(judge, place.owner));
		}
	}
}

const struct acml_rule acml_tok004 = {
	.id = "TOK004",
	.name = "token-target-malformed",
	.severity = ACML_ERROR,
	.severity_note = "warning for an unusual length or number of labels",
	.summary = "the target of a validation record has stray characters or an odd length",
	.why = "Before its suffix ACM's target has a token, an underscore and 32 hexadecimal digits, and "
	       "usually a label of ten letters. A stray character before the underscore (n_…, d_…), quotes, "
	       "blanks or a dash make it another name, and ACM's value is not there. The underscore may be "
	       "missing: AWS allows that. A length that was never seen is a warning only, since AWS "
	       "promises none.",
	.fix = "Copy the target from ACM again, without quotes and blanks.",
	.bad = ACML_TOKEN_HEAD
	       "_a79865eb4cd1a6ab990a45779b4e0b96.www CNAME "
	       "n_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n",
	.good = ACML_TOKEN_HEAD
	        "_a79865eb4cd1a6ab990a45779b4e0b96.www CNAME "
	        "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n",
	.sources = (const char *const[]){ ACML_TOKEN_GUIDE, ACML_TOKEN_TROUBLE, NULL },
	.check = check_target_malformed,
};

/* The record that should have been there. */
static void attach_cname(struct acml_judge *judge, const struct acml_rr *rr,
                         const knot_dname_t *value)
{
	knot_dname_storage_t meant;
	if (acml_label_is_token(rr->owner) && acml_target_mend(value, judge->zone->apex, meant)) {
		acml_report_advice(judge, "replace it by a CNAME to %s", acml_judge_name(judge, meant));
		acml_token_replace(judge, rr, rr->owner, meant);
	}
}

/* A CNAME to ACM beside it is another fault: TOK009. */
static bool has_token_beside(const struct acml_zone *zone, const knot_dname_t *owner)
{
	knot_dname_storage_t lower;
	struct acml_token token;
	struct acml_rrset set = acml_zone_rrset(zone, owner, KNOT_RRTYPE_CNAME);
	return set.count > 0 && acml_token_classify(zone, &set.rrs[0], lower, &token);
}

static void check_parsed_type(struct acml_judge *judge, const struct acml_rr *rr)
{
	knot_dname_storage_t value;
	if (!acml_value_elsewhere(judge->zone, rr, value) ||
	    has_token_beside(judge->zone, rr->owner)) {
		return;
	}
	char type[32] = "";
	(void)knot_rrtype_to_string(rr->type, type, sizeof(type));
	struct acml_spot spot = value_spot(rr);
	acml_report(judge, ACML_ERROR, &spot,
	            "%s holds ACM's value %s as %s; ACM looks for a CNAME and finds none",
	            acml_judge_name(judge, rr->owner), acml_judge_name(judge, value), type);
	attach_cname(judge, rr, value);
}

static void check_unparsed_type(struct acml_judge *judge, const struct acml_problem *problem)
{
	const struct acml_rr place = acml_token_problem(judge, problem);
	struct acml_spot spot = value_spot(&place);
	spot.type = "";
	acml_report(judge, ACML_ERROR, &spot,
	            "%s has a record with ACM's value in a type that cannot hold it; ACM looks for a "
	            "CNAME and finds none", acml_judge_name(judge, place.owner));
}

static void check_wrong_type(struct acml_judge *judge)
{
	const struct acml_zone *zone = judge->zone;
	for (size_t i = 0; i < zone->n_rrs; i++) {
		check_parsed_type(judge, &zone->rrs[i]);
	}
	for (size_t i = 0; i < zone->n_problems; i++) {
		if (zone->problems[i].kind == ACML_PROBLEM_TYPE) {
			check_unparsed_type(judge, &zone->problems[i]);
		}
	}
}

const struct acml_rule acml_tok011 = {
	.id = "TOK011",
	.name = "token-wrong-type",
	.severity = ACML_ERROR,
	.summary = "ACM's value was entered as TXT, A or another type than CNAME",
	.why = "ACM's validation record is always a CNAME: ACM looks it up and follows it to a name of its "
	       "own, whose content it changes. A TXT or another record with the value, as other CAs ask for, "
	       "is never looked at. Text that only mentions a value among other words is not meant.",
	.fix = "Enter the value as the target of a CNAME at the name that ACM prints, and nothing else there.",
	.bad = ACML_TOKEN_HEAD
	       "_a79865eb4cd1a6ab990a45779b4e0b96.www TXT "
	       "\"_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\"\n",
	.good = ACML_TOKEN_HEAD
	        "_a79865eb4cd1a6ab990a45779b4e0b96.www CNAME "
	        "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n"
	        "www TXT \"validated by ACM, see acm-validations.aws\"\n",
	.sources = (const char *const[]){
		ACML_TOKEN_GUIDE, "ACM API Reference: ResourceRecord", NULL },
	.check = check_wrong_type,
};
