/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * mod-acmlint: lints each zone before the server loads it, and keeps versions out of which ACM
 * could not issue or renew. The callbacks, in the order of Knot's own modules.
 */

#include <knot/module.h>
#include <stdlib.h>
#include <string.h>

#include "guard.h"
#include "load_gate.h"
#include "options.h"

/* One counter with many indices: Knot allocates each counter for each zone and thread. */
enum { LINTED, ACCEPTED, REJECTED, UNCHANGED, ERRORS, WARNINGS, INFOS, MICROSECONDS, COUNTERS };

struct instance {
	knotd_mod_t *mod;
	struct acml_guard *guard;
	struct acml_entry *entry;
};

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
	struct instance *instance = ctx;
	knotd_mod_log(instance->mod, priority, "%s", line);
}

static void count(void *ctx, const struct acml_totals *totals)
{
	struct instance *instance = ctx;
	const uint64_t values[COUNTERS] = {
		[LINTED] = totals->linted, [ACCEPTED] = totals->accepted,
		[REJECTED] = totals->rejected, [UNCHANGED] = totals->unchanged,
		[ERRORS] = totals->findings[ACML_ERROR],
		[WARNINGS] = totals->findings[ACML_WARNING],
		[INFOS] = totals->findings[ACML_INFO],
		[MICROSECONDS] = totals->microseconds,
	};
	for (uint32_t i = 0; i < COUNTERS; i++) {
		/* The first thread's share, which no query touches. */
		knotd_mod_stats_store(instance->mod, 0, 0, i, values[i]);
	}
}

static void run_gate(struct instance *instance, const struct acml_options *options)
{
	const struct acml_gate gate = {
		.zone = instance->entry->zone,
		.source = options->has_source ? options->source : NULL,
		.published = options->published,
		.policy = &options->policy,
		.guard = instance->guard,
		.entry = instance->entry,
		.host = { .ctx = instance, .say = say, .count = count },
	};
	const char *path, *fault = acml_guard_fault(instance->guard, &path);
	if (fault != NULL) {
		acml_say(&gate.host, LOG_WARNING, "state '%s' cannot be written (%s), unchanged "
		         "zones will be read at the next start", path, fault);
	}
	if (options->fault != NULL) {
		acml_say(&gate.host, LOG_ERR, "zone not checked, %s", options->fault);
	} else if (options->has_source) {
		acml_load_gate(&gate);
	} else {
		if (options->policy.reject) {
			acml_say(&gate.host, LOG_ERR, "mode reject needs a source, "
			         "nothing can be rejected, findings are logged only");
		}
		acml_load_watch(&gate, instance);
	}
	count(instance, &instance->entry->totals);
}

/* Joins the guard, which is locked then. */
static struct instance *new_instance(knotd_mod_t *mod)
{
	char state[ACML_PATH_MAX];
	struct instance *instance = calloc(1, sizeof(*instance));
	if (instance == NULL) {
		return NULL;
	}
	acml_options_state(mod, state);
	instance->mod = mod;
	instance->guard = acml_guard_join(state);
	if (instance->guard == NULL) {
		free(instance);
		return NULL;
	}
	instance->entry = acml_guard_entry(instance->guard, knotd_mod_zone(mod));
	if (instance->entry == NULL) {
		acml_guard_leave(instance->guard);
		free(instance);
		return NULL;
	}
	return instance;
}

/* Always KNOT_EOK: to an error, 3.5 answers by taking the zone away, and 3.2 and 3.4 go on without
 * the module. Neither is a way to say that a zone has a fault, nor that memory is short. */
static int acmlint_load(knotd_mod_t *mod)
{
	struct acml_options options;
	knotd_mod_ctx_set(mod, NULL);
	int ret = acml_options_read(mod, &options);
	if (ret == KNOT_EOK) {
		ret = knotd_mod_stats_add(mod, "lint", COUNTERS, counter_name);
	}
	struct instance *instance = ret == KNOT_EOK ? new_instance(mod) : NULL;
	if (instance != NULL) {
		knotd_mod_ctx_set(mod, instance);
		run_gate(instance, &options);
		acml_guard_unlock(instance->guard);
	} else {
		knotd_mod_log(mod, LOG_ERR, "zone not checked, not enough memory");
	}
	acml_options_clear(&options);
	return KNOT_EOK;
}

static void acmlint_unload(knotd_mod_t *mod)
{
	struct instance *instance = knotd_mod_ctx(mod);
	if (instance == NULL) {
		return;
	}
	acml_guard_lock(instance->guard);
	acml_guard_disown(instance->guard, instance);
	acml_guard_release(instance->guard, instance->entry);
	acml_guard_leave(instance->guard);
	knotd_mod_ctx_set(mod, NULL);
	free(instance);
}

KNOTD_MOD_API(acmlint, KNOTD_MOD_FLAG_SCOPE_ZONE | KNOTD_MOD_FLAG_OPT_CONF,
              acmlint_load, acmlint_unload, acml_options_schema, acml_options_check);
