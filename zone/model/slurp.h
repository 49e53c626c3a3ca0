/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Slurp: a whole file into memory. Private to zone/model; acml_slurp() itself is in read.h. */

#pragma once

#include <stddef.h>
#include <sys/stat.h>

#include "model/read.h"

/* Like acml_slurp(), for a file named by an $INCLUDE: regular files only, never waits. Fills
 * out_stat. */
int acml_slurp_include(const char *path, size_t limit, char **out_bytes, size_t *out_size,
                       struct stat *out_stat);

/* The text of a zone, with a NUL behind its end. */
struct acml_slurped {
	char *bytes;
	size_t size;
	size_t mapped;          /* Bytes of the mapping; 0: malloc()ed. */
};

/* A file of any size ("-": standard input) into a zeroed text. A large one is mapped: when another
 * program cuts it short meanwhile, SIGBUS comes. */
int acml_slurp_zone(const char *path, struct acml_slurped *out);
void acml_slurped_clear(struct acml_slurped *slurped);
