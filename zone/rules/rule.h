/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * A rule: one row of text and one function. The row is the only place where a rule is described;
 * acmlint rules, acmlint explain, docs/rules/, SARIF metadata and the validation of ids are made
 * from it. Every field is filled; a test runs bad and good.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "facts/facts.h"
#include "lint/finding.h"
#include "model/zone.h"

/* What a rule needs; the ones that are not there make it skipped, and the first of them is told. */
enum {
	ACML_NEED_WHOLE    = 1 << 0,    /* Reasons from absence: the zone must be complete. */
	ACML_NEED_SIGNED   = 1 << 1,    /* A zone that is signed. */
	ACML_NEED_PARENT   = 1 << 2,    /* The DS at the parent, or that there is none. */
	ACML_NEED_PARENT_NS = 1 << 3,   /* The NS at the parent. */
	ACML_NEED_HOSTED   = 1 << 4,    /* Route 53's word on the hosted zone. */
	ACML_NEED_SERVED   = 1 << 5,    /* The file is what is served, as far as DNSSEC goes. */
	ACML_NEED_INVENTORY = 1 << 6,
	ACML_NEED_COMPLETE_INVENTORY = 1 << 7,
	ACML_NEED_BASELINE = 1 << 8,
	ACML_NEED_ZONES    = 1 << 9,    /* Further zones in the same run. */
};

#define ACML_NEEDS 10

struct acml_judge;

struct acml_rule {
	const char *id;             /* "CAA002": permanent, never reused. */
	const char *name;           /* "caa-excludes-amazon": reads after "allow". */
	enum acml_severity severity;
	const char *severity_note;  /* When it differs from severity: "warning for an odd length"; or NULL. */
	unsigned needs;
	const char *summary;        /* One line: fires when … */
	const char *why;            /* Why ACM cares, a paragraph. */
	const char *fix;            /* What to do, one or two lines; the text format prints it as "fix:". */
	const char *options;        /* Command-line options the examples need: "--name www.example.com"; or NULL. */
	const char *baseline;       /* The published version the examples are compared with; or NULL. */
	const char *bad;            /* A zone file for origin example.com that fires this rule. */
	const char *good;           /* The same zone mended: no finding of this rule. */
	const char *const *sources; /* NULL-terminated: "RFC 8659 section 3", "ACM User Guide: …". */
	const char *inventory;      /* JSON of the inventory the examples need; or NULL. */
	const char *parent;         /* What the parent publishes in the bad example; or NULL. */
	const char *good_parent;    /* And in the good one; NULL: the same. */
	bool late;                  /* Checks after all others: it asks what they found. */
	void (*check)(struct acml_judge *judge); /* NULL: raised by the lint itself (SYN004). */
};

/* All rules, by id. The index is the rule's place in the settings; beyond the last: NULL. */
size_t acml_rules_count(void);
const struct acml_rule *acml_rule_at(size_t index);

/* The same one after the other, from zeroes; NULL: there is none left. */
struct acml_rule_walk {
	size_t family, member;
};
const struct acml_rule *acml_rule_next(struct acml_rule_walk *walk);

/* By id or name, case-insensitive; NULL if unknown. */
const struct acml_rule *acml_rule_find(const char *id_or_name);
size_t acml_rule_index(const struct acml_rule *rule);

/* The families, one per file, each by id and NULL-terminated; the registry lists them. */
extern const struct acml_rule *const acml_rules_caa[];
extern const struct acml_rule *const acml_rules_delegation[];
extern const struct acml_rule *const acml_rules_dnssec[];
extern const struct acml_rule *const acml_rules_inventory[];
extern const struct acml_rule *const acml_rules_mail[];
extern const struct acml_rule *const acml_rules_migration[];
extern const struct acml_rule *const acml_rules_syntax[];
extern const struct acml_rule *const acml_rules_token[];
