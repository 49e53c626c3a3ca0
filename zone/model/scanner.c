/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/scanner.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <libknot/descriptor.h>
#include <libknot/errcode.h>

#include "model/names.h"

struct acml_scanner *acml_scanner_new(void)
{
	struct acml_scanner *scanner = malloc(sizeof(*scanner));
	if (scanner == NULL) {
		return NULL;
	}
	if (zs_init(&scanner->zs, ".", KNOT_CLASS_IN, 0) != 0 ||
	    getrandom(scanner->key, sizeof(scanner->key), 0) != sizeof(scanner->key)) {
		zs_deinit(&scanner->zs);
		free(scanner);
		return NULL;
	}
	scanner->start = scanner->zs.cs;
	scanner->plain = (struct acml_plain) { 0 };
	scanner->deeper = NULL;
	return scanner;
}

void acml_scanner_free(struct acml_scanner *scanner)
{
	while (scanner != NULL) {
		struct acml_scanner *deeper = scanner->deeper;
		zs_deinit(&scanner->zs);
		free(scanner);
		scanner = deeper;
	}
}

struct acml_scanner *acml_scanner_deeper(struct acml_scanner *scanner)
{
	if (scanner->deeper == NULL) {
		scanner->deeper = acml_scanner_new();
	}
	return scanner->deeper;
}

int acml_scanner_reset(struct acml_scanner *scanner, const knot_dname_t *origin, uint32_t ttl,
                       const char *folder, const char *bytes, size_t size)
{
	zs_scanner_t *zs = &scanner->zs;
	if (zs->path == NULL || strcmp(zs->path, folder) != 0) {
		char *path = strdup(folder);
		if (path == NULL) {
			return KNOT_ENOMEM;
		}
		free(zs->path);
		zs->path = path;
	}

	zs->cs = scanner->start;
	zs->top = 0;
	zs->multiline = false;
	zs->long_string = false;
	zs->comma_list = false;
	zs->buffer_length = 0;
	zs->r_data_tail = 0;
	zs->r_owner_length = 0;
	zs->default_class = KNOT_CLASS_IN;
	zs->default_ttl = ttl;
	zs->error.code = ZS_OK;
	zs->error.counter = 0;
	zs->error.fatal = false;
	zs->line_counter = 1;
	scanner->plain = (struct acml_plain) { 0 };
	zs->process.automatic = false;

	zs->zone_origin_length = (uint32_t)acml_name_size(origin);
	memcpy(zs->zone_origin, origin, zs->zone_origin_length);

	return zs_set_input_string(zs, bytes, size) == 0 ? KNOT_EOK : KNOT_EINVAL;
}

bool acml_scanner_rests(struct acml_scanner *scanner)
{
	zs_scanner_t *zs = &scanner->zs;
	const char *at = zs->input.current, *end = zs->input.end;
	uint64_t lines = 0;
	if (zs->cs != scanner->start || zs->multiline || zs->input.eof) {
		return false;
	}
	while (at < end && (*at == '\n' || *at == ';')) {
		at = memchr(at, '\n', (size_t)(end - at));
		if (at == NULL) {
			return false;
		}
		at++;
		lines++;
	}
	if (at < end) {
		return false;
	}
	zs->line_counter += lines;
	return true;
}

void acml_scanner_expect_plain(struct acml_scanner *scanner, const char *limit)
{
	scanner->plain = (struct acml_plain) { .between = scanner->start, .limit = limit };
}

int acml_scanner_next(struct acml_scanner *scanner)
{
#ifdef ACML_PLAIN
	if (acml_plain_record(&scanner->plain, &scanner->zs)) {
		return 0;
	}
#endif
	return zs_parse_record(&scanner->zs);
}
