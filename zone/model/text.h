/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Text: bytes that grow, and that remember when there was no memory for more. */

#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Zero-initialised is valid and empty. */
struct acml_text {
	char *bytes;            /* malloc()ed, a NUL behind the end; NULL: nothing was added. */
	size_t size;
	size_t capacity;
	bool failed;            /* Out of memory: what came since then is missing. */
};

void acml_text_add(struct acml_text *text, const char *bytes, size_t size);
void acml_text_byte(struct acml_text *text, char byte);
void acml_text_format(struct acml_text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));  /* At most 255 bytes of it. */
void acml_text_clear(struct acml_text *text);
