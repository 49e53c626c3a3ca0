/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "rules/dnssec_nsec3.h"

#include <string.h>

#include <libknot/descriptor.h>
#include <libknot/wire.h>

#include "rules/dnssec.h"

#define OPT_OUT 1

static void to_base32(const uint8_t hash[ACML_NSEC3_HASH], uint8_t out[ACML_NSEC3_TEXT])
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
	for (size_t i = 0; i < ACML_NSEC3_TEXT; i++) {
		size_t bit = i * 5;
		unsigned pair = (unsigned)hash[bit / 8] << 8 |
		                (bit / 8 + 1 < ACML_NSEC3_HASH ? hash[bit / 8 + 1] : 0);
		out[i] = (uint8_t)digits[pair >> (11 - bit % 8) & 31];
	}
}

bool acml_nsec3_too_many(const struct acml_denier *denier)
{
	return denier->kind == ACML_DENIAL_NSEC3 &&
	       knot_wire_read_u16(denier->param->rdata + 2) > ACML_ITERATIONS_LIMIT;
}

static bool afford(struct acml_denier *denier)
{
	unsigned iterations = knot_wire_read_u16(denier->param->rdata + 2);
	unsigned cost = acml_nsec3_too_many(denier) ? iterations : 0;
	if (cost > denier->budget) {
		denier->budget = 0;
		return false;
	}
	denier->budget -= cost;
	return true;
}

/* The hashed owner. False: the name cannot be hashed. */
static bool nsec3_owner(struct acml_denier *denier, const knot_dname_t *name,
                        uint8_t hash[ACML_NSEC3_HASH], knot_dname_storage_t out)
{
	const knot_dname_t *apex = denier->zone->apex;
	if (!afford(denier) ||
	    acml_name_size(apex) + ACML_NSEC3_TEXT + 1 > KNOT_DNAME_MAXLEN ||
	    !acml_crypto_nsec3(name, denier->param->rdata, denier->param->rdlen, hash)) {
		return false;
	}
	out[0] = ACML_NSEC3_TEXT;
	to_base32(hash, out + 1);
	acml_name_copy(apex, out + 1 + ACML_NSEC3_TEXT);
	return true;
}

const struct acml_rr *acml_nsec3_at(const struct acml_denier *denier, const struct acml_node *node)
{
	struct acml_rrset set = acml_node_rrset(node, KNOT_RRTYPE_NSEC3);
	const uint8_t *param = denier->param->rdata;
	for (size_t i = 0; i < set.count; i++) {
		const uint8_t *rdata = set.rrs[i].rdata;
		if (set.rrs[i].rdlen >= 6u + param[4] + ACML_NSEC3_HASH && rdata[0] == param[0] &&
		    rdata[5 + param[4]] == ACML_NSEC3_HASH &&
		    denier->param->rdlen >= 5u + param[4] &&
		    memcmp(rdata + 2, param + 2, 3u + param[4]) == 0) {
			return &set.rrs[i];
		}
	}
	return NULL;
}

static const uint8_t *nsec3_next(const struct acml_rr *rr)
{
	return rr->rdata + 6 + rr->rdata[4];
}

const struct acml_node *acml_nsec3_matches(struct acml_denier *denier, const knot_dname_t *name)
{
	uint8_t hash[ACML_NSEC3_HASH];
	knot_dname_storage_t owner;
	if (denier->n_nodes == 0 || !nsec3_owner(denier, name, hash, owner)) {
		return NULL;
	}
	const struct acml_node *node = denier->nodes[acml_denier_at_or_before(denier, owner)];
	bool same = acml_name_equal(node->owner, owner);
	return same && acml_nsec3_at(denier, node) != NULL ? node : NULL;
}

static bool from_base32(const uint8_t text[ACML_NSEC3_TEXT], uint8_t out[ACML_NSEC3_HASH])
{
	memset(out, 0, ACML_NSEC3_HASH);
	for (size_t i = 0; i < ACML_NSEC3_TEXT; i++) {
		unsigned c = text[i];
		unsigned value = c >= '0' && c <= '9' ? c - '0' :
		                 c >= 'a' && c <= 'v' ? c - 'a' + 10 : 32;
		if (value > 31) {
			return false;
		}
		size_t bit = i * 5;
		unsigned pair = value << (11 - bit % 8);
		out[bit / 8] |= (uint8_t)(pair >> 8);
		if (bit / 8 + 1 < ACML_NSEC3_HASH) {
			out[bit / 8 + 1] |= (uint8_t)pair;
		}
	}
	return true;
}

/* RFC 5155 section 8.3: a hash strictly between the owner's and the next one's. */
const struct acml_node *acml_nsec3_covers(struct acml_denier *denier, const knot_dname_t *name,
                                          bool *out_opt_out)
{
	uint8_t hash[ACML_NSEC3_HASH], own[ACML_NSEC3_HASH];
	knot_dname_storage_t owner;
	if (denier->n_nodes == 0 || !nsec3_owner(denier, name, hash, owner)) {
		return NULL;
	}
	const struct acml_node *node = denier->nodes[acml_denier_at_or_before(denier, owner)];
	const struct acml_rr *rr = acml_nsec3_at(denier, node);
	if (rr == NULL || !from_base32(node->owner + 1, own)) {
		return NULL;
	}
	bool after = memcmp(hash, own, sizeof(hash)) > 0;
	bool before = memcmp(hash, nsec3_next(rr), sizeof(hash)) < 0;
	bool last = memcmp(nsec3_next(rr), own, sizeof(own)) <= 0;
	*out_opt_out = (rr->rdata[1] & OPT_OUT) != 0;
	return (last ? after || before : after && before) ? node : NULL;
}
