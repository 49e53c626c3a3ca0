/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Parent: what the zone above publishes about zones: DS and NS, with their TTLs. From zone text,
 * dig's output as it is pasted, a dsset- file, a whole parent zone, or the JSON of
 * route53domains get-domain-detail, route53 get-dnssec, route53 get-hosted-zone. All or nothing,
 * immutable, owns everything in it.
 *
 * "There is none" is said by an empty answer to a question for DS that brings the SOA record of
 * the zone above, by a parent zone with NS and no DS for the child, and by a list of DnssecKeys
 * that is empty. NS records alone say nothing about DS.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libknot/dname.h>

#include "facts/inventory.h"

struct acml_parent_ds {
	uint16_t key_tag;
	uint8_t algorithm;
	uint8_t digest_type;
	const uint8_t *digest;
	size_t digest_size;
	uint32_t ttl;                   /* 0: not known. */
	const char *file;
	uint32_t line;                  /* 0: not known. */
};

struct acml_parent_ns {
	const knot_dname_t *name;       /* Lower case. */
	uint32_t ttl;
	const char *file;
	uint32_t line;
};

/* What is known of one child. ds_known with no DS: the parent says there is none. */
struct acml_child {
	const knot_dname_t *apex;
	bool ds_known;
	const struct acml_parent_ds *ds;
	size_t n_ds;
	bool ns_known;
	const struct acml_parent_ns *ns;
	size_t n_ns;
	/* route53 get-hosted-zone: the zone's own delegation set, not what is registered. */
	const struct acml_parent_ns *hosted_ns;
	size_t n_hosted_ns;
	bool hosted_private;
	const char *hosted_file;        /* Where that was read; NULL: nowhere. */
	/* route53 get-dnssec: ServeSignature; NULL: not known. Its DS are what is to be registered;
	 * they count as registered where nothing better is known. */
	const char *serve_signature;
	/* From a zone file of the same run that holds no DNSSEC records itself, although it has DS:
	 * a server signs such files on load, this child's too perhaps. */
	bool plain;
};

struct acml_parent {
	struct acml_arena arena;
	const struct acml_child *children;      /* In canonical order. */
	size_t n_children;
};

/* NULL: nothing is known of this child. Accepts no parent. */
const struct acml_child *acml_parent_child(const struct acml_parent *parent,
                                           const knot_dname_t *apex);

/* Which children matter. A whole parent zone may be large: only records of the wanted ones are
 * kept in memory. */
struct acml_parent_options {
	const knot_dname_t *const *wanted;      /* Lower case, any order; NULL: all. */
	size_t n_wanted;
	/* The child that input without names is about (dig +short, get-dnssec); may be NULL. */
	const knot_dname_t *for_zone;
	/* Larger files are refused; 0: none is. With a limit no file is mapped: one that shrinks
	 * under its mapping ends the process. */
	size_t limit;
};

/* Same errors as acml_inventory_read(). */
int acml_parent_read(const char *const *paths, size_t n_paths,
                     const struct acml_parent_options *options,
                     struct acml_parent **out_parent, struct acml_fault *out_fault);
int acml_parent_parse(const char *name, const char *bytes, size_t size,
                      const struct acml_parent_options *options,
                      struct acml_parent **out_parent, struct acml_fault *out_fault);

/* From zones of the same run: each zone tells of the wanted names below its apex. The zones must
 * hold the records of these names. KNOT_EOK or KNOT_ENOMEM. */
struct acml_zone;
int acml_parent_from_zones(const struct acml_zone *const *zones, size_t n_zones,
                           const struct acml_parent_options *options,
                           struct acml_parent **out_parent);

/* Accepts NULL. */
void acml_parent_free(struct acml_parent *parent);
