/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include <libknot/errcode.h>

#include "report/rules_doc.h"

#define WIDTH 78

static void bold(FILE *out, const struct acml_style *style, const char *text)
{
	fprintf(out, style->color ? "\033[1m%s\033[0m" : "%s", text);
}

/* Words, broken before the right margin. UTF-8 continuation bytes take no room. */
static void wrap(FILE *out, const char *text, size_t indent)
{
	size_t column = 0;
	while (*text != '\0') {
		size_t len = strcspn(text, " \n");
		size_t width = 0;
		for (size_t i = 0; i < len; i++) {
			width += ((unsigned char)text[i] & 0xC0) != 0x80;
		}
		if (column > 0 && column + 1 + width > WIDTH) {
			fputc('\n', out);
			column = 0;
		}
		if (column == 0) {
			fprintf(out, "%*s", (int)indent, "");
			column = indent;
		} else {
			fputc(' ', out);
			column++;
		}
		fwrite(text, 1, len, out);
		column += width;
		text += len;
		text += strspn(text, " \n");
	}
	fputc('\n', out);
}

static void heading(FILE *out, const struct acml_style *style, const char *text)
{
	fputc('\n', out);
	bold(out, style, text);
	fputc('\n', out);
}

static void zone_block(FILE *out, const char *zone)
{
	while (*zone != '\0') {
		size_t len = strcspn(zone, "\n");
		fprintf(out, "%s%.*s\n", len > 0 ? "    " : "", (int)len, zone);
		zone += len + (zone[len] == '\n');
	}
}

static int text_table(FILE *out, const struct acml_style *style)
{
	const struct acml_rule *rule;
	for (size_t i = 0; (rule = acml_rule_at(i)) != NULL; i++) {
		bold(out, style, rule->id);
		fprintf(out, "  %-8s %-28s %s\n", acml_severity_text(rule->severity), rule->name,
		        rule->summary);
	}
	return KNOT_EOK;
}

static int text_rule(FILE *out, const struct acml_rule *rule, const struct acml_style *style)
{
	bold(out, style, rule->id);
	fprintf(out, " %s: %s", rule->name, acml_severity_text(rule->severity));
	if (rule->severity_note != NULL) {
		fprintf(out, "; %s", rule->severity_note);
	}
	fputs(". Needs: ", out);
	const char *need;
	for (size_t i = 0; (need = acml_rule_need(rule, i)) != NULL; i++) {
		fprintf(out, "%s%s", i == 0 ? "" : ", ", need);
	}
	fputs(".\n", out);
	heading(out, style, "What");
	wrap(out, rule->summary, 2);
	heading(out, style, "Why ACM cares");
	wrap(out, rule->why, 2);
	if (rule->baseline != NULL) {
		heading(out, style, "Published version");
		zone_block(out, rule->baseline);
	}
	heading(out, style, "Bad example");
	if (rule->options != NULL) {
		fprintf(out, "  (with %s)\n", rule->options);
	}
	zone_block(out, rule->bad);
	heading(out, style, "Good example");
	zone_block(out, rule->good);
	if (rule->inventory != NULL) {
		heading(out, style, "Inventory of the examples");
		zone_block(out, rule->inventory);
	}
	if (rule->parent != NULL) {
		heading(out, style, rule->good_parent != NULL ? "At the parent, of the bad one" :
		        "At the parent, of both");
		zone_block(out, rule->parent);
	}
	if (rule->good_parent != NULL) {
		heading(out, style, "At the parent, of the good one");
		zone_block(out, rule->good_parent);
	}
	heading(out, style, "Fix");
	wrap(out, rule->fix, 2);
	heading(out, style, "Sources");
	for (size_t i = 0; rule->sources != NULL && rule->sources[i] != NULL; i++) {
		fprintf(out, "  - %s\n", rule->sources[i]);
	}
	return KNOT_EOK;
}

const struct acml_rules_doc acml_rules_doc_text = {
	.name = "text",
	.table = text_table,
	.rule = text_rule,
};
