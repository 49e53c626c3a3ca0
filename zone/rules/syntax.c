/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The rules about what could not be read, or is not of this zone. */

#include <string.h>

#include <libknot/descriptor.h>

#include "rules/example.h"
#include "rules/judge.h"

/* So many findings of one kind say it; then a count follows. */
#define MOST 100

/* The place of a problem, as a record that spots can stand on. */
static struct acml_rr place_of(const struct acml_judge *judge, const struct acml_problem *problem)
{
	return (struct acml_rr){
		.owner = problem->owner != NULL ? problem->owner : judge->zone->apex,
		.file = problem->file,
		.line = problem->line,
	};
}

static void check_syntax(struct acml_judge *judge)
{
	const struct acml_zone *zone = judge->zone;
	size_t count = 0;
	struct acml_rr last = { 0 };
	for (size_t i = 0; i < zone->n_problems; i++) {
		const struct acml_problem *problem = &zone->problems[i];
		if (problem->fatal || problem->kind != ACML_PROBLEM_SYNTAX) {
			continue;
		}
		last = place_of(judge, problem);
		if (count++ < MOST) {
			const struct acml_spot spot = { .rr = &last, .type = "" };
			const char *owner = problem->owner == NULL ? NULL :
			                    acml_judge_name(judge, problem->owner);
			acml_report(judge, ACML_ERROR, &spot, "a record%s%s does not parse: %s",
			            owner != NULL ? " of " : "", owner != NULL ? owner : "",
			            problem->message);
		}
	}
	if (count > MOST) {
		const struct acml_spot spot = { .rr = &last, .type = "" };
		acml_report(judge, ACML_ERROR, &spot, "%zu further records do not parse, this is the last",
		            count - MOST);
	}
}

static void check_incomplete(struct acml_judge *judge)
{
	const struct acml_zone *zone = judge->zone;
	for (size_t i = 0; i < zone->n_problems; i++) {
		if (zone->problems[i].fatal) {
			struct acml_rr place = place_of(judge, &zone->problems[i]);
			const struct acml_spot spot = { .rr = &place, .type = "" };
			acml_report(judge, ACML_ERROR, &spot, "%s: reading stops here, rules that reason "
			            "from absence are skipped", zone->problems[i].message);
			return;
		}
	}
}

/* The token that an outside record was meant to be. */
static bool is_token(const struct acml_judge *judge, const struct acml_rr *rr,
                     struct acml_token *out_token)
{
	knot_dname_storage_t lower;
	return rr->type == KNOT_RRTYPE_CNAME &&
	       acml_token_classify(judge->zone, rr, lower, out_token) &&
	       out_token->form != ACML_TARGET_FOREIGN;
}

static void say_outside(struct acml_judge *judge, const struct acml_rr *rr,
                        const struct acml_token *token)
{
	const char *owner = acml_judge_name(judge, rr->owner);
	if (token != NULL) {
		const struct acml_spot spot = { .rr = rr, .domain = token->base };
		acml_report(judge, ACML_ERROR, &spot, "the validation record %s is not within %s: no "
		            "server publishes it from this zone, so ACM does not find it", owner,
		            judge->zone->origin);
	} else {
		const struct acml_spot spot = { .rr = rr };
		acml_report(judge, ACML_WARNING, &spot, "%s is not within %s: no server publishes it "
		            "from this zone", owner, judge->zone->origin);
	}
}

/* tokens: only these, else only the others. One finding for an owner's neighbouring records. */
static void check_outside_kind(struct acml_judge *judge, bool tokens)
{
	const struct acml_zone *zone = judge->zone;
	const struct acml_rr *last = NULL;
	size_t count = 0;
	for (size_t i = 0; i < zone->n_outside; i++) {
		const struct acml_rr *rr = &zone->outside[i];
		struct acml_token token;
		if (is_token(judge, rr, &token) != tokens ||
		    (last != NULL && acml_name_equal(last->owner, rr->owner))) {
			continue;
		}
		last = rr;
		if (count++ < MOST) {
			say_outside(judge, rr, tokens ? &token : NULL);
		}
	}
	if (count > MOST) {
		const struct acml_spot spot = { .rr = last };
		acml_report(judge, tokens ? ACML_ERROR : ACML_WARNING, &spot, "%zu further %s are not "
		            "within %s, this is the last", count - MOST,
		            tokens ? "validation records" : "names", zone->origin);
	}
}

static void check_outside(struct acml_judge *judge)
{
	check_outside_kind(judge, true);
	check_outside_kind(judge, false);
}

static const struct acml_rule syntax_error = {
	.id = "SYN001",
	.name = "syntax-error",
	.severity = ACML_ERROR,
	.summary = "a record does not parse",
	.why = "A server that meets a record it cannot parse refuses the whole file: knotd, NSD and BIND "
	       "keep the old version or serve nothing, so that no correction reaches ACM. Reading "
	       "goes on behind the broken record here, to tell everything at once; the record itself "
	       "counts as absent.",
	.fix = "mend the record; fields are separated by blanks, numbers have no unit but s, m, h, d and "
	       "w, and text with blanks stands in quotes",
	.bad = ACML_EXAMPLE_HEAD
	       "www A 192.0.2.256\n",
	.good = ACML_EXAMPLE_HEAD
	        "www A 192.0.2.25\n",
	.sources = (const char *const[]){
		"RFC 1035 section 5.1: the format of master files",
		"RFC 1035 section 5.2: a file with errors must not be loaded",
		NULL
	},
	.check = check_syntax,
};

static const struct acml_rule incomplete_zone = {
	.id = "SYN002",
	.name = "incomplete-zone",
	.severity = ACML_ERROR,
	.summary = "the reader had to stop: a broken directive, a failed $INCLUDE",
	.why = "What follows a directive that cannot be obeyed may be read in another sense than was "
	       "meant, and what was to be included is missing. No server publishes such a file. Nothing "
	       "can be concluded from what is not there, so the rules that do are skipped and listed "
	       "as skipped: the zone has not passed them.",
	.fix = "mend the directive or make the included file readable; includes are relative to the file "
	       "that includes them",
	.bad = ACML_EXAMPLE_HEAD
	       "$INCLUDE there-is-no-such-file.zone\n"
	       "www A 192.0.2.25\n",
	.good = ACML_EXAMPLE_HEAD
	        "www A 192.0.2.25\n",
	.sources = (const char *const[]){
		"RFC 1035 section 5.1: $ORIGIN and $INCLUDE",
		"RFC 2308 section 4: $TTL",
		NULL
	},
	.check = check_incomplete,
};

static const struct acml_rule out_of_zone = {
	.id = "SYN003",
	.name = "out-of-zone",
	.severity = ACML_WARNING,
	.severity_note = "error for a validation record",
	.summary = "a record's owner is not at or below the zone's apex",
	.why = "Servers ignore or refuse records for names outside the zone. For a validation record that "
	       "means that ACM never sees it: it stays pending for 72 hours and fails, or the next "
	       "renewal does. The usual causes are a final dot too many, so that the name is "
	       "taken as it stands, and a record entered in the wrong zone's file.",
	.fix = "move the record to the zone that its name belongs to, or take the final dot off if the name "
	       "is meant to be below this zone",
	.bad = ACML_EXAMPLE_HEAD
	       "_1b792c2153cf927328615e78010f7852.www.example.net. CNAME "
	       "_672e46231dca8c8a2e623dbbe513ce63.ltfvzjuylp.acm-validations.aws.\n",
	.good = ACML_EXAMPLE_HEAD
	        "www A 192.0.2.25\n"
	        ACML_EXAMPLE_WWW_TOKEN,
	.sources = (const char *const[]){
		"RFC 1034 section 4.2.1: what a zone's data are",
		"RFC 1035 section 5.1: relative and absolute names",
		"ACM User Guide: Troubleshoot DNS validation problems (troubleshooting-DNS-validation.html)",
		NULL
	},
	.check = check_outside,
};

static const struct acml_rule unused_suppression = {
	.id = "SYN004",
	.name = "unused-suppression",
	.severity = ACML_WARNING,
	.summary = "a suppression that suppresses nothing, or gives no reason",
	.why = "A comment \"acmlint: allow RULE -- reason\" silences a finding that somebody has judged. "
	       "When what it silenced is gone, the comment lies in wait for the next one that "
	       "nobody has judged: the mistake that keeps ACM from renewing would be passed over. "
	       "Without a reason the next reader cannot judge either, so it has no effect. A rule that "
	       "could not be checked in this run leaves its suppressions alone.",
	.fix = "remove the comment, or give the reason behind \"--\"",
	.bad = ACML_EXAMPLE_HEAD
	       "www A 192.0.2.25 ; acmlint: allow CAA002 -- no certificate of ACM here\n",
	.good = ACML_EXAMPLE_HEAD
	        "www A 192.0.2.25\n",
	.sources = (const char *const[]){
		"acmlint: suppression in a zone file (README)",
		NULL
	},
};

const struct acml_rule *const acml_rules_syntax[] = {
	&syntax_error, &incomplete_zone, &out_of_zone, &unused_suppression, NULL
};
