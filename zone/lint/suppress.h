/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Suppressions: what a zone's "; acmlint: …" comments ask for.
 *
 *     ; acmlint: allow RULE[, RULE…] -- reason        on a line of the record, or alone above it
 *     ; acmlint: allow-file RULE[, RULE…] -- reason   for the whole file the comment stands in
 *
 * RULE is an id or a name. The reason is required: without one nothing is suppressed. SYN002 and
 * SYN004 cannot be suppressed: an incomplete zone proves nothing, and a silenced warning about
 * silencing helps nobody. Several comments alone on consecutive lines all speak of the record
 * below the last one.
 */

#pragma once

#include "lint/finding.h"
#include "lint/settings.h"
#include "model/zone.h"

/* Whether findings of the rule can be suppressed at all. */
bool acml_suppressible(const struct acml_rule *rule);

/*
 * Marks the findings that the zone's remarks suppress, and appends a SYN004 finding for each remark
 * that is wrong or suppresses nothing (an unused one only where its rule was judged: the zone is
 * complete, the rule neither off nor in result->skipped). To be called when all findings and
 * skips are in, before they are sorted and counted; severities and counts are left alone otherwise.
 *
 * KNOT_EOK or KNOT_ENOMEM.
 */
int acml_suppress_apply(const struct acml_zone *zone, const struct acml_settings *settings,
                        struct acml_result *result);
