/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>

#include "report/escape.h"
#include "report/html.h"

/* Lines before and behind the one that a finding is about. */
#define AROUND 2

/* Longer ones are cut. */
#define LINE_SHOWN 240

static void text_part(FILE *out, const char *text, size_t size)
{
	static const char special[] = "&<>\"'\t";
	const char *end = text + size;
	while (text < end) {
		const char *stop = text;
		while (stop < end && (*stop == '\0' || strchr(special, *stop) == NULL)) {
			stop++;
		}
		acml_escape_line(out, text, (size_t)(stop - text));
		if (stop < end && *stop == '\t') {
			fputc('\t', out);
		} else if (stop < end) {
			fprintf(out, "&#%d;", *stop);
		}
		text = stop + (stop < end);
	}
}

void acml_html_text(FILE *out, const char *text)
{
	text_part(out, text, strlen(text));
}

void acml_html_count(FILE *out, size_t count, const char *what)
{
	fprintf(out, "%zu %s%s", count, what, count == 1 ? "" : "s");
}

static int find_lines(struct acml_html_file *file)
{
	size_t count = 1;
	for (size_t i = 0; i < file->size; i++) {
		count += file->bytes[i] == '\n';
	}
	file->lines = calloc(count + 1, sizeof(*file->lines));
	if (file->lines == NULL) {
		return KNOT_ENOMEM;
	}
	for (size_t i = 0; i < file->size; i++) {
		if (file->bytes[i] == '\n') {
			file->lines[++file->n_lines] = i + 1;
		}
	}
	file->n_lines += file->lines[file->n_lines] < file->size;
	file->lines[file->n_lines] = file->size;
	return KNOT_EOK;
}

void acml_html_file_clear(struct acml_html_file *file)
{
	free(file->name);
	free(file->bytes);
	free(file->lines);
	*file = (struct acml_html_file){ 0 };
}

/* Neighbouring findings are in the same file as a rule: the last one is kept. */
static int open_file(struct acml_html *html, const char *name)
{
	struct acml_html_file *file = &html->file;
	const struct acml_source *source = &html->run->source;
	if (file->name != NULL && strcmp(file->name, name) == 0) {
		return KNOT_EOK;
	}
	acml_html_file_clear(file);
	file->name = strdup(name);
	if (file->name == NULL) {
		return KNOT_ENOMEM;
	}
	int ret = source->read == NULL ? KNOT_ENOENT :
	          source->read(source->context, name, &file->bytes, &file->size);
	if (ret == KNOT_EOK) {
		ret = find_lines(file);
	}
	return ret == KNOT_ENOMEM ? ret : KNOT_EOK;
}

static void write_line(FILE *out, const struct acml_html_file *file, size_t line, bool marked)
{
	const char *text = file->bytes + file->lines[line - 1];
	size_t size = file->lines[line] - file->lines[line - 1];
	while (size > 0 && (text[size - 1] == '\n' || text[size - 1] == '\r')) {
		size--;
	}
	bool cut = size > LINE_SHOWN;
	for (size = cut ? LINE_SHOWN : size; cut && (text[size] & 0xC0) == 0x80; size--) {
		/* Not within a character. */
	}
	fprintf(out, "%s<i>%5zu </i>", marked ? "<mark>" : "", line);
	text_part(out, text, size);
	fprintf(out, "%s%s\n", cut ? "<i> …</i>" : "", marked ? "</mark>" : "");
}

int acml_html_excerpt(struct acml_html *html, FILE *out, const char *name, size_t line)
{
	const struct acml_html_file *file = &html->file;
	int ret = line > 0 ? open_file(html, name) : KNOT_EOK;
	if (ret != KNOT_EOK || line == 0 || file->bytes == NULL || line > file->n_lines) {
		return ret;
	}
	size_t first = line > AROUND ? line - AROUND : 1;
	fputs("<pre>", out);
	for (size_t i = first; i <= line + AROUND && i <= file->n_lines; i++) {
		write_line(out, file, i, i == line);
	}
	fputs("</pre>\n", out);
	return KNOT_EOK;
}
