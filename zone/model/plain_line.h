/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * A plain line on its way into the scanner's record, and what its parts have in common. Private to
 * plain*.c.
 *
 * What reads a part moves the line behind it, or returns false. Every loop runs over bytes of one
 * kind; a newline is of none and there is one ahead, so no loop needs to look for the end of the
 * input.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libzscanner/scanner.h>

enum acml_plain_kind {
	ACML_PLAIN_LABEL = 1 << 0,      /* What libzscanner takes into a label without an escape. */
	ACML_PLAIN_DIGIT = 1 << 2,
	ACML_PLAIN_TEXT = 1 << 3,       /* In a string without quotes. */
	ACML_PLAIN_QUOTED = 1 << 4,     /* In one with quotes. */
	ACML_PLAIN_BLANK = 1 << 5,
};

extern const uint8_t acml_plain_kinds[256];

struct acml_plain_line {
	const uint8_t *at;
	uint8_t *to;            /* Where the next byte goes. */
	zs_scanner_t *zs;
	const uint8_t *limit;   /* Behind the last newline of the input. */
};

static inline bool acml_plain_is(uint8_t byte, enum acml_plain_kind kind)
{
	return (acml_plain_kinds[byte] & kind) != 0;
}

/* One blank or more. */
static inline bool acml_plain_blanks(struct acml_plain_line *line)
{
	if (!acml_plain_is(*line->at, ACML_PLAIN_BLANK)) {
		return false;
	}
	do {
		line->at++;
	} while (acml_plain_is(*line->at, ACML_PLAIN_BLANK));
	return true;
}

/* A domain name, made absolute. */
bool acml_plain_name(struct acml_plain_line *line);

/* Digits alone; out_value is untouched without them. */
static inline bool acml_plain_digits(struct acml_plain_line *line, uint64_t most,
                                     uint64_t *out_value)
{
	const uint8_t *at = line->at;
	uint64_t value = 0;
	while (acml_plain_is(*at, ACML_PLAIN_DIGIT) && at - line->at < 10) {
		value = value * 10 + (uint64_t)(*at++ - '0');
	}
	if (at == line->at || value > most) {
		return false;
	}
	line->at = at;
	*out_value = value;
	return true;
}

#define ACML_PLAIN_MNEMONIC(a, b, c, d, e, f) \
	((uint64_t)((a) | (b) << 8 | (c) << 16) | (uint64_t)((d) | (e) << 8 | (f) << 16) << 24)

/* A word up to the next blank as a number, in lower case where it is letters and digits; 0: it is
 * empty or has more than seven bytes. */
uint64_t acml_plain_word(struct acml_plain_line *line);

/* The types that are plain, or common in lists of types; 0: another. */
uint16_t acml_plain_type(uint64_t mnemonic);

/* The data of a record. */
bool acml_plain_data(struct acml_plain_line *line, uint16_t type);
