/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What libzscanner itself costs: a whole process that scans one file with an empty callback. */

#include <stdio.h>
#include <stdlib.h>

#include <libzscanner/scanner.h>

static void ignore(zs_scanner_t *scanner)
{
	(void)scanner;
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: scan ORIGIN FILE\n");
		return 3;
	}

	int ret = 2;
	zs_scanner_t *scanner = malloc(sizeof(*scanner));
	if (scanner == NULL) {
		return 2;
	}
	if (zs_init(scanner, argv[1], 1, 3600) != 0) {
		free(scanner);
		return 2;
	}
	if (zs_set_input_file(scanner, argv[2]) == 0 &&
	    zs_set_processing(scanner, ignore, ignore, NULL) == 0 &&
	    zs_parse_all(scanner) == 0 && scanner->error.counter == 0) {
		ret = 0;
	}
	zs_deinit(scanner);
	free(scanner);

	return ret;
}
