/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The options of a section of the module, as the module itself takes them. Both say on stderr what
 * is wrong, with the item's file and line, and return ACML_EXIT_OK or another status.
 */

#pragma once

#include "cli/knot_conf.h"
#include "cli/options.h"

/* Always ACML_EXIT_USAGE. */
int acml_knot_wrong(const struct acml_conf_item *item, const char *text);

/* reference: what names the section. */
int acml_knot_section(const struct acml_knot_conf *conf, const struct acml_conf_item *reference,
                      const char *id, struct acml_options *group);
