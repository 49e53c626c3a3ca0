/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Settings: the level of each rule, changed by --rule, by the configuration file, by the module's
 * option "rule". Plain values, no allocation. */

#pragma once

#include <stddef.h>
#include <stdint.h>

#include "lint/finding.h"

#define ACML_MAX_RULES 128

struct acml_settings {
	/* By registry index: 0 the rule's own severities, else 1 + enum acml_severity. */
	uint8_t level[ACML_MAX_RULES];
};

/* Applies "ID=LEVEL" or "name=LEVEL". NULL when it took effect, else what is wrong with it: a
 * static string, lower case. */
const char *acml_settings_rule(struct acml_settings *settings, const char *text);

/* The severity a finding gets: proposed unless a level is set for the rule. */
enum acml_severity acml_settings_level(const struct acml_settings *settings, size_t rule,
                                       enum acml_severity proposed);
