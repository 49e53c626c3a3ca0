/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The data of plain records, type by type. */

#include "model/plain_line.h"

#include <string.h>

#include <libknot/descriptor.h>

/* Values of digits plus one; 0 is none. */
static const uint8_t hex_digits[256] = {
	['0'] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
	['A'] = 11, 12, 13, 14, 15, 16,
	['a'] = 11, 12, 13, 14, 15, 16,
};

static const uint8_t base32_digits[256] = {
	['0'] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
	['A'] = 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
	22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
	['a'] = 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
	22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
};

/* Values of digits; none of them. */
#define NO	64

static const uint8_t base64_digits[256] = {
	['\0' ... '*'] = NO,
	['+'] = 62,
	[',' ... '.'] = NO,
	['/'] = 63,
	['0'] = 52, 53, 54, 55, 56, 57, 58, 59, 60, 61,
	[':' ... '@'] = NO,
	['A'] = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
	13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
	['[' ... '`'] = NO,
	['a'] = 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38,
	39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51,
	['{' ... 255] = NO,
};

/* Longer data is left to libzscanner, which counts. */
#define DATA_MOST	4096

/* A number in network order, as so many bytes. */
static void put(struct acml_plain_line *line, uint64_t value, unsigned bytes)
{
	while (bytes > 0) {
		*line->to++ = (uint8_t)(value >> (8 * --bytes));
	}
}

/* A number and the blanks behind it. */
static bool number_then(struct acml_plain_line *line, unsigned bytes)
{
	uint64_t value;
	if (!acml_plain_digits(line, UINT64_MAX >> (64 - 8 * bytes), &value)) {
		return false;
	}
	put(line, value, bytes);
	return acml_plain_blanks(line);
}

static bool ipv4(struct acml_plain_line *line)
{
	const uint8_t *at = line->at;
	for (unsigned i = 0; i < 4; i++) {
		if ((i > 0 && *at++ != '.') || !acml_plain_is(*at, ACML_PLAIN_DIGIT)) {
			return false;
		}
		unsigned value = *at++ - '0';
		while (value != 0 && acml_plain_is(*at, ACML_PLAIN_DIGIT) && value <= 255) {
			value = value * 10 + (*at++ - '0');
		}
		if (value > 255) {
			return false;
		}
		*line->to++ = (uint8_t)value;
	}
	line->at = at;
	return true;
}

#define NO_GAP	9

/* Up to eight groups; *out_gap: before which of them "::" stands, or NO_GAP. */
static const uint8_t *groups(const uint8_t *at, uint16_t out[8], unsigned *out_count,
                             unsigned *out_gap)
{
	unsigned count = 0, gap = NO_GAP;
	if (at[0] == ':') {
		if (at[1] != ':') {
			return NULL;
		}
		gap = 0;
		at += 2;
	}
	while (count < 8 && hex_digits[*at] != 0) {
		unsigned value = 0;
		for (unsigned i = 0; i < 4 && hex_digits[*at] != 0; i++) {
			value = value << 4 | (hex_digits[*at++] - 1u);
		}
		out[count++] = (uint16_t)value;
		if (*at != ':') {
			break;
		}
		if (*++at == ':') {
			if (gap != NO_GAP) {
				return NULL;
			}
			gap = count;
			at++;
		} else if (hex_digits[*at] == 0) {
			return NULL;
		}
	}
	*out_count = count;
	*out_gap = gap;
	return at;
}

static bool ipv6(struct acml_plain_line *line)
{
	uint16_t group[8];
	unsigned count, gap;
	const uint8_t *at = groups(line->at, group, &count, &gap);
	if (at == NULL || (gap != NO_GAP ? count > 6 : count < 8)) {
		return false;
	}
	for (unsigned i = 0, from = 0; i < 8; i++) {
		bool zero = i >= gap && i < gap + 8 - count;
		put(line, zero ? 0 : group[from++], 2);
	}
	line->at = at;
	return true;
}

/* So many bytes at once; the compiler knows how. */
typedef uint8_t block __attribute__((vector_size(16)));
typedef uint64_t halves __attribute__((vector_size(16)));

/* Whether a block has nothing but what stands in a string with quotes. */
static bool all_quoted(const uint8_t *from)
{
	block bytes;
	memcpy(&bytes, from, sizeof(bytes));
	halves other = (halves)((bytes - ' ' > '~' - ' ') | (bytes == '"') | (bytes == '\\'));
	return (other[0] | other[1]) == 0;
}

/* One string of TXT, with its length before it. */
static bool string(struct acml_plain_line *line)
{
	bool quoted = *line->at == '"';
	enum acml_plain_kind kind = quoted ? ACML_PLAIN_QUOTED : ACML_PLAIN_TEXT;
	const uint8_t *from = line->at + quoted, *at = from;
	while (quoted && line->limit - at > (ptrdiff_t)sizeof(block) && all_quoted(at)) {
		at += sizeof(block);
	}
	while (acml_plain_is(*at, kind)) {
		at++;
	}
	size_t size = (size_t)(at - from);
	if (size > UINT8_MAX || (quoted ? *at++ != '"' : size == 0)) {
		return false;
	}
	*line->to++ = (uint8_t)size;
	memcpy(line->to, from, size);
	line->to += size;
	line->at = at;
	return true;
}

static bool strings(struct acml_plain_line *line)
{
	const uint8_t *start = line->to;
	do {
		if (line->to - start > DATA_MOST || !string(line)) {
			return false;
		}
	} while (acml_plain_blanks(line) && *line->at != '\n' && *line->at != ';');
	return true;
}

static bool hex(struct acml_plain_line *line)
{
	const uint8_t *start = line->to;
	while (hex_digits[line->at[0]] != 0) {
		unsigned high = hex_digits[line->at[0]] - 1u, low = hex_digits[line->at[1]];
		if (low == 0 || line->to - start > DATA_MOST) {
			return false;
		}
		*line->to++ = (uint8_t)(high << 4 | (low - 1));
		line->at += 2;
	}
	return line->to > start;
}

/* The last quartet of base64 when it is padded: one octet or two. */
static bool padded(struct acml_plain_line *line)
{
	const uint8_t *at = line->at;
	unsigned a = base64_digits[at[0]], b = base64_digits[at[1]], c = base64_digits[at[2]];
	if (((a | b) & NO) != 0 || at[3] != '=' || ((c & NO) != 0 && at[2] != '=')) {
		return false;
	}
	*line->to++ = (uint8_t)(a << 2 | b >> 4);
	if ((c & NO) == 0) {
		*line->to++ = (uint8_t)(b << 4 | c >> 2);
	}
	line->at += 4;
	return true;
}

/* RFC 4648 section 4, in groups of whole quartets, as signers print it. */
static bool base64(struct acml_plain_line *line)
{
	const uint8_t *start = line->to;
	do {
		while (line->limit - line->at > 4 && line->to - start < DATA_MOST) {
			const uint8_t *at = line->at;
			unsigned a = base64_digits[at[0]], b = base64_digits[at[1]];
			unsigned c = base64_digits[at[2]], d = base64_digits[at[3]];
			if (((a | b | c | d) & NO) != 0) {
				break;
			}
			uint32_t bits = a << 18 | b << 12 | c << 6 | d;
			line->to[0] = (uint8_t)(bits >> 16);
			line->to[1] = (uint8_t)(bits >> 8);
			line->to[2] = (uint8_t)bits;
			line->to += 3;
			line->at += 4;
		}
		if (base64_digits[*line->at] != NO) {
			return line->limit - line->at > 4 && line->to - start < DATA_MOST &&
			       padded(line);
		}
	} while (acml_plain_blanks(line) && base64_digits[*line->at] != NO);
	return line->to > start;
}

/* The hash of an NSEC3 record: octets of base32 (RFC 4648 section 7), its length before it. */
static bool hash(struct acml_plain_line *line)
{
	uint8_t *length = line->to++;
	while (base32_digits[*line->at] != 0) {
		uint64_t bits = 0;
		for (unsigned i = 0; i < 8; i++) {
			unsigned digit = base32_digits[*line->at];
			if (digit == 0) {
				return false;
			}
			bits = bits << 5 | (digit - 1);
			line->at++;
		}
		if (line->to - length > 200) {
			return false;
		}
		put(line, bits, 5);
	}
	*length = (uint8_t)(line->to - length - 1);
	return *length > 0;
}

static bool salt(struct acml_plain_line *line)
{
	uint8_t *length = line->to++;
	if (*line->at == '-') {
		line->at++;
	} else if (!hex(line)) {
		return false;
	}
	*length = (uint8_t)(line->to - length - 1);
	return line->to - length - 1 <= UINT8_MAX;
}

/* RFC 4034 section 4.1.2, as far as the types fit into the first window; none is fine too. */
static bool bitmap(struct acml_plain_line *line)
{
	uint8_t *window = line->to, bits[32] = { 0 };
	unsigned length = 0;
	while (acml_plain_blanks(line) && *line->at != '\n' && *line->at != ';') {
		uint16_t type = acml_plain_type(acml_plain_word(line));
		if (type == 0 || type > UINT8_MAX) {
			return false;
		}
		bits[type / 8] |= (uint8_t)(0x80 >> type % 8);
		length = type / 8 + 1u > length ? type / 8 + 1u : length;
	}
	if (length > 0) {
		window[0] = 0;
		window[1] = (uint8_t)length;
		memcpy(window + 2, bits, length);
		line->to += 2 + length;
	}
	return true;
}

/* Days before each month. */
static const uint16_t before[] = {
	0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365,
};

/* YYYYMMDDHHmmSS. Within these years each fourth has a leap day. */
static bool date(struct acml_plain_line *line)
{
	const uint8_t *at = line->at;
	unsigned digits[14];
	for (unsigned i = 0; i < 14; i++) {
		if (!acml_plain_is(at[i], ACML_PLAIN_DIGIT)) {
			return false;
		}
		digits[i] = at[i] - '0';
	}
	unsigned year = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3];
	unsigned month = digits[4] * 10 + digits[5], day = digits[6] * 10 + digits[7];
	unsigned hour = digits[8] * 10 + digits[9], minute = digits[10] * 10 + digits[11];
	unsigned second = digits[12] * 10 + digits[13];
	unsigned leap = year % 4 == 0;
	if (year < 1970 || year >= 2100 || month < 1 || month > 12 || day < 1 ||
	    day > before[month] - before[month - 1] + (month == 2 ? leap : 0) ||
	    hour > 23 || minute > 59 || second > 59) {
		return false;
	}
	unsigned days = (year - 1970) * 365 + (year - 1969) / 4 + before[month - 1] + day - 1;
	days += month > 2 ? leap : 0;
	put(line, ((days * 24 + hour) * 60 + minute) * 60 + second, 4);
	line->at = at + 14;
	return true;
}

static bool rrsig(struct acml_plain_line *line)
{
	uint16_t type = acml_plain_type(acml_plain_word(line));
	put(line, type, 2);
	return type != 0 && acml_plain_blanks(line) &&
	       number_then(line, 1) && number_then(line, 1) && number_then(line, 4) &&
	       date(line) && acml_plain_blanks(line) && date(line) && acml_plain_blanks(line) &&
	       number_then(line, 2) && acml_plain_name(line) && acml_plain_blanks(line) &&
	       base64(line);
}

bool acml_plain_data(struct acml_plain_line *line, uint16_t type)
{
	switch (type) {
	case KNOT_RRTYPE_A:
		return ipv4(line);
	case KNOT_RRTYPE_AAAA:
		return ipv6(line);
	case KNOT_RRTYPE_NS:
	case KNOT_RRTYPE_CNAME:
	case KNOT_RRTYPE_PTR:
		return acml_plain_name(line);
	case KNOT_RRTYPE_MX:
		return number_then(line, 2) && acml_plain_name(line);
	case KNOT_RRTYPE_SRV:
		return number_then(line, 2) && number_then(line, 2) && number_then(line, 2) &&
		       acml_plain_name(line);
	case KNOT_RRTYPE_TXT:
		return strings(line);
	case KNOT_RRTYPE_DS:
		return number_then(line, 2) && number_then(line, 1) && number_then(line, 1) &&
		       hex(line);
	case KNOT_RRTYPE_NSEC:
		return acml_plain_name(line) && bitmap(line);
	case KNOT_RRTYPE_NSEC3:
		return number_then(line, 1) && number_then(line, 1) && number_then(line, 2) &&
		       salt(line) && acml_plain_blanks(line) && hash(line) && bitmap(line);
	case KNOT_RRTYPE_RRSIG:
		return rrsig(line);
	default:
		return false;
	}
}
