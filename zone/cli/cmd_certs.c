/* SPDX-License-Identifier: GPL-2.0-or-later */

/* acmlint certs: one verdict for each certificate name. */

#include <libknot/errcode.h>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/run.h"
#include "lint/verdict.h"
#include "report/certs.h"

static int exit_status(const struct acml_options *options, const struct acml_run *run)
{
	enum acml_verdict_kind worst = ACML_VERDICT_ISSUABLE;
	for (size_t i = 0; i < run->n_zones; i++) {
		if (!run->zones[i].complete) {
			return ACML_EXIT_INPUT;
		}
	}
	for (size_t i = 0; i < run->n_certificates; i++) {
		enum acml_verdict_kind kind = run->certificates[i].verdict->kind;
		worst = kind > worst ? kind : worst;
	}
	bool fails = options->fail_on != ACML_OFF &&
	             (worst == ACML_VERDICT_BLOCKED ||
	              (worst == ACML_VERDICT_UNKNOWN && options->fail_on < ACML_ERROR));
	return run->n_errors > 0 ? ACML_EXIT_INPUT : fails ? ACML_EXIT_FINDINGS : ACML_EXIT_OK;
}

static int run_certs(int argc, char **argv)
{
	struct acml_options options = { .fail_on = ACML_ERROR };
	const struct acml_dialect dialect = {
		.command = "certs", .letters = "",
	};
	struct acml_run run;
	struct acml_work *work = NULL;
	bool done = false;
	int status = acml_options_parse_as(&dialect, argc, argv, &options, &done);
	if (status == ACML_EXIT_OK && !done) {
		options.certificates = true;
		if (acml_run_check(&options, &run, &work) == KNOT_EOK) {
			acml_output_problems(&options, &run);
			status = acml_output_report(&options, &run,
			        options.reporter == &acml_reporter_text ? &acml_reporter_certs :
			        options.reporter, exit_status(&options, &run));
		} else {
			status = acml_no_memory();
		}
	}
	acml_work_free(work);
	acml_options_clear(&options);
	return status;
}

const struct acml_command acml_cmd_certs = {
	.name = "certs",
	.summary = "one verdict per certificate name: would ACM issue or renew it?",
	.run = run_certs,
};
