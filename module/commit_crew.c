/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "commit_crew.h"

#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "compat.h"

/* A connection with nothing to do is kept for the next verdict, but takes one of the server's
 * threads. */
#define CONTROL_IDLE 20000

/* A folder that was lost is looked for again. */
#define MEND_PAUSE 500000

#define FOREVER INT64_MAX
#define LONGEST_POLL INT64_C(3600000000)

int64_t acml_crew_clock(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

static bool is_stopped(void *ctx)
{
	struct acml_commit_gate *gate = ctx;
	return atomic_load(&gate->stop);
}

void acml_crew_wake(struct acml_commit_gate *gate)
{
	uint64_t one = 1;
	ssize_t ret = write(gate->wake, &one, sizeof(one));
	(void)ret;
}

/* The queue, and those who wait for a time. */

static void enqueue(struct acml_commit_gate *gate, struct acml_ward *ward)
{
	ward->queued = true;
	ward->later = NULL;
	*gate->last = ward;
	gate->last = &ward->later;
}

static struct acml_ward *dequeue(struct acml_commit_gate *gate)
{
	struct acml_ward *ward = gate->first;
	if (ward != NULL) {
		gate->first = ward->later;
		if (gate->first == NULL) {
			gate->last = &gate->first;
		}
		ward->queued = false;
	}
	return ward;
}

static void remove_from(struct acml_ward **at, const struct acml_ward *ward)
{
	while (*at != ward) {
		at = &(*at)->later;
	}
	*at = ward->later;
}

static void stop_waiting(struct acml_commit_gate *gate, struct acml_ward *ward)
{
	if (ward->waiting) {
		ward->waiting = false;
		remove_from(&gate->waiting, ward);
	}
}

/* Puts the ward where its next action belongs. Not for one that is run. */
static void place(struct acml_commit_gate *gate, struct acml_ward *ward)
{
	stop_waiting(gate, ward);
	if (ward->action.kind == ACML_DO_WAIT) {
		ward->waiting = true;
		ward->later = gate->waiting;
		gate->waiting = ward;
		if (gate->leading && ward->action.until < gate->polled_until) {
			acml_crew_wake(gate);
		}
	} else if (ward->action.kind != ACML_DO_NOTHING) {
		enqueue(gate, ward);
	}
}

void acml_crew_feed(struct acml_commit_gate *gate, struct acml_ward *ward,
                    const struct acml_commit_event *event)
{
	struct acml_commit_action action = acml_commit_step(&ward->commit, event);
	if (!ward->running && !ward->queued) {
		ward->action = action;
		place(gate, ward);
	}
}

static void fire(struct acml_commit_gate *gate, int64_t now)
{
	for (struct acml_ward *ward = gate->waiting, *later; ward != NULL; ward = later) {
		later = ward->later;
		if (ward->action.until <= now) {
			struct acml_commit_event event = { .kind = ACML_TICKED, .now = now };
			acml_crew_feed(gate, ward, &event);
		}
	}
}

/* Connections. */

static struct acml_control *borrow(struct acml_commit_gate *gate)
{
	while (gate->n_spare == 0 && gate->n_controls >= gate->max_controls && !gate->stop) {
		pthread_cond_wait(&gate->control_free, &gate->mutex);
	}
	if (gate->n_spare > 0) {
		return gate->spare[--gate->n_spare];
	}
	struct acml_control_options options = {
		.path = gate->socket, .server_timeout = gate->socket_timeout,
		.stopped = is_stopped, .ctx = gate,
	};
	struct acml_control *control = gate->stop ? NULL : acml_control_new(&options);
	gate->n_controls += control != NULL;
	return control;
}

static void give_back(struct acml_commit_gate *gate, struct acml_control *control)
{
	if (control != NULL && gate->n_controls <= gate->max_controls &&
	    acml_control_is_for(control, gate->socket, gate->socket_timeout)) {
		gate->spare[gate->n_spare++] = control;
		gate->spared = acml_crew_clock();
	} else if (control != NULL) {
		acml_control_free(control);
		gate->n_controls--;
	}
	pthread_cond_signal(&gate->control_free);
}

void acml_crew_hang_up(struct acml_commit_gate *gate)
{
	while (gate->n_spare > 0) {
		acml_control_free(gate->spare[--gate->n_spare]);
		gate->n_controls--;
	}
}

/* Threads. */

static void *work(void *arg);

void acml_crew_recruit(struct acml_commit_gate *gate)
{
	if (gate->idle > 0) {
		pthread_cond_signal(&gate->follow);
	} else if (gate->n_threads < gate->max_threads && !gate->stop) {
		/* The server's signals are for its own threads. */
		sigset_t all, old;
		sigfillset(&all);
		pthread_sigmask(SIG_SETMASK, &all, &old);
		if (pthread_create(&gate->threads[gate->n_threads], NULL, work, gate) == 0) {
			gate->n_threads++;
		}
		pthread_sigmask(SIG_SETMASK, &old, NULL);
	}
}

/* One action of the ward, unlocked. */
static void perform(struct acml_commit_gate *gate, struct acml_ward *ward,
                    struct acml_scanner *scanner)
{
	struct acml_commit_action action = ward->action;
	struct acml_terms *terms = ward->terms;
	struct acml_control *control = NULL;
	struct acml_commit_event event;
	bool needed = acml_action_needs_control(action.kind);
	terms->refs++;
	if (needed) {
		control = borrow(gate);
	}
	pthread_mutex_unlock(&gate->mutex);
	acml_ward_perform(ward, terms, &action, scanner, control, &event);
	pthread_mutex_lock(&gate->mutex);
	if (needed) {
		give_back(gate, control);
	}
	acml_terms_release(terms);
	event.now = acml_crew_clock();
	ward->action = acml_commit_step(&ward->commit, &event);
	acml_ward_tell(ward, &ward->action, gate->socket);
}

static void run(struct acml_commit_gate *gate, struct acml_ward *ward,
                struct acml_scanner *scanner)
{
	ward->running = true;
	gate->running++;
	while (ward->action.kind != ACML_DO_WAIT && ward->action.kind != ACML_DO_NOTHING &&
	       ward->seats != NULL && !gate->stop) {
		perform(gate, ward, scanner);
	}
	ward->running = false;
	gate->running--;
	if (ward->seats == NULL) {
		acml_ward_free(ward);
	} else {
		place(gate, ward);
	}
}

static int64_t next_time(const struct acml_commit_gate *gate, int64_t now)
{
	int64_t until = FOREVER;
	for (const struct acml_ward *ward = gate->waiting; ward != NULL; ward = ward->later) {
		until = ward->action.until < until ? ward->action.until : until;
	}
	/* Those who run will leave connections behind. */
	if ((gate->running > 0 || gate->n_spare > 0) && now + CONTROL_IDLE < until) {
		until = now + CONTROL_IDLE;
	}
	if (acml_commit_watch_lost(gate->watch) && now + MEND_PAUSE < until) {
		until = now + MEND_PAUSE;
	}
	return until;
}

/* Waits for whatever happens, for everybody. */
static void lead(struct acml_commit_gate *gate)
{
	struct pollfd fds[] = {
		{ .fd = acml_commit_watch_fd(gate->watch), .events = POLLIN },
		{ .fd = gate->wake, .events = POLLIN },
	};
	uint64_t count;
	int64_t now = acml_crew_clock();
	gate->leading = true;
	gate->polled_until = next_time(gate, now);
	int64_t pause = gate->polled_until - now;
	pause = pause < 0 ? 0 : pause > LONGEST_POLL ? LONGEST_POLL : pause;
	struct timespec time = { pause / 1000000, pause % 1000000 * 1000 };
	pthread_mutex_unlock(&gate->mutex);
	(void)ppoll(fds, 2, &time, NULL);
	pthread_mutex_lock(&gate->mutex);
	gate->leading = false;
	if (fds[1].revents != 0) {
		ssize_t ret = read(gate->wake, &count, sizeof(count));
		(void)ret;
	}
	acml_commit_watch_read(gate->watch, acml_commit_gate_came, gate);
	if (acml_commit_watch_lost(gate->watch) && acml_commit_watch_mend(gate->watch)) {
		acml_commit_gate_came(gate, NULL);
	}
	now = acml_crew_clock();
	fire(gate, now);
	if (gate->n_spare > 0 && now - gate->spared >= CONTROL_IDLE) {
		acml_crew_hang_up(gate);
	}
}

static void *work(void *arg)
{
	struct acml_commit_gate *gate = arg;
	struct acml_scanner *scanner = NULL;
	acml_rcu_register();
	pthread_mutex_lock(&gate->mutex);
	while (!gate->stop) {
		struct acml_ward *ward = dequeue(gate);
		if (ward != NULL) {
			if (!gate->leading || gate->first != NULL) {
				acml_crew_recruit(gate);
			}
			scanner = scanner != NULL ? scanner : acml_scanner_new();
			run(gate, ward, scanner);
		} else if (!gate->leading) {
			lead(gate);
		} else {
			gate->idle++;
			pthread_cond_wait(&gate->follow, &gate->mutex);
			gate->idle--;
		}
	}
	pthread_mutex_unlock(&gate->mutex);
	acml_rcu_unregister();
	acml_scanner_free(scanner);
	return NULL;
}

void acml_crew_stop(struct acml_commit_gate *gate)
{
	pthread_mutex_lock(&gate->mutex);
	gate->stop = true;
	acml_crew_wake(gate);
	pthread_cond_broadcast(&gate->follow);
	pthread_cond_broadcast(&gate->control_free);
	/* Nobody recruits any more. */
	size_t n_threads = gate->n_threads;
	pthread_mutex_unlock(&gate->mutex);
	for (size_t i = 0; i < n_threads; i++) {
		pthread_join(gate->threads[i], NULL);
	}
}

void acml_crew_forget(struct acml_commit_gate *gate, struct acml_ward *ward)
{
	stop_waiting(gate, ward);
	if (ward->queued) {
		ward->queued = false;
		remove_from(&gate->first, ward);
		for (gate->last = &gate->first; *gate->last != NULL; ) {
			gate->last = &(*gate->last)->later;
		}
	}
}
