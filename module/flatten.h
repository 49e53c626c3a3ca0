/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Flattening: a zone as one master file that stands alone, for sources with $INCLUDE and for line
 * ends that knotd does not read. Every record with its TTL, names absolute, nothing relative to
 * anything.
 */

#pragma once

#include <stddef.h>

#include "model/read.h"
#include "model/zone.h"

/*
 * KNOT_EOK; KNOT_ENOMEM; KNOT_EMALF: read back, the text does not give the records of the zone.
 * *out_bytes is malloc()ed. The zone was read with ACML_KEEP_ALL and is complete; records outside
 * its apex, which no server would load, are left out.
 */
int acml_flatten(struct acml_scanner *scanner, const struct acml_zone *zone, char **out_bytes,
                 size_t *out_size);
