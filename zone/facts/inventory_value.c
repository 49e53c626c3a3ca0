/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Members of JSON objects, and the two ways in which AWS writes a time. */

#include "facts/inventory_build.h"
#include "model/date.h"

static const json_t *member(const json_t *object, const char *key, const char *other)
{
	const json_t *value = key != NULL ? json_object_get(object, key) : NULL;
	return value != NULL || other == NULL ? value : json_object_get(object, other);
}

const char *acml_json_text(const json_t *object, const char *key, const char *other)
{
	const char *text = json_string_value(member(object, key, other));
	return text != NULL && text[0] != '\0' ? text : NULL;
}

const json_t *acml_json_array(const json_t *object, const char *key, const char *other)
{
	const json_t *value = member(object, key, other);
	return json_is_array(value) ? value : NULL;
}

const json_t *acml_json_object(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	return json_is_object(value) ? value : NULL;
}

int64_t acml_json_time(const json_t *object, const char *key, const char *other)
{
	const json_t *value = member(object, key, other);
	int64_t when = ACML_NO_TIME;
	if (json_is_string(value) && acml_date_parse(json_string_value(value), &when)) {
		return when;
	}
	if (!json_is_number(value)) {
		return ACML_NO_TIME;
	}
	double seconds = json_number_value(value);
	return seconds >= 0 && seconds <= ACML_LAST_SECOND ? (int64_t)seconds : ACML_NO_TIME;
}
