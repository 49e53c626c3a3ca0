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

void acml_reader_clear(struct acml_reader *reader)
{
	acml_build_clear(&reader->build);
	free(reader->contexts);
	acml_marks_clear(reader);
	free(reader->nsecs);
	free(reader->nsec3s);
	reader->contexts = NULL;
	reader->nsecs = NULL;
	reader->nsec3s = NULL;
	acml_digest_clear(&reader->digest);
}

static void close_sources(struct acml_reader *reader)
{
	for (size_t i = 0; i < reader->n_sources; i++) {
		free(reader->sources[i].owned);
	}
	free(reader->sources);
}

/* The owner of the SOA; what names no zone at all is not refused, so that its faults are said. */
static bool json_apex(struct acml_reader *reader, const char *name, knot_dname_storage_t out)
{
	if (reader->route53->apex != NULL) {
		return acml_name_parse(reader->route53->apex, out);
	}
	reader->zone->origin_guessed = true;
	return acml_origin_from_name(name, out) ||
	       (reader->route53->n_faults > 0 && acml_name_parse(".", out));
}

static int find_apex(struct acml_reader *reader, const char *name, const char *bytes, size_t size)
{
	struct acml_zone *zone = reader->zone;
	knot_dname_storage_t apex;
	bool found;
	if (reader->options->origin != NULL) {
		found = acml_name_parse(reader->options->origin, apex);
	} else if (reader->route53 != NULL) {
		found = json_apex(reader, name, apex);
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
	reader->apex_size = acml_name_size(apex);
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

/* What is wrong with the JSON, and what stands beside the records. Lines are still the text's. */
static int add_route53(struct acml_reader *reader)
{
	const struct acml_route53 *route53 = reader->route53;
	struct acml_zone *zone = reader->zone;
	if (route53 == NULL) {
		return KNOT_EOK;
	}
	zone->from_json = true;
	struct acml_odd_set *odd = acml_arena_alloc(&zone->arena, route53->n_odd * sizeof(*odd));
	if (odd == NULL) {
		return KNOT_ENOMEM;
	}
	if (route53->n_odd > 0) {
		memcpy(odd, route53->odd, route53->n_odd * sizeof(*odd));
	}
	zone->odd = odd;
	zone->n_odd = route53->n_odd;
	int ret = KNOT_EOK;
	for (size_t i = 0; ret == KNOT_EOK && i < route53->n_faults; i++) {
		const struct acml_route53_fault *fault = &route53->faults[i];
		struct acml_problem problem = {
			.line = fault->line, .fatal = fault->fatal, .message = fault->message,
		};
		zone->complete &= !fault->fatal;
		ret = acml_build_problem(&reader->build, &problem);
	}
	return ret;
}

static int read_all(struct acml_reader *reader, const char *name, const char *bytes, size_t size)
{
	int ret = find_apex(reader, name, bytes, size);
	if (ret == KNOT_EOK) {
		ret = acml_scan_zone(reader, name, bytes, size);
	}
	if (ret == KNOT_EOK && reader->options->digest) {
		reader->zone->digest = acml_digest_value(&reader->digest);
	}
	if (ret == KNOT_EOK) {
		ret = add_route53(reader);
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
		.key = scanner->key,
		.build = { .zone = zone },
	};
	struct acml_route53 route53 = { 0 };
	int ret = KNOT_EOK;
	if (options->route53 && acml_route53_recognise(bytes, size)) {
		ret = acml_route53_convert(&zone->arena, bytes, size, &route53);
		reader.route53 = &route53;
		bytes = route53.text.bytes;
		size = route53.text.size;
	}
	if (ret == KNOT_EOK) {
		ret = read_all(&reader, name, bytes, size);
	}
	if (ret == KNOT_EOK && reader.route53 != NULL) {
		acml_route53_place(&route53, zone);
	}
	acml_reader_clear(&reader);
	close_sources(&reader);
	acml_route53_clear(&route53);
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
	struct acml_slurped text = { 0 };
	struct acml_zone *zone = NULL;
	int ret = acml_slurp_zone(path, &text);
	if (ret != KNOT_EOK) {
		return ret;
	}
	ret = acml_zone_read_bytes(scanner, path, text.bytes, text.size, options, &zone);
	if (ret == KNOT_EOK && acml_slurped_changed(&text)) {
		acml_zone_free(zone);
		ret = KNOT_EAGAIN;
	}
	acml_slurped_clear(&text);
	if (ret == KNOT_EOK) {
		*out_zone = zone;
	}
	return ret;
}
