/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "lint/edits_group.h"

#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>

#include "model/build.h"

static bool wanted(const struct acml_finding *finding, enum acml_severity level)
{
	return !finding->suppressed && finding->severity >= level;
}

/* What follows "OWNER TTL IN TYPE ". */
static const char *data_of(const char *record)
{
	for (int fields = 0; fields < 4; fields++) {
		record += strcspn(record, " ");
		record += strspn(record, " ");
	}
	return record;
}

/* All records as one zone text, the i-th on line i + 1, so that they are read at once. */
static char *join(const struct acml_edit_group *groups, size_t count, size_t *out_size)
{
	size_t size = 1;
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < groups[i].n_ops; j++) {
			size += strlen(groups[i].ops[j].text) + 1;
		}
	}
	char *text = malloc(size);
	char *at = text;
	for (size_t i = 0; text != NULL && i < count; i++) {
		for (size_t j = 0; j < groups[i].n_ops; j++) {
			size_t len = strlen(groups[i].ops[j].text);
			memcpy(at, groups[i].ops[j].text, len);
			at[len] = '\n';
			at += len + 1;
		}
	}
	*out_size = text != NULL ? (size_t)(at - text) : 0;
	return text;
}

static int by_line(const void *a, const void *b)
{
	const struct acml_rr *x = *(const struct acml_rr *const *)a;
	const struct acml_rr *y = *(const struct acml_rr *const *)b;
	return x->line < y->line ? -1 : x->line > y->line;
}

/* Gives each edit the record that was read from its line. */
static int hand_out(const struct acml_zone *zone, struct acml_edit_group *groups, size_t count)
{
	const struct acml_rr **list = calloc(zone->n_rrs + 1, sizeof(*list));
	if (list == NULL) {
		return KNOT_ENOMEM;
	}
	for (size_t i = 0; i < zone->n_rrs; i++) {
		list[i] = &zone->rrs[i];
	}
	qsort(list, zone->n_rrs, sizeof(*list), by_line);
	size_t next = 0, line = 0;
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < groups[i].n_ops; j++) {
			line++;
			if (next < zone->n_rrs && list[next]->line == line) {
				groups[i].ops[j].rr = list[next++];
			}
		}
	}
	free(list);
	return KNOT_EOK;
}

static int read_records(struct acml_edits *edits, struct acml_scanner *scanner,
                        struct acml_edit_group *groups, size_t count)
{
	struct acml_read_options options = {
		.origin = ".", .keep = ACML_KEEP_ALL, .no_include = true,
	};
	size_t size;
	char *text = join(groups, count, &size);
	if (text == NULL || !ACML_ROOM(edits->parsed, edits->n_parsed, edits->cap_parsed)) {
		free(text);
		return KNOT_ENOMEM;
	}
	struct acml_zone *zone = NULL;
	int ret = acml_zone_read_bytes(scanner, "edits", text, size, &options, &zone);
	free(text);
	if (ret != KNOT_EOK) {
		return ret;
	}
	edits->parsed[edits->n_parsed++] = zone;
	return hand_out(zone, groups, count);
}

static int fill(struct acml_edits *edits, const struct acml_finding *finding,
                struct acml_edit_group *group)
{
	size_t count = 0;
	for (const struct acml_fix *fix = finding->fixes; fix != NULL; fix = fix->next) {
		count++;
	}
	group->finding = finding;
	group->ops = acml_arena_alloc(&edits->arena, count * sizeof(*group->ops) + 1);
	if (group->ops == NULL) {
		return KNOT_ENOMEM;
	}
	for (const struct acml_fix *fix = finding->fixes; fix != NULL; fix = fix->next) {
		/* The finding may go before the edit does. */
		const char *text = acml_arena_strdup(&edits->arena, fix->record);
		if (text == NULL) {
			return KNOT_ENOMEM;
		}
		group->ops[group->n_ops++] = (struct acml_edit_op){
			.remove = strcmp(fix->op, "remove") == 0,
			.text = text,
			.data = data_of(text),
		};
	}
	return KNOT_EOK;
}

int acml_edit_groups(struct acml_edits *edits, struct acml_scanner *scanner,
                     const struct acml_result *result, enum acml_severity level,
                     struct acml_edit_group **out_groups, size_t *out_count)
{
	size_t count = 0;
	for (size_t i = 0; i < result->n_findings; i++) {
		count += wanted(&result->findings[i], level);
	}
	struct acml_edit_group *groups = acml_arena_alloc(&edits->arena,
	        count * sizeof(*groups) + 1);
	if (groups == NULL) {
		return KNOT_ENOMEM;
	}
	int ret = KNOT_EOK;
	count = 0;
	for (size_t i = 0; i < result->n_findings && ret == KNOT_EOK; i++) {
		if (wanted(&result->findings[i], level)) {
			ret = fill(edits, &result->findings[i], &groups[count++]);
		}
	}
	if (ret == KNOT_EOK) {
		ret = read_records(edits, scanner, groups, count);
	}
	*out_groups = groups;
	*out_count = count;
	return ret;
}
