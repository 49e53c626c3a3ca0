/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/filename.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Knot's own limit on a name before the storage is put in front. */
#define NAME_MAX_LEN 1024

struct text {
	char bytes[NAME_MAX_LEN];
	size_t len;
};

static bool append(struct text *text, const char *bytes, size_t len)
{
	if (len >= sizeof(text->bytes) - text->len) {
		return false;
	}
	memcpy(text->bytes + text->len, bytes, len);
	text->len += len;
	text->bytes[text->len] = '\0';
	return true;
}

/* "[N]" or "[N-M]", up to 255. */
static bool parse_range(const char **at, bool pair, unsigned *out_first, unsigned *out_last)
{
	char *end;
	if (**at != '[' || (*at)[1] < '0' || (*at)[1] > '9') {
		return false;
	}
	unsigned long first = strtoul(*at + 1, &end, 10);
	unsigned long last = first;
	if (pair && end[0] == '-' && end[1] >= '0' && end[1] <= '9') {
		last = strtoul(end + 1, &end, 10);
	}
	if (*end != ']' || last > 255 || first > last) {
		return false;
	}
	*at = end + 1;
	*out_first = first;
	*out_last = last;
	return true;
}

static bool name_text(const knot_dname_t *name, knot_dname_txt_storage_t out)
{
	if (knot_dname_to_str(out, name, sizeof(knot_dname_txt_storage_t)) == NULL) {
		return false;
	}
	for (char *c = out; *c != '\0'; c++) {
		if (*c == '/') {
			*c = '_';
		}
	}
	return true;
}

static bool append_name(struct text *text, const knot_dname_t *name)
{
	knot_dname_txt_storage_t buffer;
	return name_text(name, buffer) && append(text, buffer, strlen(buffer) - 1);
}

static bool append_chars(struct text *text, const knot_dname_t *name, unsigned first, unsigned last)
{
	knot_dname_txt_storage_t buffer;
	if (!name_text(name, buffer)) {
		return false;
	}
	size_t len = strlen(buffer);
	if (first >= len) {
		return true;
	}
	size_t count = last < len ? last - first + 1 : len - first;
	return append(text, buffer + first, count);
}

static bool append_label(struct text *text, const knot_dname_t *name, unsigned from_right)
{
	size_t labels = knot_dname_labels(name, NULL);
	if (labels == 0 && from_right == 0) {
		return append_name(text, name);
	}
	if (labels <= from_right) {
		return true;
	}
	for (size_t skip = labels - from_right - 1; skip > 0; skip--) {
		name += 1 + *name;
	}
	uint8_t label[1 + KNOT_DNAME_MAXLABELLEN + 1] = { 0 };
	memcpy(label, name, 1 + *name);
	return append_name(text, label);
}

/* One formatter, *at behind its letter. NULL or what is wrong. */
static const char *format(struct text *text, char type, const char **at, const knot_dname_t *zone)
{
	unsigned first, last;
	bool fits;
	switch (type) {
	case '%':
		fits = append(text, "%", 1);
		break;
	case 's':
		fits = append_name(text, zone);
		break;
	case 'c':
		if (!parse_range(at, true, &first, &last)) {
			return "%c needs an index such as [0] or [0-2]";
		}
		fits = append_chars(text, zone, first, last);
		break;
	case 'l':
		if (!parse_range(at, false, &first, &last)) {
			return "%l needs an index such as [0]";
		}
		fits = append_label(text, zone, first);
		break;
	default:
		return "unknown formatter, only %s, %c[N], %c[N-M], %l[N] and %% are known";
	}
	return fits ? NULL : "file name too long";
}

const char *acml_filename(const char *pattern, const char *storage, const knot_dname_t *zone,
                          char out_path[ACML_PATH_MAX])
{
	struct text text = { .len = 0 };
	for (const char *at = pattern; *at != '\0'; ) {
		size_t plain = strcspn(at, "%");
		if (!append(&text, at, plain)) {
			return "file name too long";
		}
		at += plain;
		if (*at == '%') {
			char type = at[1];
			at += type != '\0' ? 2 : 1;
			const char *wrong = format(&text, type, &at, zone);
			if (wrong != NULL) {
				return wrong;
			}
		}
	}

	char cwd[ACML_PATH_MAX] = "";
	bool absolute = text.bytes[0] == '/';
	if (!absolute && storage[0] != '/' && getcwd(cwd, sizeof(cwd)) == NULL) {
		return "the working directory is gone";
	}
	int len = snprintf(out_path, ACML_PATH_MAX, "%s%s%s%s%s", cwd, cwd[0] != '\0' ? "/" : "",
	                   absolute ? "" : storage, absolute ? "" : "/", text.bytes);
	return len < ACML_PATH_MAX ? NULL : "file name too long";
}
