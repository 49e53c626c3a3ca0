/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "lint/lint.h"

#include <stdlib.h>
#include <string.h>

#include <libknot/descriptor.h>
#include <libknot/errcode.h>

#include "facts/parent.h"
#include "lint/baseline.h"
#include "lint/suppress.h"
#include "model/build.h"
#include "model/names.h"
#include "rules/caa.h"
#include "rules/dnssec.h"
#include "rules/judge.h"
#include "rules/sink.h"
#include "rules/token.h"

/* What is asked of every record of a large zone: a switch on the type first. */
static bool interesting(const knot_dname_t *apex, const struct acml_rr *rr)
{
	switch (rr->type) {
	case KNOT_RRTYPE_CAA:
	case KNOT_RRTYPE_DNAME:
	case KNOT_RRTYPE_CDS:
	case KNOT_RRTYPE_CDNSKEY:
	case KNOT_RRTYPE_DNSKEY:
	case KNOT_RRTYPE_NSEC3PARAM:
		return true;
	case KNOT_RRTYPE_NSEC3:
		return acml_nsec3_interesting(rr);
	case KNOT_RRTYPE_TXT:
		return acml_caa_interesting(rr) || acml_token_interesting(apex, rr);
	default:
		return acml_token_interesting(apex, rr);
	}
}

/* A token speaks for the name below its first label. */
static const knot_dname_t *related(const struct acml_rr *rr)
{
	return rr->owner[0] > 0 && rr->owner[1] == '_' ? acml_name_parent(rr->owner) : NULL;
}

#define BIT(type) (UINT64_C(1) << KNOT_RRTYPE_ ## type)

const struct acml_interest acml_lint_interest = {
	.record = interesting,
	.dull = BIT(A) | BIT(NS) | BIT(SOA) | BIT(PTR) | BIT(MX) | BIT(AAAA) | BIT(SRV) | BIT(DS) |
	        BIT(RRSIG) | BIT(NSEC),
	.related = related,
	.apart = acml_label_is_token,
};

static bool is_signed(const struct acml_zone *zone, const struct acml_facts *facts)
{
	return facts->signing == ACML_SIGNED_YES ||
	       (facts->signing == ACML_SIGNED_AUTO && zone->has_dnssec);
}

static bool knows_hosted(const struct acml_zone *zone, const struct acml_facts *facts)
{
	const struct acml_child *child = acml_parent_child(facts->parent, zone->apex);
	return child != NULL && child->hosted_file != NULL;
}

/* What is missing for one need, or NULL. */
static const char *missing(const struct acml_zone *zone, const struct acml_facts *facts,
                           unsigned need)
{
	switch (need) {
	case ACML_NEED_WHOLE:
		return zone->complete ? NULL : "complete zone";
	case ACML_NEED_SIGNED:
		return is_signed(zone, facts) ? NULL : "signed zone";
	case ACML_NEED_PARENT:
		return acml_facts_ds(facts, zone->apex) != NULL ? NULL :
		       facts->parent == NULL ? "parent" : "DS at the parent";
	case ACML_NEED_PARENT_NS:
		return acml_facts_ns(facts, zone->apex) != NULL ? NULL :
		       facts->parent == NULL ? "parent" : "NS at the parent";
	case ACML_NEED_HOSTED:
		return knows_hosted(zone, facts) ? NULL :
		       facts->parent == NULL ? "parent" : "hosted zone";
	case ACML_NEED_SERVED:
		return acml_dnssec_served(zone, facts) ? NULL : "zone as served";
	case ACML_NEED_INVENTORY:
		return facts->inventory != NULL ? NULL : "inventory";
	case ACML_NEED_COMPLETE_INVENTORY:
		return facts->inventory == NULL ? "inventory" :
		       facts->inventory_complete ? NULL : "complete inventory";
	case ACML_NEED_BASELINE:
		return facts->baseline != NULL ? NULL : "baseline";
	default:
		return facts->inputs != NULL ? NULL : "further zones";
	}
}

/* All needs that are not met, and what is missing for each, by its bit. */
struct unmet {
	unsigned needs;
	const char *missing[ACML_NEEDS];
};

static void find_unmet(const struct acml_zone *zone, const struct acml_facts *facts,
                       struct unmet *out)
{
	for (unsigned i = 0; i < ACML_NEEDS; i++) {
		out->missing[i] = missing(zone, facts, 1u << i);
		out->needs |= out->missing[i] != NULL ? 1u << i : 0;
	}
}

static int skip_rule(struct acml_result *result, const struct acml_rule *rule, const char *needs,
                     size_t *capacity)
{
	if (!ACML_ROOM(result->skipped, result->n_skipped, *capacity)) {
		return KNOT_ENOMEM;
	}
	result->skipped[result->n_skipped++] = (struct acml_skip){ .rule = rule, .needs = needs };
	return KNOT_EOK;
}

static void check_rule(struct acml_judge *judge, const struct acml_rule *rule)
{
	if (rule->check != NULL) {
		judge->rule = rule;
		rule->check(judge);
	}
}

/* The rules that ask what others found come after them; who is skipped is told in order. */
static int check_rules(struct acml_judge *judge)
{
	struct acml_report_sink *sink = judge->sink;
	struct unmet unmet = { 0 };
	const struct acml_rule *rule, *late[ACML_MAX_RULES];
	size_t capacity = 0, n_late = 0;
	struct acml_rule_walk walk = { 0 };
	find_unmet(judge->zone, judge->facts, &unmet);
	for (size_t i = 0; (rule = acml_rule_next(&walk)) != NULL && sink->error == KNOT_EOK; i++) {
		unsigned needs = rule->needs & unmet.needs;
		if (acml_settings_level(sink->settings, i, rule->severity) == ACML_OFF) {
			continue;
		} else if (needs != 0) {
			/* The first that is not met. */
			sink->error = skip_rule(sink->result, rule,
			                        unmet.missing[__builtin_ctz(needs)], &capacity);
		} else if (rule->late) {
			late[n_late++] = rule;
		} else {
			check_rule(judge, rule);
		}
	}
	for (size_t i = 0; i < n_late && sink->error == KNOT_EOK; i++) {
		check_rule(judge, late[i]);
	}
	return sink->error;
}

static int finding_compare(const void *a, const void *b)
{
	const struct acml_finding *x = a, *y = b;
	int order = strcmp(x->file, y->file);
	if (order == 0) {
		order = x->line < y->line ? -1 : x->line > y->line;
	}
	if (order == 0) {
		order = strcmp(x->owner, y->owner);
	}
	if (order == 0) {
		order = strcmp(x->rule->id, y->rule->id);
	}
	return order != 0 ? order : strcmp(x->message, y->message);
}

static void count_findings(struct acml_result *result)
{
	for (size_t i = 0; i < result->n_findings; i++) {
		if (result->findings[i].suppressed) {
			result->suppressed++;
		} else {
			result->count[result->findings[i].severity]++;
		}
	}
}

static int copy_files(const struct acml_zone *zone, struct acml_report_sink *sink)
{
	struct acml_arena *arena = &sink->result->arena;
	sink->files = acml_arena_alloc(arena, zone->n_files * sizeof(*sink->files));
	if (sink->files == NULL) {
		return KNOT_ENOMEM;
	}
	for (size_t i = 0; i < zone->n_files; i++) {
		sink->files[i] = acml_arena_strdup(arena, zone->files[i]);
		if (sink->files[i] == NULL) {
			return KNOT_ENOMEM;
		}
	}
	return KNOT_EOK;
}

static int judge_zone(struct acml_judge *judge)
{
	int ret = copy_files(judge->zone, judge->sink);
	if (ret == KNOT_EOK) {
		ret = acml_judge_collect(judge);
	}
	if (ret == KNOT_EOK) {
		ret = check_rules(judge);
	}
	if (ret == KNOT_EOK) {
		ret = acml_suppress_apply(judge->zone, judge->sink->settings, judge->sink->result);
	}
	return ret;
}

/* What the published version has too is not new. */
static int mark_new(const struct acml_facts *facts, const struct acml_settings *settings,
                    struct acml_result *result)
{
	if (facts->baseline == NULL) {
		return KNOT_EOK;
	}
	struct acml_facts before = *facts;
	before.baseline = NULL;
	struct acml_result *published = NULL;
	int ret = acml_lint(facts->baseline, &before, settings, &published);
	if (ret == KNOT_EOK) {
		ret = acml_baseline_mark(result, published);
	}
	acml_result_free(published);
	return ret;
}

int acml_lint(const struct acml_zone *zone, const struct acml_facts *facts,
              const struct acml_settings *settings, struct acml_result **out_result)
{
	struct acml_result *result = calloc(1, sizeof(*result));
	if (result == NULL) {
		return KNOT_ENOMEM;
	}
	struct acml_report_sink sink = { .result = result, .settings = settings };
	struct acml_judge judge = { .zone = zone, .facts = facts, .sink = &sink };
	int ret = judge_zone(&judge);
	if (ret == KNOT_EOK) {
		ret = mark_new(facts, settings, result);
	}
	if (ret != KNOT_EOK) {
		acml_result_free(result);
		return ret;
	}
	if (result->n_findings > 1) {
		qsort(result->findings, result->n_findings, sizeof(*result->findings),
		      finding_compare);
	}
	count_findings(result);
	*out_result = result;
	return KNOT_EOK;
}
