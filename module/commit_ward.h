/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Commit ward: one zone in the care of the commit gate: its state machine, what that asks for done
 * with real files and the real control socket, and what is said about it. The gate owns the lock;
 * one thread at a time runs a ward.
 */

#pragma once

#include "commit_above.h"
#include "commit_gate.h"
#include "commit_judge.h"
#include "commit_state.h"
#include "control.h"
#include "model/names.h"

/* What holds for a zone under one configuration; shared by its seat and whoever runs the ward. */
struct acml_terms {
	_Atomic size_t refs;
	struct acml_guard *guard;
	struct acml_section *section;
	struct acml_policy policy;      /* Whoever runs the ward changes what is known. */
	struct acml_commit_rules rules;
	bool signs;                     /* The server signs the zone. */
	const char *file;               /* The zone's. */
	char path[];                    /* Of the dump. */
};

struct acml_ward {
	struct acml_ward *next;         /* In its hash bucket, by path. */
	struct acml_ward *later;        /* In the queue, or among those that wait. */
	struct acml_seat *seats;        /* The newest first. */
	struct acml_terms *terms;       /* The newest seat's. */
	struct acml_absent *absent;     /* The gate's. */
	struct acml_commit commit;
	struct acml_commit_action action;   /* To be done. */
	bool queued;
	bool waiting;
	bool running;
	struct acml_totals totals;
	/* Whoever runs the ward: */
	struct acml_judgement judgement;
	struct acml_zone *baseline;     /* What is answered, as far as it is known. */
	uint64_t baseline_hash;         /* What it was read for. */
	struct acml_above above;
	bool secondary;
	bool answered;                  /* There is some version that is answered. */
	struct acml_identity file;      /* The zone's file when the version answered was judged, */
	struct acml_identity file_judged;   /* and when the last one was. */
	bool file_loaded;               /* That file was there already with the version before. */
	bool file_discarded;            /* The version discarded last is what the file holds. */
	const char *fault;              /* Of the control socket. */
	const char *name;               /* Behind the zone. */
	knot_dname_t zone[];
};

struct acml_terms *acml_terms_new(const struct acml_commit_setup *setup);
/* Accepts NULL. */
void acml_terms_release(struct acml_terms *terms);

struct acml_ward *acml_ward_new(const knot_dname_t *zone, const char *file,
                                struct acml_absent *absent);
void acml_ward_free(struct acml_ward *ward);

bool acml_action_needs_control(enum acml_commit_action_kind kind);

/* Unlocked: does what the machine asks for. control may be NULL: none to be had. The event's time
 * is the caller's to set. */
void acml_ward_perform(struct acml_ward *ward, struct acml_terms *terms,
                       const struct acml_commit_action *action, struct acml_scanner *scanner,
                       struct acml_control *control, struct acml_commit_event *out_event);

/* Locked: says and counts what has come of it, and keeps what was published as the baseline. */
void acml_ward_tell(struct acml_ward *ward, const struct acml_commit_action *action,
                    const char *socket);
