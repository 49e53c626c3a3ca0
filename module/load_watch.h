/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Load watch: a zone without a source. Nothing can be withheld, so its file is linted as it is and
 * the findings are logged; who calls decides whether the server waits for it.
 */

#pragma once

#include "load_gate.h"

/* What was seen in one look at the file. */
struct acml_look {
	struct acml_source source;
	struct acml_inspection inspection;
	const char *fault;
};

/* Locked: says so, once for each zone, if more was asked for than can be done without a source. */
void acml_watch_mode(const struct acml_gate *gate);

/* Locked: whether there is something to look at; an unchanged file is dealt with here. */
bool acml_watch_wanted(struct acml_gate *gate);

/* Needs no lock: gate->policy is detailed, and the scanner the caller's. */
void acml_watch_look(const struct acml_gate *gate, struct acml_scanner *scanner,
                     struct acml_look *out_look);

/* Locked: says what was seen and keeps it. */
void acml_watch_settle(const struct acml_gate *gate, const struct acml_look *look);

/* Accepts a zeroed one. */
void acml_look_clear(struct acml_look *look);
