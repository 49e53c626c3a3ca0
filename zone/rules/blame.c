/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "rules/blame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/caa.h"

/* Errors that hurt every name of a zone: of many, these are enough to look at. */
#define MOST_WHOLE 64

struct label {
	const knot_dname_t *owner;
	const struct acml_finding *error;
};

struct acml_blame {
	size_t n_findings;              /* How many there were. */
	struct acml_finding *errors;    /* Copies: findings move. */
	size_t n_errors;
	const struct acml_finding **by_owner;
	const struct acml_finding **by_line;
	const struct acml_finding **by_domain;
	size_t n_domains;
	const struct acml_finding *whole[MOST_WHOLE];
	size_t n_whole;
	struct label *labels;           /* Of tokens with an error, by label. */
	size_t n_labels;
};

typedef int (*compare_f)(const void *, const void *);

/* A key has no rule, and stands before every error that is like it. */
static int by_place(const struct acml_finding *x, const struct acml_finding *y)
{
	if (x->rule == NULL || y->rule == NULL) {
		return (x->rule != NULL) - (y->rule != NULL);
	}
	return x < y ? -1 : x > y;
}

static int by_owner(const void *a, const void *b)
{
	const struct acml_finding *const *x = a, *const *y = b;
	int order = strcmp((*x)->owner, (*y)->owner);
	return order != 0 ? order : by_place(*x, *y);
}

static int by_domain(const void *a, const void *b)
{
	const struct acml_finding *const *x = a, *const *y = b;
	int order = strcmp((*x)->domain, (*y)->domain);
	return order != 0 ? order : by_place(*x, *y);
}

static int by_line(const void *a, const void *b)
{
	const struct acml_finding *const *x = a, *const *y = b;
	int order = strcmp((*x)->file, (*y)->file);
	if (order == 0) {
		order = (*x)->line < (*y)->line ? -1 : (*x)->line > (*y)->line;
	}
	return order != 0 ? order : by_place(*x, *y);
}

/* A token's first label without its underscore. */
static int compare_labels(const knot_dname_t *a, const knot_dname_t *b)
{
	size_t skip_a = a[0] > 0 && a[1] == '_', skip_b = b[0] > 0 && b[1] == '_';
	size_t len_a = a[0] - skip_a, len_b = b[0] - skip_b;
	return len_a != len_b ? (len_a < len_b ? -1 : 1) :
	       memcmp(a + 1 + skip_a, b + 1 + skip_b, len_a);
}

static int by_label(const void *a, const void *b)
{
	const struct label *x = a, *y = b;
	int order = compare_labels(x->owner, y->owner);
	return order != 0 ? order : x->error < y->error ? -1 : x->error > y->error;
}

/* The first of an index that is not before the key. */
static size_t lower_bound(const struct acml_finding **index, size_t count,
                          const struct acml_finding *key, compare_f compare)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct acml_finding *at = index[middle];
		if (compare(&at, &key) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

/* Findings about certificates explain nothing: they are what is to be explained. */
static bool explains(const struct acml_finding *finding)
{
	return finding->severity == ACML_ERROR &&
	       (strncmp(finding->rule->id, "INV", 3) != 0 ||
	        strcmp(finding->rule->id, "INV003") <= 0);
}

static bool is_family(const struct acml_finding *finding, const char *family)
{
	return strncmp(finding->rule->id, family, strlen(family)) == 0;
}

static void index_errors(struct acml_blame *blame)
{
	for (size_t i = 0; i < blame->n_errors; i++) {
		const struct acml_finding *error = &blame->errors[i];
		blame->by_owner[i] = error;
		blame->by_line[i] = error;
		if (error->domain != NULL) {
			blame->by_domain[blame->n_domains++] = error;
		} else if ((is_family(error, "SEC") || is_family(error, "DEL")) &&
		           blame->n_whole < MOST_WHOLE) {
			blame->whole[blame->n_whole++] = error;
		}
	}
	if (blame->n_errors > 1) {
		qsort(blame->by_owner, blame->n_errors, sizeof(*blame->by_owner), by_owner);
		qsort(blame->by_line, blame->n_errors, sizeof(*blame->by_line), by_line);
		qsort(blame->by_domain, blame->n_domains, sizeof(*blame->by_domain), by_domain);
	}
}

static void index_labels(const struct acml_judge *judge, struct acml_blame *blame)
{
	for (size_t i = 0; i < judge->n_tokens && blame->n_errors > 0; i++) {
		const struct acml_rr *rr = judge->tokens[i].rr;
		const struct acml_finding *error = acml_blame_record(judge, rr);
		if (error != NULL && is_family(error, "TOK")) {
			blame->labels[blame->n_labels++] = (struct label){ rr->owner, error };
		}
	}
	if (blame->n_labels > 1) {
		qsort(blame->labels, blame->n_labels, sizeof(*blame->labels), by_label);
	}
}

const struct acml_blame *acml_blame(struct acml_judge *judge)
{
	size_t n_findings, count = 0;
	const struct acml_finding *findings = acml_judge_findings(judge, &n_findings);
	if (judge->blame != NULL && judge->blame->n_findings == n_findings) {
		return judge->blame;
	}
	struct acml_blame *blame = acml_judge_alloc(judge, sizeof(*blame));
	for (size_t i = 0; i < n_findings; i++) {
		count += explains(&findings[i]);
	}
	if (blame == NULL) {
		return NULL;
	}
	size_t size = (count + 1) * sizeof(*blame->by_owner);
	blame->errors = acml_judge_alloc(judge, (count + 1) * sizeof(*blame->errors));
	blame->by_owner = acml_judge_alloc(judge, size);
	blame->by_line = acml_judge_alloc(judge, size);
	blame->by_domain = acml_judge_alloc(judge, size);
	blame->labels = acml_judge_alloc(judge, count == 0 ? 1 :
	                                 judge->n_tokens * sizeof(*blame->labels));
	if (blame->errors == NULL || blame->by_owner == NULL || blame->by_line == NULL ||
	    blame->by_domain == NULL || blame->labels == NULL) {
		return NULL;
	}
	for (size_t i = 0; i < n_findings; i++) {
		if (explains(&findings[i])) {
			blame->errors[blame->n_errors++] = findings[i];
		}
	}
	blame->n_findings = n_findings;
	index_errors(blame);
	judge->blame = blame;
	index_labels(judge, blame);
	return blame;
}

const struct acml_finding *acml_blame_owner(const struct acml_judge *judge,
                                            const knot_dname_t *owner)
{
	const struct acml_blame *blame = judge->blame;
	char text[ACML_NAME_TEXT];
	struct acml_finding key = { .owner = acml_name_text(owner, text) };
	if (blame == NULL) {
		return NULL;
	}
	size_t at = lower_bound(blame->by_owner, blame->n_errors, &key, by_owner);
	return at < blame->n_errors && strcmp(blame->by_owner[at]->owner, text) == 0 ?
	       blame->by_owner[at] : NULL;
}

const struct acml_finding *acml_blame_record(const struct acml_judge *judge,
                                             const struct acml_rr *rr)
{
	const struct acml_blame *blame = judge->blame;
	struct acml_finding key = { .file = acml_judge_file(judge, rr), .line = rr->line };
	if (blame == NULL) {
		return NULL;
	}
	size_t at = lower_bound(blame->by_line, blame->n_errors, &key, by_line);
	const struct acml_finding *error = at < blame->n_errors ? blame->by_line[at] : NULL;
	return error != NULL && error->line == key.line && strcmp(error->file, key.file) == 0 ?
	       error : NULL;
}

/* The first error about this name in this form; token_only: that is about its record. */
static const struct acml_finding *blame_form(const struct acml_blame *blame, const char *text,
                                             bool token_only)
{
	const struct acml_finding key = { .domain = text };
	size_t low = lower_bound(blame->by_domain, blame->n_domains, &key, by_domain);
	for (; low < blame->n_domains; low++) {
		const struct acml_finding *error = blame->by_domain[low];
		if (strcmp(error->domain, text) != 0) {
			break;
		}
		if (!token_only || is_family(error, "TOK") || is_family(error, "INV")) {
			return error;
		}
	}
	return NULL;
}

const struct acml_finding *acml_blame_domain(const struct acml_judge *judge,
                                             const knot_dname_t *name, bool wildcard)
{
	const struct acml_blame *blame = judge->blame;
	char host[ACML_NAME_TEXT], text[ACML_NAME_TEXT + 2];
	if (blame == NULL) {
		return NULL;
	}
	acml_name_host(name, host);
	snprintf(text, sizeof(text), "*.%s", host);
	/* "*.x" and "x" have one record, but not one CAA verdict. */
	const struct acml_finding *error = blame_form(blame, wildcard ? text : host, false);
	return error != NULL ? error : blame_form(blame, wildcard ? host : text, true);
}

const struct acml_finding *acml_blame_zone(const struct acml_judge *judge,
                                           const knot_dname_t *name, const char *family)
{
	const struct acml_blame *blame = judge->blame;
	for (size_t i = 0; blame != NULL && i < blame->n_whole; i++) {
		knot_dname_storage_t owner;
		if (is_family(blame->whole[i], family) &&
		    acml_name_parse(blame->whole[i]->owner, owner) &&
		    (acml_name_within(name, owner) ||
		     acml_name_equal(acml_name_parent(owner), name))) {
			return blame->whole[i];
		}
	}
	return NULL;
}

const struct acml_finding *acml_blame_label(const struct acml_judge *judge,
                                            const knot_dname_t *owner)
{
	const struct acml_blame *blame = judge->blame;
	size_t low = 0, high = blame != NULL ? blame->n_labels : 0;
	size_t count = high;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare_labels(blame->labels[middle].owner, owner) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low < count && compare_labels(blame->labels[low].owner, owner) == 0 ?
	       blame->labels[low].error : NULL;
}

const struct acml_finding *acml_blame_name(const struct acml_judge *judge,
                                           const knot_dname_t *name, bool wildcard)
{
	const struct acml_finding *error = acml_blame_domain(judge, name, wildcard);
	struct acml_caa_set set;
	if (error != NULL || !acml_name_within(name, judge->zone->apex)) {
		return error;
	}
	acml_caa_relevant(judge->zone, name, &set);
	bool denied = set.where == ACML_CAA_FOUND &&
	              acml_caa_amazon(&set, wildcard) == ACML_DENIED;
	for (size_t i = 0; denied && error == NULL && i < set.set.count; i++) {
		error = acml_blame_record(judge, &set.set.rrs[i]);
	}
	return error != NULL ? error : acml_blame_zone(judge, name, "");
}
