/* SPDX-License-Identifier: GPL-2.0-or-later */

/* DNSSEC rules: what others ask them. */

#pragma once

#include <stdbool.h>

#include "facts/facts.h"
#include "model/zone.h"

/* RFC 9276 section 3.2: validators stop at a limit of their own choice. 150 is what the resolvers
 * agreed on in 2021; several have lowered it since. */
#define ACML_ITERATIONS_LIMIT 150

/* Whether an NSEC3 record is one that SEC011 complains about: cheap. */
bool acml_nsec3_interesting(const struct acml_rr *rr);

/*
 * Whether the file is what is served, as far as DNSSEC goes, so that the absence of DNSKEY and
 * RRSIG is a fault (--signed). In "auto" a file with DNSKEY or RRSIG is. One without them is too,
 * unless something says that a server signs it: a CDS or CDNSKEY of a key in it, Route 53's
 * ServeSignature or record sets, or a zone above in the same run that has DS and no DNSSEC records
 * either.
 */
bool acml_dnssec_served(const struct acml_zone *zone, const struct acml_facts *facts);
