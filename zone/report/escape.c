/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report/escape.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Length of the UTF-8 sequence at text (RFC 3629 section 4: no overlong forms, no surrogates), 0
 * when there is none. The terminating NUL ends a sequence early, so nothing is read behind it. */
static size_t sequence(const char *text, uint32_t *out_code)
{
	const unsigned char *b = (const unsigned char *)text;
	if (b[0] < 0x80) {
		*out_code = b[0];
		return 1;
	}
	size_t len = b[0] >= 0xF0 ? 4 : b[0] >= 0xE0 ? 3 : 2;
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	if (b[0] < 0xC2 || b[0] > 0xF4) {
		return 0;
	}
	uint32_t code = b[0] & (0x7F >> len);
	for (size_t i = 1; i < len; i++) {
		if ((b[i] & 0xC0) != 0x80) {
			return 0;
		}
		code = code << 6 | (b[i] & 0x3F);
	}
	if (code < least[len] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
		return 0;
	}
	*out_code = code;
	return len;
}

/* What may move a cursor, hide or reorder text. */
static bool steers(uint32_t code)
{
	return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xAD ||
	       code == 0x061C || (code >= 0x200B && code <= 0x200F) ||
	       (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) ||
	       code == 0xFEFF || (code >= 0xE0000 && code <= 0xE007F);
}

void acml_escape_line(FILE *out, const char *text, size_t len)
{
	const char *end = text + len;
	const char *plain = text;
	while (text < end) {
		uint32_t code = 0;
		size_t size = sequence(text, &code);
		if (size > (size_t)(end - text)) {
			size = 0;
		}
		if (size > 0 && !steers(code)) {
			text += size;
			continue;
		}
		fwrite(plain, 1, text - plain, out);
		for (size = size == 0 ? 1 : size; size > 0; size--) {
			fprintf(out, "\\x%02x", (unsigned char)*text++);
		}
		plain = text;
	}
	fwrite(plain, 1, text - plain, out);
}

void acml_escape_write(FILE *out, const char *text)
{
	acml_escape_line(out, text, strlen(text));
}

char *acml_escape_utf8(const char *text, size_t *out_len)
{
	size_t size = strlen(text);
	if (size > SIZE_MAX / 4 - 1) {
		return NULL;
	}
	char *copy = malloc(4 * size + 1);
	if (copy == NULL) {
		return NULL;
	}
	static const char digits[] = "0123456789abcdef";
	size_t used = 0;
	while (*text != '\0') {
		uint32_t code;
		size_t len = sequence(text, &code);
		if (len > 0) {
			memcpy(copy + used, text, len);
			used += len;
			text += len;
		} else {
			unsigned char byte = *text++;
			copy[used++] = '\\';
			copy[used++] = 'x';
			copy[used++] = digits[byte >> 4];
			copy[used++] = digits[byte & 15];
		}
	}
	copy[used] = '\0';
	*out_len = used;
	return copy;
}

bool acml_escape_is_utf8(const char *text, size_t len)
{
	const char *end = text + len;
	while (text < end) {
		uint32_t code;
		size_t size = sequence(text, &code);
		if (size == 0 || size > (size_t)(end - text)) {
			return false;
		}
		text += size;
	}
	return true;
}
