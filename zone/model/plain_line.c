/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The words and names that all parts of a plain line are made of. */

#include "model/plain_line.h"

#include <endian.h>
#include <string.h>

#include <libknot/descriptor.h>

#define L	ACML_PLAIN_LABEL
#define D	ACML_PLAIN_DIGIT
#define T	(ACML_PLAIN_TEXT | ACML_PLAIN_QUOTED)
#define Q	ACML_PLAIN_QUOTED
#define B	ACML_PLAIN_BLANK

const uint8_t acml_plain_kinds[256] = {
	['\t'] = Q | B,
	[' '] = Q | B,
	['!'] = T,
	['#' ... '\''] = T,
	['('] = Q,
	[')'] = Q,
	['*'] = T | L,
	['+'] = T,
	[','] = T,
	['-'] = T | L,
	['.'] = T,
	['/'] = T | L,
	['0' ... '9'] = T | L | D,
	[':'] = T,
	[';'] = Q,
	['<' ... '@'] = T,
	['A' ... 'Z'] = T | L,
	['['] = T,
	[']' ... '^'] = T,
	['_'] = T | L,
	['`'] = T,
	['a' ... 'z'] = T | L,
	['{' ... '~'] = T,
};

/* Longer names are left to libzscanner, which counts. */
#define NAME_MOST	190

static bool add_origin(struct acml_plain_line *line, const uint8_t *name)
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

bool acml_plain_name(struct acml_plain_line *line)
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
		while (acml_plain_is(at[size], ACML_PLAIN_LABEL)) {
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

#define EACH(byte)	(UINT64_C(0x0101010101010101) * (byte))

/* What is left of the input when that is less than eight bytes. */
static uint64_t last_bytes(const struct acml_plain_line *line)
{
	uint64_t text = EACH('\n');
	if (line->at < line->limit) {
		memcpy(&text, line->at, (size_t)(line->limit - line->at));
	}
	return text;
}

uint64_t acml_plain_word(struct acml_plain_line *line)
{
	uint64_t text;
	if (line->limit - line->at < (ptrdiff_t)sizeof(text)) {
		text = last_bytes(line);
	} else {
		memcpy(&text, line->at, sizeof(text));
	}
	text = le64toh(text);
	/* The highest bit of each byte that is a blank or below. */
	uint64_t ends = ~(((text & EACH(0x7f)) + EACH(0x7f - ' ')) | text) & EACH(0x80);
	if (ends == 0) {
		return 0;
	}
	/* What is in front of the first one, letters in lower case. */
	text &= (ends & -ends) / 0x80 - 1;
	line->at += (unsigned)__builtin_ctzll(ends) / 8;
	return text | (text & EACH(0x40)) >> 1;
}

uint16_t acml_plain_type(uint64_t mnemonic)
{
	switch (mnemonic) {
	case 'a': return KNOT_RRTYPE_A;
	case ACML_PLAIN_MNEMONIC('n', 's', 0, 0, 0, 0): return KNOT_RRTYPE_NS;
	case ACML_PLAIN_MNEMONIC('d', 's', 0, 0, 0, 0): return KNOT_RRTYPE_DS;
	case ACML_PLAIN_MNEMONIC('m', 'x', 0, 0, 0, 0): return KNOT_RRTYPE_MX;
	case ACML_PLAIN_MNEMONIC('t', 'x', 't', 0, 0, 0): return KNOT_RRTYPE_TXT;
	case ACML_PLAIN_MNEMONIC('p', 't', 'r', 0, 0, 0): return KNOT_RRTYPE_PTR;
	case ACML_PLAIN_MNEMONIC('s', 'r', 'v', 0, 0, 0): return KNOT_RRTYPE_SRV;
	case ACML_PLAIN_MNEMONIC('s', 'o', 'a', 0, 0, 0): return KNOT_RRTYPE_SOA;
	case ACML_PLAIN_MNEMONIC('c', 'a', 'a', 0, 0, 0): return KNOT_RRTYPE_CAA;
	case ACML_PLAIN_MNEMONIC('a', 'a', 'a', 'a', 0, 0): return KNOT_RRTYPE_AAAA;
	case ACML_PLAIN_MNEMONIC('n', 's', 'e', 'c', 0, 0): return KNOT_RRTYPE_NSEC;
	case ACML_PLAIN_MNEMONIC('c', 'n', 'a', 'm', 'e', 0): return KNOT_RRTYPE_CNAME;
	case ACML_PLAIN_MNEMONIC('r', 'r', 's', 'i', 'g', 0): return KNOT_RRTYPE_RRSIG;
	case ACML_PLAIN_MNEMONIC('n', 's', 'e', 'c', '3', 0): return KNOT_RRTYPE_NSEC3;
	case ACML_PLAIN_MNEMONIC('d', 'n', 's', 'k', 'e', 'y'): return KNOT_RRTYPE_DNSKEY;
	default: return 0;
	}
}
