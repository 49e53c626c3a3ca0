/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Worker: the guard's thread. It sleeps until lines are pending or jobs are queued; lines wait a
 * moment for company, so that thousands of first publications share one flush. Locking is the
 * guard's: everything here is called with its mutex held, but for acml_worker_stop().
 */

#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guard.h"

struct acml_worker;

/* write_out is called unlocked, with lines that shall go to the state file. NULL: no thread to be
 * had. */
struct acml_worker *acml_worker_new(pthread_mutex_t *mutex,
                                    void (*write_out)(void *ctx, const char *lines, size_t size),
                                    void *ctx);

/* One line for a zone, to be written after unflushed (or -1) is flushed. */
void acml_worker_line(struct acml_worker *worker, const knot_dname_t *zone,
                      const struct acml_record *record, int unflushed);

/* Whether pending lines wait for a flush. */
bool acml_worker_unflushed(const struct acml_worker *worker);

void acml_worker_job(struct acml_worker *worker, struct acml_job *job);
void acml_worker_disown(struct acml_worker *worker, struct acml_job *job);

/* Unlocked: writes what is pending, drops queued jobs, waits for the thread, frees. NULL is fine. */
void acml_worker_stop(struct acml_worker *worker);
