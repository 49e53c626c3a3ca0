/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "lint/baseline.h"

#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>

#include "rules/rule.h"

/* NULL before any text. */
static int compare_text(const char *a, const char *b)
{
	if (a == NULL || b == NULL) {
		return (a != NULL) - (b != NULL);
	}
	return strcmp(a, b);
}

/* What makes two findings of different versions the same. */
static int compare_kind(const struct acml_finding *a, const struct acml_finding *b)
{
	int order = strcmp(a->rule->id, b->rule->id);
	if (order == 0) {
		order = strcmp(a->owner, b->owner);
	}
	if (order == 0) {
		order = strcmp(a->type, b->type);
	}
	return order != 0 ? order : compare_text(a->domain, b->domain);
}

static int by_kind(const void *a, const void *b)
{
	const struct acml_finding *x = *(struct acml_finding *const *)a;
	const struct acml_finding *y = *(struct acml_finding *const *)b;
	int order = compare_kind(x, y);
	if (order == 0) {
		order = strcmp(x->message, y->message);
	}
	return order != 0 ? order : (x < y ? -1 : x > y);
}

static struct acml_finding **sorted(const struct acml_result *result)
{
	struct acml_finding **list = calloc(result->n_findings + 1, sizeof(*list));
	for (size_t i = 0; list != NULL && i < result->n_findings; i++) {
		list[i] = &result->findings[i];
	}
	if (list != NULL) {
		qsort(list, result->n_findings, sizeof(*list), by_kind);
	}
	return list;
}

static size_t kind_end(struct acml_finding **list, size_t first, size_t count)
{
	size_t end = first;
	while (end < count && compare_kind(list[first], list[end]) == 0) {
		end++;
	}
	return end;
}

/* One kind: those of the same wording pair off, then the rest as far as the published ones go. */
static void mark_kind(struct acml_finding **now, size_t n_now, struct acml_finding **was,
                      size_t n_was)
{
	size_t rest = n_was, j = 0;
	for (size_t i = 0; i < n_now; i++) {
		now[i]->is_new = true;
		while (j < n_was && strcmp(was[j]->message, now[i]->message) < 0) {
			j++;
		}
		if (j < n_was && strcmp(was[j]->message, now[i]->message) == 0) {
			now[i]->is_new = false;
			rest--;
			j++;
		}
	}
	for (size_t i = 0; i < n_now && rest > 0; i++) {
		rest -= now[i]->is_new;
		now[i]->is_new = false;
	}
}

int acml_baseline_mark(struct acml_result *result, const struct acml_result *published)
{
	struct acml_finding **now = sorted(result), **was = sorted(published);
	int ret = now != NULL && was != NULL ? KNOT_EOK : KNOT_ENOMEM;
	size_t j = 0, end;
	for (size_t i = 0; ret == KNOT_EOK && i < result->n_findings; i = end) {
		end = kind_end(now, i, result->n_findings);
		while (j < published->n_findings && compare_kind(was[j], now[i]) < 0) {
			j++;
		}
		size_t last = j;
		while (last < published->n_findings && compare_kind(was[last], now[i]) == 0) {
			last++;
		}
		mark_kind(now + i, end - i, was + j, last - j);
		j = last;
	}
	free(now);
	free(was);
	return ret;
}
