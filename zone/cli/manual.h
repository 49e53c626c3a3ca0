/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Manual: what --help, the man pages and the completion of shells are made of. One table of options
 * and one of commands; a test holds them against what the commands really take.
 */

#pragma once

#include <stdbool.h>
#include <stdio.h>

struct acml_manual_option {
	const char *name;       /* Without the dashes. */
	char letter;            /* Or 0. */
	const char *value;      /* "NAME"; NULL: it takes none. */
	const char *words;      /* The values that there are, "text json"; or ACML_COMPLETE_…; or NULL. */
	const char *help;       /* One line, up to 54 columns. */
	const char *more;       /* What the man page adds, in whole sentences; or NULL. */
	bool rare;              /* Left out by --help, which fits a screen. */
};

#define ACML_COMPLETE_FILES "@files"
#define ACML_COMPLETE_RULES "@rules"
#define ACML_COMPLETE_LEVELS "@levels"  /* RULE=LEVEL */

struct acml_manual {
	const char *command;
	const char *synopsis;   /* Behind the command. */
	const char *about;      /* Paragraphs, an empty line between them; '\n' is a blank. */
	const char *brief;      /* What --help says of it; NULL: all of about. */
	const struct acml_manual_option *own;   /* Ended by one without a name; or NULL. */
	const char *shared;     /* Options of check that it has as well: "origin name"; or NULL. */
	const char *status[4];  /* What the exit statuses mean; NULL: there is none such. */
	const char *words;      /* For its arguments; NULL: files. */
};

/* NULL: none of that name. */
const struct acml_manual *acml_manual_find(const char *command);

/* Beyond the last: NULL. */
const struct acml_manual *acml_manual_at(size_t i);

/* The i-th option: its own, then the shared ones in the order of the table; beyond the last: NULL. */
const struct acml_manual_option *acml_manual_option(const struct acml_manual *manual, size_t i);

/* An option of check, or NULL. */
const struct acml_manual_option *acml_manual_shared(const char *name);

/* The text of --help; whole: rare options too. Returns the exit status. */
int acml_manual_help(const char *command, bool whole);

/* The source of a man page: of a command, of "acmlint" or of "acmlint.conf". */
bool acml_manual_page(FILE *out, const char *name);

/* The completion for "bash", "zsh" or "fish". False: another shell. */
bool acml_manual_shell(FILE *out, const char *shell);
