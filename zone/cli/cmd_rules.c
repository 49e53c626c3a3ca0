/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libknot/errcode.h>

#include "cli/command.h"
#include "cli/manual.h"
#include "report/rules_doc.h"

static const struct option long_options[] = {
	{ "format", required_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ "output", required_argument, NULL, 'O' },
	{ NULL, 0, NULL, 0 },
};

/* One page of the documentation. rule NULL: the table. */
static int write_page(const char *folder, const char *name, const struct acml_rule *rule)
{
	const struct acml_rules_doc *doc = &acml_rules_doc_markdown;
	const struct acml_style style = { 0 };
	char *path = NULL;
	if (asprintf(&path, "%s/%s.md", folder, name) < 0) {
		return acml_no_memory();
	}
	FILE *page = fopen(path, "we");
	int ret = KNOT_EOK;
	if (page != NULL) {
		ret = rule == NULL ? doc->table(page, &style) : doc->rule(page, rule, &style);
	}
	bool failed = page == NULL || ret != KNOT_EOK || ferror(page);
	if ((page != NULL && fclose(page) != 0) || failed) {
		acml_say("%s: cannot be written: %s", path, strerror(errno));
		free(path);
		return ACML_EXIT_INPUT;
	}
	free(path);
	return ACML_EXIT_OK;
}

static int write_pages(const char *folder)
{
	if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
		acml_say("%s: cannot be made: %s", folder, strerror(errno));
		return ACML_EXIT_INPUT;
	}
	int status = write_page(folder, "README", NULL);
	const struct acml_rule *rule;
	for (size_t i = 0; (rule = acml_rule_at(i)) != NULL && status == ACML_EXIT_OK; i++) {
		status = write_page(folder, rule->id, rule);
	}
	return status;
}

static int write_table(const struct acml_rules_doc *doc)
{
	struct acml_style style = { .color = false };
	if (doc->table(stdout, &style) != KNOT_EOK) {
		acml_say("out of memory: the table is not whole");
		return acml_finish(stdout, ACML_EXIT_INPUT);
	}
	return acml_finish(stdout, ACML_EXIT_OK);
}

static int run_rules(int argc, char **argv)
{
	const struct acml_rules_doc *doc = &acml_rules_doc_text;
	const char *folder = NULL;
	int got;
	optind = 0;
	opterr = 0;
	while ((got = getopt_long(argc, argv, ":f:h", long_options, NULL)) != -1) {
		switch (got) {
		case 'f':
			doc = acml_rules_doc_find(optarg);
			if (doc == NULL) {
				return acml_usage("rules", "--format: there is no format '%s'; "
				                  "there are text, json, markdown", optarg);
			}
			break;
		case 'h':
			return acml_manual_help("rules", true);
		case 'O':
			folder = optarg;
			break;
		default:
			return acml_usage_getopt("rules", argv, got, long_options);
		}
	}
	if (optind < argc) {
		return acml_usage("rules", "unexpected argument '%s': one rule is shown by "
		                  "'acmlint explain %s'", argv[optind], argv[optind]);
	}
	if (folder == NULL) {
		return write_table(doc);
	}
	if (doc != &acml_rules_doc_markdown) {
		return acml_usage("rules", "--output goes with --format markdown");
	}
	return write_pages(folder);
}

const struct acml_command acml_cmd_rules = {
	.name = "rules",
	.summary = "the table of rules (--format text|json|markdown)",
	.run = run_rules,
};
