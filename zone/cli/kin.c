/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/kin.h"

#include <stdlib.h>
#include <string.h>

#include <libknot/descriptor.h>
#include <libknot/errcode.h>

#include "model/names.h"

/* The order of names that puts short ones first, and equal ones together. */
static int compare(const knot_dname_t *a, const knot_dname_t *b)
{
	size_t x = knot_dname_size(a), y = knot_dname_size(b);
	if (x != y) {
		return x < y ? -1 : 1;
	}
	return memcmp(a, b, x);
}

/* The first zone of a name, or SIZE_MAX. */
static size_t find(const struct acml_kinsman *kin, size_t count, const knot_dname_t *apex)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare(kin[middle].apex, apex) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low < count && acml_name_equal(kin[low].apex, apex) ? low : SIZE_MAX;
}

static size_t find_above(const struct acml_kinsman *kin, size_t count, const knot_dname_t *apex)
{
	size_t above = SIZE_MAX;
	while (*apex != 0 && above == SIZE_MAX) {
		apex = acml_name_parent(apex);
		above = find(kin, count, apex);
	}
	return above;
}

bool acml_kin_relate(struct acml_kinsman *kin, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		kin[i].above = find_above(kin, count, kin[i].apex);
		if (kin[i].above != SIZE_MAX) {
			kin[kin[i].above].n_below++;
		}
	}
	for (size_t i = 0; i < count; i++) {
		size_t most = kin[i].n_below;
		kin[i].below = most > 0 ? calloc(most, sizeof(*kin[i].below)) : NULL;
		if (most > 0 && kin[i].below == NULL) {
			return false;
		}
		kin[i].n_below = 0;
	}
	for (size_t i = 0; i < count; i++) {
		if (kin[i].above != SIZE_MAX) {
			struct acml_kinsman *above = &kin[kin[i].above];
			above->below[above->n_below++] = kin[i].apex;
		}
	}
	return true;
}

static int learn_keys(struct acml_kinsman *kinsman, const struct acml_zone *zone)
{
	struct acml_rrset set = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_DNSKEY);
	kinsman->keys = acml_arena_alloc(&kinsman->arena, set.count * sizeof(*kinsman->keys));
	if (kinsman->keys == NULL) {
		return KNOT_ENOMEM;
	}
	for (size_t i = 0; i < set.count; i++) {
		struct acml_rr *key = &kinsman->keys[kinsman->n_keys++];
		*key = set.rrs[i];
		key->owner = kinsman->apex;
		key->rdata = acml_arena_dup(&kinsman->arena, key->rdata, key->rdlen);
		if (key->rdata == NULL) {
			return KNOT_ENOMEM;
		}
	}
	return KNOT_EOK;
}

int acml_kin_learn(struct acml_kinsman *kinsman, const struct acml_zone *zone)
{
	kinsman->known = zone->complete;
	kinsman->has_dnssec = zone->has_dnssec;
	int ret = learn_keys(kinsman, zone);
	if (ret == KNOT_EOK && kinsman->n_below > 0) {
		const struct acml_parent_options options = {
			.wanted = kinsman->below, .n_wanted = kinsman->n_below,
		};
		ret = acml_parent_from_zones(&zone, 1, &options, &kinsman->says);
	}
	return ret;
}

void acml_kin_clear(struct acml_kinsman *kin, size_t count)
{
	for (size_t i = 0; kin != NULL && i < count; i++) {
		free(kin[i].below);
		acml_parent_free(kin[i].says);
		acml_arena_clear(&kin[i].arena);
	}
}
