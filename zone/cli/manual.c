/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/manual.h"

#include <string.h>

#include "cli/command.h"

#define WIDTH 78

/* Words up to the right margin; an empty line begins a paragraph. */
static void wrap(const char *text)
{
	size_t column = 0;
	while (*text != '\0') {
		size_t len = strcspn(text, " \n");
		if (column > 0 && column + 1 + len > WIDTH) {
			putchar('\n');
			column = 0;
		}
		column += (size_t)printf("%s%.*s", column > 0 ? " " : "", (int)len, text);
		text += len;
		if (text[0] == '\n' && text[1] == '\n') {
			fputs("\n\n", stdout);
			column = 0;
		}
		text += strspn(text, " \n");
	}
	putchar('\n');
}

static void option_line(const struct acml_manual_option *option)
{
	char left[64];
	char letter[8] = "    ";
	if (option->letter != 0) {
		snprintf(letter, sizeof(letter), "-%c, ", option->letter);
	}
	int len = snprintf(left, sizeof(left), "  %s--%s%s%s", letter, option->name,
	                   option->value != NULL ? " " : "",
	                   option->value != NULL ? option->value : "");
	printf("%-24s%s%s\n", left, len >= 24 ? " " : "", option->help);
}

static void statuses(const struct acml_manual *manual)
{
	char text[512] = "Exit status:";
	size_t used = strlen(text);
	for (int i = 0; i < 4; i++) {
		if (manual->status[i] != NULL && used < sizeof(text)) {
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s %d %s",
			                         i > 0 ? "," : "", i, manual->status[i]);
		}
	}
	wrap(text);
}

int acml_manual_help(const char *command, bool whole)
{
	const struct acml_manual *manual = acml_manual_find(command);
	const struct acml_manual_option *option;
	size_t left_out = 0;
	if (manual == NULL) {
		return acml_usage("", "there is no help for %s", command);
	}
	printf("acmlint %s %s\n\n", command, manual->synopsis);
	for (size_t i = 0; (option = acml_manual_option(manual, i)) != NULL; i++) {
		if (whole || !option->rare) {
			option_line(option);
		} else {
			left_out++;
		}
	}
	putchar('\n');
	wrap(whole || manual->brief == NULL ? manual->about : manual->brief);
	statuses(manual);
	if (left_out > 0) {
		printf("%zu more options: acmlint %s --help-all, or man acmlint-%s\n", left_out, command,
		       command);
	}
	return acml_finish(stdout, ACML_EXIT_OK);
}
