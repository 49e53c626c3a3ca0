/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Findings: what a lint says about one zone, as values. A result owns its findings and every
 * string in them; it does not point into the zone and may outlive it.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/arena.h"

enum acml_severity {
	ACML_OFF,
	ACML_INFO,
	ACML_WARNING,
	ACML_ERROR,
};

#define ACML_SEVERITIES 4

/* "off", "info", "warning", "error". */
const char *acml_severity_text(enum acml_severity severity);

/* False: not a severity. */
bool acml_severity_parse(const char *text, enum acml_severity *out_severity);

/* One edit. */
struct acml_fix {
	const char *op;         /* "add" or "remove". */
	const char *record;     /* Zone text with absolute names, one line. */
	const struct acml_fix *next;
};

struct acml_rule;

struct acml_finding {
	const struct acml_rule *rule;   /* Static. */
	enum acml_severity severity;
	const char *file;
	uint32_t line;                  /* 0: the finding is about the zone as a whole. */
	const char *owner;              /* Text, final dot; never NULL. */
	const char *type;               /* "CAA"; "" when about a name. */
	const char *domain;             /* The certificate name it breaks, "*." allowed; or NULL. */
	const char *message;
	const char *advice;             /* What to do, one line; or NULL: the rule's own. */
	const struct acml_fix *fixes;   /* In order; may be NULL. */
	bool is_new;
	bool suppressed;
	const char *excuse;             /* The reason that its suppression gives; else NULL. */
};

/* A rule that could not be judged, and what it lacks. */
struct acml_skip {
	const struct acml_rule *rule;
	const char *needs;              /* "parent", "inventory", "complete zone" … */
};

struct acml_cert_verdict;

struct acml_result {
	struct acml_arena arena;
	struct acml_finding *findings;  /* Sorted by file, line, owner, rule. */
	size_t n_findings;
	struct acml_skip *skipped;      /* In the order of the rules. */
	size_t n_skipped;
	size_t count[ACML_SEVERITIES];  /* Not suppressed, by severity. */
	size_t suppressed;
	size_t known;                   /* Left out: the published version has them. */
	const struct acml_cert_verdict *verdicts;    /* Where they were asked for (lint/verdict.h). */
	size_t n_verdicts;
};

/* Accepts NULL. */
void acml_result_free(struct acml_result *result);

/* Leaves out what is not new, and counts it as known. */
void acml_result_keep_new(struct acml_result *result);

/* The one decision behind exit status, load gate and commit gate: whether a finding that is not
 * suppressed reaches fail_on. ACML_OFF stands for "never". */
bool acml_result_fails(const struct acml_result *result, enum acml_severity fail_on);
