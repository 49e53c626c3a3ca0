/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What dig, kdig and drill say around the records, and what dig +short says without names. */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libknot/errcode.h>

#include "facts/parent_build.h"
#include "model/names.h"

#define FIELDS_MAX 8
#define FIELD_SIZE 256

/* A line, cut at blanks. */
struct line {
	const char *text;
	size_t size;
	size_t n_fields;
	struct {
		const char *text;
		size_t size;
	} fields[FIELDS_MAX];   /* Further ones are only counted. */
};

enum section { SECTION_NONE, SECTION_QUESTION, SECTION_ANSWER, SECTION_AUTHORITY, SECTION_OTHER };

/* One answer. */
struct message {
	bool open;
	uint32_t line;
	enum section section;
	bool failed;
	char status[32];
	bool asks_ds;
	knot_dname_storage_t name;
	bool has_ds;
	bool has_soa;           /* In AUTHORITY: the zone that denies. */
};

static bool next_line(const struct acml_document *document, size_t *at, struct line *out)
{
	if (*at >= document->size) {
		return false;
	}
	const char *text = document->bytes + *at;
	const char *end = memchr(text, '\n', document->size - *at);
	size_t size = end != NULL ? (size_t)(end - text) : document->size - *at;
	*at += size + (end != NULL);
	if (size > 0 && text[size - 1] == '\r') {
		size--;
	}
	*out = (struct line){ .text = text, .size = size };
	for (size_t i = 0; i < size; ) {
		while (i < size && (text[i] == ' ' || text[i] == '\t')) {
			i++;
		}
		size_t first = i;
		while (i < size && text[i] != ' ' && text[i] != '\t') {
			i++;
		}
		if (i > first) {
			if (out->n_fields < FIELDS_MAX) {
				out->fields[out->n_fields].text = text + first;
				out->fields[out->n_fields].size = i - first;
			}
			out->n_fields++;
		}
	}
	return true;
}

static bool field_is(const struct line *line, size_t i, const char *word)
{
	return i < line->n_fields && i < FIELDS_MAX && line->fields[i].size == strlen(word) &&
	       strncasecmp(line->fields[i].text, word, strlen(word)) == 0;
}

/* What stands behind a word in the line, up to the next separator. */
static bool behind(const struct line *line, const char *word, char *out, size_t size)
{
	const char *at = memmem(line->text, line->size, word, strlen(word));
	if (at == NULL) {
		return false;
	}
	at += strlen(word);
	size_t left = line->size - (size_t)(at - line->text), used = 0;
	while (left > 0 && *at == ' ') {
		at++;
		left--;
	}
	while (used < left && used + 1 < size && isalnum((unsigned char)at[used])) {
		out[used] = at[used];
		used++;
	}
	out[used] = '\0';
	return used > 0;
}

static bool parse_name(const char *text, size_t size, knot_dname_storage_t out)
{
	char buffer[ACML_NAME_TEXT];
	if (size == 0 || size >= sizeof(buffer)) {
		return false;
	}
	memcpy(buffer, text, size);
	buffer[size] = '\0';
	return acml_name_parse(buffer, out);
}

/* An empty answer to a question for DS, from the zone above: there is none. */
static int close_message(const struct acml_document *document, struct message *message)
{
	struct acml_parent_build *build = document->build;
	struct message done = *message;
	*message = (struct message){ 0 };
	if (!done.open) {
		return KNOT_EOK;
	}
	if (done.failed) {
		return acml_parent_fault(document, done.line, 0, "this answer is %s: it says nothing "
		                         "about the parent", done.status);
	}
	if (!done.asks_ds || done.has_ds || !done.has_soa || !acml_parent_wants(build, done.name)) {
		return KNOT_EOK;
	}
	const struct acml_statement none = { .kind = ACML_SAYS_DS_LISTED, .child = done.name };
	return acml_parent_say(build, &none);
}

static void open_message(const struct line *line, uint32_t number, struct message *message)
{
	*message = (struct message){ .open = true, .line = number };
	if (!behind(line, "status:", message->status, sizeof(message->status))) {
		(void)behind(line, "rcode:", message->status, sizeof(message->status));
	}
	message->failed = strcasecmp(message->status, "NOERROR") != 0 &&
	                  strcasecmp(message->status, "NXDOMAIN") != 0;
}

/* ";example.com. IN DS"; kdig and drill put blanks and another semicolon before. */
static void read_question(const struct line *line, struct message *message)
{
	size_t i = 0;
	const char *text = line->fields[0].text;
	size_t size = line->fields[0].size;
	while (size > 0 && *text == ';') {
		text++;
		size--;
	}
	if (size == 0 && line->n_fields > 1) {
		i = 1;
		text = line->fields[1].text;
		size = line->fields[1].size;
	}
	if (line->n_fields != i + 3) {
		return;
	}
	message->asks_ds = field_is(line, i + 2, "DS") && parse_name(text, size, message->name);
	message->section = SECTION_NONE;
}

static int read_comment(const struct acml_document *document, const struct line *line,
                        uint32_t number, struct message *message, bool *out_dig)
{
	static const char *const sections[] = { "QUESTION", "ANSWER", "AUTHORITY", "ADDITIONAL" };
	if (memmem(line->text, line->size, "->>HEADER<<-", 12) != NULL) {
		int ret = close_message(document, message);
		open_message(line, number, message);
		*out_dig = true;
		return ret;
	}
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		if (field_is(line, 0, ";;") && field_is(line, 1, sections[i]) &&
		    line->n_fields == 3) {
			message->section = (enum section)(i + 1);
			return KNOT_EOK;
		}
	}
	if (message->open && message->section == SECTION_QUESTION) {
		read_question(line, message);
	}
	return KNOT_EOK;
}

static void read_answer(const struct line *line, struct message *message)
{
	knot_dname_storage_t owner;
	if (line->n_fields < 2 || !parse_name(line->fields[0].text, line->fields[0].size, owner)) {
		return;
	}
	/* The child's own SOA would be the child's word and not the parent's. */
	bool above = message->section == SECTION_AUTHORITY && message->asks_ds &&
	             acml_name_below(message->name, owner);
	for (size_t i = 1; i < line->n_fields && i < 4; i++) {
		message->has_ds |= field_is(line, i, "DS");
		message->has_soa |= above && field_is(line, i, "SOA");
	}
}

int acml_parent_dig(struct acml_document *document, bool *out_dig)
{
	struct message message = { 0 };
	struct line line;
	uint32_t number = 0;
	int ret = KNOT_EOK;
	*out_dig = false;
	for (size_t at = 0; ret == KNOT_EOK && next_line(document, &at, &line); ) {
		number++;
		if (line.size > 0 && line.text[0] == ';') {
			ret = read_comment(document, &line, number, &message, out_dig);
		} else if (message.open) {
			read_answer(&line, &message);
		}
	}
	return ret == KNOT_EOK ? close_message(document, &message) : ret;
}

static bool is_number(const struct line *line, size_t i, unsigned most, unsigned *out)
{
	unsigned value = 0;
	for (size_t j = 0; j < line->fields[i].size; j++) {
		char c = line->fields[i].text[j];
		if (!isdigit((unsigned char)c) || j > 4) {
			return false;
		}
		value = value * 10 + (unsigned)(c - '0');
	}
	*out = value;
	return line->fields[i].size > 0 && value <= most;
}

static int hex(char c)
{
	return isdigit((unsigned char)c) ? c - '0' :
	       isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : -1;
}

/* "12345 13 2 0123…", the digest in one or more parts. */
static bool short_ds(const struct line *line, uint8_t digest[FIELD_SIZE],
                     struct acml_parent_ds *out)
{
	unsigned tag, algorithm, type;
	if (line->n_fields < 4 || line->n_fields > FIELDS_MAX ||
	    !is_number(line, 0, 65535, &tag) || !is_number(line, 1, 255, &algorithm) ||
	    !is_number(line, 2, 255, &type)) {
		return false;
	}
	size_t digits = 0;
	for (size_t i = 3; i < line->n_fields; i++) {
		for (size_t j = 0; j < line->fields[i].size; j++) {
			int value = hex(line->fields[i].text[j]);
			if (value < 0 || digits / 2 >= FIELD_SIZE) {
				return false;
			}
			uint8_t *byte = &digest[digits / 2];
			*byte = (uint8_t)(digits % 2 == 0 ? value << 4 : *byte | value);
			digits++;
		}
	}
	*out = (struct acml_parent_ds){
		.key_tag = (uint16_t)tag,
		.algorithm = (uint8_t)algorithm,
		.digest_type = (uint8_t)type,
		.digest = digest,
		.digest_size = digits / 2,
	};
	return digits > 0 && digits % 2 == 0;
}

/* "ns1.example.net." */
static bool short_ns(const struct line *line, knot_dname_storage_t out)
{
	return line->n_fields == 1 && line->fields[0].size > 1 &&
	       line->fields[0].text == line->text &&
	       line->text[line->fields[0].size - 1] == '.' &&
	       parse_name(line->text, line->fields[0].size, out);
}

static bool is_short(const struct acml_document *document)
{
	uint8_t digest[FIELD_SIZE];
	struct acml_parent_ds ds;
	knot_dname_storage_t name;
	struct line line;
	size_t lines = 0;
	for (size_t at = 0; next_line(document, &at, &line); ) {
		if (line.n_fields == 0 || line.text[0] == ';') {
			continue;
		}
		if (!short_ds(&line, digest, &ds) && !short_ns(&line, name)) {
			return false;
		}
		lines++;
	}
	return lines > 0;
}

int acml_parent_short(struct acml_document *document, bool *out_short)
{
	*out_short = is_short(document);
	if (!*out_short) {
		return KNOT_EOK;
	}
	struct acml_parent_build *build = document->build;
	const knot_dname_t *child = build->options->for_zone;
	if (child == NULL) {
		return acml_parent_fault(document, 1, 0, "this is dig +short, which does not say the "
		                         "zone; leave +short out, or lint that one zone alone");
	}
	struct line line;
	uint32_t number = 0;
	int ret = KNOT_EOK;
	for (size_t at = 0; ret == KNOT_EOK && next_line(document, &at, &line); ) {
		uint8_t digest[FIELD_SIZE];
		knot_dname_storage_t name;
		struct acml_statement statement = { .child = child };
		number++;
		if (line.n_fields == 0 || line.text[0] == ';') {
			continue;
		}
		if (short_ds(&line, digest, &statement.ds)) {
			statement.kind = ACML_SAYS_DS;
			statement.ds.file = document->name;
			statement.ds.line = number;
		} else if (short_ns(&line, name)) {
			statement.kind = ACML_SAYS_NS;
			statement.ns = (struct acml_parent_ns){
				.name = name, .file = document->name, .line = number,
			};
		}
		ret = acml_parent_say(build, &statement);
	}
	return ret;
}
