/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Groups: the edits that a finding carries, as records. Private to the edits. */

#pragma once

#include "lint/edits.h"

struct acml_edit_op {
	bool remove;
	const struct acml_rr *rr;       /* As the text says it; NULL: it says no record. */
	const char *data;               /* The RDATA's text. */
	const char *text;               /* The whole line. */
};

struct acml_edit_group {
	const struct acml_finding *finding;
	const char *why;                /* Why it was not made, or NULL. */
	struct acml_edit_op *ops;
	size_t n_ops;
};

/* The groups of all findings at or above the level that are not suppressed, in memory of the
 * edits; those without edits have no ops. The records are kept in edits->parsed. KNOT_EOK or
 * KNOT_ENOMEM. */
int acml_edit_groups(struct acml_edits *edits, struct acml_scanner *scanner,
                     const struct acml_result *result, enum acml_severity level,
                     struct acml_edit_group **out_groups, size_t *out_count);

/* Lets the serial grow, unless there is not one SOA in the zone file itself. */
int acml_edits_serial(struct acml_edits *edits, int64_t now);

/* Fills cleared and remaining. */
int acml_edits_outcome(struct acml_edits *edits, const struct acml_edit_group *groups, size_t count,
                       enum acml_severity level);
