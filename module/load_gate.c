/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "load_gate.h"

#include <libknot/errcode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "copy.h"
#include "flatten.h"
#include "model/names.h"
#include "publish.h"
#include "source.h"

/* One run of the gate over a source that has to be read. */
struct run {
	struct acml_gate *gate;
	struct acml_scanner *scanner;
	struct acml_source source;
	struct acml_inspection inspection;
	struct acml_copy copy;
	uint64_t content;       /* Hash of the source's bytes. */
	uint64_t stamp;         /* Of the included files. */
	char *includes;
	bool held;              /* It was rejected, and what spoke against it cannot be read. */
};

void acml_gate_detail(struct acml_gate *gate)
{
	if (!gate->policy.detailed) {
		gate->host.detail(gate->host.ctx, &gate->policy);
		gate->policy.detailed = true;
	}
	if (!gate->policy.knows) {
		acml_policy_know(&gate->policy, &gate->host);
	}
}

bool acml_gate_stands(const struct acml_record *record, const struct acml_policy *policy)
{
	return record->settings == policy->hash &&
	       (policy->lacks || record->facts == policy->facts);
}

bool acml_gate_stands_now(struct acml_gate *gate)
{
	const struct acml_entry *entry = gate->entry;
	if (!entry->has_record || entry->record.settings != gate->policy.hash) {
		return false;
	}
	if (!acml_gate_stands(&entry->record, &gate->policy)) {
		acml_gate_detail(gate);
	}
	return acml_gate_stands(&entry->record, &gate->policy);
}

/* The source cannot be judged. */
static void say_fault(struct acml_gate *gate, const char *fault)
{
	struct acml_copy copy;
	char text[ACML_COPY_TEXT];
	acml_copy_find(gate, &copy);
	acml_copy_know(gate, &copy);
	acml_say(&gate->host, LOG_ERR, "source '%s' %s, %s", gate->source, fault,
	         acml_copy_text(&copy, text));
}

/* Whether nothing but inventory and parent speaks against it. */
static bool is_by_facts(const struct run *run)
{
	const struct acml_policy *policy = &run->gate->policy;
	bool fails = true;
	if (run->held) {
		return true;
	}
	return run->inspection.fails &&
	       acml_inspect_alone(policy, &run->inspection, &fails) == KNOT_EOK && !fails;
}

static void settle(const struct run *run, enum acml_verdict verdict, const struct stat *published,
                   uint32_t serial, int unflushed)
{
	struct acml_gate *gate = run->gate;
	struct acml_record record = {
		.verdict = verdict, .fresh = run->source.fresh, .settings = gate->policy.hash,
		.facts = gate->policy.facts,
		.by_facts = verdict == ACML_REJECTED && is_by_facts(run),
		.content = run->content, .serial = serial, .includes_stamp = run->stamp,
		.includes = run->includes != NULL ? strdup(run->includes) : NULL,
	};
	acml_identity_of(&run->source.st, &record.source);
	if (published != NULL) {
		acml_identity_of(published, &record.published);
	}
	for (int i = ACML_INFO; i <= ACML_ERROR; i++) {
		record.count[i] = run->inspection.result->count[i];
	}
	acml_guard_settle(gate->guard, gate->entry, &record, unflushed);
}

static void reject(const struct run *run, const char *why)
{
	struct acml_gate *gate = run->gate;
	const struct acml_copy *copy = &run->copy;
	char counts[ACML_COUNTS_TEXT], kept[ACML_COPY_TEXT];
	bool same = copy->there && run->inspection.serial == copy->serial &&
	            acml_publish_same(gate->published, run->source.bytes, run->source.size);
	acml_publish_clean(gate->published);
	acml_say_findings(&gate->host, &run->inspection);
	acml_say(&gate->host, LOG_ERR, "rejected%s, %s%s (%s)", why, acml_copy_text(copy, kept),
	         copy->good && same ? ", which is this very version" : "",
	         acml_counts_text(&run->inspection, counts));
	settle(run, ACML_REJECTED, copy->good ? &copy->st : NULL, copy->serial, -1);
	acml_count(&gate->entry->totals, &run->inspection, true);
}

static void reject_unloadable(const struct run *run)
{
	const struct acml_obstacle *obstacle = &run->inspection.obstacle;
	char owner[ACML_NAME_TEXT], line[24] = "", why[256];
	if (obstacle->line > 0) {
		snprintf(line, sizeof(line), ", line %u", obstacle->line);
	}
	snprintf(why, sizeof(why), ", the server could not load it: %s, %.80s%s", obstacle->what,
	         acml_name_text(obstacle->owner, owner), line);
	reject(run, why);
}

/* Puts the source in place. NULL or what went wrong. */
static const char *install(struct run *run, struct stat *out_st, int *out_unflushed,
                           bool *out_written)
{
	const struct acml_zone *zone = run->inspection.zone;
	struct acml_gate *gate = run->gate;
	char *flat = NULL;
	struct acml_publication publication = {
		.path = gate->published, .bytes = run->source.bytes, .size = run->source.size,
		.published = run->copy.there ? &run->copy.st : NULL, .source = &run->source.st,
	};
	if (zone->has_includes || zone->has_crlf) {
		int ret = acml_flatten(run->scanner, zone, &flat, &publication.size);
		if (ret != KNOT_EOK) {
			return ret == KNOT_ENOMEM ? "cannot be written, no memory" :
			       "cannot be written without its includes";
		}
		publication.bytes = flat;
	}
	const char *fault = NULL;
	*out_st = run->copy.st;
	*out_unflushed = -1;
	*out_written = !run->copy.there || run->copy.st.st_size != (off_t)publication.size ||
	               !acml_publish_same(gate->published, publication.bytes, publication.size);
	if (*out_written) {
		fault = acml_publish(&publication, out_st, out_unflushed);
	}
	free(flat);
	return fault;
}

static void accept(struct run *run)
{
	struct acml_gate *gate = run->gate;
	const struct acml_inspection *inspection = &run->inspection;
	char counts[ACML_COUNTS_TEXT], kept[ACML_COPY_TEXT];
	struct stat st;
	int unflushed;
	bool written;
	acml_say_findings(&gate->host, inspection);
	const char *fault = install(run, &st, &unflushed, &written);
	if (fault != NULL) {
		acml_copy_know(gate, &run->copy);
		acml_say(&gate->host, LOG_ERR, "accepted, but not published: '%s': %s, %s",
		         gate->published, fault, acml_copy_text(&run->copy, kept));
		acml_guard_unsettle(gate->entry);
		return;
	}
	int priority = inspection->fails ? LOG_WARNING : LOG_INFO;
	const char *but = !inspection->fails ? "" : gate->policy.section->reject ?
	                  " for want of a better version" : " though mode reject would not";
	acml_say(&gate->host, priority, "accepted%s, serial %u%s (%s)", but, inspection->serial,
	         written ? "" : ", already published", acml_counts_text(inspection, counts));
	settle(run, inspection->fails ? ACML_TOLERATED : ACML_ACCEPTED, &st, inspection->serial,
	       unflushed);
	if (!written) {
		acml_publish_clean(gate->published);
	}
	acml_count(&gate->entry->totals, inspection, false);
}

/* Through a link, too. */
static bool is_source(const struct acml_copy *copy, const struct stat *source)
{
	return copy->there && copy->st.st_dev == source->st_dev &&
	       copy->st.st_ino == source->st_ino;
}

/* Another version of what only inventory or parent spoke against, and what they say now, nobody
 * knows: doubt does not publish. */
static bool is_held(const struct run *run)
{
	const struct acml_gate *gate = run->gate;
	const struct acml_record *record = &gate->entry->record;
	return gate->policy.lacks && gate->entry->has_record &&
	       record->verdict == ACML_REJECTED && record->by_facts &&
	       record->settings == gate->policy.hash;
}

static void decide(struct run *run)
{
	const struct acml_section *section = run->gate->policy.section;
	acml_copy_find(run->gate, &run->copy);
	if (is_source(&run->copy, &run->source.st)) {
		acml_say(&run->gate->host, LOG_ERR, "source '%s' is the zone's own file: "
		         "nothing can be held back, keep the two apart", run->gate->source);
	} else if (!run->inspection.loadable) {
		acml_copy_know(run->gate, &run->copy);
		reject_unloadable(run);
	} else if (section->reject && (run->inspection.fails || is_held(run))) {
		acml_copy_know(run->gate, &run->copy);
		run->held = !run->inspection.fails;
		if (run->copy.good || section->refuse_first) {
			reject(run, run->held ? " as before, as long as inventory or parent cannot be "
			       "read" : "");
		} else {
			accept(run);
		}
	} else {
		accept(run);
	}
}

/* The included files have to stand still as well. NULL or what is wrong with one. */
static const char *check_includes(struct run *run, int64_t start)
{
	const struct acml_zone *zone = run->inspection.zone;
	size_t size = 1, len = 0;
	for (size_t i = 1; i < zone->n_files; i++) {
		size += strlen(zone->files[i]) + 1;
	}
	run->includes = zone->n_files > 1 ? calloc(1, size) : NULL;
	for (size_t i = 1; i < zone->n_files; i++) {
		struct stat st;
		bool fresh;
		const char *fault = acml_source_still(zone->files[i], start, &st, &fresh);
		/* One that is not there is a problem of the zone already. */
		if (fault != NULL && zone->complete) {
			return fault;
		}
		run->source.fresh |= fault != NULL || fresh;
		if (run->includes != NULL) {
			len += sprintf(run->includes + len, i > 1 ? "\n%s" : "%s", zone->files[i]);
		}
	}
	if (zone->n_files > 1 && (run->includes == NULL ||
	                          !acml_record_stamp(run->includes, &run->stamp))) {
		run->source.fresh = true;
	}
	return NULL;
}

/* Judges the bytes that were read. NULL or why they cannot be judged. */
static const char *judge(struct run *run, int64_t start)
{
	struct acml_gate *gate = run->gate;
	acml_gate_detail(gate);
	if (run->scanner == NULL ||
	    acml_inspect(run->scanner, &gate->policy, gate->zone, gate->source, run->source.bytes,
	                 run->source.size, ACML_KEEP_ALL, &run->inspection) != KNOT_EOK) {
		return "cannot be read, no memory";
	}
	const char *fault = check_includes(run, start);
	if (fault == NULL) {
		decide(run);
	}
	return fault;
}

/* What is known of the copy and its source, written again under new times. */
static void settle_again(struct acml_gate *gate, const struct acml_record *news)
{
	struct acml_record record = *news;
	const char *includes = gate->entry->record.includes;
	record.includes = includes != NULL ? strdup(includes) : NULL;
	acml_guard_settle(gate->guard, gate->entry, &record, -1);
}

static void say_again(struct acml_gate *gate)
{
	const struct acml_record *record = &gate->entry->record;
	bool rejected = record->verdict == ACML_REJECTED;
	gate->entry->totals.unchanged++;
	if (record->verdict != ACML_ACCEPTED) {
		acml_say(&gate->host, rejected ? LOG_ERR : LOG_WARNING,
		         "unchanged, %s serial %u (%u errors, %u warnings, %u infos when it was "
		         "read)", rejected ? "still rejected, keeping" :
		         "still with findings that would reject it,", record->serial,
		         record->count[ACML_ERROR], record->count[ACML_WARNING],
		         record->count[ACML_INFO]);
	}
}

static void read_and_decide(struct acml_gate *gate);

/* The source is the one that was accepted last, the published copy is not what was made of it:
 * the server writes there as well (zonefile-sync), and so may people. */
static void mind_copy(struct acml_gate *gate, struct acml_copy *copy)
{
	struct acml_record record = gate->entry->record;
	bool fails = false;
	acml_copy_judge(gate, copy, &fails);
	if (copy->good && !copy->known) {
		acml_say(&gate->host, LOG_WARNING, "published copy was changed and cannot be read");
		return;
	}
	/* What the server has signed itself is its own affair. */
	bool bad = fails && record.verdict == ACML_ACCEPTED && gate->policy.section->reject &&
	           gate->policy.signing != ACML_SIGNED_NO;
	if (!copy->good || bad) {
		acml_say(&gate->host, LOG_WARNING, "published copy was changed and %s, "
		         "publishing the source again", copy->good ? "would be rejected" :
		         "cannot be loaded any more");
		acml_guard_unsettle(gate->entry);
		read_and_decide(gate);
		return;
	}
	acml_say(&gate->host, LOG_INFO, "published copy was changed by the server or by hand, "
	         "left as it is until the source changes, serial %u", copy->serial);
	record.published = copy->identity;
	record.serial = copy->serial;
	settle_again(gate, &record);
}

/* The source is what it was when the verdict was given. False: the verdict is worth nothing,
 * because what is published is not there. */
static bool stand_by(struct acml_gate *gate)
{
	struct acml_copy copy;
	acml_copy_find(gate, &copy);
	if (acml_copy_is_recorded(gate, &copy)) {
		say_again(gate);
		return true;
	}
	if (!copy.there || copy.st.st_size == 0 || gate->entry->record.verdict == ACML_REJECTED) {
		return false;
	}
	mind_copy(gate, &copy);
	return true;
}

/* Other times, the same bytes: a file that was touched, or one that was too young to be trusted. */
static bool same_bytes(struct acml_gate *gate, const struct run *run)
{
	struct acml_record record = gate->entry->record;
	if (!acml_gate_stands_now(gate) || record.includes != NULL ||
	    record.content != run->content || record.source.size != run->source.size) {
		return false;
	}
	acml_identity_of(&run->source.st, &record.source);
	record.fresh = run->source.fresh;
	settle_again(gate, &record);
	return stand_by(gate);
}

static void read_and_decide(struct acml_gate *gate)
{
	struct run run = { .gate = gate, .scanner = acml_guard_scanner(gate->guard) };
	int64_t start = acml_source_clock();
	const char *fault = acml_source_read(gate->source, ACML_SOURCE_LIMIT, &run.source);
	if (fault == NULL) {
		run.content = acml_hash(ACML_HASH, run.source.bytes, run.source.size);
		fault = same_bytes(gate, &run) ? NULL : judge(&run, start);
	}
	if (fault != NULL) {
		say_fault(gate, fault);
	}
	free(run.includes);
	acml_inspection_clear(&run.inspection);
	acml_source_clear(&run.source);
}

static bool same_looks(const struct acml_record *record, const struct stat *st)
{
	struct acml_identity identity;
	uint64_t stamp;
	acml_identity_of(st, &identity);
	return !record->fresh && acml_identity_equal(&identity, &record->source) &&
	       (record->includes == NULL ||
	        (acml_record_stamp(record->includes, &stamp) && stamp == record->includes_stamp));
}

bool acml_load_gate_idle(const struct acml_record *record, const struct acml_policy *policy,
                         const char *source, const char *published)
{
	struct stat source_st, published_st;
	struct acml_identity identity;
	if (record->verdict != ACML_ACCEPTED || !acml_gate_stands(record, policy) ||
	    stat(source, &source_st) != 0 || stat(published, &published_st) != 0) {
		return false;
	}
	acml_identity_of(&published_st, &identity);
	return published_st.st_size > 0 && same_looks(record, &source_st) &&
	       acml_copy_same(&identity, &record->published);
}

void acml_load_gate(struct acml_gate *gate)
{
	const struct acml_entry *entry = gate->entry;
	struct stat st;
	bool same = entry->has_record && stat(gate->source, &st) == 0 &&
	            same_looks(&entry->record, &st) && acml_gate_stands_now(gate);
	if (!same || !stand_by(gate)) {
		read_and_decide(gate);
	}
}
