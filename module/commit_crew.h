/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Commit crew: the threads of the commit gate, and what they take their work from. All of them are
 * alike: one polls for everybody, who finds something to do does it, and another polls then. So a
 * dump that comes alone is judged by the thread that saw it.
 */

#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "commit_ward.h"
#include "commit_watch.h"

/* More would only wait for each other. */
#define ACML_CREW_MAX 32

/* The server has eight threads for all its control sockets. Where the control lock is taken each of
 * our connections keeps one for control.timeout, and when none is left the server takes no more:
 * the queue of the socket (control.backlog, 5) fills, and whoever comes is turned away. One would
 * do for all answers, as they are short; a second is for a baseline that takes long to read. */
#define ACML_CONTROLS_MAX 2

struct acml_commit_gate {
	pthread_mutex_t mutex;          /* Of everything here, and of the wards. */
	pthread_cond_t follow;          /* There is something to do, or nobody leads. */
	pthread_cond_t control_free;
	struct timespec begun;          /* By the clock of the files. */
	size_t seats;
	atomic_bool stop;
	pthread_t threads[ACML_CREW_MAX];
	size_t n_threads;
	size_t max_threads;
	size_t idle;                    /* Threads that wait for follow. */
	size_t running;                 /* Threads that run a ward. */
	bool leading;                   /* A thread polls. */
	int wake;                       /* Eventfd: the one that polls shall look again. */
	int64_t polled_until;
	struct acml_commit_watch *watch;
	struct acml_ward **buckets;
	size_t n_buckets;               /* A power of two, or 0. */
	size_t n_wards;
	struct acml_ward *first;        /* The queue. */
	struct acml_ward **last;
	struct acml_ward *waiting;
	struct acml_control *spare[ACML_CONTROLS_MAX];
	size_t n_spare;
	size_t n_controls;
	size_t max_controls;
	int64_t spared;                 /* When a connection was used last. */
	struct acml_absent absent;      /* Has its own lock. */
	int64_t socket_timeout;
	char socket[ACML_PATH_MAX];
};

/* All of these with the gate locked. */

/* The gate's own: what acml_commit_watch_read() calls. */
void acml_commit_gate_came(void *ctx, const char *path);

/* Something happens to a ward, at any time. */
void acml_crew_feed(struct acml_commit_gate *gate, struct acml_ward *ward,
                    const struct acml_commit_event *event);

/* The ward is not to be touched any more, but by the thread that runs it. */
void acml_crew_forget(struct acml_commit_gate *gate, struct acml_ward *ward);

/* Sees to it that somebody takes what the caller leaves undone. */
void acml_crew_recruit(struct acml_commit_gate *gate);

/* The one who polls looks again. */
void acml_crew_wake(struct acml_commit_gate *gate);

/* Unlocked: ends all threads. */
void acml_crew_stop(struct acml_commit_gate *gate);

/* Closes the connections that nobody uses. */
void acml_crew_hang_up(struct acml_commit_gate *gate);

/* The clock that events have. */
int64_t acml_crew_clock(void);
