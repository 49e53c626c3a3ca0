/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <getopt.h>

#include <libknot/errcode.h>

#include "cli/command.h"
#include "cli/manual.h"
#include "cli/nearest.h"
#include "report/rules_doc.h"

static const struct option long_options[] = {
	{ "format", required_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int explain(const struct acml_rules_doc *doc, const char *word)
{
	const struct acml_rule *rule = acml_rule_find(word);
	if (rule == NULL) {
		char hint[ACML_HINT];
		return acml_usage("explain", "there is no rule '%s'%s: 'acmlint rules' lists them",
		                  word, acml_hint(word, acml_rule_words, NULL, hint));
	}
	struct acml_style style = { .color = false };
	int status = ACML_EXIT_OK;
	if (doc->rule(stdout, rule, &style) != KNOT_EOK) {
		acml_say("out of memory: the text is not whole");
		status = ACML_EXIT_INPUT;
	}
	return acml_finish(stdout, status);
}

static int run_explain(int argc, char **argv)
{
	const struct acml_rules_doc *doc = &acml_rules_doc_text;
	int got;
	optind = 0;
	opterr = 0;
	while ((got = getopt_long(argc, argv, ":f:h", long_options, NULL)) != -1) {
		switch (got) {
		case 'f':
			doc = acml_rules_doc_find(optarg);
			if (doc == NULL) {
				return acml_usage("explain", "--format: there is no format '%s'; "
				                  "there are text, json, markdown", optarg);
			}
			break;
		case 'h':
			return acml_manual_help("explain", true);
		default:
			return acml_usage_getopt("explain", argv, got, long_options);
		}
	}
	if (optind + 1 != argc) {
		return acml_usage("explain", optind == argc ? "no rule given" :
		                  "one rule at a time");
	}
	return explain(doc, argv[optind]);
}

const struct acml_command acml_cmd_explain = {
	.name = "explain",
	.summary = "what a rule means, why ACM cares, a bad and a good zone, the fix",
	.run = run_explain,
};
