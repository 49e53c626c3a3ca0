/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Given: what the section's options inventory and parent name, read once for all zones. Looking at
 * the files is cheap and happens once for zones that load one after the other; they are read when
 * the first zone has to be judged by them.
 *
 * What cannot be read, or is broken anywhere, changes nothing: what was read last stays known. The
 * guard is locked.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct acml_host;
struct acml_inventory;
struct acml_parent;

enum acml_given_kind {
	ACML_GIVEN_INVENTORY,   /* Files and folders. */
	ACML_GIVEN_PARENT,      /* Files. */
	ACML_GIVENS,
};

/* What was read. Never changes; counted. */
struct acml_known {
	_Atomic size_t refs;
	struct acml_inventory *inventory;   /* One of the two; the other is NULL. */
	struct acml_parent *parent;
};

/* The files of one option, kept while a configuration names them. */
struct acml_given;

/* All of the process. */
struct acml_givens {
	struct acml_given *first;
	const void *configuration;  /* The one that loads, as an address. */
	unsigned generation;        /* Counts configurations, */
	unsigned turn;              /* and times to look again. */
};

/* Zones that load from now on are to see files that have changed. */
void acml_givens_turn(struct acml_givens *givens);

/* The same; another configuration than before forgets files that the one before did not name. */
void acml_givens_configure(struct acml_givens *givens, const void *configuration);

void acml_givens_clear(struct acml_givens *givens);

/* The files, looked at in this turn, with a reference for the caller. NULL without memory. The
 * paths are absolute. */
struct acml_given *acml_given_find(struct acml_givens *givens, enum acml_given_kind kind,
                                   const char *const *paths, size_t n_paths);

/* Frees with the last reference, locked or not. Both accept NULL. */
void acml_given_release(struct acml_given *given);
void acml_known_release(struct acml_known *known);

/* Looks at the files again, if not just now: for a verdict that no load callback comes before.
 * Accepts NULL. */
void acml_given_again(struct acml_given *given);

/* Reads the files if they were not read since they have changed, and says so. */
void acml_given_read(struct acml_given *given, const struct acml_host *host);

/* The same without anybody waiting, once nothing else has read them: so that something is known
 * when they cannot be read any more. True: the caller has got a reference, calls the second without
 * the lock, and the third with it. */
struct acml_reading;
bool acml_given_wants(struct acml_given *given);
void acml_given_load_for(const struct acml_given *given, struct acml_reading *out);
void acml_given_learn(struct acml_given *given, struct acml_reading *reading);

/* What the verdicts of zones depend on: a hash of the files' identities. Before they have been
 * read it supposes that they can be; 0: they cannot, and nothing is known. Accepts NULL: nothing
 * is named. */
uint64_t acml_given_stamp(const struct acml_given *given);

/* What is known, without a reference; NULL: nothing. Accepts NULL. */
struct acml_known *acml_given_known(const struct acml_given *given);
