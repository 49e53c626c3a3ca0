/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "live/query.h"

#include <string.h>
#include <time.h>

#include <libknot/errcode.h>

/* Packets get lost; three questions in a row do not. */
#define PATIENCE 3

void acml_live_nap(int64_t milliseconds)
{
	const struct timespec nap = {
		.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000,
	};
	nanosleep(&nap, NULL);
}

/* Waits where questions would come too fast. */
static void pace(struct acml_live *live)
{
	int64_t gap = live->options->rate > 0 ? 1000 / live->options->rate : 0;
	int64_t wait = live->last + gap - acml_ask_clock();
	if (live->last > 0 && wait > 0) {
		acml_live_nap(wait);
	}
	live->last = acml_ask_clock();
}

/* What is remembered of a server; NULL: nothing. */
static struct acml_live_silence *find(struct acml_live *live, const struct acml_server *server)
{
	for (size_t i = 0; i < live->n_silent; i++) {
		if (strcmp(live->silent[i].server, server->text) == 0) {
			return &live->silent[i];
		}
	}
	return NULL;
}

static void remember(struct acml_live *live, const struct acml_server *server, bool silent)
{
	struct acml_live_silence *known = find(live, server);
	if (known == NULL && silent && live->n_silent < ACML_LIVE_SILENT_MAX) {
		known = &live->silent[live->n_silent++];
		memcpy(known->server, server->text, sizeof(known->server));
	}
	if (known != NULL) {
		known->times = silent ? known->times + 1 : 0;
	}
}

int acml_live_ask(struct acml_live *live, const struct acml_server *server,
                  const knot_dname_t *name, uint16_t type, struct acml_answer *out)
{
	const struct acml_live_silence *known = find(live, server);
	if (known != NULL && known->times >= PATIENCE) {
		return KNOT_ETIMEOUT;
	}
	pace(live);
	int ret = acml_ask(server, name, type, acml_ask_clock() + live->options->timeout, out);
	if (ret != KNOT_ENOMEM) {
		remember(live, server, ret == KNOT_ETIMEOUT);
	}
	return ret;
}
