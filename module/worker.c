/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "worker.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "compat.h"

/* Lines are written when none came for so long, or the first has waited for so long. */
#define QUIET_MS 100
#define PATIENCE_MS 3000

/* File systems with unflushed publications; more than so many are flushed at once. */
#define MAX_DISKS 8

/* What nobody waits for runs behind the server's own threads, and begins when the server has had
 * the time to load the zones that came with it: for each so many microseconds, in all at most so
 * many milliseconds. Low priority alone is not enough, the log and the guard have locks. */
#define NICENESS 19
#define COURTESY_US 300
#define COURTESY_MAX_MS 5000

struct acml_worker {
	pthread_mutex_t *mutex;
	pthread_cond_t wake;
	pthread_cond_t ended;   /* A job that pins its owner. */
	pthread_t thread;
	bool stop;
	bool nice;
	void (*write_out)(void *ctx, const char *lines, size_t size);
	void *ctx;
	FILE *lines;
	char *bytes;
	size_t size;
	struct timespec first;  /* When the first pending line came, and the last. */
	struct timespec last;
	int disks[MAX_DISKS];
	dev_t devices[MAX_DISKS];
	size_t n_disks;
	struct acml_job *jobs;
	struct acml_job **last_job;
	struct acml_job *running;
	size_t n_patient;       /* Of the jobs that wait, and when the last of them came. */
	struct timespec came;
};

static struct timespec later(struct timespec from, long milliseconds)
{
	from.tv_sec += milliseconds / 1000;
	from.tv_nsec += milliseconds % 1000 * 1000000;
	if (from.tv_nsec >= 1000000000) {
		from.tv_sec++;
		from.tv_nsec -= 1000000000;
	}
	return from;
}

static bool before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec < b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

static struct timespec due(const struct acml_worker *worker)
{
	struct timespec quiet = later(worker->last, QUIET_MS);
	struct timespec patience = later(worker->first, PATIENCE_MS);
	return before(&quiet, &patience) ? quiet : patience;
}

/* Takes the pending lines, flushes and writes them with the lock open. */
static void write_lines(struct acml_worker *worker)
{
	int disks[MAX_DISKS];
	size_t n_disks = worker->n_disks;
	for (size_t i = 0; i < n_disks; i++) {
		disks[i] = worker->disks[i];
	}
	worker->n_disks = 0;
	fclose(worker->lines);
	char *bytes = worker->bytes;
	size_t size = worker->size;
	worker->lines = NULL;
	worker->bytes = NULL;

	pthread_mutex_unlock(worker->mutex);
	bool flushed = true;
	for (size_t i = 0; i < n_disks; i++) {
		flushed &= syncfs(disks[i]) == 0;
		close(disks[i]);
	}
	/* Without a flush the next start reads these zones again and compares. */
	if (flushed && bytes != NULL) {
		worker->write_out(worker->ctx, bytes, size);
	}
	free(bytes);
	pthread_mutex_lock(worker->mutex);
}

static void dispose(struct acml_job *job)
{
	if (job->handle != NULL) {
		*job->handle = NULL;
	}
	job->dispose(job);
}

static struct acml_job *take_job(struct acml_worker *worker)
{
	struct acml_job *job = worker->jobs;
	worker->jobs = job->next;
	worker->n_patient -= job->patient;
	if (worker->jobs == NULL) {
		worker->last_job = &worker->jobs;
	}
	return job;
}

/* There is no way back up; flushes and lines do not mind. */
static void step_back(struct acml_worker *worker)
{
	if (!worker->nice) {
		worker->nice = true;
		setpriority(PRIO_PROCESS, gettid(), NICENESS);
	}
}

static void run_job(struct acml_worker *worker)
{
	struct acml_job *job = take_job(worker);
	if (job->patient) {
		step_back(worker);
	}
	if (job->handle != NULL && (job->begin == NULL || job->begin(job))) {
		worker->running = job;
		pthread_mutex_unlock(worker->mutex);
		job->run(job);
		pthread_mutex_lock(worker->mutex);
		worker->running = NULL;
		pthread_cond_broadcast(&worker->ended);
		if (job->handle != NULL && !worker->stop) {
			job->done(job);
		}
	}
	dispose(job);
}

/* When the first job may begin. */
static struct timespec turn(const struct acml_worker *worker)
{
	size_t wait = worker->jobs->patient ? worker->n_patient * COURTESY_US / 1000 : 0;
	return later(worker->came, wait < COURTESY_MAX_MS ? wait : COURTESY_MAX_MS);
}

/* Sleeps until there may be something to do. */
static void rest(struct acml_worker *worker)
{
	struct timespec until;
	if (worker->lines == NULL && worker->jobs == NULL) {
		pthread_cond_wait(&worker->wake, worker->mutex);
		return;
	}
	until = worker->lines != NULL ? due(worker) : turn(worker);
	if (worker->lines != NULL && worker->jobs != NULL) {
		struct timespec other = turn(worker);
		until = before(&other, &until) ? other : until;
	}
	pthread_cond_timedwait(&worker->wake, worker->mutex, &until);
}

static bool is_past(const struct timespec *when)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return !before(&now, when);
}

static bool lines_due(const struct acml_worker *worker)
{
	if (worker->lines == NULL) {
		return false;
	}
	struct timespec when = due(worker);
	return worker->stop || is_past(&when);
}

static bool job_due(const struct acml_worker *worker)
{
	if (worker->jobs == NULL || worker->stop) {
		return false;
	}
	struct timespec when = turn(worker);
	return is_past(&when);
}

static void *work(void *arg)
{
	struct acml_worker *worker = arg;
	acml_rcu_register();
	pthread_mutex_lock(worker->mutex);
	while (!worker->stop || worker->lines != NULL) {
		if (lines_due(worker)) {
			write_lines(worker);
		} else if (job_due(worker)) {
			run_job(worker);
		} else {
			rest(worker);
		}
	}
	pthread_mutex_unlock(worker->mutex);
	acml_rcu_unregister();
	return NULL;
}

static bool start(struct acml_worker *worker)
{
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&worker->wake, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_cond_init(&worker->ended, NULL);

	/* The server's signals are for its own threads. */
	sigset_t all, old;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	int ret = pthread_create(&worker->thread, NULL, work, worker);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return ret == 0;
}

struct acml_worker *acml_worker_new(pthread_mutex_t *mutex,
                                    void (*write_out)(void *ctx, const char *lines, size_t size),
                                    void *ctx)
{
	struct acml_worker *worker = calloc(1, sizeof(*worker));
	if (worker == NULL) {
		return NULL;
	}
	worker->mutex = mutex;
	worker->write_out = write_out;
	worker->ctx = ctx;
	worker->last_job = &worker->jobs;
	if (!start(worker)) {
		pthread_cond_destroy(&worker->wake);
		pthread_cond_destroy(&worker->ended);
		free(worker);
		return NULL;
	}
	return worker;
}

static void add_disk(struct acml_worker *worker, dev_t device, int fd)
{
	bool known = false;
	for (size_t i = 0; !known && i < worker->n_disks; i++) {
		known = worker->devices[i] == device;
	}
	if (!known && worker->n_disks < MAX_DISKS) {
		worker->devices[worker->n_disks] = device;
		worker->disks[worker->n_disks++] = fd;
		return;
	}
	if (!known) {
		(void)syncfs(fd);
	}
	close(fd);
}

void acml_worker_line(struct acml_worker *worker, const knot_dname_t *zone,
                      const struct acml_record *record, int unflushed)
{
	clock_gettime(CLOCK_MONOTONIC, &worker->last);
	if (unflushed >= 0) {
		add_disk(worker, record->published.device, unflushed);
	}
	if (worker->lines == NULL) {
		worker->lines = open_memstream(&worker->bytes, &worker->size);
		worker->first = worker->last;
		pthread_cond_signal(&worker->wake);
	}
	if (worker->lines != NULL) {
		acml_record_write(worker->lines, zone, record);
	}
}

bool acml_worker_unflushed(const struct acml_worker *worker)
{
	return worker->n_disks > 0;
}

void acml_worker_job(struct acml_worker *worker, struct acml_job *job)
{
	if (worker->jobs == NULL) {
		pthread_cond_signal(&worker->wake);
	}
	if (job->patient) {
		worker->n_patient++;
		clock_gettime(CLOCK_MONOTONIC, &worker->came);
	}
	job->next = NULL;
	*worker->last_job = job;
	worker->last_job = &job->next;
}

void acml_worker_disown(struct acml_worker *worker, struct acml_job *job)
{
	job->handle = NULL;
	while (worker->running == job && job->pins) {
		pthread_cond_wait(&worker->ended, worker->mutex);
	}
}

void acml_worker_stop(struct acml_worker *worker)
{
	if (worker == NULL) {
		return;
	}
	pthread_mutex_lock(worker->mutex);
	worker->stop = true;
	pthread_cond_signal(&worker->wake);
	pthread_mutex_unlock(worker->mutex);
	pthread_join(worker->thread, NULL);
	pthread_mutex_lock(worker->mutex);
	while (worker->jobs != NULL) {
		dispose(take_job(worker));
	}
	pthread_mutex_unlock(worker->mutex);
	pthread_cond_destroy(&worker->wake);
	pthread_cond_destroy(&worker->ended);
	free(worker);
}
