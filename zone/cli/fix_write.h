/* SPDX-License-Identifier: GPL-2.0-or-later */

/* How the edits of a fix leave the program. */

#pragma once

#include <stddef.h>
#include <stdio.h>

#include "lint/edits.h"

/* The edits as input for nsupdate, as commands for a shell with knotc. Errors stay in the stream. */
void acml_fix_nsupdate(FILE *out, const struct acml_edits *edits);
void acml_fix_knotc(FILE *out, const struct acml_edits *edits);

/*
 * Puts new bytes in a file's place: written beside it, flushed, renamed, with the mode and the
 * owner that the file has; a symbolic link stays one. The file must still hold the old bytes.
 * NULL, or what went wrong; then the file is as it was.
 */
const char *acml_fix_in_place(const char *path, const char *old, size_t old_size,
                              const char *bytes, size_t size);
