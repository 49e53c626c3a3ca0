/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 256

static bool make_room(struct acml_text *text, size_t more)
{
	size_t want = text->capacity == 0 ? FIRST_SIZE : text->capacity;
	while (want <= text->size + more) {
		want *= 2;
	}
	if (want == text->capacity) {
		return true;
	}
	char *grown = realloc(text->bytes, want);
	if (grown == NULL) {
		text->failed = true;
		return false;
	}
	text->bytes = grown;
	text->capacity = want;
	return true;
}

void acml_text_add(struct acml_text *text, const char *bytes, size_t size)
{
	if (text->failed || !make_room(text, size)) {
		return;
	}
	memcpy(text->bytes + text->size, bytes, size);
	text->size += size;
	text->bytes[text->size] = '\0';
}

void acml_text_byte(struct acml_text *text, char byte)
{
	acml_text_add(text, &byte, 1);
}

void acml_text_format(struct acml_text *text, const char *format, ...)
{
	char buffer[256];
	va_list args;
	va_start(args, format);
	int length = vsnprintf(buffer, sizeof(buffer), format, args);
	va_end(args);
	if (length > 0) {
		size_t size = (size_t)length < sizeof(buffer) ? (size_t)length : sizeof(buffer) - 1;
		acml_text_add(text, buffer, size);
	}
}

void acml_text_clear(struct acml_text *text)
{
	free(text->bytes);
	*text = (struct acml_text) { 0 };
}
