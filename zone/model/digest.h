/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Digest: whether two versions of a zone hold the same records, told without keeping them. Each
 * record is one number; order, places, records written twice and the SOA's serial do not count.
 * Private to zone/model; not made to resist who looks for collisions.
 */

#pragma once

#include <libzscanner/scanner.h>

#include "model/zone.h"

struct acml_digest {
	uint64_t *hashes;       /* malloc()ed. */
	size_t count, capacity;
};

/* Adds the scanner's record; with skip_signer, what a signer makes is none. KNOT_EOK or
 * KNOT_ENOMEM. */
int acml_digest_add(struct acml_digest *digest, const zs_scanner_t *zs, bool skip_signer);

/* What all of them together come to; sorts them. */
uint64_t acml_digest_value(struct acml_digest *digest);

void acml_digest_clear(struct acml_digest *digest);
