/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Route 53: the JSON of "aws route53 list-resource-record-sets" as master-file text, so that the
 * one reader makes the same records of it. Private to zone/model.
 *
 * One page, several one after the other, or an array of pages or of record sets. Broken JSON gives
 * no text at all. What has no place in a master file stands in the list of odd sets.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/arena.h"
#include "model/text.h"
#include "model/zone.h"

/* A line of the text that stands for something that is wrong; no record is on it. */
struct acml_route53_fault {
	uint32_t line;          /* Of the text. */
	bool fatal;
	const char *message;
};

struct acml_route53 {
	struct acml_text text;  /* One record a line. */
	uint32_t *lines;        /* Line i of the text, from 1, comes from line lines[i] of the JSON. */
	size_t n_lines, cap_lines;
	const char *apex;       /* Owner of the SOA record as text, or NULL. */
	struct acml_route53_fault *faults;
	size_t n_faults, cap_faults;
	struct acml_odd_set *odd;
	size_t n_odd, cap_odd;
};

/* Whether bytes begin as JSON does and no master file can: with "{" or "[". */
bool acml_route53_recognise(const char *bytes, size_t size);

/* Texts go into the arena. KNOT_EOK, also for broken JSON, or KNOT_ENOMEM. */
int acml_route53_convert(struct acml_arena *arena, const char *bytes, size_t size,
                         struct acml_route53 *out);

/* Sets the lines of everything in a zone that was read from the text. */
void acml_route53_place(const struct acml_route53 *route53, struct acml_zone *zone);

void acml_route53_clear(struct acml_route53 *route53);

/* The line of each object that may be a page or a record set, in the order of the bytes, which are
 * known to be JSON. KNOT_EOK or KNOT_ENOMEM; out_lines is malloc()ed. */
int acml_route53_lines(const char *bytes, size_t size, uint32_t **out_lines, size_t *out_n);

/* Adds a domain name or a value as master-file text: octal escapes become decimal, what would end
 * the field is escaped. False: it cannot be one line of a master file. */
bool acml_route53_put_name(struct acml_text *out, const char *text, size_t size);
bool acml_route53_put_value(struct acml_text *out, const char *text, size_t size);
