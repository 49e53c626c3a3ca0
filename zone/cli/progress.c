/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/progress.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SILENT_MS	2000
#define REDRAW_MS	100
#define BAR		30

struct acml_progress {
	const struct acml_inputs *inputs;
	const atomic_size_t *zones;
	const atomic_size_t *bytes;
	size_t size;            /* Of the one file. */
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	bool done;
};

/* Waits that long, or until the work is done: true. */
static bool wait_done(struct acml_progress *progress, long ms)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&progress->mutex);
	while (!progress->done &&
	       pthread_cond_timedwait(&progress->wake, &progress->mutex, &until) == 0) {
	}
	bool done = progress->done;
	pthread_mutex_unlock(&progress->mutex);
	return done;
}

static void draw(const struct acml_progress *progress)
{
	size_t total = progress->inputs->n_files;
	size_t zones = atomic_load(progress->zones);
	zones = zones < total ? zones : total;
	size_t part = total > 1 ? zones : atomic_load(progress->bytes);
	size_t whole = total > 1 ? total : progress->size;
	part = part < whole ? part : whole;
	double share = whole > 0 ? (double)part / (double)whole : 0;
	char bar[BAR + 1];
	memset(bar, '.', BAR);
	memset(bar, '#', (size_t)(share * BAR));
	bar[BAR] = '\0';
	fprintf(stderr, "\r[%s] %3d %%, %zu of %zu zones\x1b[K", bar, (int)(share * 100), zones,
	        total);
	fflush(stderr);
}

static void *show(void *data)
{
	struct acml_progress *progress = data;
	if (wait_done(progress, SILENT_MS)) {
		return NULL;
	}
	struct stat info;
	if (progress->inputs->n_files == 1 && stat(progress->inputs->files[0].path, &info) == 0) {
		progress->size = info.st_size > 0 ? (size_t)info.st_size : 0;
	}
	do {
		draw(progress);
	} while (!wait_done(progress, REDRAW_MS));
	fputs("\r\x1b[K", stderr);
	fflush(stderr);
	return NULL;
}

static bool wanted(const struct acml_options *options)
{
	const char *term = getenv("TERM");
	return options->progress && !options->quiet && isatty(STDERR_FILENO) && term != NULL &&
	       strcmp(term, "dumb") != 0;
}

struct acml_progress *acml_progress_begin(const struct acml_options *options,
                                          const atomic_size_t *zones, const atomic_size_t *bytes)
{
	struct acml_progress *progress = wanted(options) ? calloc(1, sizeof(*progress)) : NULL;
	if (progress == NULL) {
		return NULL;
	}
	progress->inputs = &options->inputs;
	progress->zones = zones;
	progress->bytes = bytes;
	pthread_condattr_t clock;
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_mutex_init(&progress->mutex, NULL);
	pthread_cond_init(&progress->wake, &clock);
	pthread_condattr_destroy(&clock);
	if (pthread_create(&progress->thread, NULL, show, progress) != 0) {
		pthread_cond_destroy(&progress->wake);
		pthread_mutex_destroy(&progress->mutex);
		free(progress);
		return NULL;
	}
	return progress;
}

void acml_progress_end(struct acml_progress *progress)
{
	if (progress == NULL) {
		return;
	}
	pthread_mutex_lock(&progress->mutex);
	progress->done = true;
	pthread_cond_signal(&progress->wake);
	pthread_mutex_unlock(&progress->mutex);
	pthread_join(progress->thread, NULL);
	pthread_cond_destroy(&progress->wake);
	pthread_mutex_destroy(&progress->mutex);
	free(progress);
}
