/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Live: the verdicts of lint/verdict.h against the DNS as it is. What each authoritative server
 * says of a zone, what the parent's servers say, and what the resolver sees of the CAA tree become
 * zone text; the one reader and the one lint judge it; a name is as good as its worst view. Counts
 * are bounded, and every question ends within its timeout.
 */

#pragma once

#include "facts/facts.h"
#include "facts/inventory.h"
#include "lint/settings.h"
#include "lint/verdict.h"
#include "live/ask.h"
#include "live/resolver.h"
#include "model/arena.h"

#define ACML_LIVE_SERVERS 32            /* Of one zone. */
#define ACML_LIVE_NAMES 10000
#define ACML_LIVE_SILENT_MAX 256

struct acml_live_options {
	struct acml_resolver *resolver;
	int timeout;                    /* Milliseconds for each question. */
	unsigned rate;                  /* Questions to servers in a second; 0: no limit. */
	int64_t now;
	const struct acml_inventory *inventory; /* NULL: none. */
	const struct acml_settings *settings;
};

/* A server that let us wait. */
struct acml_live_silence {
	char server[ACML_SERVER_TEXT];
	unsigned times;                 /* In a row. */
};

struct acml_live {
	const struct acml_live_options *options;
	struct acml_arena arena;
	int64_t last;                   /* When a server was last asked. */
	struct acml_live_silence silent[ACML_LIVE_SILENT_MAX];
	size_t n_silent;
};

/* Judges one name. cert and cert_name: of the inventory, or NULL. Everything in the verdict lives
 * in live's arena. KNOT_EOK or KNOT_ENOMEM. */
int acml_live_judge(struct acml_live *live, const struct acml_wanted *wanted,
                    const struct acml_cert *cert, const struct acml_cert_name *cert_name,
                    struct acml_cert_verdict *out);

void acml_live_nap(int64_t milliseconds);

/* Whether the resolver answers at all: KNOT_EOK, KNOT_ETIMEOUT, KNOT_ECONN, KNOT_ENOMEM. */
int acml_live_probe(struct acml_live *live);
