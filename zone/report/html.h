/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Pieces of the HTML report. Whatever comes from files goes through acml_html_text(): text and
 * values of attributes; ids and classes are the program's own. Styles and scripts are allowed by
 * their hashes only, so that even a slip in escaping would run nothing.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "report/report.h"
#include "rules/rule.h"

/* page.css and page.js (embed.py). */
extern const char acml_html_style[];
extern const char acml_html_style_hash[];
extern const char acml_html_script[];
extern const char acml_html_script_hash[];

/* What the findings of a rule come to, suppressed ones apart. */
struct acml_html_rule {
	size_t count[ACML_SEVERITIES];
	size_t zones;
	size_t skipped;                 /* Zones for which it could not be judged. */
	const char *needs;              /* What the first of them lacked. */
	bool shown;                     /* It has findings, suppressed ones among them. */
};

/* A file whose lines are shown. */
struct acml_html_file {
	char *name;
	char *bytes;                    /* NULL: it cannot be shown. */
	size_t size;
	size_t *lines;                  /* Where each begins; one more than there are. */
	size_t n_lines;
};

struct acml_html {
	FILE *out;
	const struct acml_run *run;
	const struct acml_run_zone **zones;     /* The worst first. */
	struct acml_html_rule *rules;           /* By index. */
	struct acml_html_file file;
	size_t written;                 /* Bytes, as of the last flush. */
	size_t before_findings;         /* The same where the findings begin. */
	size_t verdicts[3];             /* By enum acml_verdict_kind. */
	size_t with[ACML_SEVERITIES];   /* Zones by their worst finding; [ACML_OFF]: without. */
	size_t n_new;
	size_t n_fixable;               /* Findings that carry edits. */
	size_t incomplete;
};

/* Text, or an attribute's value between quotes. */
void acml_html_text(FILE *out, const char *text);

/* "1 zone", "2 zones" */
void acml_html_count(FILE *out, size_t count, const char *what);

/* The lines around one; nothing where the file cannot be read again. KNOT_EOK or KNOT_ENOMEM. */
int acml_html_excerpt(struct acml_html *html, FILE *out, const char *file, size_t line);
void acml_html_file_clear(struct acml_html_file *file);

/* The parts of the page. KNOT_EOK or KNOT_ENOMEM. */
void acml_html_head(struct acml_html *html);
int acml_html_certificates(struct acml_html *html);
void acml_html_zones(struct acml_html *html);
int acml_html_findings(struct acml_html *html);
void acml_html_rules(struct acml_html *html);
