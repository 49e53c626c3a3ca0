/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Reader: bytes of a master file (RFC 1035 section 5) to a frozen zone, through libzscanner.
 *
 * A syntax error is a problem recorded in the zone, never a failure of the reader. A fatal one
 * (bad directive, failed $INCLUDE, unclosed parenthesis) leaves zone->complete false. CRLF line
 * ends are accepted. Included files are regular files named by the includes, relative to the
 * including file; the depth is bounded and a cycle is an error. Where options allow it, the JSON of
 * "aws route53 list-resource-record-sets" is read as the same records; they stand on the lines of
 * their record sets.
 *
 * What is read does not depend on the number of threads.
 *
 * One acml_scanner may be reused for any number of zones by one thread; making one costs more
 * than reading a small zone.
 */

#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "model/zone.h"

struct acml_scanner;

/* Which records matter to the caller of ACML_KEEP_RELEVANT. Both callbacks are pure. */
struct acml_interest {
	/* Whether to keep this record although no rule may look up its name. */
	bool (*record)(const knot_dname_t *apex, const struct acml_rr *rr);
	/* Bit n: records of type n matter for their own sake only at owners that begin with "_". */
	uint64_t dull;
	/* The name, beside the owner, that this kept record makes rules look up; NULL: none.
	 * The result points into the record. */
	const knot_dname_t *(*related)(const struct acml_rr *rr);
	/* Whether an owner (any case) is of the kind whose existence rules set apart: of the names
	 * below a wanted one, one of this kind and one of the others are kept. */
	bool (*apart)(const knot_dname_t *owner);
};

struct acml_read_options {
	const char *origin;             /* Text; NULL: from the file ($ORIGIN and SOA), else its name. */
	enum acml_retention keep;
	const struct acml_interest *interest;   /* Required for ACML_KEEP_RELEVANT. */
	const knot_dname_t *const *names;       /* Further names that will be looked up. */
	size_t n_names;
	/* The same in canonical order, for a stock that many zones share: only those of the zone
	 * are looked at. Of mail_names the targets of MX records will be looked up too. */
	const knot_dname_t *const *sorted_names;
	size_t n_sorted_names;
	const knot_dname_t *const *mail_names;
	size_t n_mail_names;
	bool no_include;                /* $INCLUDE is an error. */
	bool digest;                    /* Fill in the zone's digest, */
	bool digest_unsigned;           /* without what a signer makes. */
	bool route53;                   /* Bytes that are JSON are Route 53's record sets. */
	atomic_size_t *progress;        /* Grows with the bytes that are read; NULL: nobody asks. */
	unsigned threads;               /* That read one large file; 0 and 1: the caller's alone. */
	size_t piece;                   /* How much of it one takes at a time; 0: what is good. */
};

/* NULL without memory. */
struct acml_scanner *acml_scanner_new(void);
void acml_scanner_free(struct acml_scanner *scanner);

/*
 * Reads a file ("-": standard input) or bytes. name is what messages call the file; includes are
 * relative to its folder. The bytes are only borrowed for the call. A large file is mapped: who
 * lets files be read has to expect SIGBUS when another program cuts one short.
 *
 * KNOT_EOK; KNOT_ENOMEM; KNOT_EINVAL: no origin can be found; or the negative errno of the file
 * (knot_map_errno): not there, no permission, KNOT_EFILE: not a regular file; KNOT_EAGAIN: it was
 * written to meanwhile.
 */
int acml_zone_read_file(struct acml_scanner *scanner, const char *path,
                        const struct acml_read_options *options, struct acml_zone **out_zone);
int acml_zone_read_bytes(struct acml_scanner *scanner, const char *name,
                         const char *bytes, size_t size,
                         const struct acml_read_options *options, struct acml_zone **out_zone);

/* Reads a whole file into malloc()ed memory, the caller's to free, with a NUL behind its end that
 * size does not count. "-" is standard input. Same errors as above; KNOT_ERANGE: over limit
 * bytes (0: no limit). */
int acml_slurp(const char *path, size_t limit, char **out_bytes, size_t *out_size);
