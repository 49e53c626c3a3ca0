/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "commit_state.h"

#include <stddef.h>

/* The dump is there a moment before its update can be answered. When it cannot after so
 * long, the server has most likely thrown it away: during a reload it does that. */
#define OPEN_GRACE 2000000

/* From sending an answer to the server's look at it, the lock aside. */
#define DELIVERY 500000

#define RESCUE_PAUSE INT64_C(1000000)
#define MANY_TRIES 10

#define PAUSE_LEAST 100
#define PAUSE_MOST 10000000
#define PAUSE_BUSY 20000
#define COMPLAIN_AFTER 1000000

static struct acml_commit_action act(struct acml_commit *commit, enum acml_commit_phase phase,
                                     enum acml_commit_action_kind kind)
{
	commit->phase = phase;
	return (struct acml_commit_action){ .kind = kind };
}

static bool is_there(const struct acml_identity *dump)
{
	return dump->inode != 0;
}

/* The server may have given up waiting by now; when it began to is known roughly. Whoever answers
 * by hand is quicker, or finds the update answered. */
static bool is_late(const struct acml_commit *commit, int64_t now)
{
	return now - commit->arrived >= commit->rules.timeout / 2;
}

static bool is_over(const struct acml_commit *commit, int64_t now)
{
	return now - commit->arrived >= commit->rules.timeout;
}

/* Whether an answer that is sent now can only reach the update that it is for. With a timeout that
 * is not longer than the lock's there is no such time; a quarter of it has to do. */
static bool is_in_time(const struct acml_commit *commit, int64_t now)
{
	const struct acml_commit_rules *rules = &commit->rules;
	int64_t time = rules->timeout - rules->lock_timeout - DELIVERY;
	int64_t least = rules->timeout / 4;
	return now - commit->since <= (time > least ? time : least);
}

static bool same_serial(const struct acml_served *served, uint32_t serial)
{
	return served->any && served->serial == serial;
}

/* Whether the judged version is to be published. */
static bool wanted(const struct acml_commit *commit, const struct acml_served *served)
{
	return commit->opinion == ACML_OPINION_PASS || !commit->rules.reject ||
	       (!served->any && !commit->rules.refuse_first);
}

static struct acml_commit_action wait_until(struct acml_commit *commit, int64_t until)
{
	struct acml_commit_action action = act(commit, ACML_PHASE_WAITING, ACML_DO_WAIT);
	commit->until = action.until = until;
	return action;
}

/* For longer the longer it takes: few lines in the server's log, and soon where it is soon. */
static struct acml_commit_action wait_on(struct acml_commit *commit, int64_t now, int64_t least)
{
	int64_t pause = (now - commit->arrived) / 2;
	pause = pause < least ? least : pause > PAUSE_MOST ? PAUSE_MOST : pause;
	return wait_until(commit, now + pause);
}

/* Once soon, then less and less often: where a verdict takes longer than the server waits, every
 * version is discarded. */
static void owe(struct acml_commit *commit, bool judged, int64_t now)
{
	int64_t pause = commit->tries == 0 ? 0 : RESCUE_PAUSE << (commit->tries - 1);
	commit->owed = true;
	commit->owed_version = (struct acml_served){ judged, judged ? commit->serial : 0 };
	commit->not_before = now + pause;
}

/* What was to be published, or might have been, gives way to another version, and nobody knows
 * what became of it: the next status will tell. */
static void give_way(struct acml_commit *commit, int64_t now)
{
	bool fails = commit->judged && commit->opinion != ACML_OPINION_PASS;
	if (commit->pending && !(fails && commit->rules.reject)) {
		owe(commit, commit->judged, now);
	}
}

/* Another dump. It came after since. */
static void change(struct acml_commit *commit, const struct acml_identity *dump, int64_t since,
                   int64_t now)
{
	give_way(commit, now);
	commit->dump = *dump;
	commit->news = false;
	commit->pending = true;
	commit->judged = false;
	commit->based = false;
	commit->opened = false;
	commit->unsure = false;
	commit->asked_again = false;
	commit->complained = false;
	commit->since = since;
	commit->arrived = now;
}

static struct acml_commit_action begin(struct acml_commit *commit,
                                       const struct acml_identity *dump, int64_t since,
                                       int64_t now)
{
	change(commit, dump, since, now);
	return act(commit, ACML_PHASE_JUDGING, ACML_DO_JUDGE);
}

static struct acml_commit_action begin_newest(struct acml_commit *commit)
{
	return begin(commit, &commit->newest, commit->newest_arrived, commit->newest_arrived);
}

static bool has_news(struct acml_commit *commit)
{
	if (commit->news && acml_identity_equal(&commit->newest, &commit->dump)) {
		commit->news = false;
	}
	return commit->news;
}

/* What comes next when nothing more is to be done about the dump. */
static struct acml_commit_action next(struct acml_commit *commit, int64_t now)
{
	commit->pending = false;
	if (has_news(commit)) {
		return begin_newest(commit);
	} else if (commit->owed) {
		commit->arrived = now;
		return act(commit, ACML_PHASE_ASKING, ACML_DO_STATUS);
	}
	return act(commit, ACML_PHASE_IDLE, ACML_DO_NOTHING);
}

static struct acml_commit_action finish(struct acml_commit *commit, enum acml_commit_note note,
                                        const struct acml_served *served, int64_t now)
{
	struct acml_commit_action action = next(commit, now);
	action.note = note;
	action.served = *served;
	return action;
}

static struct acml_commit_action published(struct acml_commit *commit,
                                           const struct acml_served *served, int64_t now)
{
	if (same_serial(&commit->owed_version, commit->serial)) {
		commit->owed = false;
	}
	commit->tries = 0;
	return finish(commit, commit->opinion == ACML_OPINION_PASS ? ACML_NOTE_ACCEPTED :
	              ACML_NOTE_TOLERATED, served, now);
}

/* The server threw away what was to be published. */
static struct acml_commit_action discarded(struct acml_commit *commit,
                                           const struct acml_served *served, int64_t now)
{
	owe(commit, true, now);
	return finish(commit, ACML_NOTE_DISCARDED, served, now);
}

static struct acml_commit_action on_dumped(struct acml_commit *commit,
                                           const struct acml_commit_event *event)
{
	bool waiting = commit->phase == ACML_PHASE_WAITING;
	if (!is_there(&event->dump) || acml_identity_equal(&event->dump, &commit->dump)) {
		return (struct acml_commit_action){
			.kind = waiting ? ACML_DO_WAIT : ACML_DO_NOTHING, .until = commit->until,
		};
	} else if (commit->phase == ACML_PHASE_IDLE || waiting) {
		return begin(commit, &event->dump, event->now, event->now);
	}
	commit->newest = event->dump;
	commit->newest_arrived = event->now;
	commit->news = true;
	return (struct acml_commit_action){ .kind = ACML_DO_NOTHING };
}

static struct acml_commit_action on_judged(struct acml_commit *commit,
                                           const struct acml_commit_event *event)
{
	if (commit->news && acml_identity_equal(&commit->newest, &event->dump)) {
		change(commit, &event->dump, commit->newest_arrived, commit->newest_arrived);
	} else if (!acml_identity_equal(&commit->dump, &event->dump)) {
		/* Read before its news came. */
		change(commit, &event->dump, commit->asked, event->now);
	}
	if (has_news(commit)) {
		return begin_newest(commit);
	}
	commit->judged = true;
	commit->opinion = is_there(&event->dump) ? event->opinion : ACML_OPINION_DOUBT;
	commit->serial = event->serial;
	commit->baseline = event->baseline;
	return act(commit, ACML_PHASE_ASKING, ACML_DO_STATUS);
}

/* An update waits, and its dump is the one that was judged. */
static struct acml_commit_action answer(struct acml_commit *commit,
                                        const struct acml_commit_event *event)
{
	const struct acml_served *served = &event->served;
	bool fits = !event->outdated && served->any == commit->baseline.any &&
	            (!served->any || served->serial == commit->baseline.serial);
	struct acml_commit_action action;
	if (!is_in_time(commit, event->now)) {
		return wait_on(commit, event->now, PAUSE_BUSY);
	} else if (!fits && !commit->based && commit->opinion != ACML_OPINION_DOUBT) {
		action = act(commit, ACML_PHASE_BASING, ACML_DO_BASE);
	} else {
		commit->committing = wanted(commit, served);
		action = act(commit, ACML_PHASE_ANSWERING,
		             commit->committing ? ACML_DO_COMMIT : ACML_DO_ABORT);
	}
	action.served = *served;
	return action;
}

/* What became of the answer nobody knows: what is served tells. */
static struct acml_commit_action closed_unsure(struct acml_commit *commit,
                                               const struct acml_commit_event *event)
{
	commit->unsure = false;
	if (!commit->committing) {
		return finish(commit, ACML_NOTE_REJECTED, &event->served, event->now);
	}
	return same_serial(&event->served, commit->serial) ?
	       published(commit, &event->served, event->now) :
	       discarded(commit, &event->served, event->now);
}

/* It waited, and then the server gave up or somebody else answered. */
static struct acml_commit_action closed_before(struct acml_commit *commit,
                                               const struct acml_commit_event *event)
{
	const struct acml_served *served = &event->served;
	if (!is_late(commit, event->now)) {
		return finish(commit, ACML_NOTE_OTHERS, served, event->now);
	} else if (!wanted(commit, served)) {
		return finish(commit, ACML_NOTE_REJECTED, served, event->now);
	}
	return same_serial(served, commit->serial) ?
	       finish(commit, ACML_NOTE_OTHERS, served, event->now) :
	       discarded(commit, served, event->now);
}

/* It has not come to wait; a dump with many changes may yet. */
static struct acml_commit_action closed_yet(struct acml_commit *commit,
                                            const struct acml_commit_event *event)
{
	const struct acml_served *served = &event->served;
	bool lost = wanted(commit, served) && !same_serial(served, commit->serial);
	if (is_over(commit, event->now)) {
		return !wanted(commit, served) ?
		       finish(commit, ACML_NOTE_REJECTED, served, event->now) :
		       lost ? discarded(commit, served, event->now) :
		       finish(commit, ACML_NOTE_NONE, served, event->now);
	} else if (lost && !commit->asked_again && event->now - commit->arrived >= OPEN_GRACE &&
	           event->transaction == ACML_TRANSACTION_NONE) {
		commit->asked_again = true;
		struct acml_commit_action action =
			act(commit, ACML_PHASE_RESCUING, ACML_DO_RESCUE);
		action.note = ACML_NOTE_DISCARDED;
		action.served = *served;
		return action;
	}
	return wait_on(commit, event->now, PAUSE_LEAST);
}

static struct acml_commit_action closed(struct acml_commit *commit,
                                        const struct acml_commit_event *event)
{
	return commit->unsure ? closed_unsure(commit, event) :
	       commit->opened ? closed_before(commit, event) : closed_yet(commit, event);
}

/* Nothing is pending but a version that is owed. */
static struct acml_commit_action repay(struct acml_commit *commit,
                                       const struct acml_commit_event *event)
{
	if (!commit->owed) {
		return act(commit, ACML_PHASE_IDLE, ACML_DO_NOTHING);
	} else if (event->now < commit->not_before) {
		return wait_until(commit, commit->not_before);
	} else if (event->transaction == ACML_TRANSACTION_NONE) {
		return act(commit, ACML_PHASE_RESCUING, ACML_DO_RESCUE);
	}
	return wait_on(commit, event->now, PAUSE_BUSY);
}

static struct acml_commit_action unreachable(struct acml_commit *commit,
                                             const struct acml_commit_event *event)
{
	struct acml_commit_action action = wait_on(commit, event->now,
		event->reply == ACML_REPLY_BUSY ? PAUSE_BUSY : PAUSE_LEAST);
	if (!commit->complained && event->now - commit->arrived >= COMPLAIN_AFTER) {
		commit->complained = true;
		action.note = ACML_NOTE_UNREACHABLE;
	}
	return action;
}

static struct acml_commit_action on_status(struct acml_commit *commit,
                                           const struct acml_commit_event *event)
{
	if (has_news(commit)) {
		return begin_newest(commit);
	} else if (event->reply != ACML_REPLY_DONE) {
		return unreachable(commit, event);
	}
	commit->complained = false;
	if (commit->owed_version.any &&
	    same_serial(&event->served, commit->owed_version.serial)) {
		commit->owed = false;
	}
	if (!acml_identity_equal(&event->dump, &commit->dump)) {
		if (is_there(&event->dump)) {
			return begin(commit, &event->dump, commit->asked, event->now);
		}
		/* Gone: what waits can no longer be shown to be what was judged. */
		commit->opinion = ACML_OPINION_DOUBT;
	}
	if (!commit->pending) {
		return repay(commit, event);
	} else if (event->transaction != ACML_TRANSACTION_EXTERNAL) {
		return closed(commit, event);
	}
	commit->opened = true;
	commit->unsure = false;
	return answer(commit, event);
}

static struct acml_commit_action on_based(struct acml_commit *commit,
                                          const struct acml_commit_event *event)
{
	if (has_news(commit)) {
		return begin_newest(commit);
	} else if (event->reply == ACML_REPLY_BUSY || event->reply == ACML_REPLY_LOST) {
		return unreachable(commit, event);
	}
	commit->based = true;
	return act(commit, ACML_PHASE_JUDGING, ACML_DO_JUDGE);
}

static struct acml_commit_action on_answered(struct acml_commit *commit,
                                             const struct acml_commit_event *event)
{
	if (event->reply == ACML_REPLY_DONE) {
		return commit->committing ? published(commit, &event->served, event->now) :
		       finish(commit, ACML_NOTE_REJECTED, &event->served, event->now);
	} else if (has_news(commit)) {
		return begin_newest(commit);
	}
	commit->unsure = event->reply == ACML_REPLY_UNSURE || event->reply == ACML_REPLY_LOST;
	return wait_until(commit, event->now + PAUSE_BUSY);
}

static struct acml_commit_action on_rescued(struct acml_commit *commit,
                                            const struct acml_commit_event *event)
{
	bool done = event->reply == ACML_REPLY_DONE;
	commit->tries += done && commit->tries < MANY_TRIES;
	if (commit->pending) {
		/* It may open after all. */
		commit->asked_again = done;
		return has_news(commit) ? begin_newest(commit) :
		       wait_on(commit, event->now, PAUSE_BUSY);
	} else if (done) {
		commit->owed = false;
		return next(commit, event->now);
	}
	return unreachable(commit, event);
}

static struct acml_commit_action on_ticked(struct acml_commit *commit, int64_t now)
{
	if (commit->phase != ACML_PHASE_WAITING) {
		return (struct acml_commit_action){ .kind = ACML_DO_NOTHING };
	} else if (now < commit->until) {
		return wait_until(commit, commit->until);
	}
	return act(commit, ACML_PHASE_ASKING, ACML_DO_STATUS);
}

static struct acml_commit_action on_done(struct acml_commit *commit,
                                         const struct acml_commit_event *event)
{
	static const enum acml_commit_phase phases[] = {
		[ACML_JUDGED] = ACML_PHASE_JUDGING, [ACML_STATUS] = ACML_PHASE_ASKING,
		[ACML_BASED] = ACML_PHASE_BASING, [ACML_ANSWERED] = ACML_PHASE_ANSWERING,
		[ACML_RESCUED] = ACML_PHASE_RESCUING,
	};
	if (commit->phase != phases[event->kind]) {
		return (struct acml_commit_action){ .kind = ACML_DO_NOTHING };
	}
	switch (event->kind) {
	case ACML_JUDGED:
		return on_judged(commit, event);
	case ACML_STATUS:
		return on_status(commit, event);
	case ACML_BASED:
		return on_based(commit, event);
	case ACML_ANSWERED:
		return on_answered(commit, event);
	default:
		return on_rescued(commit, event);
	}
}

struct acml_commit_action acml_commit_step(struct acml_commit *commit,
                                           const struct acml_commit_event *event)
{
	struct acml_commit_action action = { .kind = ACML_DO_NOTHING };
	if (commit->phase == ACML_PHASE_STOPPED) {
		return action;
	}
	switch (event->kind) {
	case ACML_DUMPED:
		action = on_dumped(commit, event);
		break;
	case ACML_TICKED:
		action = on_ticked(commit, event->now);
		break;
	case ACML_STOPPED:
		action = act(commit, ACML_PHASE_STOPPED, ACML_DO_NOTHING);
		break;
	default:
		action = on_done(commit, event);
		break;
	}
	if (action.kind != ACML_DO_NOTHING) {
		commit->asked = event->now;
	}
	return action;
}
