/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * One zone as its servers and its parent's tell it. Private to zone/live.
 */

#pragma once

#include "live/ask.h"
#include "live/live.h"
#include "live/view.h"

/* What became of a server. */
enum acml_live_state {
	ACML_LIVE_GOOD,
	ACML_LIVE_SILENT,               /* Nothing came within the timeout, or nobody listens. */
	ACML_LIVE_LAME,                 /* It answers, but not for this zone. */
	ACML_LIVE_FAILING,              /* It has the zone, and fails on what ACM asks. */
};

struct acml_live_server {
	struct acml_server server;
	const char *name;               /* "ns1.example.net. (192.0.2.1)". */
	enum acml_live_state state;
	const char *why;                /* Of one that is not good. */
	struct acml_view view;
	bool has_serial;
	uint32_t serial;
};

struct acml_live_zone {
	knot_dname_storage_t apex;
	knot_dname_storage_t above;     /* The apex of the parent zone. */
	struct acml_live_server servers[ACML_LIVE_SERVERS];
	size_t n_servers;
	struct acml_view parent;        /* NS and DS, in the parent zone. */
	bool parent_known;
};

/* The zone that holds a name. KNOT_EOK, KNOT_ETIMEOUT, KNOT_ENOENT: the DNS knows none, KNOT_ENOMEM. */
int acml_live_apex(struct acml_live *live, const knot_dname_t *name, knot_dname_storage_t out_apex);

/* Down to the child that the zone's servers refer to: one whose own servers do not answer is not
 * to be found by look-ups. KNOT_EOK or KNOT_ENOMEM. */
int acml_live_descend(struct acml_live *live, struct acml_live_zone *zone,
                      const knot_dname_t *name);

/* Finds the servers, of the parent too. KNOT_EOK or KNOT_ENOMEM. */
int acml_live_find(struct acml_live *live, struct acml_live_zone *zone);

/* Asks each server what ACM asks about a name. token: owner of its record, or NULL; mail: NULL. */
int acml_live_gather(struct acml_live *live, struct acml_live_zone *zone, const knot_dname_t *name,
                     const knot_dname_t *token, const knot_dname_t *mail);

void acml_live_zone_clear(struct acml_live_zone *zone);
