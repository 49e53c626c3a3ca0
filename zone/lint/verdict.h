/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Verdicts: whether ACM would issue or renew for a certificate name from a zone, with the chain of
 * reasoning that its CA walks: the zone that answers, the validation record, CAA, DNSSEC, the
 * delegation. Pure; everything lives in the result, and outlives the zone.
 */

#pragma once

#include "facts/facts.h"
#include "lint/finding.h"
#include "lint/settings.h"
#include "model/zone.h"

/* From best to worst: a chain is as good as its worst step. */
enum acml_verdict_kind {
	ACML_VERDICT_ISSUABLE,
	ACML_VERDICT_UNKNOWN,
	ACML_VERDICT_BLOCKED,
};

/* "issuable", "unknown", "blocked". */
const char *acml_verdict_text(enum acml_verdict_kind kind);

struct acml_verdict_step {
	const char *what;               /* "zone", "record", "CAA", "DNSSEC", "delegation"; live also
	                                 * "servers": static. */
	enum acml_verdict_kind kind;
	const char *text;               /* What was found; lower case, no full stop. */
	const char *rule;               /* The id of the rule that tells why it is blocked; static. */
	const char *settle;             /* What would settle what is unknown. */
};

#define ACML_VERDICT_STEPS 6

struct acml_cert_verdict {
	const char *domain;             /* As certificates write it: "*.example.com". */
	const char *arn;                /* NULL: asked for by name, or not known. */
	size_t cert, index;             /* In the inventory, or SIZE_MAX. */
	enum acml_verdict_kind kind;
	struct acml_verdict_step steps[ACML_VERDICT_STEPS];
	size_t n_steps;
};

/*
 * Judges every name of the zone that a certificate of the inventory has that ACM still has to issue
 * or renew, and those asked for; where neither is given, the names that tokens stand for. result is
 * the lint's of this zone with these facts. KNOT_EOK or KNOT_ENOMEM.
 */
int acml_verdicts(const struct acml_zone *zone, const struct acml_facts *facts,
                  const struct acml_settings *settings, struct acml_result *result);

/* What is said of a name that no zone of a run holds. */
void acml_verdict_without_zone(struct acml_cert_verdict *verdict);
