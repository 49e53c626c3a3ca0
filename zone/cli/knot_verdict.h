/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What a server would do with the zones of its configuration: all groups run, their reports brought
 * together, and for each zone with the module the verdict that it would log at a reload.
 */

#pragma once

#include "cli/run.h"
#include "model/arena.h"

struct acml_knot_run {
	struct acml_run run;
	int status;                     /* The exit status that it asks for. */
	struct acml_arena arena;
	struct acml_work **works;
	size_t n_works;
	const char **accepted;          /* By a zone's place: the source that a section has accepted
	                                 * and published, or NULL. The groups'. */
	struct acml_run_zone *zones;
	struct acml_run_error *errors;
	size_t n_zones, cap_zones;
	size_t n_errors, cap_errors;
};

/* options: with groups, whose inputs may change. KNOT_EOK or KNOT_ENOMEM; out is to be cleared in
 * any case. */
int acml_knot_run(const struct acml_options *options, struct acml_knot_run *out);

void acml_knot_run_clear(struct acml_knot_run *run);
