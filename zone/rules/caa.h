/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * CAA rules: what they share. The survey is made once per lint by the first CAA rule that asks for
 * it, lives in the judge's memory and is read-only but for the marks.
 *
 * One fault gives one error. Why Amazon is refused is decided once, in this order: an unknown
 * critical property (CAA004), a malformed value (CAA005), a set that excludes Amazon (CAA002 for
 * the name, CAA003 for its wildcard); a set behind an alias is CAA009's whatever is wrong with it.
 * CAA006 and CAA007 are warnings that say more about a fault and never replace the error.
 */

#pragma once

#include "model/caa.h"
#include "rules/judge.h"

enum acml_caa_block {
	ACML_BLOCK_NONE,
	ACML_BLOCK_CRITICAL,    /* CAA004 */
	ACML_BLOCK_MALFORMED,   /* CAA005 */
	ACML_BLOCK_ISSUE,       /* CAA002 */
	ACML_BLOCK_WILD,        /* CAA003 */
};

/* Why a set refuses Amazon, and the record that does; NONE and NULL when it does not. */
struct acml_caa_ruling {
	enum acml_caa_block block;
	const struct acml_rr *culprit;
};

/* Whether a CA gets to see the CAA set of an owner. */
enum acml_caa_sight {
	ACML_SIGHT_SEEN,
	ACML_SIGHT_WILDCARD,    /* At "*.X": not consulted for a certificate for "*.X". */
	ACML_SIGHT_CUT,         /* At or below a zone cut. */
	ACML_SIGHT_DNAME,       /* Below a DNAME. */
	ACML_SIGHT_ALIAS,       /* Beside a CNAME. */
	ACML_SIGHT_TOKEN,       /* Beside a CNAME that is an ACM token: TOK009 tells. */
};

/* What the properties of one tag in a set say about Amazon. */
struct acml_caa_grant {
	bool any;               /* Amazon is named, case aside. */
	bool exact;             /* ... as it writes its names. */
	bool free;              /* ... without accounturi and validationmethods. */
};

/* A CAA set, judged once: sets may be large, and many names decided by one. */
struct acml_caa_place {
	const struct acml_node *node;
	struct acml_rrset set;
	enum acml_caa_sight sight;
	bool has_issuewild;
	struct acml_caa_grant issue;
	struct acml_caa_grant issuewild;
	struct acml_caa_ruling plain;   /* For a name that the set decides about. */
	struct acml_caa_ruling wild;    /* For "*." + name. */
};

/* What decides about one name with ACM use. All zero when the zone is incomplete: a record that was
 * not read may decide. */
struct acml_caa_verdict {
	enum acml_caa_where where;
	const struct acml_caa_place *place; /* The relevant set, for ACML_CAA_FOUND, else NULL. */
	const knot_dname_t *at;             /* Where the climb ended; points into the use's name. */
	bool via_alias;
	struct acml_caa_ruling plain;       /* The place's, or none. */
	struct acml_caa_ruling wild;
};

/* Marks on a record. */
enum {
	ACML_MARK_BLOCKS = 1 << 0,      /* Reported as what blocks a name with ACM use. */
	ACML_MARK_ISSUE_BOUND = 1 << 1, /* First of a set of whose issue CAA010 has spoken. */
	ACML_MARK_WILD_BOUND = 1 << 4,  /* The same for issuewild. */
	ACML_MARK_WILD = 1 << 2,        /* Reported by CAA003 as information. */
	ACML_MARK_DECIDES = 1 << 3,     /* First of a set that decides for a name with ACM use. */
};

struct acml_caa_survey {
	const struct acml_caa_verdict *verdicts;  /* One per judge->uses. */
	const struct acml_caa_place *places;      /* Every owner of CAA, in zone order. */
	size_t n_places;
	uint8_t *marks;                           /* One per zone->rrs. */
};

/* NULL: out of memory, remembered in the judge. */
struct acml_caa_survey *acml_caa_survey(struct acml_judge *judge);

/* The marks of a record of the zone. */
uint8_t *acml_caa_mark(const struct acml_judge *judge, const struct acml_rr *rr);

/* The place of a set that was found in the zone. */
const struct acml_caa_place *acml_caa_place_of(const struct acml_judge *judge,
                                               const struct acml_rrset *set);

/* Whether ACM is known or assumed to need this form of the name. */
bool acml_caa_needed(const struct acml_use *use, bool wildcard);

/* What the tag that counts for a form of a name says about Amazon (RFC 8659 section 4.3). */
const struct acml_caa_grant *acml_caa_counting(const struct acml_caa_place *place, bool wildcard);

/* Whether the value has "amazon" or "aws" in it. */
bool acml_caa_mentions_amazon(const struct acml_caa *caa);

/* Up to 60 printable characters of a value, for messages. */
#define ACML_CAA_SHOWN 64
const char *acml_caa_show(const char *text, size_t len, char buffer[ACML_CAA_SHOWN]);

/* Edits attached to the last finding: one more property at the owner of a set; the record goes. */
void acml_caa_fix_add(struct acml_judge *judge, const struct acml_rr *beside, const char *tag,
                      const char *value, size_t value_len);
void acml_caa_fix_amazon(struct acml_judge *judge, const struct acml_rr *beside, const char *tag);
void acml_caa_fix_remove(struct acml_judge *judge, const struct acml_rr *rr);

/* The same property with flags 0. No edit for a tag that cannot be written as text. */
void acml_caa_fix_flags(struct acml_judge *judge, const struct acml_rr *rr);

/* Whether a TXT record may hold a CAA record's text: cheap, never misses one (CAA013). */
bool acml_caa_interesting(const struct acml_rr *rr);

/* The checks, by file. */
void acml_caa_check_missing(struct acml_judge *judge);          /* caa_verdict.c */
void acml_caa_check_excludes(struct acml_judge *judge);
void acml_caa_check_excludes_wildcard(struct acml_judge *judge);
void acml_caa_check_alias(struct acml_judge *judge);
void acml_caa_check_parameters(struct acml_judge *judge);
void acml_caa_check_critical(struct acml_judge *judge);         /* caa_value.c */
void acml_caa_check_malformed(struct acml_judge *judge);
void acml_caa_check_near_miss(struct acml_judge *judge);
void acml_caa_check_tag(struct acml_judge *judge);
void acml_caa_check_override(struct acml_judge *judge);         /* caa_place.c */
void acml_caa_check_wildcard(struct acml_judge *judge);
void acml_caa_check_hidden(struct acml_judge *judge);
void acml_caa_check_other_type(struct acml_judge *judge);
