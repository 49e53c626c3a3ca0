/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/knot_verdict.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libknot/errcode.h>

#include "cli/command.h"
#include "cli/knot_module.h"
#include "model/build.h"
#include "model/loadable.h"
#include "model/names.h"
#include "model/read.h"

/* Whether a server can load a file. obstacle: what stands in the way; it points into *out_zone,
 * which is the caller's, where there is one. KNOT_EOK, KNOT_ENOMEM or why it cannot be read. */
static int try_load(const struct acml_input_file *input, const char *path, bool *out_loadable,
                    struct acml_obstacle *obstacle, struct acml_zone **out_zone)
{
	struct acml_read_options options = { .origin = input->origin, .keep = ACML_KEEP_ALL };
	struct acml_server server = {
		.soft_checks = input->soft_checks, .catalog = input->catalog,
	};
	struct acml_scanner *scanner = acml_scanner_new();
	int ret = scanner == NULL ? KNOT_ENOMEM :
	          acml_zone_read_file(scanner, path, &options, out_zone);
	acml_scanner_free(scanner);
	if (ret == KNOT_EOK) {
		*out_loadable = acml_zone_loadable(*out_zone, &server, obstacle);
	}
	return ret;
}

static int add_error(struct acml_knot_run *all, const char *file, uint32_t line,
                     const char *message)
{
	if (message == NULL || !ACML_ROOM(all->errors, all->n_errors, all->cap_errors)) {
		return KNOT_ENOMEM;
	}
	all->errors[all->n_errors++] = (struct acml_run_error){ file, line, message };
	all->status = ACML_EXIT_INPUT;
	return KNOT_EOK;
}

static int add_obstacle(struct acml_knot_run *all, const struct acml_input_file *input,
                        const struct acml_zone *zone, const struct acml_obstacle *obstacle)
{
	char owner[ACML_NAME_TEXT];
	const char *file = acml_arena_strdup(&all->arena, zone->files[obstacle->file]);
	const char *text = acml_arena_printf(&all->arena, "the server could not load %s: %s, %s",
	                                     input->origin, obstacle->what,
	                                     acml_name_text(obstacle->owner, owner));
	return file == NULL ? KNOT_ENOMEM : add_error(all, file, obstacle->line, text);
}

/* Something is published that a rejection would keep. */
static int has_published(const struct acml_input_file *input, bool *out_has)
{
	struct acml_obstacle obstacle;
	struct acml_zone *zone = NULL;
	*out_has = false;
	int ret = try_load(input, input->published, out_has, &obstacle, &zone);
	acml_zone_free(zone);
	return ret == KNOT_ENOMEM ? ret : KNOT_EOK;
}

static bool is_same_file(const char *a, const char *b)
{
	struct stat x, y;
	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* As the module's load gate decides (load_gate.c, decide()). */
static int judge(struct acml_knot_run *all, const struct acml_options *group,
                 const struct acml_input_file *input, struct acml_run_zone *zone)
{
	bool loadable = true, published = true;
	const char **before = &all->accepted[input->place];
	bool fails = acml_result_fails(zone->result, group->fail_on);
	int ret = KNOT_EOK;
	if (input->published != NULL && is_same_file(input->path, input->published)) {
		return add_error(all, input->path, 0, "the source is the zone's own file: nothing can be "
		                 "held back, keep the two apart");
	} else if (input->published != NULL) {
		struct acml_obstacle obstacle;
		struct acml_zone *whole = NULL;
		ret = try_load(input, input->path, &loadable, &obstacle, &whole);
		if (ret == KNOT_EOK && !loadable) {
			ret = add_obstacle(all, input, whole, &obstacle);
		}
		acml_zone_free(whole);
		if (ret == KNOT_EOK && loadable && fails && group->reject &&
		    !group->refuse_first && *before == NULL) {
			ret = has_published(input, &published);
		}
	}
	/* A server that asks about each new version has one that it serves. */
	bool rejected = input->published != NULL ?
	                !loadable || (group->reject && fails && published) :
	                input->external && group->reject && fails;
	*before = input->published != NULL && !rejected ? input->path : *before;
	zone->module = acml_arena_printf(&all->arena, ACML_KNOT_MODULE "%s%s",
	                                 group->section[0] != '\0' ? "/" : "", group->section);
	if (zone->module == NULL || ret == KNOT_ENOMEM) {
		return KNOT_ENOMEM;
	}
	zone->verdict = rejected ? "rejected" : "accepted";
	if (!group->quiet) {
		acml_say("%s: the server would %s: %s%s%s%s", zone->file,
		         rejected ? "reject" : "accept", zone->origin, input->several ? " (" : "",
		         input->several ? zone->module : "", input->several ? ")" : "");
	}
	return KNOT_EOK;
}

/* The zones of a run are those of its inputs that could be read, in their order. */
static int add_zones(struct acml_knot_run *all, const struct acml_options *group,
                     const struct acml_run *run)
{
	size_t next = 0;
	for (size_t i = 0; i < group->inputs.n_files && next < run->n_zones; i++) {
		const struct acml_input_file *input = &group->inputs.files[i];
		if (run->zones[next].file != input->path) {
			continue;
		}
		if (!ACML_ROOM(all->zones, all->n_zones, all->cap_zones)) {
			return KNOT_ENOMEM;
		}
		struct acml_run_zone *zone = &all->zones[all->n_zones++];
		*zone = run->zones[next++];
		if (!zone->complete) {
			all->status = ACML_EXIT_INPUT;
		} else if (acml_result_fails(zone->result, group->fail_on) &&
		           all->status == ACML_EXIT_OK) {
			all->status = ACML_EXIT_FINDINGS;
		}
		int ret = group->section != NULL ? judge(all, group, input, zone) : KNOT_EOK;
		if (ret != KNOT_EOK) {
			return ret;
		}
	}
	return KNOT_EOK;
}

/* Of a zone's later sections, one without a source lints what those before it will have published;
 * if there is nothing, it does nothing. */
static int settle_inputs(const struct acml_knot_run *all, struct acml_options *group)
{
	struct acml_inputs *inputs = &group->inputs;
	size_t kept = 0;
	for (size_t i = 0; i < inputs->n_files; i++) {
		/* Each pointer is in one place at any time. */
		struct acml_input_file now = inputs->files[i];
		struct acml_input_file *file = &inputs->files[kept];
		inputs->files[i] = (struct acml_input_file){ 0 };
		*file = now;
		const char *accepted = all->accepted[file->place];
		if (group->number > 0 && file->published == NULL && accepted != NULL) {
			free(file->path);
			file->path = strdup(accepted);
			if (file->path == NULL) {
				return KNOT_ENOMEM;
			}
		} else if (group->number > 0 && file->published == NULL &&
		           access(file->path, F_OK) != 0) {
			free(file->path);
			free(file->origin);
			*file = (struct acml_input_file){ 0 };
			continue;
		}
		kept++;
	}
	inputs->n_files = kept;
	return KNOT_EOK;
}

static int add_group(struct acml_knot_run *all, struct acml_options *group)
{
	struct acml_run run;
	int ret = settle_inputs(all, group);
	if (ret == KNOT_EOK) {
		ret = acml_run_check(group, &run, &all->works[all->n_works]);
	}
	if (ret != KNOT_EOK) {
		return ret;
	}
	all->n_works++;
	for (size_t i = 0; i < run.n_errors && ret == KNOT_EOK; i++) {
		ret = add_error(all, run.errors[i].file, run.errors[i].line, run.errors[i].message);
	}
	for (size_t i = 0; i < ACML_SEVERITIES; i++) {
		all->run.count[i] += run.count[i];
	}
	all->run.suppressed += run.suppressed;
	all->run.version = run.version;
	all->run.source = run.source;
	return ret == KNOT_EOK ? add_zones(all, group, &run) : ret;
}

int acml_knot_run(const struct acml_options *options, struct acml_knot_run *out)
{
	*out = (struct acml_knot_run){ .run = { .now = options->now } };
	out->works = calloc(options->n_groups + 1, sizeof(*out->works));
	out->accepted = calloc(options->n_places + 1, sizeof(*out->accepted));
	int ret = out->works != NULL && out->accepted != NULL ? KNOT_EOK : KNOT_ENOMEM;
	for (size_t i = 0; i < options->n_groups && ret == KNOT_EOK; i++) {
		ret = add_group(out, &options->groups[i]);
	}
	out->run.zones = out->zones;
	out->run.n_zones = out->n_zones;
	out->run.errors = out->errors;
	out->run.n_errors = out->n_errors;
	return ret;
}

void acml_knot_run_clear(struct acml_knot_run *run)
{
	for (size_t i = 0; i < run->n_works; i++) {
		acml_work_free(run->works[i]);
	}
	free(run->works);
	free(run->accepted);
	free(run->zones);
	free(run->errors);
	acml_arena_clear(&run->arena);
}
