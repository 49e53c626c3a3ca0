/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Baseline: for each zone of a run the version that is published now. Files are matched by their
 * names first, then by their zones' names. Safe for any number of threads once loaded.
 */

#pragma once

#include "cli/inputs.h"
#include "model/read.h"

struct acml_baselines;

/* files outlive it. KNOT_EOK or KNOT_ENOMEM. */
int acml_baselines_new(const struct acml_inputs *files, struct acml_baselines **out_baselines);
void acml_baselines_free(struct acml_baselines *baselines);

/* One zone and its published version, each read with the names that rules look up in the other. */
struct acml_pair {
	struct acml_zone *zone;         /* Read with options; may be replaced by a better reading. */
	struct acml_zone *baseline;     /* NULL: there is none. */
	const char *file;               /* Of the baseline that was found, or NULL. */
	const char *fault;              /* Why it cannot be used; static. NULL: nothing is wrong. */
	uint32_t fault_line;
	int code;                       /* With "cannot be read": KNOT_E*; else KNOT_EOK. */
};

/*
 * Fills in what belongs to pair->zone, which was read from file (or bytes, when not NULL) with
 * options, digest set. only: the run has no other zone, so a single baseline is meant for it.
 * KNOT_EOK or KNOT_ENOMEM; the zones are the caller's to free in either case.
 */
int acml_baselines_join(struct acml_baselines *baselines, struct acml_scanner *scanner,
                        const struct acml_read_options *options, const char *file,
                        const char *bytes, size_t size, bool only, struct acml_pair *pair);
