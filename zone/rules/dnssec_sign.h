/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Signatures: whether RRSIG records of the zone make an RRset valid now (RFC 4035 section 5.3). A
 * signer lives while the DNSSEC rules survey a zone; what it has verified it does not verify
 * again.
 */

#pragma once

#include "model/crypto.h"
#include "rules/judge.h"

/* Nobody has more; the rest is not looked at. */
#define ACML_KEYS_MOST 64

enum acml_sig_state {
	ACML_SIG_GOOD,
	ACML_SIG_SOON,          /* Good, and the last good one expires within twelve hours. */
	ACML_SIG_EXPIRED,
	ACML_SIG_EARLY,         /* Not yet valid. */
	ACML_SIG_FORGED,        /* Does not verify, or no key of the zone made it. */
	ACML_SIG_NONE,          /* There is none. */
};

struct acml_sig {
	enum acml_sig_state state;
	const struct acml_rr *rrsig;    /* The one that tells; NULL for ACML_SIG_NONE. */
};

struct acml_zone_key {
	const struct acml_rr *rr;
	uint16_t tag;
	uint8_t algorithm;
	bool zone;                      /* A zone key of DNSSEC: ZONE flag, protocol 3. */
	bool revoked;
	struct acml_crypto_key *key;    /* Made at the first use. */
};

struct acml_signer {
	struct acml_judge *judge;
	struct acml_zone_key keys[ACML_KEYS_MOST];
	size_t n_keys;
	bool dates_only;                /* No keys to verify with: only dates are judged. */
	uint8_t *seen;                  /* By index into the zone's records: 0, or 1 + state. */
	unsigned budget;                /* Verifications left: hostile zones must not cost hours. */
	uint8_t *buffer;
	size_t capacity;
};

/* False without memory, which the judge remembers. */
bool acml_signer_init(struct acml_signer *signer, struct acml_judge *judge);
void acml_signer_clear(struct acml_signer *signer);

/* An RRset of the zone, by any of its keys; key: by this one only. */
struct acml_sig acml_signer_check(struct acml_signer *signer, struct acml_rrset set,
                                  struct acml_zone_key *key);

/* The dates of an RRSIG, seconds since 1970 (RFC 1982 arithmetic around now). */
void acml_rrsig_dates(const struct acml_rr *rrsig, int64_t now, int64_t *out_from,
                      int64_t *out_until);

/* Whether an RRSIG covers a type; false for one that is cut short. */
bool acml_rrsig_covers(const struct acml_rr *rrsig, uint16_t type);
