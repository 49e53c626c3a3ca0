/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Names: small helpers on libknot's wire-format names. Text buffers are the caller's. All inputs
 * are valid uncompressed wire names; results that are "lower case" can be compared by memcmp.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libknot/dname.h>

#include "model/arena.h"

/* Longest text form of a name: every byte as \DDD, plus dots and the final NUL. */
#define ACML_NAME_TEXT 1024

/* Parses text (absolute, or relative to the root when the final dot is missing) into a
 * lower-case name. False: not a domain name. */
bool acml_name_parse(const char *text, knot_dname_storage_t out);

/* Text with final dot; always succeeds. Returns buffer. */
const char *acml_name_text(const knot_dname_t *name, char buffer[ACML_NAME_TEXT]);

/* The same without the final dot (the root stays "."), as certificates write names. */
const char *acml_name_host(const knot_dname_t *name, char buffer[ACML_NAME_TEXT]);

/* The name without its first label; the root gives the root. */
const knot_dname_t *acml_name_parent(const knot_dname_t *name);

/* Bytes of the name, its final zero among them. */
size_t acml_name_size(const knot_dname_t *name);

bool acml_name_equal(const knot_dname_t *a, const knot_dname_t *b);

/* name is at or below apex. */
bool acml_name_within(const knot_dname_t *name, const knot_dname_t *apex);

/* name is strictly below apex. */
bool acml_name_below(const knot_dname_t *name, const knot_dname_t *apex);

/* Whether the first label is exactly "*". */
bool acml_name_is_wildcard(const knot_dname_t *name);

/* "*." + parent. False when it would be longer than a name may be. */
bool acml_name_wildcard_of(const knot_dname_t *parent, knot_dname_storage_t out);

/* Of a sort key of knot_dname_lf(): the eight bytes behind its first ones, of which it has that
 * many, so that most keys are told apart by a number. Where heads differ, keys differ in the same
 * way. */
uint64_t acml_name_head(const uint8_t *lf, size_t skip);

/* The order of two such keys: negative, 0 or positive. A key below a name counts as behind it. */
int acml_name_order(const uint8_t *lf, const uint8_t *other);

/* A lower-case copy in the arena, or NULL without memory. */
knot_dname_t *acml_name_dup(struct acml_arena *arena, const knot_dname_t *name);

/* Copies the name into the caller's storage. */
void acml_name_copy(const knot_dname_t *name, uint8_t *out);

/* Lower-case copy into caller's storage (also used on names inside RDATA). */
void acml_name_lower(const knot_dname_t *name, knot_dname_storage_t out);
