/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "guard.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inspect.h"
#include "worker.h"

/* The state file is written anew when it holds more than this and four times what it needs. */
#define STATE_SLACK (1u << 20)

/* About a line's length, names of usual length. */
#define LINE_SIZE 240

struct acml_guard {
	pthread_mutex_t mutex;
	size_t users;
	size_t leaving;         /* Instances that were the last, and wait for the thread. */
	struct acml_entry **buckets;
	size_t n_buckets;       /* A power of two, or 0. */
	size_t n_entries;
	struct acml_entry *oldest;
	struct acml_entry *newest;
	struct acml_burst burst;
	struct acml_scanner *scanner;
	struct acml_scanner *scanner_of_jobs;
	struct acml_worker *worker;
	struct acml_commit_gate *commit_gate;
	char *path;
	const char *fault;      /* Of the state file. */
	const char *told;       /* The fault that was told already. */
};

/* The one static of the project: what belongs to the process, not to an instance, and what its
 * first instance has to find. */
static struct acml_guard guard_of_process = { .mutex = PTHREAD_MUTEX_INITIALIZER };

void acml_guard_lock(struct acml_guard *guard)
{
	pthread_mutex_lock(&guard->mutex);
}

void acml_guard_unlock(struct acml_guard *guard)
{
	pthread_mutex_unlock(&guard->mutex);
}

bool acml_guard_trylock(struct acml_guard *guard)
{
	return pthread_mutex_trylock(&guard->mutex) == 0;
}

static size_t bucket_of(const struct acml_guard *guard, const knot_dname_t *zone)
{
	return acml_hash(ACML_HASH, zone, knot_dname_size(zone)) & (guard->n_buckets - 1);
}

static struct acml_entry *find(const struct acml_guard *guard, const knot_dname_t *zone)
{
	if (guard->n_buckets == 0) {
		return NULL;
	}
	struct acml_entry *entry = guard->buckets[bucket_of(guard, zone)];
	while (entry != NULL && !knot_dname_is_equal(entry->zone, zone)) {
		entry = entry->next;
	}
	return entry;
}

static bool grow(struct acml_guard *guard)
{
	size_t old_count = guard->n_buckets;
	struct acml_entry **old = guard->buckets;
	size_t count = old_count > 0 ? 2 * old_count : 256;
	struct acml_entry **buckets = calloc(count, sizeof(*buckets));
	if (buckets == NULL) {
		return false;
	}
	guard->buckets = buckets;
	guard->n_buckets = count;
	for (size_t i = 0; i < old_count; i++) {
		while (old[i] != NULL) {
			struct acml_entry *entry = old[i];
			old[i] = entry->next;
			struct acml_entry **bucket = &buckets[bucket_of(guard, entry->zone)];
			entry->next = *bucket;
			*bucket = entry;
		}
	}
	free(old);
	return true;
}

static struct acml_entry *find_or_add(struct acml_guard *guard, const knot_dname_t *zone)
{
	struct acml_entry *entry = find(guard, zone);
	if (entry != NULL) {
		return entry;
	}
	if (guard->n_entries >= guard->n_buckets && !grow(guard)) {
		return NULL;
	}
	size_t size = knot_dname_size(zone);
	entry = calloc(1, sizeof(*entry) + size);
	if (entry == NULL) {
		return NULL;
	}
	memcpy(entry->zone, zone, size);
	struct acml_entry **bucket = &guard->buckets[bucket_of(guard, zone)];
	entry->next = *bucket;
	*bucket = entry;
	guard->n_entries++;
	entry->older = guard->newest;
	*(guard->newest != NULL ? &guard->newest->newer : &guard->oldest) = entry;
	guard->newest = entry;
	return entry;
}

static void remove_entry(struct acml_guard *guard, struct acml_entry *entry)
{
	struct acml_entry **at = &guard->buckets[bucket_of(guard, entry->zone)];
	while (*at != entry) {
		at = &(*at)->next;
	}
	*at = entry->next;
	*(entry->older != NULL ? &entry->older->newer : &guard->oldest) = entry->newer;
	*(entry->newer != NULL ? &entry->newer->older : &guard->newest) = entry->older;
	guard->n_entries--;
	acml_record_clear(&entry->record);
	free(entry);
}

static void keep_record(struct acml_entry *entry, struct acml_record *record)
{
	acml_record_clear(&entry->record);
	entry->record = *record;
	entry->has_record = true;
	record->includes = NULL;
}

static void take_line(void *ctx, const knot_dname_t *zone, struct acml_record *record)
{
	struct acml_entry *entry = find_or_add(ctx, zone);
	if (entry != NULL) {
		keep_record(entry, record);
	}
	acml_record_clear(record);
}

/* Zones that have come and gone since the start are dropped; totals go with them. */
static void drop_unused(struct acml_guard *guard)
{
	for (struct acml_entry *entry = guard->oldest, *newer; entry != NULL; entry = newer) {
		newer = entry->newer;
		if (entry->users == 0 && entry->used) {
			remove_entry(guard, entry);
		}
	}
}

static void write_anew(struct acml_guard *guard)
{
	char *bytes = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&bytes, &size);
	if (file == NULL) {
		return;
	}
	for (struct acml_entry *entry = guard->oldest; entry != NULL; entry = entry->newer) {
		if (entry->has_record) {
			acml_record_write(file, entry->zone, &entry->record);
		}
	}
	if (fclose(file) == 0) {
		guard->fault = acml_state_replace(guard->path, bytes, size);
	}
	free(bytes);
}

static bool is_slack(const struct acml_guard *guard)
{
	struct stat st;
	return stat(guard->path, &st) == 0 && st.st_size > STATE_SLACK &&
	       (uint64_t)st.st_size > (uint64_t)4 * LINE_SIZE * guard->n_entries;
}

/* From the worker's thread, unlocked. */
static void write_out(void *ctx, const char *lines, size_t size)
{
	struct acml_guard *guard = ctx;
	const char *fault = acml_state_append(guard->path, lines, size);
	acml_guard_lock(guard);
	guard->fault = fault;
	/* Not while records wait for their flush: their lines must not come before it. */
	bool waiting = guard->worker != NULL && acml_worker_unflushed(guard->worker);
	if (fault == NULL && !waiting && is_slack(guard)) {
		drop_unused(guard);
		write_anew(guard);
	}
	acml_guard_unlock(guard);
}

static struct acml_worker *get_worker(struct acml_guard *guard)
{
	if (guard->worker == NULL) {
		guard->worker = acml_worker_new(&guard->mutex, write_out, guard);
	}
	return guard->worker;
}

struct acml_guard *acml_guard_join(void)
{
	struct acml_guard *guard = &guard_of_process;
	acml_guard_lock(guard);
	guard->users++;
	return guard;
}

bool acml_guard_is_open(const struct acml_guard *guard)
{
	return guard->path != NULL;
}

bool acml_guard_open(struct acml_guard *guard, const char *path)
{
	guard->path = strdup(path);
	if (guard->path == NULL) {
		return false;
	}
	size_t lines = acml_state_read(guard->path, take_line, guard);
	if (lines > 2 * guard->n_entries + 100) {
		write_anew(guard);
	}
	return true;
}

struct acml_burst *acml_guard_burst(struct acml_guard *guard)
{
	return &guard->burst;
}

static void clear(struct acml_guard *guard)
{
	while (guard->oldest != NULL) {
		remove_entry(guard, guard->oldest);
	}
	free(guard->buckets);
	acml_scanner_free(guard->scanner);
	acml_scanner_free(guard->scanner_of_jobs);
	acml_section_release(guard->burst.section);
	acml_givens_clear(&guard->burst.givens);
	free(guard->path);
	guard->buckets = NULL;
	guard->n_buckets = 0;
	guard->burst = (struct acml_burst){ 0 };
	guard->scanner = NULL;
	guard->scanner_of_jobs = NULL;
	guard->path = NULL;
	guard->fault = NULL;
	guard->told = NULL;
}

void acml_guard_leave(struct acml_guard *guard)
{
	if (--guard->users > 0) {
		acml_guard_unlock(guard);
		return;
	}
	struct acml_worker *worker = guard->worker;
	guard->worker = NULL;
	guard->leaving++;
	acml_guard_unlock(guard);

	acml_worker_stop(worker);

	acml_guard_lock(guard);
	/* Another instance may have come meanwhile, and keeps everything. */
	if (--guard->leaving == 0 && guard->users == 0) {
		clear(guard);
	}
	acml_guard_unlock(guard);
}

struct acml_entry *acml_guard_entry(struct acml_guard *guard, const knot_dname_t *zone)
{
	struct acml_entry *entry = find_or_add(guard, zone);
	if (entry != NULL) {
		entry->users++;
		entry->used = true;
	}
	return entry;
}

void acml_guard_release(struct acml_guard *guard, struct acml_entry *entry)
{
	(void)guard;
	entry->users--;
}

struct acml_scanner *acml_guard_scanner(struct acml_guard *guard)
{
	if (guard->scanner == NULL) {
		guard->scanner = acml_scanner_new();
	}
	return guard->scanner;
}

struct acml_scanner *acml_guard_scanner_of_jobs(struct acml_guard *guard)
{
	if (guard->scanner_of_jobs == NULL) {
		guard->scanner_of_jobs = acml_scanner_new();
	}
	return guard->scanner_of_jobs;
}

void acml_guard_settle(struct acml_guard *guard, struct acml_entry *entry,
                       struct acml_record *record, int unflushed)
{
	struct acml_worker *worker = get_worker(guard);
	if (worker != NULL) {
		acml_worker_line(worker, entry->zone, record, unflushed);
	} else if (unflushed >= 0) {
		(void)syncfs(unflushed);
		close(unflushed);
	}
	keep_record(entry, record);
}

void acml_guard_unsettle(struct acml_entry *entry)
{
	acml_record_clear(&entry->record);
	entry->has_record = false;
}

size_t acml_guard_count(const struct acml_guard *guard)
{
	return guard->n_entries;
}

struct acml_entry **acml_guard_entries(struct acml_guard *guard, size_t *out_count)
{
	struct acml_entry **entries = malloc((guard->n_entries + 1) * sizeof(*entries));
	size_t count = 0;
	if (entries == NULL) {
		return NULL;
	}
	for (struct acml_entry *entry = guard->oldest; entry != NULL; entry = entry->newer) {
		if (entry->has_record) {
			entries[count++] = entry;
		}
	}
	*out_count = count;
	return entries;
}

bool acml_guard_defer(struct acml_guard *guard, struct acml_job *job, struct acml_job **handle)
{
	struct acml_worker *worker = get_worker(guard);
	if (worker == NULL) {
		return false;
	}
	job->handle = handle;
	*handle = job;
	acml_worker_job(worker, job);
	return true;
}

void acml_guard_disown(struct acml_guard *guard, struct acml_job *job)
{
	if (job != NULL && guard->worker != NULL) {
		acml_worker_disown(guard->worker, job);
	}
}

struct acml_commit_gate **acml_guard_commit_gate(struct acml_guard *guard)
{
	return &guard->commit_gate;
}

const char *acml_guard_fault(struct acml_guard *guard, const char **out_path)
{
	if (guard->fault == guard->told) {
		return NULL;
	}
	guard->told = guard->fault;
	*out_path = guard->path;
	return guard->fault;
}
