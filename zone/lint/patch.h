/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Patch: planned edits written into the text of the zone file, so that everything else stays byte
 * for byte as it was: comments, order, line ends. A record that is replaced keeps its line, its
 * way of writing owner and TTL, and its comment; one that is removed goes with its lines; one that
 * is added comes behind the last record of its owner and type, else of its owner, else at the end.
 */

#pragma once

#include <stddef.h>

#include "lint/edits.h"

/*
 * bytes: of the zone file that edits->base was read from. The result is the caller's to free. It
 * has been read again and holds exactly the records of edits->zone.
 *
 * KNOT_EOK, KNOT_ENOMEM; KNOT_EMALF: written in a way that cannot be patched.
 */
int acml_patch(const struct acml_edits *edits, const char *bytes, size_t size,
               char **out_bytes, size_t *out_size);
