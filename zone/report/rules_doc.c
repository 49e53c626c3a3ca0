/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report/rules_doc.h"

#include <string.h>

const struct acml_rules_doc *const acml_rules_docs[] = {
	&acml_rules_doc_text,
	&acml_rules_doc_json,
	&acml_rules_doc_markdown,
	NULL
};

const struct acml_rules_doc *acml_rules_doc_find(const char *name)
{
	for (size_t i = 0; acml_rules_docs[i] != NULL; i++) {
		if (strcmp(acml_rules_docs[i]->name, name) == 0) {
			return acml_rules_docs[i];
		}
	}
	return NULL;
}

const char *acml_rule_need(const struct acml_rule *rule, size_t i)
{
	static const struct {
		unsigned need;
		const char *text;
	} needs[] = {
		{ 0, "zone" },
		{ ACML_NEED_WHOLE, "complete zone" },
		{ ACML_NEED_SIGNED, "signed zone" },
		{ ACML_NEED_PARENT | ACML_NEED_PARENT_NS | ACML_NEED_HOSTED, "parent" },
		{ ACML_NEED_INVENTORY, "inventory" },
		{ ACML_NEED_COMPLETE_INVENTORY, "complete inventory" },
		{ ACML_NEED_BASELINE, "baseline" },
		{ ACML_NEED_ZONES, "further zones" },
	};
	for (size_t j = 0; j < sizeof(needs) / sizeof(needs[0]); j++) {
		bool needed = needs[j].need == 0 || (rule->needs & needs[j].need) != 0;
		if (needed && i-- == 0) {
			return needs[j].text;
		}
	}
	return NULL;
}
