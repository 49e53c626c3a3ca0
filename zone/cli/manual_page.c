/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Man pages, in the macros of man(7). */

#include <string.h>

#include "cli/command.h"
#include "cli/manual.h"
#include "cli/options.h"

#define WIDTH 76

/* Text of a page: nothing in it is a request or an escape. */
static void text(FILE *out, const char *from)
{
	size_t column = 0;
	for (; *from != '\0'; from++) {
		column++;
		if (column == 1 && (*from == '.' || *from == '\'')) {
			fputs("\\&", out);
		}
		if (from[0] == '\n' && from[1] == '\n') {
			fputs("\n.PP\n", out);
			from++;
			column = 0;
		} else if (*from == ' ' && column + strcspn(from + 1, " \n") > WIDTH) {
			fputc('\n', out);
			column = 0;
		} else if (*from == '\\' || *from == '-') {
			fputs(*from == '-' ? "\\-" : "\\e", out);
			column++;
		} else {
			fputc(*from, out);
		}
	}
	fputc('\n', out);
}

static void begin(FILE *out, const char *name, int section, const char *summary)
{
	char title[64];
	size_t len = strlen(name);
	for (size_t i = 0; i <= len && i < sizeof(title); i++) {
		bool lower = name[i] >= 'a' && name[i] <= 'z';
		title[i] = lower ? (char)(name[i] - 'a' + 'A') : name[i];
	}
	fprintf(out, ".\\\" Made by acmlint manual. Do not edit.\n"
	        ".TH %s %d \"%s\" \"acmlint " ACML_VERSION "\" \"acmlint\"\n.SH NAME\n%s \\-\n", title,
	        section, ACML_DATE, name);
	text(out, summary);
}

static void option(FILE *out, const struct acml_manual_option *row)
{
	fputs(".TP\n", out);
	if (row->letter != 0) {
		fprintf(out, "\\fB\\-%c\\fR, ", row->letter);
	}
	fputs("\\fB\\-\\-", out);
	for (const char *c = row->name; *c != '\0'; c++) {
		fprintf(out, *c == '-' ? "\\-" : "%c", *c);
	}
	fputs("\\fR", out);
	if (row->value != NULL) {
		fprintf(out, " \\fI%s\\fR", row->value);
	}
	fputc('\n', out);
	text(out, row->help);
	if (row->more != NULL) {
		fputs(".br\n", out);
		text(out, row->more);
	}
}

static const char *summary_of(const char *command)
{
	for (size_t i = 0; acml_commands[i] != NULL; i++) {
		if (strcmp(acml_commands[i]->name, command) == 0) {
			const char *summary = acml_commands[i]->summary;
			const char *behind = strstr(summary, ": ");
			/* "OLD NEW: what ACM loses …": arguments are the synopsis's. */
			bool named = behind != NULL && summary[0] >= 'A' && summary[0] <= 'Z';
			return named ? behind + 2 : summary;
		}
	}
	return "part of acmlint";
}

static void command_page(FILE *out, const struct acml_manual *manual)
{
	char name[64];
	const struct acml_manual_option *row;
	snprintf(name, sizeof(name), "acmlint-%s", manual->command);
	begin(out, name, 1, summary_of(manual->command));
	fprintf(out, ".SH SYNOPSIS\n.B acmlint %s\n", manual->command);
	text(out, manual->synopsis);
	fputs(".SH DESCRIPTION\n", out);
	text(out, manual->about);
	fputs(".SH OPTIONS\n", out);
	for (size_t i = 0; (row = acml_manual_option(manual, i)) != NULL; i++) {
		option(out, row);
	}
	fputs(".SH EXIT STATUS\n", out);
	for (int i = 0; i < 4; i++) {
		if (manual->status[i] != NULL) {
			fprintf(out, ".TP\n.B %d\n", i);
			text(out, manual->status[i]);
		}
	}
	fputs(".SH SEE ALSO\n.BR acmlint (1),\n.BR acmlint.conf (5),\n.BR mod\\-acmlint (7)\n", out);
}

static void main_page(FILE *out)
{
	begin(out, "acmlint", 1, "find what would stop AWS Certificate Manager in DNS zones");
	fputs(".SH SYNOPSIS\n.B acmlint\n.RI [ COMMAND ]\n.RI [ OPTIONS ]\n.IR ZONEFILE ...\n"
	      ".SH DESCRIPTION\nacmlint reads DNS zones before they are published and tells what would "
	      "stop AWS Certificate\nManager (ACM) from issuing or renewing a certificate.\n"
	      "The report goes to standard output, everything else to standard error.\n"
	      ".SH COMMANDS\n", out);
	for (size_t i = 0; acml_commands[i] != NULL; i++) {
		fprintf(out, ".TP\n.BR acmlint\\-%s (1)\n", acml_commands[i]->name);
		text(out, summary_of(acml_commands[i]->name));
	}
	fputs(".SH EXIT STATUS\n.TP\n.B 0\nnothing found at or above the level that \\-\\-fail\\-on says\n"
	      ".TP\n.B 1\nfindings\n.TP\n.B 2\nsome input could not be read or parsed, or the report not "
	      "be written; wins over 1\n.TP\n.B 3\nwrong usage or configuration\n"
	      ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nno colours on a terminal\n"
	      ".TP\n.B FORCE_HYPERLINK\n1: rule ids are links; 0: they are not. Else it depends on the "
	      "terminal\n"
	      ".SH FILES\n.TP\n.I .acmlint.conf\nsettings; see\n.BR acmlint.conf (5)\n"
	      ".SH SUPPRESSION\nA comment in the zone file, on the record's line or above it:\n.PP\n"
	      "; acmlint: allow CAA002 \\-\\- parked, no ACM here\n.PP\nallow\\-file speaks of the whole "
	      "file. The reason is required.\n"
	      ".SH SEE ALSO\n.BR acmlint.conf (5),\n.BR mod\\-acmlint (7)\n", out);
}

static void conf_page(FILE *out)
{
	begin(out, "acmlint.conf", 5, "settings of acmlint");
	fputs(".SH DESCRIPTION\n.I .acmlint.conf\nin the working directory, or inside a git repository in "
	      "a folder above it, up to the\nrepository's root; the first one counts. Its syntax is that "
	      "of knot.conf.\nThe command line is applied over it: a single value replaces the file's, "
	      "lists add to it.\nPaths are relative to the file's folder.\n.PP\n.nf\n"
	      "acmlint:\n    fail\\-on: warning\n    name: [example.com, \"*.example.com\"]\n"
	      "    rule: [TOK018=off, CAA001=warning]\n.fi\n.SH SETTINGS\n", out);
	for (size_t i = 0; acml_keys[i].name != NULL; i++) {
		const struct acml_manual_option *row = acml_manual_shared(acml_keys[i].name);
		if (row == NULL) {
			continue;
		}
		fputs(".TP\n.B ", out);
		text(out, row->name);
		fprintf(out, "%s%s%s: ", acml_keys[i].many ? "a list of " : "",
		        row->value != NULL ? row->value : "on or off",
		        acml_keys[i].many ? ", [A, B]" : "");
		text(out, row->help);
		if (row->more != NULL) {
			fputs(".br\n", out);
			text(out, row->more);
		}
	}
	fputs(".SH SEE ALSO\n.BR acmlint (1),\n.BR acmlint\\-check (1)\n", out);
}

bool acml_manual_page(FILE *out, const char *name)
{
	const struct acml_manual *manual = acml_manual_find(name);
	if (strcmp(name, "acmlint") == 0) {
		main_page(out);
	} else if (strcmp(name, "acmlint.conf") == 0) {
		conf_page(out);
	} else if (manual != NULL) {
		command_page(out, manual);
	} else {
		return false;
	}
	return true;
}
