/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * CAA: the grammar of one property (RFC 8659 section 4), the relevant set of a name (section 3)
 * and what it says about Amazon. Pure functions over a frozen zone.
 *
 * Amazon's issuer domain names, any one suffices: amazon.com, amazontrust.com, awstrust.com,
 * amazonaws.com (ACM user guide, "Configure a CAA record").
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/lookup.h"
#include "model/zone.h"

enum acml_caa_tag {
	ACML_CAA_ISSUE,
	ACML_CAA_ISSUEWILD,
	ACML_CAA_IODEF,
	ACML_CAA_ISSUEMAIL,     /* RFC 9495 */
	ACML_CAA_ISSUEVMC,
	ACML_CAA_CONTACTEMAIL,  /* CA/Browser Forum BR appendix A */
	ACML_CAA_CONTACTPHONE,
	ACML_CAA_RESERVED,      /* auth, path, policy: RFC 6844's leftovers */
	ACML_CAA_UNKNOWN,
};

enum acml_caa_issuer {
	ACML_ISSUER_NOBODY,     /* Empty issuer: ";" or nothing. */
	ACML_ISSUER_AMAZON,
	ACML_ISSUER_AMAZON_CASE,/* One of Amazon's names but for upper case: CAs differ. */
	ACML_ISSUER_OTHER,
	ACML_ISSUER_MALFORMED,  /* Outside the grammar: authorises nobody. */
};

/* One parsed CAA record. Pointers borrow from the RDATA. */
struct acml_caa {
	bool valid;             /* RDATA long enough for flags, tag length and a tag of 1 byte or more. */
	uint8_t flags;
	bool critical;          /* Bit 0, value 128. */
	enum acml_caa_tag tag;
	const char *tag_text;   /* Not NUL-terminated. */
	size_t tag_len;
	const char *value;      /* Not NUL-terminated. */
	size_t value_len;
	/* For issue and issuewild: */
	enum acml_caa_issuer issuer;
	const char *domain;     /* The issuer domain name as written; NULL when empty or malformed. */
	size_t domain_len;
	const char *malformed;  /* Which part of the grammar is hurt, lower case; NULL when sound. */
	bool has_parameters;
	bool has_accounturi;    /* RFC 8657 */
	bool has_validationmethods;
};

/* Never fails; a hopeless record has valid == false. */
void acml_caa_parse(const uint8_t *rdata, size_t rdlen, struct acml_caa *out);

enum acml_caa_where {
	ACML_CAA_FOUND,         /* set is the relevant set. */
	ACML_CAA_NONE,          /* None up to the apex; zones above decide. */
	ACML_CAA_LEAVES,        /* An alias on the climb leaves the zone: only a live look-up tells. */
	ACML_CAA_DELEGATED,     /* The name is at or below a zone cut: the child decides. */
	ACML_CAA_NOT_HERE,      /* The name is not in this zone. */
	ACML_CAA_BROKEN,        /* Loop or too long a chain on the climb: look-ups fail, CAs refuse. */
};

struct acml_caa_set {
	enum acml_caa_where where;
	struct acml_rrset set;          /* For ACML_CAA_FOUND. */
	knot_dname_storage_t at;        /* The ancestor-or-self of the name whose look-up decided. */
	knot_dname_storage_t owner;     /* Of the set: at, its alias target, or as synthesised; the
	                                 * name where the search ended when there is no set. */
	bool via_alias;                 /* owner was reached through CNAME or DNAME from at. */
	knot_dname_storage_t outside;   /* For ACML_CAA_LEAVES. */
};

enum acml_permission {
	ACML_ALLOWED,
	ACML_DENIED,
	ACML_UNKNOWN,                   /* Not decided by this zone. */
};

/* The relevant CAA set for name (without "*."; lower case): climb from the name to the apex,
 * aliases followed at each step while the climb stays on the name's own parents. */
void acml_caa_relevant(const struct acml_zone *zone, const knot_dname_t *name,
                       struct acml_caa_set *out);

/* What a set lets Amazon do, for name itself or for "*." + name. ACML_CAA_NONE gives
 * ACML_ALLOWED as far as this zone goes; LEAVES, DELEGATED, NOT_HERE give ACML_UNKNOWN; BROKEN
 * gives ACML_DENIED. An unknown critical property denies. ACML_ISSUER_AMAZON_CASE counts as
 * Amazon. */
enum acml_permission acml_caa_amazon(const struct acml_caa_set *set, bool wildcard);

/* Whether any issue or issuewild property of the set names Amazon. */
bool acml_caa_names_amazon(const struct acml_rrset *set);
