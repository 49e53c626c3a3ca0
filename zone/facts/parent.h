/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Parent: what the zone above publishes about zones: DS and NS, with their TTLs. From zone text,
 * dig's output as it is pasted, a dsset- file, a whole parent zone, or the JSON of
 * route53domains get-domain-detail, route53 get-dnssec, route53 get-hosted-zone. All or nothing,
 * immutable, owns everything in it.
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
	uint32_t ttl;
	const char *file;
	uint32_t line;
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
	/* route53 get-dnssec: ServeSignature; NULL: not known. */
	const char *serve_signature;
};

struct acml_parent {
	struct acml_arena arena;
	const struct acml_child *children;      /* In canonical order. */
	size_t n_children;
};

/* NULL: nothing is known of this child. */
const struct acml_child *acml_parent_child(const struct acml_parent *parent,
                                           const knot_dname_t *apex);

/* Same errors as acml_inventory_read(). for_zone: the child that input without names is about
 * (get-dnssec has none); may be NULL. */
int acml_parent_read(const char *const *paths, size_t n_paths, const knot_dname_t *for_zone,
                     struct acml_parent **out_parent, struct acml_fault *out_fault);
int acml_parent_parse(const char *name, const char *bytes, size_t size,
                      const knot_dname_t *for_zone,
                      struct acml_parent **out_parent, struct acml_fault *out_fault);
void acml_parent_free(struct acml_parent *parent);
