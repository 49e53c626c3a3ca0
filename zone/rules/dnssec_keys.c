/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "rules/dnssec_keys.h"

#include <string.h>

/* libdnssec becomes part of libknot with Knot DNS 3.6. */
#if __has_include(<libdnssec/key.h>)
#include <libdnssec/error.h>
#include <libdnssec/key.h>
#include <libdnssec/keytag.h>
#define KEY_EOK DNSSEC_EOK
#else
#include <libknot/dnssec/key.h>
#include <libknot/dnssec/keytag.h>
#include <libknot/errcode.h>
#define KEY_EOK KNOT_EOK
#endif

#define DNSKEY_HEADER 4 /* Flags, protocol, algorithm. */
#define DS_HEADER 4     /* Key tag, algorithm, digest type. */

uint16_t acml_key_tag(const struct acml_rr *dnskey)
{
	dnssec_binary_t rdata = { .size = dnskey->rdlen, .data = (uint8_t *)dnskey->rdata };
	uint16_t tag = 0;
	(void)dnssec_keytag(&rdata, &tag);
	return tag;
}

static int make_ds(const knot_dname_t *owner, const struct acml_rr *dnskey, uint8_t digest,
                   dnssec_binary_t *out_ds)
{
	dnssec_binary_t rdata = { .size = dnskey->rdlen, .data = (uint8_t *)dnskey->rdata };
	dnssec_key_t *key = NULL;
	int ret = dnssec_key_new(&key);
	if (ret == KEY_EOK) {
		ret = dnssec_key_set_dname(key, owner);
	}
	if (ret == KEY_EOK) {
		ret = dnssec_key_set_rdata(key, &rdata);
	}
	if (ret == KEY_EOK) {
		ret = dnssec_key_create_ds(key, digest, out_ds);
	}
	dnssec_key_free(key);
	return ret;
}

enum acml_ds_fit acml_ds_compare(const knot_dname_t *owner, const struct acml_rr *ds,
                                 const struct acml_rr *dnskey)
{
	if (ds->rdlen <= DS_HEADER || dnskey->rdlen <= DNSKEY_HEADER ||
	    ds->rdata[2] != dnskey->rdata[3] ||
	    (ds->rdata[0] << 8 | ds->rdata[1]) != acml_key_tag(dnskey)) {
		return ACML_DS_OTHER;
	}
	dnssec_binary_t made = { 0 };
	if (make_ds(owner, dnskey, ds->rdata[3], &made) != KEY_EOK) {
		return ACML_DS_UNKNOWN;
	}
	bool fits = made.size == ds->rdlen && memcmp(made.data, ds->rdata, made.size) == 0;
	dnssec_binary_free(&made);
	return fits ? ACML_DS_FITS : ACML_DS_WRONG_DIGEST;
}
