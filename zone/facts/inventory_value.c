/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Members of JSON objects, and the two ways in which AWS writes a time. */

#include <ctype.h>
#include <string.h>
#include <time.h>

#include "facts/inventory_build.h"

/* Year 9999: what a calendar can say. */
#define LAST_SECOND 253402300799.0

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

/* Exactly count digits; advances *text. */
static bool digits(const char **text, int count, int low, int high, int *out)
{
	int value = 0;
	for (int i = 0; i < count; i++) {
		char c = (*text)[i];
		if (c < '0' || c > '9') {
			return false;
		}
		value = 10 * value + (c - '0');
	}
	*text += count;
	*out = value;
	return value >= low && value <= high;
}

static bool literal(const char **text, const char *any)
{
	if (**text == '\0' || strchr(any, **text) == NULL) {
		return false;
	}
	(*text)++;
	return true;
}

/* Nothing, "Z", "+01:00", "+0100" or "+01": seconds east of UTC. */
static bool parse_offset(const char *text, int *out_seconds)
{
	int hours = 0, minutes = 0;
	*out_seconds = 0;
	if (*text == '\0' || (literal(&text, "Zz") && *text == '\0')) {
		return true;
	}
	int sign = *text == '-' ? -1 : 1;
	if (!literal(&text, "+-") || !digits(&text, 2, 0, 23, &hours)) {
		return false;
	}
	(void)literal(&text, ":");
	if (*text != '\0' && !digits(&text, 2, 0, 59, &minutes)) {
		return false;
	}
	*out_seconds = sign * (hours * 3600 + minutes * 60);
	return *text == '\0';
}

int64_t acml_iso_time(const char *text)
{
	struct tm tm = { 0 };
	int offset = 0;
	if (!digits(&text, 4, 1970, 9999, &tm.tm_year) || !literal(&text, "-") ||
	    !digits(&text, 2, 1, 12, &tm.tm_mon) || !literal(&text, "-") ||
	    !digits(&text, 2, 1, 31, &tm.tm_mday)) {
		return ACML_NO_TIME;
	}
	if (literal(&text, "Tt ") &&
	    (!digits(&text, 2, 0, 23, &tm.tm_hour) || !literal(&text, ":") ||
	     !digits(&text, 2, 0, 59, &tm.tm_min) || !literal(&text, ":") ||
	     !digits(&text, 2, 0, 60, &tm.tm_sec))) {
		return ACML_NO_TIME;
	}
	if (literal(&text, ".,")) {
		text += strspn(text, "0123456789");
	}
	if (!parse_offset(text, &offset)) {
		return ACML_NO_TIME;
	}
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	return (int64_t)timegm(&tm) - offset;
}

int64_t acml_json_time(const json_t *object, const char *key, const char *other)
{
	const json_t *value = member(object, key, other);
	if (json_is_string(value)) {
		return acml_iso_time(json_string_value(value));
	}
	if (!json_is_number(value)) {
		return ACML_NO_TIME;
	}
	double seconds = json_number_value(value);
	return seconds >= 0 && seconds <= LAST_SECOND ? (int64_t)seconds : ACML_NO_TIME;
}
