/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "rules/move.h"

#include <stdio.h>
#include <string.h>

#include <libknot/descriptor.h>

#include "facts/parent.h"

/* As many name servers are named. */
#define MOST_SERVERS 6
#define SERVERS_TEXT 1024

static void add_step(struct acml_judge *judge, struct acml_move *move, uint32_t wait,
                     const char *why, const char *text)
{
	int64_t before = move->n_steps > 0 ? move->steps[move->n_steps - 1].at : judge->facts->now;
	size_t size = strlen(text) + 1;
	char *copy = acml_judge_alloc(judge, size);
	if (copy == NULL || move->n_steps == ACML_MOVE_STEPS) {
		return;
	}
	memcpy(copy, text, size);
	move->steps[move->n_steps++] = (struct acml_move_step) {
		.at = before + wait, .wait = wait, .why = why, .text = copy,
	};
}

static void find_ttls(const struct acml_judge *judge, struct acml_move *move)
{
	const struct acml_zone *old = judge->facts->baseline, *zone = judge->zone;
	const struct acml_child *ds = acml_facts_ds(judge->facts, zone->apex);
	const struct acml_child *ns = acml_facts_ns(judge->facts, zone->apex);
	struct acml_rrset keys = acml_zone_rrset(old, old->apex, KNOT_RRTYPE_DNSKEY);
	struct acml_rrset servers = acml_zone_rrset(old, old->apex, KNOT_RRTYPE_NS);
	bool known = ds != NULL && ds->ds_known;
	move->chain = known ? ds->n_ds > 0 : keys.count > 0;
	for (size_t i = 0; known && i < ds->n_ds; i++) {
		move->ds_ttl = ds->ds[i].ttl > move->ds_ttl ? ds->ds[i].ttl : move->ds_ttl;
	}
	for (size_t i = 0; ns != NULL && ns->ns_known && i < ns->n_ns; i++) {
		move->ns_ttl = ns->ns[i].ttl > move->ns_ttl ? ns->ns[i].ttl : move->ns_ttl;
	}
	move->ds_assumed = move->ds_ttl == 0;
	move->ds_ttl = move->ds_assumed ? ACML_MOVE_DS_TTL : move->ds_ttl;
	move->ns_assumed = move->ns_ttl == 0;
	move->ns_ttl = move->ns_assumed ? ACML_MOVE_NS_TTL : move->ns_ttl;
	if (servers.count > 0 && servers.rrs[0].ttl > move->ns_ttl) {
		move->ns_ttl = servers.rrs[0].ttl;
	}
	move->data_ttl = zone->max_ttl;
	move->comes_signed = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_DNSKEY).count > 0;
}

static void name_servers(struct acml_judge *judge, char text[SERVERS_TEXT])
{
	struct acml_rrset set = acml_zone_rrset(judge->zone, judge->zone->apex, KNOT_RRTYPE_NS);
	size_t used = 0;
	text[0] = '\0';
	for (size_t i = 0; i < set.count && i < MOST_SERVERS && used < SERVERS_TEXT; i++) {
		const struct acml_rr *rr = &set.rrs[i];
		if (knot_dname_wire_check(rr->rdata, rr->rdata + rr->rdlen, NULL) > 0) {
			used += (size_t)snprintf(text + used, SERVERS_TEXT - used, "%s%s",
			                         used > 0 ? ", " : "", acml_judge_name(judge, rr->rdata));
		}
	}
	if (set.count > MOST_SERVERS && used < SERVERS_TEXT) {
		snprintf(text + used, SERVERS_TEXT - used, " and %zu more",
		         set.count - MOST_SERVERS);
	}
}

void acml_move_plan(struct acml_judge *judge, struct acml_move *out)
{
	*out = (struct acml_move) { .chain = false };
	find_ttls(judge, out);
	char servers[SERVERS_TEXT], text[SERVERS_TEXT + 128];
	name_servers(judge, servers);
	add_step(judge, out, 0, "", "publish this version on the new name servers, and ask each of them for "
	         "the tokens and CAA records; the old servers go on as they are");
	if (out->chain) {
		add_step(judge, out, 0, "", "remove the DS records at the parent; the old servers go on "
		         "signing");
	}
	snprintf(text, sizeof(text), "replace the NS records, at the parent and on the old servers, by %s",
	         servers);
	add_step(judge, out, out->chain ? out->ds_ttl : 0, out->chain ?
	         "the TTL of the DS records" : "", text);
	add_step(judge, out, out->ns_ttl, "the TTL of the NS records", out->chain ?
	         "stop signing on the old servers, and take the zone off them" :
	         "take the zone off the old servers");
	if (out->chain || out->comes_signed) {
		if (!out->comes_signed) {
			add_step(judge, out, 0, "", "sign the zone on the new servers");
		}
		add_step(judge, out, out->data_ttl, "the longest TTL of the zone, until no unsigned "
		         "copy is left", "publish the DS record of the new key at the parent");
	}
}
