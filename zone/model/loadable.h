/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Loadable: would knotd load this zone? What its zone loader and its mandatory semantic checks
 * refuse (src/knot/zone/zonefile.c, semantic-check.c), and nothing else. A file that the server
 * cannot load, put in the place of one that it can, takes the zone away at the next restart.
 *
 * Pure; needs a zone that was read with ACML_KEEP_ALL.
 */

#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/zone.h"

struct acml_server {
	unsigned version;       /* Of knotd: 0x0302 for 3.2. 0: the strictest there is. */
	bool soft_checks;       /* semantic-checks: soft */
	bool catalog;           /* catalog-role: interpret */
};

/* The first thing that stands in the way. Strings are static or the zone's. */
struct acml_obstacle {
	const char *what;           /* Lower case, no full stop. */
	const knot_dname_t *owner;  /* Never NULL. */
	uint32_t line;              /* 0: about the zone as a whole. */
	uint16_t file;
};

/* False: it would not, and out_obstacle says why. */
bool acml_zone_loadable(const struct acml_zone *zone, const struct acml_server *server,
                        struct acml_obstacle *out_obstacle);
