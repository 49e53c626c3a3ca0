/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include <libknot/errcode.h>

#include "lint/suppress.h"
#include "report/rules_doc.h"

/* Running text. Zone text is full of "*." and "_", which would become emphasis; in a table, a bar
 * would end the cell and a newline the row. */
static void prose(FILE *out, const char *text, bool in_cell)
{
	for (; *text != '\0'; text++) {
		if (strchr(in_cell ? "*_<>[]`|" : "*_<>[]`", *text) != NULL) {
			fputc('\\', out);
		}
		fputc(in_cell && *text == '\n' ? ' ' : *text, out);
	}
}

static void needs(FILE *out, const struct acml_rule *rule)
{
	const char *need;
	for (size_t i = 0; (need = acml_rule_need(rule, i)) != NULL; i++) {
		fprintf(out, "%s%s", i == 0 ? "" : ", ", need);
	}
}

static int markdown_table(FILE *out, const struct acml_style *style)
{
	(void)style;
	fputs("<!-- Made by: acmlint rules --format markdown --output docs/rules. "
	      "Do not edit. -->\n\n# Rules\n\n"
	      "| id | name | severity | needs | fires when |\n"
	      "|---|---|---|---|---|\n", out);
	const struct acml_rule *rule;
	for (size_t i = 0; (rule = acml_rule_at(i)) != NULL; i++) {
		fprintf(out, "| [%s](%s.md) | %s | %s", rule->id, rule->id, rule->name,
		        acml_severity_text(rule->severity));
		if (rule->severity_note != NULL) {
			fputs("; ", out);
			prose(out, rule->severity_note, true);
		}
		fputs(" | ", out);
		needs(out, rule);
		fputs(" | ", out);
		prose(out, rule->summary, true);
		fputs(" |\n", out);
	}
	return KNOT_EOK;
}

static void zone_block(FILE *out, const char *heading, const char *zone)
{
	size_t len = strlen(zone);
	fprintf(out, "## %s\n\n```dns-zone\n%s%s```\n\n", heading, zone,
	        len > 0 && zone[len - 1] == '\n' ? "" : "\n");
}

void acml_rule_markdown(FILE *out, const struct acml_rule *rule)
{
	fprintf(out, "- Severity: %s", acml_severity_text(rule->severity));
	if (rule->severity_note != NULL) {
		fputs("; ", out);
		prose(out, rule->severity_note, false);
	}
	fputs("\n- Needs: ", out);
	needs(out, rule);
	fputs("\n\n## What\n\n", out);
	prose(out, rule->summary, false);
	fputs("\n\n## Why ACM cares\n\n", out);
	prose(out, rule->why, false);
	fputs("\n\n", out);
	if (rule->options != NULL) {
		fprintf(out, "The examples are for `acmlint -o example.com %s`.\n\n",
		        rule->options);
	}
	if (rule->baseline != NULL) {
		zone_block(out, "Published version (`--baseline`)", rule->baseline);
	}
	zone_block(out, "Bad example", rule->bad);
	zone_block(out, "Good example", rule->good);
	if (rule->inventory != NULL) {
		fprintf(out, "Both with this inventory:\n\n```json\n%s```\n\n", rule->inventory);
	}
	if (rule->parent != NULL) {
		fprintf(out, "%s with this at the parent:\n\n```\n%s```\n\n",
		        rule->good_parent != NULL ? "The bad one" : "Both", rule->parent);
	}
	if (rule->good_parent != NULL) {
		fprintf(out, "The good one with this:\n\n```\n%s```\n\n", rule->good_parent);
	}
	fputs("## Fix\n\n", out);
	prose(out, rule->fix, false);
	if (acml_suppressible(rule)) {
		fprintf(out, "\n\nWhere it is meant, say so on the line above:\n\n```dns-zone\n"
		        "; acmlint: allow %s -- why this is right here\n```", rule->id);
	}
	fputs("\n\n## Sources\n\n", out);
	for (size_t i = 0; rule->sources != NULL && rule->sources[i] != NULL; i++) {
		fputs("- ", out);
		prose(out, rule->sources[i], false);
		fputc('\n', out);
	}
}

static int markdown_rule(FILE *out, const struct acml_rule *rule, const struct acml_style *style)
{
	(void)style;
	fprintf(out, "<!-- Made by: acmlint rules --format markdown --output docs/rules. "
	        "Do not edit. -->\n\n# %s %s\n\n", rule->id, rule->name);
	acml_rule_markdown(out, rule);
	return KNOT_EOK;
}

const struct acml_rules_doc acml_rules_doc_markdown = {
	.name = "markdown",
	.table = markdown_table,
	.rule = markdown_rule,
};
