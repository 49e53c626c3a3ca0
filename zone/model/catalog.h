/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Catalog zones (RFC 9432): the zones that a zone lists for a server, as knotd reads such lists
 * (src/knot/catalog/interpret.c): the version, the members at UNIQUE.zones.CATALOG, and of their
 * properties the group.
 *
 * Pure; needs a zone that was read with ACML_KEEP_ALL.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/loadable.h"
#include "model/zone.h"

struct acml_member {
	const knot_dname_t *name;       /* Lower case. */
	const char *group;              /* "": none. */
	const struct acml_rr *rr;       /* The PTR that lists it. */
};

/* False: no such server takes the list, and out_obstacle says why. Of a list that it does not take
 * it has no member. */
bool acml_catalog_sound(const struct acml_zone *zone, const struct acml_server *server,
                        struct acml_obstacle *out_obstacle);

/* The members of a list that a server of the newest kind takes, in the order of their owners; of
 * one that is listed twice the first counts. They are the arena's and the zone's. KNOT_EOK or
 * KNOT_ENOMEM. */
int acml_catalog_members(const struct acml_zone *zone, struct acml_arena *arena,
                         struct acml_member **out_members, size_t *out_count);
