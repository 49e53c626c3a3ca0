/* SPDX-License-Identifier: GPL-2.0-or-later */

/* A server's control socket as the commit gate sees it: zones with one update each that waits. */

#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define FAKE_ZONES 16

enum fake_pending { FAKE_NONE, FAKE_EXTERNAL, FAKE_PLAIN };

enum fake_mood {
	FAKE_WELL,
	FAKE_BUSY,              /* An answer without content, after the lock's timeout. */
	FAKE_SILENT,
	FAKE_RUDE,              /* Hangs up in the middle of an answer. */
	FAKE_MAD,               /* Answers what is no answer. */
};

struct fake_zone {
	const char *name;
	bool secondary;
	bool any;
	uint32_t serial;
	uint32_t next;          /* Serial of what waits. */
	enum fake_pending pending;
	unsigned commits;
	unsigned aborts;
	const char *below;      /* A zone that it delegates, */
	const char *ds;         /* with this DS; NULL: none. */
	unsigned asked;         /* How often it was to be loaded or refreshed again. */
};

struct fake_server {
	pthread_mutex_t mutex;
	pthread_cond_t answered;
	enum fake_mood mood;
	int busy_ms;
	size_t records;         /* Of a zone-read, beside SOA. */
	unsigned commands;      /* That are carried out now, */
	unsigned most;          /* and the most there ever were at a time. */
	unsigned lacked;        /* How often a zone was asked for that is not there. */
	bool stop;
	struct fake_zone zones[FAKE_ZONES];
	int listener;
	pthread_t thread;
	char path[108];
};

/* False: no socket to be had. */
bool fake_start(struct fake_server *server, const char *path);
void fake_stop(struct fake_server *server);
