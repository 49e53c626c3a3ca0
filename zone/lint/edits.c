/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "lint/edits.h"

#include <stdlib.h>
#include <string.h>

#include <libknot/descriptor.h>
#include <libknot/errcode.h>

#include "lint/edits_group.h"
#include "lint/lint.h"
#include "lint/tally.h"
#include "model/build.h"
#include "model/change.h"
#include "model/names.h"
#include "rules/rule.h"

/* Edits that make way for further ones. */
#define MAX_ROUNDS 6

/* Findings whose edits are made at once. */
#define MAX_GROUPS 5000

/* How many records may be judged again in all, before edits are given up. */
#define PATIENCE UINT64_C(100000000)
#define LEAST_TRIES 40

struct plan {
	struct acml_edits *edits;
	const struct acml_facts *facts;
	const struct acml_settings *settings;
	const struct acml_edits_options *options;
	struct acml_scanner *scanner;
	struct acml_edit_group *groups;
	size_t n_groups;
	struct acml_zone *zone;         /* With the edits that are made for good; NULL: none yet. */
	struct acml_result *result;
	struct acml_tally before;       /* Of edits->before, of the last judgement, of result. */
	struct acml_tally after;
	struct acml_tally good;
	size_t tries;
};

/* The state that a failed attempt returns to. */
struct snapshot {
	bool *dropped;
	bool *off;
	size_t n_dropped, n_added;
};

static bool same_data(const struct acml_rr *a, const struct acml_rr *b)
{
	return a->type == b->type && a->rdlen == b->rdlen &&
	       (a->rdlen == 0 || memcmp(a->rdata, b->rdata, a->rdlen) == 0);
}

/* NULL when the edit was made or there was nothing to do, else why not. *out_partner: the record
 * that went. */
static const char *drop(struct plan *plan, const struct acml_edit_op *op, bool *out_changed,
                        size_t *out_partner)
{
	struct acml_edits *edits = plan->edits;
	for (size_t i = 0; i < edits->n_added; i++) {
		struct acml_edit *edit = &edits->added[i];
		if (!edit->off && acml_name_equal(edit->rr.owner, op->rr->owner) &&
		    same_data(&edit->rr, op->rr)) {
			edit->off = *out_changed = true;
			*out_partner = edit->partner;
			return NULL;
		}
	}
	const struct acml_node *node = acml_zone_node(edits->base, op->rr->owner);
	bool found = false;
	for (size_t i = 0; node != NULL && i < node->count; i++) {
		const struct acml_rr *rr = &node->rrs[i];
		size_t index = (size_t)(rr - edits->base->rrs);
		if (!same_data(rr, op->rr)) {
			continue;
		}
		if (rr->file != 0 && plan->options->own_file) {
			return "the record is in an included file, which other zones may include as well: "
			       "edit that file";
		}
		edits->gone[index] = found ? NULL : op->data;
		found = true;
		if (!edits->dropped[index]) {
			edits->dropped[index] = *out_changed = true;
			edits->n_dropped++;
			*out_partner = *out_partner == SIZE_MAX ? index : *out_partner;
		}
	}
	return found ? NULL : "the record that would be removed was not found";
}

static bool is_there(const struct acml_edits *edits, const struct acml_rr *rr)
{
	for (size_t i = 0; i < edits->n_added; i++) {
		const struct acml_edit *edit = &edits->added[i];
		if (!edit->off && acml_name_equal(edit->rr.owner, rr->owner) &&
		    same_data(&edit->rr, rr)) {
			return true;
		}
	}
	const struct acml_node *node = acml_zone_node(edits->base, rr->owner);
	for (size_t i = 0; node != NULL && i < node->count; i++) {
		if (!edits->dropped[&node->rrs[i] - edits->base->rrs] &&
		    same_data(&node->rrs[i], rr)) {
			return true;
		}
	}
	return false;
}

/* In whose place an added record comes: of what went, else of a relative of its own. */
static size_t place_of(const struct acml_edits *edits, const struct acml_rr *rr, size_t partner,
                       uint32_t *out_line, uint16_t *out_file)
{
	const struct acml_zone *base = edits->base;
	const struct acml_rr *place = partner != SIZE_MAX ? &base->rrs[partner] :
	                              acml_zone_place(base, rr->owner);
	*out_line = place != NULL ? place->line : 0;
	*out_file = place != NULL ? place->file : 0;
	for (size_t i = 0; partner != SIZE_MAX && i < edits->n_added; i++) {
		if (!edits->added[i].off && edits->added[i].partner == partner) {
			return SIZE_MAX; /* Only one fits into the place. */
		}
	}
	return partner;
}

static int add(struct plan *plan, const struct acml_rr *rr, const char *data, size_t partner)
{
	struct acml_edits *edits = plan->edits;
	if (!ACML_ROOM(edits->added, edits->n_added, edits->cap_added)) {
		return KNOT_ENOMEM;
	}
	struct acml_edit *edit = &edits->added[edits->n_added];
	*edit = (struct acml_edit){ .rr = *rr, .data = data };
	edit->partner = place_of(edits, rr, partner, &edit->rr.line, &edit->rr.file);
	edits->n_added++;
	return KNOT_EOK;
}

/* Makes all edits of a finding. group->why says it when they cannot be made; what was made up to
 * there is the caller's to take back. */
static int apply(struct plan *plan, struct acml_edit_group *group, bool *out_changed)
{
	size_t partner = SIZE_MAX;
	int ret = KNOT_EOK;
	group->why = NULL;
	for (size_t i = 0; i < group->n_ops && ret == KNOT_EOK && group->why == NULL; i++) {
		struct acml_edit_op *op = &group->ops[i];
		if (op->rr == NULL || !acml_name_within(op->rr->owner, plan->edits->base->apex)) {
			group->why = "the edit is not about a record of this zone";
		} else if (op->remove) {
			group->why = drop(plan, op, out_changed, &partner);
		} else if (!is_there(plan->edits, op->rr)) {
			*out_changed = true;
			ret = add(plan, op->rr, op->data, partner);
			partner = SIZE_MAX;
		}
	}
	return ret;
}

static int take_snapshot(const struct acml_edits *edits, struct snapshot *out)
{
	*out = (struct snapshot){ .n_dropped = edits->n_dropped, .n_added = edits->n_added };
	out->dropped = malloc(edits->base->n_rrs + 1);
	out->off = malloc(edits->n_added + 1);
	if (out->dropped == NULL || out->off == NULL) {
		free(out->dropped);
		free(out->off);
		return KNOT_ENOMEM;
	}
	memcpy(out->dropped, edits->dropped, edits->base->n_rrs);
	for (size_t i = 0; i < edits->n_added; i++) {
		out->off[i] = edits->added[i].off;
	}
	return KNOT_EOK;
}

static void return_to(struct acml_edits *edits, const struct snapshot *snapshot)
{
	memcpy(edits->dropped, snapshot->dropped, edits->base->n_rrs);
	edits->n_dropped = snapshot->n_dropped;
	edits->n_added = snapshot->n_added;
	for (size_t i = 0; i < edits->n_added; i++) {
		edits->added[i].off = snapshot->off[i];
	}
}

static int change(const struct acml_edits *edits, struct acml_zone **out_zone)
{
	struct acml_rr *added = calloc(edits->n_added + 1, sizeof(*added));
	if (added == NULL) {
		return KNOT_ENOMEM;
	}
	size_t n = 0;
	for (size_t i = 0; i < edits->n_added; i++) {
		if (!edits->added[i].off) {
			added[n++] = edits->added[i].rr;
		}
	}
	int ret = acml_zone_change(edits->base, edits->dropped, added, n, out_zone);
	free(added);
	return ret;
}

/* The changed zone and what is to be said about it. */
static int judge(struct plan *plan, struct acml_zone **out_zone, struct acml_result **out_result)
{
	struct acml_zone *zone = NULL;
	int ret = change(plan->edits, &zone);
	plan->tries++;
	if (ret == KNOT_EOK) {
		ret = acml_lint(zone, plan->facts, plan->settings, out_result);
	}
	if (ret == KNOT_EOK) {
		acml_tally_clear(&plan->after);
		if (!acml_tally_make(*out_result, &plan->after)) {
			acml_result_free(*out_result);
			*out_result = NULL;
			ret = KNOT_ENOMEM;
		}
	}
	if (ret != KNOT_EOK) {
		acml_zone_free(zone);
		return ret;
	}
	*out_zone = zone;
	return KNOT_EOK;
}

static bool is_new(const struct plan *plan, const struct acml_finding *finding)
{
	return !finding->suppressed && finding->severity >= ACML_WARNING &&
	       acml_tally_count(&plan->after, finding) > acml_tally_count(&plan->before, finding);
}

static const struct acml_finding *first_new(const struct plan *plan,
                                            const struct acml_result *after)
{
	for (size_t i = 0; i < after->n_findings; i++) {
		if (is_new(plan, &after->findings[i])) {
			return &after->findings[i];
		}
	}
	return NULL;
}

/* Makes the edits of what only the changed zone shows. */
static int follow(struct plan *plan, const struct acml_result *after, bool *out_changed)
{
	struct acml_edit_group *groups;
	size_t count;
	int ret = acml_edit_groups(plan->edits, plan->scanner, after, ACML_WARNING, &groups,
	                           &count);
	for (size_t i = 0; i < count && ret == KNOT_EOK; i++) {
		if (groups[i].n_ops > 0 && is_new(plan, groups[i].finding)) {
			ret = apply(plan, &groups[i], out_changed);
		}
	}
	return ret;
}

/* Judges what the edits made of the zone, with the edits that this asks for in turn. */
static int settle(struct plan *plan, struct acml_zone **out_zone, struct acml_result **out_result)
{
	int ret = KNOT_EOK;
	bool changed = true;
	*out_zone = NULL;
	*out_result = NULL;
	for (int round = 0; round < MAX_ROUNDS && changed && ret == KNOT_EOK; round++) {
		acml_zone_free(*out_zone);
		acml_result_free(*out_result);
		*out_zone = NULL;
		*out_result = NULL;
		ret = judge(plan, out_zone, out_result);
		changed = false;
		if (ret == KNOT_EOK && round + 1 < MAX_ROUNDS &&
		    first_new(plan, *out_result) != NULL) {
			ret = follow(plan, *out_result, &changed);
		}
	}
	return ret;
}

static bool tired(const struct plan *plan)
{
	return plan->tries > LEAST_TRIES &&
	       plan->tries * (uint64_t)plan->edits->base->n_rrs > PATIENCE;
}

/* NULL: the outcome is good. */
static const char *verdict(struct plan *plan, size_t first, size_t count,
                           const struct acml_result *after)
{
	const struct acml_finding *fresh = first_new(plan, after);
	if (fresh != NULL) {
		const char *why = acml_arena_printf(&plan->edits->arena, "it would bring %s %s: %s",
		                                    fresh->rule->id, fresh->rule->name,
		                                    fresh->message);
		return why != NULL ? why : "it would bring another fault";
	}
	for (size_t i = first; i < first + count; i++) {
		const struct acml_finding *finding = plan->groups[i].finding;
		if (plan->groups[i].n_ops > 0 &&
		    acml_tally_count(&plan->after, finding) >=
		    acml_tally_count(&plan->before, finding)) {
			return "it would not be enough";
		}
	}
	return NULL;
}

/* Another finding's edits have cleared it as well. */
static bool is_cleared(const struct plan *plan, const struct acml_finding *finding)
{
	return plan->result != NULL &&
	       acml_tally_count(&plan->good, finding) < acml_tally_count(&plan->before, finding);
}

/* Edits that are good become plan->zone and plan->result. */
static int attempt(struct plan *plan, size_t first, size_t count, const char **out_why)
{
	bool changed = false;
	int ret = KNOT_EOK;
	*out_why = NULL;
	for (size_t i = first; i < first + count && ret == KNOT_EOK && *out_why == NULL; i++) {
		if (!is_cleared(plan, plan->groups[i].finding)) {
			ret = apply(plan, &plan->groups[i], &changed);
			*out_why = plan->groups[i].why;
		}
	}
	if (ret != KNOT_EOK || *out_why != NULL || !changed) {
		return ret;
	}
	struct acml_zone *zone = NULL;
	struct acml_result *result = NULL;
	ret = settle(plan, &zone, &result);
	if (ret == KNOT_EOK) {
		*out_why = verdict(plan, first, count, result);
	}
	if (ret == KNOT_EOK && *out_why == NULL) {
		acml_result_free(plan->result);
		acml_zone_free(plan->zone);
		plan->result = result;
		plan->zone = zone;
		acml_tally_clear(&plan->good);
		plan->good = plan->after;
		plan->after = (struct acml_tally){ 0 };
		return KNOT_EOK;
	}
	acml_result_free(result);
	acml_zone_free(zone);
	return ret;
}

/* All at once; where that fails, one half after the other. The depth is bounded by the logarithm
 * of their number. */
static int try_groups(struct plan *plan, size_t first, size_t count)
{
	struct snapshot snapshot;
	const char *why = "too many edits of a large zone get into each other's way";
	int ret = take_snapshot(plan->edits, &snapshot);
	if (ret != KNOT_EOK) {
		return ret;
	}
	if (count == 1 || !tired(plan)) {
		ret = tired(plan) ? KNOT_EOK : attempt(plan, first, count, &why);
	}
	if (why != NULL || ret != KNOT_EOK) {
		return_to(plan->edits, &snapshot);
	}
	free(snapshot.dropped);
	free(snapshot.off);
	if (ret != KNOT_EOK || why == NULL) {
		return ret;
	}
	if (count == 1) {
		plan->groups[first].why = why;
		return KNOT_EOK;
	}
	ret = try_groups(plan, first, count / 2);
	return ret == KNOT_EOK ? try_groups(plan, first + count / 2, count - count / 2) : ret;
}

/* Those with edits first, in their order, but not more than can be compared with each other. */
static size_t those_with_edits(struct acml_edit_group *groups, size_t count)
{
	size_t with = 0;
	for (size_t i = 0; i < count; i++) {
		if (groups[i].n_ops > 0 && with == MAX_GROUPS) {
			groups[i].why = "so many edits are not made at once: run fix again";
		} else if (groups[i].n_ops > 0) {
			struct acml_edit_group group = groups[i];
			groups[i] = groups[with];
			groups[with++] = group;
		}
	}
	return with;
}

static int run(struct plan *plan)
{
	struct acml_edits *edits = plan->edits;
	int ret = acml_lint(edits->base, plan->facts, plan->settings, &edits->before);
	if (ret == KNOT_EOK && !acml_tally_make(edits->before, &plan->before)) {
		ret = KNOT_ENOMEM;
	}
	if (ret == KNOT_EOK) {
		ret = acml_edit_groups(edits, plan->scanner, edits->before, plan->options->level,
		                       &plan->groups, &plan->n_groups);
	}
	size_t with = ret == KNOT_EOK ? those_with_edits(plan->groups, plan->n_groups) : 0;
	if (with > 0) {
		ret = try_groups(plan, 0, with);
	}
	if (ret == KNOT_EOK && plan->zone != NULL && plan->options->own_file &&
	    !plan->options->keep_serial) {
		acml_zone_free(plan->zone);
		acml_result_free(plan->result);
		plan->zone = NULL;
		plan->result = NULL;
		ret = acml_edits_serial(edits, plan->options->now);
		if (ret == KNOT_EOK) {
			ret = judge(plan, &plan->zone, &plan->result);
		}
	}
	edits->zone = plan->zone;
	edits->result = plan->result;
	return ret == KNOT_EOK ? acml_edits_outcome(edits, plan->groups, plan->n_groups,
	                                            plan->options->level) : ret;
}

static struct acml_edits *edits_new(const struct acml_zone *base)
{
	struct acml_edits *edits = calloc(1, sizeof(*edits));
	if (edits == NULL) {
		return NULL;
	}
	edits->base = base;
	edits->dropped = calloc(base->n_rrs + 1, sizeof(*edits->dropped));
	edits->gone = calloc(base->n_rrs + 1, sizeof(*edits->gone));
	if (edits->dropped == NULL || edits->gone == NULL) {
		acml_edits_free(edits);
		return NULL;
	}
	return edits;
}

int acml_edits_plan(const struct acml_zone *base, const struct acml_facts *facts,
                    const struct acml_settings *settings,
                    const struct acml_edits_options *options, struct acml_edits **out_edits)
{
	struct acml_edits *edits = edits_new(base);
	struct plan plan = {
		.edits = edits, .facts = facts, .settings = settings, .options = options,
		.scanner = acml_scanner_new(),
	};
	int ret = edits != NULL && plan.scanner != NULL ? run(&plan) : KNOT_ENOMEM;
	acml_tally_clear(&plan.before);
	acml_tally_clear(&plan.after);
	acml_tally_clear(&plan.good);
	acml_scanner_free(plan.scanner);
	if (ret != KNOT_EOK) {
		acml_edits_free(edits);
		return ret;
	}
	*out_edits = edits;
	return KNOT_EOK;
}

int acml_edits_alone(const struct acml_zone *base, struct acml_scanner *scanner,
                     const struct acml_finding *finding, struct acml_edits **out_edits)
{
	const struct acml_edits_options options = { .own_file = true };
	struct acml_finding copy = *finding;
	const struct acml_result only = { .findings = &copy, .n_findings = 1 };
	struct acml_edits *edits = edits_new(base);
	struct plan plan = { .edits = edits, .options = &options };
	bool changed = false;
	int ret = edits != NULL ? acml_edit_groups(edits, scanner, &only, ACML_INFO, &plan.groups,
	                                           &plan.n_groups) : KNOT_ENOMEM;
	if (ret == KNOT_EOK && plan.n_groups > 0) {
		ret = apply(&plan, &plan.groups[0], &changed);
	}
	if (ret == KNOT_EOK && changed && plan.groups[0].why == NULL) {
		ret = change(edits, &edits->zone);
	}
	if (ret != KNOT_EOK) {
		acml_edits_free(edits);
		return ret;
	}
	*out_edits = edits;
	return KNOT_EOK;
}
