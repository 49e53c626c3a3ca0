/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Denials: which NSEC or NSEC3 records of the zone prove what a server says is not there (RFC 4035
 * section 5.4, RFC 5155 section 8), and whether they are there.
 */

#pragma once

#include "rules/judge.h"

enum acml_denial_kind {
	ACML_DENIAL_NSEC,       /* No NSEC3PARAM at the apex; perhaps no NSEC either. */
	ACML_DENIAL_NSEC3,
};

struct acml_denier {
	const struct acml_zone *zone;
	enum acml_denial_kind kind;
	const struct acml_rr *param;            /* NSEC3PARAM. */
	const struct acml_node **nodes;         /* With NSEC or NSEC3, in canonical order. */
	size_t n_nodes;
	unsigned budget;                        /* Iterations left, where they are too many. */
};

enum acml_proof_state {
	ACML_PROOF_WHOLE,
	ACML_PROOF_INSECURE,    /* Opt-out, or more iterations than validators do: proves nothing
	                         * and breaks nothing. */
	ACML_PROOF_MISSING,
};

/* The sets that prove; the caller verifies their signatures. */
struct acml_proof {
	enum acml_proof_state state;
	struct acml_rrset sets[3];
	size_t count;
	const char *gap;        /* What is missing: "covers the name" … */
};

/* False without memory, which the judge remembers. */
bool acml_denier_init(struct acml_denier *denier, struct acml_judge *judge);

/* The index of the last node that is not after the name; the last of all, before the first. There
 * must be one. */
size_t acml_denier_at_or_before(const struct acml_denier *denier, const knot_dname_t *name);

/* That the name does not exist, or has no record of the type; name has no such answer. */
void acml_deny(struct acml_denier *denier, const knot_dname_t *name, uint16_t type,
               struct acml_proof *out);

/* That the name does not exist, so that the wildcard was right to answer. */
void acml_deny_closer(struct acml_denier *denier, const knot_dname_t *name,
                      struct acml_proof *out);

/* Whether validators take a name of the zone for not signed (RFC 4035 section 5.2): on the way down
 * from the apex a DS is denied by a proof that is insecure. */
bool acml_denial_insecure(struct acml_denier *denier, const knot_dname_t *name);
