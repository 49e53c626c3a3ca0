/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/catalog.h"

#include <stdlib.h>
#include <string.h>

#include <libknot/descriptor.h>
#include <libknot/errcode.h>

#include "model/names.h"

#define KNOT_3_4 0x0304

/* RFC 9432 sections 4.1 and 4.2 */
static const knot_dname_t *const version_label = (const knot_dname_t *)"\x07""version";
static const knot_dname_t *const zones_label = (const knot_dname_t *)"\x05""zones";
static const char group_label[] = "\x05""group";

/* False: there can be no such name. */
static bool below_apex(const struct acml_zone *zone, const knot_dname_t *label,
                       knot_dname_storage_t out)
{
	size_t size = acml_name_size(zone->apex);
	if (1 + label[0] + size > KNOT_DNAME_MAXLEN) {
		return false;
	}
	memcpy(out, label, 1 + label[0]);
	memcpy(out + 1 + label[0], zone->apex, size);
	return true;
}

/* What is below "zones", in the order of the names: parents first. */
static const struct acml_node *list_of(const struct acml_zone *zone, size_t *out_count)
{
	knot_dname_storage_t zones;
	*out_count = 0;
	return below_apex(zone, zones_label, zones) ?
	       acml_zone_below(zone, zones, out_count) : NULL;
}

/* Labels between the node and "zones": 1 for a member, 2 for a property. */
static size_t depth_of(const struct acml_zone *zone, const struct acml_node *node)
{
	return knot_dname_labels(node->owner, NULL) - knot_dname_labels(zone->apex, NULL) - 1;
}

static bool is_group(const struct acml_zone *zone, const struct acml_node *node)
{
	return depth_of(zone, node) == 2 &&
	       memcmp(node->owner, group_label, sizeof(group_label) - 1) == 0;
}

/* RFC 9432 section 4.2.1; to knotd one record of that value is enough. */
static bool has_version(const struct acml_zone *zone)
{
	knot_dname_storage_t owner;
	if (!below_apex(zone, version_label, owner)) {
		return false;
	}
	struct acml_rrset set = acml_zone_rrset(zone, owner, KNOT_RRTYPE_TXT);
	for (size_t i = 0; i < set.count; i++) {
		if (set.rrs[i].rdlen == 2 && set.rrs[i].rdata[1] == '2') {
			return true;
		}
	}
	return false;
}

/* The second member of a node, or NULL: equal ones are one. */
static const struct acml_rr *second_member(const struct acml_node *node)
{
	struct acml_rrset set = acml_node_rrset(node, KNOT_RRTYPE_PTR);
	for (size_t i = 1; i < set.count; i++) {
		if (!knot_dname_is_case_equal(set.rrs[0].rdata, set.rrs[i].rdata)) {
			return &set.rrs[i];
		}
	}
	return NULL;
}

static int compare_data(const struct acml_rr *a, const struct acml_rr *b)
{
	size_t len = a->rdlen < b->rdlen ? a->rdlen : b->rdlen;
	int order = memcmp(a->rdata, b->rdata, len);
	return order != 0 ? order : (int)a->rdlen - (int)b->rdlen;
}

/* The group record that counts, or NULL: the first in canonical order, and whether it has company. */
static const struct acml_rr *group_record(const struct acml_node *node,
                                          const struct acml_rr **out_other)
{
	struct acml_rrset set = acml_node_rrset(node, KNOT_RRTYPE_TXT);
	const struct acml_rr *first = NULL;
	*out_other = NULL;
	for (size_t i = 0; i < set.count; i++) {
		const struct acml_rr *rr = &set.rrs[i];
		int order = first == NULL ? -1 : compare_data(rr, first);
		if (rr->rdlen > 0) {
			*out_other = first != NULL && order != 0 ? rr : *out_other;
			first = order < 0 ? rr : first;
		}
	}
	return first;
}

static bool obstacle(struct acml_obstacle *out, const char *what, const struct acml_rr *rr)
{
	*out = (struct acml_obstacle){
		.what = what, .owner = rr->owner, .line = rr->line, .file = rr->file,
	};
	return false;
}

static bool check_group(const struct acml_zone *zone, const struct acml_node *node,
                        const struct acml_server *server, struct acml_obstacle *out)
{
	const struct acml_rr *other;
	const struct acml_rr *group = group_record(node, &other);
	if (other != NULL && server->version < KNOT_3_4) {
		return obstacle(out, "a member with several groups, which Knot takes since 3.4", other);
	} else if (group != NULL && group->rdlen != group->rdata[0] + 1) {
		/* Without a member it is passed over. */
		return acml_zone_rrset(zone, acml_name_parent(node->owner),
		                       KNOT_RRTYPE_PTR).count == 0 ||
		       obstacle(out, "a group of several strings", group);
	}
	return true;
}

bool acml_catalog_sound(const struct acml_zone *zone, const struct acml_server *server,
                        struct acml_obstacle *out_obstacle)
{
	if (!has_version(zone)) {
		*out_obstacle = (struct acml_obstacle){
			.what = "a catalog zone without TXT \"2\" at the name version",
			.owner = zone->apex,
		};
		return false;
	}
	size_t count;
	const struct acml_node *list = list_of(zone, &count);
	for (size_t i = 0; i < count; i++) {
		const struct acml_rr *other = depth_of(zone, &list[i]) == 1 ?
		                              second_member(&list[i]) : NULL;
		if (other != NULL) {
			return obstacle(out_obstacle, "two members at one name of a catalog zone",
			                other);
		} else if (is_group(zone, &list[i]) &&
		           !check_group(zone, &list[i], server, out_obstacle)) {
			return false;
		}
	}
	return true;
}

static int by_name(const void *a, const void *b)
{
	const struct acml_member *x = a, *y = b;
	int order = knot_dname_cmp(x->name, y->name);
	return order != 0 ? order : knot_dname_cmp(x->rr->owner, y->rr->owner);
}

static int by_owner(const void *a, const void *b)
{
	const struct acml_member *x = a, *y = b;
	return knot_dname_cmp(x->rr->owner, y->rr->owner);
}

static size_t drop_doubles(struct acml_member *members, size_t count)
{
	size_t kept = 0;
	if (count > 1) {
		qsort(members, count, sizeof(*members), by_name);
	}
	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || !acml_name_equal(members[kept - 1].name, members[i].name)) {
			members[kept++] = members[i];
		}
	}
	if (kept > 1) {
		qsort(members, kept, sizeof(*members), by_owner);
	}
	return kept;
}

/* Of the node behind its member; nodes stand in the order of their names. */
static int set_group(const struct acml_node *node, struct acml_arena *arena,
                     struct acml_member *member)
{
	const struct acml_rr *other;
	const struct acml_rr *group = group_record(node, &other);
	if (group == NULL || !acml_name_equal(acml_name_parent(node->owner), member->rr->owner)) {
		return KNOT_EOK;
	}
	char *text = acml_arena_alloc(arena, (size_t)group->rdata[0] + 1);
	if (text == NULL) {
		return KNOT_ENOMEM;
	}
	memcpy(text, group->rdata + 1, group->rdata[0]);
	text[group->rdata[0]] = '\0';
	member->group = text;
	return KNOT_EOK;
}

int acml_catalog_members(const struct acml_zone *zone, struct acml_arena *arena,
                         struct acml_member **out_members, size_t *out_count)
{
	size_t n_nodes, count = 0;
	const struct acml_node *list = list_of(zone, &n_nodes);
	struct acml_member *members = acml_arena_alloc(arena, n_nodes * sizeof(*members) + 1);
	int ret = members == NULL ? KNOT_ENOMEM : KNOT_EOK;
	for (size_t i = 0; i < n_nodes && ret == KNOT_EOK; i++) {
		struct acml_rrset ptr = acml_node_rrset(&list[i], KNOT_RRTYPE_PTR);
		if (depth_of(zone, &list[i]) == 1 && ptr.count > 0) {
			members[count] = (struct acml_member){
				.name = acml_name_dup(arena, ptr.rrs[0].rdata), .group = "",
				.rr = ptr.rrs,
			};
			ret = members[count++].name == NULL ? KNOT_ENOMEM : KNOT_EOK;
		} else if (is_group(zone, &list[i]) && count > 0) {
			ret = set_group(&list[i], arena, &members[count - 1]);
		}
	}
	if (ret == KNOT_EOK) {
		*out_count = drop_doubles(members, count);
		*out_members = members;
	}
	return ret;
}
