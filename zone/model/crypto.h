/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Crypto: what DNSSEC asks of libdnssec, on wire-format RDATA. The library is made ready at the
 * first use, once for the process; a lint that verifies nothing never touches it.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libknot/dname.h>

#define ACML_DIGEST_MAX 64
#define ACML_NSEC3_HASH 20

/* A public key ready to verify with. One thread at a time. */
struct acml_crypto_key;

enum acml_verified {
	ACML_VERIFIED,
	ACML_FORGED,            /* The signature is not the key's over these bytes. */
	ACML_NOT_VERIFIED,      /* No memory, or the library cannot tell. */
};

/* Whether validators of today take a key algorithm (RFC 9904: 5 and 7, SHA-1, are no longer
 * validated) or a DS digest type, and libdnssec can. What they do not take makes a zone
 * insecure. */
bool acml_crypto_algorithm(uint8_t algorithm);
bool acml_crypto_digest(uint8_t digest_type);

/* RFC 4034 appendix B. */
uint16_t acml_crypto_key_tag(const uint8_t *dnskey, size_t size);

/* The digest of a DS (RFC 4034 section 5.1.4). owner: lower case. KNOT_EOK, KNOT_EINVAL: cannot be
 * made, KNOT_ENOMEM. */
int acml_crypto_ds(const knot_dname_t *owner, const uint8_t *dnskey, size_t size,
                   uint8_t digest_type, uint8_t out_digest[ACML_DIGEST_MAX], size_t *out_size);

/* KNOT_EOK, KNOT_EINVAL: it is no key, KNOT_ENOMEM. */
int acml_crypto_key_new(const knot_dname_t *owner, const uint8_t *dnskey, size_t size,
                        struct acml_crypto_key **out_key);

/* Accepts NULL. */
void acml_crypto_key_free(struct acml_crypto_key *key);

enum acml_verified acml_crypto_verify(struct acml_crypto_key *key, const uint8_t *data, size_t size,
                                      const uint8_t *signature, size_t signature_size);

/* RFC 5155 section 5; params: RDATA that begins as NSEC3's and NSEC3PARAM's do. name: lower case.
 * False: another algorithm than SHA-1, or cut short. */
bool acml_crypto_nsec3(const knot_dname_t *name, const uint8_t *params, size_t size,
                       uint8_t out_hash[ACML_NSEC3_HASH]);
