/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "background.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"
#include "given_files.h"
#include "load_watch.h"
#include "options.h"

/* Fewer zones are not worth a look ahead. */
#define SCOUT_LEAST 64

/* Small while it waits: there may be one for each zone. */
struct watch {
	struct acml_job job;
	struct acml_instance *instance;
	struct acml_entry *entry;
	struct work *work;
};

struct work {
	struct acml_section *section;
	struct acml_files files;
	struct acml_gate gate;
	struct acml_look look;
};

struct scout {
	struct acml_job job;
	struct acml_guard *guard;
	knotd_mod_t *mod;
	struct acml_section *section;
	struct acml_policy supposed;        /* Of the first zone. */
	struct acml_entry **entries;
	size_t n_entries;
	uint8_t modules[ACML_MODULES_MAX];  /* Of the first zone. */
	size_t n_modules;
};

/* Nobody's: it is its own owner. */
struct reader {
	struct acml_job job;
	struct acml_job *self;
	struct acml_given *given;
	struct acml_reading reading;
};

/* What knotd says for the zone. NULL or what is wrong. */
static const char *ask(struct work *work, struct acml_instance *instance,
                       const knot_dname_t *zone)
{
	knotd_mod_t *mod = instance->mod;
	acml_rcu_lock();
	work->section = acml_options_section(mod, &acml_guard_burst(instance->guard)->givens);
	if (work->section != NULL) {
		acml_options_files(mod, work->section, zone, &work->files);
		acml_options_detail(mod, zone, &work->files.policy);
		acml_policy_suppose(&work->files.policy);
	}
	acml_rcu_unlock();
	return work->section == NULL ? "not enough memory" : work->files.fault;
}

static bool watch_begin(struct acml_job *job)
{
	struct watch *watch = (struct watch *)job;
	struct acml_instance *instance = watch->instance;
	struct work *work = calloc(1, sizeof(*work));
	watch->work = work;
	const char *fault = work == NULL ? "not enough memory" :
	                    ask(work, instance, watch->entry->zone);
	if (fault != NULL) {
		acml_say(&instance->host, LOG_ERR, "zone not checked, %s", fault);
		return false;
	}
	work->gate = (struct acml_gate){
		.zone = watch->entry->zone, .published = work->files.published,
		.policy = work->files.policy, .guard = instance->guard, .entry = watch->entry,
		.host = instance->host,
	};
	acml_watch_mode(&work->gate);
	acml_gate_detail(&work->gate);
	acml_policy_hold(&work->gate.policy);
	bool wanted = acml_watch_wanted(&work->gate);
	instance->host.count(instance->host.ctx, &watch->entry->totals);
	return wanted;
}

static void watch_run(struct acml_job *job)
{
	struct work *work = ((struct watch *)job)->work;
	acml_watch_look(&work->gate, acml_guard_scanner_of_jobs(work->gate.guard), &work->look);
}

static void watch_done(struct acml_job *job)
{
	struct watch *watch = (struct watch *)job;
	acml_watch_settle(&watch->work->gate, &watch->work->look);
	watch->instance->host.count(watch->instance->host.ctx, &watch->entry->totals);
}

static void watch_dispose(struct acml_job *job)
{
	struct watch *watch = (struct watch *)job;
	if (watch->work != NULL) {
		acml_look_clear(&watch->work->look);
		acml_policy_release(&watch->work->gate.policy);
		acml_section_release(watch->work->section);
		free(watch->work);
	}
	watch->entry->users--;
	free(watch);
}

bool acml_background_watch(struct acml_instance *instance)
{
	struct watch *watch = acml_rcu_usable() ? calloc(1, sizeof(*watch)) : NULL;
	if (watch == NULL) {
		return false;
	}
	watch->job = (struct acml_job){
		.patient = true, .begin = watch_begin, .run = watch_run, .done = watch_done,
		.dispose = watch_dispose,
	};
	watch->instance = instance;
	watch->entry = instance->entry;
	watch->entry->users++;
	if (!acml_guard_defer(instance->guard, &watch->job, &instance->job)) {
		watch_dispose(&watch->job);
		return false;
	}
	return true;
}

static bool scout_begin(struct acml_job *job)
{
	struct scout *scout = (struct scout *)job;
	acml_rcu_lock();
	scout->n_modules = acml_options_modules(scout->mod, knotd_mod_zone(scout->mod),
	                                        scout->modules);
	acml_rcu_unlock();
	scout->entries = acml_guard_entries(scout->guard, &scout->n_entries);
	return scout->entries != NULL && scout->n_modules > 0;
}

/* Whether the zone has the same section as the first, and then its files. */
static bool scout_ask(struct scout *scout, const knot_dname_t *zone, struct acml_files *out_files)
{
	uint8_t modules[ACML_MODULES_MAX];
	acml_rcu_lock();
	bool same = acml_options_modules(scout->mod, zone, modules) == scout->n_modules &&
	            memcmp(modules, scout->modules, scout->n_modules) == 0;
	if (same) {
		acml_options_files(scout->mod, scout->section, zone, out_files);
		out_files->policy.facts = scout->supposed.facts;
		out_files->policy.lacks = scout->supposed.lacks;
	}
	acml_rcu_unlock();
	return same && out_files->fault == NULL;
}

/* One entry, unlocked but for a look at it. False: the instance whose configuration this is has
 * gone. */
static bool scout_entry(struct scout *scout, struct acml_entry *entry)
{
	struct acml_files files;
	acml_guard_lock(scout->guard);
	bool there = scout->job.handle != NULL;
	/* Loaded in the meantime, or with includes that would have to be looked at as well. */
	bool skip = entry->used || !entry->has_record || entry->record.includes != NULL;
	struct acml_record record = entry->record;
	acml_guard_unlock(scout->guard);
	if (there && !skip && scout_ask(scout, entry->zone, &files) &&
	    acml_load_gate_idle(&record, &files.policy, files.source, files.published)) {
		acml_guard_lock(scout->guard);
		entry->idle = !entry->used;
		acml_guard_unlock(scout->guard);
	}
	return there;
}

static void scout_run(struct acml_job *job)
{
	struct scout *scout = (struct scout *)job;
	for (size_t i = 0; i < scout->n_entries; i++) {
		if (!scout_entry(scout, scout->entries[i])) {
			return;
		}
	}
}

static void scout_done(struct acml_job *job)
{
	(void)job;
}

static void scout_dispose(struct acml_job *job)
{
	struct scout *scout = (struct scout *)job;
	acml_section_release(scout->section);
	free(scout->entries);
	free(scout);
}

void acml_background_scout(struct acml_instance *instance, struct acml_section *section)
{
	if (acml_guard_count(instance->guard) < SCOUT_LEAST || !acml_rcu_usable() ||
	    instance->job != NULL || sysconf(_SC_NPROCESSORS_ONLN) < 2) {
		return;
	}
	struct scout *scout = calloc(1, sizeof(*scout));
	if (scout == NULL) {
		return;
	}
	scout->job = (struct acml_job){
		.pins = true, .begin = scout_begin, .run = scout_run, .done = scout_done,
		.dispose = scout_dispose,
	};
	scout->guard = instance->guard;
	scout->mod = instance->mod;
	scout->section = section;
	scout->supposed.section = section;
	acml_policy_suppose(&scout->supposed);
	section->refs++;
	if (!acml_guard_defer(instance->guard, &scout->job, &instance->job)) {
		scout_dispose(&scout->job);
	}
}

static void reader_run(struct acml_job *job)
{
	struct reader *reader = (struct reader *)job;
	acml_given_load_for(reader->given, &reader->reading);
}

static void reader_done(struct acml_job *job)
{
	struct reader *reader = (struct reader *)job;
	acml_given_learn(reader->given, &reader->reading);
}

static void reader_dispose(struct acml_job *job)
{
	struct reader *reader = (struct reader *)job;
	acml_known_release(reader->reading.known);
	acml_given_release(reader->given);
	free(reader);
}

static void read_later(struct acml_guard *guard, struct acml_given *given)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	if (reader == NULL) {
		acml_given_release(given);
		return;
	}
	reader->given = given;
	reader->job = (struct acml_job){
		.patient = true, .run = reader_run, .done = reader_done, .dispose = reader_dispose,
	};
	if (!acml_guard_defer(guard, &reader->job, &reader->self)) {
		reader_dispose(&reader->job);
	}
}

void acml_background_read(struct acml_guard *guard, const struct acml_section *section)
{
	for (int i = 0; i < ACML_GIVENS; i++) {
		if (acml_given_wants(section->given[i])) {
			read_later(guard, section->given[i]);
		}
	}
}
