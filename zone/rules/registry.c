/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <strings.h>

#include "rules/rule.h"

/* By the ids' letters. An id is a promise: never reused, never redefined. */
static const struct acml_rule *const *const families[] = {
	acml_rules_caa,
	acml_rules_delegation,
	acml_rules_inventory,
	acml_rules_migration,
	acml_rules_mail,
	acml_rules_dnssec,
	acml_rules_syntax,
	acml_rules_token,
};

#define FAMILIES (sizeof(families) / sizeof(families[0]))

const struct acml_rule *acml_rule_at(size_t index)
{
	for (size_t family = 0; family < FAMILIES; family++) {
		for (size_t i = 0; families[family][i] != NULL; i++) {
			if (index-- == 0) {
				return families[family][i];
			}
		}
	}
	return NULL;
}

size_t acml_rules_count(void)
{
	size_t count = 0;
	while (acml_rule_at(count) != NULL) {
		count++;
	}
	return count;
}

const struct acml_rule *acml_rule_find(const char *id_or_name)
{
	const struct acml_rule *rule;
	for (size_t i = 0; (rule = acml_rule_at(i)) != NULL; i++) {
		if (strcasecmp(rule->id, id_or_name) == 0 ||
		    strcasecmp(rule->name, id_or_name) == 0) {
			return rule;
		}
	}
	return NULL;
}

size_t acml_rule_index(const struct acml_rule *rule)
{
	size_t i = 0;
	while (acml_rule_at(i) != rule) {
		i++;
	}
	return i;
}
