/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Route 53's way of writing names and values, and where in the JSON its record sets stand. */

#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>

#include "model/build.h"
#include "model/route53.h"

bool acml_route53_recognise(const char *bytes, size_t size)
{
	size_t i = 0;
	while (i < size && (bytes[i] == ' ' || bytes[i] == '\t' || bytes[i] == '\n' ||
	                    bytes[i] == '\r')) {
		i++;
	}
	return i < size && (bytes[i] == '{' || bytes[i] == '[');
}

static bool is_octal(const char *text, size_t size)
{
	return size >= 3 && text[0] >= '0' && text[0] <= '3' && text[1] >= '0' && text[1] <= '7' &&
	       text[2] >= '0' && text[2] <= '7';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void put_decimal(struct acml_text *out, unsigned char byte)
{
	acml_text_format(out, "\\%03u", byte);
}

/* A byte that stands for itself, whatever it means to a master file. */
static void put_literal(struct acml_text *out, unsigned char byte)
{
	if (byte <= ' ' || byte >= 0x7f || (byte >= '0' && byte <= '9')) {
		put_decimal(out, byte);
	} else {
		acml_text_byte(out, '\\');
		acml_text_byte(out, (char)byte);
	}
}

/* What a backslash begins; returns how many bytes that is, 0 when nothing follows it. Route 53
 * counts in octal, a master file in decimal (RFC 1035 section 5.1). */
static size_t put_escape(struct acml_text *out, const char *text, size_t size)
{
	if (is_octal(text + 1, size - 1)) {
		put_decimal(out, (unsigned char)((text[1] - '0') << 6 | (text[2] - '0') << 3 |
		                                 (text[3] - '0')));
		return 4;
	}
	if (size < 2) {
		return 0;
	}
	put_literal(out, (unsigned char)text[1]);
	return 2;
}

bool acml_route53_put_name(struct acml_text *out, const char *text, size_t size)
{
	for (size_t i = 0; i < size; ) {
		unsigned char c = (unsigned char)text[i];
		size_t used = 1;
		if (c == '\\') {
			used = put_escape(out, text + i, size - i);
		} else if (c <= ' ' || c >= 0x7f || strchr("\"();@$", c) != NULL) {
			put_literal(out, c);
		} else {
			acml_text_byte(out, (char)c);
		}
		if (used == 0) {
			return false;
		}
		i += used;
	}
	return size > 0;
}

/* A byte of a value, outside a string. False: it has no place there. */
static bool put_bare(struct acml_text *out, const char *text, size_t i, size_t size)
{
	unsigned char c = (unsigned char)text[i];
	bool alone = (i == 0 || is_blank(text[i - 1])) && (i + 1 == size || is_blank(text[i + 1]));
	if (is_blank((char)c)) {
		acml_text_byte(out, ' ');
	} else if (c < ' ') {
		return false;
	} else if (c >= 0x7f || strchr("();", c) != NULL || (c == '@' && alone)) {
		put_literal(out, c);
	} else {
		acml_text_byte(out, (char)c);
	}
	return true;
}

bool acml_route53_put_value(struct acml_text *out, const char *text, size_t size)
{
	bool quoted = false;
	for (size_t i = 0; i < size; ) {
		unsigned char c = (unsigned char)text[i];
		size_t used = 1;
		if (c == '\\') {
			used = put_escape(out, text + i, size - i);
		} else if (c == '"') {
			quoted = !quoted;
			acml_text_byte(out, (char)c);
		} else if (!quoted) {
			used = put_bare(out, text, i, size);
		} else if (c < ' ' || c >= 0x7f) {
			put_decimal(out, c);
		} else {
			acml_text_byte(out, (char)c);
		}
		if (used == 0) {
			return false;
		}
		i += used;
	}
	return !quoted && size > 0;
}

/* What an array or object is, as far as it matters to where record sets may stand. */
enum level {
	LEVEL_OTHER,
	LEVEL_LIST,             /* The array around everything: of pages, or of record sets. */
	LEVEL_PAGE,             /* An object that may have the member ResourceRecordSets. */
	LEVEL_SETS,             /* The array of that member. */
};

#define LEVELS 8                /* Nothing deeper than this matters. */

struct walk {
	enum level levels[LEVELS];
	size_t depth;
	const char *string;     /* The last one, without its quotes. */
	size_t string_size;
	bool member;            /* It is the name of the member whose value comes. */
};

static enum level level_at(const struct walk *walk)
{
	bool known = walk->depth > 0 && walk->depth <= LEVELS;
	return known ? walk->levels[walk->depth - 1] : LEVEL_OTHER;
}

static void enter(struct walk *walk, char c)
{
	static const char sets[] = "ResourceRecordSets";
	enum level above = level_at(walk), level = LEVEL_OTHER;
	if (walk->depth == 0) {
		level = c == '[' ? LEVEL_LIST : LEVEL_PAGE;
	} else if (above == LEVEL_LIST && c == '{') {
		level = LEVEL_PAGE;
	} else if (above == LEVEL_PAGE && c == '[' && walk->member &&
	           walk->string_size == sizeof(sets) - 1 &&
	           memcmp(walk->string, sets, sizeof(sets) - 1) == 0) {
		level = LEVEL_SETS;
	}
	if (walk->depth < LEVELS) {
		walk->levels[walk->depth] = level;
	}
	walk->depth++;
	walk->member = false;
}

/* The closing quote of a string that begins behind an opening one. */
static size_t string_end(const char *bytes, size_t i, size_t size)
{
	while (i < size && bytes[i] != '"') {
		i += bytes[i] == '\\' ? 2 : 1;
	}
	return i < size ? i : size;
}

int acml_route53_lines(const char *bytes, size_t size, uint32_t **out_lines, size_t *out_n)
{
	struct walk walk = { .depth = 0 };
	uint32_t *lines = NULL, line = 1;
	size_t n = 0, capacity = 0;
	for (size_t i = 0; i < size; i++) {
		char c = bytes[i];
		if (c == '\n') {
			line++;
		} else if (c == '"') {
			size_t end = string_end(bytes, i + 1, size);
			walk.string = bytes + i + 1;
			walk.string_size = end - i - 1;
			i = end;
		} else if (c == ':') {
			walk.member = true;
		} else if (c == ',') {
			walk.member = false;
		} else if (c == '{' || c == '[') {
			enum level above = level_at(&walk);
			if (c == '{' && (above == LEVEL_LIST || above == LEVEL_SETS)) {
				if (!ACML_ROOM(lines, n, capacity)) {
					free(lines);
					return KNOT_ENOMEM;
				}
				lines[n++] = line;
			}
			enter(&walk, c);
		} else if ((c == '}' || c == ']') && walk.depth > 0) {
			walk.depth--;
			walk.member = false;
		}
	}
	*out_lines = lines;
	*out_n = n;
	return KNOT_EOK;
}
