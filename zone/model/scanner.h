/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Scanner: libzscanner's state, reusable. Private to zone/model.
 *
 * zs_init() clears 206 KB and parses the origin, which costs more than most zones; a reset sets
 * back what parsing changes. libzscanner is driven record by record, because it would open
 * included files by itself otherwise.
 */

#pragma once

#include <libknot/dname.h>
#include <libzscanner/scanner.h>

#include "model/plain.h"
#include "model/read.h"

/* Words of a key: for a label of 64 bytes, what is above it, and the last product. */
#define ACML_HASH_KEY 12

struct acml_scanner {
	zs_scanner_t zs;
	int start;                      /* zs.cs of a scanner that has read nothing. */
	struct acml_plain plain;        /* Zeroes: all lines are libzscanner's. */
	uint64_t key[ACML_HASH_KEY];    /* Random: of the hashes of names. */
	struct acml_scanner *deeper;    /* For the file included by this one; made when needed. */
};

/* Ready to read bytes, which must outlive the reading. folder: where relative includes are. */
int acml_scanner_reset(struct acml_scanner *scanner, const knot_dname_t *origin, uint32_t ttl,
                       const char *folder, const char *bytes, size_t size);

/* What has been given to the scanner is looked through for plain lines. limit: behind a newline of
 * it, from which on it is not. */
void acml_scanner_expect_plain(struct acml_scanner *scanner, const char *limit);

/* zs_parse_record(), which the plainest records never see. */
int acml_scanner_next(struct acml_scanner *scanner);

/* Whether nothing but blank lines and comments that stand alone is left of the input, and the
 * scanner is between two records; their lines are counted then. */
bool acml_scanner_rests(struct acml_scanner *scanner);

/* The scanner for an included file, or NULL without memory. */
struct acml_scanner *acml_scanner_deeper(struct acml_scanner *scanner);
