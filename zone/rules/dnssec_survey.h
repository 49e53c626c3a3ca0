/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Survey: the chain from the parent's DS to the records that ACM's look-ups need, made once by the
 * first DNSSEC rule that asks and shared by all. Only what is looked up is verified: DNSKEY, SOA
 * and NS of the apex, tokens, and CAA or its denial at each step of the climb.
 */

#pragma once

#include "facts/parent.h"
#include "rules/dnssec_keys.h"
#include "rules/dnssec_sign.h"
#include "rules/judge.h"

enum acml_trust {
	ACML_TRUST_UNKNOWN,     /* The parent's DS are not known, or what is served is not. */
	ACML_TRUST_INSECURE,    /* No DS, or none that validators take. */
	ACML_TRUST_SECURE,
	ACML_TRUST_BROKEN,
};

/* One DS of the parent against the zone's keys. */
struct acml_ds_state {
	const struct acml_parent_ds *ds;
	bool supported;                 /* Validators take its algorithm and digest type. */
	bool counts;                    /* And no stronger digest type puts it aside. */
	enum acml_ds_fit fit;
	struct acml_zone_key key;       /* The key it fits or names; its rr is NULL for none. */
	bool revoked;                   /* The key it names has been revoked since. */
	struct acml_sig sig;            /* The key's signature of the DNSKEY set. */
};

/* What is wrong with a record that ACM's look-ups need. */
struct acml_dnssec_fault {
	bool denial;                    /* Of a proof that is missing, else of a signature. */
	struct acml_sig sig;
	struct acml_rrset set;          /* What it signs. */
	const knot_dname_t *name;       /* Of a denial: whose. */
	const char *gap;
	const knot_dname_t *domain;     /* The certificate's name that suffers, or NULL. */
	bool wildcard;
	struct acml_dnssec_fault *next;
};

struct acml_dnssec {
	bool served;
	bool is_signed;                 /* Keys, and signatures at the apex. */
	enum acml_trust trust;
	const struct acml_child *child; /* What the parent's DS are; or NULL. */
	struct acml_ds_state *ds;
	size_t n_ds;
	uint8_t digest_type;            /* The strongest that is supported; 0: none. */
	struct acml_rrset keys;
	const bool *insecure_tokens;    /* By the judge's index: unsigned, and needs not be.
	                                 * NULL: not looked at. */
	struct acml_dnssec_fault *faults;   /* In the order of the look-ups. */
	struct acml_dnssec_fault **tail;
};

/* NULL without memory, which the judge remembers. */
const struct acml_dnssec *acml_dnssec_survey(struct acml_judge *judge);
