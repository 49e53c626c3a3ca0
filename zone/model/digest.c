/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/digest.h"

#include <ctype.h>
#include <stdlib.h>

#include <libknot/descriptor.h>
#include <libknot/errcode.h>

#include "model/build.h"

#define HASH_SEED	UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME	UINT64_C(0x100000001b3)

/* Of an SOA's RDATA, from its end: serial, refresh, retry, expire, minimum. */
#define SOA_NUMBERS	20
#define SERIAL_SIZE	4

static uint64_t add_byte(uint64_t hash, uint8_t byte)
{
	return (hash ^ byte) * HASH_PRIME;
}

/* Spreads what the multiplication left in the low bits. */
static uint64_t finish(uint64_t hash)
{
	hash ^= hash >> 33;
	hash *= UINT64_C(0xff51afd7ed558ccd);
	hash ^= hash >> 33;
	hash *= UINT64_C(0xc4ceb9fe1a85ec53);
	return hash ^ hash >> 33;
}

static uint64_t hash_record(const zs_scanner_t *zs)
{
	uint64_t hash = HASH_SEED;
	for (uint32_t i = 0; i < zs->r_owner_length; i++) {
		/* A label's length is below any letter. */
		hash = add_byte(hash, (uint8_t)tolower(zs->r_owner[i]));
	}
	hash = add_byte(add_byte(hash, (uint8_t)(zs->r_type >> 8)), (uint8_t)zs->r_type);
	for (unsigned shift = 0; shift < 32; shift += 8) {
		hash = add_byte(hash, (uint8_t)(zs->r_ttl >> shift));
	}
	size_t size = zs->r_data_length, serial = SIZE_MAX;
	if (zs->r_type == KNOT_RRTYPE_SOA && size > SOA_NUMBERS) {
		serial = size - SOA_NUMBERS;
	}
	for (size_t i = 0; i < size; i++) {
		if (i < serial || i >= serial + SERIAL_SIZE) {
			hash = add_byte(hash, zs->r_data[i]);
		}
	}
	return finish(hash);
}

static bool by_signer(uint16_t type)
{
	switch (type) {
	case KNOT_RRTYPE_RRSIG:
	case KNOT_RRTYPE_NSEC:
	case KNOT_RRTYPE_NSEC3:
	case KNOT_RRTYPE_NSEC3PARAM:
	case KNOT_RRTYPE_DNSKEY:
	case KNOT_RRTYPE_CDS:
	case KNOT_RRTYPE_CDNSKEY:
	case KNOT_RRTYPE_ZONEMD:
		return true;
	default:
		return false;
	}
}

int acml_digest_add(struct acml_digest *digest, const zs_scanner_t *zs, bool skip_signer)
{
	if (skip_signer && by_signer(zs->r_type)) {
		return KNOT_EOK;
	}
	if (!ACML_ROOM(digest->hashes, digest->count, digest->capacity)) {
		return KNOT_ENOMEM;
	}
	digest->hashes[digest->count++] = hash_record(zs);
	return KNOT_EOK;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

uint64_t acml_digest_value(struct acml_digest *digest)
{
	uint64_t value = HASH_SEED;
	if (digest->count > 1) {
		qsort(digest->hashes, digest->count, sizeof(*digest->hashes), by_value);
	}
	for (size_t i = 0; i < digest->count; i++) {
		if (i == 0 || digest->hashes[i] != digest->hashes[i - 1]) {
			value = finish(value ^ digest->hashes[i]) * HASH_PRIME;
		}
	}
	return value;
}

void acml_digest_clear(struct acml_digest *digest)
{
	free(digest->hashes);
	*digest = (struct acml_digest) { 0 };
}
