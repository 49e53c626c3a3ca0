/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Facts: what is known besides the zone. Absent is not empty: a NULL member means that the fact
 * was not given, and rules that need it are skipped. All memory is the caller's and outlives the
 * lint.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libknot/dname.h>

struct acml_inventory;
struct acml_parent;
struct acml_zone;

/* Whether the absence of DNSKEY and RRSIG may be read as a fault. */
enum acml_signed {
	ACML_SIGNED_AUTO,       /* Signed if the zone itself holds DNSKEY or RRSIG. */
	ACML_SIGNED_YES,
	ACML_SIGNED_NO,
};

/* A name that ACM must be able to serve: --name, or the module's option "name". */
struct acml_wanted {
	const knot_dname_t *name;   /* Lower case, without "*.". */
	bool wildcard;              /* Asked for as "*.name". */
};

/* One input of the same run, for the rules that compare inputs. */
struct acml_input {
	const knot_dname_t *apex;
	const char *file;
};

struct acml_facts {
	int64_t now;                /* Seconds since 1970 UTC. */
	enum acml_signed signing;
	bool require_caa;
	const struct acml_wanted *wanted;
	size_t n_wanted;
	const struct acml_input *inputs;  /* Every zone of the run; NULL: a run of one zone. */
	size_t n_inputs;
	size_t self;                /* Which of the inputs this zone is. */
	const struct acml_inventory *inventory;
	bool inventory_complete;    /* It names every certificate of every account. */
	const struct acml_parent *parent;
	const struct acml_zone *baseline;   /* The version that is published now. */
};
