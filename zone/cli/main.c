/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/lazy.h"
#include "cli/nearest.h"

/* In the order in which they are listed to people. */
const struct acml_command *const acml_commands[] = {
	&acml_cmd_check,
	&acml_cmd_certs,
	&acml_cmd_diff,
	&acml_cmd_export,
	&acml_cmd_fix,
	&acml_cmd_lookup,
	&acml_cmd_live,
	&acml_cmd_verify,
	&acml_cmd_rules,
	&acml_cmd_explain,
	&acml_cmd_manual,
	&acml_cmd_completion,
	NULL
};

static const char *command_name(const void *context, size_t i)
{
	(void)context;
	return acml_commands[i] == NULL ? NULL : acml_commands[i]->name;
}

static const struct acml_command *find_command(const char *name)
{
	for (size_t i = 0; acml_commands[i] != NULL; i++) {
		if (strcmp(acml_commands[i]->name, name) == 0) {
			return acml_commands[i];
		}
	}
	return NULL;
}

static int help(void)
{
	fputs("acmlint " ACML_VERSION " reads DNS zones before they are published and tells what would\n"
	      "stop AWS Certificate Manager (ACM) from issuing or renewing a certificate.\n\n"
	      "acmlint [check] [OPTIONS] ZONEFILE|DIRECTORY|-...\nacmlint COMMAND [OPTIONS] ...\n\n",
	      stdout);
	for (size_t i = 0; acml_commands[i] != NULL; i++) {
		printf("  %-10s %s\n", acml_commands[i]->name, acml_commands[i]->summary);
	}
	fputs("\n'acmlint COMMAND --help' tells more.\n"
	      "Exit status: 0 nothing found, 1 findings, 2 some input could not be read,\n"
	      "3 wrong usage or configuration\n", stdout);
	return acml_finish(stdout, ACML_EXIT_OK);
}

/* A first argument that is neither a command nor an option nor a file that is there. */
static int unknown_command(const char *word)
{
	char names[128] = "";
	for (size_t i = 0; acml_commands[i] != NULL; i++) {
		strcat(names, i == 0 ? "" : ", ");
		strcat(names, acml_commands[i]->name);
	}
	char hint[ACML_HINT];
	return acml_usage("", "unknown command '%s'%s, and there is no such file: commands are %s",
	                  word, acml_hint(word, command_name, NULL, hint), names);
}

/* Whether a word looks like a command that somebody expects, and not like a file's name. */
static bool like_command(const char *word)
{
	struct stat st;
	return word[strspn(word, "abcdefghijklmnopqrstuvwxyz-")] == '\0' &&
	       stat(word, &st) != 0;
}

/* A closed descriptor would be given to the next file that is opened, and the report written into
 * it. In its place something that cannot be written. */
static bool guard_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) != -1 || errno != EBADF) {
			continue;
		}
		if (open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd) {
			return false;
		}
	}
	return true;
}

/* A mapped zone file lost its end. Whoever reads the report would take it for whole. */
static void on_lost_bytes(int number)
{
	static const char text[] = "acmlint: a zone file was cut short while it was read, or its disk fails; try again\n";
	(void)number;
	ssize_t written = write(STDERR_FILENO, text, sizeof(text) - 1);
	(void)written;
	_exit(ACML_EXIT_INPUT);
}

void acml_library_missing(const char *why)
{
	fprintf(stderr, "acmlint: %s\n", why);
	_exit(ACML_EXIT_INPUT);
}

int main(int argc, char **argv)
{
	if (!guard_descriptors()) {
		return ACML_EXIT_INPUT;
	}
	/* A closed pipe is an error like a full disk: the report is not whole. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGBUS, on_lost_bytes);

	if (argc < 2) {
		return acml_usage("", "no zone file given");
	}
	const char *first = argv[1];
	if (strcmp(first, "-h") == 0 || strcmp(first, "--help") == 0 ||
	    strcmp(first, "help") == 0) {
		return help();
	}
	if (strcmp(first, "--version") == 0) {
		puts("acmlint " ACML_VERSION);
		return acml_finish(stdout, ACML_EXIT_OK);
	}
	const struct acml_command *command = find_command(first);
	if (command != NULL) {
		return command->run(argc - 1, argv + 1);
	}
	if (first[0] != '-' && like_command(first)) {
		return unknown_command(first);
	}
	return acml_cmd_check.run(argc, argv);
}
