/* SPDX-License-Identifier: GPL-2.0-or-later */

/* acmlint lookup: what an authoritative server answers from a zone file. */

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include <libknot/descriptor.h>
#include <libknot/errcode.h>
#include <libknot/error.h>

#include "cli/command.h"
#include "cli/manual.h"
#include "model/names.h"
#include "model/read.h"
#include "report/lookup_json.h"

struct request {
	struct acml_read_options read;
	const char *file;
	const char *name;
	uint16_t type;
};

/* Types that only exist in queries have no answer in a zone; ANY has. */
static bool parse_type(const char *text, uint16_t *out_type)
{
	uint16_t type = 0;
	if (knot_rrtype_from_string(text, &type) != 0 || type == 0) {
		return false;
	}
	if (knot_rrtype_is_metatype(type) && type != KNOT_RRTYPE_ANY) {
		return false;
	}
	*out_type = type;
	return true;
}

static bool ends_in_dot(const char *text)
{
	size_t len = strlen(text);
	if (len == 0 || text[len - 1] != '.') {
		return false;
	}
	size_t backslashes = 0;
	while (backslashes < len - 1 && text[len - 2 - backslashes] == '\\') {
		backslashes++;
	}
	return backslashes % 2 == 0;
}

static bool parse_name(const char *text, const struct acml_zone *zone, knot_dname_storage_t out)
{
	if (strcmp(text, "@") == 0) {
		return acml_name_parse(zone->origin, out);
	}
	if (ends_in_dot(text)) {
		return acml_name_parse(text, out);
	}
	if (acml_name_parse(text, out) && acml_name_within(out, zone->apex)) {
		return true;
	}
	char absolute[2 * ACML_NAME_TEXT];
	int len = snprintf(absolute, sizeof(absolute), "%s.%s", text,
	                   zone->apex[0] == '\0' ? "" : zone->origin);
	return text[0] != '\0' && len < (int)sizeof(absolute) && acml_name_parse(absolute, out);
}

static int parse_options(int argc, char **argv, struct request *out)
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
			out->read.origin = optarg;
			break;
		case 'n':
			out->read.no_include = true;
			break;
		case 'h':
			return acml_manual_help("lookup", true);
		default:
			return acml_usage_getopt("lookup", argv, got, options);
		}
	}
	if (argc - optind != 3) {
		return acml_usage("lookup", "lookup takes a zone file, a name and a type");
	}
	out->file = argv[optind];
	out->name = argv[optind + 1];
	if (!parse_type(argv[optind + 2], &out->type)) {
		return acml_usage("lookup", "unknown type '%s'", argv[optind + 2]);
	}
	knot_dname_storage_t origin;
	if (out->read.origin != NULL && !acml_name_parse(out->read.origin, origin)) {
		return acml_usage("lookup", "bad origin '%s'", out->read.origin);
	}
	return -1;
}

/* Says what could not be parsed. knotd would not load such a zone at all. */
static int say_problems(const struct acml_zone *zone)
{
	for (size_t i = 0; i < zone->n_problems; i++) {
		const struct acml_problem *problem = &zone->problems[i];
		acml_say("%s:%u: %s", zone->files[problem->file], problem->line, problem->message);
	}
	if (zone->n_problems > 0 && zone->complete) {
		acml_say("%s: the answer is without what could not be parsed", zone->files[0]);
	}
	return zone->n_problems > 0 ? ACML_EXIT_INPUT : ACML_EXIT_OK;
}

static int answer(const struct acml_zone *zone, const struct request *request)
{
	knot_dname_storage_t name;
	if (!parse_name(request->name, zone, name)) {
		return acml_usage("lookup", "'%s' is not a domain name", request->name);
	}
	int status = say_problems(zone);
	if (!zone->complete) {
		acml_say("%s: could not be read to its end, so there is no answer", request->file);
		return ACML_EXIT_INPUT;
	}
	if (acml_lookup_json_write(stdout, zone, name, request->type) != KNOT_EOK) {
		acml_say("out of memory");
		return ACML_EXIT_INPUT;
	}
	return acml_finish(stdout, status);
}

static int run(int argc, char **argv)
{
	struct request request = { .read = { .keep = ACML_KEEP_ALL, .route53 = true } };
	int status = parse_options(argc, argv, &request);
	if (status >= 0) {
		return status;
	}
	struct acml_zone *zone = NULL;
	struct acml_scanner *scanner = acml_scanner_new();
	int ret = scanner == NULL ? KNOT_ENOMEM :
	          acml_zone_read_file(scanner, request.file, &request.read, &zone);
	acml_scanner_free(scanner);
	if (ret != KNOT_EOK) {
		acml_say("%s: %s", request.file, acml_input_error(ret));
		return ACML_EXIT_INPUT;
	}
	status = answer(zone, &request);
	acml_zone_free(zone);
	return status;
}

const struct acml_command acml_cmd_lookup = {
	.name = "lookup",
	.summary = "ZONEFILE NAME TYPE: what an authoritative server answers, as JSON",
	.run = run,
};
