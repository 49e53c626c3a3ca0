/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/lookup.h"

#include <assert.h>
#include <string.h>

#include <libknot/consts.h>
#include <libknot/descriptor.h>
#include <libknot/wire.h>

#include "model/names.h"

/* The state of one look-up; the name being solved is answer->last. */
struct walk {
	const struct acml_zone *zone;
	uint16_t type;
	struct acml_answer *answer;
	const knot_dname_t *stars[ACML_MAX_CHAIN];  /* Wildcards whose alias was followed. */
	size_t n_stars;
	bool looped;                                /* A DNAME made the same alias twice. */
	bool too_long;                              /* A DNAME substitution did not fit. */
};

/* Whether solving goes on with another name. */
enum next {
	DONE,
	STOPPED,    /* As DONE, but before the alias at the name was used. */
	FOLLOW,
};

static void copy_name(knot_dname_storage_t out, const knot_dname_t *name)
{
	acml_name_copy(name, out);
}

/* Ends the look-up. Once a substitution was too long nothing makes that good again, though the
 * name error of where knotd went on replaces the rcode. */
static enum next finish(struct walk *walk, enum acml_outcome outcome)
{
	struct acml_answer *answer = walk->answer;
	answer->outcome = outcome;
	if (outcome == ACML_NXDOMAIN) {
		answer->rcode = KNOT_RCODE_NXDOMAIN;
	} else if (outcome == ACML_OUT_OF_ZONE) {
		answer->rcode = KNOT_RCODE_REFUSED;
	}
	if (walk->too_long) {
		answer->outcome = ACML_LIMIT;
	}
	return DONE;
}

/* Ends the look-up at an alias that is not followed any more. */
static enum next stop(struct walk *walk)
{
	(void)finish(walk, walk->looped ? ACML_LOOP : ACML_LIMIT);
	return STOPPED;
}

static struct acml_step *add_step(struct walk *walk, const knot_dname_t *owner, uint16_t type)
{
	struct acml_answer *answer = walk->answer;
	assert(answer->n_steps < sizeof(answer->steps) / sizeof(answer->steps[0]));
	struct acml_step *step = &answer->steps[answer->n_steps++];
	copy_name(step->owner, owner);
	step->type = type;
	step->synthesised = false;
	step->target[0] = '\0';
	step->set = (struct acml_rrset){ 0 };
	return step;
}

static bool was_sent(const struct acml_answer *answer, struct acml_rrset set)
{
	for (size_t i = 0; i < answer->n_steps; i++) {
		if (answer->steps[i].set.rrs == set.rrs) {
			return true;
		}
	}
	return false;
}

/* The name in an alias's RDATA, lower case; false when the bytes are no name, which only the
 * generic notation of RFC 3597 lets into a zone. */
static bool alias_target(struct acml_rrset set, knot_dname_storage_t out)
{
	const struct acml_rr *rr = &set.rrs[0];
	if (rr->rdlen == 0 || knot_dname_wire_check(rr->rdata, rr->rdata + rr->rdlen, NULL) <= 0) {
		return false;
	}
	acml_name_lower(rr->rdata, out);
	return true;
}

/* Follows the alias at a wildcard once. knotd notices only at the second visit that it goes in
 * circles: a wildcard's target is always the same. */
static bool revisits(struct walk *walk, const knot_dname_t *owner)
{
	if (!acml_name_is_wildcard(owner)) {
		return false;
	}
	for (size_t i = 0; i < walk->n_stars; i++) {
		if (walk->stars[i] == owner) {
			return true;
		}
	}
	walk->stars[walk->n_stars++] = owner;
	return false;
}

static enum next follow_cname(struct walk *walk, const struct acml_node *node,
                              struct acml_rrset set)
{
	struct acml_answer *answer = walk->answer;
	/* Records expanded from a wildcard have a new owner each time, hence are not the same. */
	if (!acml_name_is_wildcard(node->owner) && was_sent(answer, set)) {
		return finish(walk, ACML_LOOP);
	}
	knot_dname_storage_t target;
	if (answer->aliases == ACML_MAX_CHAIN || !alias_target(set, target)) {
		return stop(walk);
	}
	answer->aliases++;
	struct acml_step *step = add_step(walk, answer->last, KNOT_RRTYPE_CNAME);
	step->set = set;
	copy_name(step->target, target);
	if (revisits(walk, node->owner)) {
		return finish(walk, ACML_LOOP);
	}
	copy_name(answer->last, target);
	return FOLLOW;
}

/* RFC 6672 section 2.2: the owner at the end of name is replaced. False: too long for a name. */
static bool substitute(const knot_dname_t *name, const knot_dname_t *owner,
                       const knot_dname_t *target, knot_dname_storage_t out)
{
	size_t prefix = acml_name_size(name) - acml_name_size(owner);
	size_t suffix = acml_name_size(target);
	if (prefix + suffix > KNOT_DNAME_MAXLEN) {
		return false;
	}
	memcpy(out, name, prefix);
	memcpy(out + prefix, target, suffix);
	return true;
}

/* The CNAME made from a DNAME (RFC 6672 section 3.1). */
static void add_synthesised(struct walk *walk, const knot_dname_t *target)
{
	struct acml_answer *answer = walk->answer;
	for (size_t i = 0; i < answer->n_steps; i++) {
		const struct acml_step *earlier = &answer->steps[i];
		if (earlier->synthesised && acml_name_equal(earlier->owner, answer->last)) {
			walk->looped = true;
		}
	}
	struct acml_step *step = add_step(walk, answer->last, KNOT_RRTYPE_CNAME);
	step->synthesised = true;
	copy_name(step->target, target);
}

/* A DNAME is sent once, the CNAMEs made from it each time. */
static enum next follow_dname(struct walk *walk, const struct acml_node *node,
                              struct acml_rrset set)
{
	struct acml_answer *answer = walk->answer;
	knot_dname_storage_t target, next;
	if (answer->aliases == ACML_MAX_CHAIN || !alias_target(set, target)) {
		return stop(walk);
	}
	answer->aliases++;
	bool repeated = was_sent(answer, set);
	if (!repeated) {
		struct acml_step *step = add_step(walk, node->owner, KNOT_RRTYPE_DNAME);
		step->set = set;
		copy_name(step->target, target);
	}
	if (substitute(answer->last, node->owner, target, next)) {
		add_synthesised(walk, next);
		if (walk->type == KNOT_RRTYPE_CNAME) {
			return finish(walk, ACML_ANSWER);
		}
	} else {
		answer->rcode = KNOT_RCODE_YXDOMAIN;
		walk->too_long = true;
		if (repeated) {
			return finish(walk, ACML_LIMIT);
		}
		/* knotd goes on at the DNAME's own target, as if a CNAME led there. */
		copy_name(next, target);
	}
	if (revisits(walk, node->owner)) {
		return finish(walk, ACML_LOOP);
	}
	copy_name(answer->last, next);
	return FOLLOW;
}

static enum next refer(struct walk *walk, const struct acml_node *cut)
{
	walk->answer->cut = cut->owner;
	return finish(walk, ACML_REFERRAL);
}

/* RFC 8482: one RRset is answer enough to ANY; knotd sends the one of the lowest type. */
static struct acml_rrset find_set(const struct acml_node *node, uint16_t type)
{
	if (type == KNOT_RRTYPE_ANY && node != NULL && node->count > 0) {
		type = node->rrs[0].type;
	}
	return acml_node_rrset(node, type);
}

static bool follows_aliases(uint16_t type)
{
	return type != KNOT_RRTYPE_CNAME && type != KNOT_RRTYPE_RRSIG &&
	       type != KNOT_RRTYPE_NSEC && type != KNOT_RRTYPE_ANY;
}

/* The name, or the wildcard that stands in for it, exists. An empty non-terminal has no node. */
static enum next solve_found(struct walk *walk, const struct acml_node *node)
{
	struct acml_rrset cname = acml_node_rrset(node, KNOT_RRTYPE_CNAME);
	if (cname.count > 0 && follows_aliases(walk->type)) {
		return follow_cname(walk, node, cname);
	}
	struct acml_rrset set = find_set(node, walk->type);
	if (set.count == 0) {
		return finish(walk, ACML_NODATA);
	}
	/* Knot 3.4 and newer send a DNAME under its own name unless it is the first record, where
	 * compression makes it the name asked for; 3.2 and 3.3 always do the latter. */
	const struct acml_answer *answer = walk->answer;
	uint16_t type = set.rrs[0].type;
	bool own_name = type == KNOT_RRTYPE_DNAME && answer->n_steps > 0;
	add_step(walk, own_name ? node->owner : answer->last, type)->set = set;
	return finish(walk, ACML_ANSWER);
}

/* NSEC3 records are a tree of their own: their owners are no names of the zone (RFC 5155
 * section 7.2.8). */
static bool holds_only_nsec3(const struct acml_node *node)
{
	for (size_t i = 0; i < node->count; i++) {
		const struct acml_rr *rr = &node->rrs[i];
		bool signature = rr->type == KNOT_RRTYPE_RRSIG && rr->rdlen >= 2 &&
		                 knot_wire_read_u16(rr->rdata) == KNOT_RRTYPE_NSEC3;
		if (rr->type != KNOT_RRTYPE_NSEC3 && !signature) {
			return false;
		}
	}
	return true;
}

/* Whether a name that has been looked for exists. */
static bool name_exists(const struct acml_zone *zone, const knot_dname_t *name,
                        const struct acml_found *found)
{
	if (!found->exists) {
		return acml_name_equal(name, zone->apex);
	}
	if (found->node == NULL || !holds_only_nsec3(found->node)) {
		return true;
	}
	size_t below = 0;
	(void)acml_zone_below(zone, name, &below);
	return below > 0;
}

/* The zone's own copy of a name that exists, which may be an empty non-terminal. */
static const knot_dname_t *borrowed_name(const struct acml_zone *zone, const knot_dname_t *name)
{
	const struct acml_node *node = acml_zone_node(zone, name);
	if (node != NULL) {
		return node->owner;
	}
	size_t below = 0;
	const knot_dname_t *borrowed = acml_zone_below(zone, name, &below)->owner;
	while (!acml_name_equal(borrowed, name)) {
		borrowed = acml_name_parent(borrowed);
	}
	return borrowed;
}

/* RFC 4592 section 3.3.1: the source of synthesis is "*." + the closest encloser, and no other. */
static enum next solve_missing(struct walk *walk)
{
	const struct acml_zone *zone = walk->zone;
	struct acml_answer *answer = walk->answer;
	const knot_dname_t *encloser = answer->last;
	struct acml_found found;
	do {
		encloser = acml_name_parent(encloser);
		acml_zone_find(zone, encloser, &found);
	} while (!name_exists(zone, encloser, &found));

	knot_dname_storage_t star;
	if (!acml_name_wildcard_of(encloser, star)) {
		return finish(walk, ACML_NXDOMAIN);
	}
	acml_zone_find(zone, star, &found);
	if (!name_exists(zone, star, &found)) {
		return finish(walk, ACML_NXDOMAIN);
	}
	const knot_dname_t *earlier = answer->wildcard;
	if (earlier == NULL) {
		answer->wildcard = borrowed_name(zone, star);
	}
	const struct acml_node *node = found.node;
	if (acml_node_rrset(node, KNOT_RRTYPE_NS).count > 0 && walk->type != KNOT_RRTYPE_DS) {
		return refer(walk, node);
	}
	enum next next = solve_found(walk, node);
	if (next == STOPPED) {
		answer->wildcard = earlier;
	}
	return next;
}

/* RFC 1034 section 4.3.2 step 3: on the way down from the apex the first cut or DNAME ends the
 * matching. A zone with data below a DNAME, which knotd does not load, is answered as RFC 6672
 * section 2.4 has it: the DNAME hides them. */
static enum next solve_name(struct walk *walk)
{
	const struct acml_zone *zone = walk->zone;
	struct acml_answer *answer = walk->answer;
	const knot_dname_t *name = answer->last;
	if (!acml_name_within(name, zone->apex)) {
		if (answer->aliases == 0) {
			return finish(walk, ACML_OUT_OF_ZONE);
		}
		copy_name(answer->outside, name);
		return finish(walk, ACML_OUTSIDE);
	}
	struct acml_found found;
	acml_zone_find(zone, name, &found);
	const struct acml_node *cut = found.cut, *dname = found.dname;
	if (dname != NULL && (cut == NULL || acml_name_below(cut->owner, dname->owner))) {
		return follow_dname(walk, dname, acml_node_rrset(dname, KNOT_RRTYPE_DNAME));
	}
	/* RFC 4035 section 3.1.4.1: the parent's side answers for DS. */
	if (cut != NULL && !(walk->type == KNOT_RRTYPE_DS && acml_name_equal(cut->owner, name))) {
		return refer(walk, cut);
	}
	if (name_exists(zone, name, &found)) {
		return solve_found(walk, found.node);
	}
	return solve_missing(walk);
}

void acml_lookup(const struct acml_zone *zone, const knot_dname_t *name, uint16_t type,
                 struct acml_answer *out)
{
	out->rcode = KNOT_RCODE_NOERROR;
	out->n_steps = 0;
	out->aliases = 0;
	copy_name(out->last, name);
	out->outside[0] = '\0';
	out->wildcard = NULL;
	out->cut = NULL;

	struct walk walk = { .zone = zone, .type = type, .answer = out };
	while (solve_name(&walk) == FOLLOW) {
	}
}
