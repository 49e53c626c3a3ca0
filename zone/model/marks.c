/* SPDX-License-Identifier: GPL-2.0-or-later */

/* ACML_KEEP_RELEVANT while scanning: where each name's text is, and in which state it is read. */

#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>

#include "model/names.h"
#include "model/reader.h"

/* Marks in a block. */
#define FIRST_BLOCK	64
#define LARGEST_BLOCK	((size_t)32 * 1024)

#define EACH(byte)	(UINT64_C(0x0101010101010101) * (byte))

/* Eight letters at once. */
static uint64_t lower(uint64_t bytes)
{
	uint64_t low = bytes & EACH(0x7f);
	uint64_t from_a = low + EACH(0x80 - 'A'), behind_z = low + EACH(0x7f - 'Z');
	return bytes | ((from_a & ~behind_z & ~bytes & EACH(0x80)) >> 2);
}

/* Up to eight bytes, of which none is read twice or left out without being known by the size. */
static uint64_t load(const uint8_t *bytes, size_t size)
{
	uint64_t value = 0;
	if (size >= 8) {
		memcpy(&value, bytes, 8);
	} else if (size >= 4) {
		uint32_t first, last;
		memcpy(&first, bytes, 4);
		memcpy(&last, bytes + size - 4, 4);
		value = (uint64_t)last << 32 | first;
	} else {
		value = (uint64_t)bytes[0] | (uint64_t)bytes[size / 2] << 8 |
		        (uint64_t)bytes[size - 1] << 16;
	}
	return lower(value);
}

/* The next word of a label; 0 behind its end. */
static uint64_t next_word(const uint8_t **at, size_t *left)
{
	size_t size = *left < 8 ? *left : 8;
	uint64_t word = size > 0 ? load(*at, size) : 0;
	*at += size;
	*left -= size;
	return word;
}

/* A number of 128 bits. */
struct wide {
	uint64_t low, high;
};

static struct wide multiply(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
	unsigned __int128 product = (unsigned __int128)a * b;
	return (struct wide){ (uint64_t)product, (uint64_t)(product >> 64) };
#else
	uint64_t a_low = (uint32_t)a, a_high = a >> 32, b_low = (uint32_t)b, b_high = b >> 32;
	uint64_t low = a_low * b_low, first = a_high * b_low, second = a_low * b_high;
	uint64_t middle = (low >> 32) + (uint32_t)first + (uint32_t)second;
	return (struct wide){
		middle << 32 | (uint32_t)low,
		a_high * b_high + (first >> 32) + (second >> 32) + (middle >> 32),
	};
#endif
}

/* Of the hash of what is above and of the label, whose length is its first byte, and below any
 * letter: NH (RFC 4418 section 5.2) in words of 64 bits, folded by one more product. Keyed: nobody
 * can write a zone whose names share a hash, because two labels do so under one key of 2^63. */
static uint64_t hash_label(const uint64_t key[ACML_HASH_KEY], uint64_t above, const uint8_t *label)
{
	const uint64_t *pair = key, *last = key + ACML_HASH_KEY - 2;
	const uint8_t *at = label;
	size_t left = (size_t)label[0] + 1;
	uint64_t word = above;
	struct wide sum = { 0, 0 };
	for (;;) {
		struct wide product = multiply(word + pair[0],
		                               next_word(&at, &left) + pair[1]);
		sum.low += product.low;
		sum.high += product.high + (sum.low < product.low);
		if (left == 0) {
			break;
		}
		word = next_word(&at, &left);
		pair += 2;
	}
	struct wide folded = multiply(sum.low + last[0], sum.high + last[1]);
	return folded.low ^ folded.high;
}

/* The labels of a name below the apex, nearest to the owner first. */
static size_t split(const uint8_t *name, size_t below, const uint8_t *labels[ACML_MAX_LABELS])
{
	size_t count = 0;
	for (const uint8_t *label = name; label < name + below; label += 1 + *label) {
		labels[count++] = label;
	}
	return count;
}

uint64_t acml_mark_hash(const struct acml_reader *reader, const knot_dname_t *name)
{
	const uint8_t *labels[ACML_MAX_LABELS];
	size_t count = split(name, acml_name_size(name) - reader->apex_size, labels);
	uint64_t hash = 0;
	while (count > 0) {
		hash = hash_label(reader->key, hash, labels[--count]);
	}
	return hash;
}

int acml_relevant_context(struct acml_reader *reader, const zs_scanner_t *zs, uint16_t file,
                          uint64_t offset, uint32_t line)
{
	const knot_dname_t *origin = NULL;
	if (reader->n_contexts > 0) {
		origin = reader->contexts[reader->n_contexts - 1].origin;
	}
	if (origin == NULL || !knot_dname_is_equal(origin, zs->zone_origin)) {
		origin = acml_arena_dup(&reader->zone->arena, zs->zone_origin,
		                        zs->zone_origin_length);
	}
	if (origin == NULL ||
	    !ACML_ROOM(reader->contexts, reader->n_contexts, reader->cap_contexts)) {
		return KNOT_ENOMEM;
	}
	reader->contexts[reader->n_contexts++] = (struct acml_context){
		.file = file,
		.offset = offset,
		.line = line,
		.ttl = zs->default_ttl,
		.origin = origin,
	};
	return KNOT_EOK;
}

/* A block twice as large as the last one. */
static struct acml_mark_block *add_block(struct acml_reader *reader)
{
	size_t capacity = FIRST_BLOCK;
	if (reader->last_marks != NULL) {
		capacity = reader->last_marks->capacity * 2;
		capacity = capacity < LARGEST_BLOCK ? capacity : LARGEST_BLOCK;
	}
	struct acml_mark_block *block = malloc(sizeof(*block) +
	                                       capacity * sizeof(block->marks[0]));
	if (block == NULL) {
		return NULL;
	}
	block->next = NULL;
	block->count = 0;
	block->capacity = capacity;
	*(reader->last_marks != NULL ? &reader->last_marks->next : &reader->marks) = block;
	reader->last_marks = block;
	return block;
}

void acml_marks_adopt(struct acml_reader *reader, struct acml_reader *other)
{
	*(reader->last_marks != NULL ? &reader->last_marks->next : &reader->marks) = other->marks;
	if (other->last_marks != NULL) {
		reader->last_marks = other->last_marks;
	}
	other->marks = other->last_marks = NULL;
}

void acml_marks_clear(struct acml_reader *reader)
{
	for (struct acml_mark_block *block = reader->marks, *next; block != NULL; block = next) {
		next = block->next;
		free(block);
	}
	reader->marks = reader->last_marks = NULL;
}

static int push_mark(struct acml_reader *reader, uint64_t hash, uint64_t where,
                     enum acml_mark_kind kind)
{
	struct acml_mark_block *last = reader->last_marks;
	if (last == NULL || last->count == last->capacity) {
		last = add_block(reader);
		if (last == NULL) {
			return KNOT_ENOMEM;
		}
	}
	last->marks[last->count++] = (struct acml_run_mark){
		.hash = hash,
		.where = where | kind,
	};
	return KNOT_EOK;
}

/* Whether the previous run has already marked this ancestor for the same kind. */
static bool marked(const struct acml_reader *reader, uint64_t hash, bool apart)
{
	if (hash == reader->above_owner) {
		return true;
	}
	for (size_t i = 0; i < reader->n_above && reader->above_apart == apart; i++) {
		if (reader->above[i] == hash) {
			return true;
		}
	}
	return false;
}

int acml_relevant_mark(struct acml_reader *reader, const zs_scanner_t *zs, uint16_t file,
                       uint64_t offset)
{
	const uint8_t *labels[ACML_MAX_LABELS];
	uint64_t above[ACML_MAX_LABELS];
	size_t count = split(zs->r_owner, zs->r_owner_length - reader->apex_size, labels);
	uint64_t hash = 0;
	uint64_t where = (uint64_t)file << 48 | offset << 2;
	bool apart = reader->options->interest->apart(zs->r_owner);
	size_t n_above = 0;

	for (size_t i = count; i-- > 0; ) {
		hash = hash_label(reader->key, hash, labels[i]);
		if (i == 0) {
			break;
		}
		above[n_above++] = hash;
		if (!marked(reader, hash, apart)) {
			int ret = push_mark(reader, hash, where,
			                    apart ? ACML_MARK_ABOVE_APART : ACML_MARK_ABOVE);
			if (ret != KNOT_EOK) {
				return ret;
			}
		}
	}
	memcpy(reader->above, above, n_above * sizeof(above[0]));
	reader->n_above = n_above;
	reader->above_owner = hash;
	reader->above_apart = apart;
	return push_mark(reader, hash, where, ACML_MARK_OWNER);
}

static int context_compare(const void *a, const void *b)
{
	const struct acml_context *x = a, *y = b;
	if (x->file != y->file) {
		return x->file < y->file ? -1 : 1;
	}
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* The last context at or before a place. Contexts are sorted, each file has one at 0. */
const struct acml_context *acml_relevant_find_context(const struct acml_reader *reader,
                                                      uint16_t file, uint64_t offset)
{
	size_t low = 0, high = reader->n_contexts;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		const struct acml_context *context = &reader->contexts[middle];
		if (context->file < file || (context->file == file && context->offset <= offset)) {
			low = middle;
		} else {
			high = middle;
		}
	}
	return &reader->contexts[low];
}

void acml_marks_sort(struct acml_reader *reader)
{
	qsort(reader->contexts, reader->n_contexts, sizeof(*reader->contexts), context_compare);
}
