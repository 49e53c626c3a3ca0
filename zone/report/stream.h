/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Streams of our own. Those of open_memstream() lose text without a word when memory runs out. */

#pragma once

#include <stdio.h>

/* What is written to it goes to out; *count grows by as much whenever it is flushed. NULL without
 * memory. To be closed before out. */
FILE *acml_stream_count(FILE *out, size_t *count);

/* Collects what write says about the subject: malloc()ed text, or NULL without memory. */
char *acml_stream_collect(void (*write)(FILE *out, const void *subject), const void *subject);
