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

/* acml_slurp() without a limit, by several threads where the file is large. */
int acml_slurp_large(const char *path, unsigned threads, char **out_bytes, size_t *out_size);
