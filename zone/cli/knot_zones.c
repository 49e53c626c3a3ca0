/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/knot_zones.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libknot/errcode.h>

#include "cli/command.h"
#include "cli/knot_conf.h"
#include "model/build.h"
#include "model/filename.h"
#include "model/names.h"

#define MODULE "mod-acmlint"

/* Where Debian's knotd and every other packaged one keeps its data. */
#define STORAGE "/var/lib/knot"

struct build {
	const struct acml_knot_conf *conf;
	const struct acml_knot_say *say;
	struct acml_options *options;
	size_t cap_groups;
	bool chosen;                    /* The zones were named. */
};

static bool is_on(const char *value)
{
	return strcmp(value, "on") == 0 || strcmp(value, "true") == 0;
}

static int wrong_item(const struct acml_conf_item *item, const char *text)
{
	acml_say("%s:%zu: %s: '%s' %s", item->file, item->line, item->key, item->value, text);
	return ACML_EXIT_USAGE;
}

/* Options of the module that are about the server; *out_known: this is one. */
static int set_own(struct acml_options *group, const struct acml_conf_item *item, bool *out_known)
{
	const char *key = item->key, *value = item->value;
	*out_known = true;
	if (strcmp(key, "mode") == 0) {
		group->reject = strcmp(value, "reject") == 0;
		return group->reject || strcmp(value, "log") == 0 ? ACML_EXIT_OK :
		       wrong_item(item, "is neither log nor reject");
	} else if (strcmp(key, "first-load") == 0) {
		group->refuse_first = strcmp(value, "refuse") == 0;
		return group->refuse_first || strcmp(value, "accept") == 0 ? ACML_EXIT_OK :
		       wrong_item(item, "is neither accept nor refuse");
	}
	*out_known = key[0] == '\0' || strcmp(key, "source") == 0 ||
	             strcmp(key, "max-sync-size") == 0 || strcmp(key, "comment") == 0;
	return ACML_EXIT_OK;
}

/* One that the command line has as well, by the same name. */
static int set_shared(struct acml_options *group, const struct acml_conf_item *item)
{
	static const char *const only_here[] = { "signed", "no-include" };
	const struct acml_key *key = acml_key_find(item->key);
	for (size_t i = 0; i < sizeof(only_here) / sizeof(only_here[0]); i++) {
		key = key != NULL && strcmp(item->key, only_here[i]) == 0 ? NULL : key;
	}
	if (key == NULL) {
		acml_say("%s:%zu: " MODULE " has no option '%s'", item->file, item->line, item->key);
		return ACML_EXIT_USAGE;
	}
	char wrong[ACML_WRONG];
	int ret = key->set(group, item->value, wrong);
	if (ret == KNOT_ENOMEM) {
		return acml_no_memory();
	} else if (ret != KNOT_EOK) {
		acml_say("%s:%zu: %s: %s", item->file, item->line, item->key, wrong);
		return ACML_EXIT_USAGE;
	}
	return ACML_EXIT_OK;
}

static int apply_section(const struct build *build, const struct acml_conf_item *reference,
                         const char *id, struct acml_options *group)
{
	size_t count;
	const struct acml_conf_item *item = acml_conf_section(build->conf, MODULE, id, &count);
	if (count == 0 && id[0] != '\0') {
		return wrong_item(reference, "names a section of the module that is not there");
	}
	int status = ACML_EXIT_OK;
	for (size_t i = 0; i < count && status == ACML_EXIT_OK; i++) {
		bool known;
		status = set_own(group, &item[i], &known);
		if (status == ACML_EXIT_OK && !known) {
			status = set_shared(group, &item[i]);
		}
	}
	return status;
}

/* The group for a section of the module, NULL for none, made when it is asked for first. */
static int find_group(struct build *build, const struct acml_conf_item *reference, const char *id,
                      bool signs, struct acml_options **out_group)
{
	struct acml_options *options = build->options;
	for (size_t i = 0; i < options->n_groups; i++) {
		struct acml_options *group = &options->groups[i];
		bool same = id == NULL || group->section == NULL ? id == group->section :
		            strcmp(id, group->section) == 0;
		if (same && group->signs == signs) {
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
		.certificates = options->certificates, .signs = signs,
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
		status = apply_section(build, reference, id, group);
	}
	if (status == ACML_EXIT_OK) {
		status = build->say->after(build->say->context, group);
	}
	*out_group = group;
	return status;
}

/* The zone's reference to the module, or NULL; *out_id: the section's. */
static const struct acml_conf_item *find_module(const struct build *build, const char *zone,
                                                const char **out_id)
{
	size_t count;
	const struct acml_conf_item *item = acml_conf_zone(build->conf, zone, "module", &count);
	const size_t len = sizeof(MODULE) - 1;
	for (size_t i = 0; i < count; i++) {
		/* As many values of one item as there are lie behind one another. */
		const char *value = item[i].value;
		if (strncmp(value, MODULE, len) == 0 && (value[len] == '\0' || value[len] == '/')) {
			*out_id = value[len] == '/' ? value + len + 1 : "";
			return &item[i];
		}
	}
	*out_id = NULL;
	return NULL;
}

static const char *source_of(const struct build *build, const char *id)
{
	size_t count = 0;
	const struct acml_conf_item *item = id == NULL ? NULL :
	        acml_conf_find(build->conf, MODULE, id, "source", &count);
	return count > 0 && item[count - 1].value[0] != '\0' ? item[count - 1].value : NULL;
}

/* Adds a zone with the file that the module would read. */
static int add_zone(struct build *build, const char *zone, const struct acml_conf_item *place)
{
	const struct acml_knot_conf *conf = build->conf;
	const char *id;
	const struct acml_conf_item *reference = find_module(build, zone, &id);
	bool signs = is_on(acml_conf_zone_text(conf, zone, "dnssec-signing", "off"));
	struct acml_options *group = NULL;
	int status = find_group(build, reference, id, signs, &group);
	if (status != ACML_EXIT_OK) {
		return status;
	}
	knot_dname_storage_t name;
	char published[ACML_PATH_MAX], linted[ACML_PATH_MAX];
	const char *storage = acml_conf_zone_text(conf, zone, "storage", STORAGE);
	const char *source = source_of(build, id);
	const char *fault = "no domain name";
	if (acml_name_parse(zone, name)) {
		fault = acml_filename(acml_conf_zone_text(conf, zone, "file", "%s.zone"), storage, name,
		                      published);
		if (fault == NULL && source != NULL) {
			fault = acml_filename(source, storage, name, linted);
		}
	}
	if (fault != NULL) {
		acml_say("%s:%zu: the file of %s: %s", place->file, place->line, zone, fault);
		return ACML_EXIT_USAGE;
	}
	if (source == NULL && !build->chosen && access(published, F_OK) != 0 && errno == ENOENT) {
		/* Usual for a zone that comes from a primary server. */
		if (!group->quiet) {
			acml_say("note: %s: %s is not there, not linted", zone, published);
		}
		return ACML_EXIT_OK;
	}
	bool soft = strcmp(acml_conf_zone_text(conf, zone, "semantic-checks", "on"), "soft") == 0;
	struct acml_input_file file = {
		.path = source != NULL ? linted : published, .origin = (char *)zone,
		.published = source != NULL ? published : NULL, .soft_checks = soft,
	};
	return acml_inputs_add_zone(&group->inputs, &file) == KNOT_EOK ? ACML_EXIT_OK :
	       acml_no_memory();
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

static int add_zones(struct build *build, char *const *only, size_t n_only, const char *path)
{
	const struct acml_knot_conf *conf = build->conf;
	int status = ACML_EXIT_OK;
	for (size_t i = 0; i < conf->n_zones && n_only == 0 && status == ACML_EXIT_OK; i++) {
		status = add_zone(build, conf->zones[i]->id, conf->zones[i]);
	}
	for (size_t i = 0; i < n_only && status == ACML_EXIT_OK; i++) {
		char zone[ACML_NAME_TEXT];
		const struct acml_conf_item *place = find_zone(conf, only[i], zone);
		if (place == NULL) {
			acml_say("%s has no zone '%s'", path, only[i]);
			return ACML_EXIT_USAGE;
		}
		status = add_zone(build, zone, place);
	}
	if (status == ACML_EXIT_OK && build->options->n_groups == 0) {
		/* Silence would look like a clean bill. */
		acml_say("%s: there is no zone in it", path);
		status = ACML_EXIT_USAGE;
	}
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
		status = add_zones(&build, only, n_only, path);
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
