/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "rules/dnssec_denial.h"

#include <string.h>

#include <libknot/descriptor.h>
#include <libknot/wire.h>

#include "rules/dnssec_nsec3.h"

/* Beyond what validators count, so many iterations are spent on one zone: some seconds. */
#define BUDGET 5000000

static bool is_nsec3_owner(const struct acml_zone *zone, const struct acml_node *node)
{
	return node->owner[0] == ACML_NSEC3_TEXT &&
	       acml_name_equal(acml_name_parent(node->owner), zone->apex);
}

/* RFC 4034 section 4.1.2. */
static bool bitmap_has(const uint8_t *bitmap, size_t size, uint16_t type)
{
	for (size_t at = 0; at + 2 <= size && at + 2 + bitmap[at + 1] <= size;
	     at += 2u + bitmap[at + 1]) {
		if (bitmap[at] == type >> 8) {
			unsigned bit = type & 0xff;
			return bit / 8 < bitmap[at + 1] &&
			       (bitmap[at + 2 + bit / 8] & 0x80 >> bit % 8) != 0;
		}
	}
	return false;
}

size_t acml_denier_at_or_before(const struct acml_denier *denier, const knot_dname_t *name)
{
	size_t low = 0, high = denier->n_nodes;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (knot_dname_cmp(denier->nodes[middle]->owner, name) <= 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return (low > 0 ? low : denier->n_nodes) - 1;
}

static void add(struct acml_proof *proof, const struct acml_node *node, uint16_t type)
{
	struct acml_rrset set = acml_node_rrset(node, type);
	for (size_t i = 0; i < proof->count; i++) {
		if (proof->sets[i].rrs == set.rrs) {
			return;
		}
	}
	proof->sets[proof->count++] = set;
}

static void miss(struct acml_proof *proof, const char *gap)
{
	if (proof->state != ACML_PROOF_MISSING) {
		proof->state = ACML_PROOF_MISSING;
		proof->gap = gap;
	}
}

/* The parts of an NSEC record. False: cut short. */
static bool parse_nsec(const struct acml_node *node, knot_dname_storage_t next,
                       const uint8_t **bitmap, size_t *size)
{
	const struct acml_rr *rr = acml_node_rrset(node, KNOT_RRTYPE_NSEC).rrs;
	int length = knot_dname_wire_check(rr->rdata, rr->rdata + rr->rdlen, NULL);
	if (length <= 0) {
		return false;
	}
	acml_name_lower(rr->rdata, next);
	*bitmap = rr->rdata + length;
	*size = rr->rdlen - (size_t)length;
	return true;
}

/* The NSEC that says that nothing is at the name: its owner before it, its next name after it. One
 * at a zone cut or DNAME says nothing of what is below (RFC 6840 section 4.1). */
static const struct acml_node *nsec_covers(struct acml_denier *denier,
                                           const knot_dname_t *name, knot_dname_storage_t next)
{
	if (denier->n_nodes == 0) {
		return NULL;
	}
	const struct acml_node *node = denier->nodes[acml_denier_at_or_before(denier, name)];
	const uint8_t *bitmap;
	size_t size;
	if (knot_dname_cmp(node->owner, name) >= 0 || !parse_nsec(node, next, &bitmap, &size)) {
		return NULL;
	}
	bool last = acml_name_equal(next, denier->zone->apex);
	if (!last && knot_dname_cmp(name, next) >= 0) {
		return NULL;
	}
	bool cut = bitmap_has(bitmap, size, KNOT_RRTYPE_NS) &&
	           !bitmap_has(bitmap, size, KNOT_RRTYPE_SOA);
	if (acml_name_below(name, node->owner) &&
	    (cut || bitmap_has(bitmap, size, KNOT_RRTYPE_DNAME))) {
		return NULL;
	}
	return node;
}

static void nsec_cover(struct acml_denier *denier, const knot_dname_t *name, const char *gap,
                       struct acml_proof *proof)
{
	knot_dname_storage_t next;
	const struct acml_node *node = nsec_covers(denier, name, next);
	/* A next name below it says that the name exists, as an empty non-terminal. */
	if (node == NULL || acml_name_below(next, name)) {
		miss(proof, gap);
	} else {
		add(proof, node, KNOT_RRTYPE_NSEC);
	}
}

/* That an existing name has no such type. */
static void nsec_nodata(struct acml_denier *denier, const knot_dname_t *name, uint16_t type,
                        struct acml_proof *proof)
{
	const struct acml_node *node = denier->n_nodes == 0 ? NULL :
	                               denier->nodes[acml_denier_at_or_before(denier, name)];
	knot_dname_storage_t next;
	const uint8_t *bitmap;
	size_t size;
	if (node != NULL && acml_name_equal(node->owner, name)) {
		if (!parse_nsec(node, next, &bitmap, &size) || bitmap_has(bitmap, size, type) ||
		    bitmap_has(bitmap, size, KNOT_RRTYPE_CNAME)) {
			miss(proof, "says that the name lacks the type");
			return;
		}
		add(proof, node, KNOT_RRTYPE_NSEC);
		return;
	}
	node = nsec_covers(denier, name, next);
	if (node == NULL || !acml_name_below(next, name)) {
		miss(proof, "says that the name lacks the type");
		return;
	}
	add(proof, node, KNOT_RRTYPE_NSEC);
}

bool acml_denier_init(struct acml_denier *denier, struct acml_judge *judge)
{
	const struct acml_zone *zone = judge->zone;
	struct acml_rrset param = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_NSEC3PARAM);
	*denier = (struct acml_denier){
		.zone = zone, .kind = ACML_DENIAL_NSEC, .budget = BUDGET,
	};
	if (param.count > 0 && param.rrs->rdlen >= 5) {
		denier->kind = ACML_DENIAL_NSEC3;
		denier->param = param.rrs;
	}
	denier->nodes = acml_judge_alloc(judge, zone->n_nodes * sizeof(*denier->nodes));
	if (denier->nodes == NULL) {
		return false;
	}
	bool hashed = denier->kind == ACML_DENIAL_NSEC3;
	for (size_t i = 0; i < zone->n_nodes; i++) {
		const struct acml_node *node = &zone->nodes[i];
		uint16_t type = hashed ? KNOT_RRTYPE_NSEC3 : KNOT_RRTYPE_NSEC;
		if (acml_node_rrset(node, type).count > 0 &&
		    (!hashed || is_nsec3_owner(zone, node))) {
			denier->nodes[denier->n_nodes++] = node;
		}
	}
	/* RFC 5155 section 7.1: a chain has a record of the apex. Servers look for it, and answer
	 * as from a zone without any where it is missing, or crash. */
	if (hashed && acml_nsec3_matches(denier, zone->apex) == NULL) {
		denier->n_nodes = 0;
	}
	return true;
}

static void nsec3_cover(struct acml_denier *denier, const knot_dname_t *name,
                        const char *gap, struct acml_proof *proof)
{
	bool opt_out = false;
	const struct acml_node *node = acml_nsec3_covers(denier, name, &opt_out);
	if (node == NULL) {
		miss(proof, gap);
		return;
	}
	add(proof, node, KNOT_RRTYPE_NSEC3);
	if (opt_out && proof->state == ACML_PROOF_WHOLE) {
		proof->state = ACML_PROOF_INSECURE;
	}
}

static bool nsec3_match(struct acml_denier *denier, const knot_dname_t *name, uint16_t type,
                        struct acml_proof *proof)
{
	const struct acml_node *node = acml_nsec3_matches(denier, name);
	if (node == NULL) {
		return false;
	}
	const struct acml_rr *rr = acml_nsec3_at(denier, node);
	size_t head = 6u + rr->rdata[4] + ACML_NSEC3_HASH;
	if (type != 0 && (bitmap_has(rr->rdata + head, rr->rdlen - head, type) ||
	                  bitmap_has(rr->rdata + head, rr->rdlen - head, KNOT_RRTYPE_CNAME))) {
		return false;
	}
	add(proof, node, KNOT_RRTYPE_NSEC3);
	return true;
}

/* The closest ancestor that exists, and the name below it on the way (RFC 5155 section 1.3). */
static const knot_dname_t *encloser(const struct acml_zone *zone, const knot_dname_t *name,
                                    const knot_dname_t **out_closer)
{
	do {
		*out_closer = name;
		name = acml_name_parent(name);
	} while (!acml_zone_exists(zone, name) && !acml_name_equal(name, zone->apex));
	return name;
}

static void nsec3_nodata(struct acml_denier *denier, const knot_dname_t *name, uint16_t type,
                         struct acml_proof *proof)
{
	if (nsec3_match(denier, name, type, proof)) {
		return;
	}
	/* Names above insecure delegations only may be left out of an opt-out chain. */
	bool opt_out = false;
	const struct acml_node *node = acml_nsec3_covers(denier, name, &opt_out);
	if (node != NULL && opt_out && acml_zone_node(denier->zone, name) == NULL) {
		add(proof, node, KNOT_RRTYPE_NSEC3);
		proof->state = ACML_PROOF_INSECURE;
		return;
	}
	miss(proof, "says that the name lacks the type");
}

static void deny_missing(struct acml_denier *denier, const knot_dname_t *name, uint16_t type,
                         struct acml_proof *proof)
{
	const knot_dname_t *closer;
	const knot_dname_t *above = encloser(denier->zone, name, &closer);
	knot_dname_storage_t star;
	bool has_star = acml_name_wildcard_of(above, star);
	bool synthesis = has_star && acml_zone_exists(denier->zone, star);
	bool hashed = denier->kind == ACML_DENIAL_NSEC3;
	if (hashed) {
		if (!nsec3_match(denier, above, 0, proof)) {
			miss(proof, "matches the closest name that exists");
		}
		nsec3_cover(denier, closer, "covers the name", proof);
	} else {
		nsec_cover(denier, name, "covers the name", proof);
	}
	if (!has_star) {
		return;
	}
	if (synthesis) {
		(hashed ? nsec3_nodata : nsec_nodata)(denier, star, type, proof);
	} else {
		(hashed ? nsec3_cover : nsec_cover)(denier, star, "covers the wildcard", proof);
	}
}

/* RFC 9276 section 3.2: above a number of iterations validators do not count, and whatever such
 * NSEC3 prove or fail to prove is insecure. An answer without any is bogus all the same. */
static void forgive_iterations(const struct acml_denier *denier, bool any, struct acml_proof *proof)
{
	if (acml_nsec3_too_many(denier) && (any || denier->budget == 0)) {
		proof->state = ACML_PROOF_INSECURE;
	}
}

void acml_deny(struct acml_denier *denier, const knot_dname_t *name, uint16_t type,
               struct acml_proof *out)
{
	*out = (struct acml_proof){ .state = ACML_PROOF_WHOLE };
	if (!acml_zone_exists(denier->zone, name)) {
		deny_missing(denier, name, type, out);
	} else if (denier->kind == ACML_DENIAL_NSEC3) {
		nsec3_nodata(denier, name, type, out);
	} else {
		nsec_nodata(denier, name, type, out);
	}
	forgive_iterations(denier, out->count > 0, out);
}

void acml_deny_closer(struct acml_denier *denier, const knot_dname_t *name,
                      struct acml_proof *out)
{
	const knot_dname_t *closer;
	*out = (struct acml_proof){ .state = ACML_PROOF_WHOLE };
	(void)encloser(denier->zone, name, &closer);
	if (denier->kind == ACML_DENIAL_NSEC3) {
		nsec3_cover(denier, closer, "covers the name", out);
	} else {
		nsec_cover(denier, name, "covers the name", out);
	}
	forgive_iterations(denier, denier->n_nodes > 0, out);
}

bool acml_denial_insecure(struct acml_denier *denier, const knot_dname_t *name)
{
	struct acml_proof proof = { .state = ACML_PROOF_WHOLE };
	size_t above = knot_dname_labels(denier->zone->apex, NULL);
	size_t depth = knot_dname_labels(name, NULL);
	for (; depth > above && proof.state == ACML_PROOF_WHOLE; above++) {
		const knot_dname_t *step = name;
		for (size_t skip = depth - above; skip > 1; skip--) {
			step = acml_name_parent(step);
		}
		acml_deny(denier, step, KNOT_RRTYPE_DS, &proof);
	}
	return proof.state == ACML_PROOF_INSECURE;
}
