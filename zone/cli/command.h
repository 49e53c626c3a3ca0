/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Commands: one file per command, one row per command in main.c. A command gets its own arguments
 * (argv[0] is its name), may use getopt from a fresh start, and returns an exit status. Reports go
 * to stdout, everything else to stderr.
 */

#pragma once

#include <stdio.h>

/* Exit statuses (contract section 1). ACML_EXIT_INPUT wins over ACML_EXIT_FINDINGS. */
enum acml_exit {
	ACML_EXIT_OK = 0,
	ACML_EXIT_FINDINGS = 1,
	ACML_EXIT_INPUT = 2,    /* Some input could not be read or parsed, or the report not written. */
	ACML_EXIT_USAGE = 3,
};

struct acml_command {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv);
};

extern const struct acml_command acml_cmd_certs;
extern const struct acml_command acml_cmd_check;
extern const struct acml_command acml_cmd_completion;
extern const struct acml_command acml_cmd_diff;
extern const struct acml_command acml_cmd_explain;
extern const struct acml_command acml_cmd_export;
extern const struct acml_command acml_cmd_fix;
extern const struct acml_command acml_cmd_live;
extern const struct acml_command acml_cmd_lookup;
extern const struct acml_command acml_cmd_manual;
extern const struct acml_command acml_cmd_rules;
extern const struct acml_command acml_cmd_verify;

/* All of them, NULL-terminated. */
extern const struct acml_command *const acml_commands[];

/* "acmlint: …" and a newline to stderr; control bytes in the text are escaped. */
void acml_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says so; returns ACML_EXIT_INPUT. */
int acml_no_memory(void);

/* The same for wrong usage, with "try acmlint COMMAND --help" behind it. Returns
 * ACML_EXIT_USAGE. */
int acml_usage(const char *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Says what is wrong with an option that getopt_long() refused (returned '?' or ':'; the option
 * string starts with ':'), naming the nearest one that exists. Returns ACML_EXIT_USAGE. */
struct option;
int acml_usage_getopt(const char *command, char *const *argv, int got,
                      const struct option *options);

/* Flushes and checks a report's stream: a full disk or closed pipe gives ACML_EXIT_INPUT, said on
 * stderr; else status. */
int acml_finish(FILE *stream, int status);

/* What went wrong with an input file: text for a KNOT_E* code. */
const char *acml_input_error(int code);
