/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Output: a run's report on stdout, and on stderr what no report can hold. */

#pragma once

#include "cli/options.h"
#include "report/report.h"

/* What stdout's report cannot hold or may hide. */
void acml_output_problems(const struct acml_options *options, const struct acml_run *run);

/* Whether the report on stdout is to have colours. */
bool acml_output_color(const struct acml_options *options);

/* Whether rule ids are to be links: the terminal is known to show them. */
bool acml_output_links(const struct acml_options *options);

/* Writes the report. status, or ACML_EXIT_INPUT when it could not be written whole. */
int acml_output_report(const struct acml_options *options, const struct acml_run *run,
                       const struct acml_reporter *reporter, int status);
