/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Lint: select the rules whose needs are met, check, apply levels and suppressions, sort. Pure: no
 * clock, no files, no state; the same input gives the same bytes. Borrows everything.
 */

#pragma once

#include "facts/facts.h"
#include "lint/finding.h"
#include "lint/settings.h"
#include "model/read.h"
#include "model/zone.h"

/* What the rules want of a zone that is read with ACML_KEEP_RELEVANT. */
extern const struct acml_interest acml_lint_interest;

/* KNOT_EOK or KNOT_ENOMEM. */
int acml_lint(const struct acml_zone *zone, const struct acml_facts *facts,
              const struct acml_settings *settings, struct acml_result **out_result);
