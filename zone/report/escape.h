/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Escape: bytes that came from files, made safe to show. File names, comments and broken records
 * are anybody's bytes: they must neither steer a terminal nor break JSON.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Writes text for people: control characters (C0, DEL, C1, line and bidirectional controls) and
 * bytes that are not UTF-8 as \xHH, everything else as it is. */
void acml_escape_write(FILE *out, const char *text);

/* The same for the first len bytes. */
void acml_escape_line(FILE *out, const char *text, size_t len);

/* A malloc()ed copy in which bytes that are not UTF-8 stand as \xHH; NULL without memory. */
char *acml_escape_utf8(const char *text, size_t *out_len);

/* Whether the bytes, behind which there is a NUL, are UTF-8. */
bool acml_escape_is_utf8(const char *text, size_t len);
