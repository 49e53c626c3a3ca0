/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * State: what was found out about each zone's source, so that an unchanged one costs no reading.
 *
 * A text file of one line for each zone, in the folder of Knot's own databases; lines are only
 * ever appended, the last one for a zone counts, and each carries a checksum, so that a line torn
 * by a crash counts for nothing. Losing the file costs one reading of every zone, never a zone.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <libknot/dname.h>

#include "lint/finding.h"
#include "source.h"

enum acml_verdict {
	ACML_ACCEPTED = 'a',    /* Nothing that reaches fail-on. */
	ACML_TOLERATED = 't',   /* Something does, and it is served: mode log, or a first load. */
	ACML_REJECTED = 'r',
};

struct acml_record {
	enum acml_verdict verdict;
	bool fresh;                     /* The source was too young to be trusted unread. */
	bool by_facts;                  /* Rejected, and only for what inventory or parent say. */
	uint64_t settings;              /* Hash of everything that the verdict depends on, but for */
	uint64_t facts;                 /* what inventory and parent were (acml_policy.facts). */
	struct acml_identity source;
	uint64_t content;               /* Hash of the source's bytes. */
	struct acml_identity published; /* Zeros: nothing was. */
	uint32_t serial;                /* Of the published file. */
	uint32_t count[ACML_SEVERITIES];
	uint64_t includes_stamp;        /* Hash of the identities of the included files. */
	char *includes;                 /* Their paths, one a line; NULL: none. malloc()ed. */
};

/* Frees what the record owns. Accepts a zeroed one. */
void acml_record_clear(struct acml_record *record);

/* FNV-1a, for stamps and settings. Start with ACML_HASH. */
#define ACML_HASH UINT64_C(0xcbf29ce484222325)
uint64_t acml_hash(uint64_t hash, const void *data, size_t size);

/* Hash of the identities of the files in a list of paths, one a line; false when one of them
 * cannot be found. */
bool acml_record_stamp(const char *paths, uint64_t *out_stamp);

/* One line with its end. */
void acml_record_write(FILE *file, const knot_dname_t *zone, const struct acml_record *record);

/* False: not a whole line of this version. len without the line's end. The caller clears
 * *out_record. */
bool acml_record_parse(const char *line, size_t len, knot_dname_storage_t out_zone,
                       struct acml_record *out_record);

/* Gives each good line of a state file to take, which owns the record from then on. Returns how
 * many there were, 0 also when there is no file. */
size_t acml_state_read(const char *path,
                       void (*take)(void *ctx, const knot_dname_t *zone,
                                    struct acml_record *record), void *ctx);

/* Appends lines, or replaces the file by them. NULL or what went wrong, a static string. */
const char *acml_state_append(const char *path, const char *lines, size_t size);
const char *acml_state_replace(const char *path, const char *lines, size_t size);
