/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Reader state shared by the files that read a zone. Private to zone/model.
 */

#pragma once

#include <sys/types.h>

#include "model/build.h"
#include "model/digest.h"
#include "model/read.h"
#include "model/route53.h"
#include "model/scanner.h"

/* knotd's TTL where neither the record nor $TTL gives one. */
#define ACML_DEFAULT_TTL 3600

/* Bounds on $INCLUDE: nesting, number of includes, bytes of all of them. */
#define ACML_MAX_DEPTH		16
#define ACML_MAX_INCLUDES	65000
#define ACML_MAX_INCLUDED	((uint64_t)4 << 30)

/* The bytes of one file, alive until the zone is frozen. */
struct acml_source {
	const char *name;       /* In the zone's arena. */
	const char *bytes;
	size_t size;
	const char *lines_end;  /* Behind the last newline, or the beginning. */
	char *owned;            /* To be freed, or NULL: borrowed. */
	dev_t dev;              /* Identity, to find include cycles; 0 for bytes given. */
	ino_t ino;
};

/* Where scanning may resume: state that text before an offset has set. */
struct acml_context {
	uint16_t file;
	uint64_t offset;
	uint32_t line;                  /* Line that starts at offset. */
	uint32_t ttl;
	const knot_dname_t *origin;     /* In the zone's arena. */
};

/* One run of records with one owner, or an ancestor of it: 16 bytes for each name of the zone. */
struct acml_run_mark {
	uint64_t hash;          /* Of the name below the apex. */
	uint64_t where;         /* file << 48 | offset << 2 | kind */
};

/* Marks in the order they came. They are never moved, so that a large zone's are not copied. */
struct acml_mark_block {
	struct acml_mark_block *next;
	size_t count, capacity;
	struct acml_run_mark marks[];
};

enum acml_mark_kind {
	ACML_MARK_OWNER,        /* The records start here. */
	ACML_MARK_ABOVE,        /* The name is an ancestor of the owner of the records here. */
	ACML_MARK_ABOVE_APART,  /* The same, for an owner that interest->apart() sets apart. */
};

#define ACML_MAX_LABELS 128

struct acml_reader {
	struct acml_scanner *scanner;
	const struct acml_read_options *options;
	struct acml_build build;
	struct acml_zone *zone;
	const struct acml_route53 *route53; /* What the bytes were made from, or NULL. */
	size_t apex_size;
	struct acml_digest digest;

	struct acml_source *sources;
	size_t n_sources, cap_sources;
	uint16_t stack[ACML_MAX_DEPTH]; /* Files being read, to find cycles. */
	unsigned depth;
	uint64_t included;              /* Bytes of included files so far. */

	/* The run being read. */
	uint8_t owner[KNOT_DNAME_MAXLEN];   /* As written; length 0: no run. */
	uint32_t owner_length;
	const knot_dname_t *owner_kept;     /* Lower-case copy in the arena once a record was kept. */
	bool keep_run;                      /* Keep all its records. */

	/* ACML_KEEP_RELEVANT only. */
	const uint64_t *key;            /* Of the marks' hashes: the first scanner's. */
	struct acml_context *contexts;
	size_t n_contexts, cap_contexts;
	struct acml_mark_block *marks, *last_marks;     /* No block is empty. */
	uint64_t above[ACML_MAX_LABELS];    /* Ancestor hashes of the previous run, nearest first. */
	size_t n_above;
	uint64_t above_owner;
	bool above_apart;
	uint64_t *nsecs;                /* Where the runs with NSEC are, as marks have it. */
	size_t n_nsecs, cap_nsecs;
	struct acml_run_mark *nsec3s;   /* The same of NSEC3; hash: the beginning of the owner's. */
	size_t n_nsec3s, cap_nsec3s;
};

/* read.c: frees the lists of what was read; the zone and the sources remain. */
void acml_reader_clear(struct acml_reader *reader);

/* A part of a file, from the beginning of a line, and the state in which it is read. */
struct acml_piece {
	uint16_t file;
	const char *from, *to;
	const knot_dname_t *origin;
	uint32_t ttl;
	bool open;              /* More of the file follows; to is behind a newline. */
	/* How it ended. */
	bool fatal;             /* With an error behind which nothing is read. */
	bool torn;              /* Open, and inside a record. */
	uint64_t lines;
	uint32_t end_ttl;
	knot_dname_storage_t end_origin;
};

/* scan.c: reads a piece; fills in how it ended. Lines are counted from its beginning. */
int acml_scan_piece(struct acml_reader *reader, struct acml_scanner *scanner,
                    struct acml_piece *piece);

/* pieces.c: the same for a whole file, in parallel where that is wanted, safe and worth it. */
int acml_scan_pieces(struct acml_reader *reader, struct acml_scanner *scanner,
                     struct acml_piece *whole);

/* scan.c: reads the zone file and everything that it includes. */
int acml_scan_zone(struct acml_reader *reader, const char *name, const char *bytes, size_t size);

/* scan.c: a record of the scanner with names as the zone keeps them. owner is in the arena. */
int acml_scan_keep(struct acml_reader *reader, const knot_dname_t *owner, const zs_scanner_t *zs,
                   uint16_t file, uint32_t line);


/* scan.c: whether the scanner's record is kept for its own sake. */
bool acml_scan_interesting(const struct acml_reader *reader, const zs_scanner_t *zs);

/* Where the text before the scanner's position belongs to: what has been read up to here. */
struct acml_place {
	const char *from;       /* Start of the first line that is not yet accounted for. */
	uint32_t line;          /* Its number. */
	bool skip;              /* It may be the rest of a record whose parenthesis is open. */
};

/* scan.c: where the record that the scanner has just delivered begins, behind blank lines,
 * comments and directives. end: the scanner's position. out_line: its first line. */
const char *acml_scan_start(const struct acml_place *place, const zs_scanner_t *zs,
                            const char *end, uint32_t *out_line);

/* scan.c: whether the name in the record that the scanner has just delivered is one, for the types
 * that are a name: so that nobody after the reader has to check it. */
bool acml_scan_sound(const struct acml_place *place, const zs_scanner_t *zs, const char *end);

/* scan.c: moves the place behind what the scanner has delivered. */
void acml_scan_advance(struct acml_place *place, const zs_scanner_t *zs, const char *end);

/* marks.c: notes the state in which the text at offset is read. */
int acml_relevant_context(struct acml_reader *reader, const zs_scanner_t *zs, uint16_t file,
                          uint64_t offset, uint32_t line);

/* marks.c: notes the run that begins with the scanner's record, at offset. */
int acml_relevant_mark(struct acml_reader *reader, const zs_scanner_t *zs, uint16_t file,
                       uint64_t offset);

/* marks.c: takes over the marks of a reader of what follows; frees them. */
void acml_marks_adopt(struct acml_reader *reader, struct acml_reader *other);
void acml_marks_clear(struct acml_reader *reader);

/* marks.c: the hash that marks know a name of the zone by. */
uint64_t acml_mark_hash(const struct acml_reader *reader, const knot_dname_t *name);

/* marks.c: sorts the contexts, once all text has been read; and the last one at or before a place. */
void acml_marks_sort(struct acml_reader *reader);
const struct acml_context *acml_relevant_find_context(const struct acml_reader *reader,
                                                      uint16_t file, uint64_t offset);

/* denial.c: notes an NSEC or NSEC3 record of a run that was marked. */
int acml_denial_note(struct acml_reader *reader, const zs_scanner_t *zs);

/* denial.c: the owners of the NSEC or NSEC3 records that stand at or before these names (which are
 * sorted on the way); the zone is frozen and holds its apex. */
typedef int (*acml_denial_found)(void *context, const knot_dname_t *owner);
int acml_denial_find(struct acml_reader *reader, const knot_dname_t **names, size_t count,
                     acml_denial_found found, void *context);

/* relevant.c: finds the names that rules will look up and keeps their records. Leaves a frozen
 * zone. */
int acml_relevant_settle(struct acml_reader *reader);
