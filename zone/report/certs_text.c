/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The verdicts about certificates as a table for people: one line for a name, and below it the
 * chain of reasoning.
 */

#include <inttypes.h>
#include <string.h>

#include <libknot/errcode.h>

#include "lint/verdict.h"
#include "report/certs.h"
#include "report/escape.h"

/* Longer names push the rest of their line to the right. */
#define MOST_WIDTH 40

static void paint(FILE *out, const struct acml_style *style, enum acml_verdict_kind kind,
                  const char *text, int width)
{
	static const char *const codes[] = {
		[ACML_VERDICT_ISSUABLE] = "\033[32m",
		[ACML_VERDICT_UNKNOWN] = "\033[1;33m",
		[ACML_VERDICT_BLOCKED] = "\033[1;31m",
	};
	fprintf(out, "%s%-*s%s", style->color ? codes[kind] : "", width, text,
	        style->color ? "\033[0m" : "");
}

static void write_step(FILE *out, const struct acml_style *style,
                       const struct acml_verdict_step *step)
{
	static const char *const words[] = {
		[ACML_VERDICT_ISSUABLE] = "good",
		[ACML_VERDICT_UNKNOWN] = "unknown",
		[ACML_VERDICT_BLOCKED] = "blocked",
	};
	fprintf(out, "    %-11s ", step->what);
	paint(out, style, step->kind, words[step->kind], 8);
	acml_escape_write(out, step->text);
	if (step->rule != NULL) {
		fputs(" [", out);
		acml_text_rule_id(out, style, step->rule);
		fputc(']', out);
	}
	if (step->kind == ACML_VERDICT_UNKNOWN && step->settle != NULL) {
		fputs("\n                would settle it: ", out);
		acml_escape_write(out, step->settle);
	}
	fputc('\n', out);
}

static void write_certificate(FILE *out, const struct acml_style *style,
                              const struct acml_cert_verdict *verdict, size_t width)
{
	size_t len = strlen(verdict->domain);
	acml_escape_write(out, verdict->domain);
	fprintf(out, "%*s  ", len < width ? (int)(width - len) : 0, "");
	paint(out, style, verdict->kind, acml_verdict_text(verdict->kind),
	      verdict->arn != NULL ? 8 : 0);
	if (verdict->arn != NULL) {
		fputs("  ", out);
		acml_escape_write(out, verdict->arn);
	}
	fputc('\n', out);
	for (size_t i = 0; i < verdict->n_steps; i++) {
		write_step(out, style, &verdict->steps[i]);
	}
}

static int write_certs(FILE *out, const struct acml_run *run, const struct acml_style *style)
{
	size_t width = 0;
	size_t count[3] = { 0 };
	for (size_t i = 0; i < run->n_certificates; i++) {
		size_t len = strlen(run->certificates[i].verdict->domain);
		width = len > width && len <= MOST_WIDTH ? len : width;
		count[run->certificates[i].verdict->kind]++;
	}
	for (size_t i = 0; i < run->n_certificates; i++) {
		write_certificate(out, style, run->certificates[i].verdict, width);
	}
	if (!style->quiet) {
		fprintf(out, "%zu name%s: %zu issuable, %zu blocked, %zu unknown", run->n_certificates,
		        run->n_certificates == 1 ? "" : "s", count[ACML_VERDICT_ISSUABLE],
		        count[ACML_VERDICT_BLOCKED], count[ACML_VERDICT_UNKNOWN]);
		if (run->n_errors > 0) {
			fprintf(out, "; %zu input problem%s", run->n_errors, run->n_errors == 1 ? "" : "s");
		}
		fputc('\n', out);
	}
	return KNOT_EOK;
}

const struct acml_reporter acml_reporter_certs = {
	.name = "text",
	.write = write_certs,
};
