/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "live/line.h"

#include <stdio.h>
#include <stdlib.h>

#include <libknot/descriptor.h>
#include <libknot/errcode.h>
#include <libknot/rrset-dump.h>

#include "model/names.h"

#define TEXT_FIRST 4096
/* RDATA is at most 64 KiB, and no byte of it needs more than the four of \DDD. */
#define TEXT_MOST (1 << 19)

/* Twice as much and more; the text need not survive. */
static int grow(struct acml_line *line)
{
	size_t size = line->size > 0 ? line->size * 4 : TEXT_FIRST;
	free(line->text);
	*line = (struct acml_line){ .text = malloc(size) };
	if (line->text == NULL) {
		return KNOT_ENOMEM;
	}
	line->size = size;
	return KNOT_EOK;
}

/* libknot's own line with owner and type does not survive a lack of memory (3.2.6), and tells
 * nobody when the owner did not fit: RDATA alone is left to it. */
int acml_line_write(struct acml_line *line, const knot_rrset_t *set, uint16_t i, size_t *out_len)
{
	knot_dname_storage_t lower;
	char owner[ACML_NAME_TEXT], type[32], head[ACML_NAME_TEXT + 64];
	if (knot_rrtype_to_string(set->type, type, sizeof(type)) < 0) {
		return KNOT_EINVAL;
	}
	acml_name_lower(set->owner, lower);
	size_t len = (size_t)snprintf(head, sizeof(head), "%s\t%u\t%s\t",
	                              acml_name_text(lower, owner), set->ttl, type);
	int used = KNOT_ESPACE;
	while (used < 0) {
		if (line->size > len) {
			snprintf(line->text, line->size, "%s", head);
			used = knot_rrset_txt_dump_data(set, i, line->text + len,
			                                line->size - len,
			                                &KNOT_DUMP_STYLE_DEFAULT);
		}
		if (used < 0 && line->size >= TEXT_MOST) {
			return used;
		}
		if (used < 0 && grow(line) != KNOT_EOK) {
			return KNOT_ENOMEM;
		}
	}
	*out_len = len + (size_t)used;
	return KNOT_EOK;
}

void acml_line_clear(struct acml_line *line)
{
	free(line->text);
	*line = (struct acml_line){ .text = NULL };
}
