/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/read.h"

#include <stdlib.h>
#include <string.h>

#include <libknot/descriptor.h>
#include <libknot/errcode.h>

#include "model/names.h"
#include "model/origin.h"
#include "model/reader.h"
#include "model/slurp.h"

static void reader_clear(struct acml_reader *reader)
{
	acml_build_clear(&reader->build);
	for (size_t i = 0; i < reader->n_sources; i++) {
		free(reader->sources[i].owned);
	}
	free(reader->sources);
	free(reader->contexts);
	free(reader->marks);
}

static int find_apex(struct acml_reader *reader, const char *name, const char *bytes, size_t size)
{
	struct acml_zone *zone = reader->zone;
	knot_dname_storage_t apex;
	bool found;
	if (reader->options->origin != NULL) {
		found = acml_name_parse(reader->options->origin, apex);
	} else {
		found = acml_origin_find(reader->scanner, name, bytes, size, apex,
		                         &zone->origin_guessed);
	}
	if (!found) {
		return KNOT_EINVAL;
	}

	char text[ACML_NAME_TEXT];
	zone->apex = acml_name_dup(&zone->arena, apex);
	zone->origin = acml_arena_strdup(&zone->arena, acml_name_text(apex, text));
	if (zone->apex == NULL || zone->origin == NULL) {
		return KNOT_ENOMEM;
	}
	reader->apex_size = knot_dname_size(apex);
	return KNOT_EOK;
}

static int name_files(struct acml_reader *reader)
{
	struct acml_zone *zone = reader->zone;
	const char **files = acml_arena_alloc(&zone->arena, reader->n_sources * sizeof(*files));
	if (files == NULL) {
		return KNOT_ENOMEM;
	}
	for (size_t i = 0; i < reader->n_sources; i++) {
		files[i] = reader->sources[i].name;
	}
	zone->files = files;
	zone->n_files = reader->n_sources;
	return KNOT_EOK;
}

static int read_all(struct acml_reader *reader, const char *name, const char *bytes, size_t size)
{
	int ret = find_apex(reader, name, bytes, size);
	if (ret == KNOT_EOK) {
		ret = acml_scan_zone(reader, name, bytes, size);
	}
	if (ret == KNOT_EOK) {
		ret = name_files(reader);
	}
	if (ret == KNOT_EOK) {
		ret = reader->zone->keep == ACML_KEEP_RELEVANT ?
		      acml_relevant_settle(reader) : acml_build_freeze(&reader->build);
	}
	return ret;
}

int acml_zone_read_bytes(struct acml_scanner *scanner, const char *name,
                         const char *bytes, size_t size,
                         const struct acml_read_options *options, struct acml_zone **out_zone)
{
	struct acml_zone *zone = calloc(1, sizeof(*zone));
	if (zone == NULL) {
		return KNOT_ENOMEM;
	}
	zone->complete = true;
	zone->keep = options->keep;

	struct acml_reader reader = {
		.scanner = scanner,
		.options = options,
		.zone = zone,
		.build = { .zone = zone },
	};
	int ret = read_all(&reader, name, bytes, size);
	reader_clear(&reader);
	if (ret != KNOT_EOK) {
		acml_zone_free(zone);
		return ret;
	}
	*out_zone = zone;
	return KNOT_EOK;
}

int acml_zone_read_file(struct acml_scanner *scanner, const char *path,
                        const struct acml_read_options *options, struct acml_zone **out_zone)
{
	char *bytes = NULL;
	size_t size = 0;
	int ret = acml_slurp(path, 0, &bytes, &size);
	if (ret != KNOT_EOK) {
		return ret;
	}
	ret = acml_zone_read_bytes(scanner, path, bytes, size, options, out_zone);
	free(bytes);
	return ret;
}
