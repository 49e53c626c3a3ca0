/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Commit state: what the commit gate does about one zone, as a pure machine. Knot 3.5 halts an
 * update before it is published (external-validation), writes it to a file, the dump, and waits
 * for an answer on its control socket. Events come in, one action at a time goes out; there is no
 * clock, socket, file or memory in here.
 *
 * What holds, whatever the order of events:
 * - A version that was not judged is never committed, but where the rules say so themselves (mode
 *   log, and the first version of a zone).
 * - A person's own transaction is neither committed nor aborted.
 * - A pending update gets one answer; a second one only when the first was not carried out.
 * - A verdict is worth nothing once its dump is not there as it was read.
 * - A version that should have been published, and that the server discarded for want of an
 *   answer, is asked for again (it is owed).
 */

#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "source.h"

/* How the mode decides. All times are microseconds of a clock that never jumps. */
struct acml_commit_rules {
	bool reject;                    /* Mode reject. */
	bool refuse_first;              /* first-load: refuse */
	int64_t timeout;                /* After so long the server discards the update. */
	/* For so long a command may wait for the server's lock, and is carried out then, on
	 * whatever is open then. So no answer is sent so late that another update could get it. */
	int64_t lock_timeout;
};

enum acml_opinion {
	ACML_OPINION_PASS,
	ACML_OPINION_FAIL,
	ACML_OPINION_DOUBT,             /* The dump cannot be read, or there is no memory. */
};

enum acml_transaction {
	ACML_TRANSACTION_NONE,
	ACML_TRANSACTION_EXTERNAL,      /* An update that waits for an answer. */
	ACML_TRANSACTION_PLAIN,         /* A person's zone-begin. */
};

enum acml_reply {
	ACML_REPLY_DONE,
	ACML_REPLY_UNSURE,              /* It came so late that it may mean busy. */
	ACML_REPLY_CLOSED,              /* There is no such transaction. */
	ACML_REPLY_BUSY,                /* The server's control lock is taken. */
	ACML_REPLY_LOST,                /* No connection, or no answer. */
};

struct acml_served {
	bool any;                       /* The zone is answered. */
	uint32_t serial;
};

enum acml_commit_event_kind {
	ACML_DUMPED,                    /* A dump is in place. */
	ACML_JUDGED,
	ACML_STATUS,                    /* The server says how the zone is, */
	ACML_BASED,                     /* the baseline was made what is served, */
	ACML_ANSWERED,                  /* an answer was sent, */
	ACML_RESCUED,                   /* the zone was asked for again. */
	ACML_TICKED,
	ACML_STOPPED,
};

struct acml_commit_event {
	enum acml_commit_event_kind kind;
	int64_t now;
	/* DUMPED: the new dump. JUDGED: the one that was read. STATUS: the one that was there after
	 * the server had answered. Zeros: there is none. */
	struct acml_identity dump;
	enum acml_opinion opinion;      /* JUDGED */
	uint32_t serial;                /* JUDGED: of the dump. */
	struct acml_served baseline;    /* JUDGED: what it was compared with. */
	enum acml_reply reply;          /* STATUS, BASED, ANSWERED, RESCUED */
	enum acml_transaction transaction;  /* STATUS, if DONE. */
	struct acml_served served;      /* The same. */
	/* STATUS: what the zone above says is not what the dump was judged by. */
	bool outdated;
};

enum acml_commit_action_kind {
	ACML_DO_NOTHING,                /* Until something happens, or an action is done. */
	ACML_DO_WAIT,                   /* The same, and TICKED at action.until. */
	ACML_DO_JUDGE,
	ACML_DO_STATUS,
	ACML_DO_BASE,                   /* Make what is served, action.served, the baseline, and
	                                 * know what the zone above says. */
	ACML_DO_COMMIT,
	ACML_DO_ABORT,
	ACML_DO_RESCUE,                 /* Have the server load or fetch the zone again. */
};

/* What has come of it, for the log. */
enum acml_commit_note {
	ACML_NOTE_NONE,
	ACML_NOTE_ACCEPTED,
	ACML_NOTE_TOLERATED,            /* Published though it fails, or though it is in doubt. */
	ACML_NOTE_REJECTED,
	ACML_NOTE_OTHERS,               /* Somebody else gave the answer. */
	ACML_NOTE_DISCARDED,            /* By the server; it will be asked for again. */
	ACML_NOTE_UNREACHABLE,          /* The control socket, for a while. */
};

struct acml_commit_action {
	enum acml_commit_action_kind kind;
	enum acml_commit_note note;
	struct acml_served served;      /* BASE, and what was served when the note was made. */
	int64_t until;
};

enum acml_commit_phase {
	ACML_PHASE_IDLE,
	ACML_PHASE_JUDGING,             /* An action is being done, until its event comes. */
	ACML_PHASE_ASKING,
	ACML_PHASE_BASING,
	ACML_PHASE_ANSWERING,
	ACML_PHASE_RESCUING,
	ACML_PHASE_WAITING,
	ACML_PHASE_STOPPED,
};

/* Zeroed and with its rules set, it is ready. The members are the machine's own. */
struct acml_commit {
	struct acml_commit_rules rules;
	enum acml_commit_phase phase;
	struct acml_identity dump;      /* The last one seen. */
	struct acml_identity newest;    /* One that came during an action. */
	int64_t newest_arrived;
	bool news;                      /* There is such a one. */
	bool pending;                   /* The dump's update may wait for an answer. */
	bool judged;
	enum acml_opinion opinion;
	uint32_t serial;
	struct acml_served baseline;
	bool based;                     /* What it is judged by cannot be made better. */
	bool opened;                    /* The update was seen waiting. */
	bool committing;                /* The answer that was sent, */
	bool unsure;                    /* of which nobody knows whether it was carried out. */
	bool asked_again;               /* For the dump's version, as it does not open. */
	bool complained;
	int64_t asked;                  /* When the last action was asked for. */
	int64_t since;                  /* The dump came after this, */
	int64_t arrived;                /* and was known by then. */
	int64_t until;
	bool owed;
	struct acml_served owed_version;    /* None: it was never judged. */
	unsigned tries;                 /* How often it was asked for since the last publication. */
	int64_t not_before;             /* When to ask for it. */
};

/* New rules hold from the next decision on. */
struct acml_commit_action acml_commit_step(struct acml_commit *commit,
                                           const struct acml_commit_event *event);
