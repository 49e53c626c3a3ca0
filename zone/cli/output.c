/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/output.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libknot/errcode.h>

#include "cli/command.h"
#include "model/names.h"

#define REPORT_BUFFER (1 << 16)

bool acml_output_color(const struct acml_options *options)
{
	if (options->color != ACML_COLOR_AUTO) {
		return options->color == ACML_COLOR_ALWAYS;
	}
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");
	return (no_color == NULL || no_color[0] == '\0') && isatty(STDOUT_FILENO) &&
	       term != NULL && strcmp(term, "dumb") != 0;
}

bool acml_output_links(const struct acml_options *options)
{
	static const char *const signs[] = {
		"DOMTERM", "KITTY_WINDOW_ID", "KONSOLE_VERSION", "VTE_VERSION", "WEZTERM_PANE",
		"WT_SESSION",
	};
	const char *force = getenv("FORCE_HYPERLINK");
	if (force != NULL && force[0] != '\0') {
		return strcmp(force, "0") != 0;
	}
	bool known = false;
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		known |= getenv(signs[i]) != NULL;
	}
	return known && isatty(STDOUT_FILENO) && acml_output_color(options);
}

/* A name that no zone of the run holds is probably misspelt, and nothing else would say so. */
static void note_foreign_names(const struct acml_options *options, const struct acml_run *run)
{
	for (size_t i = 0; i < options->n_wanted; i++) {
		bool held = false;
		for (size_t j = 0; j < run->n_zones && !held; j++) {
			knot_dname_storage_t apex;
			held = acml_name_parse(run->zones[j].origin, apex) &&
			       acml_name_within(options->wanted[i].name, apex);
		}
		char text[ACML_NAME_TEXT];
		if (!held && run->n_zones > 0) {
			acml_say("note: the name %s belongs to no zone of this run, so it was not "
			         "judged", acml_name_host(options->wanted[i].name, text));
		}
	}
}

void acml_output_problems(const struct acml_options *options, const struct acml_run *run)
{
	for (size_t i = 0; i < run->n_errors; i++) {
		const struct acml_run_error *error = &run->errors[i];
		if (error->line > 0) {
			acml_say("%s:%u: %s", error->file, error->line, error->message);
		} else {
			acml_say("%s: %s", error->file, error->message);
		}
	}
	for (size_t i = 0; i < run->n_zones && !options->quiet; i++) {
		const struct acml_run_zone *zone = &run->zones[i];
		if (zone->origin_guessed) {
			acml_say("note: %s: origin %s was guessed from the file's name; "
			         "--origin NAME says it", zone->file, zone->origin);
		}
		if (zone->baseline_missing) {
			acml_say("note: %s: no baseline for %s, so everything in it is new",
			         zone->file, zone->origin);
		}
	}
	if (!options->quiet) {
		note_foreign_names(options, run);
	}
}

int acml_output_report(const struct acml_options *options, const struct acml_run *run,
                       const struct acml_reporter *reporter, int status)
{
	char *buffer = malloc(REPORT_BUFFER);
	if (buffer != NULL) {
		setvbuf(stdout, buffer, _IOFBF, REPORT_BUFFER);
	}
	const struct acml_style style = {
		.color = acml_output_color(options),
		.quiet = options->quiet,
		.links = acml_output_links(options),
	};
	if (reporter->write(stdout, run, &style) != KNOT_EOK) {
		acml_say("out of memory: the report is not whole");
		status = ACML_EXIT_INPUT;
	}
	status = acml_finish(stdout, status);
	/* The buffer must outlive the stream's last use: exit() flushes nothing any more. */
	setvbuf(stdout, NULL, _IONBF, 0);
	free(buffer);
	return status;
}
