/* SPDX-License-Identifier: GPL-2.0-or-later */

/* acmlint export: a zone, of Route 53 for instance, as plain zone text. */

#include <getopt.h>
#include <stdlib.h>

#include <libknot/errcode.h>

#include "cli/command.h"
#include "cli/manual.h"
#include "model/names.h"
#include "model/read.h"
#include "report/export.h"

static int parse_options(int argc, char **argv, struct acml_read_options *out,
                         const char **out_file)
{
	static const struct option options[] = {
		{ "origin", required_argument, NULL, 'o' },
		{ "no-include", no_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int got;
	while ((got = getopt_long(argc, argv, ":o:h", options, NULL)) != -1) {
		switch (got) {
		case 'o':
			out->origin = optarg;
			break;
		case 'n':
			out->no_include = true;
			break;
		case 'h':
			return acml_manual_help("export", true);
		default:
			return acml_usage_getopt("export", argv, got, options);
		}
	}
	knot_dname_storage_t origin;
	if (argc - optind != 1) {
		return acml_usage("export", "export takes one zone file");
	}
	if (out->origin != NULL && !acml_name_parse(out->origin, origin)) {
		return acml_usage("export", "bad origin '%s'", out->origin);
	}
	*out_file = argv[optind];
	return -1;
}

/* Part of a zone must not be taken for the whole. */
static int refuse(const char *file, const struct acml_zone *zone)
{
	for (size_t i = 0; i < zone->n_problems; i++) {
		const struct acml_problem *problem = &zone->problems[i];
		acml_say("%s:%u: %s", zone->files[problem->file], problem->line, problem->message);
	}
	if (zone->n_rrs == 0 && zone->n_problems == 0) {
		acml_say("%s: the file holds no records of %s", file, zone->origin);
	}
	acml_say("%s: nothing is written", file);
	return ACML_EXIT_INPUT;
}

static int say_odd(const char *file, const struct acml_odd_set *odd)
{
	struct acml_arena arena = { 0 };
	const char *text = acml_export_odd(&arena, odd);
	if (text != NULL) {
		acml_say("%s:%u: %s", file, odd->line, text);
	}
	acml_arena_clear(&arena);
	return text != NULL ? KNOT_EOK : KNOT_ENOMEM;
}

static int export_zone(const char *file, const struct acml_zone *zone)
{
	if (!zone->complete || zone->n_problems > 0 || zone->n_rrs == 0) {
		return refuse(file, zone);
	}
	struct acml_export_count count = { 0 };
	int ret = acml_export_write(stdout, zone, &count);
	for (size_t i = 0; i < zone->n_odd && ret == KNOT_EOK; i++) {
		ret = say_odd(file, &zone->odd[i]);
	}
	for (size_t i = 0; i < zone->n_outside; i++) {
		const struct acml_rr *rr = &zone->outside[i];
		char owner[ACML_NAME_TEXT];
		acml_say("%s:%u: %s is outside the zone: left out", zone->files[rr->file], rr->line,
		         acml_name_text(rr->owner, owner));
		count.left_out++;
	}
	if (ret != KNOT_EOK) {
		return acml_no_memory();
	}
	return acml_finish(stdout, count.left_out > 0 ? ACML_EXIT_FINDINGS : ACML_EXIT_OK);
}

static int run(int argc, char **argv)
{
	struct acml_read_options options = { .keep = ACML_KEEP_ALL, .route53 = true };
	const char *file = NULL;
	int status = parse_options(argc, argv, &options, &file);
	if (status >= 0) {
		return status;
	}
	struct acml_zone *zone = NULL;
	struct acml_scanner *scanner = acml_scanner_new();
	int ret = scanner == NULL ? KNOT_ENOMEM :
	          acml_zone_read_file(scanner, file, &options, &zone);
	acml_scanner_free(scanner);
	if (ret != KNOT_EOK) {
		acml_say("%s: %s", file, acml_input_error(ret));
		return ACML_EXIT_INPUT;
	}
	status = export_zone(file, zone);
	acml_zone_free(zone);
	return status;
}

const struct acml_command acml_cmd_export = {
	.name = "export",
	.summary = "ZONEFILE: a zone, or Route 53's JSON, as plain zone text",
	.run = run,
};
