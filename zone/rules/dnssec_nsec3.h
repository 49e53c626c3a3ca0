/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Hashed denial: the NSEC3 records of a zone that match or cover a name (RFC 5155 section 8). */

#pragma once

#include "model/crypto.h"
#include "rules/dnssec_denial.h"

#define ACML_NSEC3_TEXT 32      /* Base32 of ACML_NSEC3_HASH bytes. */

/* More iterations than validators count (RFC 9276 section 3.2). Then hashing has a budget. */
bool acml_nsec3_too_many(const struct acml_denier *denier);

/* The record at a node with the parameters of the zone, or NULL. */
const struct acml_rr *acml_nsec3_at(const struct acml_denier *denier, const struct acml_node *node);

/* The node of the name's own record, and the one whose record covers its hash; or NULL. */
const struct acml_node *acml_nsec3_matches(struct acml_denier *denier, const knot_dname_t *name);
const struct acml_node *acml_nsec3_covers(struct acml_denier *denier, const knot_dname_t *name,
                                          bool *out_opt_out);
