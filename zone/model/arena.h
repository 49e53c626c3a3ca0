/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Arena: memory that lives and dies together. One zone, one lint result or one
 * set of facts owns one arena; everything it points at is freed by one call.
 * Not thread-safe; an arena belongs to the thread that fills it, and may be
 * read from any thread once nobody allocates from it any more.
 */

#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct acml_arena_block;

/* Zero-initialised is valid and empty. */
struct acml_arena {
	struct acml_arena_block *head;
	size_t total;  /* Bytes obtained from the system. */
};

/* Zeroed memory aligned for any type, or NULL when there is no memory. */
void *acml_arena_alloc(struct acml_arena *arena, size_t size);

/* A copy of size bytes, or NULL. Copies of names and RDATA are packed unaligned. */
void *acml_arena_dup(struct acml_arena *arena, const void *data, size_t size);

/* A copy of a string, or NULL. */
char *acml_arena_strdup(struct acml_arena *arena, const char *text);

/* A formatted string, or NULL. */
char *acml_arena_printf(struct acml_arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
char *acml_arena_vprintf(struct acml_arena *arena, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/* Takes over all that another arena holds, which is empty then. */
void acml_arena_adopt(struct acml_arena *arena, struct acml_arena *other);

/* Frees everything; the arena is empty and usable again. Accepts a zeroed arena. */
void acml_arena_clear(struct acml_arena *arena);
