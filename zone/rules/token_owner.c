/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Owners that ACM never asks for: TOK001, TOK005, TOK006, TOK013. */

#include <string.h>

#include "rules/token_rules.h"

static void check_doubled(struct acml_judge *judge)
{
	for (size_t i = 0; i < judge->n_tokens; i++) {
		const struct acml_token *token = &judge->tokens[i];
		knot_dname_storage_t meant, domain;
		if (!token->doubled ||
		    !acml_owner_doubled(judge->zone, token->rr->owner, meant)) {
			continue;
		}
		struct acml_spot spot = acml_token_spot(judge, token, domain);
		acml_report(judge, ACML_ERROR, &spot,
		            "%s CNAME has the zone's name in it twice; ACM asks for %s and does not find it",
		            acml_judge_name(judge, token->rr->owner),
		            acml_judge_name(judge, meant));
		acml_report_advice(judge, "write %s, final dot included, or the name relative to %s",
		                   acml_judge_name(judge, meant), judge->zone->origin);
		acml_token_replace(judge, token->rr, meant, token->rr->rdata);
	}
}

const struct acml_rule acml_tok001 = {
	.id = "TOK001",
	.name = "token-owner-doubled",
	.severity = ACML_ERROR,
	.summary = "the owner of a validation record has the zone's name in it twice",
	.why = "ACM looks for its CNAME at exactly the name it printed, _<token>.<domain>. A name without "
	       "its final dot is relative, so a zone file, and many providers' forms, append the zone's "
	       "name to it: _<token>.example.com becomes _<token>.example.com.example.com. The record is "
	       "published, but ACM never asks for that name; the request stays pending and fails after 72 "
	       "hours, and a renewal fails likewise. Names with more data than tokens are not taken for "
	       "doubled unless the zone's name stands twice in a row.",
	.fix = "End the owner with a dot, or leave the zone's name out of it.",
	.bad = ACML_TOKEN_HEAD
	       "_a79865eb4cd1a6ab990a45779b4e0b96.www.example.com CNAME "
	       "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n",
	.good = ACML_TOKEN_HEAD
	        "_a79865eb4cd1a6ab990a45779b4e0b96.www.example.com. CNAME "
	        "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n",
	.sources = (const char *const[]){
		ACML_TOKEN_TROUBLE, "ACM API Reference: DomainValidation, ResourceRecord",
		"RFC 1035 section 5.1", NULL },
	.check = check_doubled,
};

/* The owner with its first label made a token, if an underscore is all that it lacks. */
static bool add_underscore(const knot_dname_t *owner, knot_dname_storage_t out)
{
	size_t size = acml_name_size(owner);
	if (owner[0] == KNOT_DNAME_MAXLABELLEN || size + 1 > KNOT_DNAME_MAXLEN) {
		return false;
	}
	out[0] = owner[0] + 1;
	out[1] = '_';
	memcpy(out + 2, owner + 1, size - 1);
	return acml_label_is_token(out);
}

static void check_no_underscore(struct acml_judge *judge)
{
	for (size_t i = 0; i < judge->n_tokens; i++) {
		const struct acml_token *token = &judge->tokens[i];
		const knot_dname_t *owner = token->rr->owner;
		if (token->owner_underscore || token->outside || token->aliased ||
		    acml_name_is_wildcard(owner)) {
			continue;
		}
		knot_dname_storage_t meant, domain;
		struct acml_spot spot = acml_token_spot(judge, token, domain);
		bool stripped = add_underscore(owner, meant);
		if (!stripped && !token->doubled && !token->wild) {
			spot.domain = owner;
		}
		acml_report(judge, ACML_ERROR, &spot,
		            "%s CNAME points at ACM, but its first label does not begin with an underscore: "
		            "ACM never asks for this name", acml_judge_name(judge, owner));
		if (stripped) {
			acml_report_advice(judge, "name the record %s", acml_judge_name(judge, meant));
			acml_token_replace(judge, token->rr, meant, token->rr->rdata);
		}
	}
}

const struct acml_rule acml_tok005 = {
	.id = "TOK005",
	.name = "token-owner-no-underscore",
	.severity = ACML_ERROR,
	.summary = "an ACM target stands under an owner without the leading underscore",
	.why = "ACM looks for its CNAME at _<token>.<domain>. Some providers refuse an underscore in a "
	       "host name, and then the record is entered without it, or at the domain itself: ACM does "
	       "not look there. AWS allows the underscore to be left out of the target only; the name "
	       "must always begin with one. A name that another CNAME of the zone leads to from a "
	       "token is not meant.",
	.fix = "Give the owner exactly as ACM prints it, with the leading underscore; a provider that "
	       "refuses it cannot serve ACM's DNS validation.",
	.bad = ACML_TOKEN_HEAD
	       "a79865eb4cd1a6ab990a45779b4e0b96.www CNAME "
	       "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n",
	.good = ACML_TOKEN_HEAD
	        "_a79865eb4cd1a6ab990a45779b4e0b96.www CNAME "
	        "424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n",
	.sources = (const char *const[]){
		ACML_TOKEN_TROUBLE, ACML_TOKEN_GUIDE, "RFC 8552 section 1.1", NULL },
	.check = check_no_underscore,
};

static void check_owner_malformed(struct acml_judge *judge)
{
	for (size_t i = 0; i < judge->n_tokens; i++) {
		const struct acml_token *token = &judge->tokens[i];
		const knot_dname_t *owner = token->rr->owner;
		if (!token->owner_underscore || token->outside || token->aliased ||
		    acml_label_shape(owner) == ACML_SHAPE_SOUND) {
			continue;
		}
		knot_dname_storage_t domain;
		struct acml_spot spot = acml_token_spot(judge, token, domain);
		acml_report(judge, ACML_WARNING, &spot,
		            "%s CNAME points at ACM, but its first label is not like a token of ACM, an "
		            "underscore and 32 hexadecimal digits; ACM may be asking for another name",
		            acml_judge_name(judge, owner));
	}
}

const struct acml_rule acml_tok006 = {
	.id = "TOK006",
	.name = "token-owner-malformed",
	.severity = ACML_WARNING,
	.summary = "the owner of a validation record begins with an underscore but is not a token",
	.why = "Every owner that ACM has been seen to print begins with an underscore and 32 hexadecimal "
	       "digits. One that is shorter, longer or has other characters was most likely damaged on its "
	       "way into the zone, and then ACM asks for a name that is not there. It is a warning, since "
	       "AWS nowhere promises the length; samples in its guide have other letters too, so 20 to 40 "
	       "letters and digits that are not all hexadecimal pass.",
	.fix = "Compare the owner with what ACM shows (aws acm describe-certificate) and copy it whole.",
	.bad = ACML_TOKEN_HEAD
	       "_a79865eb4cd1a6ab.www CNAME "
	       "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n",
	.good = ACML_TOKEN_HEAD
	        "_a79865eb4cd1a6ab990a45779b4e0b96.www CNAME "
	        "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n",
	.sources = (const char *const[]){ ACML_TOKEN_GUIDE, ACML_TOKEN_TROUBLE, NULL },
	.check = check_owner_malformed,
};

/* The owner without its "*" labels. */
static void drop_wildcards(const knot_dname_t *owner, knot_dname_storage_t out)
{
	size_t len = 0;
	for (; owner[0] != 0; owner = acml_name_parent(owner)) {
		if (!acml_name_is_wildcard(owner)) {
			memcpy(out + len, owner, 1u + owner[0]);
			len += 1u + owner[0];
		}
	}
	out[len] = 0;
}

static void check_wildcard(struct acml_judge *judge)
{
	for (size_t i = 0; i < judge->n_tokens; i++) {
		const struct acml_token *token = &judge->tokens[i];
		if (!token->wild || token->outside) {
			continue;
		}
		knot_dname_storage_t domain, meant;
		struct acml_spot spot = acml_token_spot(judge, token, domain);
		acml_report(judge, ACML_ERROR, &spot,
		            "%s CNAME has a * label in its owner; ACM looks for the record of %s and its wildcard "
		            "at _<token>.%s", acml_judge_name(judge, token->rr->owner),
		            acml_judge_name(judge, domain), acml_judge_name(judge, domain));
		drop_wildcards(token->rr->owner, meant);
		if (acml_label_is_token(meant)) {
			acml_report_advice(judge, "name the record %s; one record serves the name and its "
			                   "wildcard", acml_judge_name(judge, meant));
			acml_token_replace(judge, token->rr, meant, token->rr->rdata);
		}
	}
}

const struct acml_rule acml_tok013 = {
	.id = "TOK013",
	.name = "token-wildcard",
	.severity = ACML_ERROR,
	.summary = "the owner of a validation record has a * label",
	.why = "A certificate for *.example.com and one for example.com share one validation record, and it "
	       "stands at _<token>.example.com, without the asterisk. With a * label in the owner the record "
	       "is at another name: inside a name an asterisk is a label like any other, and as first label "
	       "it only answers for names that do not exist.",
	.fix = "Take the * label out of the owner; the same record serves the name and its wildcard.",
	.bad = ACML_TOKEN_HEAD
	       "_a79865eb4cd1a6ab990a45779b4e0b96.*.example.com. CNAME "
	       "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n",
	.good = ACML_TOKEN_HEAD
	        "_a79865eb4cd1a6ab990a45779b4e0b96.example.com. CNAME "
	        "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n",
	.sources = (const char *const[]){
		ACML_TOKEN_GUIDE, "RFC 4592 section 2.1.1", NULL },
	.check = check_wildcard,
};
