/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Sink: where a judge's reports go. The lint's; rules do not include this. */

#pragma once

#include "lint/finding.h"
#include "lint/settings.h"
#include "rules/judge.h"

struct acml_report_sink {
	struct acml_result *result;
	const struct acml_settings *settings;
	const char **files;             /* Of the zone, copied into the result. */
	size_t cap_findings;
	struct acml_finding *last;      /* What fixes attach to; NULL: the report was not wanted. */
	const struct acml_fix **tail;   /* Where the next fix goes. */
	int error;                      /* KNOT_ENOMEM once there was no memory. */
};

/* Collects tokens and names with ACM use into the judge, in the result's memory. KNOT_EOK or
 * KNOT_ENOMEM. */
int acml_judge_collect(struct acml_judge *judge);
