/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Source: the file that operators edit, read whole and only when it stands still. It is never
 * mapped: a file that shrinks under a mapping would end the server.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* What tells one version of a file from another without reading it. Times in nanoseconds. */
struct acml_identity {
	uint64_t device;
	uint64_t inode;
	uint64_t size;
	int64_t mtime;
	int64_t ctime;
};

void acml_identity_of(const struct stat *st, struct acml_identity *out);
bool acml_identity_equal(const struct acml_identity *a, const struct acml_identity *b);

struct acml_source {
	char *bytes;                    /* With a NUL behind the end; the owner frees it. */
	size_t size;
	struct stat st;
	bool fresh;                     /* So young that a further change may leave no trace. */
};

/*
 * NULL when the file was read, else why it was not: a static string that reads after "source
 * PATH". A file that anybody has open for writing, or that changes meanwhile, is not read: half a
 * zone file may well parse.
 */
const char *acml_source_read(const char *path, size_t limit, struct acml_source *out_source);

/* The same test on a file that somebody else has read since the moment start (nanoseconds of
 * CLOCK_REALTIME): NULL when it stood still. */
const char *acml_source_still(const char *path, int64_t start, struct stat *out_st,
                              bool *out_fresh);

/* Whether the file is so young that a further change may leave no trace. */
bool acml_source_fresh(const struct stat *st);

/* Nanoseconds since 1970. */
int64_t acml_source_clock(void);

/* Accepts a zeroed one. */
void acml_source_clear(struct acml_source *source);
