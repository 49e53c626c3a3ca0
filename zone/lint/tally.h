/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Tally: how often a result tells the same fault, wherever its line is. Private to the edits. */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lint/finding.h"

struct acml_tally {
	uint64_t *keys;                 /* Sorted: the fault's hash, its severity in the last bits. */
	size_t count;
};

/* False without memory. */
bool acml_tally_make(const struct acml_result *result, struct acml_tally *out);
void acml_tally_clear(struct acml_tally *tally);

/* A number below the count, the same for the same fault and severity. */
size_t acml_tally_place(const struct acml_tally *tally, const struct acml_finding *finding);

/* Findings of the same rule, owner, type and domain, at least as severe; suppressed ones aside. */
size_t acml_tally_count(const struct acml_tally *tally, const struct acml_finding *finding);
