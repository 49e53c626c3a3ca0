/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The section external of Knot's configuration that a zone with the module names: what the server
 * dumps there, the commit gate judges.
 */

#pragma once

#include "cli/knot_module.h"

/* Says on stderr if nothing of the zone could ever be published through the gate. ACML_EXIT_OK or
 * ACML_EXIT_USAGE. */
int acml_knot_external(const struct acml_knot_conf *conf, const char *zone,
                       const struct acml_knot_files *files);
