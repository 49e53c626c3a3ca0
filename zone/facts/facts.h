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

struct acml_child;
struct acml_inventory;
struct acml_parent;
struct acml_rr;
struct acml_zone;

/*
 * Whether the file is what is served as far as DNSSEC goes, so that the absence of DNSKEY and RRSIG
 * may be read as a fault. AUTO: a file with DNSKEY or RRSIG is; one without them is taken at its
 * word too, unless something says that a server signs it on load (acml_dnssec_served()).
 */
enum acml_signed {
	ACML_SIGNED_AUTO,
	ACML_SIGNED_YES,
	ACML_SIGNED_NO,         /* The server signs on load: the file says nothing of DNSSEC. */
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
	/* Of a zone below the one that is judged; left empty for others. */
	bool delegated;             /* It is one, and what follows is known. */
	bool has_dnssec;            /* A DNSKEY or RRSIG anywhere in it. */
	const struct acml_rr *keys; /* Its DNSKEY records. */
	size_t n_keys;
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
	const struct acml_parent *parent;   /* As given. */
	const struct acml_parent *kin;      /* What zones of the same run say of zones below them. */
	const struct acml_zone *baseline;   /* The version that is published now. */
};

/* What is known of the DS or the NS records that the parent has for a zone: as given, else from
 * the zone above in the same run. NULL: nothing. */
const struct acml_child *acml_facts_ds(const struct acml_facts *facts, const knot_dname_t *apex);
const struct acml_child *acml_facts_ns(const struct acml_facts *facts, const knot_dname_t *apex);
