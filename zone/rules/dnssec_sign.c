/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "rules/dnssec_sign.h"

#include <stdlib.h>
#include <string.h>

#include <libknot/consts.h>
#include <libknot/descriptor.h>
#include <libknot/errcode.h>
#include <libknot/wire.h>

/* RFC 4034 section 3.1: type, algorithm, labels, TTL, expiration, inception, key tag. */
#define RRSIG_HEADER 18
#define SOON (12 * 3600)

#define FLAG_ZONE   0x0100
#define FLAG_REVOKE 0x0080 /* RFC 5011 section 2.1 */
#define DNSKEY_HEADER 4

/* More records than a message can hold are served to nobody. */
#define SET_MOST 4096
#define BUDGET 100000
/* Signatures of one RRset that are verified; resolvers stop earlier (CVE-2023-50387). */
#define TRIES_MOST 16

struct piece {
	const uint8_t *data;
	size_t size;
};

bool acml_signer_init(struct acml_signer *signer, struct acml_judge *judge)
{
	const struct acml_zone *zone = judge->zone;
	struct acml_rrset set = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_DNSKEY);
	*signer = (struct acml_signer){ .judge = judge, .budget = BUDGET };
	for (size_t i = 0; i < set.count && signer->n_keys < ACML_KEYS_MOST; i++) {
		const struct acml_rr *rr = &set.rrs[i];
		if (rr->rdlen <= DNSKEY_HEADER) {
			continue;
		}
		uint16_t flags = knot_wire_read_u16(rr->rdata);
		signer->keys[signer->n_keys++] = (struct acml_zone_key){
			.rr = rr,
			.tag = acml_crypto_key_tag(rr->rdata, rr->rdlen),
			.algorithm = rr->rdata[3],
			.zone = (flags & FLAG_ZONE) != 0 && rr->rdata[2] == 3,
			.revoked = (flags & FLAG_REVOKE) != 0,
		};
	}
	signer->dates_only = signer->n_keys == 0;
	signer->seen = acml_judge_alloc(judge, zone->n_rrs + 1);
	return signer->seen != NULL;
}

void acml_signer_clear(struct acml_signer *signer)
{
	for (size_t i = 0; i < signer->n_keys; i++) {
		acml_crypto_key_free(signer->keys[i].key);
	}
}

bool acml_rrsig_covers(const struct acml_rr *rrsig, uint16_t type)
{
	return rrsig->rdlen > RRSIG_HEADER && knot_wire_read_u16(rrsig->rdata) == type;
}

void acml_rrsig_dates(const struct acml_rr *rrsig, int64_t now, int64_t *out_from,
                      int64_t *out_until)
{
	uint32_t base = (uint32_t)now;
	*out_until = now + (int32_t)(knot_wire_read_u32(rrsig->rdata + 8) - base);
	*out_from = now + (int32_t)(knot_wire_read_u32(rrsig->rdata + 12) - base);
}

static uint8_t *room(struct acml_signer *signer, size_t size)
{
	if (signer->capacity < size) {
		size_t capacity = size < 4096 ? 4096 : 2 * size;
		signer->buffer = acml_judge_alloc(signer->judge, capacity);
		signer->capacity = signer->buffer != NULL ? capacity : 0;
	}
	return signer->buffer;
}

/* How many names at the beginning of the RDATA are lower case in the canonical form (RFC 4034
 * section 6.2), of the types that are verified here. */
static size_t names_in(uint16_t type)
{
	switch (type) {
	case KNOT_RRTYPE_SOA:
		return 2;
	case KNOT_RRTYPE_NS:
	case KNOT_RRTYPE_CNAME:
	case KNOT_RRTYPE_DNAME:
		return 1;
	default:
		return 0;
	}
}

/* Copies RDATA in its canonical form. False: its names are none. */
static bool canonical(const struct acml_rr *rr, uint8_t *out)
{
	size_t at = 0;
	memcpy(out, rr->rdata, rr->rdlen);
	for (size_t left = names_in(rr->type); left > 0; left--) {
		int size = knot_dname_wire_check(out + at, out + rr->rdlen, NULL);
		if (size <= 0) {
			return false;
		}
		knot_dname_to_lower(out + at);
		at += (size_t)size;
	}
	return true;
}

static int piece_compare(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;
	int order = memcmp(x->data, y->data, x->size < y->size ? x->size : y->size);
	return order != 0 ? order : (x->size < y->size ? -1 : x->size > y->size);
}

/* The set's RDATA in canonical form and order, each once (RFC 4034 section 6.3), and room behind it
 * for what was signed. NULL: no memory, or what cannot be signed. */
static struct piece *sort_set(struct acml_signer *signer, struct acml_rrset set, size_t *out_count,
                              uint8_t **out_data)
{
	const struct acml_zone *zone = signer->judge->zone;
	size_t bytes = 0;
	for (size_t i = 0; i < set.count; i++) {
		bytes += set.rrs[i].rdlen;
	}
	size_t head = RRSIG_HEADER + acml_name_size(zone->apex);
	size_t each = acml_name_size(set.rrs->owner) + 10;
	each += sizeof(struct piece);
	uint8_t *memory = room(signer, set.count * each + head + 2 * bytes);
	if (memory == NULL) {
		return NULL;
	}
	struct piece *pieces = (struct piece *)memory;
	uint8_t *at = memory + set.count * sizeof(*pieces);
	for (size_t i = 0; i < set.count; i++) {
		if (!canonical(&set.rrs[i], at)) {
			return NULL;
		}
		pieces[i] = (struct piece){ .data = at, .size = set.rrs[i].rdlen };
		at += set.rrs[i].rdlen;
	}
	qsort(pieces, set.count, sizeof(*pieces), piece_compare);
	size_t kept = 0;
	for (size_t i = 0; i < set.count; i++) {
		if (kept == 0 || piece_compare(&pieces[kept - 1], &pieces[i]) != 0) {
			pieces[kept++] = pieces[i];
		}
	}
	*out_count = kept;
	*out_data = at;
	return pieces;
}

static uint8_t *put(uint8_t *at, const void *data, size_t size)
{
	memcpy(at, data, size);
	return at + size;
}

/* What was signed (RFC 4034 section 3.1.8.1). The signer's name was checked. NULL as above. */
static const uint8_t *signed_data(struct acml_signer *signer, struct acml_rrset set,
                                  const struct acml_rr *rrsig, size_t *out_size)
{
	size_t count = 0;
	uint8_t *data = NULL;
	struct piece *pieces = sort_set(signer, set, &count, &data);
	if (pieces == NULL) {
		return NULL;
	}
	const knot_dname_t *owner = set.rrs->owner, *apex = signer->judge->zone->apex;
	size_t owner_size = acml_name_size(owner), apex_size = acml_name_size(apex);
	uint8_t *at = put(data, rrsig->rdata, RRSIG_HEADER);
	at = put(at, apex, apex_size);
	for (size_t i = 0; i < count; i++) {
		at = put(at, owner, owner_size);
		knot_wire_write_u16(at, set.rrs->type);
		knot_wire_write_u16(at + 2, KNOT_CLASS_IN);
		at = put(at + 4, rrsig->rdata + 4, 4);
		knot_wire_write_u16(at, (uint16_t)pieces[i].size);
		at = put(at + 2, pieces[i].data, pieces[i].size);
	}
	*out_size = (size_t)(at - data);
	return data;
}

/* The labels that an RRSIG counts: neither the root nor the asterisk. */
static unsigned count_labels(const knot_dname_t *owner)
{
	unsigned labels = 0;
	const uint8_t *label = acml_name_is_wildcard(owner) ? acml_name_parent(owner) : owner;
	for (; *label != 0; label += 1 + *label) {
		labels++;
	}
	return labels;
}

static bool sound(const struct acml_signer *signer, struct acml_rrset set,
                  const struct acml_rr *rrsig, size_t *out_signature)
{
	const knot_dname_t *apex = signer->judge->zone->apex;
	const uint8_t *name = rrsig->rdata + RRSIG_HEADER;
	int size = knot_dname_wire_check(name, rrsig->rdata + rrsig->rdlen, NULL);
	if (size <= 0 || !knot_dname_is_case_equal(name, apex)) {
		return false;
	}
	*out_signature = RRSIG_HEADER + (size_t)size;
	return *out_signature < rrsig->rdlen && rrsig->rdata[3] == count_labels(set.rrs->owner);
}

static bool verify_by(struct acml_signer *signer, struct acml_zone_key *key,
                      const uint8_t *data, size_t size, const struct acml_rr *rrsig,
                      size_t signature)
{
	if (key->key == NULL) {
		int ret = acml_crypto_key_new(signer->judge->zone->apex, key->rr->rdata,
		                              key->rr->rdlen, &key->key);
		if (ret == KNOT_ENOMEM) {
			acml_judge_no_memory(signer->judge);
		}
	}
	if (key->key == NULL || signer->budget == 0) {
		return false;
	}
	signer->budget--;
	enum acml_verified verified = acml_crypto_verify(key->key, data, size,
	                                                 rrsig->rdata + signature,
	                                                 rrsig->rdlen - signature);
	if (verified == ACML_FORGED && signer->budget > 0) {
		signer->budget--; /* It was tried twice. */
	}
	if (verified == ACML_NOT_VERIFIED) {
		acml_judge_no_memory(signer->judge);
	}
	return verified == ACML_VERIFIED;
}

/* Whether one of the keys, or this one, made the signature. */
static bool verify(struct acml_signer *signer, struct acml_rrset set, const struct acml_rr *rrsig,
                   struct acml_zone_key *only)
{
	size_t signature = 0, size = 0;
	const uint8_t *data = NULL;
	if (!sound(signer, set, rrsig, &signature)) {
		return false;
	}
	for (size_t i = 0; i < signer->n_keys; i++) {
		struct acml_zone_key *key = &signer->keys[i];
		if ((only != NULL && key != only) || !key->zone || key->revoked ||
		    key->algorithm != rrsig->rdata[2] ||
		    key->tag != knot_wire_read_u16(rrsig->rdata + 16) ||
		    !acml_crypto_algorithm(key->algorithm)) {
			continue;
		}
		if (data == NULL) {
			data = signed_data(signer, set, rrsig, &size);
		}
		if (data != NULL && verify_by(signer, key, data, size, rrsig, signature)) {
			return true;
		}
	}
	return false;
}

/* One signature's state; *out_until: when a good one expires. */
static enum acml_sig_state judge_one(struct acml_signer *signer, struct acml_rrset set,
                                     const struct acml_rr *rrsig, struct acml_zone_key *only,
                                     int64_t *out_until)
{
	int64_t now = signer->judge->facts->now, from;
	acml_rrsig_dates(rrsig, now, &from, out_until);
	if (now > *out_until) {
		return ACML_SIG_EXPIRED;
	} else if (now < from) {
		return ACML_SIG_EARLY;
	} else if (!signer->dates_only && !verify(signer, set, rrsig, only)) {
		return ACML_SIG_FORGED;
	}
	return *out_until - now < SOON ? ACML_SIG_SOON : ACML_SIG_GOOD;
}

/* Whether the signature is meant for the key: then what is wrong with it matters. */
static bool by_key(const struct acml_rr *rrsig, const struct acml_zone_key *only)
{
	return only == NULL || (rrsig->rdata[2] == only->algorithm &&
	                        knot_wire_read_u16(rrsig->rdata + 16) == only->tag);
}

static struct acml_sig judge_set(struct acml_signer *signer, struct acml_rrset set,
                                 struct acml_zone_key *only)
{
	struct acml_rrset all = acml_zone_rrset(signer->judge->zone, set.rrs->owner,
	                                        KNOT_RRTYPE_RRSIG);
	struct acml_sig best = { .state = ACML_SIG_NONE };
	unsigned tries = 0;
	for (size_t i = 0; i < all.count && tries < TRIES_MOST; i++) {
		const struct acml_rr *rrsig = &all.rrs[i];
		if (!acml_rrsig_covers(rrsig, set.rrs->type) || !by_key(rrsig, only)) {
			continue;
		}
		int64_t until;
		enum acml_sig_state state = judge_one(signer, set, rrsig, only, &until);
		tries++;
		if (state < best.state) {
			best = (struct acml_sig){ .state = state, .rrsig = rrsig };
		}
		if (state == ACML_SIG_GOOD) {
			break;
		}
	}
	return best;
}

struct acml_sig acml_signer_check(struct acml_signer *signer, struct acml_rrset set,
                                  struct acml_zone_key *key)
{
	size_t index = (size_t)(set.rrs - signer->judge->zone->rrs);
	if (set.count > SET_MOST) {
		return (struct acml_sig){ .state = ACML_SIG_GOOD };
	}
	if (key != NULL) {
		return judge_set(signer, set, key);
	}
	if (signer->seen[index] != 0) {
		return (struct acml_sig){ .state = (enum acml_sig_state)(signer->seen[index] - 1) };
	}
	struct acml_sig sig = judge_set(signer, set, NULL);
	signer->seen[index] = (uint8_t)(1 + sig.state);
	return sig;
}
