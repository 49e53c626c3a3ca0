/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Climb: what the validating resolver sees of the CAA of a name and of all that is above it, and of
 * its validation record, as one zone ".". Private to zone/live.
 */

#pragma once

#include <stdbool.h>

#include <libknot/dname.h>

#include "live/live.h"
#include "live/resolver.h"
#include "live/view.h"
#include "model/names.h"

struct acml_climb {
	struct acml_view view;
	bool failed;                    /* A look-up gave no answer. The first such: */
	bool silent;                    /* ... because nothing came in time. */
	bool bogus;
	char why[ACML_LOOK_WHY];
	char at[ACML_NAME_TEXT];        /* Where that was. */
	bool unseen;                    /* The look-up of the validation record failed. */
};

/* RFC 8659 section 3, past the zone's apex. out: zeroed before. token: NULL: none is known.
 * KNOT_EOK or KNOT_ENOMEM. */
int acml_climb(struct acml_live *live, const knot_dname_t *name, const knot_dname_t *token,
               struct acml_climb *out);

void acml_climb_clear(struct acml_climb *climb);
