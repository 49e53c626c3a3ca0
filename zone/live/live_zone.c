/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "live/live_zone.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>
#include <libknot/rrtype/rdname.h>
#include <libknot/rrtype/soa.h>

#include "live/query.h"
#include "model/names.h"

#define PARENT_SERVERS 3
#define NS_NAMES 16

static bool owns(const knot_pkt_t *pkt, const knot_dname_t *owner, uint16_t type)
{
	const knot_pktsection_t *answer = knot_pkt_section(pkt, KNOT_ANSWER);
	for (uint16_t i = 0; i < answer->count; i++) {
		const knot_rrset_t *set = knot_pkt_rr(answer, i);
		if (set->type == type && knot_dname_is_case_equal(set->owner, owner)) {
			return true;
		}
	}
	return false;
}

int acml_live_apex(struct acml_live *live, const knot_dname_t *name, knot_dname_storage_t out_apex)
{
	for (const knot_dname_t *at = name; ; at = acml_name_parent(at)) {
		struct acml_look look = { .pkt = NULL };
		int ret = acml_resolve(live->options->resolver, false, at, KNOT_RRTYPE_SOA, &look);
		if (ret == KNOT_ENOMEM) {
			return ret;
		}
		bool failed = ret != KNOT_EOK || look.rcode == KNOT_RCODE_SERVFAIL ||
		              look.rcode == KNOT_RCODE_REFUSED;
		bool found = !failed && look.pkt != NULL && owns(look.pkt, at, KNOT_RRTYPE_SOA);
		acml_look_clear(&look);
		if (found) {
			memcpy(out_apex, at, knot_dname_size(at));
			knot_dname_to_lower(out_apex);
			return KNOT_EOK;
		}
		if (at[0] == 0) {
			return failed ? KNOT_ETIMEOUT : KNOT_ENOENT;
		}
	}
}

int acml_live_probe(struct acml_live *live)
{
	knot_dname_storage_t apex;
	int ret = acml_live_apex(live, (const knot_dname_t *)"", apex);
	return ret == KNOT_ENOENT ? KNOT_ECONN : ret;
}

static bool known_server(const struct acml_live_server *servers, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(servers[i].server.text, text) == 0) {
			return true;
		}
	}
	return false;
}

/* The addresses of one name server, as the resolver knows them. */
static int add_addresses(struct acml_live *live, const knot_dname_t *ns, uint16_t type,
                         struct acml_live_server *servers, size_t most, size_t *count)
{
	struct acml_look look = { .pkt = NULL };
	int ret = acml_resolve(live->options->resolver, false, ns, type, &look);
	if (ret != KNOT_EOK || look.pkt == NULL) {
		acml_look_clear(&look);
		return ret == KNOT_ENOMEM ? ret : KNOT_EOK;
	}
	const knot_pktsection_t *answer = knot_pkt_section(look.pkt, KNOT_ANSWER);
	for (uint16_t i = 0; i < answer->count && ret == KNOT_EOK && *count < most; i++) {
		const knot_rrset_t *set = knot_pkt_rr(answer, i);
		const knot_rdata_t *rdata = set->rrs.rdata;
		char address[64];
		struct acml_server server;
		if (set->type != type || set->rrs.count == 0 ||
		    (rdata->len != 4 && rdata->len != 16) ||
		    inet_ntop(rdata->len == 4 ? AF_INET : AF_INET6, rdata->data, address,
		              sizeof(address)) == NULL ||
		    !acml_server_parse(address, ACML_DNS_PORT, &server) ||
		    known_server(servers, *count, server.text)) {
			continue;
		}
		char text[ACML_NAME_TEXT];
		const char *name = acml_arena_printf(&live->arena, "%s (%s)",
		                                     acml_name_host(ns, text), server.text);
		if (name == NULL) {
			ret = KNOT_ENOMEM;
			break;
		}
		servers[(*count)++] = (struct acml_live_server){ .server = server, .name = name };
	}
	acml_look_clear(&look);
	return ret;
}

/* The servers that the NS records of an answer name, in any section, for this owner. */
static int add_servers(struct acml_live *live, const knot_pkt_t *pkt, const knot_dname_t *owner,
                       struct acml_live_server *servers, size_t most, size_t *count)
{
	static const knot_section_t sections[] = { KNOT_ANSWER, KNOT_AUTHORITY };
	/* Names without an address count as well: an answer has room for thousands of them. */
	size_t names = 0;
	for (size_t s = 0; s < 2; s++) {
		const knot_pktsection_t *section = knot_pkt_section(pkt, sections[s]);
		for (uint16_t i = 0; i < section->count && *count < most && names < NS_NAMES; i++) {
			const knot_rrset_t *set = knot_pkt_rr(section, i);
			if (set->type != KNOT_RRTYPE_NS || set->rrs.count == 0 ||
			    !knot_dname_is_case_equal(set->owner, owner)) {
				continue;
			}
			const knot_dname_t *ns = knot_ns_name(set->rrs.rdata);
			names++;
			int ret = add_addresses(live, ns, KNOT_RRTYPE_A, servers, most, count);
			if (ret == KNOT_EOK) {
				ret = add_addresses(live, ns, KNOT_RRTYPE_AAAA, servers, most,
				                    count);
			}
			if (ret != KNOT_EOK) {
				return ret;
			}
		}
	}
	return KNOT_EOK;
}

/* By the resolver: the NS records that the zone itself has. */
static int resolve_servers(struct acml_live *live, const knot_dname_t *apex,
                           struct acml_live_server *servers, size_t most, size_t *count)
{
	struct acml_look look = { .pkt = NULL };
	int ret = acml_resolve(live->options->resolver, false, apex, KNOT_RRTYPE_NS, &look);
	if (ret == KNOT_EOK && look.pkt != NULL) {
		ret = add_servers(live, look.pkt, apex, servers, most, count);
	}
	acml_look_clear(&look);
	return ret == KNOT_ENOMEM ? ret : KNOT_EOK;
}

/* The parent zone as far as it is about this one: its apex, the NS and the DS. */
static int ask_parent(struct acml_live *live, struct acml_live_zone *zone,
                      const struct acml_server *server, bool *out_known)
{
	static const uint16_t types[] = { KNOT_RRTYPE_NS, KNOT_RRTYPE_DS };
	struct acml_answer answers[2] = { { .pkt = NULL } };
	int ret = KNOT_EOK;
	for (size_t i = 0; i < 2 && ret == KNOT_EOK; i++) {
		ret = acml_live_ask(live, server, zone->apex, types[i], &answers[i]);
	}
	/* The DS is the parent's own: only an answer with authority counts (RFC 4035 section 3.1.4). */
	*out_known = ret == KNOT_EOK && knot_wire_get_aa(answers[1].wire) &&
	             knot_wire_get_rcode(answers[1].wire) == KNOT_RCODE_NOERROR &&
	             knot_wire_get_rcode(answers[0].wire) == KNOT_RCODE_NOERROR;
	for (size_t i = 0; i < 2 && *out_known && ret == KNOT_EOK; i++) {
		ret = acml_view_take(&zone->parent, answers[i].pkt);
		*out_known = ret == KNOT_EOK;
	}
	if (*out_known && ret == KNOT_EOK) {
		ret = add_servers(live, answers[0].pkt, zone->apex, zone->servers,
		                  ACML_LIVE_SERVERS, &zone->n_servers);
	}
	acml_answer_clear(&answers[0]);
	acml_answer_clear(&answers[1]);
	return ret == KNOT_ENOMEM ? ret : KNOT_EOK;
}

static int find_parent(struct acml_live *live, struct acml_live_zone *zone)
{
	struct acml_live_server servers[ACML_LIVE_SERVERS];
	size_t count = 0;
	if (zone->apex[0] == 0) {
		return KNOT_EOK;
	}
	int ret = acml_live_apex(live, acml_name_parent(zone->apex), zone->above);
	if (ret != KNOT_EOK) {
		return ret == KNOT_ENOMEM ? ret : KNOT_EOK;
	}
	zone->parent.apex = zone->above;
	ret = resolve_servers(live, zone->above, servers, ACML_LIVE_SERVERS, &count);
	count = count < PARENT_SERVERS ? count : PARENT_SERVERS;
	for (size_t i = 0; i < count && ret == KNOT_EOK && !zone->parent_known; i++) {
		ret = ask_parent(live, zone, &servers[i].server, &zone->parent_known);
	}
	char text[ACML_NAME_TEXT];
	char *soa = acml_arena_printf(&live->arena, "%s 0 IN SOA . . 1 1 1 1 1",
	                              acml_name_text(zone->above, text));
	if (ret == KNOT_EOK) {
		ret = soa == NULL ? KNOT_ENOMEM : acml_view_line(&zone->parent, soa);
	}
	zone->parent_known &= ret == KNOT_EOK;
	return ret == KNOT_ENOMEM ? ret : KNOT_EOK;
}

/* The child of apex that an answer leads to, on the way to name; NULL: none. */
static const knot_dname_t *referred_to(const struct acml_answer *answer, const knot_dname_t *apex,
                                       const knot_dname_t *name)
{
	const knot_pktsection_t *authority = knot_pkt_section(answer->pkt, KNOT_AUTHORITY);
	for (uint16_t i = 0; i < authority->count && !knot_wire_get_aa(answer->wire); i++) {
		const knot_rrset_t *set = knot_pkt_rr(authority, i);
		if (set->type == KNOT_RRTYPE_NS && acml_name_below(set->owner, apex) &&
		    acml_name_within(name, set->owner)) {
			return set->owner;
		}
	}
	return NULL;
}

int acml_live_descend(struct acml_live *live, struct acml_live_zone *zone,
                      const knot_dname_t *name)
{
	struct acml_live_server servers[ACML_LIVE_SERVERS];
	size_t count = 0;
	int ret = acml_name_equal(name, zone->apex) ? KNOT_EOK :
	          resolve_servers(live, zone->apex, servers, ACML_LIVE_SERVERS, &count);
	for (size_t i = 0; i < count && i < PARENT_SERVERS && ret == KNOT_EOK; i++) {
		struct acml_answer answer = { .pkt = NULL };
		ret = acml_live_ask(live, &servers[i].server, name, KNOT_RRTYPE_NS, &answer);
		if (ret != KNOT_EOK) {
			ret = ret == KNOT_ENOMEM ? ret : KNOT_EOK;
			continue;
		}
		const knot_dname_t *child = referred_to(&answer, zone->apex, name);
		if (child != NULL) {
			memcpy(zone->apex, child, knot_dname_size(child));
			knot_dname_to_lower(zone->apex);
		}
		acml_answer_clear(&answer);
		break;
	}
	return ret;
}

/* Without an answer that counts. */
static void give_up(struct acml_live_server *server, int code)
{
	server->state = code == KNOT_EMALF ? ACML_LIVE_LAME : ACML_LIVE_SILENT;
	server->why = code == KNOT_EMALF ? "answers with what is no answer" :
	              code == KNOT_ETIMEOUT ? "does not answer in time" : "cannot be reached";
}

/* What a server says becomes part of its view. */
static int take(struct acml_live_server *server, const struct acml_answer *answer)
{
	int ret = acml_view_take(&server->view, answer->pkt);
	if (ret == KNOT_ERANGE) {
		server->state = ACML_LIVE_FAILING;
		server->why = "says more than acmlint listens to";
	}
	return ret == KNOT_ENOMEM ? ret : KNOT_EOK;
}

/* The SOA tells whether a server has the zone. */
static int greet(struct acml_live *live, struct acml_live_zone *zone,
                 struct acml_live_server *server)
{
	struct acml_answer answer = { .pkt = NULL };
	server->view.apex = zone->apex;
	int ret = acml_live_ask(live, &server->server, zone->apex, KNOT_RRTYPE_SOA, &answer);
	if (ret == KNOT_ENOMEM) {
		return ret;
	}
	if (ret != KNOT_EOK) {
		give_up(server, ret);
		return KNOT_EOK;
	}
	bool good = knot_wire_get_aa(answer.wire) && owns(answer.pkt, zone->apex, KNOT_RRTYPE_SOA);
	ret = good ? take(server, &answer) : KNOT_EOK;
	if (!good) {
		server->state = ACML_LIVE_LAME;
		server->why = "does not serve the zone";
	}
	const knot_pktsection_t *section = knot_pkt_section(answer.pkt, KNOT_ANSWER);
	for (uint16_t i = 0; good && i < section->count; i++) {
		const knot_rrset_t *set = knot_pkt_rr(section, i);
		if (set->type == KNOT_RRTYPE_SOA && set->rrs.count > 0) {
			server->serial = knot_soa_serial(set->rrs.rdata);
			server->has_serial = true;
		}
	}
	acml_answer_clear(&answer);
	return ret;
}

/* One more answer into a server's view. */
static int collect(struct acml_live *live, struct acml_live_server *server,
                   const knot_dname_t *name, uint16_t type)
{
	struct acml_answer answer = { .pkt = NULL };
	if (server->state != ACML_LIVE_GOOD) {
		return KNOT_EOK;
	}
	int ret = acml_live_ask(live, &server->server, name, type, &answer);
	if (ret == KNOT_ENOMEM) {
		return ret;
	}
	if (ret != KNOT_EOK) {
		give_up(server, ret);
		server->state = server->state == ACML_LIVE_LAME ? ACML_LIVE_FAILING : server->state;
		return KNOT_EOK;
	}
	unsigned rcode = knot_wire_get_rcode(answer.wire);
	if (rcode == KNOT_RCODE_NOERROR || rcode == KNOT_RCODE_NXDOMAIN) {
		ret = take(server, &answer);
	} else {
		server->state = ACML_LIVE_FAILING;
		server->why = "fails to answer";
	}
	acml_answer_clear(&answer);
	return ret;
}

int acml_live_find(struct acml_live *live, struct acml_live_zone *zone)
{
	int ret = find_parent(live, zone);
	if (ret == KNOT_EOK) {
		ret = resolve_servers(live, zone->apex, zone->servers, ACML_LIVE_SERVERS,
		                      &zone->n_servers);
	}
	for (size_t i = 0; i < zone->n_servers && ret == KNOT_EOK; i++) {
		struct acml_live_server *server = &zone->servers[i];
		ret = greet(live, zone, server);
		if (ret == KNOT_EOK) {
			ret = collect(live, server, zone->apex, KNOT_RRTYPE_NS);
		}
		if (ret == KNOT_EOK) {
			ret = collect(live, server, zone->apex, KNOT_RRTYPE_DNSKEY);
		}
	}
	return ret;
}

/* What may stand where the CNAME should: a value that was entered as another type. */
static int collect_token(struct acml_live *live, struct acml_live_server *server,
                         const knot_dname_t *token)
{
	int ret = collect(live, server, token, KNOT_RRTYPE_CNAME);
	return ret == KNOT_EOK ? collect(live, server, token, KNOT_RRTYPE_TXT) : ret;
}

int acml_live_gather(struct acml_live *live, struct acml_live_zone *zone, const knot_dname_t *name,
                     const knot_dname_t *token, const knot_dname_t *mail)
{
	int ret = KNOT_EOK;
	for (size_t i = 0; i < zone->n_servers && ret == KNOT_EOK; i++) {
		struct acml_live_server *server = &zone->servers[i];
		/* RFC 8659 section 3: the climb, as far as this zone reaches. */
		for (const knot_dname_t *at = name; ret == KNOT_EOK; at = acml_name_parent(at)) {
			ret = collect(live, server, at, KNOT_RRTYPE_CAA);
			if (acml_name_equal(at, zone->apex)) {
				break;
			}
		}
		if (ret == KNOT_EOK && token != NULL && acml_name_within(token, zone->apex)) {
			ret = collect_token(live, server, token);
		}
		if (ret == KNOT_EOK && mail != NULL && acml_name_within(mail, zone->apex)) {
			ret = collect(live, server, mail, KNOT_RRTYPE_MX);
		}
	}
	return ret;
}

void acml_live_zone_clear(struct acml_live_zone *zone)
{
	for (size_t i = 0; i < zone->n_servers; i++) {
		acml_view_clear(&zone->servers[i].view);
	}
	acml_view_clear(&zone->parent);
}
