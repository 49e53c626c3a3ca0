/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Reports: what a run found, written in one format. A reporter writes to a stream and nowhere
 * else, keeps no state, and produces the same bytes for the same run. The stream's errors are
 * checked by whoever opened it.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lint/finding.h"

/* One zone of a run. Everything is the run's. */
struct acml_run_zone {
	const char *file;
	const char *origin;             /* Final dot. */
	bool origin_guessed;
	bool has_serial;
	uint32_t serial;
	uint64_t records;
	bool complete;
	const char *verdict;            /* Of the server that has this zone: "accepted", "rejected";
	                                 * NULL: none is asked. */
	const char *module;             /* Whose verdict: "mod-acmlint/ID". */
	bool baseline_missing;          /* Asked for, and there is none of this zone. */
	const struct acml_result *result;
};

/* An input that could not be read or parsed. */
struct acml_run_error {
	const char *file;
	uint32_t line;                  /* 0: the file as a whole. */
	const char *message;
};

/* The verdict about one name of a certificate, or one that was asked for. */
struct acml_cert_verdict;
struct acml_run_certificate {
	const struct acml_cert_verdict *verdict;
	const struct acml_run_zone *zone;       /* Where it was reached; NULL: in none. */
};

/* Reads files of a run again, for reports that show text of zones. */
struct acml_source {
	/* malloc()ed, with a NUL behind the end. KNOT_EOK, or an error: the report does without. */
	int (*read)(const void *context, const char *file, char **out_bytes, size_t *out_size);
	const void *context;
	bool no_include;                /* The run reads no file that a zone includes. */
};

struct acml_run {
	const char *version;
	int64_t now;
	const struct acml_run_zone *zones;      /* In the order of the inputs. */
	size_t n_zones;
	const struct acml_run_error *errors;
	size_t n_errors;
	const struct acml_run_certificate *certificates;
	size_t n_certificates;
	size_t count[ACML_SEVERITIES];          /* Over all zones, suppressed ones apart. */
	size_t suppressed;
	size_t known;                           /* Left out with --only-new. */
	bool has_baseline;
	struct acml_source source;      /* read may be NULL. */
};

struct acml_style {
	bool color;
	bool quiet;                     /* Findings only: no closing line. */
	bool links;                     /* The terminal shows links (OSC 8). */
};

struct acml_reporter {
	const char *name;
	bool certificates;              /* Tells of them wherever there are any. */
	/* KNOT_EOK or KNOT_ENOMEM; errors of the stream stay in the stream. */
	int (*write)(FILE *out, const struct acml_run *run, const struct acml_style *style);
};

extern const struct acml_reporter acml_reporter_github;
extern const struct acml_reporter acml_reporter_html;
extern const struct acml_reporter acml_reporter_json;
extern const struct acml_reporter acml_reporter_sarif;
extern const struct acml_reporter acml_reporter_text;

/* One finding of the text format, with what is to do. */
void acml_text_finding(FILE *out, const struct acml_style *style,
                       const struct acml_finding *finding);

/* A rule's id, as a link where the terminal shows them. */
void acml_text_rule_id(FILE *out, const struct acml_style *style, const char *id);

/* The closing count, without the end of the line: "1 zone, 12 records: 1 error …". */
void acml_text_summary(FILE *out, const struct acml_run *run);

/* All of them, NULL-terminated. */
extern const struct acml_reporter *const acml_reporters[];

/* NULL: there is no such format. */
const struct acml_reporter *acml_reporter_find(const char *name);

/* "2026-11-21T00:00:00Z". Returns buffer. */
#define ACML_TIME_TEXT 40
const char *acml_time_text(int64_t when, char buffer[ACML_TIME_TEXT]);
