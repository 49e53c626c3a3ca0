/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "lint/patch.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libknot/descriptor.h>
#include <libknot/errcode.h>

#include "lint/patch_record.h"
#include "model/build.h"
#include "model/change.h"
#include "model/names.h"

/* A piece of the text and what comes in its place. */
struct cut {
	size_t start, end;
	const char *text;
};

/* A record of the zone file, in the file's order. */
struct entry {
	const struct acml_rr *rr;
	size_t index;                   /* Into base->rrs; SIZE_MAX: outside the zone. */
};

struct patch {
	const struct acml_edits *edits;
	const char *bytes;
	size_t size;
	const char *newline;
	struct acml_arena arena;
	struct entry *entries;
	size_t n_entries;
	size_t *replaced;               /* By index into base->rrs: the edit, or SIZE_MAX. */
	struct cut *cuts;
	size_t n_cuts, cap_cuts;
	const knot_dname_t *old_owner;  /* What the next record inherits, before and now. */
	const knot_dname_t *new_owner;
};

static int by_line(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	return x->rr->line < y->rr->line ? -1 : x->rr->line > y->rr->line;
}

/* Replaces [start, end); the text is formatted. */
static int cut(struct patch *patch, size_t start, size_t end, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static int cut(struct patch *patch, size_t start, size_t end, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	const char *text = acml_arena_vprintf(&patch->arena, format, args);
	va_end(args);
	if (text == NULL || !ACML_ROOM(patch->cuts, patch->n_cuts, patch->cap_cuts)) {
		return KNOT_ENOMEM;
	}
	patch->cuts[patch->n_cuts++] = (struct cut){ start, end, text };
	return KNOT_EOK;
}

static const char *type_text(const struct acml_rr *rr, char buffer[16])
{
	(void)knot_rrtype_to_string(rr->type, buffer, 16);
	return buffer;
}

static bool inherits(const struct patch *patch, size_t at)
{
	return patch->bytes[at] == ' ' || patch->bytes[at] == '\t' || patch->bytes[at] == '(';
}

/* Puts the comments of a record that loses its lines on lines of their own above it. */
static int lift_comments(struct patch *patch, const struct acml_record_text *text)
{
	int ret = KNOT_EOK;
	bool quoted = false;
	for (size_t i = text->start; i < text->data_end && ret == KNOT_EOK; i++) {
		char c = patch->bytes[i];
		if (c == '\\') {
			i++;
		} else if (c == '"') {
			quoted = !quoted;
		} else if (c == ';' && !quoted) {
			size_t len = strcspn(patch->bytes + i, "\r\n");
			ret = cut(patch, text->start, text->start, "%.*s%s", (int)len, patch->bytes + i,
			          patch->newline);
			i += len;
		}
	}
	return ret;
}

static bool same_data(const struct acml_rr *a, const struct acml_rr *b)
{
	return a->rdlen == b->rdlen && (a->rdlen == 0 || memcmp(a->rdata, b->rdata, a->rdlen) == 0);
}

/* What stands behind the owner. */
static int replace_data(struct patch *patch, const struct acml_rr *rr, const struct acml_edit *edit,
                        const struct acml_record_text *text)
{
	char type[16];
	type_text(&edit->rr, type);
	if (rr->type == KNOT_RRTYPE_SOA && edit->rr.type == KNOT_RRTYPE_SOA) {
		return text->serial_start == 0 ? KNOT_EMALF :
		       cut(patch, text->serial_start, text->serial_end, "%s", edit->data);
	} else if (edit->rr.type == rr->type && edit->rr.ttl == rr->ttl &&
	           same_data(&edit->rr, rr)) {
		return KNOT_EOK;
	} else if (edit->rr.ttl != rr->ttl || text->opened) {
		return cut(patch, text->owner_end, text->data_end, " %u IN %s %s", edit->rr.ttl, type,
		           edit->data);
	} else if (edit->rr.type != rr->type) {
		return cut(patch, text->type_start, text->data_end, "%s %s", type, edit->data);
	}
	return cut(patch, text->data_start, text->data_end, "%s", edit->data);
}

static int replace(struct patch *patch, const struct entry *entry, const struct acml_edit *edit,
                   const struct acml_record_text *text)
{
	const struct acml_rr *rr = entry->rr;
	bool blank = text->owner_end == text->start;
	bool same = acml_name_equal(rr->owner, edit->rr.owner);
	bool rewritten = edit->rr.type != KNOT_RRTYPE_SOA &&
	                 (!same_data(&edit->rr, rr) || edit->rr.type != rr->type ||
	                  edit->rr.ttl != rr->ttl);
	int ret = text->commented && rewritten ? lift_comments(patch, text) : KNOT_EOK;
	if (ret == KNOT_EOK &&
	    (!same || (blank && patch->new_owner != NULL &&
	               !acml_name_equal(patch->new_owner, rr->owner)))) {
		char owner[ACML_NAME_TEXT];
		ret = cut(patch, text->start, text->owner_end, "%s",
		          acml_name_text(edit->rr.owner, owner));
	}
	patch->new_owner = edit->rr.owner;
	return ret == KNOT_EOK ? replace_data(patch, rr, edit, text) : ret;
}

/* A record that stays: its owner has to be written if it is not the one above any more. */
static int keep(struct patch *patch, const struct entry *entry, size_t at)
{
	const knot_dname_t *owner = entry->rr->owner;
	int ret = KNOT_EOK;
	if (inherits(patch, at) && patch->old_owner != NULL && patch->new_owner != NULL &&
	    acml_name_equal(patch->old_owner, owner) && !acml_name_equal(patch->new_owner, owner)) {
		char text[ACML_NAME_TEXT];
		ret = cut(patch, at, at, "%s", acml_name_text(owner, text));
	}
	patch->new_owner = owner;
	return ret;
}

/* The record behind which this one comes: the last of its owner and type, else of its owner. */
static size_t anchor_of(const struct acml_zone *base, const struct acml_rr *rr)
{
	const struct acml_node *node = acml_zone_node(base, rr->owner);
	const struct acml_rr *found = NULL;
	for (size_t i = 0; node != NULL && i < node->count; i++) {
		const struct acml_rr *other = &node->rrs[i];
		bool better = found == NULL ||
		              (other->type == rr->type && found->type != rr->type) ||
		              ((other->type == rr->type || found->type != rr->type) &&
		               other->line > found->line);
		if (other->file == 0 && better) {
			found = other;
		}
	}
	return found != NULL ? (size_t)(found - base->rrs) : SIZE_MAX;
}

static int insert(struct patch *patch, const struct acml_edit *edit, size_t at)
{
	char owner[ACML_NAME_TEXT], type[16];
	/* A last line without an end stays the one without. */
	bool open = at == patch->size && at > 0 && patch->bytes[at - 1] != '\n';
	patch->new_owner = edit->rr.owner;
	return cut(patch, at, at, "%s%s %u IN %s %s%s", open ? patch->newline : "",
	           acml_name_text(edit->rr.owner, owner), edit->rr.ttl, type_text(&edit->rr, type),
	           edit->data, open ? "" : patch->newline);
}

/* All edits without a partner that belong behind this record. */
static int insert_behind(struct patch *patch, size_t anchor, size_t at)
{
	const struct acml_edits *edits = patch->edits;
	int ret = KNOT_EOK;
	for (size_t i = 0; i < edits->n_added && ret == KNOT_EOK; i++) {
		const struct acml_edit *edit = &edits->added[i];
		if (!edit->off && edit->partner == SIZE_MAX &&
		    anchor_of(edits->base, &edit->rr) == anchor) {
			ret = insert(patch, edit, at);
		}
	}
	return ret;
}

static int patch_entry(struct patch *patch, const struct entry *entry, size_t at, bool is_anchor)
{
	const struct acml_edits *edits = patch->edits;
	bool dropped = entry->index != SIZE_MAX && edits->dropped[entry->index];
	struct acml_record_text text = { 0 };
	int ret = KNOT_EOK;
	if ((dropped || is_anchor) && !acml_record_find(patch->bytes, patch->size, at, &text)) {
		return KNOT_EMALF;
	}
	if (!dropped) {
		ret = keep(patch, entry, at);
	} else if (patch->replaced[entry->index] != SIZE_MAX) {
		ret = replace(patch, entry, &edits->added[patch->replaced[entry->index]], &text);
	} else {
		ret = cut(patch, text.start, text.end, "%s", "");
	}
	patch->old_owner = entry->rr->owner;
	if (ret == KNOT_EOK && is_anchor) {
		ret = insert_behind(patch, entry->index, text.end);
	}
	return ret;
}

static int find_entries(struct patch *patch, bool **out_anchors)
{
	const struct acml_zone *base = patch->edits->base;
	patch->entries = calloc(base->n_rrs + base->n_outside + 1, sizeof(*patch->entries));
	patch->replaced = calloc(base->n_rrs + 1, sizeof(*patch->replaced));
	bool *anchors = calloc(base->n_rrs + 1, sizeof(*anchors));
	*out_anchors = anchors;
	if (patch->entries == NULL || patch->replaced == NULL || anchors == NULL) {
		return KNOT_ENOMEM;
	}
	for (size_t i = 0; i < base->n_rrs; i++) {
		patch->replaced[i] = SIZE_MAX;
		if (base->rrs[i].file == 0) {
			patch->entries[patch->n_entries++] = (struct entry){ &base->rrs[i], i };
		}
	}
	for (size_t i = 0; i < base->n_outside; i++) {
		if (base->outside[i].file == 0) {
			patch->entries[patch->n_entries++] =
				(struct entry){ &base->outside[i], SIZE_MAX };
		}
	}
	qsort(patch->entries, patch->n_entries, sizeof(*patch->entries), by_line);
	for (size_t i = 0; i < patch->edits->n_added; i++) {
		const struct acml_edit *edit = &patch->edits->added[i];
		if (edit->off) {
			continue;
		} else if (edit->partner != SIZE_MAX) {
			patch->replaced[edit->partner] = i;
		} else {
			size_t anchor = anchor_of(base, &edit->rr);
			if (anchor != SIZE_MAX) {
				anchors[anchor] = true;
			}
		}
	}
	return KNOT_EOK;
}

static int find_cuts(struct patch *patch)
{
	bool *anchors = NULL;
	int ret = find_entries(patch, &anchors);
	size_t at = 0;
	uint32_t line = 1;
	for (size_t i = 0; i < patch->n_entries && ret == KNOT_EOK; i++) {
		const struct entry *entry = &patch->entries[i];
		for (; line < entry->rr->line && at < patch->size; line++) {
			const char *end = memchr(patch->bytes + at, '\n', patch->size - at);
			at = end != NULL ? (size_t)(end - patch->bytes) + 1 : patch->size;
		}
		bool is_anchor = entry->index != SIZE_MAX && anchors[entry->index];
		ret = at < patch->size ? patch_entry(patch, entry, at, is_anchor) : KNOT_EMALF;
	}
	free(anchors);
	return ret == KNOT_EOK ? insert_behind(patch, SIZE_MAX, patch->size) : ret;
}

static int assemble(const struct patch *patch, char **out_bytes, size_t *out_size)
{
	size_t size = patch->size + 1;
	for (size_t i = 0; i < patch->n_cuts; i++) {
		size += strlen(patch->cuts[i].text);
	}
	char *bytes = malloc(size);
	if (bytes == NULL) {
		return KNOT_ENOMEM;
	}
	size_t from = 0, used = 0;
	for (size_t i = 0; i <= patch->n_cuts; i++) {
		size_t start = i < patch->n_cuts ? patch->cuts[i].start : patch->size;
		if (start < from) {
			free(bytes);
			return KNOT_EMALF;
		}
		memcpy(bytes + used, patch->bytes + from, start - from);
		used += start - from;
		if (i < patch->n_cuts) {
			size_t len = strlen(patch->cuts[i].text);
			memcpy(bytes + used, patch->cuts[i].text, len);
			used += len;
			from = patch->cuts[i].end;
		}
	}
	*out_bytes = bytes;
	*out_size = used;
	return KNOT_EOK;
}

/* What was written says what was judged. */
static int verify(const struct acml_edits *edits, const char *bytes, size_t size)
{
	struct acml_read_options options = { .origin = edits->base->origin, .keep = ACML_KEEP_ALL };
	struct acml_scanner *scanner = acml_scanner_new();
	struct acml_zone *zone = NULL;
	bool same = false;
	int ret = scanner == NULL ? KNOT_ENOMEM :
	          acml_zone_read_bytes(scanner, edits->base->files[0], bytes, size, &options,
	                               &zone);
	if (ret == KNOT_EOK) {
		ret = acml_zone_same(edits->zone, zone, &same);
	}
	acml_zone_free(zone);
	acml_scanner_free(scanner);
	return ret == KNOT_EOK && !same ? KNOT_EMALF : ret;
}

static bool has_crlf(const char *bytes, size_t size)
{
	const char *end = memchr(bytes, '\n', size);
	return end != NULL && end > bytes && end[-1] == '\r';
}

static void patch_clear(struct patch *patch)
{
	free(patch->entries);
	free(patch->replaced);
	free(patch->cuts);
	acml_arena_clear(&patch->arena);
}

/* The cuts and the text that they make. */
static int make(struct patch *patch, char **out_bytes, size_t *out_size)
{
	int ret = find_cuts(patch);
	if (ret == KNOT_EOK) {
		ret = assemble(patch, out_bytes, out_size);
	}
	if (ret == KNOT_EOK) {
		ret = verify(patch->edits, *out_bytes, *out_size);
	}
	return ret;
}

static struct patch patch_of(const struct acml_edits *edits, const char *bytes, size_t size)
{
	return (struct patch){
		.edits = edits, .bytes = bytes, .size = size,
		.newline = has_crlf(bytes, size) ? "\r\n" : "\n",
	};
}

int acml_patch(const struct acml_edits *edits, const char *bytes, size_t size,
               char **out_bytes, size_t *out_size)
{
	struct patch patch = patch_of(edits, bytes, size);
	char *text = NULL;
	size_t text_size = 0;
	int ret = make(&patch, &text, &text_size);
	patch_clear(&patch);
	if (ret != KNOT_EOK) {
		free(text);
		return ret;
	}
	*out_bytes = text;
	*out_size = text_size;
	return KNOT_EOK;
}

static size_t line_start(const struct patch *patch, size_t at)
{
	while (at > 0 && patch->bytes[at - 1] != '\n') {
		at--;
	}
	return at;
}

/* Behind the line that at is in; at itself where a line begins there. */
static size_t line_end(const struct patch *patch, size_t at)
{
	while (at < patch->size && at > 0 && patch->bytes[at - 1] != '\n') {
		at++;
	}
	return at;
}

static uint32_t count_lines(const struct patch *patch, size_t from, size_t to)
{
	uint32_t count = 0;
	while (from < to) {
		const char *end = memchr(patch->bytes + from, '\n', to - from);
		from = end != NULL ? (size_t)(end - patch->bytes) + 1 : to;
		count++;
	}
	return count;
}

/* What [start, end) becomes by the cuts in it. */
static char *piece(const struct patch *patch, size_t start, size_t end, size_t first, size_t last)
{
	size_t size = end - start + 1;
	for (size_t i = first; i < last; i++) {
		size += strlen(patch->cuts[i].text);
	}
	char *text = malloc(size);
	char *at = text;
	for (size_t i = first; text != NULL && i < last; i++) {
		at = mempcpy(at, patch->bytes + start, patch->cuts[i].start - start);
		at = stpcpy(at, patch->cuts[i].text);
		start = patch->cuts[i].end;
	}
	if (text != NULL) {
		at = mempcpy(at, patch->bytes + start, end - start);
		*at = '\0';
	}
	return text;
}

static int find_hunks(const struct patch *patch, struct acml_hunk *hunks, size_t *count)
{
	size_t at = 0;
	uint32_t line = 1;
	for (size_t i = 0, next; i < patch->n_cuts; i = next) {
		size_t start = line_start(patch, patch->cuts[i].start);
		size_t end = line_end(patch, patch->cuts[i].end);
		for (next = i + 1; next < patch->n_cuts && patch->cuts[next].start <= end; next++) {
			size_t other = line_end(patch, patch->cuts[next].end);
			end = other > end ? other : end;
		}
		line += count_lines(patch, at, start);
		at = start;
		struct acml_hunk *hunk = &hunks[*count];
		hunk->line = line;
		hunk->lines = count_lines(patch, start, end);
		hunk->open = end > start && patch->bytes[end - 1] != '\n';
		hunk->old = patch->bytes + start;
		hunk->old_size = end - start;
		hunk->text = piece(patch, start, end, i, next);
		if (hunk->text == NULL) {
			return KNOT_ENOMEM;
		}
		(*count)++;
	}
	return KNOT_EOK;
}

int acml_patch_hunks(const struct acml_edits *edits, const char *bytes, size_t size,
                     struct acml_hunk **out_hunks, size_t *out_count)
{
	struct patch patch = patch_of(edits, bytes, size);
	struct acml_hunk *hunks = NULL;
	size_t count = 0, text_size = 0;
	char *text = NULL;
	int ret = make(&patch, &text, &text_size);
	if (ret == KNOT_EOK) {
		hunks = calloc(patch.n_cuts + 1, sizeof(*hunks));
		ret = hunks != NULL ? find_hunks(&patch, hunks, &count) : KNOT_ENOMEM;
	}
	free(text);
	patch_clear(&patch);
	if (ret != KNOT_EOK) {
		acml_hunks_free(hunks, count);
		return ret;
	}
	*out_hunks = hunks;
	*out_count = count;
	return KNOT_EOK;
}

void acml_hunks_free(struct acml_hunk *hunks, size_t count)
{
	for (size_t i = 0; hunks != NULL && i < count; i++) {
		free(hunks[i].text);
	}
	free(hunks);
}
