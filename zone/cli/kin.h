/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Kin: zones of one run that are one below the other. A zone above says what DS and NS it has for
 * the zones right below, and wants to know their keys. Kin are judged a second time, together.
 */

#pragma once

#include "facts/parent.h"
#include "model/zone.h"

/* One zone of the run that could be read; by apex, shortest first, those of one name together. */
struct acml_kinsman {
	const knot_dname_t *apex;
	const char *file;
	size_t above;                   /* Index of the closest zone above, or SIZE_MAX. */
	size_t n_below;                 /* How many zones are right below. */
	const knot_dname_t **below;     /* Their names. */
	/* What reading it once more tells. */
	struct acml_parent *says;       /* Of the zones below. */
	struct acml_rr *keys;           /* Its DNSKEY records; the RDATA is in the arena. */
	size_t n_keys;
	bool has_dnssec;
	bool known;                     /* It has been read, and is whole. */
	struct acml_arena arena;
};

/* Fills above and below; false without memory. kin must be in order. */
bool acml_kin_relate(struct acml_kinsman *kin, size_t count);

/* Takes from a zone what its kin want to know. KNOT_EOK or KNOT_ENOMEM. */
int acml_kin_learn(struct acml_kinsman *kinsman, const struct acml_zone *zone);

void acml_kin_clear(struct acml_kinsman *kin, size_t count);
