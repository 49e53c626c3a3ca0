/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The commit gate's machine against a model of the server: every order of two updates, a reload
 * that takes the control lock, and a person's own transaction, to a depth of DEPTH moves, with
 * answers that are lost or late. States that were seen are not looked at again.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "commit_state.h"
#include "support/space.h"

#define DEPTH 12
#define UPDATES 2

#define TIMEOUT INT64_C(10000000)
#define LOCK_TIMEOUT INT64_C(5000000)
#define OPENING 3000000        /* An update opens so soon after its dump, if it is not refused. */
#define FIRST_SERIAL 1
#define STEPS_TO_REST 200

enum update_state { NOT_YET, DUMPED, OPEN, PUBLISHED, ABORTED, DISCARDED };
enum lock_state { FREE, HELD, OVER };
enum person_state { AWAY, EDITING, GONE };

struct world {
	struct acml_commit commit;
	struct acml_commit_action action;   /* Outstanding, or to wait for. */
	int64_t now;
	bool good[UPDATES];
	enum update_state update[UPDATES];
	int64_t dumped[UPDATES];
	int64_t opened[UPDATES];
	bool again[UPDATES];                /* Asked for after it was discarded. */
	bool seen;                          /* The news of the last dump has arrived. */
	int dump;                           /* Which update's is there, -1: none. */
	int served;                         /* Which update is, -1: the first version, -2: none. */
	enum lock_state lock;
	enum person_state person;
	bool queued;                        /* An answer waits for the lock, */
	bool queued_commit;
	int64_t queued_at;
	bool misfit;                        /* A person's or another update's transaction was hit. */
	bool unjudged;                      /* A bad version was committed. */
	bool alone;                         /* The verdict depends on nothing else; else: what the */
	bool known, by_known;               /* zone above says was heard, and judged by. */
	char trail[DEPTH + 1];              /* The moves that led here, as letters; last. */
};

/* What tells two worlds apart. */
#define WORLD_SIZE offsetof(struct world, trail)

static uint32_t serial_of(int version)
{
	return FIRST_SERIAL + 1 + version;
}

static struct acml_identity identity_of(int version)
{
	return (struct acml_identity){ .device = 1, .inode = 100 + version, .size = 5 };
}

static struct acml_served served_by(const struct world *world)
{
	struct acml_served served = { .any = world->served != -2 };
	served.serial = served.any ? serial_of(world->served) : 0;
	return served;
}

static int open_update(const struct world *world)
{
	for (int i = 0; i < UPDATES; i++) {
		if (world->update[i] == OPEN) {
			return i;
		}
	}
	return -1;
}

/* The server carries out an answer on whatever is open. */
static enum acml_reply carry_out(struct world *world, bool commit)
{
	int open = open_update(world);
	if (world->person == EDITING) {
		world->misfit = true;
		return ACML_REPLY_DONE;
	} else if (open < 0) {
		return ACML_REPLY_CLOSED;
	}
	bool tolerated = !world->commit.rules.reject ||
	                 (world->served == -2 && !world->commit.rules.refuse_first);
	world->unjudged |= commit && !world->good[open] && !tolerated;
	world->misfit |= !commit && world->good[open];
	world->update[open] = commit ? PUBLISHED : ABORTED;
	world->served = commit ? open : world->served;
	return ACML_REPLY_DONE;
}

static void step(struct world *world, const struct acml_commit_event *event)
{
	struct acml_commit_event timed = *event;
	timed.now = world->now;
	struct acml_commit_action action = acml_commit_step(&world->commit, &timed);
	/* Nothing: what was asked for before is still to be done. */
	bool outside = event->kind == ACML_DUMPED || event->kind == ACML_TICKED;
	if (!outside || action.kind != ACML_DO_NOTHING) {
		world->action = action;
	}
}

enum outcome { WELL, LOSE_BEFORE, LOSE_AFTER, OUTCOMES };

static struct acml_commit_event judge(struct world *world)
{
	/* A bad version looks good to who does not know what the zone above says. */
	bool by_known = world->alone || world->known;
	world->by_known = world->known;
	struct acml_commit_event event = {
		.kind = ACML_JUDGED, .opinion = ACML_OPINION_DOUBT,
		/* The real one knows what it published itself; here it always has to ask. */
		.baseline = { .any = (world->commit.based || !world->alone) && world->served != -2,
		              .serial = serial_of(world->served) },
	};
	if (world->dump >= 0) {
		event.dump = identity_of(world->dump);
		event.serial = serial_of(world->dump);
		event.opinion = world->good[world->dump] || !by_known ?
		                ACML_OPINION_PASS : ACML_OPINION_FAIL;
	}
	return event;
}

static struct acml_commit_event status(struct world *world)
{
	struct acml_commit_event event = { .kind = ACML_STATUS, .served = served_by(world) };
	event.transaction = world->person == EDITING ? ACML_TRANSACTION_PLAIN :
	                    open_update(world) >= 0 ? ACML_TRANSACTION_EXTERNAL :
	                    ACML_TRANSACTION_NONE;
	if (event.transaction == ACML_TRANSACTION_EXTERNAL && !world->alone) {
		world->known = true;
		event.outdated = !world->by_known;
	}
	if (world->dump >= 0) {
		event.dump = identity_of(world->dump);
	}
	return event;
}

static enum acml_reply rescue(struct world *world)
{
	for (int i = 0; i < UPDATES; i++) {
		world->again[i] |= world->update[i] == DISCARDED;
	}
	return ACML_REPLY_DONE;
}

/* Does what the machine asks for. False: nothing is asked for, or it cannot end this way. */
static bool perform(struct world *world, enum outcome outcome)
{
	enum acml_commit_action_kind kind = world->action.kind;
	bool commit = kind == ACML_DO_COMMIT;
	struct acml_commit_event event = { .reply = ACML_REPLY_DONE };
	if (kind == ACML_DO_NOTHING || kind == ACML_DO_WAIT || world->queued ||
	    (outcome != WELL && kind == ACML_DO_JUDGE)) {
		return false;
	} else if (kind == ACML_DO_JUDGE) {
		event = judge(world);
	} else if (outcome == LOSE_BEFORE) {
		event.reply = ACML_REPLY_LOST;
	} else if (world->lock == HELD && (commit || kind == ACML_DO_ABORT)) {
		world->queued = true;
		world->queued_commit = commit;
		world->queued_at = world->now;
		return outcome == WELL;
	} else if (world->lock == HELD) {
		event.reply = ACML_REPLY_BUSY;
	} else if (kind == ACML_DO_STATUS) {
		event = status(world);
	} else if (commit || kind == ACML_DO_ABORT) {
		event.reply = carry_out(world, commit);
	} else if (kind == ACML_DO_RESCUE) {
		event.reply = rescue(world);
	}
	event.kind = kind == ACML_DO_JUDGE ? ACML_JUDGED : kind == ACML_DO_STATUS ? ACML_STATUS :
	             kind == ACML_DO_BASE ? ACML_BASED : kind == ACML_DO_RESCUE ? ACML_RESCUED :
	             ACML_ANSWERED;
	event.reply = outcome == LOSE_AFTER ? ACML_REPLY_LOST : event.reply;
	step(world, &event);
	return true;
}

/* The lock is free again, or the answer has waited for it for too long. */
static void unqueue(struct world *world)
{
	struct acml_commit_event event = { .kind = ACML_ANSWERED, .reply = ACML_REPLY_UNSURE };
	world->queued = false;
	if (world->now - world->queued_at < LOCK_TIMEOUT) {
		event.reply = carry_out(world, world->queued_commit);
	}
	step(world, &event);
}

/* The answer that was just decided on is sent before anything else can take long. */
static bool is_sending(const struct world *world)
{
	return world->action.kind == ACML_DO_COMMIT || world->action.kind == ACML_DO_ABORT;
}

static void pass_time(struct world *world, int64_t time)
{
	struct acml_commit_event tick = { .kind = ACML_TICKED };
	world->now += time;
	for (int i = 0; i < UPDATES; i++) {
		if (world->update[i] == DUMPED && world->now - world->dumped[i] >= OPENING) {
			world->update[i] = OPEN;
			world->opened[i] = world->now;
		}
	}
	int open = open_update(world);
	if (open >= 0 && world->now - world->opened[open] >= TIMEOUT) {
		world->update[open] = DISCARDED;
	}
	if (world->queued && world->now - world->queued_at >= LOCK_TIMEOUT) {
		unqueue(world);
	}
	if (world->action.kind == ACML_DO_WAIT && world->action.until <= world->now) {
		step(world, &tick);
	}
}

static bool start_update(struct world *world, int i)
{
	bool busy = i > 0 && (world->update[i - 1] == NOT_YET || world->update[i - 1] == DUMPED ||
	                      world->update[i - 1] == OPEN);
	/* An update waits for a person's transaction to end before it is dumped; and the news of a
	 * dump is quicker than the next update. */
	if (world->update[i] != NOT_YET || busy || world->person == EDITING || !world->seen) {
		return false;
	}
	world->update[i] = DUMPED;
	world->known = false;
	world->dumped[i] = world->now;
	world->dump = i;
	world->seen = false;
	return true;
}

static bool open_dumped(struct world *world, int i, bool refused)
{
	if (world->update[i] != DUMPED || (refused && world->lock != HELD)) {
		return false;
	}
	world->update[i] = refused ? DISCARDED : OPEN;
	world->opened[i] = world->now;
	return true;
}

static bool tell_dump(struct world *world)
{
	struct acml_commit_event event = { .kind = ACML_DUMPED };
	if (world->seen || world->dump < 0) {
		return false;
	}
	world->seen = true;
	event.dump = identity_of(world->dump);
	step(world, &event);
	return true;
}

static bool move_lock(struct world *world)
{
	if (world->lock == OVER) {
		return false;
	}
	world->lock++;
	if (world->lock == OVER && world->queued) {
		unqueue(world);
	}
	return true;
}

/* A person begins only where no update is under way, and ends whenever. */
static bool move_person(struct world *world)
{
	for (int i = 0; i < UPDATES && world->person == AWAY; i++) {
		if (world->update[i] == DUMPED || world->update[i] == OPEN) {
			return false;
		}
	}
	if (world->person == GONE) {
		return false;
	}
	world->person++;
	return true;
}

enum { MOVES = 2 * UPDATES + UPDATES + 1 + 1 + 1 + OUTCOMES + 3 + 1 };

/* False: the move cannot be made. */
static bool move(struct world *world, int which)
{
	if (which < UPDATES) {
		return start_update(world, which);
	}
	which -= UPDATES;
	if (which < 2 * UPDATES) {
		return open_dumped(world, which / 2, which % 2);
	}
	which -= 2 * UPDATES;
	switch (which) {
	case 0:
		return tell_dump(world);
	case 1:
		return !is_sending(world) && move_lock(world);
	case 2:
		return !is_sending(world) && move_person(world);
	case 3:
	case 4:
	case 5:
		return perform(world, which - 3);
	case 6:
		/* A reload may slip in between, though. */
		return is_sending(world) && !world->queued && world->lock == FREE &&
		       move_lock(world);
	case 7:
		if (world->action.kind != ACML_DO_WAIT || !world->seen) {
			return false;
		}
		pass_time(world, world->action.until - world->now);
		return true;
	case 8:
	case 9:
		/* The news does not take that long. */
		if ((is_sending(world) && !world->queued) || !world->seen) {
			return false;
		}
		pass_time(world, which == 8 ? 1000000 : LOCK_TIMEOUT - 100000);
		return true;
	default:
		return false;
	}
}

/* Worlds are compared as bytes, and copies bring padding with them. */
static void scrub(struct acml_served *served)
{
	struct acml_served clean;
	memset(&clean, 0, sizeof(clean));
	clean.any = served->any;
	clean.serial = served->serial;
	memcpy(served, &clean, sizeof(clean));
}

/* Times count from now on only. */
static void normalise(struct world *world)
{
	int64_t shift = world->now - INT64_C(1000000000);
	struct acml_commit *commit = &world->commit;
	world->now -= shift;
	commit->arrived -= shift;
	commit->since -= shift;
	commit->asked -= shift;
	commit->not_before = commit->owed ? commit->not_before - shift : 0;
	if (!commit->owed) {
		memset(&commit->owed_version, 0, sizeof(commit->owed_version));
	}
	commit->newest_arrived -= shift;
	commit->until = commit->phase == ACML_PHASE_WAITING ? commit->until - shift : 0;
	world->action.until = world->action.kind == ACML_DO_WAIT ? commit->until : 0;
	world->action.note = ACML_NOTE_NONE;
	scrub(&commit->baseline);
	scrub(&commit->owed_version);
	scrub(&world->action.served);
	world->queued_at = world->queued ? world->queued_at - shift : 0;
	for (int i = 0; i < UPDATES; i++) {
		world->dumped[i] = world->update[i] == DUMPED ? world->dumped[i] - shift : 0;
		world->opened[i] = world->update[i] == OPEN ? world->opened[i] - shift : 0;
	}
	if (!commit->news) {
		commit->newest_arrived = 0;
		memset(&commit->newest, 0, sizeof(commit->newest));
	}
	if (!commit->pending && !commit->owed) {
		commit->arrived = commit->since = 0;
	}
}

static void show(const struct world *world)
{
	const struct acml_commit *commit = &world->commit;
	printf("%s: phase %d action %d pending %d judged %d opinion %d opened %d unsure %d owed %d(%u) "
	       "arrived %lld; updates %d %d dump %d seen %d served %d lock %d person %d queued %d\n",
	       world->trail, commit->phase, world->action.kind, commit->pending, commit->judged,
	       commit->opinion, commit->opened, commit->unsure, commit->owed,
	       commit->owed_version.serial, (long long)(world->now - commit->arrived),
	       world->update[0], world->update[1], world->dump, world->seen, world->served,
	       world->lock, world->person, world->queued);
}

static void check(const struct world *world)
{
	bool well = !world->misfit && !world->unjudged;
	if (!well) {
		show(world);
	}
	assert_true(well);
}

/* Everything ends: the lock is given back, the person goes, updates open, answers are carried out.
 * Then the machine comes to rest, and no good version is lost. */
static void check_rest(const struct world *start)
{
	struct world world = *start;
	world.lock = world.lock == FREE ? FREE : OVER;
	world.person = world.person == AWAY ? AWAY : GONE;
	if (world.queued) {
		unqueue(&world);
	}
	for (int i = 0; i < STEPS_TO_REST; i++) {
		(void)tell_dump(&world);
		for (int j = 0; j < UPDATES; j++) {
			(void)open_dumped(&world, j, false);
		}
		if (world.action.kind == ACML_DO_WAIT) {
			pass_time(&world, world.action.until - world.now);
		} else if (!perform(&world, WELL)) {
			break;
		}
		check(&world);
	}
	if (world.commit.phase != ACML_PHASE_IDLE || open_update(&world) >= 0) {
		show(start);
		show(&world);
	}
	assert_int_equal(world.commit.phase, ACML_PHASE_IDLE);
	for (int i = 0; i < UPDATES; i++) {
		assert_true(world.update[i] != OPEN);
		if (world.good[i] && world.update[i] == DISCARDED && !world.again[i]) {
			show(start);
			show(&world);
			fail_msg("a good version was discarded and not asked for again");
		}
	}
}

static void explore(bool reject, bool refuse_first, bool first, bool good0, bool good1, bool alone)
{
	struct space space;
	struct world *world = calloc(1, sizeof(*world));
	space_init(&space, sizeof(*world), WORLD_SIZE);
	assert_non_null(world);
	world->commit.rules.reject = reject;
	world->commit.rules.refuse_first = refuse_first;
	world->commit.rules.timeout = TIMEOUT;
	world->commit.rules.lock_timeout = LOCK_TIMEOUT;
	world->good[0] = good0;
	world->good[1] = good1;
	world->alone = alone;
	world->dump = -1;
	world->seen = true;
	world->served = first ? -2 : -1;
	normalise(world);
	space_add(&space, world);
	for (int depth = 0; depth < DEPTH; depth++) {
		struct world *layer = (struct world *)space.frontier;
		size_t n_layer = space.n_frontier;
		space.frontier = NULL;
		space.n_frontier = space.room = 0;
		for (size_t i = 0; i < n_layer; i++) {
			for (int which = 0; which < MOVES; which++) {
				memcpy(world, &layer[i], sizeof(*world));
				if (move(world, which)) {
					world->trail[depth] = 'a' + which;
					check(world);
					normalise(world);
					space_add(&space, world);
				}
			}
		}
		free(layer);
	}
	for (size_t i = 0; i < space.capacity; i++) {
		if (space_at(&space, i) != NULL) {
			check_rest(space_at(&space, i));
		}
	}
	printf("reject %d refuse-first %d first %d good %d %d: %zu states\n", reject, refuse_first,
	       first, good0, good1, space.count);
	assert_true(space.count > 10000);
	space_clear(&space);
	free(world);
}

static void test_interleavings(void **state)
{
	(void)state;
	for (int goods = 0; goods < 4; goods++) {
		explore(true, false, false, goods & 1, goods & 2, true);
	}
}

/* The zone above says something else each time. */
static void test_above(void **state)
{
	(void)state;
	explore(true, false, false, false, true, false);
	explore(true, false, false, true, false, false);
}

static void test_first_load(void **state)
{
	(void)state;
	explore(true, true, true, false, true, true);
	explore(true, false, true, false, true, true);
}

static void test_mode_log(void **state)
{
	(void)state;
	explore(false, false, false, false, true, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_interleavings),
		cmocka_unit_test(test_above),
		cmocka_unit_test(test_first_load),
		cmocka_unit_test(test_mode_log),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
