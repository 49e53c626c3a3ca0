/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "rules/caa.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <libknot/descriptor.h>

bool acml_caa_needed(const struct acml_use *use, bool wildcard)
{
	return wildcard ? use->wildcard : use->plain;
}

const struct acml_caa_grant *acml_caa_counting(const struct acml_caa_place *place, bool wildcard)
{
	return wildcard && place->has_issuewild ? &place->issuewild : &place->issue;
}

static bool contains(const char *text, size_t len, const char *word)
{
	size_t word_len = strlen(word);
	for (size_t i = 0; i + word_len <= len; i++) {
		if (strncasecmp(text + i, word, word_len) == 0) {
			return true;
		}
	}
	return false;
}

bool acml_caa_mentions_amazon(const struct acml_caa *caa)
{
	return contains(caa->value, caa->value_len, "amazon") ||
	       contains(caa->value, caa->value_len, "aws");
}

const char *acml_caa_show(const char *text, size_t len, char buffer[ACML_CAA_SHOWN])
{
	size_t shown = len < ACML_CAA_SHOWN - 4 ? len : ACML_CAA_SHOWN - 4;
	for (size_t i = 0; i < shown; i++) {
		buffer[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
	}
	strcpy(buffer + shown, shown < len ? "..." : "");
	return buffer;
}

void acml_caa_fix_add(struct acml_judge *judge, const struct acml_rr *beside, const char *tag,
                      const char *value, size_t value_len)
{
	/* RFC 1035 section 5.1: \DDD for what cannot stand in a quoted string. */
	char *text = acml_judge_alloc(judge, 4 * value_len + 1);
	size_t used = 0;
	for (size_t i = 0; text != NULL && i < value_len; i++) {
		unsigned char c = value[i];
		bool plain = c >= ' ' && c <= '~' && c != '"' && c != '\\';
		used += snprintf(text + used, 5, plain ? "%c" : "\\%03u", c);
	}
	acml_report_fix(judge, "add", "%s %u IN CAA 0 %s \"%s\"",
	                acml_judge_name(judge, beside->owner), (unsigned)beside->ttl, tag,
	                text != NULL ? text : "");
}

void acml_caa_fix_amazon(struct acml_judge *judge, const struct acml_rr *beside, const char *tag)
{
	static const char amazon[] = "amazon.com";
	acml_caa_fix_add(judge, beside, tag, amazon, sizeof(amazon) - 1);
}

void acml_caa_fix_remove(struct acml_judge *judge, const struct acml_rr *rr)
{
	acml_report_fix(judge, "remove", "%s", acml_judge_record(judge, rr));
}

void acml_caa_fix_flags(struct acml_judge *judge, const struct acml_rr *rr)
{
	struct acml_caa caa;
	char tag[UINT8_MAX + 1];
	acml_caa_parse(rr->rdata, rr->rdlen, &caa);
	for (size_t i = 0; caa.valid && i < caa.tag_len; i++) {
		if (!isalnum((unsigned char)caa.tag_text[i])) {
			return; /* RFC 8659 section 4.1: a tag that cannot be written. */
		}
	}
	if (caa.valid) {
		memcpy(tag, caa.tag_text, caa.tag_len);
		tag[caa.tag_len] = '\0';
		acml_caa_fix_remove(judge, rr);
		acml_caa_fix_add(judge, rr, tag, caa.value, caa.value_len);
	}
}

/* The properties that count for a form of a name, and what of them can be blamed. */
struct docket {
	size_t count;
	size_t n_malformed;
	const struct acml_rr *first;
	const struct acml_rr *malformed;        /* The first one. */
	const struct acml_rr *meant;            /* The first malformed one that mentions Amazon. */
};

static struct docket collect(const struct acml_rrset *set, enum acml_caa_tag tag)
{
	struct docket docket = { 0 };
	for (size_t i = 0; i < set->count; i++) {
		const struct acml_rr *rr = &set->rrs[i];
		struct acml_caa caa;
		acml_caa_parse(rr->rdata, rr->rdlen, &caa);
		if (!caa.valid || caa.tag != tag) {
			continue;
		}
		docket.first = docket.count++ == 0 ? rr : docket.first;
		if (caa.issuer != ACML_ISSUER_MALFORMED) {
			continue;
		}
		docket.malformed = docket.n_malformed++ == 0 ? rr : docket.malformed;
		if (docket.meant == NULL && acml_caa_mentions_amazon(&caa)) {
			docket.meant = rr;
		}
	}
	return docket;
}

static const struct acml_rr *unknown_critical(const struct acml_rrset *set)
{
	for (size_t i = 0; i < set->count; i++) {
		struct acml_caa caa;
		acml_caa_parse(set->rrs[i].rdata, set->rrs[i].rdlen, &caa);
		if (caa.critical &&
		    (caa.tag == ACML_CAA_UNKNOWN || caa.tag == ACML_CAA_RESERVED)) {
			return &set->rrs[i];
		}
	}
	return NULL;
}

static struct acml_caa_ruling rule_on(const struct acml_rrset *set, bool wildcard)
{
	const struct acml_caa_set found = { .where = ACML_CAA_FOUND, .set = *set };
	struct acml_caa_ruling ruling = { ACML_BLOCK_NONE, NULL };
	if (acml_caa_amazon(&found, wildcard) != ACML_DENIED) {
		return ruling;
	}
	ruling.culprit = unknown_critical(set);
	if (ruling.culprit != NULL) {
		ruling.block = ACML_BLOCK_CRITICAL;
		return ruling;
	}
	/* RFC 8659 section 4.3: issuewild, where there is any, takes the place of issue. */
	struct docket docket = { 0 };
	ruling.block = ACML_BLOCK_WILD;
	if (wildcard) {
		docket = collect(set, ACML_CAA_ISSUEWILD);
	}
	if (docket.count == 0) {
		docket = collect(set, ACML_CAA_ISSUE);
		ruling.block = ACML_BLOCK_ISSUE;
	}
	ruling.culprit = docket.first;
	/* A malformed value decides when it was meant for Amazon, or when there is no other. */
	if (docket.meant != NULL || docket.n_malformed == docket.count) {
		ruling.block = ACML_BLOCK_MALFORMED;
		ruling.culprit = docket.meant != NULL ? docket.meant : docket.malformed;
	}
	return ruling;
}

static void note_grant(const struct acml_caa *caa, struct acml_caa_grant *grant)
{
	if (caa->issuer == ACML_ISSUER_AMAZON || caa->issuer == ACML_ISSUER_AMAZON_CASE) {
		grant->any = true;
		grant->exact |= caa->issuer == ACML_ISSUER_AMAZON;
		grant->free |= !caa->has_accounturi && !caa->has_validationmethods;
	}
}

static void judge_place(struct acml_caa_place *place)
{
	for (size_t i = 0; i < place->set.count; i++) {
		struct acml_caa caa;
		acml_caa_parse(place->set.rrs[i].rdata, place->set.rrs[i].rdlen, &caa);
		if (caa.tag == ACML_CAA_ISSUE) {
			note_grant(&caa, &place->issue);
		} else if (caa.tag == ACML_CAA_ISSUEWILD) {
			place->has_issuewild = true;
			note_grant(&caa, &place->issuewild);
		}
	}
	place->plain = rule_on(&place->set, false);
	place->wild = rule_on(&place->set, true);
}

uint8_t *acml_caa_mark(const struct acml_judge *judge, const struct acml_rr *rr)
{
	return &judge->caa->marks[rr - judge->zone->rrs];
}

static void mark_ruling(const struct acml_judge *judge, const struct acml_caa_ruling *ruling)
{
	if (ruling->culprit != NULL) {
		*acml_caa_mark(judge, ruling->culprit) |= ACML_MARK_BLOCKS;
	}
}

const struct acml_caa_place *acml_caa_place_of(const struct acml_judge *judge,
                                               const struct acml_rrset *set)
{
	/* Places stand in zone order, as the zone's records do. */
	size_t low = 0, high = judge->caa->n_places;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (judge->caa->places[middle].set.rrs < set->rrs) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return &judge->caa->places[low];
}

static void judge_use(const struct acml_judge *judge, const struct acml_use *use,
                      struct acml_caa_verdict *out)
{
	struct acml_caa_set set;
	acml_caa_relevant(judge->zone, use->name, &set);
	out->where = set.where;
	out->via_alias = set.via_alias;
	/* The climb only ever takes labels away. */
	out->at = use->name + (acml_name_size(use->name) - acml_name_size(set.at));
	if (set.where != ACML_CAA_FOUND) {
		return;
	}
	out->place = acml_caa_place_of(judge, &set.set);
	out->plain = out->place->plain;
	out->wild = out->place->wild;
	*acml_caa_mark(judge, set.set.rrs) |= ACML_MARK_DECIDES;
	if (use->plain) {
		mark_ruling(judge, &out->plain);
	}
	if (use->wildcard) {
		mark_ruling(judge, &out->wild);
	}
}

static enum acml_caa_sight sight_of(const struct acml_zone *zone, const struct acml_node *node)
{
	if (node->cut != NULL) {
		return ACML_SIGHT_CUT;
	}
	if (node->dname != NULL) {
		return ACML_SIGHT_DNAME;
	}
	struct acml_rrset alias = acml_node_rrset(node, KNOT_RRTYPE_CNAME);
	if (alias.count > 0) {
		knot_dname_storage_t lower;
		struct acml_token token;
		return acml_token_classify(zone, &alias.rrs[0], lower, &token) ?
		       ACML_SIGHT_TOKEN : ACML_SIGHT_ALIAS;
	}
	return acml_name_is_wildcard(node->owner) ? ACML_SIGHT_WILDCARD : ACML_SIGHT_SEEN;
}

/* Every owner of CAA; returns how many. places NULL: only counts. */
static size_t find_places(const struct acml_zone *zone, struct acml_caa_place *places)
{
	size_t count = 0;
	for (size_t i = 0; i < zone->n_nodes; i++) {
		struct acml_rrset set = acml_node_rrset(&zone->nodes[i], KNOT_RRTYPE_CAA);
		if (set.count == 0) {
			continue;
		}
		if (places != NULL) {
			places[count] = (struct acml_caa_place){
				.node = &zone->nodes[i],
				.set = set,
				.sight = sight_of(zone, &zone->nodes[i]),
			};
			judge_place(&places[count]);
		}
		count++;
	}
	return count;
}

struct acml_caa_survey *acml_caa_survey(struct acml_judge *judge)
{
	if (judge->caa != NULL) {
		return judge->caa;
	}
	const struct acml_zone *zone = judge->zone;
	size_t n_places = find_places(zone, NULL);
	struct acml_caa_survey *survey = acml_judge_alloc(judge, sizeof(*survey));
	struct acml_caa_verdict *verdicts = acml_judge_alloc(judge,
		(judge->n_uses + 1) * sizeof(*verdicts));
	struct acml_caa_place *places = acml_judge_alloc(judge, (n_places + 1) * sizeof(*places));
	uint8_t *marks = acml_judge_alloc(judge, zone->n_rrs + 1);
	if (survey == NULL || verdicts == NULL || places == NULL || marks == NULL) {
		return NULL;
	}
	survey->n_places = find_places(zone, places);
	survey->places = places;
	survey->verdicts = verdicts;
	survey->marks = marks;
	judge->caa = survey;
	for (size_t i = 0; i < judge->n_uses && zone->complete; i++) {
		judge_use(judge, &judge->uses[i], &verdicts[i]);
	}
	return survey;
}
