/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report/stream.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct counter {
	FILE *out;
	size_t *count;
};

struct text {
	char *bytes;
	size_t size;
};

static ssize_t count_write(void *cookie, const char *bytes, size_t size)
{
	struct counter *counter = cookie;
	size_t done = fwrite(bytes, 1, size, counter->out);
	*counter->count += done;
	return (ssize_t)done;
}

static int count_close(void *cookie)
{
	free(cookie);
	return 0;
}

FILE *acml_stream_count(FILE *out, size_t *count)
{
	struct counter *counter = malloc(sizeof(*counter));
	if (counter == NULL) {
		return NULL;
	}
	*counter = (struct counter){ out, count };
	FILE *stream = fopencookie(counter, "w", (cookie_io_functions_t){
		.write = count_write, .close = count_close,
	});
	if (stream == NULL) {
		free(counter);
	}
	return stream;
}

static ssize_t text_write(void *cookie, const char *bytes, size_t size)
{
	struct text *text = cookie;
	char *grown = realloc(text->bytes, text->size + size + 1);
	if (grown == NULL) {
		return 0;
	}
	memcpy(grown + text->size, bytes, size);
	text->bytes = grown;
	text->size += size;
	grown[text->size] = '\0';
	return (ssize_t)size;
}

char *acml_stream_collect(void (*write)(FILE *out, const void *subject), const void *subject)
{
	struct text text = { 0 };
	FILE *stream = fopencookie(&text, "w", (cookie_io_functions_t){ .write = text_write });
	if (stream == NULL) {
		return NULL;
	}
	write(stream, subject);
	bool whole = fflush(stream) == 0 && !ferror(stream);
	if (fclose(stream) != 0 || !whole) {
		free(text.bytes);
		return NULL;
	}
	return text.bytes != NULL ? text.bytes : strdup("");
}
