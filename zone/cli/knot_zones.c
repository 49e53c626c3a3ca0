/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/knot_zones.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libknot/errcode.h>

#include "cli/command.h"
#include "cli/knot_catalog.h"
#include "cli/knot_conf.h"
#include "cli/knot_external.h"
#include "cli/knot_module.h"
#include "cli/knot_section.h"
#include "cli/knot_verdict.h"
#include "model/build.h"
#include "model/names.h"

struct build {
	const struct acml_knot_conf *conf;
	const struct acml_knot_faults *faults;
	const struct acml_knot_say *say;
	struct acml_options *options;
	size_t cap_groups;
	bool chosen;                    /* The zones were named. */
};

static bool is_on(const char *value)
{
	return strcmp(value, "on") == 0 || strcmp(value, "true") == 0;
}

/* The group for a section of the module, NULL for none, as the reference of this number, made when
 * it is asked for first. */
static int find_group(struct build *build, const struct acml_conf_item *reference, const char *id,
                      bool signs, size_t number, struct acml_options **out_group)
{
	struct acml_options *options = build->options;
	for (size_t i = 0; i < options->n_groups; i++) {
		struct acml_options *group = &options->groups[i];
		bool same = id == NULL || group->section == NULL ? id == group->section :
		            strcmp(id, group->section) == 0;
		if (same && group->signs == signs && group->number == number) {
			*out_group = group;
			return ACML_EXIT_OK;
		}
	}
	if (!ACML_ROOM(options->groups, options->n_groups, build->cap_groups)) {
		return acml_no_memory();
	}
	struct acml_options *group = &options->groups[options->n_groups++];
	*group = (struct acml_options){
		.fail_on = ACML_ERROR, .now = options->now, .reporter = options->reporter,
		.jobs = options->jobs, .quiet = options->quiet, .color = options->color,
		.certificates = options->certificates, .signs = signs, .number = number,
		/* The file of a zone that the server signs holds neither keys nor signatures. */
		.signing = signs ? ACML_SIGNED_NO : ACML_SIGNED_AUTO,
	};
	if (id != NULL) {
		group->section = acml_arena_strdup(&group->arena, id);
		if (group->section == NULL) {
			return acml_no_memory();
		}
	}
	int status = build->say->before(build->say->context, group, id != NULL);
	if (status == ACML_EXIT_OK && id != NULL) {
		status = acml_knot_section(build->conf, reference, id, group);
	}
	if (status == ACML_EXIT_OK) {
		status = build->say->after(build->say->context, group);
	}
	*out_group = group;
	return status;
}

/* What is wrong with a catalog zone's list is an error of its group. */
static int add_faults(const struct build *build, const char *zone, struct acml_options *group)
{
	struct acml_inputs *inputs = &group->inputs;
	for (size_t i = 0; i < build->faults->count; i++) {
		const struct acml_knot_fault *fault = &build->faults->faults[i];
		if (strcmp(fault->zone, zone) != 0) {
			continue;
		} else if (acml_inputs_error(inputs, fault->file, fault->message) != KNOT_EOK) {
			return acml_no_memory();
		}
		inputs->errors[inputs->n_errors - 1].line = fault->line;
	}
	return ACML_EXIT_OK;
}

/* What the module would read for a zone as its reference of this number, and with which options.
 * file points into files and the configuration. */
static int describe(struct build *build, const struct acml_conf_item *place, size_t number,
                    struct acml_knot_files *files, struct acml_input_file *file,
                    struct acml_options **out_group)
{
	const struct acml_knot_conf *conf = build->conf;
	const char *id, *zone = place->id;
	const struct acml_conf_item *reference = acml_knot_module(conf, zone, number, &id);
	bool signs = is_on(acml_conf_zone_text(conf, zone, "dnssec-signing", "off"));
	int status = find_group(build, reference, id, signs, number, out_group);
	if (status != ACML_EXIT_OK) {
		return status;
	}
	const struct acml_conf_item *item;
	const char *fault = acml_knot_files(conf, zone, id, files, &item);
	if (fault != NULL) {
		place = item != NULL ? item : place;
		acml_say("%s:%zu: the file of %s: %s", place->file, place->line, zone, fault);
		return ACML_EXIT_USAGE;
	}
	*file = (struct acml_input_file){
		.path = files->has_source ? files->source : files->published,
		.origin = (char *)zone,
		.published = files->has_source ? files->published : NULL,
		.soft_checks = strcmp(acml_conf_zone_text(conf, zone, "semantic-checks", "on"),
		                      "soft") == 0,
		.catalog = strcmp(acml_conf_zone_text(conf, zone, "catalog-role", ""),
		                  "interpret") == 0,
		.external = acml_conf_zone_text(conf, zone, "external-validation", "")[0] != '\0',
		.place = place->order,
	};
	return id != NULL ? acml_knot_external(conf, zone, files) : ACML_EXIT_OK;
}

/* Whether the server has the zone from somewhere beside its file, which then need not be there. */
static bool is_from_elsewhere(const struct build *build, const char *zone)
{
	static const struct {
		const char *key, *usual;
	} items[] = {
		{ "master", "" }, { "reverse-generate", "" }, { "include-from", "" },
		{ "zonefile-load", "whole" }, { "journal-content", "changes" },
		{ "catalog-role", "none" },
	};
	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
		const char *usual = items[i].usual;
		const char *value = acml_conf_zone_text(build->conf, zone, items[i].key, usual);
		if (strcmp(value, usual) != 0) {
			return true;
		}
	}
	/* One of several sections may have a source to publish. */
	const char *id;
	for (size_t i = 0; acml_knot_module(build->conf, zone, i, &id) != NULL; i++) {
		size_t count;
		if (acml_conf_find(build->conf, ACML_KNOT_MODULE, id, "source", &count) != NULL) {
			return true;
		}
	}
	return false;
}

/* Adds a zone, as its reference of this number. *out_more: there is a further one. */
static int add_zone(struct build *build, const struct acml_conf_item *place, size_t number,
                    bool *out_more)
{
	const char *id, *zone = place->id;
	bool several = acml_knot_module(build->conf, zone, number + 1, &id) != NULL;
	*out_more |= several;
	if (number > 0 && acml_knot_module(build->conf, zone, number, &id) == NULL) {
		return ACML_EXIT_OK;
	}
	struct acml_options *group;
	struct acml_knot_files files;
	struct acml_input_file file;
	int status = describe(build, place, number, &files, &file, &group);
	if (status == ACML_EXIT_OK && number == 0) {
		status = add_faults(build, zone, group);
	}
	if (status != ACML_EXIT_OK) {
		return status;
	}
	if (group->reject && !files.has_source && !file.external && !group->quiet) {
		acml_say("note: %s:%zu: %s: mode: reject needs a source or, from Knot 3.5 on, "
		         "external-validation: nothing would be rejected", place->file,
		         place->line, zone);
	}
	if (!files.has_source && !build->chosen && number == 0 && is_from_elsewhere(build, zone) &&
	    access(files.published, F_OK) != 0 && errno == ENOENT) {
		if (!group->quiet) {
			acml_say("note: %s: %s is not there, not linted", zone, files.published);
		}
		return ACML_EXIT_OK;
	}
	file.several = several || number > 0;
	return acml_inputs_add_zone(&group->inputs, &file) == KNOT_EOK ? ACML_EXIT_OK :
	       acml_no_memory();
}

/* For the catalog zones: judged alone and in silence, what is found is said in its turn. */
static int accepts(void *context, const struct acml_conf_item *place, size_t number,
                   bool *out_accepted)
{
	struct build *build = context;
	struct acml_options *group;
	struct acml_knot_files files;
	struct acml_input_file file;
	int status = describe(build, place, number, &files, &file, &group);
	if (status != ACML_EXIT_OK) {
		return status;
	}
	struct acml_options one = *group;
	struct acml_options all = {
		.now = group->now, .groups = &one, .n_groups = 1, .n_places = file.place + 1,
	};
	struct acml_knot_run run;
	one.inputs = (struct acml_inputs){ .files = &file, .n_files = 1 };
	one.number = 0;
	one.quiet = true;
	int ret = acml_knot_run(&all, &run);
	*out_accepted = ret == KNOT_EOK && run.n_zones == 1 && run.zones[0].verdict != NULL &&
	                strcmp(run.zones[0].verdict, "accepted") == 0;
	acml_knot_run_clear(&run);
	return ret == KNOT_EOK ? ACML_EXIT_OK : acml_no_memory();
}

/* The place where a zone is configured, or NULL. */
static const struct acml_conf_item *find_zone(const struct acml_knot_conf *conf, const char *word,
                                              char text[ACML_NAME_TEXT])
{
	knot_dname_storage_t name;
	size_t count;
	return acml_name_parse(word, name) ?
	       acml_conf_find(conf, "zone", acml_name_text(name, text), "", &count) : NULL;
}

static int add_chosen(struct build *build, char *const *only, size_t n_only, size_t number,
                      const char *path, bool *out_more)
{
	int status = ACML_EXIT_OK;
	for (size_t i = 0; i < n_only && status == ACML_EXIT_OK; i++) {
		char zone[ACML_NAME_TEXT];
		const struct acml_conf_item *place = find_zone(build->conf, only[i], zone);
		if (place == NULL) {
			acml_say("%s has no zone '%s'", path, only[i]);
			return ACML_EXIT_USAGE;
		}
		status = add_zone(build, place, number, out_more);
	}
	return status;
}

/* The first references of all zones, then the second ones: a zone's come in their order. */
static int add_zones(struct build *build, char *const *only, size_t n_only, const char *path)
{
	const struct acml_knot_conf *conf = build->conf;
	int status = ACML_EXIT_OK;
	bool more = true;
	for (size_t number = 0; more && status == ACML_EXIT_OK; number++) {
		more = false;
		if (n_only > 0) {
			status = add_chosen(build, only, n_only, number, path, &more);
			continue;
		}
		for (size_t i = 0; i < conf->n_zones && status == ACML_EXIT_OK; i++) {
			status = add_zone(build, conf->zones[i], number, &more);
		}
	}
	if (status == ACML_EXIT_OK && build->options->n_groups == 0) {
		/* Silence would look like a clean bill. */
		acml_say("%s: there is no zone in it", path);
		status = ACML_EXIT_USAGE;
	}
	return status;
}

/* The server does not start, nor reload, with a template or section that is not there. */
static int check_references(const struct acml_knot_conf *conf)
{
	for (size_t i = 0; i < conf->n_items; i++) {
		const struct acml_conf_item *item = &conf->items[i];
		bool refers = strcmp(item->key, "template") == 0 ||
		              strcmp(item->key, "catalog-template") == 0;
		bool validated = strcmp(item->key, "external-validation") == 0;
		const char *section = refers ? "template" : "external";
		size_t count = 1;
		if ((refers || validated) && item->value[0] != '\0') {
			acml_conf_find(conf, section, item->value, "", &count);
		}
		if (count == 0) {
			return acml_knot_wrong(item, refers ? "names a template that is not there" :
			                       "names a section external that is not there");
		}
	}
	return ACML_EXIT_OK;
}

/* The server loads no zone's module for all zones: it says so, and goes on without. */
static int check_global(const struct acml_knot_conf *conf)
{
	size_t count;
	const struct acml_conf_item *item = acml_conf_find(conf, "template", "default",
	                                                   "global-module", &count);
	for (size_t i = 0; i < count; i++) {
		if (acml_knot_refers(item[i].value) != NULL) {
			return acml_knot_wrong(&item[i], "lints zones and is out of scope here, the server "
			                  "would go on without it: it goes under 'module'");
		}
	}
	return ACML_EXIT_OK;
}

static int fill(struct build *build, char *const *only, size_t n_only, const char *path,
                struct acml_knot_conf *conf)
{
	struct acml_knot_faults faults = { .count = 0 };
	int status = check_references(conf);
	if (status == ACML_EXIT_OK) {
		status = check_global(conf);
	}
	if (status == ACML_EXIT_OK) {
		const struct acml_knot_ask ask = { .accepts = accepts, .context = build };
		status = acml_knot_catalogs(conf, &ask, build->options->quiet, &faults);
	}
	if (status == ACML_EXIT_OK) {
		build->faults = &faults;
		build->options->n_places = conf->n_items;
		status = add_zones(build, only, n_only, path);
	}
	free(faults.faults);
	return status;
}

int acml_knot_zones(const char *path, char *const *only, size_t n_only,
                    const struct acml_knot_say *say, struct acml_options *options)
{
	struct acml_knot_conf *conf = calloc(1, sizeof(*conf));
	if (conf == NULL) {
		return acml_no_memory();
	}
	int status;
	int ret = acml_knot_conf_read(path, conf);
	if (ret == KNOT_EOK) {
		struct build build = {
			.conf = conf, .say = say, .options = options,
			.chosen = n_only > 0,
		};
		status = fill(&build, only, n_only, path, conf);
	} else if (ret == KNOT_ENOMEM) {
		status = acml_no_memory();
	} else {
		acml_say("%s", conf->wrong);
		status = ACML_EXIT_USAGE;
	}
	acml_knot_conf_clear(conf);
	free(conf);
	return status;
}
