/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/remark.h"

#include <string.h>

#include <libknot/errcode.h>

#define MARK "acmlint:"

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The semicolon that opens a comment on the line, or NULL: not in quotes, not escaped. */
static const char *comment_start(const char *line, const char *end)
{
	bool quoted = false;
	for (const char *p = line; p < end; p++) {
		if (*p == '\\') {
			p++;
		} else if (*p == '"') {
			quoted = !quoted;
		} else if (*p == ';' && !quoted) {
			return p;
		}
	}
	return NULL;
}

static const char *skip_blanks(const char *from, const char *end)
{
	while (from < end && blank(*from)) {
		from++;
	}
	return from;
}

/* One line that holds the mark somewhere. */
static int consider(struct acml_build *build, uint16_t file, uint32_t number,
                    const char *line, const char *mark, const char *end)
{
	const char *semicolon = comment_start(line, mark);
	if (semicolon == NULL) {
		return KNOT_EOK;
	}
	const char *body = semicolon;
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
	char *copy = acml_arena_printf(&build->zone->arena, "%.*s", (int)(end - text), text);
	if (copy == NULL) {
		return KNOT_ENOMEM;
	}
	struct acml_remark remark = {
		.file = file,
		.line = number,
		.alone = skip_blanks(line, semicolon) == semicolon,
		.text = copy,
	};
	return acml_build_remark(build, &remark);
}

int acml_remarks_find(struct acml_build *build, uint16_t file, const char *bytes, size_t size)
{
	const char *limit = bytes + size;
	const char *line = bytes;
	uint32_t number = 1;
	const char *mark = memmem(bytes, size, MARK, strlen(MARK));
	while (mark != NULL) {
		const char *newline;
		while ((newline = memchr(line, '\n', (size_t)(mark - line))) != NULL) {
			line = newline + 1;
			number++;
		}
		const char *end = memchr(mark, '\n', (size_t)(limit - mark));
		end = end != NULL ? end : limit;
		int ret = consider(build, file, number, line, mark, end);
		if (ret != KNOT_EOK) {
			return ret;
		}
		mark = memmem(end, (size_t)(limit - end), MARK, strlen(MARK));
	}
	return KNOT_EOK;
}
