/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/origin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libknot/descriptor.h>
#include <libknot/errcode.h>

#include "model/names.h"
#include "model/route53.h"

/* Names that are relative to nothing end in this, which no zone file can name by accident. */
static const knot_dname_t *const nowhere = (const knot_dname_t *)"\x03""\x01""\x02""\x03"
                                           "\x07""invalid";

/* An SOA this far into a file is no longer looked for. */
#define MAX_RECORDS 100000

static bool fixed(const uint8_t *name, size_t length)
{
	return length > 0 && !acml_name_within(name, nowhere);
}

/* Reads up to the first SOA. */
static bool from_lines(struct acml_scanner *scanner, const char *bytes, size_t size,
                      knot_dname_storage_t out)
{
	zs_scanner_t *zs = &scanner->zs;
	if (acml_scanner_reset(scanner, nowhere, 0, ".", bytes, size) != KNOT_EOK) {
		return false;
	}

	bool found = false;
	for (unsigned i = 0; i < MAX_RECORDS && zs_parse_record(zs) == 0; i++) {
		if (zs->state == ZS_STATE_EOF || zs->error.fatal) {
			break;
		}
		if (!found && fixed(zs->zone_origin, zs->zone_origin_length)) {
			acml_name_lower(zs->zone_origin, out);
			found = true;
		}
		if (zs->state == ZS_STATE_DATA && zs->r_type == KNOT_RRTYPE_SOA) {
			if (fixed(zs->r_owner, zs->r_owner_length)) {
				acml_name_lower(zs->r_owner, out);
				return true;
			}
			return false;
		}
	}
	return found;
}

/* libzscanner takes a carriage return for part of what stands before it. */
static bool from_text(struct acml_scanner *scanner, const char *bytes, size_t size,
                      knot_dname_storage_t out)
{
	if (size == 0 || memchr(bytes, '\r', size) == NULL) {
		return from_lines(scanner, bytes, size, out);
	}
	char *lines = malloc(size);
	size_t used = 0;
	for (size_t i = 0; lines != NULL && i < size; i++) {
		if (bytes[i] != '\r' || i + 1 == size || bytes[i + 1] != '\n') {
			lines[used++] = bytes[i];
		}
	}
	bool found = lines != NULL && from_lines(scanner, lines, used, out);
	free(lines);
	return found;
}

static bool strip_end(char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);
	if (len <= end_len || strcasecmp(text + len - end_len, end) != 0) {
		return false;
	}
	text[len - end_len] = '\0';
	return true;
}

bool acml_origin_from_name(const char *name, knot_dname_storage_t out)
{
	const char *slash = strrchr(name, '/');
	const char *base = slash != NULL ? slash + 1 : name;
	char text[ACML_NAME_TEXT];
	if (strncasecmp(base, "db.", 3) == 0) {
		base += 3;
	}
	if (snprintf(text, sizeof(text), "%s", base) >= (int)sizeof(text)) {
		return false;
	}
	(void)(strip_end(text, ".zone") || strip_end(text, ".db") || strip_end(text, ".txt") ||
	       strip_end(text, ".json"));
	return strcmp(text, "-") != 0 && acml_name_parse(text, out);
}

/* Route 53's record sets name the zone by their SOA. */
static bool from_json(const char *bytes, size_t size, knot_dname_storage_t out)
{
	struct acml_arena arena = { 0 };
	struct acml_route53 route53 = { 0 };
	bool found = acml_route53_convert(&arena, bytes, size, &route53) == KNOT_EOK &&
	             route53.apex != NULL && acml_name_parse(route53.apex, out);
	acml_route53_clear(&route53);
	acml_arena_clear(&arena);
	return found;
}

bool acml_origin_find(struct acml_scanner *scanner, const char *name, const char *bytes,
                      size_t size, knot_dname_storage_t out_origin, bool *out_guessed)
{
	bool json = acml_route53_recognise(bytes, size);
	if (json ? from_json(bytes, size, out_origin) :
	    from_text(scanner, bytes, size, out_origin)) {
		*out_guessed = false;
		return true;
	}
	*out_guessed = true;
	return acml_origin_from_name(name, out_origin);
}
