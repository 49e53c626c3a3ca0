/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Commit gate: answers the updates that Knot 3.5 halts before publication (external-validation),
 * whichever way they come: zone files, transfers, dynamic updates, re-signing. Threads of its own,
 * as many as the server has background workers, since so many updates can wait at a time; they
 * start with the first zone and are joined with the last. Queries pass nothing of this.
 */

#pragma once

#include <stddef.h>
#include <stdint.h>

#include "inspect.h"
#include "model/filename.h"

struct acml_commit_gate;
struct acml_terms;
struct acml_ward;

/* One instance of the module at the gate; the instance's own memory. */
struct acml_seat {
	struct acml_seat *next;
	struct acml_ward *ward;         /* NULL: not at the gate. */
	struct acml_terms *terms;
	struct acml_host host;
};

struct acml_commit_setup {
	const char *dump;               /* dump-new-zone, as a path. */
	const char *file;               /* The zone's file. */
	int64_t timeout;                /* external.timeout in milliseconds. */
	const char *socket;             /* The server's control socket. */
	size_t sockets;                 /* How many there are; they share the server's threads. */
	int64_t socket_timeout;         /* control.timeout in milliseconds. */
	size_t workers;                 /* server.background-workers; 0: as many as processors. */
	bool signs;                     /* The server signs the zone. */
	struct acml_guard *guard;       /* NULL: inventory and parent are not looked at again. */
	struct acml_section *section;   /* The gate takes a reference. */
	struct acml_policy policy;      /* Detailed, for what is served. */
	struct acml_host host;
};

/*
 * Both with the guard locked, which owns *gate and the zone's *ward, NULL at first. Returns NULL,
 * or why the gate cannot work for this zone: then nothing has happened.
 */
const char *acml_commit_gate_join(struct acml_commit_gate **gate, struct acml_ward **ward,
                                  struct acml_seat *seat, const knot_dname_t *zone,
                                  const struct acml_commit_setup *setup);

/* Nothing is said through the host any more. The last one waits for the threads, no longer than a
 * lint takes. Accepts a seat that is not at the gate. */
void acml_commit_gate_leave(struct acml_commit_gate **gate, struct acml_ward **ward,
                            struct acml_seat *seat);
