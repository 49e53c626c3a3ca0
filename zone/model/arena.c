/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Blocks double from the first size to the largest; a larger wish gets a block of its own. */
#define FIRST_BLOCK	1024
#define LARGEST_BLOCK	(1024 * 1024)

struct acml_arena_block {
	struct acml_arena_block *next;
	size_t size;
	size_t used;
	alignas(max_align_t) uint8_t data[];
};

static bool grow(struct acml_arena *arena, size_t size)
{
	size_t want = FIRST_BLOCK;
	if (arena->head != NULL) {
		want = arena->head->size * 2;
	}
	if (want > LARGEST_BLOCK) {
		want = LARGEST_BLOCK;
	}
	if (want < size) {
		want = size;
	}
	if (want > SIZE_MAX - sizeof(struct acml_arena_block)) {
		return false;
	}

	struct acml_arena_block *block = malloc(sizeof(*block) + want);
	if (block == NULL) {
		return false;
	}
	block->next = arena->head;
	block->size = want;
	block->used = 0;
	arena->head = block;
	arena->total += sizeof(*block) + want;
	return true;
}

static void *take(struct acml_arena *arena, size_t size, size_t align)
{
	for (int attempt = 0; attempt < 2; attempt++) {
		struct acml_arena_block *block = arena->head;
		if (block != NULL) {
			size_t start = (block->used + align - 1) & ~(align - 1);
			if (start <= block->size && size <= block->size - start) {
				block->used = start + size;
				return block->data + start;
			}
		}
		if (!grow(arena, size)) {
			return NULL;
		}
	}
	return NULL;
}

void *acml_arena_alloc(struct acml_arena *arena, size_t size)
{
	void *out = take(arena, size, alignof(max_align_t));
	if (out != NULL) {
		memset(out, 0, size);
	}
	return out;
}

void *acml_arena_dup(struct acml_arena *arena, const void *data, size_t size)
{
	void *out = take(arena, size, 1);
	if (out != NULL && size > 0) {
		memcpy(out, data, size);
	}
	return out;
}

char *acml_arena_strdup(struct acml_arena *arena, const char *text)
{
	return acml_arena_dup(arena, text, strlen(text) + 1);
}

char *acml_arena_vprintf(struct acml_arena *arena, const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0) {
		return NULL;
	}

	char *out = take(arena, (size_t)len + 1, 1);
	if (out != NULL) {
		vsnprintf(out, (size_t)len + 1, format, args);
	}
	return out;
}

char *acml_arena_printf(struct acml_arena *arena, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *out = acml_arena_vprintf(arena, format, args);
	va_end(args);
	return out;
}

void acml_arena_adopt(struct acml_arena *arena, struct acml_arena *other)
{
	struct acml_arena_block **end = &other->head;
	while (*end != NULL) {
		end = &(*end)->next;
	}
	/* The block that is being filled stays in front. */
	if (arena->head != NULL) {
		*end = arena->head->next;
		arena->head->next = other->head;
	} else {
		arena->head = other->head;
	}
	arena->total += other->total;
	*other = (struct acml_arena) { 0 };
}

void acml_arena_clear(struct acml_arena *arena)
{
	struct acml_arena_block *block = arena->head;
	while (block != NULL) {
		struct acml_arena_block *next = block->next;
		free(block);
		block = next;
	}
	arena->head = NULL;
	arena->total = 0;
}
