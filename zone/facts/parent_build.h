/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * What the readers of the parent's forms have in common: every form is turned into statements,
 * which are sorted and brought together at the end. Private to zone/facts.
 */

#pragma once

#include "facts/parent.h"
#include "model/read.h"

enum acml_statement_kind {
	ACML_SAYS_DS,           /* This DS is at the parent. */
	ACML_SAYS_DS_LISTED,    /* All DS have been said: none where there is none. */
	ACML_SAYS_DS_ADVISED,   /* This DS should be at the parent. */
	ACML_SAYS_NS,
	ACML_SAYS_HOSTED_NS,
	ACML_SAYS_HOSTED,       /* There is a hosted zone; number: it is private. */
	ACML_SAYS_SERVED,       /* text: ServeSignature. */
	ACML_SAYS_PLAIN,
};

struct acml_statement {
	enum acml_statement_kind kind;
	const knot_dname_t *child;
	size_t order;           /* As they came. */
	struct acml_parent_ds ds;
	struct acml_parent_ns ns;
	const char *text;
	bool flag;
};

struct acml_parent_build {
	struct acml_parent *parent;
	const struct acml_parent_options *options;
	const knot_dname_t **wanted;    /* Sorted; NULL: all. */
	struct acml_fault *fault;
	struct acml_scanner *scanner;   /* Made when needed. */
	struct acml_statement *list;
	size_t count, capacity;
};

/* One document being read. */
struct acml_document {
	struct acml_parent_build *build;
	const char *name;               /* In the parent's memory. */
	const char *bytes;
	size_t size;
};

/* Whether records of this lower-case name matter. */
bool acml_parent_wants(const struct acml_parent_build *build, const knot_dname_t *name);

/* Copies child, digest and name. KNOT_EOK or KNOT_ENOMEM. */
int acml_parent_say(struct acml_parent_build *build, const struct acml_statement *statement);

/* Fills the fault; returns KNOT_EMALF. */
int acml_parent_fault(const struct acml_document *document, uint32_t line, uint32_t column,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));

/* States a DS or NS record whose owner matters; others are left alone. The document's name must
 * outlive the parent or be its own. A fault when the RDATA is no such record. */
struct acml_rr;
int acml_parent_record(const struct acml_document *document, const struct acml_rr *rr);

/* The forms. KNOT_EOK, KNOT_ENOMEM, or KNOT_EMALF with the fault filled. */
int acml_parent_text(struct acml_document *document);
int acml_parent_json(struct acml_document *document);

/* What dig says in comments: whether there is such a thing, and statements from empty answers. */
int acml_parent_dig(struct acml_document *document, bool *out_dig);

/* dig +short, which names no zone. out_short: that is what it is, and it has been read. */
int acml_parent_short(struct acml_document *document, bool *out_short);
