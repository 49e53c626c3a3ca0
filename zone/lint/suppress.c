/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "lint/suppress.h"

#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>

#include "rules/rule.h"

#define BLANKS " \t"

/* What one remark asks for one rule. */
struct entry {
	const char *file;
	const struct acml_rule *rule;
	const struct acml_remark *remark;
	const char *reason;     /* In the result's arena. */
	uint32_t line;          /* The line it speaks of; 0: the whole file. */
	bool used;
};

struct work {
	const struct acml_zone *zone;
	const struct acml_settings *settings;
	struct acml_result *result;
	const struct acml_rule *syn004;
	struct entry *entries;
	size_t n_entries;
	size_t max_entries;
	struct acml_finding *extra;     /* SYN004 findings. */
	size_t n_extra;
	size_t max_extra;
};

/* Room for one more element of an array; NULL without memory. */
static void *grow(void *array, size_t count, size_t *max, size_t size)
{
	if (count < *max) {
		return array;
	}
	size_t wanted = *max == 0 ? 8 : 2 * *max;
	void *grown = reallocarray(array, wanted, size);
	if (grown != NULL) {
		*max = wanted;
	}
	return grown;
}

bool acml_suppressible(const struct acml_rule *rule)
{
	return strcmp(rule->id, "SYN002") != 0 && strcmp(rule->id, "SYN004") != 0;
}

/* One SYN004 finding; message comes from the result's arena, NULL when that had no memory. */
static int complain(struct work *work, const struct acml_remark *remark, const char *message)
{
	if (message == NULL) {
		return KNOT_ENOMEM;
	}
	if (work->syn004 == NULL) {
		return KNOT_EOK;
	}
	enum acml_severity severity = acml_settings_level(work->settings,
	        acml_rule_index(work->syn004), work->syn004->severity);
	if (severity == ACML_OFF) {
		return KNOT_EOK;
	}
	void *grown = grow(work->extra, work->n_extra, &work->max_extra, sizeof(*work->extra));
	if (grown == NULL) {
		return KNOT_ENOMEM;
	}
	work->extra = grown;
	struct acml_arena *arena = &work->result->arena;
	struct acml_finding finding = {
		.rule = work->syn004,
		.severity = severity,
		.file = acml_arena_strdup(arena, work->zone->files[remark->file]),
		.line = remark->line,
		.owner = acml_arena_strdup(arena, work->zone->origin),
		.type = "",
		.message = message,
	};
	if (finding.file == NULL || finding.owner == NULL) {
		return KNOT_ENOMEM;
	}
	work->extra[work->n_extra++] = finding;
	return KNOT_EOK;
}

static int add_entry(struct work *work, const struct acml_remark *remark, uint32_t line,
                     const char *reason, const struct acml_rule *rule)
{
	void *grown = grow(work->entries, work->n_entries, &work->max_entries,
	                   sizeof(*work->entries));
	if (grown == NULL) {
		return KNOT_ENOMEM;
	}
	work->entries = grown;
	work->entries[work->n_entries++] = (struct entry) {
		.file = work->zone->files[remark->file],
		.rule = rule,
		.remark = remark,
		.reason = reason,
		.line = line,
	};
	return KNOT_EOK;
}

/* One rule of a remark's list. Long words are hostile or noise: 40 bytes of them are shown. */
static int one_rule(struct work *work, const struct acml_remark *remark, uint32_t line,
                    const char *reason, const char *word, size_t len)
{
	struct acml_arena *arena = &work->result->arena;
	const struct acml_rule *rule = NULL;
	char name[64];
	if (len < sizeof(name)) {
		memcpy(name, word, len);
		name[len] = '\0';
		rule = acml_rule_find(name);
	}
	if (rule == NULL) {
		int shown = len < 40 ? (int)len : 40;
		return complain(work, remark, acml_arena_printf(arena,
		        "suppression names the unknown rule '%.*s' and suppresses nothing",
		        shown, word));
	}
	if (!acml_suppressible(rule)) {
		return complain(work, remark, acml_arena_printf(arena,
		        "%s %s cannot be suppressed", rule->id, rule->name));
	}
	return add_entry(work, remark, line, reason, rule);
}

/* The "--" that separates the rules from the reason, or NULL. Names of rules hold single hyphens
 * only, so it need not stand between blanks. */
static const char *find_reason(const char *text)
{
	const char *dashes = strstr(text, "--");
	if (dashes == NULL) {
		return NULL;
	}
	const char *reason = dashes + strspn(dashes, "-");
	reason += strspn(reason, BLANKS);
	return *reason == '\0' ? NULL : dashes;
}

static int one_remark(struct work *work, const struct acml_remark *remark, uint32_t line)
{
	struct acml_arena *arena = &work->result->arena;
	const char *text = remark->text + strspn(remark->text, BLANKS);
	size_t len = strcspn(text, BLANKS);
	bool whole_file = len == strlen("allow-file") && strncmp(text, "allow-file", len) == 0;
	if (!whole_file && (len != strlen("allow") || strncmp(text, "allow", len) != 0)) {
		int shown = len < 40 ? (int)len : 40;
		return complain(work, remark, acml_arena_printf(arena,
		        "'%.*s' is no directive of acmlint: allow and allow-file are",
		        shown, text));
	}
	const char *end = find_reason(text);
	if (end == NULL) {
		return complain(work, remark, acml_arena_strdup(arena,
		        "suppression without a reason suppresses nothing: "
		        "write 'allow RULE -- reason'"));
	}
	const char *reason = end + strspn(end, "-");
	reason = acml_arena_strdup(arena, reason + strspn(reason, BLANKS));
	if (reason == NULL) {
		return KNOT_ENOMEM;
	}
	const char *word = text + len;
	size_t rules = 0;
	while (word < end) {
		word += strspn(word, BLANKS ",");
		if (word >= end) {
			break;
		}
		size_t word_len = strcspn(word, BLANKS ",");
		if (word_len > (size_t)(end - word)) {
			word_len = end - word;
		}
		int ret = one_rule(work, remark, whole_file ? 0 : line, reason, word, word_len);
		if (ret != KNOT_EOK) {
			return ret;
		}
		word += word_len;
		rules++;
	}
	if (rules == 0) {
		return complain(work, remark, acml_arena_strdup(arena,
		        "suppression names no rule and suppresses nothing"));
	}
	return KNOT_EOK;
}

static int compare_remarks(const void *a, const void *b)
{
	const struct acml_remark *x = *(const struct acml_remark *const *)a;
	const struct acml_remark *y = *(const struct acml_remark *const *)b;
	if (x->file != y->file) {
		return x->file < y->file ? -1 : 1;
	}
	if (x->line != y->line) {
		return x->line < y->line ? -1 : 1;
	}
	return x < y ? -1 : x > y;
}

/* Parses all remarks; each speaks of the record it stands in, or of the first line below it that is
 * not such a comment itself. */
static int parse_remarks(struct work *work)
{
	size_t n = work->zone->n_remarks;
	const struct acml_remark **sorted = calloc(n, sizeof(*sorted));
	if (sorted == NULL) {
		return KNOT_ENOMEM;
	}
	for (size_t i = 0; i < n; i++) {
		sorted[i] = &work->zone->remarks[i];
	}
	qsort(sorted, n, sizeof(*sorted), compare_remarks);

	int ret = KNOT_EOK;
	uint32_t line = 0;
	for (size_t i = n; i-- > 0 && ret == KNOT_EOK;) {
		const struct acml_remark *remark = sorted[i];
		const struct acml_remark *below = i + 1 < n ? sorted[i + 1] : NULL;
		bool chained = below != NULL && below->alone && below->file == remark->file &&
		               below->line == remark->line + 1;
		if (!remark->alone) {
			line = remark->record;
		} else if (!chained) {
			line = remark->line + 1;
		}
		ret = one_remark(work, remark, line);
	}
	free(sorted);
	return ret;
}

static int compare_keys(const struct entry *x, const struct entry *y)
{
	int order = strcmp(x->file, y->file);
	if (order != 0) {
		return order;
	}
	if (x->line != y->line) {
		return x->line < y->line ? -1 : 1;
	}
	return strcmp(x->rule->id, y->rule->id);
}

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a;
	const struct entry *y = b;
	int order = compare_keys(x, y);
	if (order != 0) {
		return order;
	}
	return x->remark < y->remark ? -1 : x->remark > y->remark;
}

/* The first entry for this key, or NULL. */
static struct entry *find_entry(struct work *work, const struct entry *key)
{
	size_t low = 0;
	size_t high = work->n_entries;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare_keys(&work->entries[middle], key) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	bool found = low < work->n_entries && compare_keys(&work->entries[low], key) == 0;
	return found ? &work->entries[low] : NULL;
}

static void mark_findings(struct work *work)
{
	for (size_t i = 0; i < work->result->n_findings; i++) {
		struct acml_finding *finding = &work->result->findings[i];
		struct entry key = { .file = finding->file, .rule = finding->rule };
		struct entry *whole = find_entry(work, &key);
		key.line = finding->line;
		struct entry *here = finding->line == 0 ? NULL : find_entry(work, &key);
		if (here != NULL) {
			here->used = true;
			finding->suppressed = true;
			finding->excuse = here->reason;
		} else if (whole != NULL) {
			whole->used = true;
			finding->suppressed = true;
			finding->excuse = whole->reason;
		}
	}
}

/* Whether the rule had a chance to find something: else an idle suppression proves nothing. */
static bool judged(const struct work *work, const struct acml_rule *rule)
{
	if (!work->zone->complete) {
		return false;
	}
	size_t index = acml_rule_index(rule);
	if (acml_settings_level(work->settings, index, rule->severity) == ACML_OFF) {
		return false;
	}
	for (size_t i = 0; i < work->result->n_skipped; i++) {
		if (work->result->skipped[i].rule == rule) {
			return false;
		}
	}
	return true;
}

static int report_unused(struct work *work)
{
	for (size_t i = 0; i < work->n_entries; i++) {
		const struct entry *entry = &work->entries[i];
		if (entry->used || !judged(work, entry->rule)) {
			continue;
		}
		int ret = complain(work, entry->remark, acml_arena_printf(&work->result->arena,
		        "suppression of %s %s suppresses nothing", entry->rule->id,
		        entry->rule->name));
		if (ret != KNOT_EOK) {
			return ret;
		}
	}
	return KNOT_EOK;
}

static int append_extra(struct work *work)
{
	struct acml_result *result = work->result;
	if (work->n_extra == 0) {
		return KNOT_EOK;
	}
	size_t count = result->n_findings + work->n_extra;
	struct acml_finding *all = reallocarray(result->findings, count, sizeof(*all));
	if (all == NULL) {
		return KNOT_ENOMEM;
	}
	memcpy(all + result->n_findings, work->extra, work->n_extra * sizeof(*all));
	result->findings = all;
	result->n_findings = count;
	return KNOT_EOK;
}

int acml_suppress_apply(const struct acml_zone *zone, const struct acml_settings *settings,
                        struct acml_result *result)
{
	if (zone->n_remarks == 0) {
		return KNOT_EOK;
	}
	struct work work = {
		.zone = zone,
		.settings = settings,
		.result = result,
		.syn004 = acml_rule_find("SYN004"),
	};
	int ret = parse_remarks(&work);
	if (ret == KNOT_EOK) {
		if (work.n_entries > 0) {
			qsort(work.entries, work.n_entries, sizeof(*work.entries),
			      compare_entries);
		}
		mark_findings(&work);
		ret = report_unused(&work);
	}
	if (ret == KNOT_EOK) {
		ret = append_extra(&work);
	}
	free(work.entries);
	free(work.extra);
	return ret;
}
