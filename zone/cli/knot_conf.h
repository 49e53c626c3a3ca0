/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Knot's configuration: which zones a server has, in which files, and with which options of the
 * module. Read by libknot's own parser; what concerns neither zones nor the module nor what the
 * server has validated is passed over.
 * Everything belongs to the configuration.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libknot/dname.h>

#include "model/arena.h"

/* One value of one item. */
struct acml_conf_item {
	const char *section;
	const char *id;                 /* A zone's as a name in lower case with its final dot; "": none. */
	const char *key;                /* "": the identifier itself. */
	const char *value;              /* "": the item is there, without a value. */
	const char *file;
	size_t line;
	size_t order;
};

struct acml_knot_conf {
	struct acml_arena arena;
	struct acml_conf_item *items;   /* By section, id and key; within these as in the files. */
	size_t n_items, cap_items;
	const struct acml_conf_item **zones;    /* Their identifiers, as in the files. */
	size_t n_zones;
	char wrong[512];                /* What is wrong with it, with file and line. */
};

/* KNOT_EOK; KNOT_ENOMEM; KNOT_EPARSEFAIL or a file's negative errno, with wrong filled. */
int acml_knot_conf_read(const char *path, struct acml_knot_conf *out);

/* Adds a zone with a template, as a catalog zone's member; the strings are the configuration's.
 * Seen when it is settled. KNOT_EOK or KNOT_ENOMEM. */
int acml_knot_conf_add(struct acml_knot_conf *conf, const char *zone, const char *template,
                       const char *file, size_t line);

/* Puts the items in order again. KNOT_EOK, KNOT_ENOMEM, or KNOT_EPARSEFAIL for what is there twice,
 * with wrong filled. */
int acml_knot_conf_settle(struct acml_knot_conf *conf);

void acml_knot_conf_clear(struct acml_knot_conf *conf);

/* The values of an item of a section, in order; the first and how many. */
const struct acml_conf_item *acml_conf_find(const struct acml_knot_conf *conf, const char *section,
                                            const char *id, const char *key, size_t *out_count);

/* All items of one identifier. */
const struct acml_conf_item *acml_conf_section(const struct acml_knot_conf *conf,
                                               const char *section, const char *id,
                                               size_t *out_count);

/* An item of a zone as the server takes it: the zone's own, else of its template, else of the
 * default one. No values: not set, or set to nothing. */
const struct acml_conf_item *acml_conf_zone(const struct acml_knot_conf *conf, const char *zone,
                                            const char *key, size_t *out_count);

/* The last value of such an item, or fallback. */
const char *acml_conf_zone_text(const struct acml_knot_conf *conf, const char *zone,
                                const char *key, const char *fallback);
