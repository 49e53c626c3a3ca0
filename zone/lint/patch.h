/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Patch: planned edits written into the text of the zone file, so that everything else stays byte
 * for byte as it was: comments, order, line ends. A record that is replaced keeps its line, its
 * way of writing owner and TTL, and its comment; one that is removed goes with its lines; one that
 * is added comes behind the last record of its owner and type, else of its owner, else at the end.
 */

#pragma once

#include <stddef.h>
#include <stdint.h>

#include "lint/edits.h"

/*
 * bytes: of the zone file that edits->base was read from. The result is the caller's to free. It
 * has been read again and holds exactly the records of edits->zone.
 *
 * KNOT_EOK, KNOT_ENOMEM; KNOT_EMALF: written in a way that cannot be patched.
 */
int acml_patch(const struct acml_edits *edits, const char *bytes, size_t size,
               char **out_bytes, size_t *out_size);

/* Lines of a zone file and what comes in their place. */
struct acml_hunk {
	uint32_t line;          /* The first, counted from 1; one behind the last line: the end. */
	uint32_t lines;         /* How many go; 0: the text comes in before that line. */
	bool open;              /* The last of them has no end of line. */
	const char *old;        /* What goes; in the bytes. */
	size_t old_size;
	char *text;             /* malloc()ed. */
};

/* The same as acml_patch(), in pieces: in order, none touches another. */
int acml_patch_hunks(const struct acml_edits *edits, const char *bytes, size_t size,
                     struct acml_hunk **out_hunks, size_t *out_count);

/* Accepts NULL. */
void acml_hunks_free(struct acml_hunk *hunks, size_t count);
