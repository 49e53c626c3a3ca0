/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Two scanners over the same text, one with the plain lines recognised ahead of it: whatever one
 * delivers, the other has to.
 */

#pragma once

#include <stdio.h>
#include <string.h>

#include <libknot/descriptor.h>
#include <libknot/errcode.h>

#include "model/plain.h"
#include "model/scanner.h"

struct plain_pair {
	struct acml_scanner *plain, *alone;
	size_t records;         /* That both have delivered. */
	size_t ahead;           /* Those of them that libzscanner has not seen. */
};

static bool pair_same(const char *what, bool same)
{
	if (!same) {
		fprintf(stderr, "not the same: %s\n", what);
	}
	return same;
}

static bool pair_same_record(const zs_scanner_t *a, const zs_scanner_t *b)
{
	return pair_same("owner", a->r_owner_length == b->r_owner_length &&
	                 memcmp(a->r_owner, b->r_owner, a->r_owner_length) == 0) &&
	       pair_same("class", a->r_class == b->r_class) &&
	       pair_same("TTL", a->r_ttl == b->r_ttl) &&
	       pair_same("type", a->r_type == b->r_type) &&
	       pair_same("data", a->r_data_length == b->r_data_length &&
	                 memcmp(a->r_data, b->r_data, a->r_data_length) == 0);
}

static bool pair_same_state(const zs_scanner_t *a, const zs_scanner_t *b)
{
	bool same = pair_same("state", a->state == b->state) &&
	            pair_same("line", a->line_counter == b->line_counter) &&
	            pair_same("position", a->input.current == b->input.current) &&
	            pair_same("end", a->input.eof == b->input.eof) &&
	            pair_same("machine", a->cs == b->cs && a->multiline == b->multiline) &&
	            pair_same("previous owner", a->r_owner_length == b->r_owner_length) &&
	            pair_same("errors", a->error.counter == b->error.counter) &&
	            pair_same("default TTL", a->default_ttl == b->default_ttl) &&
	            pair_same("origin", a->zone_origin_length == b->zone_origin_length &&
	                      memcmp(a->zone_origin, b->zone_origin, a->zone_origin_length) == 0);
	if (same && a->state == ZS_STATE_ERROR) {
		same = pair_same("error", a->error.code == b->error.code &&
		                 a->error.fatal == b->error.fatal);
	}
	return same && (a->state != ZS_STATE_DATA || pair_same_record(a, b));
}

/* Reads on behind an $INCLUDE, which nobody follows. False: they differ. */
static bool pair_read(struct plain_pair *pair, const char *bytes, size_t size)
{
	static const knot_dname_t *const origin = (const knot_dname_t *)"\x07""example\x03""com";
	zs_scanner_t *a = &pair->plain->zs, *b = &pair->alone->zs;
	if (acml_scanner_reset(pair->plain, origin, 3600, ".", bytes, size) != KNOT_EOK ||
	    acml_scanner_reset(pair->alone, origin, 3600, ".", bytes, size) != KNOT_EOK) {
		return false;
	}
	const char *last = size > 0 ? memrchr(bytes, '\n', size) : NULL;
	struct acml_plain plain = {
		.between = pair->plain->start, .limit = last != NULL ? last + 1 : bytes,
	};
	for (;;) {
		bool ahead = acml_plain_record(&plain, a);
		int ret = ahead ? 0 : zs_parse_record(a);
		if (!pair_same("result", ret == zs_parse_record(b)) || !pair_same_state(a, b)) {
			return false;
		}
		if (a->state == ZS_STATE_EOF || (a->state == ZS_STATE_ERROR && a->error.fatal)) {
			return true;
		}
		pair->records += a->state == ZS_STATE_DATA;
		pair->ahead += ahead;
	}
}
