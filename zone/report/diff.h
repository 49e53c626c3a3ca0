/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Diff: a difference between two versions of a zone, for people and for machines. */

#pragma once

#include "lint/difference.h"
#include "report/report.h"

void acml_diff_text(FILE *out, const struct acml_difference *difference,
                    const struct acml_style *style);

/* One object of the report's list of zones. KNOT_EOK or KNOT_ENOMEM. */
int acml_diff_json(FILE *out, const struct acml_difference *difference);

/* The end of the report: what could not be read. KNOT_EOK or KNOT_ENOMEM. */
int acml_diff_json_end(FILE *out, const struct acml_run_error *errors, size_t n_errors);

/* "allowed", "denied", "unknown". */
const char *acml_permission_text(enum acml_permission permission);
