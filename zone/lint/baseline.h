/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Baseline: which findings only the new version of a zone has. Private to zone/lint. */

#pragma once

#include "lint/finding.h"

/*
 * Marks the findings of a result that the published version does not have: compared by rule,
 * owner, type and domain, as often as each of them occurs; places and wording do not count, but
 * where there are several of a kind the same wording goes first. KNOT_EOK or KNOT_ENOMEM.
 */
int acml_baseline_mark(struct acml_result *result, const struct acml_result *published);
