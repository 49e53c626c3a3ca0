/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/date.h"

#include <string.h>
#include <time.h>

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

static bool parse_day(const char **text, struct tm *out)
{
	return digits(text, 4, 1970, 9999, &out->tm_year) && literal(text, "-") &&
	       digits(text, 2, 1, 12, &out->tm_mon) && literal(text, "-") &&
	       digits(text, 2, 1, 31, &out->tm_mday);
}

/* A fraction is read and dropped. */
static bool parse_clock(const char **text, struct tm *out)
{
	if (!digits(text, 2, 0, 23, &out->tm_hour) || !literal(text, ":") ||
	    !digits(text, 2, 0, 59, &out->tm_min) || !literal(text, ":") ||
	    !digits(text, 2, 0, 60, &out->tm_sec)) {
		return false;
	}
	if (literal(text, ".,")) {
		size_t fraction = strspn(*text, "0123456789");
		*text += fraction;
		return fraction > 0;
	}
	return true;
}

/* Seconds east of UTC. */
static bool parse_offset(const char **text, int *out_seconds)
{
	int hours, minutes = 0;
	*out_seconds = 0;
	if (**text == '\0' || literal(text, "Zz")) {
		return true;
	}
	int sign = **text == '-' ? -1 : 1;
	if (!literal(text, "+-") || !digits(text, 2, 0, 23, &hours)) {
		return false;
	}
	bool more = literal(text, ":") || **text != '\0';
	if (more && !digits(text, 2, 0, 59, &minutes)) {
		return false;
	}
	*out_seconds = sign * (hours * 3600 + minutes * 60);
	return true;
}

/* The 30th of February is none. */
static bool day_exists(const struct tm *tm)
{
	struct tm day = { .tm_year = tm->tm_year, .tm_mon = tm->tm_mon, .tm_mday = tm->tm_mday };
	(void)timegm(&day);
	return day.tm_mday == tm->tm_mday;
}

bool acml_date_parse(const char *text, int64_t *out_when)
{
	struct tm tm = { 0 };
	int offset = 0;
	if (!parse_day(&text, &tm) ||
	    (*text != '\0' && (!literal(&text, "Tt ") || !parse_clock(&text, &tm) ||
	                       !parse_offset(&text, &offset) || *text != '\0'))) {
		return false;
	}
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	if (!day_exists(&tm)) {
		return false;
	}
	int64_t when = (int64_t)timegm(&tm) - offset;
	if (when < 0 || when > ACML_LAST_SECOND) {
		return false;
	}
	*out_when = when;
	return true;
}
