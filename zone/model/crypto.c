/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/crypto.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>

/* libdnssec becomes part of libknot with Knot DNS 3.6. */
#if __has_include(<libdnssec/key.h>)
#include <libdnssec/crypto.h>
#include <libdnssec/error.h>
#include <libdnssec/key.h>
#include <libdnssec/keytag.h>
#include <libdnssec/nsec.h>
#include <libdnssec/sign.h>
#else
#include <libknot/dnssec/crypto.h>
#include <libknot/dnssec/key.h>
#include <libknot/dnssec/keytag.h>
#include <libknot/dnssec/nsec.h>
#include <libknot/dnssec/sign.h>
#define DNSSEC_EOK KNOT_EOK
#define DNSSEC_ENOMEM KNOT_ENOMEM
#endif

#include "model/names.h"

#define DNSKEY_HEADER 4 /* Flags, protocol, algorithm. */
#define DS_HEADER     4 /* Key tag, algorithm, digest type. */

struct acml_crypto_key {
	dnssec_key_t *key;
	dnssec_sign_ctx_t *sign;
};

/* The one state of the library: whether libdnssec has been made ready. */
static void make_ready(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	(void)pthread_once(&once, dnssec_crypto_init);
}

static dnssec_binary_t binary(const uint8_t *data, size_t size)
{
	return (dnssec_binary_t){ .size = size, .data = (uint8_t *)data };
}

bool acml_crypto_algorithm(uint8_t algorithm)
{
	switch (algorithm) {
	case 8:  /* RSASHA256 */
	case 10: /* RSASHA512 */
	case 13: /* ECDSAP256SHA256 */
	case 14: /* ECDSAP384SHA384 */
	case 15: /* ED25519 */
	case 16: /* ED448 */
		make_ready();
		return dnssec_algorithm_key_support((dnssec_key_algorithm_t)algorithm);
	default:
		return false;
	}
}

bool acml_crypto_digest(uint8_t digest_type)
{
	return digest_type == 1 || digest_type == 2 || digest_type == 4;
}

uint16_t acml_crypto_key_tag(const uint8_t *dnskey, size_t size)
{
	dnssec_binary_t rdata = binary(dnskey, size);
	uint16_t tag = 0;
	(void)dnssec_keytag(&rdata, &tag);
	return tag;
}

static int try_import(const knot_dname_t *owner, const uint8_t *dnskey, size_t size,
                      dnssec_key_t **out_key)
{
	dnssec_binary_t rdata = binary(dnskey, size);
	dnssec_key_t *key = NULL;
	make_ready();
	int ret = size > DNSKEY_HEADER ? dnssec_key_new(&key) : KNOT_EINVAL;
	if (ret == DNSSEC_EOK) {
		ret = dnssec_key_set_dname(key, owner);
	}
	if (ret == DNSSEC_EOK) {
		ret = dnssec_key_set_rdata(key, &rdata);
	}
	if (ret != DNSSEC_EOK) {
		dnssec_key_free(key);
		return ret == DNSSEC_ENOMEM ? KNOT_ENOMEM : KNOT_EINVAL;
	}
	*out_key = key;
	return KNOT_EOK;
}

/* GnuTLS calls a key wrong when it has no memory for it: what is wrong is so the second time, too. */
static int import(const knot_dname_t *owner, const uint8_t *dnskey, size_t size,
                  dnssec_key_t **out_key)
{
	int ret = try_import(owner, dnskey, size, out_key);
	return ret == KNOT_EINVAL ? try_import(owner, dnskey, size, out_key) : ret;
}

/* What is wrong is so the second time, too. */
static int create_ds(const dnssec_key_t *key, dnssec_key_digest_t type, dnssec_binary_t *out_ds)
{
	int ret = dnssec_key_create_ds(key, type, out_ds);
	if (ret != DNSSEC_EOK && ret != DNSSEC_ENOMEM) {
		ret = dnssec_key_create_ds(key, type, out_ds);
	}
	return ret == DNSSEC_EOK ? KNOT_EOK : ret == DNSSEC_ENOMEM ? KNOT_ENOMEM : KNOT_EINVAL;
}

int acml_crypto_ds(const knot_dname_t *owner, const uint8_t *dnskey, size_t size,
                   uint8_t digest_type, uint8_t out_digest[ACML_DIGEST_MAX], size_t *out_size)
{
	dnssec_key_t *key = NULL;
	dnssec_binary_t ds = { 0 };
	int ret = import(owner, dnskey, size, &key);
	if (ret == KNOT_EOK) {
		ret = create_ds(key, (dnssec_key_digest_t)digest_type, &ds);
	}
	if (ret == KNOT_EOK && (ds.size <= DS_HEADER || ds.size - DS_HEADER > ACML_DIGEST_MAX)) {
		ret = KNOT_EINVAL;
	}
	if (ret == KNOT_EOK) {
		*out_size = ds.size - DS_HEADER;
		memcpy(out_digest, ds.data + DS_HEADER, *out_size);
	}
	dnssec_binary_free(&ds);
	dnssec_key_free(key);
	return ret;
}

int acml_crypto_key_new(const knot_dname_t *owner, const uint8_t *dnskey, size_t size,
                        struct acml_crypto_key **out_key)
{
	struct acml_crypto_key *key = calloc(1, sizeof(*key));
	if (key == NULL) {
		return KNOT_ENOMEM;
	}
	int ret = import(owner, dnskey, size, &key->key);
	if (ret == KNOT_EOK && dnssec_sign_new(&key->sign, key->key) != DNSSEC_EOK) {
		ret = KNOT_EINVAL;
	}
	if (ret != KNOT_EOK) {
		acml_crypto_key_free(key);
		return ret;
	}
	*out_key = key;
	return KNOT_EOK;
}

void acml_crypto_key_free(struct acml_crypto_key *key)
{
	if (key == NULL) {
		return;
	}
	dnssec_sign_free(key->sign);
	dnssec_key_free(key->key);
	free(key);
}

static enum acml_verified try_verify(struct acml_crypto_key *key, const uint8_t *data, size_t size,
                                     const uint8_t *signature, size_t signature_size)
{
	dnssec_binary_t input = binary(data, size);
	dnssec_binary_t sign = binary(signature, signature_size);
	int ret = dnssec_sign_init(key->sign);
	if (ret == DNSSEC_EOK) {
		ret = dnssec_sign_add(key->sign, &input);
	}
	if (ret != DNSSEC_EOK) {
		return ACML_NOT_VERIFIED;
	}
	ret = dnssec_sign_verify(key->sign, false, &sign);
	if (ret == DNSSEC_EOK) {
		return ACML_VERIFIED;
	}
	return ret == DNSSEC_ENOMEM ? ACML_NOT_VERIFIED : ACML_FORGED;
}

/* GnuTLS calls a signature forged when it has no memory for it; a forged one is so the second time,
 * too. */
enum acml_verified acml_crypto_verify(struct acml_crypto_key *key, const uint8_t *data, size_t size,
                                      const uint8_t *signature, size_t signature_size)
{
	enum acml_verified verified = try_verify(key, data, size, signature, signature_size);
	return verified == ACML_FORGED ? try_verify(key, data, size, signature, signature_size) :
	       verified;
}

static bool try_nsec3(const knot_dname_t *name, const uint8_t *params, size_t size,
                      uint8_t out_hash[ACML_NSEC3_HASH])
{
	if (size < 5 || params[0] != DNSSEC_NSEC3_ALGORITHM_SHA1 || size < 5u + params[4]) {
		return false;
	}
	make_ready();
	const dnssec_nsec3_params_t with = {
		.algorithm = DNSSEC_NSEC3_ALGORITHM_SHA1,
		.iterations = (uint16_t)(params[2] << 8 | params[3]),
		.salt = binary(params + 5, params[4]),
	};
	dnssec_binary_t data = binary(name, acml_name_size(name));
	dnssec_binary_t hash = { 0 };
	bool made = dnssec_nsec3_hash(&data, &with, &hash) == DNSSEC_EOK &&
	            hash.size == ACML_NSEC3_HASH;
	if (made) {
		memcpy(out_hash, hash.data, ACML_NSEC3_HASH);
	}
	dnssec_binary_free(&hash);
	return made;
}

/* As above: a name without a hash would have no proof. */
bool acml_crypto_nsec3(const knot_dname_t *name, const uint8_t *params, size_t size,
                       uint8_t out_hash[ACML_NSEC3_HASH])
{
	return try_nsec3(name, params, size, out_hash) || try_nsec3(name, params, size, out_hash);
}
