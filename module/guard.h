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

#include "given.h"
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
	struct acml_entry *older;       /* In the order they came. */
	struct acml_entry *newer;
	size_t users;
	bool has_record;
	bool used;                      /* Some instance has had it since the start. */
	bool told_mode;                 /* It was said that nothing can be rejected. */
	bool idle;                      /* The scout saw that the next load has nothing to do. */
	struct acml_record record;
	struct acml_totals totals;
	struct acml_ward *ward;         /* The commit gate's; NULL: the zone is not at it. */
	knot_dname_t zone[];
};

/* Work for the thread: begin, locked, while the owner is there; run, unlocked; done, locked, if the
 * owner still is there; dispose, locked, always, frees the job. begin may be NULL, and false from
 * it skips run and done. The job belongs to the guard from acml_guard_defer() on. */
struct acml_job {
	struct acml_job *next;
	struct acml_job **handle;       /* The owner's pointer to the job; NULL: the owner is gone. */
	bool patient;                   /* The server's own work goes first. */
	bool pins;                      /* run needs the owner, which has to wait for its end. */
	bool (*begin)(struct acml_job *job);
	void (*run)(struct acml_job *job);
	void (*done)(struct acml_job *job);
	void (*dispose)(struct acml_job *job);
};

/* What names the modules of a zone has so much room. */
#define ACML_MODULES_MAX 512

/* Load callbacks that follow each other at once, as those of one start or one reload do. */
struct acml_burst {
	int64_t end;                    /* When the last callback ended; nanoseconds, monotonic. */
	int64_t spent;                  /* How long it did what could have waited. */
	const void *opening;            /* The configuration that the guard was opened under. */
	const void *configuration;      /* Which configuration the section below is from, as an
	                                 * address, */
	size_t n_modules;               /* and how a zone names it. */
	uint8_t modules[ACML_MODULES_MAX];
	struct acml_section *section;
	struct acml_givens givens;      /* Kept from one burst to the next. */
};

struct acml_commit_gate;
struct acml_section;
struct acml_guard;
struct acml_ward;

/* Joins; the guard is locked on return. */
struct acml_guard *acml_guard_join(void);

/* The first to join opens it: reads the state file at path. False without memory. */
bool acml_guard_is_open(const struct acml_guard *guard);
bool acml_guard_open(struct acml_guard *guard, const char *path);

/* Leaves; the guard is locked, and is unlocked then. The last one waits for the thread to end. */
void acml_guard_leave(struct acml_guard *guard);

void acml_guard_lock(struct acml_guard *guard);
void acml_guard_unlock(struct acml_guard *guard);

/* False: somebody else has it. */
bool acml_guard_trylock(struct acml_guard *guard);

struct acml_burst *acml_guard_burst(struct acml_guard *guard);

/* The zone's entry, counted until acml_guard_release(). NULL without memory. */
struct acml_entry *acml_guard_entry(struct acml_guard *guard, const knot_dname_t *zone);
void acml_guard_release(struct acml_guard *guard, struct acml_entry *entry);

/* The scanner for whoever holds the lock, and the one for jobs that run. NULL without memory. */
struct acml_scanner *acml_guard_scanner(struct acml_guard *guard);
struct acml_scanner *acml_guard_scanner_of_jobs(struct acml_guard *guard);

/* Keeps a record, which the entry owns from then on, and has its line written soon: after a flush
 * of the file system of unflushed, a descriptor the guard closes, unless that is -1. */
void acml_guard_settle(struct acml_guard *guard, struct acml_entry *entry,
                       struct acml_record *record, int unflushed);

/* Forgets the record: the zone is read next time. */
void acml_guard_unsettle(struct acml_entry *entry);

/* How many zones are known. */
size_t acml_guard_count(const struct acml_guard *guard);

/* The entries that have a record, in the order they came, malloc()ed. They live as long as the
 * thread runs a job. */
struct acml_entry **acml_guard_entries(struct acml_guard *guard, size_t *out_count);

/* Queues a job and sets *handle to it, until it is disposed of. False: there is no thread to be
 * had, and the job is still the caller's. */
bool acml_guard_defer(struct acml_guard *guard, struct acml_job *job, struct acml_job **handle);

/* The owner of a job goes: neither begin nor done will be called any more. NULL is fine. */
void acml_guard_disown(struct acml_guard *guard, struct acml_job *job);

/* Where the commit gate is kept; NULL there: no zone needs it. */
struct acml_commit_gate **acml_guard_commit_gate(struct acml_guard *guard);

/* What went wrong with the state file, once for each fault; NULL: nothing new. */
const char *acml_guard_fault(struct acml_guard *guard, const char **out_path);
