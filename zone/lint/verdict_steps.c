/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "lint/verdict_steps.h"

#include <string.h>

#include <libknot/descriptor.h>

#include "facts/parent.h"
#include "model/caa.h"
#include "rules/blame.h"
#include "rules/inventory.h"
#include "rules/rule.h"

static void good(struct acml_verdict_step *step, const char *text)
{
	step->kind = ACML_VERDICT_ISSUABLE;
	step->text = text;
}

static void undecided(struct acml_verdict_step *step, const char *text, const char *settle)
{
	step->kind = ACML_VERDICT_UNKNOWN;
	step->text = text;
	step->settle = settle;
}

static void blocked(struct acml_verdict_step *step, const char *text, const char *rule)
{
	step->kind = ACML_VERDICT_BLOCKED;
	step->text = text;
	step->rule = rule;
}

/* By a finding, whose message tells. */
static void blocked_by(struct acml_verdict_step *step, const struct acml_finding *error)
{
	blocked(step, error->message, error->rule->id);
}

static bool is_family(const struct acml_finding *finding, const char *family)
{
	return strncmp(finding->rule->id, family, strlen(family)) == 0;
}

static const char *name_text(struct acml_judge *judge, const knot_dname_t *name)
{
	return acml_judge_name(judge, name);
}

bool acml_step_zone(struct acml_judge *judge, const struct acml_plea *plea,
                    struct acml_verdict_step *step)
{
	const struct acml_zone *zone = judge->zone;
	const struct acml_node *cut = acml_zone_cut(zone, plea->name);
	step->what = "zone";
	if (!zone->complete) {
		undecided(step, "the zone could not be read to its end", "a zone file that can be read");
		return false;
	}
	if (cut != NULL) {
		const char *child = name_text(judge, cut->owner);
		undecided(step, acml_judge_text(judge, "%s delegates %s to other servers",
		                           name_text(judge, zone->apex), child),
		     acml_judge_text(judge, "the zone file of %s", child));
		return false;
	}
	good(step, acml_judge_text(judge, "%s answers for it (%s)", name_text(judge, zone->apex),
	                           zone->files[0]));
	return true;
}

/* Where a record stands. */
static const char *place_text(struct acml_judge *judge, const struct acml_rr *rr)
{
	return acml_judge_text(judge, "%s:%u", judge->zone->files[rr->file], rr->line);
}

/* The record that ACM asks for is known. */
static void known_record(struct acml_judge *judge, const struct acml_need *need,
                         struct acml_verdict_step *step)
{
	static const char *const ids[] = {
		[ACML_NEED_HIDDEN] = "TOK009", [ACML_NEED_DIFFERENT] = "INV002",
		[ACML_NEED_WILDCARD] = "INV003", [ACML_NEED_ABSENT] = "INV001",
	};
	const knot_dname_t *child;
	const char *owner = name_text(judge, need->owner);
	enum acml_need_standing standing = acml_need_stand(judge, need, &child);
	if (standing == ACML_NEED_ELSEWHERE) {
		undecided(step, acml_judge_text(judge, "%s CNAME belongs into the zone %s", owner,
		                           name_text(judge, child)),
		     acml_judge_text(judge, "the zone file of %s", name_text(judge, child)));
		return;
	}
	const struct acml_finding *error = acml_blame_owner(judge, need->owner);
	if (error == NULL && standing != ACML_NEED_PRESENT) {
		error = acml_blame_label(judge, need->owner);
	}
	if (error != NULL) {
		blocked_by(step, error);
	} else if (standing != ACML_NEED_PRESENT) {
		blocked(step, acml_judge_text(judge, standing == ACML_NEED_DIFFERENT ?
		                              "%s CNAME leads somewhere else" :
		                              "%s CNAME is not to be seen here", owner), ids[standing]);
	} else {
		struct acml_rrset set = acml_zone_rrset(judge->zone, need->owner,
		                                        KNOT_RRTYPE_CNAME);
		good(step, set.count == 0 ? acml_judge_text(judge, "%s CNAME is answered", owner) :
		     acml_judge_text(judge, "%s CNAME stands at %s", owner,
		                     place_text(judge, set.rrs)));
	}
}

/* A record of ACM's for this name, whoever asked for it; NULL: none that ACM would find. */
static const struct acml_rr *some_token(const struct acml_judge *judge, const knot_dname_t *name)
{
	const struct acml_use *use = acml_judge_use(judge, name);
	knot_dname_storage_t lower;
	struct acml_token token;
	return use != NULL && use->token != NULL &&
	       acml_token_classify(judge->zone, use->token, lower, &token) && token.valid &&
	       !token.outside && token.hidden == NULL ? use->token : NULL;
}

static void unknown_record(struct acml_judge *judge, const struct acml_plea *plea,
                           struct acml_verdict_step *step)
{
	const struct acml_zone *zone = judge->zone;
	const struct acml_rr *token = some_token(judge, plea->name);
	const struct acml_finding *error = acml_blame_domain(judge, plea->name, plea->wildcard);
	bool dname = acml_zone_dname(zone, plea->name) != NULL ||
	             acml_zone_rrset(zone, plea->name, KNOT_RRTYPE_DNAME).count > 0;
	const char *domain = acml_judge_host(judge, plea->name);
	if (token == NULL && error != NULL && is_family(error, "TOK")) {
		blocked_by(step, error);
	} else if (plea->cert != NULL && plea->cert->arn != NULL) {
		undecided(step, token != NULL ? acml_judge_text(judge, "a record for %s stands at %s", domain,
		                                           place_text(judge, token)) :
		     acml_judge_text(judge, "no record for %s stands here", domain),
		     acml_judge_text(judge, "aws acm describe-certificate --certificate-arn %s: which "
		                     "record ACM asks for", plea->cert->arn));
	} else if (token != NULL) {
		good(step, acml_judge_text(judge, "%s CNAME stands at %s",
		                           name_text(judge, token->owner),
		                           place_text(judge, token)));
	} else if (dname) {
		undecided(step, acml_judge_text(judge, "a DNAME hides what is below %s", domain),
		     "the public DNS: where the DNAME leads");
	} else {
		good(step, acml_judge_text(judge, "ACM will ask for a record below %s, which can stand "
		                           "in this zone", domain));
	}
}

static void mail_record(struct acml_judge *judge, const struct acml_plea *plea,
                        struct acml_verdict_step *step)
{
	const struct acml_finding *error = acml_blame_domain(judge, plea->name, plea->wildcard);
	const knot_dname_t *at = plea->cert_name->validation_domain;
	if (error != NULL && is_family(error, "MX")) {
		blocked_by(step, error);
		return;
	}
	undecided(step, acml_judge_text(judge, "validated by mail to %s", acml_judge_host(judge,
	                           at != NULL ? at : plea->name)),
	     "somebody who answers ACM's mail; or validation by DNS");
}

void acml_step_record(struct acml_judge *judge, const struct acml_plea *plea,
                      struct acml_verdict_step *step)
{
	const struct acml_cert_name *name = plea->cert_name;
	const struct acml_need *need = NULL;
	step->what = "record";
	if (name != NULL) {
		need = acml_inventory_need(judge->facts->inventory, name);
	}
	if (name != NULL && name->method == ACML_METHOD_EMAIL) {
		mail_record(judge, plea, step);
	} else if (name != NULL && name->method == ACML_METHOD_HTTP) {
		undecided(step, "validated by HTTP", "CloudFront, not DNS");
	} else if (need != NULL) {
		known_record(judge, need, step);
	} else {
		unknown_record(judge, plea, step);
	}
}

/* The error that tells why a set refuses Amazon. */
static void caa_denied(struct acml_judge *judge, const struct acml_plea *plea,
                       const struct acml_caa_set *set, struct acml_verdict_step *step)
{
	const struct acml_finding *error = acml_blame_domain(judge, plea->name, plea->wildcard);
	error = error != NULL && is_family(error, "CAA") ? error : NULL;
	for (size_t i = 0; i < set->set.count && error == NULL && !set->via_alias; i++) {
		error = acml_blame_record(judge, &set->set.rrs[i]);
	}
	const char *text = acml_judge_text(judge, "the CAA set of %s does not let Amazon issue",
	                                   name_text(judge, set->owner));
	blocked(step, error != NULL ? error->message : text, error != NULL ? error->rule->id :
	        set->via_alias ? "CAA009" :
	        plea->wildcard && acml_caa_amazon(set, false) != ACML_DENIED ? "CAA003" : "CAA002");
}

static void caa_found(struct acml_judge *judge, const struct acml_plea *plea,
                      const struct acml_caa_set *set, struct acml_verdict_step *step)
{
	if (acml_caa_amazon(set, plea->wildcard) == ACML_DENIED) {
		caa_denied(judge, plea, set, step);
		return;
	}
	for (size_t i = 0; i < set->set.count; i++) {
		const struct acml_finding *error = acml_blame_record(judge, &set->set.rrs[i]);
		if (error != NULL && strcmp(error->rule->id, "CAA010") == 0) {
			blocked_by(step, error);
			return;
		}
	}
	good(step, acml_judge_text(judge, "the set of %s lets Amazon issue (%s)",
	                           name_text(judge, set->owner),
	                           place_text(judge, set->set.rrs)));
}

void acml_step_caa(struct acml_judge *judge, const struct acml_plea *plea,
                   struct acml_verdict_step *step)
{
	const char *apex = name_text(judge, judge->zone->apex);
	struct acml_caa_set set;
	acml_caa_relevant(judge->zone, plea->name, &set);
	step->what = "CAA";
	switch (set.where) {
	case ACML_CAA_FOUND:
		caa_found(judge, plea, &set, step);
		break;
	case ACML_CAA_LEAVES: {
		const char *outside = name_text(judge, set.outside);
		undecided(step, acml_judge_text(judge, "%s is an alias of %s outside this zone",
		                           name_text(judge, set.at), outside),
		     acml_judge_text(judge, "the public DNS: the CAA of %s", outside));
		break;
	}
	case ACML_CAA_BROKEN:
		undecided(step, acml_judge_text(judge, "the aliases from %s form a loop, or too long a chain",
		                           name_text(judge, set.at)),
		     "an alias that ends");
		break;
	case ACML_CAA_DELEGATED:
		undecided(step, "a child zone decides", "the zone file of the child");
		break;
	default:
		undecided(step, acml_judge_text(judge, "none up to %s: any CA may issue unless a zone above "
		                           "says otherwise", apex),
		     acml_judge_text(judge, "the CAA of the zones above %s, or a CAA record in it", apex));
	}
}

/* What a rule lacked, or NULL: it was judged. */
static const char *skipped(const struct acml_judge *judge, const char *id)
{
	const struct acml_skip *skips;
	size_t count = acml_judge_skips(judge, &skips);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(skips[i].rule->id, id) == 0) {
			return skips[i].needs;
		}
	}
	return NULL;
}

void acml_step_dnssec(struct acml_judge *judge, const struct acml_plea *plea,
                      struct acml_verdict_step *step)
{
	const knot_dname_t *apex = judge->zone->apex;
	const struct acml_child *ds = acml_facts_ds(judge->facts, apex);
	const struct acml_finding *error = acml_blame_zone(judge, plea->name, "SEC");
	const struct acml_finding *own = acml_blame_domain(judge, plea->name, plea->wildcard);
	const char *needs = skipped(judge, "SEC002");
	step->what = "DNSSEC";
	if (error != NULL || (own != NULL && is_family(own, "SEC"))) {
		blocked_by(step, error != NULL ? error : own);
	} else if (ds == NULL) {
		undecided(step, "whether the parent has a DS is not known",
		     acml_judge_text(judge, "--parent: the DS of %s", name_text(judge, apex)));
	} else if (ds->n_ds == 0) {
		good(step, "the parent has no DS: nothing to validate");
	} else if (needs != NULL) {
		undecided(step, acml_judge_text(judge, "the parent has a DS, and the keys are not known here "
		                           "(%s)", needs),
		     "the zone as it is served, signed");
	} else {
		good(step, "a DS of the parent fits a key that signs");
	}
}

void acml_step_delegation(struct acml_judge *judge, const struct acml_plea *plea,
                          struct acml_verdict_step *step)
{
	const knot_dname_t *apex = judge->zone->apex;
	const struct acml_finding *error = acml_blame_zone(judge, plea->name, "DEL");
	step->what = "delegation";
	if (error != NULL) {
		blocked_by(step, error);
	} else if (acml_facts_ns(judge->facts, apex) == NULL) {
		undecided(step, "which servers the parent delegates to is not known",
		     acml_judge_text(judge, "--parent: the NS of %s", name_text(judge, apex)));
	} else {
		good(step, "the parent delegates to servers of this zone");
	}
}
