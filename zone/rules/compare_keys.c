/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "rules/compare_keys.h"

#include <string.h>

#include <libknot/descriptor.h>

#include "facts/parent.h"
#include "rules/dnssec_keys.h"

/* Tag, algorithm, digest type and the longest digest that is registered. */
#define DS_HEADER 4
#define DS_MOST (DS_HEADER + 64)

static bool fits(const struct acml_zone *zone, const struct acml_rr *ds, const struct acml_rr *key)
{
	enum acml_ds_fit fit = acml_ds_compare(zone->apex, ds, key);
	/* A digest that cannot be made is no proof against it. */
	return fit == ACML_DS_FITS || fit == ACML_DS_UNKNOWN;
}

/* The first key of a zone that a DS speaks of, or NULL. */
static const struct acml_rr *key_of(const struct acml_zone *zone, const struct acml_rr *ds)
{
	struct acml_rrset keys = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_DNSKEY);
	for (size_t i = 0; i < keys.count; i++) {
		if (fits(zone, ds, &keys.rrs[i])) {
			return &keys.rrs[i];
		}
	}
	return NULL;
}

/* What the keys of both versions mean to one DS. */
struct reliance {
	const struct acml_zone *old, *zone;
	const struct acml_rr *key;      /* The old version's first key that a DS speaks of. */
	bool kept;                      /* A key of the new version is spoken of. */
};

static void rely(struct reliance *reliance, const struct acml_rr *ds)
{
	const struct acml_rr *key = key_of(reliance->old, ds);
	if (reliance->key == NULL) {
		reliance->key = key;
	}
	reliance->kept |= key_of(reliance->zone, ds) != NULL;
}

static void rely_on_parent(struct reliance *reliance, const struct acml_child *child)
{
	for (size_t i = 0; i < child->n_ds; i++) {
		const struct acml_parent_ds *ds = &child->ds[i];
		uint8_t rdata[DS_MOST] = {
			(uint8_t)(ds->key_tag >> 8), (uint8_t)ds->key_tag, ds->algorithm,
			ds->digest_type,
		};
		if (ds->digest_size > DS_MOST - DS_HEADER) {
			continue;
		}
		memcpy(rdata + DS_HEADER, ds->digest, ds->digest_size);
		const struct acml_rr rr = {
			.owner = reliance->old->apex, .rdata = rdata, .type = KNOT_RRTYPE_DS,
			.rdlen = (uint16_t)(DS_HEADER + ds->digest_size),
		};
		rely(reliance, &rr);
	}
}

static void rely_on_cds(struct reliance *reliance)
{
	struct acml_rrset cds = acml_zone_rrset(reliance->old, reliance->old->apex,
	                                        KNOT_RRTYPE_CDS);
	for (size_t i = 0; i < cds.count; i++) {
		rely(reliance, &cds.rrs[i]);
	}
}

/* Whether a server signs this file, with keys that nobody here knows. That CDS records stand in it
 * is no sign of that: the published version has the keys themselves. */
static bool signed_on_load(const struct acml_facts *facts, const struct acml_child *child)
{
	return facts->signing == ACML_SIGNED_NO ||
	       (facts->signing == ACML_SIGNED_AUTO && child != NULL && child->plain);
}

void acml_compare_keys(const struct acml_judge *judge, struct acml_compare *compare)
{
	const struct acml_zone *old = compare->old, *zone = judge->zone;
	struct acml_rrset keys = acml_zone_rrset(old, old->apex, KNOT_RRTYPE_DNSKEY);
	struct acml_rrset left = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_DNSKEY);
	const struct acml_child *child = acml_facts_ds(judge->facts, zone->apex);
	bool known = child != NULL && child->ds_known;
	if (keys.count == 0 || (known && child->n_ds == 0)) {
		return; /* Nobody relied on a key. */
	}
	compare->ds_known = known;
	compare->key = keys.rrs;
	if (left.count == 0) {
		/* A server may sign this file on load, with keys that nobody here knows. */
		compare->trust = signed_on_load(judge->facts, child) ? ACML_TRUST_KEPT :
		                 ACML_TRUST_UNSIGNED;
		return;
	}
	struct reliance reliance = { .old = old, .zone = zone };
	if (known) {
		rely_on_parent(&reliance, child);
	} else {
		rely_on_cds(&reliance);
	}
	if (reliance.key != NULL && !reliance.kept) {
		compare->trust = ACML_TRUST_KEY_GONE;
		compare->key = reliance.key;
	}
}
