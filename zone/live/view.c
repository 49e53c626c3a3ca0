/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "live/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>
#include <libknot/rrtype/rrsig.h>

#include "live/line.h"
#include "model/build.h"
#include "model/names.h"

int acml_view_line(struct acml_view *view, const char *line)
{
	size_t size = strlen(line) + 1 + sizeof(line);
	if (size > ACML_VIEW_SIZE - view->size) {
		return KNOT_ERANGE;
	}
	char *copy = acml_arena_strdup(&view->arena, line);
	if (copy == NULL || !ACML_ROOM(view->lines, view->n_lines, view->max_lines)) {
		return KNOT_ENOMEM;
	}
	view->lines[view->n_lines++] = copy;
	view->size += size;
	return KNOT_EOK;
}

static int add_set(struct acml_view *view, const knot_rrset_t *set, struct acml_line *line)
{
	int ret = KNOT_EOK;
	for (uint16_t i = 0; i < set->rrs.count && ret == KNOT_EOK; i++) {
		size_t len;
		ret = acml_line_write(line, set, i, &len);
		/* What cannot be written as text is nothing that ACM asks for. */
		ret = ret == KNOT_EOK ? acml_view_line(view, line->text) :
		      ret == KNOT_ENOMEM ? ret : KNOT_EOK;
	}
	return ret;
}

/* RFC 6672 section 3.1: a CNAME that came along with its DNAME is no record of the zone. */
static bool below_dname(const knot_pktsection_t *section, const knot_dname_t *owner)
{
	for (uint16_t i = 0; i < section->count; i++) {
		const knot_rrset_t *set = knot_pkt_rr(section, i);
		if (set->type == KNOT_RRTYPE_DNAME && acml_name_below(owner, set->owner)) {
			return true;
		}
	}
	return false;
}

/* A signature over a wildcard does not verify under the name that was made of it. */
static bool of_wildcard(const knot_rrset_t *set)
{
	return set->type == KNOT_RRTYPE_RRSIG && set->rrs.count > 0 &&
	       knot_rrsig_labels(set->rrs.rdata) < knot_dname_labels(set->owner, NULL);
}

static bool is_cut(const struct acml_view *view, const knot_pkt_t *pkt, const knot_rrset_t *set)
{
	return set->type == KNOT_RRTYPE_NS && !knot_wire_get_aa(pkt->wire) &&
	       acml_name_below(set->owner, view->apex);
}

int acml_view_take(struct acml_view *view, const knot_pkt_t *pkt)
{
	const knot_pktsection_t *answer = knot_pkt_section(pkt, KNOT_ANSWER);
	const knot_pktsection_t *authority = knot_pkt_section(pkt, KNOT_AUTHORITY);
	struct acml_line line = { .text = NULL };
	int ret = KNOT_EOK;
	for (uint16_t i = 0; i < answer->count && ret == KNOT_EOK; i++) {
		const knot_rrset_t *set = knot_pkt_rr(answer, i);
		if (acml_name_within(set->owner, view->apex) && !of_wildcard(set) &&
		    !(set->type == KNOT_RRTYPE_CNAME && below_dname(answer, set->owner))) {
			ret = add_set(view, set, &line);
		}
	}
	for (uint16_t i = 0; i < authority->count && ret == KNOT_EOK; i++) {
		const knot_rrset_t *set = knot_pkt_rr(authority, i);
		if (is_cut(view, pkt, set)) {
			ret = add_set(view, set, &line);
		}
	}
	acml_line_clear(&line);
	return ret;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int acml_view_text(struct acml_view *view, bool plain, char **out_text, size_t *out_size)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);
	if (stream == NULL) {
		return KNOT_ENOMEM;
	}
	if (view->n_lines > 1) {
		qsort(view->lines, view->n_lines, sizeof(*view->lines), by_text);
	}
	for (size_t i = 0; i < view->n_lines; i++) {
		const char *line = view->lines[i];
		bool again = i > 0 && strcmp(line, view->lines[i - 1]) == 0;
		bool changes = strstr(line, "\tSOA\t") != NULL || strstr(line, "\tRRSIG\t") != NULL;
		if (!again && !(plain && changes)) {
			fprintf(stream, "%s\n", line);
		}
	}
	bool whole = !ferror(stream);
	/* Without memory for the last step glibc reports success, and leaves no text. */
	if (fclose(stream) != 0 || !whole || text == NULL) {
		free(text);
		return KNOT_ENOMEM;
	}
	*out_text = text;
	*out_size = size;
	return KNOT_EOK;
}

void acml_view_clear(struct acml_view *view)
{
	acml_arena_clear(&view->arena);
	free(view->lines);
	*view = (struct acml_view){ .apex = NULL };
}
