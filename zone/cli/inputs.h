/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Inputs: the zone files of a run, in a stable order: as given; a folder's files in byte order of
 * their names, folder by folder. A file given twice counts once.
 *
 * A folder is searched with everything below it for *.zone and db.*, apart from what begins with a
 * dot, editors' and servers' by-products (db.x.jnl, db.x~ …) and folders behind symbolic links.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "report/report.h"

struct acml_input_file {
	char *path;
	bool once;              /* Standard input or a pipe: can be read only once. */
	/* Of a zone that a server's configuration names: */
	char *origin;           /* Text; NULL: the run's, or the file tells it. */
	char *published;        /* The file that the server loads, where the path is only what
	                         * operators edit; NULL: the path itself. */
	bool soft_checks;       /* semantic-checks: soft */
	bool catalog;           /* catalog-role: interpret */
	bool external;          /* external-validation: each new version is asked about */
	bool several;           /* Other sections of the module have this zone as well. */
	size_t place;           /* Of the zone in the configuration, below its n_places. */
};

struct acml_inputs {
	struct acml_input_file *files;
	size_t n_files;
	size_t max_files;
	/* What could not be read on the way, for the report. */
	struct acml_run_error *errors;  /* file and message are malloc()ed. */
	size_t n_errors;
	size_t max_errors;
};

/* Adds a file, a folder's files, or "-". KNOT_EOK or KNOT_ENOMEM. */
int acml_inputs_add(struct acml_inputs *inputs, const char *path);

/* Adds a zone of a server's configuration. The strings are copied. KNOT_EOK or KNOT_ENOMEM. */
int acml_inputs_add_zone(struct acml_inputs *inputs, const struct acml_input_file *file);

/* Adds what a list names, one a line, or separated by NUL bytes when it holds any. "-" is
 * standard input. KNOT_EOK, KNOT_ENOMEM, or the negative errno of the list. */
int acml_inputs_add_list(struct acml_inputs *inputs, const char *list);

/* Remembers an input that cannot be read. KNOT_EOK or KNOT_ENOMEM. */
int acml_inputs_error(struct acml_inputs *inputs, const char *file, const char *message);

/* Drops files given twice. KNOT_EOK or KNOT_ENOMEM. */
int acml_inputs_unique(struct acml_inputs *inputs);

void acml_inputs_clear(struct acml_inputs *inputs);
