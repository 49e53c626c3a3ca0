/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Edits: which of the edits that findings carry are made. The zone is changed in memory and judged
 * again; edits that do not clear their finding, or that bring a new error or warning, are taken
 * back, so that what is written in the end is what was judged. No file is touched.
 */

#pragma once

#include "facts/facts.h"
#include "lint/finding.h"
#include "lint/settings.h"
#include "model/read.h"
#include "model/zone.h"

struct acml_edits_options {
	enum acml_severity level;       /* Findings from here on are to be cleared. */
	bool own_file;                  /* Only records of the zone file itself can be changed. */
	bool keep_serial;
	int64_t now;                    /* For a serial that is a date. */
};

/* A record that is added. */
struct acml_edit {
	struct acml_rr rr;              /* Its place is its partner's. */
	const char *data;               /* The RDATA as text. */
	size_t partner;                 /* Index of the dropped record in whose place it comes, or
	                                 * SIZE_MAX. */
	bool off;                       /* Taken back. */
};

/* Why a finding at the level is still there. */
struct acml_remaining {
	const struct acml_finding *finding;     /* Of result. */
	const char *why;                        /* Its edits could not be made because …; or NULL. */
};

struct acml_edits {
	struct acml_arena arena;
	const struct acml_zone *base;   /* Borrowed. */
	struct acml_zone *zone;         /* Changed; borrows from base. NULL without edits. */
	struct acml_result *before;
	struct acml_result *result;     /* Of the changed zone. */
	bool *dropped;                  /* By index into base->rrs. */
	const char **gone;              /* The same: the RDATA as text, once for equal records. */
	size_t n_dropped;
	struct acml_edit *added;
	size_t n_added, cap_added;      /* Those that are off among them. */
	const struct acml_finding **cleared;    /* Of before. */
	size_t n_cleared;
	struct acml_remaining *remaining;
	size_t n_remaining;
	bool serial_kept;               /* Though it should have grown: there is no one SOA here. */
	struct acml_zone **parsed;      /* Owns what added records point at. */
	size_t n_parsed, cap_parsed;
};

/* base: read with ACML_KEEP_ALL. KNOT_EOK or KNOT_ENOMEM. */
int acml_edits_plan(const struct acml_zone *base, const struct acml_facts *facts,
                    const struct acml_settings *settings,
                    const struct acml_edits_options *options, struct acml_edits **out_edits);

/* The edits of one finding and nothing else, as they stand: nothing is judged, so that before,
 * result and what became of the finding stay empty; without a zone where they cannot be made in
 * the zone file itself. base as above. KNOT_EOK or KNOT_ENOMEM. */
int acml_edits_alone(const struct acml_zone *base, struct acml_scanner *scanner,
                     const struct acml_finding *finding, struct acml_edits **out_edits);

/* Whether anything changes. */
bool acml_edits_any(const struct acml_edits *edits);

/* Accepts NULL. */
void acml_edits_free(struct acml_edits *edits);

/* The serial behind this one (RFC 1982): a date with a counter stays one, if it is one. */
uint32_t acml_serial_next(uint32_t serial, int64_t now);
