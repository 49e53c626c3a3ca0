/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "cli/options.h"
#include "model/date.h"

bool acml_clock_parse(const char *text, int64_t *out_when)
{
	if (text[0] != '@') {
		return acml_date_parse(text, out_when);
	}
	if (!isdigit((unsigned char)text[1])) {
		return false;
	}
	char *end;
	errno = 0;
	long long seconds = strtoll(text + 1, &end, 10);
	if (errno != 0 || *end != '\0' || seconds > ACML_LAST_SECOND) {
		return false;
	}
	*out_when = seconds;
	return true;
}
