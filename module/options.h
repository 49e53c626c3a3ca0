/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Options: the module's section of knot.conf, its schema, its check, and what it says for a zone.
 *
 * Every value that knotd is asked for costs some microseconds, and a server has thousands of
 * zones: so the section is read once for the zones that load one after the other, and a zone's
 * details only when its file has to be read.
 */

#pragma once

#include <knot/module.h>

#include "model/filename.h"
#include "inspect.h"

extern const yp_item_t acml_options_schema[];

/* Configuration check of one section. */
int acml_options_check(knotd_conf_check_args_t *args);

/* The section of this instance, with a reference for the caller; NULL without memory. Locked. */
struct acml_section *acml_options_section(knotd_mod_t *mod, struct acml_givens *givens);

/* Whether the section names a source. */
bool acml_options_has_source(knotd_mod_t *mod);

/* The same in a load callback, shared by the zones of a burst that have the same modules. */
struct acml_section *acml_options_shared(knotd_mod_t *mod, struct acml_burst *burst);

/* The files of one zone and the policy for it, that supposes nothing yet. */
struct acml_files {
	const char *fault;                  /* What is wrong with a file name; NULL. */
	char source[ACML_PATH_MAX];         /* Empty without a load gate. */
	char published[ACML_PATH_MAX];
	struct acml_policy policy;          /* Borrows the section. */
};
void acml_options_files(knotd_mod_t *mod, const struct acml_section *section,
                        const knot_dname_t *zone, struct acml_files *out);

void acml_options_detail(knotd_mod_t *mod, const knot_dname_t *zone, struct acml_policy *policy);

/* The modules of a zone, as bytes that can be compared; how many, 0: acmlint is not there exactly
 * once, or the list is too long. */
size_t acml_options_modules(knotd_mod_t *mod, const knot_dname_t *zone,
                            uint8_t out_modules[ACML_MODULES_MAX]);

/* Where the state file is. */
void acml_options_state(knotd_mod_t *mod, char out_path[ACML_PATH_MAX]);

/* Stands for the configuration that the instance is loaded under: two that exist at the same time
 * differ. */
const void *acml_options_configuration(knotd_mod_t *mod);

/* A load callback begins and ends. */
void acml_burst_begin(struct acml_burst *burst);
void acml_burst_end(struct acml_burst *burst);
int64_t acml_burst_clock(void);
