/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/plain.h"

#include <string.h>

#include "model/plain_line.h"

/* From a comment to its newline. A mapped file may change while it is read: then there is none. */
static void pass_comment(struct acml_plain_line *line)
{
	const uint8_t *end = memchr(line->at, '\n', (size_t)(line->limit - line->at));
	line->at = end != NULL ? end : line->limit;
}

/* Behind the data: nothing, or a comment. Leaves the line at its newline. */
static bool ends(struct acml_plain_line *line)
{
	(void)acml_plain_blanks(line);
	if (line->at < line->limit && *line->at == ';') {
		pass_comment(line);
	}
	return line->at < line->limit && *line->at == '\n';
}

/* TTL and class, each once and in either order, and the type. */
static bool head(struct acml_plain_line *line, uint32_t *out_ttl, uint16_t *out_type)
{
	bool has_ttl = false, has_class = false;
	for (;;) {
		if (acml_plain_is(*line->at, ACML_PLAIN_DIGIT)) {
			uint64_t ttl;
			if (has_ttl || !acml_plain_digits(line, UINT32_MAX, &ttl)) {
				return false;
			}
			*out_ttl = (uint32_t)ttl;
			has_ttl = true;
		} else {
			uint64_t mnemonic = acml_plain_word(line);
			if (mnemonic != ACML_PLAIN_MNEMONIC('i', 'n', 0, 0, 0, 0) || has_class) {
				*out_type = acml_plain_type(mnemonic);
				return acml_plain_blanks(line);
			}
			has_class = true;
		}
		if (!acml_plain_blanks(line)) {
			return false;
		}
	}
}

/* Goes to the next line that is neither blank nor a comment; false: there is none. */
static bool begin(struct acml_plain_line *line, uint64_t *out_lines)
{
	while (line->at < line->limit) {
		if (*line->at == ';') {
			pass_comment(line);
		} else if (*line->at != '\n') {
			return true;
		}
		line->at++;
		++*out_lines;
	}
	return false;
}

/* The owner, unless it is the one of the record before; most records share theirs with others. */
static bool owner(struct acml_plain_line *line, struct acml_plain *plain, uint32_t *out_length)
{
	zs_scanner_t *zs = line->zs;
	const uint8_t *text = line->at;
	size_t size = plain->owner_size;
	plain->same_owner = false;
	if (acml_plain_is(*text, ACML_PLAIN_BLANK)) {
		return zs->r_owner_length > 0;
	}
	if (plain->owner != NULL && (size_t)(line->limit - text) > size &&
	    acml_plain_is(text[size], ACML_PLAIN_BLANK) && memcmp(text, plain->owner, size) == 0) {
		line->at += size;
		plain->same_owner = true;
		return true;
	}
	/* What begins otherwise may leave the owner of the line above as it is. */
	if ((!acml_plain_is(*text, ACML_PLAIN_LABEL) && *text != '@') || !acml_plain_name(line)) {
		return false;
	}
	*out_length = (uint32_t)(line->to - zs->r_owner);
	plain->owner = text;
	plain->owner_size = (size_t)(line->at - text);
	return true;
}

static bool record(struct acml_plain *plain, zs_scanner_t *zs)
{
	struct acml_plain_line line = {
		.at = (const uint8_t *)zs->input.current,
		.to = zs->r_owner,
		.zs = zs,
		.limit = (const uint8_t *)plain->limit,
	};
	uint64_t lines = 0;
	uint32_t ttl = zs->default_ttl, owner_length = zs->r_owner_length;
	uint16_t type = 0;
	if (!begin(&line, &lines)) {
		return false;
	}
	const char *start = (const char *)line.at;
	if (!owner(&line, plain, &owner_length) || !acml_plain_blanks(&line)) {
		return false;
	}
	line.to = zs->r_data;
	if (!head(&line, &ttl, &type) || !acml_plain_data(&line, type) || !ends(&line)) {
		return false;
	}

	zs->r_owner_length = owner_length;
	zs->r_class = zs->default_class;
	zs->r_ttl = ttl;
	zs->r_type = type;
	zs->r_data_length = (uint32_t)(line.to - zs->r_data);
	zs->line_counter += lines;
	zs->input.current = (const char *)line.at;
	zs->state = ZS_STATE_DATA;
	plain->start = start;
	return true;
}

bool acml_plain_record(struct acml_plain *plain, zs_scanner_t *zs)
{
	/* Of an input that has ended libzscanner looks at a newline of its own. */
	if (zs->cs == plain->between && !zs->multiline && !zs->input.eof && record(plain, zs)) {
		return true;
	}
	plain->owner = NULL;
	plain->start = NULL;
	return false;
}
