/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/change.h"

#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>

#include "model/build.h"
#include "model/names.h"

static int add_all(struct acml_build *build, const struct acml_zone *base, const bool *dropped,
                   const struct acml_rr *added, size_t n_added)
{
	int ret = KNOT_EOK;
	for (size_t i = 0; i < base->n_rrs && ret == KNOT_EOK; i++) {
		if (!dropped[i]) {
			ret = acml_build_add(build, &base->rrs[i]);
		}
	}
	for (size_t i = 0; i < n_added && ret == KNOT_EOK; i++) {
		ret = acml_build_add(build, &added[i]);
	}
	for (size_t i = 0; i < base->n_outside && ret == KNOT_EOK; i++) {
		ret = acml_build_add(build, &base->outside[i]);
	}
	for (size_t i = 0; i < base->n_problems && ret == KNOT_EOK; i++) {
		ret = acml_build_problem(build, &base->problems[i]);
	}
	for (size_t i = 0; i < base->n_remarks && ret == KNOT_EOK; i++) {
		ret = acml_build_remark(build, &base->remarks[i]);
	}
	return ret == KNOT_EOK ? acml_build_freeze(build) : ret;
}

int acml_zone_change(const struct acml_zone *base, const bool *dropped,
                     const struct acml_rr *added, size_t n_added, struct acml_zone **out_zone)
{
	struct acml_zone *zone = calloc(1, sizeof(*zone));
	if (zone == NULL) {
		return KNOT_ENOMEM;
	}
	*zone = *base;
	zone->arena = (struct acml_arena){ 0 };
	struct acml_build build = { .zone = zone };
	int ret = add_all(&build, base, dropped, added, n_added);
	acml_build_clear(&build);
	if (ret != KNOT_EOK) {
		acml_zone_free(zone);
		return ret;
	}
	*out_zone = zone;
	return KNOT_EOK;
}

static int by_content(const void *a, const void *b)
{
	const struct acml_rr *x = *(const struct acml_rr *const *)a;
	const struct acml_rr *y = *(const struct acml_rr *const *)b;
	if (x->type != y->type) {
		return x->type < y->type ? -1 : 1;
	} else if (x->ttl != y->ttl) {
		return x->ttl < y->ttl ? -1 : 1;
	} else if (x->rdlen != y->rdlen) {
		return x->rdlen < y->rdlen ? -1 : 1;
	}
	return x->rdlen == 0 ? 0 : memcmp(x->rdata, y->rdata, x->rdlen);
}

/* Pointers to all records, each node's in the order of their content. */
static const struct acml_rr **sorted(const struct acml_zone *zone)
{
	const struct acml_rr **list = calloc(zone->n_rrs + 1, sizeof(*list));
	for (size_t i = 0; list != NULL && i < zone->n_rrs; i++) {
		list[i] = &zone->rrs[i];
	}
	for (size_t i = 0; list != NULL && i < zone->n_nodes; i++) {
		const struct acml_node *node = &zone->nodes[i];
		if (node->count > 1) {
			qsort(list + (node->rrs - zone->rrs), node->count, sizeof(*list),
			      by_content);
		}
	}
	return list;
}

int acml_zone_same(const struct acml_zone *a, const struct acml_zone *b, bool *out_same)
{
	if (a->n_rrs != b->n_rrs || a->n_nodes != b->n_nodes || a->n_outside != b->n_outside ||
	    a->n_problems != b->n_problems || a->complete != b->complete) {
		*out_same = false;
		return KNOT_EOK;
	}
	const struct acml_rr **x = sorted(a);
	const struct acml_rr **y = sorted(b);
	int ret = x != NULL && y != NULL ? KNOT_EOK : KNOT_ENOMEM;
	bool same = ret == KNOT_EOK;
	for (size_t i = 0; same && i < a->n_rrs; i++) {
		same = acml_name_equal(x[i]->owner, y[i]->owner) && by_content(&x[i], &y[i]) == 0;
	}
	free(x);
	free(y);
	if (ret == KNOT_EOK) {
		*out_same = same;
	}
	return ret;
}
