/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "lint/patch_record.h"

#include <string.h>
#include <strings.h>

/* RFC 1035 section 5.1: items are separated by blanks; parentheses let a record go on over line
 * ends; quotes and backslashes keep all that. */
struct lexer {
	const char *bytes;
	size_t size;
	size_t at;
	unsigned depth;
	bool opened;
	bool commented;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

/* Moves to the next item. False at the end of the record, with lexer->at at the newline or at the
 * end of the text. */
static bool next_item(struct lexer *lexer)
{
	for (; lexer->at < lexer->size; lexer->at++) {
		char c = lexer->bytes[lexer->at];
		if (c == '\n' && lexer->depth == 0) {
			return false;
		} else if (c == '(') {
			lexer->depth++;
			lexer->opened = true;
		} else if (c == ')') {
			lexer->depth -= lexer->depth > 0;
		} else if (c == ';') {
			const char *rest = lexer->bytes + lexer->at;
			const char *end = memchr(rest, '\n', lexer->size - lexer->at);
			lexer->commented |= lexer->depth > 0;
			lexer->at = end != NULL ? (size_t)(end - lexer->bytes) : lexer->size;
			lexer->at--;
		} else if (c != '\n' && !is_blank(c)) {
			return true;
		}
	}
	return false;
}

static void skip_item(struct lexer *lexer)
{
	bool quoted = false;
	for (; lexer->at < lexer->size; lexer->at++) {
		char c = lexer->bytes[lexer->at];
		if (c == '\n') {
			return;
		} else if (c == '\\' && lexer->at + 1 < lexer->size &&
		           lexer->bytes[lexer->at + 1] != '\n') {
			lexer->at++;
		} else if (c == '"') {
			quoted = !quoted;
		} else if (!quoted && (is_blank(c) || strchr("();", c) != NULL)) {
			return;
		}
	}
}

static bool is_ttl(const char *item, size_t len)
{
	if (item[0] < '0' || item[0] > '9') {
		return false;
	}
	for (size_t i = 1; i < len; i++) {
		if (strchr("0123456789smhdwSMHDW", item[i]) == NULL) {
			return false;
		}
	}
	return true;
}

static bool is_class(const char *item, size_t len)
{
	return (len == 2 && (strncasecmp(item, "IN", 2) == 0 || strncasecmp(item, "CH", 2) == 0 ||
	                     strncasecmp(item, "HS", 2) == 0)) ||
	       (len > 5 && strncasecmp(item, "CLASS", 5) == 0);
}

/* The type is the first item that is neither TTL nor class. */
static bool find_type(struct lexer *lexer, struct acml_record_text *out)
{
	for (int items = 0; items < 3 && next_item(lexer); items++) {
		size_t start = lexer->at;
		skip_item(lexer);
		const char *item = lexer->bytes + start;
		if (!is_ttl(item, lexer->at - start) && !is_class(item, lexer->at - start)) {
			out->type_start = start;
			out->type_end = lexer->at;
			return true;
		}
	}
	return false;
}

/* The end of what belongs to the data: behind the last item and whatever parenthesis closes. */
static void find_data(struct lexer *lexer, struct acml_record_text *out)
{
	size_t items = 0;
	out->opened = lexer->opened;
	out->data_start = out->data_end = lexer->at;
	while (next_item(lexer)) {
		size_t start = lexer->at;
		skip_item(lexer);
		items++;
		out->data_start = items == 1 ? start : out->data_start;
		if (items == 3) {
			out->serial_start = start;
			out->serial_end = lexer->at;
		}
		out->data_end = lexer->at;
	}
	/* A parenthesis that opens before the first item belongs to the data. */
	for (size_t i = out->type_end; i < out->data_start; i++) {
		if (lexer->bytes[i] == '(') {
			out->data_start = i;
		}
	}
	bool comment = false;
	for (size_t i = out->data_end; i < lexer->at; i++) {
		char c = lexer->bytes[i];
		comment = c == ';' || (comment && c != '\n');
		if (c == ')' && !comment) {
			out->data_end = i + 1;
		}
	}
}

bool acml_record_find(const char *bytes, size_t size, size_t at, struct acml_record_text *out)
{
	struct lexer lexer = { .bytes = bytes, .size = size, .at = at };
	struct acml_record_text text = { .start = at, .owner_end = at };
	if (at >= size) {
		return false;
	}
	if (!is_blank(bytes[at]) && bytes[at] != '(' && bytes[at] != ';') {
		skip_item(&lexer);
		text.owner_end = lexer.at;
	}
	if (!find_type(&lexer, &text)) {
		return false;
	}
	find_data(&lexer, &text);
	text.commented = lexer.commented;
	text.end = lexer.at < size ? lexer.at + 1 : size;
	*out = text;
	return true;
}
