/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Difference: what ACM would see change when a version of a zone is published over another, for
 * reports. Owns everything but the zones and facts, which have to outlive it.
 */

#pragma once

#include "facts/facts.h"
#include "lint/finding.h"
#include "lint/settings.h"
#include "rules/compare.h"
#include "rules/move.h"

struct acml_difference {
	const struct acml_zone *old, *zone;
	const struct acml_compare *compare;
	struct acml_move move;
	struct acml_result *result;     /* Of the lint; the rules about the baseline are among it. */
	struct acml_result *scratch;    /* Owns what compare and move point at. */
};

/* facts->baseline is the old version. KNOT_EOK or KNOT_ENOMEM. */
int acml_difference_make(const struct acml_zone *zone, const struct acml_facts *facts,
                         const struct acml_settings *settings,
                         struct acml_difference **out_difference);

/* Accepts NULL. */
void acml_difference_free(struct acml_difference *difference);

/* Whether a finding is about what the published version loses. */
bool acml_difference_owns(const struct acml_finding *finding);
