/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Problems: what makes the verdict on a zone incomplete, as errors of a run. */

#pragma once

#include "cli/baseline.h"
#include "model/arena.h"
#include "report/report.h"

/* The fatal problems of a zone, which are findings too, and a baseline that cannot be used. file:
 * the input. Everything goes into the arena. KNOT_EOK or KNOT_ENOMEM. */
int acml_problems_copy(struct acml_arena *arena, const struct acml_pair *pair, const char *file,
                       struct acml_run_error **out_list, size_t *out_count);
