/* SPDX-License-Identifier: GPL-2.0-or-later */

/* acmlint manual and acmlint completion: the pages and the shells' help that packages install. */

#include <string.h>

#include "cli/command.h"
#include "cli/manual.h"

static bool asks_for_help(const char *word)
{
	return strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0;
}

static int run_manual(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "acmlint";
	if (asks_for_help(name)) {
		return acml_manual_help("manual", false);
	} else if (argc > 2 || !acml_manual_page(stdout, name)) {
		return acml_usage("manual", "there is no page '%s': there is one for each command, and "
		                  "acmlint.conf", argc > 2 ? argv[2] : name);
	}
	return acml_finish(stdout, ACML_EXIT_OK);
}

static int run_completion(int argc, char **argv)
{
	if (argc > 1 && asks_for_help(argv[1])) {
		return acml_manual_help("completion", false);
	} else if (argc != 2 || !acml_manual_shell(stdout, argv[1])) {
		return acml_usage("completion", "completion takes one shell: bash, zsh or fish");
	}
	return acml_finish(stdout, ACML_EXIT_OK);
}

const struct acml_command acml_cmd_manual = {
	.name = "manual",
	.summary = "the source of a man page",
	.run = run_manual,
};

const struct acml_command acml_cmd_completion = {
	.name = "completion",
	.summary = "completion for bash, zsh or fish",
	.run = run_completion,
};
