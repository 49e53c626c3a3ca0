/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report/report.h"

#include <string.h>
#include <time.h>

/* In the order in which they are listed to people. */
const struct acml_reporter *const acml_reporters[] = {
	&acml_reporter_text,
	&acml_reporter_json,
	&acml_reporter_sarif,
	&acml_reporter_github,
	&acml_reporter_html,
	NULL
};

const struct acml_reporter *acml_reporter_find(const char *name)
{
	for (size_t i = 0; acml_reporters[i] != NULL; i++) {
		if (strcmp(acml_reporters[i]->name, name) == 0) {
			return acml_reporters[i];
		}
	}
	return NULL;
}

const char *acml_time_text(int64_t when, char buffer[ACML_TIME_TEXT])
{
	time_t seconds = when;
	struct tm tm;
	if (gmtime_r(&seconds, &tm) == NULL ||
	    strftime(buffer, ACML_TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0) {
		strcpy(buffer, "1970-01-01T00:00:00Z");
	}
	return buffer;
}
