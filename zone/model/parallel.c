/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

/* Nobody has more processors that would help. */
#define MAX_THREADS 256

/* What one thread looks through at a time. */
#define STRETCH ((size_t)1 << 20)

struct call {
	void (*work)(void *context);
	void *context;
};

static void *start(void *data)
{
	const struct call *call = data;
	call->work(call->context);
	return NULL;
}

void acml_parallel(unsigned threads, void (*work)(void *context), void *context)
{
	pthread_t others[MAX_THREADS];
	struct call call = { .work = work, .context = context };
	unsigned started = 0;
	while (started + 1 < threads && started < MAX_THREADS &&
	       pthread_create(&others[started], NULL, start, &call) == 0) {
		started++;
	}
	work(context);
	while (started > 0) {
		pthread_join(others[--started], NULL);
	}
}

struct search {
	const char *bytes;
	size_t size;
	char byte;
	atomic_size_t next;
	atomic_bool found;
};

static void look(void *context)
{
	struct search *search = context;
	size_t at;
	while (!atomic_load(&search->found) &&
	       (at = atomic_fetch_add(&search->next, STRETCH)) < search->size) {
		size_t left = search->size - at;
		if (memchr(search->bytes + at, search->byte, left < STRETCH ? left : STRETCH)) {
			atomic_store(&search->found, true);
		}
	}
}

bool acml_parallel_has(unsigned threads, const char *bytes, size_t size, char byte)
{
	struct search search = { .bytes = bytes, .size = size, .byte = byte };
	size_t stretches = size / STRETCH + 1;
	acml_parallel(threads < stretches ? threads : (unsigned)stretches, look, &search);
	return search.found;
}
