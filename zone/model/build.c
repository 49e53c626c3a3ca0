/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/build.h"

#include <stdlib.h>
#include <string.h>

#include <libknot/descriptor.h>
#include <libknot/errcode.h>

#include "model/names.h"

/* Consecutive records of one owner, the unit that is sorted. */
struct run {
	const uint8_t *lf;
	uint64_t head;
	const knot_dname_t *owner;
	size_t first;
	size_t count;
};

bool acml_build_room(void **array, size_t count, size_t *capacity, size_t size)
{
	if (count < *capacity) {
		return true;
	}
	size_t want = *capacity == 0 ? 16 : *capacity * 2;
	if (want > SIZE_MAX / size) {
		return false;
	}
	void *grown = realloc(*array, want * size);
	if (grown == NULL) {
		return false;
	}
	*array = grown;
	*capacity = want;
	return true;
}

int acml_build_add(struct acml_build *build, const struct acml_rr *rr)
{
	if (!acml_name_within(rr->owner, build->zone->apex)) {
		if (!ACML_ROOM(build->outside, build->n_outside, build->cap_outside)) {
			return KNOT_ENOMEM;
		}
		build->outside[build->n_outside++] = *rr;
		return KNOT_EOK;
	}
	if (!ACML_ROOM(build->rrs, build->n_rrs, build->cap_rrs)) {
		return KNOT_ENOMEM;
	}
	build->rrs[build->n_rrs++] = *rr;
	return KNOT_EOK;
}

int acml_build_problem(struct acml_build *build, const struct acml_problem *problem)
{
	if (!ACML_ROOM(build->problems, build->n_problems, build->cap_problems)) {
		return KNOT_ENOMEM;
	}
	build->problems[build->n_problems++] = *problem;
	return KNOT_EOK;
}

int acml_build_remark(struct acml_build *build, const struct acml_remark *remark)
{
	if (!ACML_ROOM(build->remarks, build->n_remarks, build->cap_remarks)) {
		return KNOT_ENOMEM;
	}
	build->remarks[build->n_remarks++] = *remark;
	return KNOT_EOK;
}

static int run_compare(const void *a, const void *b)
{
	const struct run *x = a, *y = b;
	if (x->head != y->head) {
		return x->head < y->head ? -1 : 1;
	}
	int order = acml_name_order(x->lf, y->lf);
	if (order != 0) {
		return order;
	}
	return x->first < y->first ? -1 : 1;
}

static int rr_compare(const void *a, const void *b)
{
	const struct acml_rr *x = a, *y = b;
	if (x->type != y->type) {
		return x->type < y->type ? -1 : 1;
	}
	if (x->file != y->file) {
		return x->file < y->file ? -1 : 1;
	}
	if (x->line != y->line) {
		return x->line < y->line ? -1 : 1;
	}
	return 0;
}

/* Cuts the records, in the order they came, into runs of one owner. */
static int make_runs(struct acml_build *build, struct run **out_runs, size_t *out_count)
{
	struct run *runs = NULL;
	size_t count = 0, capacity = 0;
	for (size_t i = 0; i < build->n_rrs; i++) {
		const knot_dname_t *owner = build->rrs[i].owner;
		if (count > 0 && (runs[count - 1].owner == owner ||
		                  acml_name_equal(runs[count - 1].owner, owner))) {
			runs[count - 1].count++;
			continue;
		}
		knot_dname_storage_t storage;
		const uint8_t *lf = knot_dname_lf(owner, storage);
		const uint8_t *copy = acml_arena_dup(&build->zone->arena, lf, (size_t)lf[0] + 1);
		if (copy == NULL || !ACML_ROOM(runs, count, capacity)) {
			free(runs);
			return KNOT_ENOMEM;
		}
		runs[count++] = (struct run){
			.lf = copy,
			.head = acml_name_head(copy, build->zone->common),
			.owner = owner,
			.first = i,
			.count = 1,
		};
	}
	*out_runs = runs;
	*out_count = count;
	return KNOT_EOK;
}

/* A record that was kept while scanning and came again when its name was settled. */
static bool same_place(const struct acml_rr *a, const struct acml_rr *b)
{
	return a->file == b->file && a->line == b->line && a->type == b->type;
}

/* Sorts a node's records, drops those that are there twice from the same place. */
static size_t settle_node(const struct acml_zone *zone, struct acml_rr *rrs, size_t count)
{
	qsort(rrs, count, sizeof(*rrs), rr_compare);
	if (zone->keep == ACML_KEEP_ALL) {
		return count;
	}
	size_t kept = 0;
	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || !same_place(&rrs[kept - 1], &rrs[i])) {
			rrs[kept++] = rrs[i];
		}
	}
	return kept;
}

/* In canonical order what is above a node comes before it: the one before, or above that. */
static void link_nodes(const struct acml_zone *zone, struct acml_node *nodes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct acml_node *node = &nodes[i];
		const struct acml_node *up = i > 0 ? &nodes[i - 1] : NULL;
		while (up != NULL && !acml_name_below(node->owner, up->owner)) {
			up = up->up;
		}
		node->up = up;
		node->cut = up != NULL ? up->cut : NULL;
		if (node->cut == NULL && !acml_name_equal(node->owner, zone->apex) &&
		    acml_node_rrset(node, KNOT_RRTYPE_NS).count > 0) {
			node->cut = node;
		}
		node->dname = up != NULL ? up->dname : NULL;
		if (node->dname == NULL && acml_node_rrset(up, KNOT_RRTYPE_DNAME).count > 0) {
			node->dname = up;
		}
	}
}

static void fill_nodes(struct acml_build *build, const struct run *runs, size_t n_runs,
                       struct acml_node *nodes, struct acml_rr *rrs)
{
	struct acml_zone *zone = build->zone;
	size_t n_nodes = 0, n_rrs = 0;
	for (size_t i = 0; i < n_runs; ) {
		struct acml_node *node = &nodes[n_nodes++];
		*node = (struct acml_node){
			.owner = runs[i].owner,
			.lf = runs[i].lf,
			.head = runs[i].head,
			.rrs = rrs + n_rrs,
		};
		size_t count = 0;
		for (; i < n_runs && acml_name_equal(runs[i].owner, node->owner); i++) {
			memcpy(rrs + n_rrs + count, build->rrs + runs[i].first,
			       runs[i].count * sizeof(*rrs));
			count += runs[i].count;
		}
		node->count = settle_node(zone, rrs + n_rrs, count);
		n_rrs += node->count;
	}
	link_nodes(zone, nodes, n_nodes);
	zone->nodes = nodes;
	zone->n_nodes = n_nodes;
	zone->rrs = rrs;
	zone->n_rrs = n_rrs;
}

static void *copy_array(struct acml_arena *arena, const void *data, size_t size)
{
	void *out = acml_arena_alloc(arena, size);
	if (out != NULL && size > 0) {
		memcpy(out, data, size);
	}
	return out;
}

#define ARENA_COPY(build, array, count) \
	copy_array(&(build)->zone->arena, (array), (count) * sizeof((array)[0]))

static int freeze_lists(struct acml_build *build)
{
	struct acml_zone *zone = build->zone;
	zone->outside = ARENA_COPY(build, build->outside, build->n_outside);
	zone->problems = ARENA_COPY(build, build->problems, build->n_problems);
	zone->remarks = ARENA_COPY(build, build->remarks, build->n_remarks);
	if (zone->outside == NULL || zone->problems == NULL || zone->remarks == NULL) {
		return KNOT_ENOMEM;
	}
	zone->n_outside = build->n_outside;
	zone->n_problems = build->n_problems;
	zone->n_remarks = build->n_remarks;
	return KNOT_EOK;
}

int acml_build_freeze(struct acml_build *build)
{
	struct run *runs = NULL;
	size_t n_runs = 0;
	knot_dname_storage_t apex;
	build->zone->common = knot_dname_lf(build->zone->apex, apex)[0];
	int ret = make_runs(build, &runs, &n_runs);
	if (ret != KNOT_EOK) {
		return ret;
	}
	if (n_runs > 1) {
		qsort(runs, n_runs, sizeof(*runs), run_compare);
	}

	struct acml_arena *arena = &build->zone->arena;
	struct acml_node *nodes = acml_arena_alloc(arena, n_runs * sizeof(*nodes));
	struct acml_rr *rrs = acml_arena_alloc(arena, build->n_rrs * sizeof(*rrs));
	if (nodes == NULL || rrs == NULL) {
		free(runs);
		return KNOT_ENOMEM;
	}
	fill_nodes(build, runs, n_runs, nodes, rrs);
	free(runs);
	return freeze_lists(build);
}

void acml_build_clear(struct acml_build *build)
{
	free(build->rrs);
	free(build->outside);
	free(build->problems);
	free(build->remarks);
	*build = (struct acml_build){ 0 };
}
