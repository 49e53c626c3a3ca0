/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Given: what the command line gives beside zones, read before them. */

#pragma once

#include "cli/options.h"
#include "facts/inventory.h"
#include "facts/parent.h"

/* One zone of the run: its file, or its bytes where they can be read only once. */
struct acml_given_zone {
	const char *file;
	const char *bytes;
	size_t size;
};

/* Reads what --inventory names. KNOT_EOK or KNOT_ENOMEM: an inventory that cannot be read stays
 * NULL, so that the rules that need it are skipped, and the fault says why; else its message is
 * "". */
int acml_given_inventory(const struct acml_options *options, struct acml_inventory **out_inventory,
                         struct acml_fault *out_fault);

/* Reads what --parent names, as far as it is about these zones. KNOT_EOK with *out_parent NULL
 * where nothing is named; else as acml_parent_read(). */
int acml_given_parent(const struct acml_options *options, const struct acml_given_zone *zones,
                      size_t n_zones, struct acml_parent **out_parent,
                      struct acml_fault *out_fault);
