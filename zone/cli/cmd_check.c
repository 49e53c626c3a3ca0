/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <libknot/errcode.h>

#include "cli/command.h"
#include "cli/knot_verdict.h"
#include "cli/output.h"
#include "cli/run.h"

/* The one decision is acml_result_fails(); an unread input wins over it. */
static int exit_status(const struct acml_options *options, const struct acml_run *run)
{
	int status = ACML_EXIT_OK;
	for (size_t i = 0; i < run->n_zones; i++) {
		if (!run->zones[i].complete) {
			return ACML_EXIT_INPUT;
		}
		if (acml_result_fails(run->zones[i].result, options->fail_on)) {
			status = ACML_EXIT_FINDINGS;
		}
	}
	return run->n_errors > 0 ? ACML_EXIT_INPUT : status;
}

/* The zones of a server. */
static int check_server(const struct acml_options *options)
{
	struct acml_knot_run all;
	int status;
	if (acml_knot_run(options, &all) == KNOT_EOK) {
		acml_output_problems(options, &all.run);
		status = acml_output_report(options, &all.run, options->reporter, all.status);
	} else {
		status = acml_no_memory();
	}
	acml_knot_run_clear(&all);
	return status;
}

static int run_check(int argc, char **argv)
{
	struct acml_options options = { .fail_on = ACML_ERROR };
	struct acml_run run;
	struct acml_work *work = NULL;
	bool done = false;
	int status = acml_options_parse(argc, argv, &options, &done);
	if (status == ACML_EXIT_OK && !done && options.has_groups) {
		status = check_server(&options);
	} else if (status == ACML_EXIT_OK && !done) {
		if (acml_run_check(&options, &run, &work) == KNOT_EOK) {
			acml_output_problems(&options, &run);
			status = acml_output_report(&options, &run, options.reporter,
			                            exit_status(&options, &run));
		} else {
			status = acml_no_memory();
		}
	}
	acml_work_free(work);
	acml_options_clear(&options);
	return status;
}

const struct acml_command acml_cmd_check = {
	.name = "check",
	.summary = "lint zone files (the default command)",
	.run = run_check,
};
