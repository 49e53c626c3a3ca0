/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/zone.h"

#include <stdlib.h>
#include <string.h>

#include <libknot/descriptor.h>
#include <libknot/wire.h>

#include "model/names.h"

/* Whether the key begins with the prefix: the name is at or below the prefix's. */
static bool lf_within(const uint8_t *lf, const uint8_t *prefix)
{
	return lf[0] >= prefix[0] && memcmp(lf + 1, prefix + 1, prefix[0]) == 0;
}

/* Index of the first node that does not sort before the name. */
static size_t lower_bound(const struct acml_zone *zone, const uint8_t *lf)
{
	const size_t common = zone->common;
	if (zone->n_nodes == 0) {
		return 0;
	}
	const uint8_t *first = zone->nodes[0].lf;
	if (lf[0] < common || memcmp(lf + 1, first + 1, common) != 0) {
		/* Not of this zone: all nodes are on one side of it. */
		return acml_name_order(first, lf) < 0 ? zone->n_nodes : 0;
	}
	const uint64_t head = acml_name_head(lf, common);
	size_t low = 0, high = zone->n_nodes;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct acml_node *node = &zone->nodes[middle];
		if (node->head < head ||
		    (node->head == head && acml_name_order(node->lf, lf) < 0)) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

void acml_zone_find(const struct acml_zone *zone, const knot_dname_t *name,
                    struct acml_found *out)
{
	knot_dname_storage_t storage;
	size_t i = lower_bound(zone, knot_dname_lf(name, storage));
	const struct acml_node *after = i < zone->n_nodes ? &zone->nodes[i] : NULL;
	*out = (struct acml_found) {
		.exists = after != NULL && acml_name_within(after->owner, name),
	};
	if (out->exists && acml_name_equal(after->owner, name)) {
		out->node = after;
	}
	/* The closest node at or above a name stands before it in canonical order, or above that. */
	const struct acml_node *above = out->node;
	if (above == NULL && i > 0) {
		above = &zone->nodes[i - 1];
	}
	while (above != NULL && !acml_name_within(name, above->owner)) {
		above = above->up;
	}
	if (above == NULL) {
		return;
	}
	out->cut = above->cut;
	out->dname = above->dname;
	if (out->dname == NULL && out->node == NULL &&
	    acml_node_rrset(above, KNOT_RRTYPE_DNAME).count > 0) {
		out->dname = above;
	}
}

const struct acml_node *acml_zone_node(const struct acml_zone *zone, const knot_dname_t *name)
{
	knot_dname_storage_t storage;
	const uint8_t *lf = knot_dname_lf(name, storage);
	size_t i = lower_bound(zone, lf);
	if (i == zone->n_nodes || !acml_name_equal(zone->nodes[i].owner, name)) {
		return NULL;
	}
	return &zone->nodes[i];
}

bool acml_zone_exists(const struct acml_zone *zone, const knot_dname_t *name)
{
	knot_dname_storage_t storage;
	const uint8_t *lf = knot_dname_lf(name, storage);
	size_t i = lower_bound(zone, lf);
	return i < zone->n_nodes && acml_name_within(zone->nodes[i].owner, name);
}

const struct acml_node *acml_zone_below(const struct acml_zone *zone, const knot_dname_t *name,
                                        size_t *out_count)
{
	knot_dname_storage_t storage;
	const uint8_t *lf = knot_dname_lf(name, storage);
	size_t first = lower_bound(zone, lf);
	if (first < zone->n_nodes && acml_name_equal(zone->nodes[first].owner, name)) {
		first++;
	}
	/* All keys with this prefix are consecutive. */
	size_t low = first, high = zone->n_nodes;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (lf_within(zone->nodes[middle].lf, lf)) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	*out_count = low - first;
	return &zone->nodes[first];
}

/* Index of the first record of a type not below the given one. */
static size_t type_bound(const struct acml_node *node, unsigned type)
{
	size_t low = 0, high = node->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (node->rrs[middle].type < type) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

struct acml_rrset acml_node_rrset(const struct acml_node *node, uint16_t type)
{
	if (node == NULL) {
		return (struct acml_rrset){ 0 };
	}
	size_t first = type_bound(node, type);
	size_t end = type_bound(node, type + 1u);
	if (first == end) {
		return (struct acml_rrset){ 0 };
	}
	return (struct acml_rrset){ .rrs = node->rrs + first, .count = end - first };
}

struct acml_rrset acml_zone_rrset(const struct acml_zone *zone, const knot_dname_t *name,
                                  uint16_t type)
{
	return acml_node_rrset(acml_zone_node(zone, name), type);
}

const struct acml_node *acml_zone_cut(const struct acml_zone *zone, const knot_dname_t *name)
{
	struct acml_found found;
	acml_zone_find(zone, name, &found);
	return found.cut;
}

const struct acml_node *acml_zone_dname(const struct acml_zone *zone, const knot_dname_t *name)
{
	struct acml_found found;
	acml_zone_find(zone, name, &found);
	return found.dname;
}

bool acml_zone_serial(const struct acml_zone *zone, uint32_t *out_serial)
{
	struct acml_rrset soa = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_SOA);
	/* Two names, then five numbers of four bytes; the serial is the first (RFC 1035 3.3.13). */
	if (soa.count == 0 || soa.rrs[0].rdlen < 22) {
		return false;
	}
	*out_serial = knot_wire_read_u32(soa.rrs[0].rdata + soa.rrs[0].rdlen - 20);
	return true;
}

const struct acml_rr *acml_zone_place(const struct acml_zone *zone, const knot_dname_t *name)
{
	const struct acml_node *node = acml_zone_node(zone, name);
	if (node != NULL) {
		return &node->rrs[0];
	}
	struct acml_rrset soa = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_SOA);
	if (soa.count > 0) {
		return &soa.rrs[0];
	}
	return zone->n_rrs > 0 ? &zone->rrs[0] : NULL;
}

void acml_zone_free(struct acml_zone *zone)
{
	if (zone == NULL) {
		return;
	}
	struct acml_arena arena = zone->arena;
	acml_arena_clear(&arena);
	free(zone);
}
