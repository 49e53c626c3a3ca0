/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/names.h"

#include <stdio.h>
#include <string.h>

#include <libknot/wire.h>

/* Names are compared for each record of each rule: here are libknot's functions without their calls
 * for each label. test_names compares the two. */

size_t acml_name_size(const knot_dname_t *name)
{
	const knot_dname_t *label = name;
	while (*label != 0) {
		label += 1 + *label;
	}
	return (size_t)(label - name) + 1;
}

bool acml_name_parse(const char *text, knot_dname_storage_t out)
{
	if (text[0] == '\0' ||
	    knot_dname_from_str(out, text, sizeof(knot_dname_storage_t)) == NULL) {
		return false;
	}
	knot_dname_to_lower(out);
	return true;
}

const char *acml_name_text(const knot_dname_t *name, char buffer[ACML_NAME_TEXT])
{
	if (knot_dname_to_str(buffer, name, ACML_NAME_TEXT) == NULL) {
		snprintf(buffer, ACML_NAME_TEXT, "?");
	}
	return buffer;
}

const char *acml_name_host(const knot_dname_t *name, char buffer[ACML_NAME_TEXT])
{
	acml_name_text(name, buffer);
	size_t len = strlen(buffer);
	if (len > 1) {
		buffer[len - 1] = '\0';
	}
	return buffer;
}

const knot_dname_t *acml_name_parent(const knot_dname_t *name)
{
	return name[0] == 0 ? name : name + 1 + name[0];
}

bool acml_name_equal(const knot_dname_t *a, const knot_dname_t *b)
{
	if (a[0] != b[0]) {
		return false;
	}
	size_t size = acml_name_size(a);
	return size == acml_name_size(b) && memcmp(a, b, size) == 0;
}

/* Where the apex would stand in the name, or NULL. */
static const knot_dname_t *tail_of(const knot_dname_t *name, const knot_dname_t *apex)
{
	size_t size = acml_name_size(name), apex_size = acml_name_size(apex);
	if (size < apex_size) {
		return NULL;
	}
	const knot_dname_t *tail = name + (size - apex_size);
	if (memcmp(tail, apex, apex_size) != 0) {
		return NULL;
	}
	while (name < tail) {
		name += 1 + *name;
	}
	return name == tail ? tail : NULL;
}

bool acml_name_within(const knot_dname_t *name, const knot_dname_t *apex)
{
	return tail_of(name, apex) != NULL;
}

bool acml_name_below(const knot_dname_t *name, const knot_dname_t *apex)
{
	const knot_dname_t *tail = tail_of(name, apex);
	return tail != NULL && tail != name;
}

bool acml_name_is_wildcard(const knot_dname_t *name)
{
	return name[0] == 1 && name[1] == '*';
}

bool acml_name_wildcard_of(const knot_dname_t *parent, knot_dname_storage_t out)
{
	size_t len = acml_name_size(parent);
	if (len + 2 > KNOT_DNAME_MAXLEN) {
		return false;
	}
	out[0] = 1;
	out[1] = '*';
	memcpy(out + 2, parent, len);
	return true;
}

uint64_t acml_name_head(const uint8_t *lf, size_t skip)
{
	const uint8_t *at = lf + 1 + skip;
	size_t left = lf[0] - skip;
	if (left >= 8) {
		return knot_wire_read_u64(at);
	}
	uint64_t head = 0;
	for (size_t i = 0; i < left; i++) {
		head |= (uint64_t)at[i] << (56 - 8 * i);
	}
	return head;
}

int acml_name_order(const uint8_t *lf, const uint8_t *other)
{
	size_t common = lf[0] < other[0] ? lf[0] : other[0];
	int order = memcmp(lf + 1, other + 1, common);
	return order != 0 ? order : (int)lf[0] - (int)other[0];
}

void acml_name_copy(const knot_dname_t *name, uint8_t *out)
{
	memcpy(out, name, acml_name_size(name));
}

/* The length of a label is below any letter. */
static void to_lower(uint8_t *name, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		name[i] |= (uint8_t)(name[i] - 'A') <= 'Z' - 'A' ? 0x20 : 0;
	}
}

knot_dname_t *acml_name_dup(struct acml_arena *arena, const knot_dname_t *name)
{
	size_t size = acml_name_size(name);
	knot_dname_t *out = acml_arena_dup(arena, name, size);
	if (out != NULL) {
		to_lower(out, size);
	}
	return out;
}

void acml_name_lower(const knot_dname_t *name, knot_dname_storage_t out)
{
	size_t size = acml_name_size(name);
	memcpy(out, name, size);
	to_lower(out, size);
}
