/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Run: every input read and linted, in parallel, and the results brought together in the order of
 * the inputs. A zone is freed as soon as it is judged, so memory grows with findings and not
 * with zones.
 */

#pragma once

#include "cli/options.h"

struct acml_work;

/* KNOT_EOK or KNOT_ENOMEM. Inputs that cannot be read are errors in the run. out_run borrows from
 * options and from the work. */
int acml_run_check(const struct acml_options *options, struct acml_run *out_run,
                   struct acml_work **out_work);

/* Frees what the run points at. Accepts NULL. */
void acml_work_free(struct acml_work *work);
