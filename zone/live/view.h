/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * View: what somebody in the DNS says of a zone, as zone text, so that the one reader reads it and
 * the one lint judges it. Lines are kept sorted and each once: equal views have equal text.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <libknot/packet/pkt.h>

#include "model/arena.h"

/* Answers are hostile: a view that would grow beyond this many bytes is full, and of no use. */
#define ACML_VIEW_SIZE (1 << 20)

struct acml_view {
	struct acml_arena arena;
	const knot_dname_t *apex;       /* The caller's. */
	char **lines;
	size_t n_lines, max_lines;
	size_t size;
};

/* One line of the caller's own. KNOT_EOK, KNOT_ERANGE or KNOT_ENOMEM. */
int acml_view_line(struct acml_view *view, const char *line);

/* The records of an answer that are at or below the apex; of a referral, the cut. KNOT_EOK,
 * KNOT_ERANGE: the view is full; KNOT_ENOMEM. */
int acml_view_take(struct acml_view *view, const knot_pkt_t *pkt);

/* The whole, malloc()ed: sorted, each line once. plain: without SOA and signatures, for comparing.
 * KNOT_EOK or KNOT_ENOMEM. */
int acml_view_text(struct acml_view *view, bool plain, char **out_text, size_t *out_size);

/* Accepts a zeroed one. */
void acml_view_clear(struct acml_view *view);
