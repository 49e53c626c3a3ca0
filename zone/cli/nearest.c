/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/nearest.h"

#include <stdio.h>
#include <string.h>

#include "model/distance.h"
#include "rules/rule.h"

const char *acml_nearest(const char *word, acml_words_f at, const void *context)
{
	const char *best = NULL;
	size_t len = strlen(word);
	size_t best_distance = 1 + (len / 3 < 3 ? len / 3 : 3);
	const char *candidate;
	for (size_t i = 0; (candidate = at(context, i)) != NULL; i++) {
		size_t d = acml_distance(word, len, candidate, strlen(candidate));
		if (d < best_distance) {
			best_distance = d;
			best = candidate;
		}
	}
	return best;
}

const char *acml_hint(const char *word, acml_words_f at, const void *context,
                      char buffer[ACML_HINT])
{
	const char *near = acml_nearest(word, at, context);
	buffer[0] = '\0';
	if (near != NULL) {
		snprintf(buffer, ACML_HINT, " (did you mean '%s'?)", near);
	}
	return buffer;
}

const char *acml_rule_words(const void *context, size_t i)
{
	(void)context;
	const struct acml_rule *rule = acml_rule_at(i / 2);
	return rule == NULL ? NULL : i % 2 == 0 ? rule->id : rule->name;
}
