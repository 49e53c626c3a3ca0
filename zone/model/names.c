/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/names.h"

#include <stdio.h>
#include <string.h>

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
	return knot_dname_is_equal(a, b);
}

bool acml_name_within(const knot_dname_t *name, const knot_dname_t *apex)
{
	return knot_dname_in_bailiwick(name, apex) >= 0;
}

bool acml_name_below(const knot_dname_t *name, const knot_dname_t *apex)
{
	return knot_dname_in_bailiwick(name, apex) > 0;
}

bool acml_name_is_wildcard(const knot_dname_t *name)
{
	return name[0] == 1 && name[1] == '*';
}

bool acml_name_wildcard_of(const knot_dname_t *parent, knot_dname_storage_t out)
{
	size_t len = knot_dname_size(parent);
	if (len + 2 > KNOT_DNAME_MAXLEN) {
		return false;
	}
	out[0] = 1;
	out[1] = '*';
	memcpy(out + 2, parent, len);
	return true;
}

knot_dname_t *acml_name_dup(struct acml_arena *arena, const knot_dname_t *name)
{
	knot_dname_t *out = acml_arena_dup(arena, name, knot_dname_size(name));
	if (out != NULL) {
		knot_dname_to_lower(out);
	}
	return out;
}

void acml_name_lower(const knot_dname_t *name, knot_dname_storage_t out)
{
	memcpy(out, name, knot_dname_size(name));
	knot_dname_to_lower(out);
}
