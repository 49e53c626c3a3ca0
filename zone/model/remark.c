/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/remark.h"

#include <string.h>

#include <libknot/errcode.h>

#define MARK "acmlint:"

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* How far the text has been understood. */
struct cursor {
	const char *at;
	const char *line_start;
	uint32_t line;
	uint32_t record;        /* First line of the record that the cursor is in. */
	bool quoted;
	bool open;              /* Inside parentheses, which do not nest. */
};

static const char *skip_blanks(const char *from, const char *end)
{
	while (from < end && blank(*from)) {
		from++;
	}
	return from;
}

static void pass_newline(struct cursor *cursor)
{
	cursor->line++;
	cursor->line_start = cursor->at + 1;
	if (!cursor->open) {
		cursor->record = cursor->line;
		cursor->quoted = false;
	}
}

/* Goes on to the mark, or to the semicolon that opens the comment which holds it. True: there is
 * such a comment and the cursor stands at its semicolon. */
static bool find_comment(struct cursor *cursor, const char *mark, const char *limit)
{
	for (; cursor->at < mark; cursor->at++) {
		switch (*cursor->at) {
		case '\\':
			cursor->at += cursor->at[1] != '\n';
			break;
		case '"':
			cursor->quoted = !cursor->quoted;
			break;
		case '(':
		case ')':
			if (!cursor->quoted) {
				cursor->open = *cursor->at == '(';
			}
			break;
		case '\n':
			pass_newline(cursor);
			break;
		case ';':
			if (cursor->quoted) {
				break;
			}
			const char *end = memchr(cursor->at, '\n', (size_t)(limit - cursor->at));
			if (end == NULL || end > mark) {
				return true;
			}
			cursor->at = end - 1;
			break;
		}
	}
	return false;
}

/* A comment that holds the mark somewhere: ours if it begins with it. */
static int consider(struct acml_build *build, uint16_t file, const struct cursor *cursor,
                    const char *mark, const char *end)
{
	const char *body = cursor->at;
	while (body < mark && (*body == ';' || blank(*body))) {
		body++;
	}
	if (body != mark) {
		return KNOT_EOK;
	}

	const char *text = skip_blanks(mark + strlen(MARK), end);
	while (end > text && blank(end[-1])) {
		end--;
	}
	end = end > text ? end : text;
	char *copy = acml_arena_alloc(&build->zone->arena, (size_t)(end - text) + 1);
	if (copy == NULL) {
		return KNOT_ENOMEM;
	}
	memcpy(copy, text, (size_t)(end - text));
	bool in_record = cursor->record < cursor->line;
	struct acml_remark remark = {
		.file = file,
		.line = cursor->line,
		.record = cursor->record,
		.alone = !in_record &&
		         skip_blanks(cursor->line_start, cursor->at) == cursor->at,
		.text = copy,
	};
	return acml_build_remark(build, &remark);
}

/* The next mark that begins a comment. Semicolons are rare enough for memchr() to run past most of
 * a zone; searching for the mark itself costs more. */
static const char *next_mark(const char *from, const char *limit)
{
	while ((from = memchr(from, ';', (size_t)(limit - from))) != NULL) {
		while (from < limit && (*from == ';' || blank(*from))) {
			from++;
		}
		if ((size_t)(limit - from) >= strlen(MARK) &&
		    memcmp(from, MARK, strlen(MARK)) == 0) {
			return from;
		}
	}
	return NULL;
}

int acml_remarks_find(struct acml_build *build, uint16_t file, const char *bytes, size_t size)
{
	const char *limit = bytes + size;
	struct cursor cursor = { .at = bytes, .line_start = bytes, .line = 1, .record = 1 };
	const char *mark = next_mark(bytes, limit);
	while (mark != NULL) {
		const char *next = mark + strlen(MARK);
		if (find_comment(&cursor, mark, limit)) {
			const char *end = memchr(mark, '\n', (size_t)(limit - mark));
			next = end != NULL ? end : limit;
			int ret = consider(build, file, &cursor, mark, next);
			if (ret != KNOT_EOK) {
				return ret;
			}
		}
		mark = next_mark(next, limit);
	}
	return KNOT_EOK;
}
