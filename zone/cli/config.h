/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The configuration file, in the syntax of knot.conf:
 *
 *     acmlint:
 *         fail-on: warning
 *         name: [example.com, "*.example.com"]
 *         rule: [TOK018=off]
 */

#pragma once

#include "cli/options.h"

#define ACML_CONFIG_NAME ".acmlint.conf"

/* Applies a file's settings. path NULL: the first .acmlint.conf in the working directory or, inside
 * a git repository, above it up to the repository's root; none is fine. ACML_EXIT_OK or
 * ACML_EXIT_USAGE, said on stderr. */
int acml_config_apply(const char *path, struct acml_options *options);
