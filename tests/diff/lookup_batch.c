/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * lookup_batch ORIGIN ZONEFILE: reads lines "NAME TYPE" with absolute names, prints for each what
 * acmlint lookup prints, by the same code. For the differential test, where starting a program for
 * each look-up would take minutes.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libknot/descriptor.h>
#include <libknot/errcode.h>

#include "model/names.h"
#include "model/read.h"
#include "report/lookup_json.h"

/* A name in text, a blank, a type. */
#define LINE (ACML_NAME_TEXT + 64)

static int answer_line(const struct acml_zone *zone, char *line)
{
	char *type_text = strrchr(line, ' ');
	knot_dname_storage_t name;
	uint16_t type = 0;
	if (type_text == NULL) {
		return KNOT_EINVAL;
	}
	*type_text++ = '\0';
	if (!acml_name_parse(line, name) || knot_rrtype_from_string(type_text, &type) != 0) {
		return KNOT_EINVAL;
	}
	return acml_lookup_json_write(stdout, zone, name, type);
}

static int answer_lines(const struct acml_zone *zone)
{
	char line[LINE];
	while (fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (answer_line(zone, line) != KNOT_EOK) {
			fprintf(stderr, "cannot look up: %s\n", line);
			return EXIT_FAILURE;
		}
	}
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("usage: lookup_batch ORIGIN ZONEFILE <QUERIES\n", stderr);
		return EXIT_FAILURE;
	}
	const struct acml_read_options options = { .origin = argv[1], .keep = ACML_KEEP_ALL };
	struct acml_scanner *scanner = acml_scanner_new();
	struct acml_zone *zone = NULL;
	int ret = scanner == NULL ? KNOT_ENOMEM :
	          acml_zone_read_file(scanner, argv[2], &options, &zone);
	acml_scanner_free(scanner);
	if (ret != KNOT_EOK || !zone->complete || zone->n_problems > 0) {
		fprintf(stderr, "%s: cannot be read\n", argv[2]);
		acml_zone_free(zone);
		return EXIT_FAILURE;
	}
	int status = answer_lines(zone);
	acml_zone_free(zone);
	return status;
}
