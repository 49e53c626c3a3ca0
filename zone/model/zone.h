/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The frozen zone: what the reader made of a zone file, const once it is built.
 *
 * The model never judges. Two CNAMEs at one owner, data below a zone cut, records outside the
 * apex and the same record twice can all be represented. Names are wire format and lower case
 * (RFC 4343), so that equality is memcmp; RDATA is as libzscanner delivers it, names inside it
 * included, which therefore may be of mixed case.
 *
 * Everything here is owned by the zone's arena and lives until acml_zone_free(). A zone may be
 * read by any number of threads.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libknot/dname.h>

#include "model/arena.h"

/* One record. */
struct acml_rr {
	const knot_dname_t *owner;  /* Lower case, wire format. */
	const uint8_t *rdata;       /* Wire format, uncompressed. */
	uint32_t ttl;
	uint32_t line;              /* First line of the record, from 1. */
	uint16_t type;
	uint16_t rdlen;
	uint16_t file;              /* Index into acml_zone.files. */
};

/* All records of one owner, grouped by type in ascending order; within a type in file order. */
struct acml_node {
	const knot_dname_t *owner;
	const uint8_t *lf;          /* knot_dname_lf() of the owner: length, then the key. */
	uint64_t head;              /* acml_name_head() of that, behind the apex's. */
	const struct acml_rr *rrs;
	size_t count;
	const struct acml_node *up; /* The closest node above, or NULL. */
	const struct acml_node *cut;    /* The zone cut at or above, below the apex, or NULL. */
	const struct acml_node *dname;  /* The highest DNAME strictly above, or NULL. */
};

/* Records of one owner and type, as a slice of a node. Empty: count 0. */
struct acml_rrset {
	const struct acml_rr *rrs;
	size_t count;
};

/* What a broken line seems to be; the last two speak of acm-validations and belong to the token
 * rules, so that one mistake is one finding. */
enum acml_problem_kind {
	ACML_PROBLEM_SYNTAX,
	ACML_PROBLEM_TYPE,      /* An ACM value entered as another type than CNAME (TOK011). */
	ACML_PROBLEM_TARGET,    /* A CNAME to ACM in quotes or with other strange characters (TOK004). */
};

/* Something that could not be parsed. */
struct acml_problem {
	uint16_t file;
	uint32_t line;
	bool fatal;             /* Reading had to stop: the zone is incomplete. */
	enum acml_problem_kind kind;
	int code;               /* libzscanner's ZS_* code, 0 for acmlint's own. */
	const char *message;    /* Lower case, no full stop. */
	const knot_dname_t *owner; /* Owner of the broken record where it is known, else NULL. */
};

/* A comment "; acmlint: …", for the suppressions. */
struct acml_remark {
	uint16_t file;
	uint32_t line;
	uint32_t record;        /* First line of the record it stands in or behind; line if alone. */
	bool alone;             /* Nothing but the comment on its line, outside parentheses. */
	const char *text;       /* What follows "acmlint:", blanks trimmed. */
};

/* A record set of Route 53 that has no place in a master file as it is. */
struct acml_odd_set {
	const knot_dname_t *owner;  /* Lower case. */
	uint16_t type;
	uint32_t line;
	const char *alias;          /* The name whose records it answers with, or NULL. */
	const char *id;             /* It takes turns with others of its owner and type; or NULL. */
	bool kept;                  /* The zone has records for it. */
	bool stand_in;              /* Where alias leads is not known here: any records are made up. */
};

/* What the reader kept. */
enum acml_retention {
	ACML_KEEP_ALL,          /* Every record: lookup, fix, the load gate. */
	ACML_KEEP_RELEVANT,     /* What rules ask for and every name they may look up: check. */
};

struct acml_zone {
	struct acml_arena arena;
	const knot_dname_t *apex;
	const char *origin;             /* The apex as text, final dot. */
	bool origin_guessed;            /* Neither given nor named by the file. */
	enum acml_retention keep;
	bool complete;                  /* False: reading stopped early; absence proves nothing. */
	bool has_includes;
	bool has_crlf;
	bool has_dnssec;                /* An RRSIG or DNSKEY was seen anywhere. */
	uint64_t records;               /* Records parsed, kept or not. */
	uint32_t max_ttl;               /* The longest of theirs. */
	uint64_t digest;                /* Equal for equal content, the serial aside; if asked for. */
	const char **files;             /* [0] is the zone file; then one for each $INCLUDE. */
	size_t n_files;
	const struct acml_node *nodes;  /* Canonical order (RFC 4034 section 6.1). */
	size_t n_nodes;
	size_t common;                  /* Bytes that all their keys begin with: the apex's. */
	const struct acml_rr *rrs;      /* All records of all nodes, in node order. */
	size_t n_rrs;
	const struct acml_rr *outside;  /* Records whose owner is not at or below the apex. */
	size_t n_outside;
	const struct acml_problem *problems;
	size_t n_problems;
	const struct acml_remark *remarks;
	size_t n_remarks;
	bool from_json;                 /* Route 53's: no text of a zone that could be edited. */
	const struct acml_odd_set *odd;
	size_t n_odd;
};

/* All that the following four say of a (lower-case) name, found at once. */
struct acml_found {
	const struct acml_node *node, *cut, *dname;
	bool exists;
};
void acml_zone_find(const struct acml_zone *zone, const knot_dname_t *name,
                    struct acml_found *out);

/* The node of exactly this (lower-case) name, or NULL. Names outside the zone give NULL. */
const struct acml_node *acml_zone_node(const struct acml_zone *zone, const knot_dname_t *name);

/* Whether the name exists: it owns records, or a name below it does (empty non-terminal,
 * RFC 4592 section 2.2.2). */
bool acml_zone_exists(const struct acml_zone *zone, const knot_dname_t *name);

/* The nodes strictly below a name: first and count. */
const struct acml_node *acml_zone_below(const struct acml_zone *zone, const knot_dname_t *name,
                                        size_t *out_count);

/* The records of one type at a node; NULL node gives an empty set. */
struct acml_rrset acml_node_rrset(const struct acml_node *node, uint16_t type);

/* The records of one type at a name. */
struct acml_rrset acml_zone_rrset(const struct acml_zone *zone, const knot_dname_t *name,
                                  uint16_t type);

/* The closest zone cut at or above name and strictly below the apex: the highest node that has
 * NS. NULL when the zone is authoritative for the name. */
const struct acml_node *acml_zone_cut(const struct acml_zone *zone, const knot_dname_t *name);

/* The highest DNAME owner strictly above name, at the apex or below, or NULL. */
const struct acml_node *acml_zone_dname(const struct acml_zone *zone, const knot_dname_t *name);

/* SOA serial; false when the zone has no SOA at its apex. */
bool acml_zone_serial(const struct acml_zone *zone, uint32_t *out_serial);

/* A record that stands for a name where a finding has none of its own: the first at the name,
 * else the SOA, else any record, else NULL. */
const struct acml_rr *acml_zone_place(const struct acml_zone *zone, const knot_dname_t *name);

/* Accepts NULL. */
void acml_zone_free(struct acml_zone *zone);
