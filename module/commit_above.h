/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Commit above: what the zone above publishes about a zone, DS and NS, where the same server has
 * both. Asked for when an update waits, on the server's control socket.
 */

#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "control.h"
#include "facts/parent.h"

/* A power of two. */
#define ACML_ABSENT_MAX 512

/* Zones that the server does not have, each in the one place that its hash gives it: nearly all
 * zones have no zone above on their server, and need not ask for it each time. Thread-safe. */
struct acml_absent {
	pthread_mutex_t mutex;
	int64_t since;                  /* Nobody tells of a zone that comes alone: so it ages. */
	knot_dname_t *names[ACML_ABSENT_MAX];
};

void acml_absent_init(struct acml_absent *absent);
void acml_absent_clear(struct acml_absent *absent);

/* Another configuration may have other zones. */
void acml_absent_forget(struct acml_absent *absent);

/* What one zone knows of it; zeroed: nothing. */
struct acml_above {
	char *heard;                    /* What was said last; NULL: nothing. */
	bool outdated;                  /* That is not what was learnt: */
	struct acml_parent *parent;     /* NULL: nothing. */
};

/*
 * Asks the nearest zone above that is on this server. Of a zone that is not signed only a DS is
 * worth hearing. Without ACML_REPLY_DONE nobody knows: ask again.
 */
enum acml_reply acml_above_listen(struct acml_above *above, struct acml_absent *absent,
                                  struct acml_control *control, const knot_dname_t *zone,
                                  bool is_signed);

/* Makes what was heard what is known. False without memory. */
bool acml_above_learn(struct acml_above *above, const knot_dname_t *zone);

void acml_above_clear(struct acml_above *above);
