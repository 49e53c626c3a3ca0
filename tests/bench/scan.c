/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What libzscanner itself costs: a whole process that scans files with an empty
 * callback, each with a scanner of its own. */

#include <stdio.h>
#include <stdlib.h>

#include <libzscanner/scanner.h>

static void ignore(zs_scanner_t *scanner)
{
	(void)scanner;
}

static int scan(zs_scanner_t *scanner, const char *origin, const char *path)
{
	int ret = 2;
	if (zs_init(scanner, origin, 1, 3600) != 0) {
		return ret;
	}
	if (zs_set_input_file(scanner, path) == 0 &&
	    zs_set_processing(scanner, ignore, ignore, NULL) == 0 &&
	    zs_parse_all(scanner) == 0 && scanner->error.counter == 0) {
		ret = 0;
	}
	zs_deinit(scanner);
	return ret;
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: scan ORIGIN FILE...\n");
		return 3;
	}
	zs_scanner_t *scanner = malloc(sizeof(*scanner));
	int ret = scanner == NULL ? 2 : 0;
	for (int i = 2; ret == 0 && i < argc; i++) {
		ret = scan(scanner, argv[1], argv[i]);
	}
	free(scanner);
	return ret;
}
