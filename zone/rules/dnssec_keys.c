/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "rules/dnssec_keys.h"

#include <string.h>

#include <libknot/errcode.h>

#include "model/crypto.h"

#define DNSKEY_HEADER 4 /* Flags, protocol, algorithm. */
#define DS_HEADER 4     /* Key tag, algorithm, digest type. */

uint16_t acml_key_tag(const struct acml_rr *dnskey)
{
	return acml_crypto_key_tag(dnskey->rdata, dnskey->rdlen);
}

enum acml_ds_fit acml_ds_compare(const knot_dname_t *owner, const struct acml_rr *ds,
                                 const struct acml_rr *dnskey)
{
	if (ds->rdlen <= DS_HEADER || dnskey->rdlen <= DNSKEY_HEADER ||
	    ds->rdata[2] != dnskey->rdata[3] ||
	    (ds->rdata[0] << 8 | ds->rdata[1]) != acml_key_tag(dnskey)) {
		return ACML_DS_OTHER;
	}
	uint8_t digest[ACML_DIGEST_MAX];
	size_t size = 0;
	if (acml_crypto_ds(owner, dnskey->rdata, dnskey->rdlen, ds->rdata[3], digest,
	                   &size) != KNOT_EOK) {
		return ACML_DS_UNKNOWN;
	}
	bool fits = size == (size_t)ds->rdlen - DS_HEADER &&
	            memcmp(digest, ds->rdata + DS_HEADER, size) == 0;
	return fits ? ACML_DS_FITS : ACML_DS_WRONG_DIGEST;
}
