/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Keys: whether a DS (or CDS) speaks of a DNSKEY, through libdnssec. */

#pragma once

#include "model/zone.h"

enum acml_ds_fit {
	ACML_DS_OTHER,          /* Another key tag or algorithm. */
	ACML_DS_WRONG_DIGEST,   /* Tag and algorithm agree, the digest does not. */
	ACML_DS_UNKNOWN,        /* They agree, and libdnssec cannot recompute the digest. */
	ACML_DS_FITS,
};

/* RFC 4034 section 5.1.4. owner: the zone's apex, lower case. */
enum acml_ds_fit acml_ds_compare(const knot_dname_t *owner, const struct acml_rr *ds,
                                 const struct acml_rr *dnskey);

/* The key tag of a DNSKEY (RFC 4034 appendix B). */
uint16_t acml_key_tag(const struct acml_rr *dnskey);
