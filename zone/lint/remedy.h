/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Remedies: the edits of single findings as exact changes of lines of the zone file, for reports
 * that offer them to other programs. The file is read again for that; what cannot be done exactly
 * is left out. One thread at a time.
 */

#pragma once

#include <stdbool.h>

#include "lint/finding.h"
#include "lint/patch.h"

struct acml_remedies;

/* bytes: of the zone file, borrowed as long as the remedies live; origin: the zone's. KNOT_EOK,
 * also for a zone that has no remedies, or KNOT_ENOMEM. */
int acml_remedies_new(const char *file, const char *origin, const char *bytes, size_t size,
                      bool no_include, struct acml_remedies **out_remedies);

/* The changes that a finding's edits come to; none: they cannot be made exactly, or so many were
 * asked for that it would take too long. To be freed with acml_hunks_free(). KNOT_EOK or
 * KNOT_ENOMEM. */
int acml_remedy(struct acml_remedies *remedies, const struct acml_finding *finding,
                struct acml_hunk **out_hunks, size_t *out_count);

/* Accepts NULL. */
void acml_remedies_free(struct acml_remedies *remedies);
