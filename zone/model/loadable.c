/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/loadable.h"

#include <libknot/consts.h>
#include <libknot/descriptor.h>
#include <string.h>

#include "model/catalog.h"
#include "model/names.h"

#define NSEC3_SHA1 1

#define KNOT_3_3 0x0303
#define KNOT_3_4 0x0304

static bool obstacle(struct acml_obstacle *out, const char *what, const struct acml_rr *rr)
{
	*out = (struct acml_obstacle){
		.what = what, .owner = rr->owner, .line = rr->line, .file = rr->file,
	};
	return false;
}

static bool since(const struct acml_server *server, unsigned version)
{
	return server->version == 0 || server->version >= version;
}

/* Two records with the same RDATA are one to the server, which compares the names inside in lower
 * case. */
static bool same_name(const struct acml_rr *a, const struct acml_rr *b)
{
	return knot_dname_is_case_equal(a->rdata, b->rdata);
}

static bool same_soa(const struct acml_rr *a, const struct acml_rr *b)
{
	const uint8_t *rname_a = a->rdata + acml_name_size(a->rdata);
	const uint8_t *rname_b = b->rdata + acml_name_size(b->rdata);
	size_t names = rname_a - a->rdata + acml_name_size(rname_a);

	return a->rdlen == b->rdlen && same_name(a, b) &&
	       knot_dname_is_case_equal(rname_a, rname_b) &&
	       memcmp(a->rdata + names, b->rdata + names, a->rdlen - names) == 0;
}

/* The second of two records that are not the same, or NULL. */
static const struct acml_rr *second(const struct acml_rrset *set,
                                    bool (*same)(const struct acml_rr *, const struct acml_rr *))
{
	for (size_t i = 1; i < set->count; i++) {
		if (!same(&set->rrs[0], &set->rrs[i])) {
			return &set->rrs[i];
		}
	}
	return NULL;
}

/* The first NSEC3PARAM in canonical order counts, and without an algorithm counts for nothing. */
static bool check_nsec3param(const struct acml_zone *zone, struct acml_obstacle *out)
{
	struct acml_rrset set = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_NSEC3PARAM);
	const struct acml_rr *first = NULL;
	for (size_t i = 0; i < set.count; i++) {
		if (first == NULL || set.rrs[i].rdata[0] < first->rdata[0]) {
			first = &set.rrs[i];
		}
	}
	if (first != NULL && first->rdata[0] > NSEC3_SHA1) {
		return obstacle(out, "NSEC3PARAM with an algorithm that is not known", first);
	}
	return true;
}

static bool check_apex(const struct acml_zone *zone, const struct acml_server *server,
                       struct acml_obstacle *out)
{
	struct acml_rrset soa = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_SOA);
	if (soa.count == 0) {
		*out = (struct acml_obstacle){
			.what = "no SOA at the apex of the zone", .owner = zone->apex,
		};
		return false;
	}
	const struct acml_rr *other = second(&soa, same_soa);
	if (other != NULL && since(server, KNOT_3_4)) {
		return obstacle(out, "more than one SOA", other);
	}
	struct acml_rrset ds = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_DS);
	if (ds.count > 0 && since(server, KNOT_3_3) && !server->soft_checks) {
		return obstacle(out, "DS at the apex of the zone", ds.rrs);
	}
	return check_nsec3param(zone, out);
}

/* May stand beside a CNAME. */
static bool is_denial(uint16_t type)
{
	return type == KNOT_RRTYPE_NSEC || type == KNOT_RRTYPE_NSEC3 || type == KNOT_RRTYPE_RRSIG;
}

static bool check_cname(const struct acml_node *node, struct acml_obstacle *out)
{
	struct acml_rrset cname = acml_node_rrset(node, KNOT_RRTYPE_CNAME);
	if (cname.count == 0) {
		return true;
	}
	const struct acml_rr *other = second(&cname, same_name);
	if (other != NULL) {
		return obstacle(out, "more than one CNAME", other);
	}
	for (size_t i = 0; i < node->count; i++) {
		uint16_t type = node->rrs[i].type;
		if (type != KNOT_RRTYPE_CNAME && !is_denial(type)) {
			return obstacle(out, "other records beside a CNAME", &node->rrs[i]);
		}
	}
	return true;
}

/* NSEC3 records and their signatures live in a tree of their own. */
static bool only_nsec3(const struct acml_node *node)
{
	for (size_t i = 0; i < node->count; i++) {
		const struct acml_rr *rr = &node->rrs[i];
		bool covers = rr->type == KNOT_RRTYPE_RRSIG && rr->rdlen >= 2 &&
		              (rr->rdata[0] << 8 | rr->rdata[1]) == KNOT_RRTYPE_NSEC3;
		if (rr->type != KNOT_RRTYPE_NSEC3 && !covers) {
			return false;
		}
	}
	return true;
}

/* Before 3.4, that tree counted as something below the apex unless it had the apex's own record,
 * which belongs to every chain. */
static bool may_have_nsec3(const struct acml_zone *zone, const struct acml_server *server)
{
	/* A server that is not known may be as old as that. */
	return (server->version != 0 && since(server, KNOT_3_4)) ||
	       acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_NSEC3PARAM).count > 0;
}

/* RFC 6672 section 2.3 and 2.4. */
static bool check_dname(const struct acml_zone *zone, const struct acml_server *server,
                        const struct acml_node *node, struct acml_obstacle *out)
{
	struct acml_rrset dname = acml_node_rrset(node, KNOT_RRTYPE_DNAME);
	if (dname.count == 0) {
		return true;
	}
	const struct acml_rr *other = second(&dname, same_name);
	if (other != NULL) {
		return obstacle(out, "more than one DNAME", other);
	}
	bool is_apex = acml_name_equal(node->owner, zone->apex);
	struct acml_rrset ns = acml_node_rrset(node, KNOT_RRTYPE_NS);
	if (!is_apex && ns.count > 0) {
		return obstacle(out, "NS beside a DNAME", ns.rrs);
	}
	size_t count;
	const struct acml_node *below = acml_zone_below(zone, node->owner, &count);
	for (size_t i = 0; i < count; i++) {
		if (!only_nsec3(&below[i]) || (is_apex && !may_have_nsec3(zone, server))) {
			return obstacle(out, "records below a DNAME", below[i].rrs);
		}
	}
	return true;
}

bool acml_zone_loadable(const struct acml_zone *zone, const struct acml_server *server,
                        struct acml_obstacle *out_obstacle)
{
	if (zone->n_problems > 0) {
		const struct acml_problem *problem = &zone->problems[0];
		*out_obstacle = (struct acml_obstacle){
			.what = problem->message,
			.owner = problem->owner != NULL ? problem->owner : zone->apex,
			.line = problem->line, .file = problem->file,
		};
		return false;
	}
	if (!zone->complete) {
		*out_obstacle = (struct acml_obstacle){
			.what = "the zone could not be read to its end", .owner = zone->apex,
		};
		return false;
	}
	if (!check_apex(zone, server, out_obstacle)) {
		return false;
	}
	for (size_t i = 0; i < zone->n_nodes && !server->soft_checks; i++) {
		if (!check_cname(&zone->nodes[i], out_obstacle) ||
		    !check_dname(zone, server, &zone->nodes[i], out_obstacle)) {
			return false;
		}
	}
	return !server->catalog || acml_catalog_sound(zone, server, out_obstacle);
}
