/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Commit options: what knot.conf says about the commit gate, for one zone. All of it is in Knot's
 * own sections: external-validation of the zone, and the section external that it names.
 */

#pragma once

#include <knot/module.h>

#include "commit_gate.h"

/* Whether the zone has external-validation. False before 3.5, which does not know it. */
bool acml_commit_asked(knotd_mod_t *mod);

struct acml_commit_options {
	const char *fault;              /* What is wrong with them; NULL. */
	char dump[ACML_PATH_MAX];
	char socket[ACML_PATH_MAX];
	struct acml_commit_setup setup; /* Of the paths, the times and the workers. */
};

/* Only for a zone that asks. */
void acml_commit_options(knotd_mod_t *mod, struct acml_commit_options *out);
