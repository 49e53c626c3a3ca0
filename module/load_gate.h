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
	struct acml_policy policy;
	struct acml_guard *guard;       /* Locked. */
	struct acml_entry *entry;
	struct acml_host host;
};

/* No zone that a server keeps in memory comes near it. */
#define ACML_SOURCE_LIMIT ((size_t)4 << 30)

/* Asks the host for what is needed before a file is read, and for inventory and parent, once. */
void acml_gate_detail(struct acml_gate *gate);

/* Everything is said through the host; there is nothing to return. */
void acml_load_gate(struct acml_gate *gate);

/* Whether the record's verdict was given under these settings, inventory and parent; where those
 * cannot be read, no verdict changes for that. */
bool acml_gate_stands(const struct acml_record *record, const struct acml_policy *policy);

/* The same for the entry's, after reading inventory and parent where they differ. */
bool acml_gate_stands_now(struct acml_gate *gate);

/* Whether the source looks the same as when the entry's verdict was given, and what came of it is
 * in place: then acml_load_gate() has nothing to do, nor to say. Neither locks nor changes
 * anything. */
bool acml_load_gate_idle(const struct acml_record *record, const struct acml_policy *policy,
                         const char *source, const char *published);
