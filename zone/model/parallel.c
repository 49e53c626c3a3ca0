/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/parallel.h"

#include <pthread.h>
#include <stddef.h>

/* Nobody has more processors that would help. */
#define MAX_THREADS 256

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
