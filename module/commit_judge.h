/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Commit judge: the verdict about a dump, by the same inspection as everything else. The baseline
 * is the version that is answered.
 */

#pragma once

#include "commit_state.h"
#include "inspect.h"

struct acml_judgement {
	enum acml_opinion opinion;
	struct acml_identity dump;      /* What was read; zeros: nothing. */
	const char *fault;              /* In doubt: why, reads after "dump PATH"; NULL. */
	struct acml_inspection inspection;  /* Empty in doubt. */
};

/* scanner may be NULL: there was no memory for one. */
void acml_commit_judge(struct acml_scanner *scanner, const struct acml_policy *policy,
                       const knot_dname_t *zone, const char *path,
                       struct acml_judgement *out);

/* Accepts a zeroed one. */
void acml_judgement_clear(struct acml_judgement *judgement);
