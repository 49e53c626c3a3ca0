/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Look-ups: what an authoritative server answers from a zone (RFC 1034 section 4.3.2, RFC 4592,
 * RFC 6672), with no network and no failure. The same answer as knotd gives for the same zone
 * without DNSSEC records and without additional data; tests/diff holds the two against each other.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/zone.h"

/* knotd stops after this many aliases in one answer; a resolver then asks for the next name. */
#define ACML_MAX_CHAIN 5

enum acml_outcome {
	ACML_ANSWER,       /* The type asked for was found, perhaps behind aliases. */
	ACML_NODATA,       /* The (last) name exists without this type. */
	ACML_NXDOMAIN,     /* The (last) name does not exist. */
	ACML_REFERRAL,     /* The (last) name is at or below a zone cut. */
	ACML_OUTSIDE,      /* An alias leaves the zone; answer.outside is where to. */
	ACML_OUT_OF_ZONE,  /* The name asked for is not in this zone at all (REFUSED). */
	ACML_LOOP,         /* The aliases form a loop. */
	ACML_LIMIT,        /* More aliases than ACML_MAX_CHAIN: answer.last is the next to ask for.
	                    * Or a DNAME substitution too long: the rcode tells (YXDOMAIN). */
};

/* One RRset of the answer section. */
struct acml_step {
	knot_dname_storage_t owner;     /* As sent: the name asked for where a wildcard answered. */
	uint16_t type;
	bool synthesised;               /* A CNAME made from a DNAME: rrs is empty. */
	knot_dname_storage_t target;    /* Where an alias (CNAME, synthesised or not) leads to. */
	struct acml_rrset set;          /* The records; at a wildcard, the wildcard's own. */
};

struct acml_answer {
	enum acml_outcome outcome;
	uint16_t rcode;                 /* KNOT_RCODE_*: as the server would send it. */
	size_t n_steps;
	struct acml_step steps[2 * ACML_MAX_CHAIN + 2];
	size_t aliases;                 /* CNAMEs followed, synthesised ones included. */
	knot_dname_storage_t last;      /* The name the outcome is about: end of the alias chain. */
	knot_dname_storage_t outside;   /* Valid for ACML_OUTSIDE. */
	const knot_dname_t *wildcard;   /* The first wildcard used, or NULL. Borrowed from the zone. */
	const knot_dname_t *cut;        /* The zone cut of a referral, or NULL. Borrowed. */
};

/* name is lower case. Fills all of out; steps up to n_steps. */
void acml_lookup(const struct acml_zone *zone, const knot_dname_t *name, uint16_t type,
                 struct acml_answer *out);
