/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/given.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libknot/errcode.h>

#include "model/names.h"
#include "model/origin.h"
#include "model/read.h"
#include "model/read.h"

/* An SOA record stands at the beginning of a zone file. */
#define PEEK_SIZE (1 << 16)

/* The beginning of a file, malloc()ed. NULL: cannot be read, which reading the zone will say. */
static char *peek(const char *path, size_t *out_size)
{
	char *bytes = malloc(PEEK_SIZE);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t got = bytes != NULL && fd >= 0 ? read(fd, bytes, PEEK_SIZE) : -1;
	if (fd >= 0) {
		close(fd);
	}
	if (got <= 0) {
		free(bytes);
		return NULL;
	}
	*out_size = (size_t)got;
	return bytes;
}

static bool is_json(const char *bytes, size_t size)
{
	size_t i = 0;
	while (i < size && (bytes[i] == ' ' || bytes[i] == '\t' || bytes[i] == '\r' ||
	                    bytes[i] == '\n')) {
		i++;
	}
	return i < size && (bytes[i] == '{' || bytes[i] == '[');
}

/* Which zone a file is about, as reading it would find. False: only reading it tells. */
static bool peek_apex(const struct acml_options *options, struct acml_scanner *scanner,
                      const struct acml_given_zone *zone, knot_dname_storage_t out)
{
	if (options->origin != NULL) {
		return acml_name_parse(options->origin, out);
	}
	size_t size = zone->size;
	char *owned = zone->bytes == NULL ? peek(zone->file, &size) : NULL;
	const char *bytes = owned != NULL ? owned : zone->bytes;
	bool guessed = true;
	if (owned != NULL && is_json(owned, size)) {
		/* Its first part is no JSON; the SOA may be anywhere in it. */
		free(owned);
		owned = NULL;
		bytes = acml_slurp(zone->file, 0, &owned, &size) == KNOT_EOK ? owned : NULL;
	}
	bool found = bytes != NULL &&
	             acml_origin_find(scanner, zone->file, bytes, size, out, &guessed) &&
	             (!guessed || size < PEEK_SIZE);
	free(owned);
	return found;
}

/* The apexes of all zones; *out_all: of each one is known. */
static int find_apexes(const struct acml_options *options, const struct acml_given_zone *zones,
                       size_t n_zones, struct acml_arena *arena, const knot_dname_t **names,
                       bool *out_all)
{
	struct acml_scanner *scanner = acml_scanner_new();
	int ret = scanner != NULL ? KNOT_EOK : KNOT_ENOMEM;
	*out_all = true;
	for (size_t i = 0; ret == KNOT_EOK && *out_all && i < n_zones; i++) {
		knot_dname_storage_t apex;
		*out_all = peek_apex(options, scanner, &zones[i], apex);
		if (*out_all) {
			names[i] = acml_name_dup(arena, apex);
			ret = names[i] != NULL ? KNOT_EOK : KNOT_ENOMEM;
		}
	}
	acml_scanner_free(scanner);
	return ret;
}

int acml_given_inventory(const struct acml_options *options, struct acml_inventory **out_inventory,
                         struct acml_fault *out_fault)
{
	const struct acml_paths *paths = &options->inventories;
	if (paths->count == 0) {
		return KNOT_EOK;
	}
	int ret = acml_inventory_read(paths->paths, paths->count, out_inventory, out_fault);
	if (ret == KNOT_EOK || ret == KNOT_ENOMEM) {
		return ret;
	}
	char message[sizeof(out_fault->message)];
	memcpy(message, out_fault->message, sizeof(message));
	if (out_fault->column > 0) {
		snprintf(out_fault->message, sizeof(message), "column %u: %.180s; the inventory is left "
		         "out", out_fault->column, message);
	} else {
		snprintf(out_fault->message, sizeof(message), "%.200s; the inventory is left out",
		         message);
	}
	return KNOT_EOK;
}

int acml_given_parent(const struct acml_options *options, const struct acml_given_zone *zones,
                      size_t n_zones, struct acml_parent **out_parent,
                      struct acml_fault *out_fault)
{
	const struct acml_paths *paths = &options->parents;
	if (paths->count == 0) {
		*out_parent = NULL;
		return KNOT_EOK;
	}
	struct acml_arena arena = { 0 };
	const knot_dname_t **names = calloc(n_zones + 1, sizeof(*names));
	bool all = false;
	int ret = names == NULL ? KNOT_ENOMEM :
	          find_apexes(options, zones, n_zones, &arena, names, &all);
	if (ret == KNOT_EOK) {
		const struct acml_parent_options filter = {
			.wanted = all ? names : NULL,
			.n_wanted = n_zones,
			.for_zone = all && n_zones == 1 ? names[0] : NULL,
		};
		ret = acml_parent_read(paths->paths, paths->count, &filter, out_parent, out_fault);
	}
	free(names);
	acml_arena_clear(&arena);
	return ret;
}
