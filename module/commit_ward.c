/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "commit_ward.h"

#include <libknot/errcode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "load_gate.h"

struct acml_terms *acml_terms_new(const struct acml_commit_setup *setup)
{
	size_t size = strlen(setup->dump) + 1, file_size = strlen(setup->file) + 1;
	struct acml_terms *terms = calloc(1, sizeof(*terms) + size + file_size);
	if (terms == NULL) {
		return NULL;
	}
	terms->refs = 1;
	terms->guard = setup->guard;
	terms->signs = setup->signs;
	terms->section = setup->section;
	terms->section->refs++;
	terms->policy = setup->policy;
	acml_policy_hold(&terms->policy);
	terms->rules = (struct acml_commit_rules){
		.reject = setup->section->reject, .refuse_first = setup->section->refuse_first,
		.timeout = setup->timeout * 1000, .lock_timeout = setup->socket_timeout * 1000,
	};
	memcpy(terms->path, setup->dump, size);
	terms->file = memcpy(terms->path + size, setup->file, file_size);
	return terms;
}

void acml_terms_release(struct acml_terms *terms)
{
	if (terms != NULL && --terms->refs == 0) {
		acml_policy_release(&terms->policy);
		acml_section_release(terms->section);
		free(terms);
	}
}

static struct acml_identity look(const char *path)
{
	struct acml_identity identity = { 0 };
	struct stat st;
	if (stat(path, &st) == 0) {
		acml_identity_of(&st, &identity);
	}
	return identity;
}

struct acml_ward *acml_ward_new(const knot_dname_t *zone, const char *file,
                                struct acml_absent *absent)
{
	char name[ACML_NAME_TEXT];
	size_t size = knot_dname_size(zone), name_size = strlen(acml_name_text(zone, name)) + 1;
	struct acml_ward *ward = calloc(1, sizeof(*ward) + size + name_size);
	if (ward != NULL) {
		memcpy(ward->zone, zone, size);
		ward->name = memcpy(ward->zone + size, name, name_size);
		ward->file = look(file);
		ward->file_loaded = true;
		ward->absent = absent;
	}
	return ward;
}

void acml_ward_free(struct acml_ward *ward)
{
	acml_judgement_clear(&ward->judgement);
	acml_zone_free(ward->baseline);
	acml_above_clear(&ward->above);
	acml_terms_release(ward->terms);
	free(ward);
}

bool acml_action_needs_control(enum acml_commit_action_kind kind)
{
	return kind >= ACML_DO_STATUS;
}

/* A version that was discarded did not come from a file that was loaded before: then its sender was
 * told, and to load that file again would undo what dynamic updates have changed since. */
static bool worth_asking(const struct acml_ward *ward, const struct acml_terms *terms)
{
	struct acml_identity file = look(terms->file);
	return ward->secondary || !ward->answered || !ward->file_loaded || ward->file_discarded ||
	       !acml_identity_equal(&file, &ward->file);
}

/* What a file holds, as a number; the serial and what a server that signs adds aside. */
static bool content_of(const struct acml_ward *ward, const struct acml_terms *terms,
                       struct acml_scanner *scanner, const char *path, uint64_t *out_digest)
{
	const struct acml_read_options options = {
		.origin = ward->name, .keep = ACML_KEEP_RELEVANT, .interest = &acml_lint_interest,
		.digest = true, .digest_unsigned = terms->signs,
	};
	struct acml_source source = { 0 };
	struct acml_zone *zone = NULL;
	bool known = acml_source_read(path, ACML_SOURCE_LIMIT, &source) == NULL &&
	             acml_zone_read_bytes(scanner, path, source.bytes, source.size, &options,
	                                  &zone) == KNOT_EOK && zone->complete;
	*out_digest = known ? zone->digest : 0;
	acml_zone_free(zone);
	acml_source_clear(&source);
	return known;
}

/* A file that was edited while dynamic updates came may be loaded later than it was first seen. */
static bool is_file(const struct acml_ward *ward, const struct acml_terms *terms,
                    struct acml_scanner *scanner)
{
	const struct acml_identity dump = look(terms->path);
	uint64_t in_dump, in_file;
	return scanner != NULL && acml_identity_equal(&dump, &ward->judgement.dump) &&
	       content_of(ward, terms, scanner, terms->path, &in_dump) &&
	       content_of(ward, terms, scanner, terms->file, &in_file) && in_dump == in_file;
}

static enum acml_reply ask_again(struct acml_ward *ward, const struct acml_terms *terms,
                                 struct acml_scanner *scanner, struct acml_control *control)
{
	bool worth = worth_asking(ward, terms);
	if (!worth) {
		worth = ward->file_discarded = is_file(ward, terms, scanner);
	}
	enum acml_reply reply = !worth ? ACML_REPLY_DONE :
	                        control == NULL ? ACML_REPLY_LOST :
	                        acml_control_again(control, ward->name, ward->secondary);
	ward->file_discarded &= reply != ACML_REPLY_DONE;
	return reply;
}

static struct acml_served baseline_of(const struct acml_ward *ward)
{
	struct acml_served served = { 0 };
	served.any = ward->baseline != NULL && acml_zone_serial(ward->baseline, &served.serial);
	return served;
}

static void keep_baseline(struct acml_ward *ward, struct acml_zone *zone, uint64_t hash)
{
	acml_zone_free(ward->baseline);
	ward->baseline = zone;
	ward->baseline_hash = hash;
}

/* Other rules, or another inventory, may ask for names that were not kept. */
static uint64_t purpose(const struct acml_terms *terms)
{
	return acml_hash(terms->policy.hash, &terms->policy.facts, sizeof(terms->policy.facts));
}

/* Inventory and parent may have changed. Not while zones are loaded: who loads may wait for this
 * very thread to end, and has looked just now. */
static void know(const struct acml_ward *ward, struct acml_terms *terms)
{
	struct acml_policy *policy = &terms->policy;
	if (terms->guard == NULL || !acml_guard_trylock(terms->guard)) {
		return;
	}
	/* Seats come and go under the guard's lock. */
	if (ward->seats != NULL) {
		const struct acml_policy before = *policy;
		for (int i = 0; i < ACML_GIVENS; i++) {
			acml_given_again(terms->section->given[i]);
		}
		acml_policy_know(policy, &ward->seats->host);
		acml_policy_hold(policy);
		acml_policy_release(&before);
	}
	acml_guard_unlock(terms->guard);
}

static void judge(struct acml_ward *ward, struct acml_terms *terms,
                  struct acml_scanner *scanner, struct acml_commit_event *event)
{
	acml_judgement_clear(&ward->judgement);
	know(ward, terms);
	scanner = acml_above_learn(&ward->above, ward->zone) ? scanner : NULL;
	struct acml_policy policy = terms->policy;
	if (ward->baseline_hash != purpose(terms)) {
		keep_baseline(ward, NULL, purpose(terms));
	}
	policy.baseline = ward->baseline;
	policy.above = ward->above.parent;
	ward->file_judged = look(terms->file);
	acml_commit_judge(scanner, &policy, ward->zone, terms->path, &ward->judgement);
	event->kind = ACML_JUDGED;
	event->dump = ward->judgement.dump;
	event->opinion = ward->judgement.opinion;
	event->serial = ward->judgement.inspection.serial;
	event->baseline = baseline_of(ward);
}

/* The option parent names its DS, which is more than what the zone above says. */
static bool is_given(const struct acml_ward *ward, const struct acml_terms *terms)
{
	const struct acml_known *known = terms->policy.known[ACML_GIVEN_PARENT];
	const struct acml_child *child =
		known != NULL ? acml_parent_child(known->parent, ward->zone) : NULL;
	return child != NULL && child->ds_known;
}

static bool is_signed(const struct acml_ward *ward)
{
	const struct acml_zone *zone = ward->judgement.inspection.zone;
	return (zone != NULL && zone->has_dnssec) ||
	       (ward->baseline != NULL && ward->baseline->has_dnssec);
}

/* The dump is looked at last: what the server says then is about this one, or older. */
static void ask(struct acml_ward *ward, const struct acml_terms *terms,
                struct acml_control *control, struct acml_commit_event *event)
{
	struct acml_control_status status = { 0 };
	event->kind = ACML_STATUS;
	event->reply = acml_control_status(control, ward->name, &status);
	event->transaction = status.transaction;
	event->served = status.served;
	if (event->reply == ACML_REPLY_DONE &&
	    status.transaction == ACML_TRANSACTION_EXTERNAL) {
		if (!is_given(ward, terms)) {
			event->reply = acml_above_listen(&ward->above, ward->absent, control,
			                                 ward->zone, is_signed(ward));
		}
		event->outdated = ward->above.outdated;
	}
	event->dump = look(terms->path);
	if (event->reply == ACML_REPLY_DONE) {
		ward->secondary = status.secondary;
		ward->answered = status.served.any;
	}
}

/* Makes what is served the baseline, where it is not. */
static enum acml_reply base(struct acml_ward *ward, const struct acml_terms *terms,
                            const struct acml_served *served, struct acml_scanner *scanner,
                            struct acml_control *control)
{
	char *text = NULL;
	size_t size = 0;
	struct acml_zone *zone = NULL;
	const struct acml_served known = baseline_of(ward);
	if (ward->baseline_hash == purpose(terms) && known.any && served->any &&
	    known.serial == served->serial) {
		return ACML_REPLY_DONE;
	}
	keep_baseline(ward, NULL, purpose(terms));
	if (!served->any || scanner == NULL) {
		return ACML_REPLY_DONE;
	}
	enum acml_reply reply = acml_control_read(control, ward->name, NULL, ACML_SOURCE_LIMIT,
	                                          &text, &size);
	if (reply == ACML_REPLY_DONE &&
	    acml_inspect_read(scanner, &terms->policy, ward->zone, "served", text, size,
	                      ACML_KEEP_RELEVANT, &zone) == KNOT_EOK) {
		keep_baseline(ward, zone, purpose(terms));
	}
	free(text);
	return reply;
}

void acml_ward_perform(struct acml_ward *ward, struct acml_terms *terms,
                       const struct acml_commit_action *action, struct acml_scanner *scanner,
                       struct acml_control *control, struct acml_commit_event *out_event)
{
	struct acml_commit_event event = { .reply = ACML_REPLY_LOST, .served = action->served };
	bool mute = acml_action_needs_control(action->kind) && control == NULL;
	switch (action->kind) {
	case ACML_DO_JUDGE:
		judge(ward, terms, scanner, &event);
		break;
	case ACML_DO_STATUS:
		event.kind = ACML_STATUS;
		if (!mute) {
			ask(ward, terms, control, &event);
		}
		break;
	case ACML_DO_BASE:
		event.kind = ACML_BASED;
		event.reply = mute ? ACML_REPLY_LOST :
		              base(ward, terms, &action->served, scanner, control);
		break;
	case ACML_DO_COMMIT:
	case ACML_DO_ABORT:
		event.kind = ACML_ANSWERED;
		event.reply = mute ? ACML_REPLY_LOST : action->kind == ACML_DO_COMMIT ?
		              acml_control_commit(control, ward->name) :
		              acml_control_abort(control, ward->name);
		break;
	case ACML_DO_RESCUE:
	default:
		event.kind = ACML_RESCUED;
		event.reply = ask_again(ward, terms, scanner, control);
		break;
	}
	if (acml_action_needs_control(action->kind) && event.reply == ACML_REPLY_LOST) {
		ward->fault = mute ? "not enough memory" : acml_control_fault(control);
	}
	*out_event = event;
}

#define SERVED_TEXT 40

/* " after 6", or nothing. */
static const char *after_text(const struct acml_served *served, char buffer[SERVED_TEXT])
{
	buffer[0] = '\0';
	if (served->any) {
		snprintf(buffer, SERVED_TEXT, " after %u", served->serial);
	}
	return buffer;
}

static const char *kept_text(const struct acml_served *served, char buffer[SERVED_TEXT])
{
	if (!served->any) {
		return "nothing is published";
	}
	snprintf(buffer, SERVED_TEXT, "keeping serial %u", served->serial);
	return buffer;
}

/* In doubt: why. Else NULL. */
static const char *doubt(const struct acml_ward *ward)
{
	if (ward->commit.opinion != ACML_OPINION_DOUBT) {
		return NULL;
	}
	return ward->judgement.fault != NULL ? ward->judgement.fault : "is not there any more";
}

static void count(struct acml_ward *ward, bool rejected)
{
	struct acml_totals one = { 0 };
	acml_count(&one, &ward->judgement.inspection, rejected);
	acml_totals_add(&ward->totals, &one);
	ward->seats->host.add(ward->seats->host.ctx, &one);
}

static void tell_published(struct acml_ward *ward, const struct acml_commit_action *action)
{
	const struct acml_host *host = &ward->seats->host;
	const struct acml_inspection *inspection = &ward->judgement.inspection;
	char counts[ACML_COUNTS_TEXT], after[SERVED_TEXT];
	bool reject = ward->terms->rules.reject;
	after_text(&action->served, after);
	if (doubt(ward) != NULL) {
		acml_say(host, LOG_ERR, "not checked, %s, dump '%s' %s",
		         reject ? "accepted for want of any version" : "accepted in mode log",
		         ward->terms->path, doubt(ward));
		return;
	}
	acml_say_findings(host, inspection);
	if (ward->commit.opinion == ACML_OPINION_PASS) {
		acml_say(host, LOG_INFO, "accepted, serial %u%s (%s)", inspection->serial, after,
		         acml_counts_text(inspection, counts));
	} else {
		acml_say(host, LOG_WARNING, "%s, serial %u%s (%s)",
		         reject ? "accepted for want of a better version" :
		         "accepted in mode log, would have been rejected", inspection->serial,
		         after, acml_counts_text(inspection, counts));
	}
	count(ward, false);
}

static void tell_rejected(struct acml_ward *ward, const struct acml_commit_action *action)
{
	const struct acml_judgement *judgement = &ward->judgement;
	const struct acml_host *host = &ward->seats->host;
	char counts[ACML_COUNTS_TEXT], kept[SERVED_TEXT];
	const char *keeping = kept_text(&action->served, kept);
	if (doubt(ward) != NULL) {
		acml_say(host, LOG_ERR, "rejected, %s, dump '%s' %s", keeping, ward->terms->path,
		         doubt(ward));
		return;
	}
	acml_say_findings(host, &judgement->inspection);
	acml_say(host, LOG_ERR, "rejected, %s, not serial %u (%s)", keeping,
	         judgement->inspection.serial, acml_counts_text(&judgement->inspection, counts));
	count(ward, true);
}

/* What was published is what the next version is compared with. */
static void keep(struct acml_ward *ward)
{
	struct acml_inspection *inspection = &ward->judgement.inspection;
	/* It may have changed after the server read it, and before this version was judged. */
	ward->file_loaded = acml_identity_equal(&ward->file, &ward->file_judged);
	ward->file = ward->file_judged;
	ward->file_discarded = false;
	if (doubt(ward) != NULL) {
		keep_baseline(ward, NULL, ward->baseline_hash);
		return;
	}
	keep_baseline(ward, inspection->zone, ward->baseline_hash);
	inspection->zone = NULL;
}

static void say_note(struct acml_ward *ward, const struct acml_commit_action *action,
                     const char *socket)
{
	const struct acml_host *host = &ward->seats->host;
	uint32_t serial = ward->judgement.inspection.serial;
	switch (action->note) {
	case ACML_NOTE_ACCEPTED:
	case ACML_NOTE_TOLERATED:
		tell_published(ward, action);
		break;
	case ACML_NOTE_REJECTED:
		tell_rejected(ward, action);
		break;
	case ACML_NOTE_OTHERS:
		acml_say(host, LOG_NOTICE, "somebody else has answered the update to serial %u",
		         serial);
		break;
	case ACML_NOTE_DISCARDED:
		acml_say(host, LOG_WARNING, "serial %u was to be published, but the server has "
		         "discarded it (a reload, or no answer within the timeout of the section "
		         "external), %s", serial, !worth_asking(ward, ward->terms) ?
		         "and told its sender; if the zone's file has it, it is asked for again" :
		         ward->secondary ?
		         "asking it to refresh the zone" : "asking it to load the zone again");
		break;
	case ACML_NOTE_UNREACHABLE:
		acml_say(host, LOG_ERR, "control socket '%s' does not answer (%s), the update has "
		         "to wait: see server.rundir, control.listen and control.timeout", socket,
		         ward->fault != NULL ? ward->fault : "busy");
		break;
	default:
		break;
	}
}

void acml_ward_tell(struct acml_ward *ward, const struct acml_commit_action *action,
                    const char *socket)
{
	if (ward->seats != NULL) {
		say_note(ward, action, socket);
	}
	if (action->note == ACML_NOTE_ACCEPTED || action->note == ACML_NOTE_TOLERATED) {
		keep(ward);
	}
	if (ward->commit.phase == ACML_PHASE_IDLE) {
		/* Zones are many, and most do nothing for days. The serial stays. */
		acml_inspection_clear(&ward->judgement.inspection);
	}
}
