/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Guard: what all instances of the module in one process share. Knot has one instance for each
 * zone, and during a reload two: the new configuration's modules load before the old ones unload.
 *
 * There is one guard, counted by its instances; the first opens it, the last closes it. It holds
 * an entry for each zone (the state that spares unchanged zones, the totals that survive reloads),
 * the main thread's scanner, and one thread for what nobody should wait for: flushing first
 * publications, writing the state, linting what is large.
 *
 * Everything below is called with the guard locked unless it says otherwise. Callbacks of the
 * server come from the main thread or, for a single zone's reload, from its control threads.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libknot/dname.h>

#include "model/read.h"
#include "state.h"

struct acml_totals {
	uint64_t linted;
	uint64_t accepted;
	uint64_t rejected;
	uint64_t unchanged;
	uint64_t findings[ACML_SEVERITIES];
	uint64_t microseconds;
};

struct acml_entry {
	struct acml_entry *next;        /* In its hash bucket. */
	size_t users;
	bool has_record;
	bool used;                      /* Some instance has had it since the start. */
	struct acml_record record;
	struct acml_totals totals;
	knot_dname_t zone[];
};

/* Work for the thread. run is called unlocked, from the thread; then done, locked. The job belongs
 * to the guard from acml_guard_defer() on; dispose frees it, always, locked. */
struct acml_job {
	struct acml_job *next;
	const void *owner;              /* The instance; NULL once that is gone. */
	void (*run)(struct acml_job *job);
	void (*done)(struct acml_job *job);
	void (*dispose)(struct acml_job *job);
};

struct acml_guard;

/* Joins, unlocked; the guard is locked on return. state is where the state file is, used by the
 * first to join. NULL without memory, and nothing is locked. */
struct acml_guard *acml_guard_join(const char *state);

/* Leaves, locked; unlocks. The last one waits for the thread to end. */
void acml_guard_leave(struct acml_guard *guard);

void acml_guard_lock(struct acml_guard *guard);
void acml_guard_unlock(struct acml_guard *guard);

/* The zone's entry, counted until acml_guard_release(). NULL without memory. */
struct acml_entry *acml_guard_entry(struct acml_guard *guard, const knot_dname_t *zone);
void acml_guard_release(struct acml_guard *guard, struct acml_entry *entry);

/* The scanner for whoever holds the lock. NULL without memory. */
struct acml_scanner *acml_guard_scanner(struct acml_guard *guard);

/* Keeps a record, which the entry owns from then on, and has its line written soon: after a flush
 * of the file system of unflushed, a descriptor the guard closes, unless that is -1. */
void acml_guard_settle(struct acml_guard *guard, struct acml_entry *entry,
                       struct acml_record *record, int unflushed);

/* Forgets the record: the zone is read next time. */
void acml_guard_unsettle(struct acml_entry *entry);

/* Queues a job. False: there is no thread to be had, and the job is still the caller's. */
bool acml_guard_defer(struct acml_guard *guard, struct acml_job *job);

/* No job of this owner will call done from now on. */
void acml_guard_disown(struct acml_guard *guard, const void *owner);

/* What went wrong with the state file, once for each fault; NULL: nothing new. */
const char *acml_guard_fault(struct acml_guard *guard, const char **out_path);
