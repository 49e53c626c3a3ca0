/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "lint/tally.h"

#include <stdlib.h>
#include <string.h>

#include "rules/rule.h"

/* FNV-1a, the final NUL included so that texts do not run into each other. */
static uint64_t add_text(uint64_t hash, const char *text)
{
	for (const char *c = text != NULL ? text : "\x01"; ; c++) {
		hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
		if (*c == '\0') {
			return hash;
		}
	}
}

static uint64_t key_of(const struct acml_finding *finding)
{
	uint64_t hash = add_text(UINT64_C(0xcbf29ce484222325), finding->rule->id);
	hash = add_text(hash, finding->owner);
	hash = add_text(hash, finding->type);
	hash = add_text(hash, finding->domain);
	return hash << 2 | (uint64_t)finding->severity;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

bool acml_tally_make(const struct acml_result *result, struct acml_tally *out)
{
	struct acml_tally tally = { .keys = calloc(result->n_findings + 1, sizeof(uint64_t)) };
	if (tally.keys == NULL) {
		return false;
	}
	for (size_t i = 0; i < result->n_findings; i++) {
		if (!result->findings[i].suppressed) {
			tally.keys[tally.count++] = key_of(&result->findings[i]);
		}
	}
	qsort(tally.keys, tally.count, sizeof(*tally.keys), by_value);
	*out = tally;
	return true;
}

void acml_tally_clear(struct acml_tally *tally)
{
	free(tally->keys);
	*tally = (struct acml_tally){ 0 };
}

/* Keys below this one. */
static size_t below(const struct acml_tally *tally, uint64_t key)
{
	size_t low = 0, high = tally->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (tally->keys[middle] < key) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

size_t acml_tally_place(const struct acml_tally *tally, const struct acml_finding *finding)
{
	return below(tally, key_of(finding));
}

size_t acml_tally_count(const struct acml_tally *tally, const struct acml_finding *finding)
{
	uint64_t key = key_of(finding);
	size_t first = below(tally, key);
	/* ACML_ERROR is the last severity, and the last value of the two bits. */
	return below(tally, (key | 3) + 1) - first;
}
