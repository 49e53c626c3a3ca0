/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The JSON of one look-up (contract section 1): what an authoritative server answers, and the CAA
 * set that decides whether Amazon may issue for the name.
 */

#pragma once

#include <stdint.h>
#include <stdio.h>

#include "model/zone.h"

/* One object on one line. name is lower case; for the CAA set a leading "*." is left out. KNOT_EOK
 * or KNOT_ENOMEM; errors of the stream stay in the stream. */
int acml_lookup_json_write(FILE *out, const struct acml_zone *zone, const knot_dname_t *name,
                      uint16_t type);
