/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Inspection: the one path from bytes to a verdict, as the command line has it, and what is said
 * about the outcome. Knows neither files nor the server.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "given.h"
#include "guard.h"
#include "lint/lint.h"
#include "model/loadable.h"

/* The module's section. Never changes once made; shared by instances, jobs and threads. */
struct acml_section {
	struct acml_arena arena;
	_Atomic size_t refs;
	bool reject;                    /* mode: reject */
	bool refuse_first;              /* first-load: refuse */
	bool require_caa;
	enum acml_severity fail_on;
	uint64_t sync_limit;            /* max-sync-size */
	const char *source;             /* The pattern; NULL: no load gate. */
	struct acml_settings settings;  /* Option rule. */
	const struct acml_wanted *wanted;   /* Option name, whatever zone the names are in. */
	const knot_dname_t **names;         /* The same without their wildcards. */
	size_t n_wanted;
	struct acml_given *given[ACML_GIVENS];  /* Options inventory and parent; NULL: not set. */
	bool inventory_complete;
	uint64_t hash;
};

/* Frees it with the last reference. Accepts NULL. */
void acml_section_release(struct acml_section *section);

struct acml_host;

/* What decides about one zone. */
struct acml_policy {
	const struct acml_section *section;
	uint64_t hash;                  /* Of the section and the names of the zone's files. */
	uint64_t facts;                 /* Of inventory and parent; until known it supposes that they */
	bool lacks;                     /* can be read. They cannot be: it says nothing. */
	bool detailed;                  /* What follows is there; asked for when a file is read. */
	struct acml_server server;
	enum acml_signed signing;
	bool knows;                     /* Inventory and parent have been read, if they can be. */
	struct acml_known *known[ACML_GIVENS];  /* NULL: not set, or nothing is known. */
	const struct acml_zone *baseline;   /* The version that is answered, where it is known. */
	const struct acml_parent *above;    /* What the zone above on the same server says; NULL. */
};

/* Says what is known of the files of the section's options inventory and parent, */
void acml_policy_suppose(struct acml_policy *policy);

/* and reads them first. */
void acml_policy_know(struct acml_policy *policy, const struct acml_host *host);

/* Keeps what is known beyond the guard's lock, until it is released, locked or not. */
void acml_policy_hold(const struct acml_policy *policy);
void acml_policy_release(const struct acml_policy *policy);

/* The server as the gate sees it. */
struct acml_host {
	void *ctx;
	void (*say)(void *ctx, int priority, const char *line);
	void (*count)(void *ctx, const struct acml_totals *totals);
	void (*add)(void *ctx, const struct acml_totals *totals);   /* To what was counted. */
	void (*detail)(void *ctx, struct acml_policy *policy);
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

/* Whether it would still fail if inventory and parent were not known. KNOT_EOK, KNOT_ENOMEM. */
int acml_inspect_alone(const struct acml_policy *policy, const struct acml_inspection *inspection,
                       bool *out_fails);

/* Its two halves. The same errors. */
int acml_inspect_read(struct acml_scanner *scanner, const struct acml_policy *policy,
                      const knot_dname_t *apex, const char *name, const char *bytes, size_t size,
                      enum acml_retention keep, struct acml_zone **out_zone);
int acml_inspect_lint(const struct acml_policy *policy, const struct acml_zone *zone,
                      struct acml_result **out_result);

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

void acml_totals_add(struct acml_totals *totals, const struct acml_totals *more);

/* Adds an inspection to the totals. */
void acml_count(struct acml_totals *totals, const struct acml_inspection *inspection,
                bool rejected);
