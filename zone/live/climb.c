/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "live/climb.h"

#include <string.h>

#include <libknot/errcode.h>

static int look_up(struct acml_live *live, const knot_dname_t *at, uint16_t type,
                   struct acml_look *out)
{
	int ret = acml_resolve(live->options->resolver, true, at, type, out);
	/* A silent server may have taken the time; by now the resolver knows of it. */
	return ret == KNOT_ETIMEOUT ?
	       acml_resolve(live->options->resolver, true, at, type, out) : ret;
}

static int climb_at(struct acml_live *live, const knot_dname_t *at, uint16_t type,
                    struct acml_climb *climb)
{
	struct acml_look look = { .pkt = NULL };
	int ret = look_up(live, at, type, &look);
	if (ret == KNOT_ENOMEM) {
		return ret;
	}
	bool silent = ret != KNOT_EOK;
	bool failed = silent || look.bogus || look.pkt == NULL ||
	              (look.rcode != KNOT_RCODE_NOERROR && look.rcode != KNOT_RCODE_NXDOMAIN);
	ret = failed ? KNOT_EOK : acml_view_take(&climb->view, look.pkt);
	failed |= ret == KNOT_ERANGE;
	climb->unseen |= failed && type == KNOT_RRTYPE_CNAME;
	if (failed && !climb->failed) {
		climb->failed = true;
		climb->silent = silent;
		climb->bogus = look.bogus;
		memcpy(climb->why, look.why, sizeof(climb->why));
		acml_name_text(at, climb->at);
	}
	acml_look_clear(&look);
	return ret == KNOT_ENOMEM ? ret : KNOT_EOK;
}

int acml_climb(struct acml_live *live, const knot_dname_t *name, const knot_dname_t *token,
               struct acml_climb *out)
{
	out->view.apex = (const knot_dname_t *)"";
	int ret = acml_view_line(&out->view, ". 0 IN SOA . . 1 1 1 1 1");
	for (const knot_dname_t *at = name; ret == KNOT_EOK && at[0] != 0;
	     at = acml_name_parent(at)) {
		ret = climb_at(live, at, KNOT_RRTYPE_CAA, out);
	}
	if (ret == KNOT_EOK && token != NULL) {
		ret = climb_at(live, token, KNOT_RRTYPE_CNAME, out);
	}
	return ret;
}

void acml_climb_clear(struct acml_climb *climb)
{
	acml_view_clear(&climb->view);
}
