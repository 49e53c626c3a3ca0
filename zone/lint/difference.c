/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "lint/difference.h"

#include <stdlib.h>

#include <libknot/errcode.h>

#include "lint/lint.h"
#include "rules/rule.h"
#include "rules/sink.h"

static int compare(const struct acml_facts *facts, const struct acml_settings *settings,
                   struct acml_difference *difference)
{
	struct acml_report_sink sink = { .result = difference->scratch, .settings = settings };
	struct acml_judge judge = { .zone = difference->zone, .facts = facts, .sink = &sink };
	int ret = acml_judge_collect(&judge);
	if (ret != KNOT_EOK) {
		return ret;
	}
	difference->compare = acml_compare(&judge);
	acml_move_plan(&judge, &difference->move);
	return sink.error;
}

int acml_difference_make(const struct acml_zone *zone, const struct acml_facts *facts,
                         const struct acml_settings *settings,
                         struct acml_difference **out_difference)
{
	struct acml_difference *difference = calloc(1, sizeof(*difference));
	if (difference == NULL) {
		return KNOT_ENOMEM;
	}
	difference->old = facts->baseline;
	difference->zone = zone;
	difference->scratch = calloc(1, sizeof(*difference->scratch));
	int ret = difference->scratch != NULL ? compare(facts, settings, difference) : KNOT_ENOMEM;
	if (ret == KNOT_EOK) {
		ret = acml_lint(zone, facts, settings, &difference->result);
	}
	if (ret != KNOT_EOK) {
		acml_difference_free(difference);
		return ret;
	}
	*out_difference = difference;
	return KNOT_EOK;
}

void acml_difference_free(struct acml_difference *difference)
{
	if (difference == NULL) {
		return;
	}
	acml_result_free(difference->result);
	acml_result_free(difference->scratch);
	free(difference);
}

bool acml_difference_owns(const struct acml_finding *finding)
{
	return (finding->rule->needs & ACML_NEED_BASELINE) != 0;
}
