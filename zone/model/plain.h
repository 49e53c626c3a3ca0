/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Plain: the plainest lines of a zone, recognised ahead of libzscanner. Private to zone/model.
 *
 * It is exact or abstains: what it delivers is in the scanner's record as libzscanner would have
 * put it there, and the scanner stands where it would stand. Of whatever else it leaves the scanner
 * untouched, but for bytes that libzscanner writes before it reads them.
 *
 * A build without it (meson's option "plain") finds the same, slower.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libzscanner/scanner.h>

struct acml_plain {
	int between;            /* zs.cs between two records. */
	const char *limit;      /* Behind the last newline of the input. */
	const uint8_t *owner;   /* The last owner's text, if nothing but plain lines came since. */
	size_t owner_size;
	/* Of the last record: where it begins; NULL: it was not plain. */
	const char *start;
	bool same_owner;        /* Certainly that of the record before, which was plain as well. */
};

/* Instead of zs_parse_record(): delivers the next record if it and all before it is plain. */
bool acml_plain_record(struct acml_plain *plain, zs_scanner_t *zs);
