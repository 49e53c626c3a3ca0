/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/options.h"

/* 9999-12-31T23:59:59Z: what RFC 3339 can write. */
#define LAST_SECOND 253402300799

static bool parse_seconds(const char *text, int64_t *out_when)
{
	if (!isdigit((unsigned char)text[0])) {
		return false;
	}
	char *end;
	errno = 0;
	long long seconds = strtoll(text, &end, 10);
	if (errno != 0 || *end != '\0' || seconds > LAST_SECOND) {
		return false;
	}
	*out_when = seconds;
	return true;
}

/* Exactly count digits; advances *text. */
static bool digits(const char **text, int count, int low, int high, int *out)
{
	int value = 0;
	for (int i = 0; i < count; i++) {
		char c = (*text)[i];
		if (!isdigit((unsigned char)c)) {
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

/* "Z" or "+HH:MM": seconds east of UTC. */
static bool parse_offset(const char **text, int *out_seconds)
{
	if (literal(text, "Zz")) {
		*out_seconds = 0;
		return true;
	}
	int sign = **text == '-' ? -1 : 1;
	int hours, minutes;
	if (!literal(text, "+-") || !digits(text, 2, 0, 23, &hours) || !literal(text, ":") ||
	    !digits(text, 2, 0, 59, &minutes)) {
		return false;
	}
	*out_seconds = sign * (hours * 3600 + minutes * 60);
	return true;
}

static bool parse_date(const char **text, struct tm *out)
{
	return digits(text, 4, 1970, 9999, &out->tm_year) && literal(text, "-") &&
	       digits(text, 2, 1, 12, &out->tm_mon) && literal(text, "-") &&
	       digits(text, 2, 1, 31, &out->tm_mday);
}

static bool parse_time(const char **text, struct tm *out, int *out_offset)
{
	if (!literal(text, "Tt ") || !digits(text, 2, 0, 23, &out->tm_hour) ||
	    !literal(text, ":") || !digits(text, 2, 0, 59, &out->tm_min) ||
	    !literal(text, ":") || !digits(text, 2, 0, 60, &out->tm_sec)) {
		return false;
	}
	if (literal(text, ".")) {
		if (!isdigit((unsigned char)**text)) {
			return false;
		}
		while (isdigit((unsigned char)**text)) {
			(*text)++;
		}
	}
	return parse_offset(text, out_offset);
}

bool acml_clock_parse(const char *text, int64_t *out_when)
{
	if (text[0] == '@') {
		return parse_seconds(text + 1, out_when);
	}
	struct tm tm = { 0 };
	int offset = 0;
	if (!parse_date(&text, &tm)) {
		return false;
	}
	/* A date alone is its first second, as people write it in a hurry. */
	if (*text != '\0' && (!parse_time(&text, &tm, &offset) || *text != '\0')) {
		return false;
	}
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	struct tm norm = tm;
	time_t when = timegm(&norm);
	if (norm.tm_mday != tm.tm_mday && tm.tm_sec < 60) {
		return false;   /* 30 February. */
	}
	when -= offset;
	if (when < 0 || when > LAST_SECOND) {
		return false;
	}
	*out_when = when;
	return true;
}
