/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Line: one record of a message as a line of zone text, in a buffer that grows and serves the next
 * record as well.
 */

#pragma once

#include <stddef.h>
#include <stdint.h>

#include <libknot/rrset.h>

struct acml_line {
	char *text;
	size_t size;
};

/* KNOT_EOK and line->text with *out_len; KNOT_ENOMEM; another code: it cannot be text. */
int acml_line_write(struct acml_line *line, const knot_rrset_t *set, uint16_t i, size_t *out_len);

/* Accepts a zeroed one. */
void acml_line_clear(struct acml_line *line);
