/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Zones of a Knot configuration: which file of each zone would be linted, with which options, as
 * mod-acmlint does it when the server reloads. Zones with the same section of the module make one
 * group; those without the module make another, with the settings of the command line.
 */

#pragma once

#include "cli/options.h"

/* How the command line has its say about a group. */
struct acml_knot_say {
	/* Before the section: own is false for zones without the module. ACML_EXIT_OK or another. */
	int (*before)(void *context, struct acml_options *group, bool own);
	int (*after)(void *context, struct acml_options *group);
	void *context;
};

/* Fills options->groups. only: these zones, if there are any. ACML_EXIT_OK, or another status after
 * having said on stderr why. */
int acml_knot_zones(const char *path, char *const *only, size_t n_only,
                    const struct acml_knot_say *say, struct acml_options *options);
