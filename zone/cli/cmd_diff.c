/* SPDX-License-Identifier: GPL-2.0-or-later */

/* acmlint diff: what ACM loses or gains when one version of a zone takes another's place. */

#include <getopt.h>
#include <string.h>
#include <unistd.h>

#include <libknot/errcode.h>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/run.h"
#include "report/diff.h"

struct diff {
	struct acml_options options;
	struct acml_style style;
	bool json;
	size_t written;
	bool fails;
	size_t missing;         /* Zones without an older version. */
};

static int visit(void *context, const char *file, const char *bytes, size_t size,
                 const struct acml_zone *zone, const struct acml_facts *facts,
                 const struct acml_settings *settings)
{
	(void)bytes;
	(void)size;
	struct diff *diff = context;
	if (facts->baseline == NULL || !zone->complete || zone->records == 0) {
		if (facts->baseline == NULL && zone->complete) {
			acml_say("%s: there is no older version of %s", file, zone->origin);
			diff->missing++;
		}
		return KNOT_EOK;
	}
	struct acml_difference *difference = NULL;
	int ret = acml_difference_make(zone, facts, settings, &difference);
	if (ret != KNOT_EOK) {
		return ret;
	}
	if (diff->json) {
		fputs(diff->written > 0 ? ",\n    " : "\n    ", stdout);
		ret = acml_diff_json(stdout, difference);
	} else {
		acml_diff_text(stdout, difference, &diff->style);
	}
	diff->written++;
	for (size_t i = 0; i < difference->result->n_findings; i++) {
		const struct acml_finding *finding = &difference->result->findings[i];
		diff->fails |= acml_difference_owns(finding) && !finding->suppressed &&
		               diff->options.fail_on != ACML_OFF &&
		               finding->severity >= diff->options.fail_on;
	}
	acml_difference_free(difference);
	return ret;
}

static int diff_all(struct diff *diff)
{
	const struct acml_visitor visitor = { .visit = visit, .context = diff };
	struct acml_run run;
	struct acml_work *work = NULL;
	char now[ACML_TIME_TEXT];
	diff->options.visitor = &visitor;
	diff->options.jobs = 1;
	if (diff->json) {
		fprintf(stdout, "{\"acmlint\": \"" ACML_VERSION "\", \"now\": \"%s\",\n  \"zones\": [",
		        acml_time_text(diff->options.now, now));
	}
	if (acml_run_check(&diff->options, &run, &work) != KNOT_EOK) {
		return acml_no_memory();
	}
	int status = diff->fails ? ACML_EXIT_FINDINGS : ACML_EXIT_OK;
	for (size_t i = 0; i < run.n_errors; i++) {
		const struct acml_run_error *error = &run.errors[i];
		if (error->line > 0) {
			acml_say("%s:%u: %s", error->file, error->line, error->message);
		} else {
			acml_say("%s: %s", error->file, error->message);
		}
	}
	if (run.n_errors > 0 || diff->missing > 0) {
		status = ACML_EXIT_INPUT;
	}
	if (diff->json && acml_diff_json_end(stdout, run.errors, run.n_errors) != KNOT_EOK) {
		status = acml_no_memory();
	}
	acml_work_free(work);
	return acml_finish(stdout, status);
}

/* OLD becomes the baseline of NEW. */
static int take_inputs(struct diff *diff, char *const *paths, size_t count)
{
	struct acml_options *options = &diff->options;
	if (options->has_baseline) {
		return acml_usage("diff", "--baseline is the first of the two files");
	}
	if (count != 2) {
		return acml_usage("diff", "diff takes two files or folders: OLD NEW");
	}
	if (strcmp(paths[0], "-") == 0 && strcmp(paths[1], "-") == 0) {
		return acml_usage("diff", "standard input cannot be both versions");
	}
	acml_inputs_clear(&options->inputs);
	options->has_baseline = true;
	if (acml_inputs_add(&options->baseline, paths[0]) != KNOT_EOK ||
	    acml_inputs_add(&options->inputs, paths[1]) != KNOT_EOK) {
		return acml_no_memory();
	}
	diff->json = strcmp(options->reporter->name, "json") == 0;
	if (!diff->json && strcmp(options->reporter->name, "text") != 0) {
		return acml_usage("diff", "--format: a difference is written as text or json");
	}
	diff->style.quiet = options->quiet;
	diff->style.color = acml_output_color(options);
	diff->style.links = acml_output_links(options);
	return ACML_EXIT_OK;
}

static int run_diff(int argc, char **argv)
{
	struct diff diff = { .json = false };
	const struct acml_dialect dialect = {
		.command = "diff", .letters = "", .context = &diff,
	};
	bool done = false;
	int status = acml_options_parse_as(&dialect, argc, argv, &diff.options, &done);
	if (status == ACML_EXIT_OK && !done) {
		status = take_inputs(&diff, argv + optind, (size_t)(argc - optind));
	}
	if (status == ACML_EXIT_OK && !done) {
		status = diff_all(&diff);
	}
	acml_options_clear(&diff.options);
	return status;
}

const struct acml_command acml_cmd_diff = {
	.name = "diff",
	.summary = "OLD NEW: what ACM loses or gains between two versions of a zone",
	.run = run_diff,
};
