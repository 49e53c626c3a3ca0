/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>
#include <libknot/errcode.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "load_gate.h"
#include "model/names.h"
#include "source.h"

#define FILE_LIMIT ((size_t)4 << 30)

/* One look at a file, from the load callback or from the guard's thread. */
struct look {
	struct acml_source source;
	struct acml_inspection inspection;
	const char *fault;
};

/* A look that nobody waits for. Owns copies of all that the gate borrows. */
struct deferred {
	struct acml_job job;
	struct acml_arena arena;
	struct acml_gate gate;
	struct acml_policy policy;
	struct look look;
};

static void look_at(const struct acml_gate *gate, struct acml_scanner *scanner, struct look *look)
{
	look->fault = acml_source_read(gate->published, FILE_LIMIT, &look->source);
	if (look->fault == NULL &&
	    (scanner == NULL ||
	     acml_inspect(scanner, gate->policy, gate->zone, gate->published, look->source.bytes,
	                  look->source.size, ACML_KEEP_RELEVANT,
	                  &look->inspection) != KNOT_EOK)) {
		look->fault = "cannot be read, no memory";
	}
	free(look->source.bytes);
	look->source.bytes = NULL;
}

static void settle(const struct acml_gate *gate, const struct look *look)
{
	struct acml_record record = {
		.verdict = look->inspection.fails ? ACML_TOLERATED : ACML_ACCEPTED,
		/* A file with includes is read every time. */
		.fresh = look->source.fresh || look->inspection.zone->has_includes,
		.settings = gate->policy->hash, .serial = look->inspection.serial,
	};
	acml_identity_of(&look->source.st, &record.source);
	record.published = record.source;
	for (int i = ACML_INFO; i <= ACML_ERROR; i++) {
		record.count[i] = look->inspection.result->count[i];
	}
	acml_guard_settle(gate->guard, gate->entry, &record, -1);
}

static void say_look(const struct acml_gate *gate, const struct look *look)
{
	const struct acml_inspection *inspection = &look->inspection;
	char counts[ACML_COUNTS_TEXT];
	if (look->fault != NULL) {
		acml_say(&gate->host, LOG_WARNING, "file '%s' %s, not linted", gate->published,
		         look->fault);
		return;
	}
	acml_say_findings(&gate->host, inspection);
	acml_say(&gate->host, inspection->fails ? LOG_WARNING : LOG_INFO,
	         "accepted%s, serial %u (%s)",
	         inspection->fails ? " though mode reject would not" : "", inspection->serial,
	         acml_counts_text(inspection, counts));
	settle(gate, look);
	acml_count(&gate->entry->totals, inspection, false);
}

static void run_deferred(struct acml_job *job)
{
	struct deferred *deferred = (struct deferred *)job;
	struct acml_scanner *scanner = acml_scanner_new();
	look_at(&deferred->gate, scanner, &deferred->look);
	acml_scanner_free(scanner);
}

static void finish_deferred(struct acml_job *job)
{
	struct deferred *deferred = (struct deferred *)job;
	const struct acml_gate *gate = &deferred->gate;
	say_look(gate, &deferred->look);
	gate->host.count(gate->host.ctx, &gate->entry->totals);
}

static void dispose_deferred(struct acml_job *job)
{
	struct deferred *deferred = (struct deferred *)job;
	acml_guard_release(deferred->gate.guard, deferred->gate.entry);
	acml_inspection_clear(&deferred->look.inspection);
	acml_arena_clear(&deferred->arena);
	free(deferred);
}

static bool copy_policy(struct acml_arena *arena, const struct acml_policy *from,
                        struct acml_policy *to)
{
	*to = *from;
	struct acml_wanted *wanted = acml_arena_alloc(arena, from->n_wanted * sizeof(*wanted) + 1);
	const knot_dname_t **names = acml_arena_alloc(arena, from->n_wanted * sizeof(*names) + 1);
	const char **rules = acml_arena_alloc(arena, from->n_rules * sizeof(*rules) + 1);
	if (wanted == NULL || names == NULL || rules == NULL) {
		return false;
	}
	for (size_t i = 0; i < from->n_wanted; i++) {
		names[i] = acml_name_dup(arena, from->wanted[i].name);
		wanted[i].name = names[i];
		wanted[i].wildcard = from->wanted[i].wildcard;
		if (names[i] == NULL) {
			return false;
		}
	}
	for (size_t i = 0; i < from->n_rules; i++) {
		rules[i] = acml_arena_strdup(arena, from->rules[i]);
		if (rules[i] == NULL) {
			return false;
		}
	}
	to->wanted = wanted;
	to->names = names;
	to->rules = rules;
	return true;
}

/* False: it has to be done at once. */
static bool defer(const struct acml_gate *gate, const void *owner)
{
	struct deferred *deferred = calloc(1, sizeof(*deferred));
	if (deferred == NULL) {
		return false;
	}
	struct acml_arena *arena = &deferred->arena;
	deferred->gate = *gate;
	deferred->gate.policy = &deferred->policy;
	deferred->gate.zone = gate->entry->zone;
	deferred->gate.published = acml_arena_strdup(arena, gate->published);
	deferred->job = (struct acml_job){
		.owner = owner, .run = run_deferred, .done = finish_deferred,
		.dispose = dispose_deferred,
	};
	gate->entry->users++;
	if (deferred->gate.published == NULL ||
	    !copy_policy(arena, gate->policy, &deferred->policy) ||
	    !acml_guard_defer(gate->guard, &deferred->job)) {
		dispose_deferred(&deferred->job);
		return false;
	}
	return true;
}

static bool unchanged(const struct acml_gate *gate, const struct stat *st)
{
	const struct acml_record *record = &gate->entry->record;
	struct acml_identity identity;
	acml_identity_of(st, &identity);
	return gate->entry->has_record && !record->fresh &&
	       record->settings == gate->policy->hash &&
	       acml_identity_equal(&identity, &record->source);
}

void acml_load_watch(const struct acml_gate *gate, const void *owner)
{
	const struct acml_record *record = &gate->entry->record;
	struct stat st;
	if (stat(gate->published, &st) != 0) {
		/* Usual for a zone that comes from a primary server or from the journal. */
		acml_say(&gate->host, LOG_DEBUG, "file '%s' not linted: %s", gate->published,
		         strerror(errno));
	} else if (unchanged(gate, &st)) {
		gate->entry->totals.unchanged++;
		if (record->verdict == ACML_TOLERATED) {
			acml_say(&gate->host, LOG_WARNING, "unchanged, mode reject would not accept "
			         "serial %u (%u errors, %u warnings, %u infos when it was read)",
			         record->serial, record->count[ACML_ERROR],
			         record->count[ACML_WARNING], record->count[ACML_INFO]);
		}
	} else if ((uint64_t)st.st_size <= gate->policy->sync_limit || !defer(gate, owner)) {
		struct look look = { 0 };
		look_at(gate, acml_guard_scanner(gate->guard), &look);
		say_look(gate, &look);
		acml_inspection_clear(&look.inspection);
	}
}
