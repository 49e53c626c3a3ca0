/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Builder: what the reader fills and freezes into a zone. Private to zone/model.
 *
 * acml_build_freeze() may be called again after more records came; each call replaces the zone's
 * arrays. Every function returns KNOT_EOK or KNOT_ENOMEM.
 */

#pragma once

#include "model/zone.h"

struct acml_build {
	struct acml_zone *zone;
	struct acml_rr *rrs;
	size_t n_rrs, cap_rrs;
	struct acml_rr *outside;
	size_t n_outside, cap_outside;
	struct acml_problem *problems;
	size_t n_problems, cap_problems;
	struct acml_remark *remarks;
	size_t n_remarks, cap_remarks;
};

/* Makes room for one more element in a malloc()ed array: false without memory. */
#define ACML_ROOM(array, count, capacity) \
	((count) < (capacity) || \
	 acml_build_room((void **)&(array), (count), &(capacity), sizeof((array)[0])))
bool acml_build_room(void **array, size_t count, size_t *capacity, size_t size);

/* rr is copied, its pointers are not: they belong to the zone's arena. */
int acml_build_add(struct acml_build *build, const struct acml_rr *rr);
int acml_build_problem(struct acml_build *build, const struct acml_problem *problem);
int acml_build_remark(struct acml_build *build, const struct acml_remark *remark);

int acml_build_freeze(struct acml_build *build);

/* Frees the builder's own arrays, not the zone. */
void acml_build_clear(struct acml_build *build);
