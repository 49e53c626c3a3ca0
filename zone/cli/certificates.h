/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Certificates: the verdicts of all zones of a run, brought together. */

#pragma once

#include "cli/options.h"
#include "facts/inventory.h"
#include "report/report.h"

/* What the verdicts of a run live in. Zeroed is empty. */
struct acml_certificates {
	struct acml_arena arena;
	struct acml_run_certificate *list;
	size_t count, max;
};

/* Whether verdicts are shown: always by acmlint certs, by check as JSON where names are given. */
bool acml_certificates_wanted(const struct acml_options *options);

/* Of each name the verdict of the closest zone, and of certificates that have a name in some zone
 * the names that none holds: by certificate, in the order of the inventory, then names that were
 * asked for. KNOT_EOK or KNOT_ENOMEM; run->certificates borrows from out. */
int acml_certificates_collect(const struct acml_options *options,
                              const struct acml_inventory *inventory, struct acml_run *run,
                              struct acml_certificates *out);

void acml_certificates_clear(struct acml_certificates *certificates);
