/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/baseline.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <libknot/descriptor.h>
#include <libknot/errcode.h>

#include "lint/lint.h"
#include "model/names.h"

struct entry {
	const char *path;
	const char *base;               /* Its last part. */
	char *bytes;                    /* Of what can be read only once, else NULL. */
	size_t size;
	int code;
	knot_dname_t *apex;             /* Once all were asked for it; NULL: not known. */
};

struct acml_baselines {
	struct entry *entries;          /* By base. */
	size_t n;
	pthread_mutex_t lock;           /* Over by_apex. */
	struct entry **by_apex;         /* NULL until a zone was not found by its file's name. */
	size_t n_by_apex;
};

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash != NULL ? slash + 1 : path;
}

static int by_base(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = strcmp(x->base, y->base);
	return order != 0 ? order : strcmp(x->path, y->path);
}

int acml_baselines_new(const struct acml_inputs *files, struct acml_baselines **out_baselines)
{
	struct acml_baselines *baselines = calloc(1, sizeof(*baselines));
	struct entry *entries = calloc(files->n_files + 1, sizeof(*entries));
	if (baselines == NULL || entries == NULL) {
		free(baselines);
		free(entries);
		return KNOT_ENOMEM;
	}
	for (size_t i = 0; i < files->n_files; i++) {
		struct entry *entry = &entries[i];
		entry->path = files->files[i].path;
		entry->base = last_part(entry->path);
		if (files->files[i].once) {
			entry->code = acml_slurp(entry->path, 0, &entry->bytes, &entry->size);
		}
	}
	qsort(entries, files->n_files, sizeof(*entries), by_base);
	baselines->entries = entries;
	baselines->n = files->n_files;
	pthread_mutex_init(&baselines->lock, NULL);
	*out_baselines = baselines;
	return KNOT_EOK;
}

void acml_baselines_free(struct acml_baselines *baselines)
{
	if (baselines == NULL) {
		return;
	}
	for (size_t i = 0; i < baselines->n; i++) {
		free(baselines->entries[i].bytes);
		knot_dname_free(baselines->entries[i].apex, NULL);
	}
	pthread_mutex_destroy(&baselines->lock);
	free(baselines->entries);
	free(baselines->by_apex);
	free(baselines);
}

static int read_entry(struct acml_scanner *scanner, const struct entry *entry,
                      const struct acml_read_options *options, struct acml_zone **out_zone)
{
	if (entry->code != KNOT_EOK) {
		return entry->code;
	}
	return entry->bytes != NULL ?
	       acml_zone_read_bytes(scanner, entry->path, entry->bytes, entry->size, options,
	                            out_zone) :
	       acml_zone_read_file(scanner, entry->path, options, out_zone);
}

static int by_apex(const void *a, const void *b)
{
	const struct entry *x = *(struct entry *const *)a;
	const struct entry *y = *(struct entry *const *)b;
	int order = knot_dname_cmp(x->apex, y->apex);
	return order != 0 ? order : (x < y ? -1 : x > y);
}

/* Which zone each baseline is: asked only when names of files do not tell. */
static int index_by_apex(struct acml_baselines *baselines, struct acml_scanner *scanner,
                         const struct acml_read_options *options)
{
	struct entry **list = calloc(baselines->n + 1, sizeof(*list));
	if (list == NULL) {
		return KNOT_ENOMEM;
	}
	struct acml_read_options plain = *options;
	plain.n_names = 0;
	size_t count = 0;
	int ret = KNOT_EOK;
	for (size_t i = 0; i < baselines->n && ret != KNOT_ENOMEM; i++) {
		struct entry *entry = &baselines->entries[i];
		struct acml_zone *zone = NULL;
		ret = read_entry(scanner, entry, &plain, &zone);
		if (ret == KNOT_EOK) {
			knot_dname_free(entry->apex, NULL);
			entry->apex = knot_dname_copy(zone->apex, NULL);
			acml_zone_free(zone);
			ret = entry->apex != NULL ? KNOT_EOK : KNOT_ENOMEM;
		}
		if (ret == KNOT_EOK) {
			list[count++] = entry;
		}
	}
	if (ret == KNOT_ENOMEM) {
		free(list);
		return ret;
	}
	qsort(list, count, sizeof(*list), by_apex);
	baselines->by_apex = list;
	baselines->n_by_apex = count;
	return KNOT_EOK;
}

static int find_by_apex(struct acml_baselines *baselines, struct acml_scanner *scanner,
                        const struct acml_read_options *options, const knot_dname_t *apex,
                        const struct entry **out_entry)
{
	pthread_mutex_lock(&baselines->lock);
	int ret = baselines->by_apex != NULL ? KNOT_EOK :
	          index_by_apex(baselines, scanner, options);
	pthread_mutex_unlock(&baselines->lock);
	size_t low = 0, high = ret == KNOT_EOK ? baselines->n_by_apex : 0;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (knot_dname_cmp(baselines->by_apex[middle]->apex, apex) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	bool found = ret == KNOT_EOK && low < baselines->n_by_apex &&
	             acml_name_equal(baselines->by_apex[low]->apex, apex);
	*out_entry = found ? baselines->by_apex[low] : NULL;
	return ret;
}

/* How much of their ends two paths share. */
static size_t shared_end(const char *a, const char *b)
{
	size_t len_a = strlen(a), len_b = strlen(b);
	size_t same = 0;
	while (same < len_a && same < len_b && a[len_a - 1 - same] == b[len_b - 1 - same]) {
		same++;
	}
	return same;
}

/* Of those that are called the same, the one whose folders are. */
static const struct entry *find_by_name(const struct acml_baselines *baselines, const char *file)
{
	const struct entry key = { .base = last_part(file) };
	size_t low = 0, high = baselines->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(baselines->entries[middle].base, key.base) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	const struct entry *found = NULL;
	for (; low < baselines->n && strcmp(baselines->entries[low].base, key.base) == 0; low++) {
		const struct entry *entry = &baselines->entries[low];
		if (found == NULL ||
		    shared_end(entry->path, file) > shared_end(found->path, file)) {
			found = entry;
		}
	}
	return found;
}

/* Names of the one version that rules look up in the other: of its tokens, and what they are for. */
struct names {
	const knot_dname_t **list;
	size_t count;
};

static int compare_names(const void *a, const void *b)
{
	return knot_dname_cmp(*(const knot_dname_t *const *)a, *(const knot_dname_t *const *)b);
}

static int token_names(const struct acml_zone *zone, const struct acml_read_options *options,
                       struct names *out)
{
	size_t most = options->n_names + 2 * zone->n_rrs;
	out->list = calloc(most + 1, sizeof(*out->list));
	out->count = 0;
	if (out->list == NULL) {
		return KNOT_ENOMEM;
	}
	for (size_t i = 0; i < zone->n_rrs; i++) {
		const struct acml_rr *rr = &zone->rrs[i];
		const knot_dname_t *base = acml_lint_interest.related(rr);
		if (rr->type == KNOT_RRTYPE_CNAME && base != NULL) {
			out->list[out->count++] = rr->owner;
			out->list[out->count++] = base;
		}
	}
	qsort(out->list, out->count, sizeof(*out->list), compare_names);
	return KNOT_EOK;
}

static bool covers(const struct names *have, const struct names *want)
{
	size_t i = 0;
	for (size_t j = 0; j < want->count; j++) {
		while (i < have->count && knot_dname_cmp(have->list[i], want->list[j]) < 0) {
			i++;
		}
		if (i == have->count || !acml_name_equal(have->list[i], want->list[j])) {
			return false;
		}
	}
	return true;
}

/* Adds the caller's names, so that the list is what a reading wants. */
static struct acml_read_options with_names(const struct acml_read_options *options,
                                           struct names *names)
{
	struct acml_read_options out = *options;
	for (size_t i = 0; i < options->n_names; i++) {
		names->list[names->count + i] = options->names[i];
	}
	out.names = names->list;
	out.n_names = names->count + options->n_names;
	return out;
}

static int read_again(struct acml_scanner *scanner, const struct acml_read_options *options,
                      const char *file, const char *bytes, size_t size, struct acml_pair *pair)
{
	struct acml_zone *zone = NULL;
	int ret = bytes != NULL ?
	          acml_zone_read_bytes(scanner, file, bytes, size, options, &zone) :
	          acml_zone_read_file(scanner, file, options, &zone);
	if (ret == KNOT_EOK) {
		acml_zone_free(pair->zone);
		pair->zone = zone;
	}
	return ret;
}

static void judge_baseline(struct acml_pair *pair)
{
	const struct acml_zone *baseline = pair->baseline;
	if (!acml_name_equal(baseline->apex, pair->zone->apex)) {
		pair->fault = "the baseline is another zone's";
	} else if (!baseline->complete) {
		pair->fault = "the baseline cannot be read to its end";
		for (size_t i = 0; i < baseline->n_problems; i++) {
			if (baseline->problems[i].fatal) {
				pair->fault_line = baseline->problems[i].line;
			}
		}
	} else if (baseline->records == 0) {
		pair->fault = "the baseline holds no records";
	}
	if (pair->fault != NULL) {
		acml_zone_free(pair->baseline);
		pair->baseline = NULL;
	}
}

/* Reads the baseline with the names of the zone, and the zone again with those of the baseline. */
static int read_pair(struct acml_scanner *scanner, const struct entry *entry,
                     const struct acml_read_options *options, const char *file,
                     const char *bytes, size_t size, struct acml_pair *pair)
{
	struct names names = { 0 }, published = { 0 };
	int ret = token_names(pair->zone, options, &names);
	struct acml_read_options wanted = *options;
	if (ret == KNOT_EOK) {
		wanted = with_names(options, &names);
		ret = read_entry(scanner, entry, &wanted, &pair->baseline);
	}
	if (ret == KNOT_EOK && pair->baseline->origin_guessed && options->origin == NULL) {
		/* Its own name was a guess; it is compared with this zone. */
		acml_zone_free(pair->baseline);
		pair->baseline = NULL;
		wanted.origin = pair->zone->origin;
		ret = read_entry(scanner, entry, &wanted, &pair->baseline);
	}
	if (ret == KNOT_EOK) {
		ret = token_names(pair->baseline, options, &published);
	}
	bool renamed = ret == KNOT_EOK && pair->zone->origin_guessed &&
	               !acml_name_equal(pair->zone->apex, pair->baseline->apex);
	if (ret == KNOT_EOK && (renamed || !covers(&names, &published))) {
		wanted = with_names(options, &published);
		wanted.origin = renamed ? pair->baseline->origin : options->origin;
		ret = read_again(scanner, &wanted, file, bytes, size, pair);
	}
	free(names.list);
	free(published.list);
	return ret;
}

int acml_baselines_join(struct acml_baselines *baselines, struct acml_scanner *scanner,
                        const struct acml_read_options *options, const char *file,
                        const char *bytes, size_t size, bool only, struct acml_pair *pair)
{
	const struct entry *entry = only && baselines->n == 1 ? baselines->entries :
	                            find_by_name(baselines, file);
	int ret = KNOT_EOK;
	if (entry != NULL) {
		ret = read_pair(scanner, entry, options, file, bytes, size, pair);
		bool other = ret == KNOT_EOK && baselines->n > 1 &&
		             !acml_name_equal(pair->baseline->apex, pair->zone->apex);
		if (other) {
			acml_zone_free(pair->baseline);
			pair->baseline = NULL;
			entry = NULL;
		}
	}
	if (ret == KNOT_EOK && entry == NULL) {
		ret = find_by_apex(baselines, scanner, options, pair->zone->apex, &entry);
		if (ret == KNOT_EOK && entry != NULL) {
			ret = read_pair(scanner, entry, options, file, bytes, size, pair);
		}
	}
	if (entry != NULL) {
		pair->file = entry->path;
	}
	if (ret != KNOT_EOK && ret != KNOT_ENOMEM) {
		pair->fault = "the baseline cannot be read";
		pair->code = ret;
		acml_zone_free(pair->baseline);
		pair->baseline = NULL;
		return KNOT_EOK;
	}
	if (ret == KNOT_EOK && pair->baseline != NULL) {
		judge_baseline(pair);
	}
	return ret;
}
