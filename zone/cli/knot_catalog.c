/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/knot_catalog.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>

#include "cli/command.h"
#include "cli/knot_module.h"
#include "model/build.h"
#include "model/catalog.h"
#include "model/names.h"
#include "model/read.h"

/* Of struct acml_server. */
#define STRICTEST 0
#define NEWEST UINT_MAX

/* A member that is to be added. */
struct entry {
	const char *zone;
	const char *template;
	const char *file;
	size_t line;
	size_t order;
};

struct search {
	struct acml_knot_conf *conf;
	const struct acml_knot_ask *ask;
	struct acml_knot_faults *faults;
	bool quiet;
	struct entry *entries;
	size_t n_entries, cap_entries;
};

/* What a file says. */
struct list {
	struct acml_zone *zone;         /* NULL: there is no file. */
	bool taken;                     /* The server would take it, and has these members. */
	struct acml_obstacle obstacle;  /* Else. */
};

static int read_list(const struct search *search, const char *catalog, const char *path,
                     unsigned version, struct list *out)
{
	struct acml_read_options options = { .origin = catalog, .keep = ACML_KEEP_ALL };
	struct acml_server server = {
		.version = version, .catalog = true,
		.soft_checks = strcmp(acml_conf_zone_text(search->conf, catalog, "semantic-checks",
		                                          "on"), "soft") == 0,
	};
	struct acml_scanner *scanner = acml_scanner_new();
	*out = (struct list){ .zone = NULL };
	int ret = scanner == NULL ? KNOT_ENOMEM :
	          acml_zone_read_file(scanner, path, &options, &out->zone);
	acml_scanner_free(scanner);
	if (ret == KNOT_EOK) {
		out->taken = acml_zone_loadable(out->zone, &server, &out->obstacle);
	}
	return ret == KNOT_ENOMEM ? ret : KNOT_EOK;
}

/* The source that the module would publish, if there is one; else files is what it was. */
static int find_source(const struct search *search, const struct acml_conf_item *place,
                       struct acml_knot_files *files, bool *out_found)
{
	const struct acml_conf_item *item;
	const char *id;
	size_t count = 0;
	int status = ACML_EXIT_OK;
	*out_found = false;
	while (acml_knot_module(search->conf, place->id, count, &id) != NULL) {
		count++;
	}
	/* Of several sections the last one has the last word. */
	const struct acml_knot_ask *ask = search->ask;
	while (count > 0 && status == ACML_EXIT_OK && !*out_found) {
		acml_knot_module(search->conf, place->id, --count, &id);
		if (acml_knot_files(search->conf, place->id, id, files, &item) == NULL &&
		    files->has_source) {
			status = ask->accepts(ask->context, place, count, out_found);
		}
	}
	return status;
}

static int add_fault(struct search *search, const char *catalog, const struct list *list)
{
	struct acml_arena *arena = &search->conf->arena;
	struct acml_knot_faults *faults = search->faults;
	char owner[ACML_NAME_TEXT];
	const struct acml_obstacle *obstacle = &list->obstacle;
	if (!ACML_ROOM(faults->faults, faults->count, faults->max)) {
		return KNOT_ENOMEM;
	}
	struct acml_knot_fault fault = {
		.zone = catalog, .line = obstacle->line,
		.file = acml_arena_strdup(arena, list->zone->files[obstacle->file]),
		.message = acml_arena_printf(arena, "the server could not load %s: %s, %s", catalog,
		                             obstacle->what,
		                             acml_name_text(obstacle->owner, owner)),
	};
	faults->faults[faults->count++] = fault;
	return fault.file != NULL && fault.message != NULL ? KNOT_EOK : KNOT_ENOMEM;
}

/* The template for a group: of the same name, else the catalog's first. */
static const char *template_of(const struct acml_conf_item *templates, size_t count,
                               const char *group)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(templates[i].value, group) == 0) {
			return templates[i].value;
		}
	}
	return templates[0].value;
}

static int add_members(struct search *search, const struct acml_conf_item *templates,
                       size_t n_templates, const struct acml_zone *zone)
{
	struct acml_arena *arena = &search->conf->arena;
	struct acml_member *members;
	size_t count;
	char text[ACML_NAME_TEXT];
	int ret = acml_catalog_members(zone, arena, &members, &count);
	for (size_t i = 0; ret == KNOT_EOK && i < count; i++) {
		if (!ACML_ROOM(search->entries, search->n_entries, search->cap_entries)) {
			return KNOT_ENOMEM;
		}
		struct entry entry = {
			.zone = acml_arena_strdup(arena, acml_name_text(members[i].name, text)),
			.template = template_of(templates, n_templates, members[i].group),
			.file = acml_arena_strdup(arena, zone->files[members[i].rr->file]),
			.line = members[i].rr->line, .order = search->n_entries,
		};
		search->entries[search->n_entries++] = entry;
		ret = entry.zone != NULL && entry.file != NULL ? KNOT_EOK : KNOT_ENOMEM;
	}
	return ret;
}

/* What is published, or what the module would put in its place. */
static int add_list(struct search *search, const char *catalog, const char *path, bool published,
                    const struct acml_conf_item *templates, size_t n_templates)
{
	struct list list;
	int ret = read_list(search, catalog, path, published ? STRICTEST : NEWEST, &list);
	if (ret == KNOT_EOK && list.zone == NULL && !search->quiet) {
		acml_say("note: %s: %s is not there, its members are not known", catalog, path);
	} else if (ret == KNOT_EOK && list.zone != NULL && !list.taken && published) {
		ret = add_fault(search, catalog, &list);
		acml_zone_free(list.zone);
		list.zone = NULL;
		/* What only older servers refuse is not passed over. */
		if (ret == KNOT_EOK) {
			ret = read_list(search, catalog, path, NEWEST, &list);
		}
	}
	if (ret == KNOT_EOK && list.taken) {
		ret = add_members(search, templates, n_templates, list.zone);
	}
	acml_zone_free(list.zone);
	return ret;
}

static int add_catalog(struct search *search, const struct acml_conf_item *place)
{
	size_t count;
	const struct acml_conf_item *templates = acml_conf_zone(search->conf, place->id,
	                                                        "catalog-template", &count);
	if (count == 0) {
		acml_say("%s:%zu: %s: a catalog zone needs a catalog-template", place->file,
		         place->line, place->id);
		return ACML_EXIT_USAGE;
	}
	const struct acml_conf_item *item;
	struct acml_knot_files files;
	bool accepted;
	int status = find_source(search, place, &files, &accepted);
	if (status != ACML_EXIT_OK) {
		return status;
	}
	/* What is wrong with the file's name is said when the zone itself is added. */
	if (!accepted && acml_knot_files(search->conf, place->id, NULL, &files, &item) != NULL) {
		return ACML_EXIT_OK;
	}
	int ret = add_list(search, place->id, accepted ? files.source : files.published, !accepted,
	                   templates, count);
	return ret == KNOT_EOK ? ACML_EXIT_OK : acml_no_memory();
}

static int by_zone(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = strcmp(x->zone, y->zone);
	return order != 0 ? order : (x->order < y->order ? -1 : x->order > y->order);
}

static int by_order(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* What the configuration names itself stays as it is; of a zone in several lists the first counts. */
static size_t drop_known(struct search *search)
{
	struct entry *entries = search->entries;
	size_t kept = 0;
	if (search->n_entries > 1) {
		qsort(entries, search->n_entries, sizeof(*entries), by_zone);
	}
	for (size_t i = 0; i < search->n_entries; i++) {
		size_t known;
		acml_conf_find(search->conf, "zone", entries[i].zone, "", &known);
		if (known == 0 &&
		    (kept == 0 || strcmp(entries[kept - 1].zone, entries[i].zone) != 0)) {
			entries[kept++] = entries[i];
		} else if (!search->quiet) {
			acml_say("note: %s:%zu: %s is in %s as well, which counts", entries[i].file,
			         entries[i].line, entries[i].zone,
			         known > 0 ? "the configuration" : "an earlier list");
		}
	}
	if (kept > 1) {
		qsort(entries, kept, sizeof(*entries), by_order);
	}
	return kept;
}

static int find_all(struct search *search)
{
	const struct acml_knot_conf *conf = search->conf;
	int status = ACML_EXIT_OK;
	for (size_t i = 0; i < conf->n_zones && status == ACML_EXIT_OK; i++) {
		const struct acml_conf_item *zone = conf->zones[i];
		if (strcmp(acml_conf_zone_text(conf, zone->id, "catalog-role", ""), "interpret") == 0) {
			status = add_catalog(search, zone);
		}
	}
	return status;
}

int acml_knot_catalogs(struct acml_knot_conf *conf, const struct acml_knot_ask *ask, bool quiet,
                       struct acml_knot_faults *out_faults)
{
	struct search search = {
		.conf = conf, .ask = ask, .faults = out_faults, .quiet = quiet,
	};
	*out_faults = (struct acml_knot_faults){ .count = 0 };
	int status = find_all(&search);
	size_t count = status == ACML_EXIT_OK ? drop_known(&search) : 0;
	int ret = KNOT_EOK;
	for (size_t i = 0; i < count && ret == KNOT_EOK; i++) {
		const struct entry *entry = &search.entries[i];
		ret = acml_knot_conf_add(conf, entry->zone, entry->template, entry->file,
		                         entry->line);
	}
	if (count > 0 && ret == KNOT_EOK) {
		ret = acml_knot_conf_settle(conf);
	}
	free(search.entries);
	return ret == KNOT_EOK ? status : acml_no_memory();
}
