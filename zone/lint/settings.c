/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "lint/settings.h"

#include <stdio.h>
#include <string.h>

#include "rules/rule.h"

/* Longer than any rule's name. */
#define NAME_SIZE 64

const char *acml_settings_rule(struct acml_settings *settings, const char *text)
{
	const char *equals = strchr(text, '=');
	if (equals == NULL) {
		return "a rule setting has the form RULE=LEVEL";
	}
	char name[NAME_SIZE];
	if (equals - text >= NAME_SIZE) {
		return "there is no such rule";
	}
	snprintf(name, sizeof(name), "%.*s", (int)(equals - text), text);

	const struct acml_rule *rule = acml_rule_find(name);
	if (rule == NULL) {
		return "there is no such rule";
	}
	enum acml_severity severity;
	if (!acml_severity_parse(equals + 1, &severity)) {
		return "a level is one of off, info, warning, error";
	}
	settings->level[acml_rule_index(rule)] = (uint8_t)(1 + severity);
	return NULL;
}

enum acml_severity acml_settings_level(const struct acml_settings *settings, size_t rule,
                                       enum acml_severity proposed)
{
	uint8_t level = settings->level[rule];
	return level == 0 ? proposed : (enum acml_severity)(level - 1);
}
