/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "rules/token_rules.h"

#include <string.h>

#include <libknot/descriptor.h>

const struct acml_rule *const acml_rules_token[] = {
	&acml_tok001,
	&acml_tok002,
	&acml_tok003,
	&acml_tok004,
	&acml_tok005,
	&acml_tok006,
	&acml_tok007,
	&acml_tok008,
	&acml_tok009,
	&acml_tok010,
	&acml_tok011,
	&acml_tok012,
	&acml_tok013,
	&acml_tok014,
	&acml_tok015,
	&acml_tok016,
	&acml_tok017,
	&acml_tok018,
	NULL
};

struct acml_spot acml_token_spot(const struct acml_judge *judge, const struct acml_token *token,
                                 knot_dname_storage_t storage)
{
	knot_dname_storage_t meant;
	const knot_dname_t *domain = token->base;
	if (token->doubled && acml_owner_doubled(judge->zone, token->rr->owner, meant)) {
		domain = acml_name_parent(meant);
	}
	struct acml_spot spot = { .rr = token->rr };
	for (const knot_dname_t *name = domain; name[0] != 0; name = acml_name_parent(name)) {
		if (acml_name_is_wildcard(name)) {
			domain = acml_name_parent(name);
			spot.wildcard = true;
		}
	}
	acml_name_copy(domain, storage);
	spot.domain = storage;
	return spot;
}

bool acml_token_published(const struct acml_token *token)
{
	return !token->outside && token->hidden == NULL;
}

bool acml_token_is_first(const struct acml_judge *judge, size_t index)
{
	return index == 0 || !acml_name_equal(judge->tokens[index - 1].rr->owner,
	                                      judge->tokens[index].rr->owner);
}

struct acml_rr acml_token_problem(const struct acml_judge *judge,
                                  const struct acml_problem *problem)
{
	return (struct acml_rr){
		.owner = problem->owner != NULL ? problem->owner : judge->zone->apex,
		.file = problem->file,
		.line = problem->line,
	};
}

/* Whether the zone would have a CNAME at owner without this record; *out_same: with this target. */
static bool stands_elsewhere(const struct acml_zone *zone, const struct acml_rr *except,
                             const knot_dname_t *owner, const knot_dname_t *target,
                             bool *out_same)
{
	struct acml_rrset set = acml_zone_rrset(zone, owner, KNOT_RRTYPE_CNAME);
	bool any = false;
	for (size_t i = 0; i < set.count; i++) {
		const struct acml_rr *rr = &set.rrs[i];
		any |= rr != except;
		if (rr != except && rr->rdlen == acml_name_size(target) &&
		    knot_dname_is_case_equal(rr->rdata, target)) {
			*out_same = true;
		}
	}
	return any;
}

void acml_token_replace(struct acml_judge *judge, const struct acml_rr *rr,
                        const knot_dname_t *owner, const knot_dname_t *target)
{
	const struct acml_zone *zone = judge->zone;
	bool same = false;
	bool taken = stands_elsewhere(zone, rr, owner, target, &same);
	if (taken && !same) {
		return; /* Which of the two is right cannot be told. */
	}
	acml_report_fix(judge, "remove", "%s", acml_judge_record(judge, rr));
	if (!taken && acml_zone_cut(zone, owner) == NULL && acml_zone_dname(zone, owner) == NULL) {
		const struct acml_rr mended = {
			.owner = owner,
			.rdata = target,
			.rdlen = (uint16_t)acml_name_size(target),
			.ttl = rr->ttl,
			.type = KNOT_RRTYPE_CNAME,
		};
		acml_report_fix(judge, "add", "%s", acml_judge_record(judge, &mended));
	}
}
