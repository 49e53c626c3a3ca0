/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Load gate: runs in the module's load callback, before the server reads the zone's file. That
 * file is the published copy; operators edit another, the source. A source that passes takes the
 * place of the published copy, one that does not leaves it alone.
 *
 * Doubt does not publish, and does not take away what is published.
 */

#pragma once

#include "guard.h"
#include "inspect.h"

struct acml_gate {
	const knot_dname_t *zone;
	const char *source;
	const char *published;
	const struct acml_policy *policy;
	struct acml_guard *guard;       /* Locked. */
	struct acml_entry *entry;
	struct acml_host host;
};

/* Everything is said through the host; there is nothing to return. */
void acml_load_gate(const struct acml_gate *gate);

/* Without a source (gate->source is NULL): lints the zone's file and says what it finds. What is
 * larger than max-sync-size is linted by the guard's thread, owner standing for the instance. */
void acml_load_watch(const struct acml_gate *gate, const void *owner);
