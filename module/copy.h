/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Copy: the published file as the gate finds it. The guard is locked.
 */

#pragma once

#include <sys/stat.h>

#include "load_gate.h"

struct acml_copy {
	bool there;             /* Some file, whatever is in it. */
	bool good;              /* Something that the server can load, as far as one can tell. */
	bool known;             /* It was read, now or before: serial is its serial. */
	struct stat st;
	struct acml_identity identity;
	uint32_t serial;
};

void acml_copy_find(const struct acml_gate *gate, struct acml_copy *out);

/* By what rename() and the server's own look at its file leave as it is. */
bool acml_copy_same(const struct acml_identity *a, const struct acml_identity *b);

/* Whether it is what the zone's record says was published. */
bool acml_copy_is_recorded(const struct acml_gate *gate, const struct acml_copy *copy);

/* Reads it: good, known and serial; out_fails: whether it has findings that reach fail-on,
 * untouched when it cannot be read. */
void acml_copy_judge(struct acml_gate *gate, struct acml_copy *copy, bool *out_fails);

/* Good, known and serial, without reading it if its record knows them. */
void acml_copy_know(struct acml_gate *gate, struct acml_copy *copy);

/* "keeping serial 7", "nothing is published" */
#define ACML_COPY_TEXT 64
const char *acml_copy_text(const struct acml_copy *copy, char buffer[ACML_COPY_TEXT]);
