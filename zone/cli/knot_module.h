/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What a zone of Knot's configuration has to do with the module: which sections it refers to, and
 * which files that gives.
 */

#pragma once

#include <stdbool.h>

#include "cli/knot_conf.h"
#include "model/filename.h"

#define ACML_KNOT_MODULE "mod-acmlint"

/* Where Debian's knotd and every other packaged one keeps its data. */
#define ACML_KNOT_STORAGE "/var/lib/knot"

/* The section's identifier in a reference to the module, "" without one; NULL: to another module. */
const char *acml_knot_refers(const char *reference);

/* The zone's reference of this number, from 0, of those to different sections; NULL: it has no so
 * many. *out_id: the section's, "" for the one without a name; NULL without a reference. */
const struct acml_conf_item *acml_knot_module(const struct acml_knot_conf *conf, const char *zone,
                                              size_t number, const char **out_id);

/* Where a zone's files are. */
struct acml_knot_files {
	char published[ACML_PATH_MAX];  /* What the server loads. */
	char source[ACML_PATH_MAX];     /* What the module reads before, if has_source. */
	bool has_source;
};

/* id: of the module's section, or NULL. NULL, or what is wrong with a name, and *out_item: of which
 * item; NULL: not of one. */
const char *acml_knot_files(const struct acml_knot_conf *conf, const char *zone, const char *id,
                            struct acml_knot_files *out, const struct acml_conf_item **out_item);
