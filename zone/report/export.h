/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Export: a zone as plain master-file text, one record a line, absolute names, no directives. */

#pragma once

#include <stdio.h>

#include "model/zone.h"

/* What is left out, or loses something: Route 53's aliases and routing. */
struct acml_export_count {
	size_t records;
	size_t left_out;        /* Record sets that no record stands for. */
};

/* The SOA comes first. Each record set that is left out is a comment. KNOT_EOK or KNOT_ENOMEM. */
int acml_export_write(FILE *out, const struct acml_zone *zone,
                      struct acml_export_count *out_count);

/* One line about an odd set: what it is and what became of it. In the arena; NULL without
 * memory. */
const char *acml_export_odd(struct acml_arena *arena, const struct acml_odd_set *odd);
