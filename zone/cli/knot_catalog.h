/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Catalog zones of a Knot configuration: what they list, as far as their files tell, becomes zones
 * of the configuration, with the template that the server would give them.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/knot_conf.h"

/* A catalog zone that the server would not take. Strings are the configuration's. */
struct acml_knot_fault {
	const char *zone;
	const char *file;
	uint32_t line;
	const char *message;
};

struct acml_knot_faults {
	struct acml_knot_fault *faults;
	size_t count, max;
};

/* Whether the module would publish a zone's source, as its reference of this number.
 * ACML_EXIT_OK, or another status after having said on stderr why. */
struct acml_knot_ask {
	int (*accepts)(void *context, const struct acml_conf_item *place, size_t number,
	               bool *out_accepted);
	void *context;
};

/* Adds the members. ACML_EXIT_OK, or another status after having said on stderr why. *out_faults is
 * to be freed in any case. */
int acml_knot_catalogs(struct acml_knot_conf *conf, const struct acml_knot_ask *ask, bool quiet,
                       struct acml_knot_faults *out_faults);
