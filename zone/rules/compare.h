/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Compare: what ACM loses or gains between the version of a zone that is published now and the next
 * one. Made once per lint by the first rule that asks, lives in the judge's memory, read-only.
 */

#pragma once

#include "model/caa.h"
#include "rules/judge.h"

/* Why a token of one version does nothing in the other. */
enum acml_loss {
	ACML_LOSS_GONE,         /* Nothing stands at its name. */
	ACML_LOSS_CHANGED,      /* Its name leads elsewhere, or nowhere. */
	ACML_LOSS_DELEGATED,    /* A zone cut stands above it. */
};

struct acml_token_change {
	const struct acml_token *token; /* Of the version that has it. */
	enum acml_loss how;
	const struct acml_rr *rr;       /* What stands in its place in the other; NULL: nothing. */
};

/* What Amazon may do for a name with ACM use in either version. By [0] for the name itself, [1] for
 * "*." and the name. */
struct acml_caa_change {
	const knot_dname_t *name;
	bool used[2];                   /* Such a certificate is known or assumed. */
	enum acml_permission before[2];
	enum acml_permission after[2];
	const struct acml_rr *decides;  /* The new version's first record of the set, or NULL. */
};

struct acml_rr_list {
	const struct acml_rr **rrs;
	size_t count;
};

/* What became of the key that the parent's DS speaks of. */
enum acml_trust {
	ACML_TRUST_KEPT,        /* Or there was none, or nothing is known of it. */
	ACML_TRUST_KEY_GONE,    /* Other keys stand here; a DS or CDS points at none of them. */
	ACML_TRUST_UNSIGNED,    /* No key stands here any more. */
};

struct acml_compare {
	const struct acml_zone *old;
	struct acml_judge published;    /* Its tokens and names with ACM use. */
	struct acml_token_change *lost, *gained;
	size_t n_lost, n_gained;
	struct acml_caa_change *caa;    /* Every name with ACM use in either, in canonical order. */
	size_t n_caa;
	struct acml_rr_list keys_lost, keys_gained;
	struct acml_rr_list ns_lost, ns_gained;
	bool ns_replaced;               /* Old and new share no name server. */
	enum acml_trust trust;
	const struct acml_rr *key;      /* The old key that was relied on, or the first. */
	bool ds_known;                  /* By the parent, which has one; else by CDS or not at all. */
	bool serials;                   /* Both have one. */
	uint32_t serial_old, serial_new;
	bool advanced;                  /* RFC 1982 section 3.2. */
	bool changed;                   /* The content, the serial aside. */
};

/* NULL: out of memory, remembered in the sink. The judge has a baseline. */
const struct acml_compare *acml_compare(struct acml_judge *judge);

/* Whether serial b is behind a, RFC 1982 section 3.2. What is not defined counts as not behind. */
bool acml_serial_behind(uint32_t a, uint32_t b);
