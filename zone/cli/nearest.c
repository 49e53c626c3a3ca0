/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/nearest.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "rules/rule.h"

#define MAX_WORD 48

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Edits between two words, a swap of neighbours counting as one; MAX_WORD when either is long. */
static size_t distance(const char *a, const char *b)
{
	size_t la = strlen(a);
	size_t lb = strlen(b);
	if (la >= MAX_WORD || lb >= MAX_WORD) {
		return MAX_WORD;
	}
	size_t rows[3][MAX_WORD + 1];
	for (size_t j = 0; j <= lb; j++) {
		rows[0][j] = j;
	}
	for (size_t i = 1; i <= la; i++) {
		size_t *row = rows[i % 3];
		const size_t *above = rows[(i + 2) % 3];
		const size_t *before = rows[(i + 1) % 3];
		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			int x = tolower((unsigned char)a[i - 1]);
			int y = tolower((unsigned char)b[j - 1]);
			row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
			    y == tolower((unsigned char)a[i - 2])) {
				row[j] = least(row[j], before[j - 2] + 1);
			}
		}
	}
	return rows[la % 3][lb];
}

const char *acml_nearest(const char *word, acml_words_f at, const void *context)
{
	const char *best = NULL;
	size_t best_distance = 1 + least(3, strlen(word) / 3);
	const char *candidate;
	for (size_t i = 0; (candidate = at(context, i)) != NULL; i++) {
		size_t d = distance(word, candidate);
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
