/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Background: what instances leave to the guard's thread. It asks knotd for values as the server's
 * own threads do, under the read lock of its configuration, and only while the instance is there.
 */

#pragma once

#include <knot/module.h>

#include "commit_gate.h"
#include "guard.h"
#include "inspect.h"

/* One zone's module. */
struct acml_instance {
	knotd_mod_t *mod;
	struct acml_guard *guard;
	struct acml_entry *entry;
	struct acml_job *job;       /* The one it has with the guard, or NULL. */
	struct acml_host host;
	struct acml_seat seat;      /* At the commit gate. */
};

/* Lints the zone's file later. False: it has to be done at once. Locked. */
bool acml_background_watch(struct acml_instance *instance);

/*
 * The scout: looks ahead, on another processor, at the zones that the state knows and the server
 * is about to load, and marks the entries of those that have not changed. Started by the first
 * instance of a process. section is the instance's own, of which it takes a reference. Locked.
 */
void acml_background_scout(struct acml_instance *instance, struct acml_section *section);

/* Inventory and parent, so far only looked at, are read once the zones have loaded. Locked. */
void acml_background_read(struct acml_guard *guard, const struct acml_section *section);
