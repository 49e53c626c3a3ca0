/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Slurp: a whole file into memory. Private to zone/model; acml_slurp() itself is in read.h. */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "model/read.h"

/* Like acml_slurp(), for a file named by an $INCLUDE: regular files only, never waits. Fills
 * out_stat. */
int acml_slurp_include(const char *path, size_t limit, char **out_bytes, size_t *out_size,
                       struct stat *out_stat);

/* The text of a zone. */
struct acml_slurped {
	char *bytes;
	size_t size;
	size_t mapped;          /* Bytes of the mapping; 0: malloc()ed, nobody else can change it. */
	int fd;                 /* Of the mapping. */
	struct stat stat;       /* When it was made. */
};

/* A file of any size ("-": standard input) into a zeroed text. A large one is mapped: when another
 * program cuts it short meanwhile, SIGBUS comes. */
int acml_slurp_zone(const char *path, struct acml_slurped *out);
/* Whether the file of a mapping has been written to meanwhile. */
bool acml_slurped_changed(const struct acml_slurped *slurped);
void acml_slurped_clear(struct acml_slurped *slurped);
