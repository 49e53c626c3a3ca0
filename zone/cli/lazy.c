/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/lazy.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <libdnssec/binary.h>
#include <libdnssec/crypto.h>
#include <libdnssec/error.h>
#include <libdnssec/key.h>
#include <libdnssec/keytag.h>
#include <libdnssec/nsec.h>
#include <libdnssec/sign.h>
#include <libdnssec/tsig.h>

/* All that libacmlint, and what it takes of libknot, asks of libdnssec. */
#define FUNCTIONS(X) \
	X(dnssec_algorithm_key_support) X(dnssec_binary_free) X(dnssec_crypto_init) \
	X(dnssec_key_create_ds) X(dnssec_key_free) X(dnssec_key_new) X(dnssec_key_set_dname) \
	X(dnssec_key_set_rdata) X(dnssec_keytag) X(dnssec_nsec3_hash) X(dnssec_sign_add) \
	X(dnssec_sign_free) X(dnssec_sign_init) X(dnssec_sign_new) X(dnssec_sign_verify) \
	X(dnssec_strerror) X(dnssec_tsig_add) X(dnssec_tsig_algorithm_from_dname) \
	X(dnssec_tsig_algorithm_size) X(dnssec_tsig_algorithm_to_dname) X(dnssec_tsig_free) \
	X(dnssec_tsig_new) X(dnssec_tsig_size) X(dnssec_tsig_write)

#define MEMBER(name) __typeof__(name) *name;
#define FIND(name)   find(handle, #name, &lazy.name);

/* The one state of the program beside the scanner's: what has been loaded, once. */
static struct {
	FUNCTIONS(MEMBER)
} lazy;

static void find(void *handle, const char *name, void *out_function)
{
	void *symbol = dlsym(handle, name);
	if (symbol == NULL) {
		acml_library_missing(dlerror());
	}
	memcpy(out_function, &symbol, sizeof(symbol));
}

static void load(void)
{
	void *handle = dlopen(ACML_LIBDNSSEC, RTLD_NOW | RTLD_LOCAL);
	if (handle == NULL) {
		acml_library_missing(dlerror());
	}
	FUNCTIONS(FIND)
}

static void loaded(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	(void)pthread_once(&once, load);
}

bool dnssec_algorithm_key_support(dnssec_key_algorithm_t algorithm)
{
	loaded();
	return lazy.dnssec_algorithm_key_support(algorithm);
}

void dnssec_binary_free(dnssec_binary_t *binary)
{
	loaded();
	lazy.dnssec_binary_free(binary);
}

void dnssec_crypto_init(void)
{
	loaded();
	lazy.dnssec_crypto_init();
}

int dnssec_key_create_ds(const dnssec_key_t *key, dnssec_key_digest_t digest,
                         dnssec_binary_t *rdata)
{
	loaded();
	return lazy.dnssec_key_create_ds(key, digest, rdata);
}

void dnssec_key_free(dnssec_key_t *key)
{
	loaded();
	lazy.dnssec_key_free(key);
}

int dnssec_key_new(dnssec_key_t **key)
{
	loaded();
	return lazy.dnssec_key_new(key);
}

int dnssec_key_set_dname(dnssec_key_t *key, const uint8_t *dname)
{
	loaded();
	return lazy.dnssec_key_set_dname(key, dname);
}

int dnssec_key_set_rdata(dnssec_key_t *key, const dnssec_binary_t *rdata)
{
	loaded();
	return lazy.dnssec_key_set_rdata(key, rdata);
}

int dnssec_keytag(const dnssec_binary_t *rdata, uint16_t *keytag)
{
	loaded();
	return lazy.dnssec_keytag(rdata, keytag);
}

int dnssec_nsec3_hash(const dnssec_binary_t *data, const dnssec_nsec3_params_t *params,
                      dnssec_binary_t *hash)
{
	loaded();
	return lazy.dnssec_nsec3_hash(data, params, hash);
}

int dnssec_sign_add(dnssec_sign_ctx_t *ctx, const dnssec_binary_t *data)
{
	loaded();
	return lazy.dnssec_sign_add(ctx, data);
}

void dnssec_sign_free(dnssec_sign_ctx_t *ctx)
{
	loaded();
	lazy.dnssec_sign_free(ctx);
}

int dnssec_sign_init(dnssec_sign_ctx_t *ctx)
{
	loaded();
	return lazy.dnssec_sign_init(ctx);
}

int dnssec_sign_new(dnssec_sign_ctx_t **ctx_ptr, const dnssec_key_t *key)
{
	loaded();
	return lazy.dnssec_sign_new(ctx_ptr, key);
}

int dnssec_sign_verify(dnssec_sign_ctx_t *ctx, bool sign_cmp, const dnssec_binary_t *signature)
{
	loaded();
	return lazy.dnssec_sign_verify(ctx, sign_cmp, signature);
}

const char *dnssec_strerror(int error)
{
	loaded();
	return lazy.dnssec_strerror(error);
}

/* libknot reads TSIG records in the messages of servers. */
int dnssec_tsig_add(dnssec_tsig_ctx_t *ctx, const dnssec_binary_t *data)
{
	loaded();
	return lazy.dnssec_tsig_add(ctx, data);
}

dnssec_tsig_algorithm_t dnssec_tsig_algorithm_from_dname(const uint8_t *dname)
{
	loaded();
	return lazy.dnssec_tsig_algorithm_from_dname(dname);
}

size_t dnssec_tsig_algorithm_size(dnssec_tsig_algorithm_t algorithm)
{
	loaded();
	return lazy.dnssec_tsig_algorithm_size(algorithm);
}

const uint8_t *dnssec_tsig_algorithm_to_dname(dnssec_tsig_algorithm_t algorithm)
{
	loaded();
	return lazy.dnssec_tsig_algorithm_to_dname(algorithm);
}

void dnssec_tsig_free(dnssec_tsig_ctx_t *ctx)
{
	loaded();
	lazy.dnssec_tsig_free(ctx);
}

int dnssec_tsig_new(dnssec_tsig_ctx_t **ctx, dnssec_tsig_algorithm_t algorithm,
                    const dnssec_binary_t *key)
{
	loaded();
	return lazy.dnssec_tsig_new(ctx, algorithm, key);
}

size_t dnssec_tsig_size(dnssec_tsig_ctx_t *ctx)
{
	loaded();
	return lazy.dnssec_tsig_size(ctx);
}

int dnssec_tsig_write(dnssec_tsig_ctx_t *ctx, uint8_t *mac)
{
	loaded();
	return lazy.dnssec_tsig_write(ctx, mac);
}

/* Of LMDB, which libknot also speaks for, and which is nowhere near a zone file. */
char *mdb_strerror(int error);
char *mdb_strerror(int error)
{
	return strerror(error);
}
