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

const struct acml_rule *acml_rule_next(struct acml_rule_walk *walk)
{
	while (walk->family < FAMILIES) {
		const struct acml_rule *rule = families[walk->family][walk->member];
		if (rule != NULL) {
			walk->member++;
			return rule;
		}
		walk->family++;
		walk->member = 0;
	}
	return NULL;
}

const struct acml_rule *acml_rule_at(size_t index)
{
	struct acml_rule_walk walk = { 0 };
	const struct acml_rule *rule;
	while ((rule = acml_rule_next(&walk)) != NULL && index > 0) {
		index--;
	}
	return rule;
}

size_t acml_rules_count(void)
{
	struct acml_rule_walk walk = { 0 };
	size_t count = 0;
	while (acml_rule_next(&walk) != NULL) {
		count++;
	}
	return count;
}

const struct acml_rule *acml_rule_find(const char *id_or_name)
{
	struct acml_rule_walk walk = { 0 };
	const struct acml_rule *rule;
	while ((rule = acml_rule_next(&walk)) != NULL) {
		if (strcasecmp(rule->id, id_or_name) == 0 ||
		    strcasecmp(rule->name, id_or_name) == 0) {
			return rule;
		}
	}
	return NULL;
}

size_t acml_rule_index(const struct acml_rule *rule)
{
	struct acml_rule_walk walk = { 0 };
	size_t i = 0;
	while (acml_rule_next(&walk) != rule) {
		i++;
	}
	return i;
}
