/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/caa.h"

#include <string.h>

#include <libknot/consts.h>
#include <libknot/descriptor.h>

#include "model/names.h"

/* A chain of this many aliases is given up by the resolvers that CAs use (unbound and BIND restart
 * a query 11 times). An authoritative server's own limit does not count: a resolver asks on. */
#define MAX_ALIASES 11

/* The CAA look-up at one name, as a resolver does it: on through the server's limit. Returns the
 * last answer's outcome; aliases is how many were followed in all. */
static enum acml_outcome resolve(const struct acml_zone *zone, const knot_dname_t *name,
                                 struct acml_answer *answer, size_t *out_aliases)
{
	size_t aliases = 0;
	knot_dname_storage_t next;
	acml_name_copy(name, next);
	for (;;) {
		acml_lookup(zone, next, KNOT_RRTYPE_CAA, answer);
		aliases += answer->aliases;
		/* A server stops at its limit, and where one DNAME makes a second alias, which is
		 * no loop yet. */
		bool stopped = answer->outcome == ACML_LIMIT || answer->outcome == ACML_LOOP;
		bool resumes = stopped && answer->aliases > 0 &&
		               answer->rcode == KNOT_RCODE_NOERROR;
		if (aliases > MAX_ALIASES || !resumes) {
			break;
		}
		acml_name_copy(answer->last, next);
	}
	*out_aliases = aliases;
	return aliases > MAX_ALIASES ? ACML_LIMIT : answer->outcome;
}

static void leave(struct acml_caa_set *out, const knot_dname_t *outside)
{
	out->where = ACML_CAA_LEAVES;
	acml_name_copy(outside, out->outside);
}

/* Looks at one step of the climb. True: it decides. */
static bool decide(const struct acml_zone *zone, const knot_dname_t *name,
                   struct acml_caa_set *out)
{
	struct acml_answer answer;
	size_t aliases = 0;
	enum acml_outcome outcome = resolve(zone, name, &answer, &aliases);
	out->via_alias = aliases > 0;
	acml_name_copy(answer.last, out->owner);
	switch (outcome) {
	case ACML_ANSWER:
		out->where = ACML_CAA_FOUND;
		out->set = answer.steps[answer.n_steps - 1].set;
		return true;
	case ACML_NODATA:
	case ACML_NXDOMAIN:
		return false;
	case ACML_REFERRAL:
		/* An alias into a delegated part leaves the zone as any other does. */
		if (aliases > 0) {
			leave(out, answer.last);
		} else {
			out->where = ACML_CAA_DELEGATED;
		}
		return true;
	case ACML_OUTSIDE:
	case ACML_OUT_OF_ZONE:
		leave(out, answer.last);
		return true;
	case ACML_LOOP:
	case ACML_LIMIT:
		out->where = ACML_CAA_BROKEN;
		return true;
	}
	return true;
}

void acml_caa_relevant(const struct acml_zone *zone, const knot_dname_t *name,
                       struct acml_caa_set *out)
{
	memset(out, 0, sizeof(*out));
	if (!acml_name_within(name, zone->apex)) {
		out->where = ACML_CAA_NOT_HERE;
		acml_name_copy(name, out->at);
		acml_name_copy(name, out->owner);
		return;
	}
	/* RFC 8659 section 3: the climb stays on the name's own parents, whatever aliases say. */
	while (!decide(zone, name, out)) {
		if (acml_name_equal(name, zone->apex)) {
			out->where = ACML_CAA_NONE;
			out->via_alias = false;
			break;
		}
		name = acml_name_parent(name);
	}
	acml_name_copy(name, out->at);
}

static bool names_amazon(const struct acml_caa *caa)
{
	return caa->issuer == ACML_ISSUER_AMAZON || caa->issuer == ACML_ISSUER_AMAZON_CASE;
}

/* What a set says, counted. */
struct census {
	size_t issue, issue_amazon;
	size_t issuewild, issuewild_amazon;
	bool unknown_critical;
};

static struct census count_set(const struct acml_rrset *set)
{
	struct census census = { 0 };
	for (size_t i = 0; i < set->count; i++) {
		struct acml_caa caa;
		acml_caa_parse(set->rrs[i].rdata, set->rrs[i].rdlen, &caa);
		switch (caa.tag) {
		case ACML_CAA_ISSUE:
			census.issue++;
			census.issue_amazon += names_amazon(&caa);
			break;
		case ACML_CAA_ISSUEWILD:
			census.issuewild++;
			census.issuewild_amazon += names_amazon(&caa);
			break;
		case ACML_CAA_RESERVED:
		case ACML_CAA_UNKNOWN:
			census.unknown_critical |= caa.critical;
			break;
		default:
			break;
		}
	}
	return census;
}

static enum acml_permission set_permits(const struct acml_rrset *set, bool wildcard)
{
	struct census census = count_set(set);
	/* RFC 8659 section 4.1: a critical property that the CA does not know forbids. */
	if (census.unknown_critical) {
		return ACML_DENIED;
	}
	/* RFC 8659 section 4.3: issuewild, where there is any, takes the place of issue. */
	bool wild = wildcard && census.issuewild > 0;
	size_t relevant = wild ? census.issuewild : census.issue;
	size_t granted = wild ? census.issuewild_amazon : census.issue_amazon;
	return relevant == 0 || granted > 0 ? ACML_ALLOWED : ACML_DENIED;
}

enum acml_permission acml_caa_amazon(const struct acml_caa_set *set, bool wildcard)
{
	switch (set->where) {
	case ACML_CAA_FOUND:
		return set_permits(&set->set, wildcard);
	case ACML_CAA_NONE:
		return ACML_ALLOWED;
	case ACML_CAA_BROKEN:
		return ACML_DENIED;
	case ACML_CAA_LEAVES:
	case ACML_CAA_DELEGATED:
	case ACML_CAA_NOT_HERE:
		break;
	}
	return ACML_UNKNOWN;
}

bool acml_caa_names_amazon(const struct acml_rrset *set)
{
	struct census census = count_set(set);
	return census.issue_amazon + census.issuewild_amazon > 0;
}
