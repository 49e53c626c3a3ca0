/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * mod-acmlint: lints each zone before the server loads it, and keeps versions out of which ACM
 * could not issue or renew. The callbacks, in the order of Knot's own modules.
 */

#include <knot/module.h>
#include <stdlib.h>
#include <string.h>

#include "background.h"
#include "commit_options.h"
#include "guard.h"
#include "load_gate.h"
#include "load_watch.h"
#include "options.h"

/* How long the callbacks of one start or reload may do what need not be waited for. */
#define PATIENCE INT64_C(50000000)

/* One counter with many indices: Knot allocates each counter for each zone and thread. */
enum { LINTED, ACCEPTED, REJECTED, UNCHANGED, ERRORS, WARNINGS, INFOS, MICROSECONDS, COUNTERS };

static char *counter_name(uint32_t idx, uint32_t count)
{
	static const char *const names[COUNTERS] = {
		[LINTED] = "zones-linted", [ACCEPTED] = "zones-accepted",
		[REJECTED] = "zones-rejected", [UNCHANGED] = "zones-unchanged",
		[ERRORS] = "findings-error", [WARNINGS] = "findings-warning",
		[INFOS] = "findings-info", [MICROSECONDS] = "lint-microseconds",
	};
	return idx < count && idx < COUNTERS ? strdup(names[idx]) : NULL;
}

static void say(void *ctx, int priority, const char *line)
{
	struct acml_instance *instance = ctx;
	knotd_mod_log(instance->mod, priority, "%s", line);
}

/* Into the first thread's share, which no query touches. */
static void store(void *ctx, const struct acml_totals *totals,
                  void (*put)(knotd_mod_t *mod, unsigned thread, uint32_t counter, uint32_t idx,
                              uint64_t value))
{
	struct acml_instance *instance = ctx;
	const uint64_t values[COUNTERS] = {
		[LINTED] = totals->linted, [ACCEPTED] = totals->accepted,
		[REJECTED] = totals->rejected, [UNCHANGED] = totals->unchanged,
		[ERRORS] = totals->findings[ACML_ERROR],
		[WARNINGS] = totals->findings[ACML_WARNING],
		[INFOS] = totals->findings[ACML_INFO],
		[MICROSECONDS] = totals->microseconds,
	};
	for (uint32_t i = 0; i < COUNTERS; i++) {
		put(instance->mod, 0, 0, i, values[i]);
	}
}

static void count(void *ctx, const struct acml_totals *totals)
{
	store(ctx, totals, knotd_mod_stats_store);
}

static void add(void *ctx, const struct acml_totals *totals)
{
	store(ctx, totals, knotd_mod_stats_incr);
}

static void detail(void *ctx, struct acml_policy *policy)
{
	struct acml_instance *instance = ctx;
	acml_options_detail(instance->mod, instance->entry->zone, policy);
}

static void say_fault(struct acml_instance *instance)
{
	const char *path, *fault = acml_guard_fault(instance->guard, &path);
	if (fault != NULL) {
		acml_say(&instance->host, LOG_WARNING, "state '%s' cannot be written (%s), unchanged "
		         "zones will be read at the next start", path, fault);
	}
}

/* What can wait, and is much or comes after much, is left to the guard's thread. */
static void run_watch(struct acml_gate *gate, struct acml_instance *instance)
{
	struct acml_look look = { 0 };
	struct stat st;
	if (stat(gate->published, &st) == 0 &&
	    (uint64_t)st.st_size > gate->policy.section->sync_limit &&
	    acml_background_watch(instance)) {
		return;
	}
	acml_watch_mode(gate);
	if (acml_watch_wanted(gate)) {
		acml_gate_detail(gate);
		acml_watch_look(gate, acml_guard_scanner(instance->guard), &look);
		acml_watch_settle(gate, &look);
		acml_look_clear(&look);
	}
}

static void run(struct acml_instance *instance, struct acml_section *section, bool opened)
{
	struct acml_files files;
	acml_options_files(instance->mod, section, instance->entry->zone, &files);
	acml_policy_suppose(&files.policy);
	struct acml_gate gate = {
		.zone = instance->entry->zone, .source = files.source,
		.published = files.published, .policy = files.policy, .guard = instance->guard,
		.entry = instance->entry, .host = instance->host,
	};
	say_fault(instance);
	if (files.fault != NULL) {
		acml_say(&instance->host, LOG_ERR, "zone not checked, %s", files.fault);
	} else if (section->source == NULL) {
		run_watch(&gate, instance);
	} else {
		if (opened) {
			acml_background_scout(instance, section);
		}
		acml_load_gate(&gate);
	}
}

/* False without memory. halted: the commit gate sees what the server loads. */
static bool load_zone(struct acml_instance *instance, bool halted)
{
	struct acml_guard *guard = instance->guard;
	struct acml_burst *burst = acml_guard_burst(guard);
	char state[ACML_PATH_MAX];
	bool opened = !acml_guard_is_open(guard);
	if (opened) {
		acml_options_state(instance->mod, state);
		if (!acml_guard_open(guard, state)) {
			return false;
		}
	}
	instance->entry = acml_guard_entry(guard, knotd_mod_zone(instance->mod));
	if (instance->entry == NULL) {
		return false;
	}
	if (opened) {
		burst->opening = acml_options_configuration(instance->mod);
	}
	bool idle = instance->entry->idle;
	instance->entry->idle = false;
	if (idle && burst->opening == acml_options_configuration(instance->mod)) {
		instance->entry->totals.unchanged++;
		return true;
	}
	bool has_source = acml_options_has_source(instance->mod);
	if (halted && !has_source) {
		return true;
	}
	if (burst->spent > PATIENCE && !has_source && acml_background_watch(instance)) {
		return true;
	}
	int64_t start = acml_burst_clock();
	struct acml_section *section = acml_options_shared(instance->mod, burst);
	if (section == NULL) {
		return false;
	}
	run(instance, section, opened);
	acml_background_read(guard, section);
	if (section->source == NULL) {
		burst->spent += acml_burst_clock() - start;
	}
	acml_section_release(section);
	return true;
}

static void join_commit_gate(struct acml_instance *instance)
{
	struct acml_guard *guard = instance->guard;
	struct acml_section *section =
		acml_options_shared(instance->mod, acml_guard_burst(guard));
	if (section == NULL) {
		acml_say(&instance->host, LOG_ERR, "updates cannot be checked, not enough memory");
		return;
	}
	struct acml_files files;
	struct acml_commit_options options;
	acml_options_files(instance->mod, section, instance->entry->zone, &files);
	acml_commit_options(instance->mod, &options);
	options.setup.file = files.fault == NULL ? files.published : "";
	options.setup.section = section;
	options.setup.policy = (struct acml_policy){ .section = section, .hash = section->hash };
	options.setup.host = instance->host;
	options.setup.guard = guard;
	acml_policy_know(&options.setup.policy, &instance->host);
	if (options.fault != NULL) {
		acml_say(&instance->host, LOG_ERR, "updates cannot be checked, %s", options.fault);
	} else {
		const char *fault = acml_commit_gate_join(
			acml_guard_commit_gate(guard), &instance->entry->ward, &instance->seat,
			instance->entry->zone, &options.setup);
		if (fault != NULL) {
			acml_say(&instance->host, LOG_ERR, "updates cannot be checked, the folder "
			         "of dump-new-zone '%s' cannot be watched: %s", options.dump, fault);
		}
	}
	acml_section_release(section);
}

static struct acml_instance *new_instance(knotd_mod_t *mod)
{
	struct acml_instance *instance = calloc(1, sizeof(*instance));
	if (instance != NULL) {
		instance->mod = mod;
		instance->host = (struct acml_host){
			.ctx = instance, .say = say, .count = count, .add = add,
			.detail = detail,
		};
	}
	return instance;
}

/* Locked; unlocks. */
static void free_instance(struct acml_instance *instance)
{
	struct acml_guard *guard = instance->guard;
	acml_guard_disown(guard, instance->job);
	acml_guard_burst(guard)->opening = NULL;
	if (instance->entry != NULL) {
		acml_commit_gate_leave(acml_guard_commit_gate(guard), &instance->entry->ward,
		                       &instance->seat);
		acml_guard_release(guard, instance->entry);
	}
	free(instance);
	acml_guard_leave(guard);
}

/* Always KNOT_EOK: to an error, 3.5 answers by taking the zone away, and 3.2 and 3.4 go on without
 * the module. Neither is a way to say that a zone has a fault, nor that memory is short. */
static int acmlint_load(knotd_mod_t *mod)
{
	knotd_mod_ctx_set(mod, NULL);
	int ret = knotd_mod_stats_add(mod, "lint", COUNTERS, counter_name);
	struct acml_instance *instance = ret == KNOT_EOK ? new_instance(mod) : NULL;
	if (instance == NULL) {
		knotd_mod_log(mod, LOG_ERR, "zone not checked, not enough memory");
		return KNOT_EOK;
	}
	instance->guard = acml_guard_join();
	struct acml_burst *burst = acml_guard_burst(instance->guard);
	acml_burst_begin(burst);
	bool halted = acml_commit_asked(mod);
	bool loaded = load_zone(instance, halted);
	if (loaded) {
		count(instance, &instance->entry->totals);
		if (halted) {
			join_commit_gate(instance);
		}
	}
	acml_burst_end(burst);
	if (loaded) {
		knotd_mod_ctx_set(mod, instance);
		acml_guard_unlock(instance->guard);
	} else {
		knotd_mod_log(mod, LOG_ERR, "zone not checked, not enough memory");
		free_instance(instance);
	}
	return KNOT_EOK;
}

static void acmlint_unload(knotd_mod_t *mod)
{
	struct acml_instance *instance = knotd_mod_ctx(mod);
	if (instance != NULL) {
		knotd_mod_ctx_set(mod, NULL);
		acml_guard_lock(instance->guard);
		free_instance(instance);
	}
}

KNOTD_MOD_API(acmlint, KNOTD_MOD_FLAG_SCOPE_ZONE | KNOTD_MOD_FLAG_OPT_CONF,
              acmlint_load, acmlint_unload, acml_options_schema, acml_options_check);
