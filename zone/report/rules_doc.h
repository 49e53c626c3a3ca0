/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Documentation of the rules, made from their rows and from nothing else: what acmlint rules and
 * acmlint explain print and what docs/rules/ holds.
 */

#pragma once

#include <stdio.h>

#include "report/report.h"
#include "rules/rule.h"

struct acml_rules_doc {
	const char *name;
	/* The table of all rules / everything about one. KNOT_EOK or KNOT_ENOMEM; errors of
	 * the stream stay in the stream. */
	int (*table)(FILE *out, const struct acml_style *style);
	int (*rule)(FILE *out, const struct acml_rule *rule, const struct acml_style *style);
};

extern const struct acml_rules_doc acml_rules_doc_json;
extern const struct acml_rules_doc acml_rules_doc_markdown;
extern const struct acml_rules_doc acml_rules_doc_text;

/* All of them, NULL-terminated. */
extern const struct acml_rules_doc *const acml_rules_docs[];

/* NULL: there is no such format. */
const struct acml_rules_doc *acml_rules_doc_find(const char *name);

/* Everything about a rule but its name, as Markdown. */
void acml_rule_markdown(FILE *out, const struct acml_rule *rule);

/* Where the web tells more: the rule's page where this was built with a place for the pages, else
 * its first source that has an address. Returns buffer. */
#define ACML_RULE_LINK 256
const char *acml_rule_link(const struct acml_rule *rule, char buffer[ACML_RULE_LINK]);

/* The i-th need of a rule, or NULL behind the last: "zone" first, then "complete zone",
 * "signed zone", "parent" … */
const char *acml_rule_need(const struct acml_rule *rule, size_t i);
