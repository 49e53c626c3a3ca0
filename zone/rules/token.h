/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Tokens: which CNAMEs are, or were meant to be, ACM validation records.
 *
 * ACM's record is  _<32 hex>.<domain> CNAME _<32 hex>[.<10 letters>].acm-validations.aws.
 * The owner's shape alone proves nothing (other CAs use it); the target does, or an owner of that
 * shape together with a target that almost is one. AWS may change lengths, so the recogniser is
 * lenient: 20 to 40 of [0-9a-z] for a token, 8 to 14 for the middle label.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/zone.h"

/* How the target of a CNAME relates to acm-validations.aws. */
enum acml_target {
	ACML_TARGET_FOREIGN,    /* Nothing to do with ACM. */
	ACML_TARGET_GOOD,       /* …acm-validations.aws. */
	ACML_TARGET_RELATIVE,   /* …acm-validations.aws.<more>: the final dot was forgotten. */
	ACML_TARGET_MISSPELT,   /* A suffix that is nearly right. */
};

/* How sound a label of a token is. Real ones are 32 hexadecimal digits; AWS's samples are not. */
enum acml_shape {
	ACML_SHAPE_SOUND,
	ACML_SHAPE_ODD,         /* Nothing strange in it but its length, or one label too many. */
	ACML_SHAPE_BROKEN,      /* Stray characters, or nothing at all. */
};

/* A target taken apart. */
struct acml_target_parts {
	enum acml_target form;
	size_t before;                  /* Labels before the suffix, or what stands for it. */
	bool relative;                  /* The origin stands behind it, with whatever form. */
	bool weak;                      /* Misspelt beyond doubt only if all the rest is a token's. */
	bool missing;                   /* Misspelt only if the name is not one of this zone. */
	bool partition;                 /* The suffix might be another partition's: none is known. */
	bool junk;                      /* Stray characters stand at or behind the suffix. */
};

struct acml_token {
	const struct acml_rr *rr;       /* A CNAME. */
	const knot_dname_t *base;       /* The name it validates: owner without its first label. */
	const knot_dname_t *target;     /* Lower case; in the memory of whoever collected it. Behind
	                                 * further CNAMEs of the zone: where the last one leads. */
	enum acml_target form;
	bool owner_underscore;          /* First label starts with "_". */
	bool owner_token;               /* First label is a token: "_" + 20 to 40 of [0-9a-z]. */
	bool outside;                   /* Out of the zone: never published. */
	bool doubled;                   /* The zone's name stands twice in the owner. */
	bool wild;                      /* A "*" label in the owner. */
	bool valid;                     /* Sound owner and target: ACM would find it, position aside. */
	size_t hops;                    /* Further CNAMEs of this zone between owner and target. */
	const struct acml_node *hidden; /* The zone cut or DNAME that hides it, or NULL. */
	bool hidden_by_dname;
	/* By acml_tokens_relate(): */
	bool aliased;                   /* A token of this zone leads here: ACM need not ask for it. */
	const struct acml_token *twin;  /* The first with this owner label and target, or NULL. */
};

/* Classifies a CNAME target (any case). apex: the zone's origin, for ACML_TARGET_RELATIVE. */
enum acml_target acml_target_form(const knot_dname_t *target, const knot_dname_t *apex);

/* The same with the details. */
void acml_target_parse(const knot_dname_t *target, const knot_dname_t *apex,
                       struct acml_target_parts *out);

/* What of a target stands before its suffix; out_why receives what is wrong with it, lower case,
 * a static string, or NULL. */
enum acml_shape acml_target_shape(const knot_dname_t *target,
                                  const struct acml_target_parts *parts, const char **out_why);

/* The target that was meant, if that can be told: stray characters gone, the right suffix. */
bool acml_target_mend(const knot_dname_t *target, const knot_dname_t *apex,
                      knot_dname_storage_t out);

/* Whether a label (length byte first, as in wire format) is "_" + 20 to 40 of [0-9a-z], any case. */
bool acml_label_is_token(const knot_dname_t *name);

/* The same, strictly: digits and letters that are all hexadecimal must be 32. */
enum acml_shape acml_label_shape(const knot_dname_t *name);

/* Whether the owner has the zone's name twice. out_meant: the name without the second. */
bool acml_owner_doubled(const struct acml_zone *zone, const knot_dname_t *owner,
                        knot_dname_storage_t out_meant);

/* Whether no more than tokens stands at and below a name. */
bool acml_name_is_bare(const struct acml_zone *zone, const knot_dname_t *name);

/* Whether the record is worth keeping for the token rules: cheap, exact enough never to miss. */
bool acml_token_interesting(const knot_dname_t *apex, const struct acml_rr *rr);

/* Fills out for a CNAME that is or was meant as a token; false otherwise. lower receives the
 * lower-case target, which out->target points at. */
bool acml_token_classify(const struct acml_zone *zone, const struct acml_rr *rr,
                         knot_dname_storage_t lower, struct acml_token *out);

/* Fills in what only all tokens of a zone together tell. tokens: in zone order, those outside
 * anywhere. KNOT_EOK or KNOT_ENOMEM. */
int acml_tokens_relate(const struct acml_zone *zone, struct acml_token *tokens, size_t n_tokens);

/* Whether a record of another type than CNAME holds a token's value, as text or as a name. */
bool acml_value_elsewhere(const struct acml_zone *zone, const struct acml_rr *rr,
                          knot_dname_storage_t out_value);

/* Where the CNAMEs of a zone lead. */
struct acml_chain {
	size_t hops;                    /* CNAMEs followed, one made from a DNAME included. */
	bool endless;                   /* A loop, or so many that nobody follows them. */
	bool leaves;                    /* It leaves the zone, to end. */
	knot_dname_storage_t end;
};

/* name is lower case. */
void acml_chain_follow(const struct acml_zone *zone, const knot_dname_t *name,
                       struct acml_chain *out);
