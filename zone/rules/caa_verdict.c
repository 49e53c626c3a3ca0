/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The CAA rules that start from a name with ACM use and ask what decides for it. */

#include "rules/caa.h"

#include <stdio.h>
#include <string.h>

#include <libknot/descriptor.h>

/* 2027-03-15T00:00:00Z: CAs must process the parameters of RFC 8657 (ballot SC-098v2). */
#define PARAMETERS_BINDING 1805068800

/* "only letsencrypt.org, sectigo.com" or "nobody": whom a set lets issue. */
#define ISSUERS_TEXT 256
#define ISSUERS_MOST 64

/* The same name often stands in several records, with a parameter each. */
static bool is_listed(const char *list, const char *name)
{
	size_t len = strlen(name);
	const char *at = len > 0 ? strstr(list, name) : NULL;
	while (at != NULL) {
		if (at > list && at[-1] == ' ' && (at[len] == '\0' || at[len] == ',')) {
			return true;
		}
		at = strstr(at + 1, name);
	}
	return false;
}

static const char *issuers_text(const struct acml_rrset *set, enum acml_caa_tag tag,
                                char buffer[ISSUERS_TEXT])
{
	size_t used = 0;
	bool more = set->count > ISSUERS_MOST;
	for (size_t i = 0; i < set->count && i < ISSUERS_MOST; i++) {
		struct acml_caa caa;
		acml_caa_parse(set->rrs[i].rdata, set->rrs[i].rdlen, &caa);
		if (caa.tag != tag || caa.domain == NULL) {
			continue;
		}
		if (used > ISSUERS_TEXT / 2) {
			more = true;
			break;
		}
		char shown[ACML_CAA_SHOWN];
		acml_caa_show(caa.domain, caa.domain_len, shown);
		if (used == 0 || !is_listed(buffer, shown)) {
			used += snprintf(buffer + used, ISSUERS_TEXT - used, "%s%s",
			                 used > 0 ? ", " : "only ", shown);
		}
	}
	if (more) {
		snprintf(buffer + used, ISSUERS_TEXT - used, "%s", used > 0 ? " and others" : "others");
		return buffer;
	}
	return used > 0 ? buffer : "nobody";
}

/* One of Amazon's names has issuewild and not issue: perhaps only "*.name" is meant to be used. */
static bool wildcard_only(const struct acml_use *use, const struct acml_caa_verdict *verdict)
{
	return verdict->wild.block == ACML_BLOCK_NONE && verdict->place->issuewild.any &&
	       !use->known_plain;
}

static void say_excludes(struct acml_judge *judge, const struct acml_use *use,
                         const struct acml_caa_verdict *verdict, bool wildcard)
{
	const struct acml_rr *rr = wildcard ? verdict->wild.culprit : verdict->plain.culprit;
	const struct acml_spot spot = { .rr = rr, .domain = use->name, .wildcard = wildcard };
	const char *host = acml_judge_host(judge, use->name);
	if (!wildcard && wildcard_only(use, verdict)) {
		acml_report(judge, ACML_WARNING, &spot, "the CAA set of %s lets Amazon issue for "
		            "*.%s alone, so a certificate that also names %s is refused",
		            acml_judge_name(judge, rr->owner), host, host);
	} else {
		char issuers[ISSUERS_TEXT];
		acml_report(judge, ACML_ERROR, &spot, "the CAA set of %s lets %s issue: ACM will not "
		            "issue or renew %s%s", acml_judge_name(judge, rr->owner),
		            issuers_text(&verdict->place->set, ACML_CAA_ISSUE, issuers),
		            wildcard ? "*." : "", host);
	}
	acml_caa_fix_amazon(judge, rr, "issue");
}

void acml_caa_check_excludes(struct acml_judge *judge)
{
	const struct acml_caa_survey *survey = acml_caa_survey(judge);
	for (size_t i = 0; survey != NULL && i < judge->n_uses; i++) {
		const struct acml_caa_verdict *verdict = &survey->verdicts[i];
		const struct acml_use *use = &judge->uses[i];
		if (verdict->via_alias) {
			continue;
		}
		if (use->plain && verdict->plain.block == ACML_BLOCK_ISSUE) {
			say_excludes(judge, use, verdict, false);
		} else if (use->wildcard && verdict->wild.block == ACML_BLOCK_ISSUE) {
			say_excludes(judge, use, verdict, true);
		}
	}
}

static void say_wildcard(struct acml_judge *judge, const struct acml_use *use,
                         const struct acml_caa_verdict *verdict)
{
	const struct acml_rr *rr = verdict->wild.culprit;
	const char *owner = acml_judge_name(judge, rr->owner);
	char issuers[ISSUERS_TEXT];
	if (use->wildcard) {
		const struct acml_spot spot = { .rr = rr, .domain = use->name, .wildcard = true };
		acml_report(judge, ACML_ERROR, &spot, "issuewild at %s lets %s issue wildcards: ACM "
		            "will not issue or renew *.%s", owner,
		            issuers_text(&verdict->place->set, ACML_CAA_ISSUEWILD, issuers),
		            acml_judge_host(judge, use->name));
		acml_caa_fix_amazon(judge, rr, "issuewild");
	} else {
		const struct acml_spot spot = { .rr = rr };
		acml_report(judge, ACML_INFO, &spot, "issuewild at %s lets %s issue wildcards: fine "
		            "as long as no certificate of ACM has a name with \"*.\" here", owner,
		            issuers_text(&verdict->place->set, ACML_CAA_ISSUEWILD, issuers));
		*acml_caa_mark(judge, rr) |= ACML_MARK_WILD;
	}
}

void acml_caa_check_excludes_wildcard(struct acml_judge *judge)
{
	const struct acml_caa_survey *survey = acml_caa_survey(judge);
	for (size_t i = 0; survey != NULL && i < judge->n_uses; i++) {
		const struct acml_caa_verdict *verdict = &survey->verdicts[i];
		const struct acml_use *use = &judge->uses[i];
		if (verdict->via_alias || verdict->wild.block != ACML_BLOCK_WILD) {
			continue;
		}
		/* As information once for a set, and only where nothing worse is said of it. */
		bool quiet = verdict->plain.block != ACML_BLOCK_NONE ||
		             (*acml_caa_mark(judge, verdict->wild.culprit) & ACML_MARK_WILD) != 0;
		if (use->wildcard || !quiet) {
			say_wildcard(judge, use, verdict);
		}
	}
}

/* The record that makes name an alias: CNAME, DNAME, or a wildcard's CNAME. */
static struct acml_spot alias_spot(const struct acml_judge *judge, const struct acml_use *use,
                                   const knot_dname_t *name)
{
	struct acml_answer answer;
	acml_lookup(judge->zone, name, KNOT_RRTYPE_CAA, &answer);
	for (size_t i = 0; i < answer.n_steps; i++) {
		const struct acml_rrset *set = &answer.steps[i].set;
		if (set->count > 0) {
			return (struct acml_spot){ .rr = set->rrs, .domain = use->name };
		}
	}
	return (struct acml_spot){ .owner = name, .type = "CNAME", .domain = use->name };
}

static void say_alias_excludes(struct acml_judge *judge, const struct acml_use *use,
                               const struct acml_caa_verdict *verdict, bool wildcard)
{
	const struct acml_caa_ruling *ruling = wildcard ? &verdict->wild : &verdict->plain;
	struct acml_spot spot = alias_spot(judge, use, verdict->at);
	spot.wildcard = wildcard;
	acml_report(judge, ACML_ERROR, &spot, "%s is an alias, so the CAA set of %s decides; it does "
	            "not let Amazon issue (%s): ACM will not issue or renew %s%s",
	            acml_judge_name(judge, verdict->at),
	            acml_judge_name(judge, ruling->culprit->owner),
	            ruling->block == ACML_BLOCK_CRITICAL ? "an unknown critical property" :
	            ruling->block == ACML_BLOCK_MALFORMED ? "a malformed value" :
	            ruling->block == ACML_BLOCK_WILD ? "its issuewild names others" :
	            "it names others", wildcard ? "*." : "", acml_judge_host(judge, use->name));
	if (ruling->block == ACML_BLOCK_CRITICAL) {
		acml_caa_fix_flags(judge, ruling->culprit);
	} else {
		if (ruling->block == ACML_BLOCK_MALFORMED) {
			acml_caa_fix_remove(judge, ruling->culprit);
		}
		acml_caa_fix_amazon(judge, ruling->culprit,
		                    ruling->block == ACML_BLOCK_WILD ? "issuewild" : "issue");
	}
}

/* The alias leaves the zone: what is behind it decides first, then the name's own parents. */
static void say_alias_leaves(struct acml_judge *judge, const struct acml_use *use,
                             const struct acml_caa_verdict *verdict)
{
	const struct acml_zone *zone = judge->zone;
	struct acml_caa_set set;
	acml_caa_relevant(zone, use->name, &set);
	const char *outside = acml_judge_name(judge, set.outside);
	set.where = ACML_CAA_NONE;
	if (!acml_name_equal(verdict->at, zone->apex)) {
		acml_caa_relevant(zone, acml_name_parent(verdict->at), &set);
	}
	struct acml_spot spot = alias_spot(judge, use, verdict->at);
	const char *alias = acml_judge_name(judge, verdict->at);
	if (set.where == ACML_CAA_FOUND) {
		const struct acml_caa_place *place = acml_caa_place_of(judge, &set.set);
		bool refused = (use->plain ? place->plain : place->wild).block != ACML_BLOCK_NONE;
		acml_report(judge, ACML_INFO, &spot, "%s is an alias of %s outside this zone: a CAA "
		            "record there decides; without one the set of %s does, which %s", alias,
		            outside, acml_judge_name(judge, set.owner),
		            refused ? "does not let Amazon issue" : "lets Amazon issue");
	} else {
		acml_report(judge, ACML_INFO, &spot, "%s is an alias of %s outside this zone: a CAA "
		            "record there decides; without one %s", alias, outside,
		            set.where == ACML_CAA_NONE ? "none of this zone does" :
		            "the next name above does");
	}
	acml_report_advice(judge, "ask the public DNS for the CAA records of %s and of what it is an alias "
	                   "of; if they shut Amazon out, give the name address records instead",
	                   outside);
}

void acml_caa_check_alias(struct acml_judge *judge)
{
	const struct acml_caa_survey *survey = acml_caa_survey(judge);
	for (size_t i = 0; survey != NULL && i < judge->n_uses; i++) {
		const struct acml_caa_verdict *verdict = &survey->verdicts[i];
		const struct acml_use *use = &judge->uses[i];
		if (verdict->where == ACML_CAA_LEAVES) {
			say_alias_leaves(judge, use, verdict);
		} else if (verdict->where == ACML_CAA_BROKEN) {
			/* Baseline Requirements 3.2.2.8: a failed look-up may still be permission
			 * where DNSSEC is not in use, hence no error. */
			struct acml_spot spot = alias_spot(judge, use, verdict->at);
			acml_report(judge, ACML_WARNING, &spot, "the aliases from %s form a loop or too "
			            "long a chain: the CAA look-up for %s fails",
			            acml_judge_name(judge, verdict->at),
			            acml_judge_host(judge, use->name));
			acml_report_advice(judge, "let the alias lead to a name that has addresses");
		} else if (verdict->via_alias && use->plain &&
		           verdict->plain.block != ACML_BLOCK_NONE) {
			say_alias_excludes(judge, use, verdict, false);
		} else if (verdict->via_alias && use->wildcard &&
		           verdict->wild.block != ACML_BLOCK_NONE) {
			say_alias_excludes(judge, use, verdict, true);
		}
	}
}

void acml_caa_check_missing(struct acml_judge *judge)
{
	const struct acml_caa_survey *survey = acml_caa_survey(judge);
	const struct acml_zone *zone = judge->zone;
	const struct acml_use *first = NULL;
	size_t count = 0;
	for (size_t i = 0; survey != NULL && i < judge->n_uses; i++) {
		if (survey->verdicts[i].where == ACML_CAA_NONE) {
			first = first == NULL ? &judge->uses[i] : first;
			count++;
		}
	}
	bool required = judge->facts->require_caa;
	if (first == NULL &&
	    (!required || acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_CAA).count > 0)) {
		return;
	}
	struct acml_rrset soa = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_SOA);
	const struct acml_spot spot = {
		.rr = soa.rrs, .owner = zone->apex, .type = "CAA",
		.domain = first != NULL ? first->name : NULL,
	};
	const char *apex = acml_judge_name(judge, zone->apex);
	char more[64] = "";
	if (count > 1) {
		snprintf(more, sizeof(more), " (nor for %zu more with ACM use)", count - 1);
	}
	bool below = first != NULL && !acml_name_equal(first->name, zone->apex);
	acml_report(judge, required ? ACML_ERROR : ACML_INFO, &spot, "no CAA record %s%s%s%s%s: not an "
	            "error for ACM, any CA may issue unless a zone above says otherwise%s",
	            below ? "from " : "", below ? acml_judge_name(judge, first->name) : "",
	            below ? " up to " : "at ", apex, more,
	            required ? "; require-caa asks for one" : "");
	if (required) {
		/* Never unasked: it shuts every other CA out. */
		acml_report_fix(judge, "add", "%s 3600 IN CAA 0 issue \"amazon.com\"", apex);
	}
}

/* BR 2.2.8 section 4.2.2.1.2: "ca-tbr-7" stands for DNS change, ACM's method. */
static bool allows_dns_change(const struct acml_caa *caa)
{
	static const char label[] = "ca-tbr-7";
	const char *at = memmem(caa->value, caa->value_len, label, sizeof(label) - 1);
	if (at == NULL || caa->has_accounturi) {
		return false;
	}
	const char *end = at + sizeof(label) - 1;
	return end == caa->value + caa->value_len || strchr(",; \t", *end) != NULL;
}

/* Every value of the tag that names Amazon: all of them are bound. */
static void say_parameters(struct acml_judge *judge, const struct acml_use *use,
                           const struct acml_rrset *set, enum acml_caa_tag tag,
                           bool wildcard, bool needed)
{
	bool binding = judge->facts->now >= PARAMETERS_BINDING;
	const char *tag_text = tag == ACML_CAA_ISSUE ? "issue" : "issuewild";
	for (size_t i = 0; i < set->count; i++) {
		const struct acml_rr *rr = &set->rrs[i];
		struct acml_caa caa;
		acml_caa_parse(rr->rdata, rr->rdlen, &caa);
		if (caa.tag != tag || (caa.issuer != ACML_ISSUER_AMAZON &&
		                       caa.issuer != ACML_ISSUER_AMAZON_CASE)) {
			continue;
		}
		const struct acml_spot spot = {
			.rr = rr, .domain = use->name, .wildcard = wildcard,
		};
		bool error = binding && needed && !allows_dns_change(&caa);
		acml_report(judge, error ? ACML_ERROR : ACML_WARNING, &spot, "%s at %s binds Amazon by "
		            "%s, which CAs must obey from 2027-03-15, and AWS documents none that ACM "
		            "matches: %s%s %s refused", tag_text, acml_judge_name(judge, rr->owner),
		            caa.has_accounturi ? "accounturi" : "validationmethods",
		            wildcard ? "*." : "", acml_judge_host(judge, use->name),
		            error ? "is" : "may be");
		acml_caa_fix_remove(judge, rr);
		acml_caa_fix_add(judge, rr, tag_text, caa.domain, caa.domain_len);
	}
}

static void check_parameters(struct acml_judge *judge, size_t index, bool wildcard, bool needed)
{
	const struct acml_caa_verdict *verdict = &judge->caa->verdicts[index];
	const struct acml_caa_ruling *ruling = wildcard ? &verdict->wild : &verdict->plain;
	const struct acml_caa_place *place = verdict->place;
	if (place == NULL || ruling->block != ACML_BLOCK_NONE) {
		return;
	}
	const struct acml_caa_grant *grant = acml_caa_counting(place, wildcard);
	uint8_t *mark = acml_caa_mark(judge, place->set.rrs);
	uint8_t said = grant == &place->issue ? ACML_MARK_ISSUE_BOUND : ACML_MARK_WILD_BOUND;
	if (grant->any && !grant->free && (*mark & said) == 0) {
		*mark |= said;
		say_parameters(judge, &judge->uses[index], &place->set, grant == &place->issue ?
		               ACML_CAA_ISSUE : ACML_CAA_ISSUEWILD, wildcard, needed);
	}
}

void acml_caa_check_parameters(struct acml_judge *judge)
{
	if (acml_caa_survey(judge) == NULL) {
		return;
	}
	for (size_t i = 0; i < judge->n_uses; i++) {
		for (int wildcard = 0; wildcard < 2; wildcard++) {
			if (acml_caa_needed(&judge->uses[i], wildcard)) {
				check_parameters(judge, i, wildcard, true);
			}
		}
	}
	/* Then what no certificate is known to need: never an error. */
	for (size_t i = 0; i < judge->n_uses; i++) {
		for (int wildcard = 0; wildcard < 2; wildcard++) {
			check_parameters(judge, i, wildcard, false);
		}
	}
}
