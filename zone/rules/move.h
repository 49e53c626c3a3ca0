/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Move: the order in which a zone changes its name servers without anybody seeing it broken
 * (RFC 6781 section 4.3.5), with the TTLs of this zone and of its parent. */

#pragma once

#include "rules/judge.h"

#define ACML_MOVE_STEPS 8

/* What the parent says where it is not asked: TTLs that registries commonly use. */
#define ACML_MOVE_DS_TTL 86400
#define ACML_MOVE_NS_TTL 172800

struct acml_move_step {
	int64_t at;             /* Not before this time. */
	uint32_t wait;          /* Seconds since the step before. */
	const char *why;        /* What was waited for; "" at the beginning. */
	const char *text;       /* What to do. In the judge's memory. */
};

struct acml_move {
	bool chain;             /* A DS has to go and to come back. */
	bool comes_signed;      /* The new version is signed. */
	uint32_t ds_ttl, ns_ttl, data_ttl;
	bool ds_assumed, ns_assumed;    /* That TTL is a guess. */
	struct acml_move_step steps[ACML_MOVE_STEPS];
	size_t n_steps;
};

/* From the baseline to the judge's zone. */
void acml_move_plan(struct acml_judge *judge, struct acml_move *out);
