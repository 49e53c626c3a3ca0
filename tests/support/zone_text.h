/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Zones and names from text, for unit tests. Any failure ends the test. */

#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <libknot/errcode.h>

#include "model/names.h"
#include "model/read.h"

/* A zone for origin example.com, every record kept and every record sound. Free it with
 * acml_zone_free(). */
static inline struct acml_zone *zone_from_text(const char *text)
{
	const struct acml_read_options options = {
		.origin = "example.com",
		.keep = ACML_KEEP_ALL,
	};
	struct acml_zone *zone = NULL;
	struct acml_scanner *scanner = acml_scanner_new();
	assert_non_null(scanner);
	int ret = acml_zone_read_bytes(scanner, "test.zone", text, strlen(text), &options, &zone);
	acml_scanner_free(scanner);
	assert_int_equal(ret, KNOT_EOK);
	assert_true(zone->complete);
	assert_int_equal(zone->n_problems, 0);
	return zone;
}

static inline void name_from_text(const char *text, knot_dname_storage_t out)
{
	assert_true(acml_name_parse(text, out));
}

/* The name relative to example.com; the apex is "@". */
static inline void relative_text(const knot_dname_t *name, char out[ACML_NAME_TEXT])
{
	static const char suffix[] = ".example.com.";
	acml_name_text(name, out);
	size_t len = strlen(out), tail = sizeof(suffix) - 1;
	if (strcmp(out, suffix + 1) == 0) {
		strcpy(out, "@");
	} else if (len > tail && strcmp(out + len - tail, suffix) == 0) {
		out[len - tail] = '\0';
	}
}

/* The name relative to example.com unless the text ends in a dot. */
static inline void absolute_name(const char *text, knot_dname_storage_t out)
{
	char absolute[2 * ACML_NAME_TEXT];
	size_t len = strlen(text);
	if (strcmp(text, "@") == 0) {
		name_from_text("example.com.", out);
	} else if (text[len - 1] == '.') {
		name_from_text(text, out);
	} else {
		snprintf(absolute, sizeof(absolute), "%s.example.com.", text);
		name_from_text(absolute, out);
	}
}

static inline void assert_relative(const knot_dname_t *name, const char *expected)
{
	if (expected == NULL) {
		assert_null(name);
		return;
	}
	char text[ACML_NAME_TEXT];
	assert_non_null(name);
	relative_text(name, text);
	assert_string_equal(text, expected);
}
