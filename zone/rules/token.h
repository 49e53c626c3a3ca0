/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Tokens: which CNAMEs are, or were meant to be, ACM validation records.
 *
 * ACM's record is  _<32 hex>.<domain> CNAME _<32 hex>[.<10 letters>].acm-validations.aws.
 * The owner's shape alone proves nothing (other CAs use it); the target does, or an owner of that
 * shape together with a target that almost is one. AWS may change lengths, so the recogniser is
 * lenient: 20 to 40 of [0-9a-z] for a token, 8 to 14 for the middle label.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/zone.h"

/* How the target of a CNAME relates to acm-validations.aws. */
enum acml_target {
	ACML_TARGET_FOREIGN,    /* Nothing to do with ACM. */
	ACML_TARGET_GOOD,       /* …acm-validations.aws. */
	ACML_TARGET_RELATIVE,   /* …acm-validations.aws.<more>: the final dot was forgotten. */
	ACML_TARGET_MISSPELT,   /* A suffix that is nearly right. */
};

struct acml_token {
	const struct acml_rr *rr;       /* A CNAME. */
	const knot_dname_t *base;       /* The name it validates: owner without its first label. */
	const knot_dname_t *target;     /* Lower case; in the memory of whoever collected it. */
	enum acml_target form;
	bool owner_underscore;          /* First label starts with "_". */
	bool owner_token;               /* First label is a token: "_" + 20 to 40 of [0-9a-z]. */
	bool outside;                   /* Out of the zone: never published. */
	bool valid;                     /* Sound owner and target: ACM would find it, position aside. */
};

/* Classifies a CNAME target (any case). apex: the zone's origin, for ACML_TARGET_RELATIVE. */
enum acml_target acml_target_form(const knot_dname_t *target, const knot_dname_t *apex);

/* Whether a label (length byte first, as in wire format) is "_" + 20 to 40 of [0-9a-z], any case. */
bool acml_label_is_token(const knot_dname_t *name);

/* Whether the record is worth keeping for the token rules: cheap, exact enough never to miss. */
bool acml_token_interesting(const knot_dname_t *apex, const struct acml_rr *rr);

/* Fills out for a CNAME that is or was meant as a token; false otherwise. lower receives the
 * lower-case target, which out->target points at. */
bool acml_token_classify(const struct acml_zone *zone, const struct acml_rr *rr,
                         knot_dname_storage_t lower, struct acml_token *out);
