/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Source: the text of a file of the run once more, for reports that show it. */

#pragma once

#include <stddef.h>

/* bytes: what was read from a file that can be read only once, else NULL. The result is malloc()ed,
 * with a NUL behind the end. KNOT_EOK or an error; large files are not read again. */
int acml_source_read(const char *file, const char *bytes, size_t size, char **out_bytes,
                     size_t *out_size);
