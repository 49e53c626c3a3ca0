/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Inspection: the one path from bytes to a verdict, as the command line has it, and what is said
 * about the outcome. Knows neither files nor the server.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guard.h"
#include "lint/lint.h"
#include "model/loadable.h"

/* What the module's section says, for one zone. Borrows everything. */
struct acml_policy {
	bool reject;
	bool refuse_first;              /* first-load: refuse */
	enum acml_severity fail_on;
	bool require_caa;
	enum acml_signed signing;
	uint64_t sync_limit;            /* max-sync-size */
	struct acml_server server;
	const struct acml_wanted *wanted;
	const knot_dname_t *const *names;   /* Of the wanted ones. */
	size_t n_wanted;
	const char *const *rules;       /* "ID=LEVEL" */
	size_t n_rules;
	uint64_t hash;                  /* Of all this and of the names of the files. */
};

/* The server as the gate sees it. */
struct acml_host {
	void *ctx;
	void (*say)(void *ctx, int priority, const char *line);
	void (*count)(void *ctx, const struct acml_totals *totals);
};

struct acml_inspection {
	struct acml_zone *zone;
	struct acml_result *result;
	bool fails;                     /* A finding reaches fail-on. */
	bool loadable;                  /* Only with ACML_KEEP_ALL. */
	struct acml_obstacle obstacle;  /* When it is not. */
	uint32_t serial;
	uint64_t microseconds;
};

/* KNOT_EOK, KNOT_ENOMEM. name is what messages call the file. */
int acml_inspect(struct acml_scanner *scanner, const struct acml_policy *policy,
                 const knot_dname_t *zone, const char *name, const char *bytes, size_t size,
                 enum acml_retention keep, struct acml_inspection *out);

/* Accepts a zeroed one. */
void acml_inspection_clear(struct acml_inspection *inspection);

/* One line of the server's log: control characters become question marks. */
void acml_say(const struct acml_host *host, int priority, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* One line for each finding, the first twenty; then how many more there are. */
void acml_say_findings(const struct acml_host *host, const struct acml_inspection *inspection);

/* "12 records, 2 errors, 1 warning, 0 infos, 0.4 ms" */
#define ACML_COUNTS_TEXT 128
const char *acml_counts_text(const struct acml_inspection *inspection,
                             char buffer[ACML_COUNTS_TEXT]);

/* Adds an inspection to the totals. */
void acml_count(struct acml_totals *totals, const struct acml_inspection *inspection,
                bool rejected);
