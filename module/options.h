/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Options: the module's section of knot.conf: its schema, its check, and what it says for one
 * zone. Asks knotd for values, so it is of use in a load callback only.
 */

#pragma once

#include <knot/module.h>

#include "model/filename.h"
#include "inspect.h"

extern const yp_item_t acml_options_schema[];

/* Configuration check of one section. */
int acml_options_check(knotd_conf_check_args_t *args);

/* Borrows from the configuration: valid until the load callback returns. */
struct acml_options {
	struct acml_policy policy;
	const char *fault;                  /* What is wrong with a file name; NULL. */
	bool has_source;
	char source[ACML_PATH_MAX];
	char published[ACML_PATH_MAX];
	knotd_conf_t names;
	knotd_conf_t rules;
	struct acml_wanted *wanted;
	knot_dname_storage_t *storage;      /* Of the wanted names. */
	const knot_dname_t **wanted_names;
	const char **rule_texts;
};

/* KNOT_EOK or KNOT_ENOMEM; to be cleared either way. */
int acml_options_read(knotd_mod_t *mod, struct acml_options *out);
void acml_options_clear(struct acml_options *options);

/* Where the state file is. */
void acml_options_state(knotd_mod_t *mod, char out_path[ACML_PATH_MAX]);
