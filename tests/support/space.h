/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The states of a model that a test has come to, each once; any failure ends the test. */

#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct space {
	size_t size;                    /* Of a state, */
	size_t told;                    /* and of its beginning, that tells two apart. */
	uint8_t *seen;
	uint64_t *hashes;               /* 0: nothing is there. */
	size_t capacity;
	size_t count;
	uint8_t *frontier;              /* Those that are new; may be taken away. */
	size_t n_frontier;
	size_t room;
};

static inline void space_make_room(struct space *space, size_t capacity)
{
	space->capacity = capacity;
	space->seen = calloc(capacity, space->size);
	space->hashes = calloc(capacity, sizeof(*space->hashes));
	assert_non_null(space->seen);
	assert_non_null(space->hashes);
}

static inline void space_init(struct space *space, size_t size, size_t told)
{
	*space = (struct space){ .size = size, .told = told };
	space_make_room(space, 1 << 16);
}

static inline void space_clear(struct space *space)
{
	free(space->seen);
	free(space->hashes);
	free(space->frontier);
}

static inline uint64_t space_hash(const struct space *space, const uint8_t *state)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < space->told; i++) {
		hash = (hash ^ state[i]) * UINT64_C(0x100000001b3);
	}
	return hash | 1;
}

/* Where the state is, or would be. */
static inline size_t space_find(const struct space *space, uint64_t hash, const uint8_t *state)
{
	size_t at = hash % space->capacity;
	while (space->hashes[at] != 0 &&
	       (space->hashes[at] != hash ||
	        memcmp(space->seen + at * space->size, state, space->told) != 0)) {
		at = (at + 1) % space->capacity;
	}
	return at;
}

static inline void space_put(struct space *space, size_t at, uint64_t hash, const uint8_t *state)
{
	space->hashes[at] = hash;
	memcpy(space->seen + at * space->size, state, space->size);
}

static inline void space_grow(struct space *space)
{
	struct space old = *space;
	space_make_room(space, 2 * old.capacity);
	for (size_t i = 0; i < old.capacity; i++) {
		if (old.hashes[i] != 0) {
			const uint8_t *state = old.seen + i * old.size;
			space_put(space, space_find(space, old.hashes[i], state), old.hashes[i],
			          state);
		}
	}
	free(old.seen);
	free(old.hashes);
}

static inline void space_add(struct space *space, const void *state)
{
	uint64_t hash = space_hash(space, state);
	size_t at = space_find(space, hash, state);
	if (space->hashes[at] != 0) {
		return;
	}
	space_put(space, at, hash, state);
	if (++space->count * 2 > space->capacity) {
		space_grow(space);
	}
	if (space->n_frontier == space->room) {
		space->room = 2 * space->room + 1024;
		space->frontier = realloc(space->frontier, space->room * space->size);
		assert_non_null(space->frontier);
	}
	memcpy(space->frontier + space->n_frontier++ * space->size, state, space->size);
}

/* NULL: nothing is there. */
static inline const void *space_at(const struct space *space, size_t i)
{
	return space->hashes[i] != 0 ? space->seen + i * space->size : NULL;
}
