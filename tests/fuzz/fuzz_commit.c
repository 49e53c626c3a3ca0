/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Fuzz target: the commit gate's machine, fed any events in any order; four bytes for each. */

#include <assert.h>

#include "commit_state.h"
#include "fuzz.h"

/* What the machine was told last, as a witness. */
struct witness {
	struct acml_identity judged;
	enum acml_opinion opinion;
	bool outstanding;
};

static struct acml_identity identity_of(unsigned number)
{
	return (struct acml_identity){ .inode = number % 4, .size = number };
}

static struct acml_commit_event event_of(const uint8_t data[4], int64_t *now)
{
	static const int64_t times[] = { 0, 1, 100, 20000, 1000000, 2500000, 6000000, 11000000 };
	*now += times[data[3] % 8];
	struct acml_commit_event event = {
		.kind = data[0] % 8, .now = *now, .dump = identity_of(data[1] % 4),
		.opinion = data[1] / 4 % 3, .serial = data[1] / 16 % 4,
		.baseline = { data[1] & 128, data[2] % 4 },
		.reply = data[2] % 5, .transaction = data[2] / 8 % 3,
		.served = { data[2] & 64, data[3] / 8 % 4 }, .outdated = data[2] & 32,
	};
	/* A stop ends everything; it shall be rare. */
	if (event.kind == ACML_STOPPED && data[3] != 255) {
		event.kind = ACML_STATUS;
	}
	return event;
}

static bool is_work(const struct acml_commit_action *action)
{
	return action->kind != ACML_DO_NOTHING && action->kind != ACML_DO_WAIT;
}

static void check(const struct acml_commit *commit, const struct witness *witness,
                  const struct acml_commit_event *event, const struct acml_commit_action *action)
{
	if (action->kind != ACML_DO_COMMIT && action->kind != ACML_DO_ABORT) {
		return;
	}
	/* Only for an update that waits, as the server has just said, and in time. */
	assert(event->kind == ACML_STATUS && event->reply == ACML_REPLY_DONE);
	assert(event->transaction == ACML_TRANSACTION_EXTERNAL);
	assert(event->now - commit->since < commit->rules.timeout);
	bool same = acml_identity_equal(&event->dump, &witness->judged);
	bool first = !event->served.any && !commit->rules.refuse_first;
	if (action->kind == ACML_DO_COMMIT && commit->rules.reject && !first) {
		assert(same && witness->opinion == ACML_OPINION_PASS);
	} else if (action->kind == ACML_DO_ABORT) {
		assert(commit->rules.reject && !first);
		assert(!same || witness->opinion != ACML_OPINION_PASS);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t now = 1;
	if (size < 1) {
		return 0;
	}
	struct acml_commit commit = { .rules = {
		.reject = data[0] & 1, .refuse_first = data[0] & 2,
		.timeout = data[0] & 4 ? 10000000 : 300000000,
		.lock_timeout = data[0] & 8 ? 5000000 : 0,
	} };
	struct witness witness = { .opinion = ACML_OPINION_DOUBT };
	for (size_t i = 1; i + 4 <= size; i += 4) {
		struct acml_commit_event event = event_of(data + i, &now);
		bool outside = event.kind == ACML_DUMPED || event.kind == ACML_TICKED ||
		               event.kind == ACML_STOPPED;
		if (event.kind == ACML_JUDGED && commit.phase == ACML_PHASE_JUDGING) {
			witness.judged = event.dump;
			witness.opinion = event.opinion;
		}
		if (event.kind == ACML_STATUS && commit.phase == ACML_PHASE_ASKING &&
		    event.reply == ACML_REPLY_DONE && event.dump.inode == 0) {
			/* Gone, if only for a moment: what it was is in doubt. */
			witness.opinion = ACML_OPINION_DOUBT;
		}
		struct acml_commit_action action = acml_commit_step(&commit, &event);
		check(&commit, &witness, &event, &action);
		/* One thing at a time. */
		assert(!(outside && witness.outstanding && is_work(&action)));
		assert(action.kind != ACML_DO_WAIT || action.until >= event.now ||
		       event.kind == ACML_DUMPED);
		if (is_work(&action)) {
			witness.outstanding = true;
		} else if (commit.phase == ACML_PHASE_IDLE ||
		           commit.phase == ACML_PHASE_WAITING ||
		           commit.phase == ACML_PHASE_STOPPED) {
			witness.outstanding = false;
		}
	}
	return 0;
}
