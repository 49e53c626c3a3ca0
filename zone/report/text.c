/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The text format, for people and for editors that follow "file:line: error: message". One finding
 * is one line; what to do about it follows indented.
 */

#include <inttypes.h>
#include <string.h>

#include <libknot/errcode.h>

#include "report/escape.h"
#include "report/report.h"
#include "report/rules_doc.h"
#include "rules/rule.h"

enum color { PLAIN, BOLD, DIM, RED, YELLOW, CYAN, GREEN };

static void paint(FILE *out, const struct acml_style *style, enum color color)
{
	static const char *const codes[] = {
		[PLAIN] = "\033[0m", [BOLD] = "\033[1m", [DIM] = "\033[2m", [RED] = "\033[1;31m",
		[YELLOW] = "\033[1;33m", [CYAN] = "\033[1;36m", [GREEN] = "\033[32m",
	};
	if (style->color) {
		fputs(codes[color], out);
	}
}

static enum color severity_color(enum acml_severity severity)
{
	return severity == ACML_ERROR ? RED : severity == ACML_WARNING ? YELLOW : CYAN;
}

/* A rule's text may be of several lines; the report's indentation is its own. */
static void write_advice(FILE *out, const char *advice)
{
	fputs("    fix: ", out);
	size_t len = strcspn(advice, "\n");
	acml_escape_line(out, advice, len);
	while (advice[len] != '\0' && advice[len + 1] != '\0') {
		advice += len + 1;
		len = strcspn(advice, "\n");
		fputs("\n         ", out);
		acml_escape_line(out, advice, len);
	}
	fputc('\n', out);
}

static void write_edit(FILE *out, const struct acml_style *style, const struct acml_fix *fix)
{
	bool add = fix->op[0] == 'a';
	fputs("         ", out);
	paint(out, style, add ? GREEN : RED);
	fputs(add ? "+ " : "- ", out);
	acml_escape_write(out, fix->record);
	paint(out, style, PLAIN);
	fputc('\n', out);
}

void acml_text_rule_id(FILE *out, const struct acml_style *style, const char *id)
{
	const struct acml_rule *rule = style->links ? acml_rule_find(id) : NULL;
	char link[ACML_RULE_LINK];
	if (rule == NULL) {
		fputs(id, out);
	} else {
		fprintf(out, "\033]8;;%s\033\\%s\033]8;;\033\\", acml_rule_link(rule, link), id);
	}
}

void acml_text_finding(FILE *out, const struct acml_style *style,
                       const struct acml_finding *finding)
{
	paint(out, style, BOLD);
	acml_escape_write(out, finding->file);
	if (finding->line > 0) {
		fprintf(out, ":%" PRIu32, finding->line);
	}
	fputs(": ", out);
	paint(out, style, PLAIN);
	paint(out, style, severity_color(finding->severity));
	fprintf(out, "%s: ", acml_severity_text(finding->severity));
	paint(out, style, PLAIN);
	acml_escape_write(out, finding->message);
	paint(out, style, DIM);
	fputs(" [", out);
	acml_text_rule_id(out, style, finding->rule->id);
	fprintf(out, " %s]%s", finding->rule->name, finding->is_new ? " (new)" : "");
	paint(out, style, PLAIN);
	fputc('\n', out);

	const char *advice = finding->advice != NULL ? finding->advice : finding->rule->fix;
	if (advice != NULL && advice[0] != '\0') {
		write_advice(out, advice);
	}
	for (const struct acml_fix *fix = finding->fixes; fix != NULL; fix = fix->next) {
		write_edit(out, style, fix);
	}
}

static void write_incomplete(FILE *out, const struct acml_run_zone *zone)
{
	acml_escape_write(out, zone->file);
	fputs(": note: read only in part, so nothing was concluded from what is absent: "
	      "skipped", out);
	const char *before = " ";
	for (size_t i = 0; i < zone->result->n_skipped; i++) {
		const struct acml_rule *rule = zone->result->skipped[i].rule;
		if (rule->needs & ACML_NEED_WHOLE) {
			fprintf(out, "%s%s", before, rule->id);
			before = ", ";
		}
	}
	fputc('\n', out);
}

static void write_count(FILE *out, size_t count, const char *what, const char *before)
{
	fprintf(out, "%s%zu %s%s", before, count, what, count == 1 ? "" : "s");
}

static size_t count_new(const struct acml_run *run)
{
	size_t count = 0;
	for (size_t i = 0; i < run->n_zones; i++) {
		const struct acml_result *result = run->zones[i].result;
		for (size_t j = 0; j < result->n_findings; j++) {
			count += result->findings[j].is_new && !result->findings[j].suppressed;
		}
	}
	return count;
}

void acml_text_summary(FILE *out, const struct acml_run *run)
{
	uint64_t records = 0;
	for (size_t i = 0; i < run->n_zones; i++) {
		records += run->zones[i].records;
	}
	write_count(out, run->n_zones, "zone", "");
	write_count(out, records, "record", ", ");
	write_count(out, run->count[ACML_ERROR], "error", ": ");
	write_count(out, run->count[ACML_WARNING], "warning", ", ");
	fprintf(out, ", %zu info", run->count[ACML_INFO]);
	if (run->suppressed > 0) {
		fprintf(out, ", %zu suppressed", run->suppressed);
	}
	if (run->has_baseline) {
		fprintf(out, ", %zu new", count_new(run));
	}
	if (run->known > 0) {
		fprintf(out, ", %zu known before", run->known);
	}
	if (run->n_errors > 0) {
		write_count(out, run->n_errors, "input problem", "; ");
	}
}

static int write_text(FILE *out, const struct acml_run *run, const struct acml_style *style)
{
	for (size_t i = 0; i < run->n_zones; i++) {
		const struct acml_run_zone *zone = &run->zones[i];
		for (size_t j = 0; j < zone->result->n_findings; j++) {
			const struct acml_finding *finding = &zone->result->findings[j];
			if (!finding->suppressed) {
				acml_text_finding(out, style, finding);
			}
		}
		if (!zone->complete) {
			write_incomplete(out, zone);
		}
	}
	if (!style->quiet) {
		acml_text_summary(out, run);
		fputc('\n', out);
	}
	return KNOT_EOK;
}

const struct acml_reporter acml_reporter_text = {
	.name = "text",
	.write = write_text,
};
