/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Every loop here runs over bytes of one kind; a newline is of none and there is one ahead, so no
 * loop needs to look for the end of the input.
 */

#include "model/plain.h"

#include <string.h>

#include <libknot/descriptor.h>

enum kind {
	LABEL = 1 << 0,         /* What libzscanner takes into a label without an escape. */
	WORD_CHAR = 1 << 1,     /* Letters and digits. */
	DIGIT = 1 << 2,
	TEXT  = 1 << 3,         /* In a string without quotes. */
	QUOTED = 1 << 4,        /* In one with quotes. */
	BLANK = 1 << 5,
};

#define PLAIN_TEXT	(TEXT | QUOTED)

static const uint8_t kinds[256] = {
	['\t'] = QUOTED | BLANK,
	[' '] = QUOTED | BLANK,
	['!'] = PLAIN_TEXT,
	['#' ... '\''] = PLAIN_TEXT,
	['('] = QUOTED,
	[')'] = QUOTED,
	['*'] = PLAIN_TEXT | LABEL,
	['+'] = PLAIN_TEXT,
	[','] = PLAIN_TEXT,
	['-'] = PLAIN_TEXT | LABEL,
	['.'] = PLAIN_TEXT,
	['/'] = PLAIN_TEXT | LABEL,
	['0' ... '9'] = PLAIN_TEXT | LABEL | WORD_CHAR | DIGIT,
	[':'] = PLAIN_TEXT,
	[';'] = QUOTED,
	['<' ... '@'] = PLAIN_TEXT,
	['A' ... 'Z'] = PLAIN_TEXT | LABEL | WORD_CHAR,
	['['] = PLAIN_TEXT,
	[']' ... '^'] = PLAIN_TEXT,
	['_'] = PLAIN_TEXT | LABEL,
	['`'] = PLAIN_TEXT,
	['a' ... 'z'] = PLAIN_TEXT | LABEL | WORD_CHAR,
	['{' ... '~'] = PLAIN_TEXT,
};

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

static const uint8_t base64_digits[256] = {
	['A'] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
	14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
	['a'] = 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39,
	40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52,
	['0'] = 53, 54, 55, 56, 57, 58, 59, 60, 61, 62,
	['+'] = 63,
	['/'] = 64,
};

/* Longer names and data are left to libzscanner, which counts. */
#define NAME_MOST	190
#define DATA_MOST	4096

/* A line on its way into the scanner's record. */
struct line {
	const uint8_t *at;
	uint8_t *to;            /* Where the next byte goes. */
	zs_scanner_t *zs;
	const uint8_t *limit;
	uint32_t owner_length;
};

static bool is(uint8_t byte, enum kind kind)
{
	return (kinds[byte] & kind) != 0;
}

static bool blanks(struct line *line)
{
	if (!is(*line->at, BLANK)) {
		return false;
	}
	do {
		line->at++;
	} while (is(*line->at, BLANK));
	return true;
}

/* Behind the data: nothing, or a comment. Leaves the line at its newline. */
static bool ends(struct line *line)
{
	(void)blanks(line);
	if (*line->at == ';') {
		line->at = memchr(line->at, '\n', (size_t)(line->limit - line->at));
	}
	return *line->at == '\n';
}

static bool add_origin(struct line *line, const uint8_t *name)
{
	size_t size = line->zs->zone_origin_length;
	if ((size_t)(line->to - name) + size > ZS_MAX_DNAME_LENGTH) {
		return false;
	}
	memcpy(line->to, line->zs->zone_origin, size);
	line->to += size;
	return true;
}

/* Short labels as a whole, where there is room behind them: the buffers have it. */
static void copy_label(uint8_t *to, const uint8_t *from, size_t size, const uint8_t *limit)
{
	if (size <= 16 && limit - from >= 16) {
		memcpy(to, from, 16);
	} else {
		memcpy(to, from, size);
	}
}

static bool name(struct line *line)
{
	uint8_t *const start = line->to;
	uint8_t *to = start;
	const uint8_t *at = line->at;
	if (*at == '@') {
		line->at++;
		return add_origin(line, start);
	}
	for (;;) {
		size_t size = 0;
		while (is(at[size], LABEL)) {
			size++;
		}
		if (size > ZS_MAX_LABEL_LENGTH || to - start > NAME_MOST) {
			return false;
		}
		*to++ = (uint8_t)size;
		copy_label(to, at, size, line->limit);
		to += size;
		at += size;
		if (*at != '.' || size == 0) {
			break;
		}
		at++;
	}
	line->at = at;
	line->to = to;
	if (to[-1] == 0) {
		/* Of an absolute name the last label is empty. ".", and nothing at all, are left alone. */
		return to > start + 1;
	}
	return add_origin(line, start);
}

/* A number in network order, as so many bytes. */
static void put(struct line *line, uint64_t value, unsigned bytes)
{
	while (bytes > 0) {
		*line->to++ = (uint8_t)(value >> (8 * --bytes));
	}
}

/* Digits alone. */
static bool number(struct line *line, unsigned bytes)
{
	const uint8_t *at = line->at;
	uint64_t value = 0;
	while (is(*at, DIGIT) && at - line->at < 10) {
		value = value * 10 + (uint64_t)(*at++ - '0');
	}
	if (at == line->at || value >> (8 * bytes) != 0) {
		return false;
	}
	line->at = at;
	put(line, value, bytes);
	return true;
}

/* The same and the blanks behind it. */
static bool number_then(struct line *line, unsigned bytes)
{
	return number(line, bytes) && blanks(line);
}

static bool ipv4(struct line *line)
{
	const uint8_t *at = line->at;
	for (unsigned i = 0; i < 4; i++) {
		if ((i > 0 && *at++ != '.') || !is(*at, DIGIT)) {
			return false;
		}
		unsigned value = *at++ - '0';
		while (value != 0 && is(*at, DIGIT) && value <= 255) {
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

static bool ipv6(struct line *line)
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

/* One string of TXT, with its length before it. */
static bool string(struct line *line)
{
	bool quoted = *line->at == '"';
	enum kind kind = quoted ? QUOTED : TEXT;
	const uint8_t *from = line->at + quoted, *at = from;
	while (is(*at, kind)) {
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

static bool strings(struct line *line)
{
	const uint8_t *start = line->to;
	do {
		if (line->to - start > DATA_MOST || !string(line)) {
			return false;
		}
	} while (blanks(line) && *line->at != '\n' && *line->at != ';');
	return true;
}

static bool hex(struct line *line)
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

/* RFC 4648 section 4, in one piece. */
static bool base64(struct line *line)
{
	const uint8_t *at = line->at, *start = line->to;
	uint8_t *to = line->to;
	unsigned a, b = 0, c = 0, d = 0;
	while ((a = base64_digits[at[0]]) != 0 && to - start < DATA_MOST) {
		if ((b = base64_digits[at[1]]) == 0 ||
		    ((c = base64_digits[at[2]]) == 0 && at[2] != '=') ||
		    ((d = base64_digits[at[3]]) == 0 && at[3] != '=')) {
			return false;
		}
		if (c == 0 || d == 0) {
			break;
		}
		uint32_t bits = (a - 1) << 18 | (b - 1) << 12 | (c - 1) << 6 | (d - 1);
		*to++ = (uint8_t)(bits >> 16);
		*to++ = (uint8_t)(bits >> 8);
		*to++ = (uint8_t)bits;
		at += 4;
	}
	if (a != 0 && to - start < DATA_MOST) {
		/* Padded; "x=" with a digit behind it is no padding. */
		if (d != 0) {
			return false;
		}
		*to++ = (uint8_t)((a - 1) << 2 | (b - 1) >> 4);
		if (c != 0) {
			*to++ = (uint8_t)((b - 1) << 4 | (c - 1) >> 2);
		}
		at += 4;
	}
	bool some = to > line->to;
	line->at = at;
	line->to = to;
	return some;
}

/* The hash of an NSEC3 record: octets of base32 (RFC 4648 section 7), its length before it. */
static bool hash(struct line *line)
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

static bool salt(struct line *line)
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

#define WORD(a, b, c, d, e, f) \
	((uint64_t)((a) | (b) << 8 | (c) << 16) | (uint64_t)((d) | (e) << 8 | (f) << 16) << 24)

/* A word in lower case as a number; 0 when it is longer than eight bytes. Digits keep their bits. */
static uint64_t word(struct line *line)
{
	uint64_t value = 0;
	unsigned bits = 0;
	for (; is(*line->at, WORD_CHAR); line->at++, bits += 8) {
		value |= bits < 64 ? (uint64_t)(*line->at | 0x20) << bits : 0;
	}
	return bits <= 64 ? value : 0;
}

/* The types that are plain, or common in lists of types; 0: another. */
static uint16_t type_of(uint64_t mnemonic)
{
	switch (mnemonic) {
	case 'a': return KNOT_RRTYPE_A;
	case WORD('n', 's', 0, 0, 0, 0): return KNOT_RRTYPE_NS;
	case WORD('d', 's', 0, 0, 0, 0): return KNOT_RRTYPE_DS;
	case WORD('m', 'x', 0, 0, 0, 0): return KNOT_RRTYPE_MX;
	case WORD('t', 'x', 't', 0, 0, 0): return KNOT_RRTYPE_TXT;
	case WORD('p', 't', 'r', 0, 0, 0): return KNOT_RRTYPE_PTR;
	case WORD('s', 'r', 'v', 0, 0, 0): return KNOT_RRTYPE_SRV;
	case WORD('s', 'o', 'a', 0, 0, 0): return KNOT_RRTYPE_SOA;
	case WORD('c', 'a', 'a', 0, 0, 0): return KNOT_RRTYPE_CAA;
	case WORD('a', 'a', 'a', 'a', 0, 0): return KNOT_RRTYPE_AAAA;
	case WORD('n', 's', 'e', 'c', 0, 0): return KNOT_RRTYPE_NSEC;
	case WORD('c', 'n', 'a', 'm', 'e', 0): return KNOT_RRTYPE_CNAME;
	case WORD('r', 'r', 's', 'i', 'g', 0): return KNOT_RRTYPE_RRSIG;
	case WORD('n', 's', 'e', 'c', '3', 0): return KNOT_RRTYPE_NSEC3;
	case WORD('d', 'n', 's', 'k', 'e', 'y'): return KNOT_RRTYPE_DNSKEY;
	default: return 0;
	}
}

/* RFC 4034 section 4.1.2, as far as the types fit into the first window; none is fine too. */
static bool bitmap(struct line *line)
{
	uint8_t *window = line->to, bits[32] = { 0 };
	unsigned length = 0;
	while (blanks(line) && *line->at != '\n' && *line->at != ';') {
		uint16_t type = type_of(word(line));
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
static bool date(struct line *line)
{
	const uint8_t *at = line->at;
	unsigned digits[14];
	for (unsigned i = 0; i < 14; i++) {
		if (!is(at[i], DIGIT)) {
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

static bool rrsig(struct line *line)
{
	uint16_t type = type_of(word(line));
	put(line, type, 2);
	return type != 0 && blanks(line) && number_then(line, 1) && number_then(line, 1) &&
	       number_then(line, 4) && date(line) && blanks(line) && date(line) &&
	       blanks(line) && number_then(line, 2) && name(line) && blanks(line) &&
	       base64(line);
}

static bool data(struct line *line, uint16_t type)
{
	switch (type) {
	case KNOT_RRTYPE_A:
		return ipv4(line);
	case KNOT_RRTYPE_AAAA:
		return ipv6(line);
	case KNOT_RRTYPE_NS:
	case KNOT_RRTYPE_CNAME:
	case KNOT_RRTYPE_PTR:
		return name(line);
	case KNOT_RRTYPE_MX:
		return number_then(line, 2) && name(line);
	case KNOT_RRTYPE_SRV:
		return number_then(line, 2) && number_then(line, 2) && number_then(line, 2) &&
		       name(line);
	case KNOT_RRTYPE_TXT:
		return strings(line);
	case KNOT_RRTYPE_DS:
		return number_then(line, 2) && number_then(line, 1) && number_then(line, 1) &&
		       hex(line);
	case KNOT_RRTYPE_NSEC:
		return name(line) && bitmap(line);
	case KNOT_RRTYPE_NSEC3:
		return number_then(line, 1) && number_then(line, 1) && number_then(line, 2) &&
		       salt(line) && blanks(line) && hash(line) && bitmap(line);
	case KNOT_RRTYPE_RRSIG:
		return rrsig(line);
	default:
		return false;
	}
}

/* TTL and class, each once and in either order, and the type. */
static bool head(struct line *line, uint32_t *out_ttl, uint16_t *out_type)
{
	bool has_ttl = false, has_class = false;
	for (;;) {
		if (is(*line->at, DIGIT)) {
			uint8_t ttl[4];
			struct line digits = { .at = line->at, .to = ttl };
			if (has_ttl || !number(&digits, 4)) {
				return false;
			}
			*out_ttl = (uint32_t)ttl[0] << 24 | ttl[1] << 16 | ttl[2] << 8 | ttl[3];
			line->at = digits.at;
			has_ttl = true;
		} else {
			uint64_t mnemonic = word(line);
			if (mnemonic != WORD('i', 'n', 0, 0, 0, 0) || has_class) {
				*out_type = type_of(mnemonic);
				return blanks(line);
			}
			has_class = true;
		}
		if (!blanks(line)) {
			return false;
		}
	}
}

/* Goes to the next line that is neither blank nor a comment; false: there is none. */
static bool begin(struct line *line, uint64_t *out_lines)
{
	while (line->at < line->limit) {
		if (*line->at == ';') {
			line->at = memchr(line->at, '\n', (size_t)(line->limit - line->at));
		}
		if (*line->at != '\n') {
			return true;
		}
		line->at++;
		++*out_lines;
	}
	return false;
}

/* The owner, unless it is the one of the record before; most records share theirs with others. */
static bool owner(struct line *line, struct acml_plain *plain)
{
	zs_scanner_t *zs = line->zs;
	const uint8_t *text = line->at;
	size_t size = plain->owner_size;
	if (is(*text, BLANK)) {
		return zs->r_owner_length > 0;
	}
	if (plain->owner != NULL && (size_t)(line->limit - text) > size &&
	    is(text[size], BLANK) && memcmp(text, plain->owner, size) == 0) {
		line->at += size;
		return true;
	}
	/* What begins otherwise may leave the owner of the line above as it is. */
	if ((!is(*text, LABEL) && *text != '@') || !name(line)) {
		return false;
	}
	line->owner_length = (uint32_t)(line->to - zs->r_owner);
	plain->owner = text;
	plain->owner_size = (size_t)(line->at - text);
	return true;
}

static bool record(struct acml_plain *plain, zs_scanner_t *zs)
{
	struct line line = {
		.at = (const uint8_t *)zs->input.current,
		.to = zs->r_owner,
		.zs = zs,
		.limit = (const uint8_t *)plain->limit,
		.owner_length = zs->r_owner_length,
	};
	uint64_t lines = 0;
	uint32_t ttl = zs->default_ttl;
	uint16_t type = 0;
	if (!begin(&line, &lines) || !owner(&line, plain) || !blanks(&line)) {
		return false;
	}
	line.to = zs->r_data;
	if (!head(&line, &ttl, &type) || !data(&line, type) || !ends(&line)) {
		return false;
	}

	zs->r_owner_length = line.owner_length;
	zs->r_class = zs->default_class;
	zs->r_ttl = ttl;
	zs->r_type = type;
	zs->r_data_length = (uint32_t)(line.to - zs->r_data);
	zs->line_counter += lines;
	zs->input.current = (const char *)line.at;
	zs->state = ZS_STATE_DATA;
	return true;
}

bool acml_plain_record(struct acml_plain *plain, zs_scanner_t *zs)
{
	/* Of an input that has ended libzscanner looks at a newline of its own. */
	if (zs->cs == plain->between && !zs->multiline && !zs->input.eof && record(plain, zs)) {
		return true;
	}
	plain->owner = NULL;
	return false;
}
