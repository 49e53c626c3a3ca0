/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * File names: the patterns of Knot's zone item "file", so that "source" means the same. %s is the
 * zone's name without the final dot, %c[N] and %c[N-M] characters of it, %l[N] a label counted
 * from the right, %% a per cent sign; slashes from a name become underscores. A name that is not
 * absolute is below the zone's storage. Pure.
 */

#pragma once

#include <stddef.h>

#include <libknot/dname.h>

/* Knot refuses longer ones. */
#define ACML_PATH_MAX 2048

/* NULL when the path was written, else what is wrong with the pattern, a static string. */
const char *acml_filename(const char *pattern, const char *storage, const knot_dname_t *zone,
                          char out_path[ACML_PATH_MAX]);
