/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/options.h"

#include <getopt.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <libknot/errcode.h>

#include "cli/command.h"
#include "cli/config.h"
#include "cli/knot_zones.h"
#include "cli/manual.h"

enum {
	OPT_KEY = 256, OPT_BASELINE, OPT_COLOR, OPT_FILES_FROM, OPT_HELP_ALL, OPT_KNOT_CONF,
	OPT_NOW, OPT_ONLY_NEW, OPT_PROGRESS, OPT_VERSION
};

/* OPT_KEY: shared with the configuration file, by the same name. */
static const struct option long_options[] = {
	{ "baseline", required_argument, NULL, OPT_BASELINE },
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "config", required_argument, NULL, 'c' },
	{ "fail-on", required_argument, NULL, OPT_KEY },
	{ "files-from", required_argument, NULL, OPT_FILES_FROM },
	{ "format", required_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ "help-all", no_argument, NULL, OPT_HELP_ALL },
	{ "inventory", required_argument, NULL, OPT_KEY },
	{ "inventory-complete", optional_argument, NULL, OPT_KEY },
	{ "jobs", required_argument, NULL, 'j' },
	{ "knot-conf", required_argument, NULL, OPT_KNOT_CONF },
	{ "name", required_argument, NULL, OPT_KEY },
	{ "no-include", optional_argument, NULL, OPT_KEY },
	{ "now", required_argument, NULL, OPT_NOW },
	{ "only-new", no_argument, NULL, OPT_ONLY_NEW },
	{ "origin", required_argument, NULL, 'o' },
	{ "parent", required_argument, NULL, OPT_KEY },
	{ "progress", no_argument, NULL, OPT_PROGRESS },
	{ "quiet", no_argument, NULL, 'q' },
	{ "require-caa", optional_argument, NULL, OPT_KEY },
	{ "rule", required_argument, NULL, OPT_KEY },
	{ "signed", required_argument, NULL, OPT_KEY },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ NULL, 0, NULL, 0 },
};

/* What the command line said about shared settings, kept until the file has been applied. */
struct given {
	const struct acml_key *key;
	const char *value;
};

struct parse {
	struct acml_options *options;
	const struct acml_dialect *dialect;
	struct option *long_options;    /* The dialect's and check's. */
	const char *command;
	const char *config;
	const char *files_from;
	const char *knot_conf;
	struct given *given;
	size_t n_given;
	bool done;
};

static int set_format(struct parse *parse, const char *value)
{
	parse->options->reporter = acml_reporter_find(value);
	if (parse->options->reporter != NULL) {
		return ACML_EXIT_OK;
	}
	char names[128] = "";
	for (size_t i = 0; acml_reporters[i] != NULL; i++) {
		strcat(names, i == 0 ? "" : ", ");
		strcat(names, acml_reporters[i]->name);
	}
	return acml_usage(parse->command, "--format: there is no format '%s'; there are %s",
	                  value, names);
}

static int set_jobs(struct parse *parse, const char *value)
{
	char *end;
	unsigned long jobs = strtoul(value, &end, 10);
	if (value[0] < '0' || value[0] > '9' || *end != '\0' || jobs == 0 || jobs > 1024) {
		return acml_usage(parse->command, "--jobs: '%s' is no number from 1 to 1024",
		                  value);
	}
	parse->options->jobs = jobs;
	return ACML_EXIT_OK;
}

static int set_color(struct parse *parse, const char *value)
{
	static const char *const names[] = {
		[ACML_COLOR_AUTO] = "auto",
		[ACML_COLOR_ALWAYS] = "always",
		[ACML_COLOR_NEVER] = "never",
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(value, names[i]) == 0) {
			parse->options->color = i;
			return ACML_EXIT_OK;
		}
	}
	return acml_usage(parse->command, "--color: '%s' is none of auto, always, never", value);
}

static int set_now(struct parse *parse, const char *value)
{
	if (acml_clock_parse(value, &parse->options->now)) {
		return ACML_EXIT_OK;
	}
	return acml_usage(parse->command, "--now: '%s' is no time: write 2026-11-21T00:00:00Z or "
	                  "@seconds since 1970", value);
}

static int add_baseline(struct parse *parse, const char *value)
{
	parse->options->has_baseline = true;
	return acml_inputs_add(&parse->options->baseline, value) == KNOT_EOK ? ACML_EXIT_OK :
	       acml_no_memory();
}

static int set_origin(struct parse *parse, const char *value)
{
	knot_dname_storage_t name;
	if (knot_dname_from_str(name, value, sizeof(name)) == NULL) {
		return acml_usage(parse->command, "--origin: '%s' is no domain name", value);
	}
	parse->options->origin = value;
	return ACML_EXIT_OK;
}

static int help_and_stop(struct parse *parse, bool whole)
{
	parse->done = true;
	return acml_manual_help(parse->command, whole);
}

static int refuse(struct parse *parse, int got, char **argv)
{
	const char *word = argv[optind - 1];
	char name[32];
	size_t len = strcspn(word, "=");
	if (got == '?' && strncmp(word, "--", 2) == 0 && len - 2 < sizeof(name)) {
		memcpy(name, word + 2, len - 2);
		name[len - 2] = '\0';
		if (acml_key_is_later(name)) {
			return acml_usage(parse->command, "option --%s is not supported by this "
			                  "version", name);
		}
	}
	return acml_usage_getopt(parse->command, argv, got, parse->long_options);
}

static bool is_own(const struct acml_dialect *dialect, int got)
{
	return got >= ACML_OWN_OPTION ||
	       (got != ':' && got < OPT_KEY && strchr(dialect->letters, got) != NULL);
}

static int one_option(struct parse *parse, int got, int index, char **argv)
{
	if (is_own(parse->dialect, got)) {
		return parse->dialect->take(parse->dialect->context, got, optarg);
	}
	switch (got) {
	case 'c':
		parse->config = optarg;
		break;
	case 'f':
		return set_format(parse, optarg);
	case 'h':
		return help_and_stop(parse, false);
	case 'j':
		return set_jobs(parse, optarg);
	case 'o':
		return set_origin(parse, optarg);
	case 'q':
		parse->options->quiet = true;
		break;
	case OPT_BASELINE:
		return add_baseline(parse, optarg);
	case OPT_COLOR:
		return set_color(parse, optarg);
	case OPT_FILES_FROM:
		parse->files_from = optarg;
		break;
	case OPT_KNOT_CONF:
		parse->knot_conf = optarg;
		break;
	case OPT_HELP_ALL:
		return help_and_stop(parse, true);
	case OPT_KEY:
		parse->given[parse->n_given].key = acml_key_find(parse->long_options[index].name);
		parse->given[parse->n_given++].value = optarg != NULL ? optarg : "on";
		break;
	case OPT_NOW:
		return set_now(parse, optarg);
	case OPT_ONLY_NEW:
		parse->options->only_new = true;
		break;
	case OPT_PROGRESS:
		parse->options->progress = true;
		break;
	case OPT_VERSION:
		fputs("acmlint " ACML_VERSION "\n", stdout);
		parse->done = true;
		return acml_finish(stdout, ACML_EXIT_OK);
	default:
		return refuse(parse, got, argv);
	}
	return ACML_EXIT_OK;
}

static int apply_given(struct parse *parse)
{
	for (size_t i = 0; i < parse->n_given; i++) {
		char wrong[ACML_WRONG];
		const struct given *given = &parse->given[i];
		int ret = given->key->set(parse->options, given->value, wrong);
		if (ret == KNOT_ENOMEM) {
			return acml_no_memory();
		} else if (ret != KNOT_EOK) {
			return acml_usage(parse->command, "--%s: %s", given->key->name, wrong);
		}
	}
	return ACML_EXIT_OK;
}

static int add_names(struct parse *parse, char *const *names, size_t count)
{
	char wrong[ACML_WRONG];
	for (size_t i = 0; i < count; i++) {
		int ret = acml_key_find("name")->set(parse->options, names[i], wrong);
		if (ret != KNOT_EOK) {
			return ret == KNOT_ENOMEM ? acml_no_memory() :
			       acml_usage(parse->command, "%s", wrong);
		}
	}
	return ACML_EXIT_OK;
}

static int add_inputs(struct parse *parse, char *const *paths, size_t count)
{
	struct acml_inputs *inputs = &parse->options->inputs;
	if (count == 0 && parse->files_from == NULL) {
		return acml_usage(parse->command, "no zone file given");
	}
	bool list_on_stdin = parse->files_from != NULL && strcmp(parse->files_from, "-") == 0;
	int ret = KNOT_EOK;
	for (size_t i = 0; i < count && ret == KNOT_EOK; i++) {
		if (list_on_stdin && strcmp(paths[i], "-") == 0) {
			return acml_usage(parse->command, "standard input cannot be both a zone "
			                  "and the list of --files-from");
		}
		ret = acml_inputs_add(inputs, paths[i]);
	}
	if (ret == KNOT_EOK && parse->files_from != NULL) {
		ret = acml_inputs_add_list(inputs, parse->files_from);
		if (ret != KNOT_EOK && ret != KNOT_ENOMEM) {
			acml_say("--files-from: %s: %s", parse->files_from, acml_input_error(ret));
			return ACML_EXIT_INPUT;
		}
	}
	if (ret == KNOT_EOK) {
		ret = acml_inputs_unique(inputs);
	}
	if (ret != KNOT_EOK) {
		return acml_no_memory();
	}
	return ACML_EXIT_OK;
}

static unsigned processors(void)
{
	cpu_set_t set;
	if (sched_getaffinity(0, sizeof(set), &set) == 0) {
		return CPU_COUNT(&set);
	}
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	return online > 0 ? online : 1;
}

/* A server does not know of .acmlint.conf: the module's section stands in its place. */
static int before_section(void *context, struct acml_options *group, bool own)
{
	const struct parse *parse = context;
	return own ? ACML_EXIT_OK : acml_config_apply(parse->config, group);
}

static int after_section(void *context, struct acml_options *group)
{
	struct parse parse = *(const struct parse *)context;
	parse.options = group;
	return apply_given(&parse);
}

static int add_zones(struct parse *parse, char *const *zones, size_t count)
{
	const struct acml_options *options = parse->options;
	if (strcmp(parse->command, "check") != 0) {
		return acml_usage(parse->command, "--knot-conf goes with acmlint check only");
	} else if (parse->files_from != NULL || options->origin != NULL || options->has_baseline) {
		return acml_usage(parse->command, "--knot-conf tells files and origins: it does not go "
		                  "with --files-from, --origin or --baseline");
	}
	const struct acml_knot_say say = {
		.before = before_section, .after = after_section, .context = parse,
	};
	parse->options->has_groups = true;
	return acml_knot_zones(parse->knot_conf, zones, count, &say, parse->options);
}

/* The dialect's options before those of all, so that its own come first in getopt's eyes. */
static struct option *merge_options(const struct acml_dialect *dialect)
{
	size_t own = 0;
	while (dialect->options != NULL && dialect->options[own].name != NULL) {
		own++;
	}
	size_t all = sizeof(long_options) / sizeof(long_options[0]);
	struct option *merged = calloc(own + all, sizeof(*merged));
	if (merged != NULL && own > 0) {
		memcpy(merged, dialect->options, own * sizeof(*merged));
	}
	if (merged != NULL) {
		memcpy(merged + own, long_options, sizeof(long_options));
	}
	return merged;
}

static int parse_all(struct parse *parse, int argc, char **argv)
{
	char letters[32];
	int status = ACML_EXIT_OK;
	int got;
	int index = 0;
	snprintf(letters, sizeof(letters), ":c:f:hj:o:q%s", parse->dialect->letters);
	optind = 0;
	opterr = 0;
	while (status == ACML_EXIT_OK && !parse->done &&
	       (got = getopt_long(argc, argv, letters, parse->long_options, &index)) != -1) {
		status = one_option(parse, got, index, argv);
	}
	if (status == ACML_EXIT_OK && !parse->done) {
		status = acml_config_apply(parse->config, parse->options);
	}
	if (status == ACML_EXIT_OK && !parse->done) {
		status = apply_given(parse);
	}
	if (status == ACML_EXIT_OK && !parse->done && parse->options->only_new &&
	    !parse->options->has_baseline) {
		status = acml_usage(parse->command, "--only-new needs --baseline, the version that is "
		                    "not to be judged");
	}
	if (status == ACML_EXIT_OK && !parse->done) {
		status = (parse->dialect->names ? add_names :
		          parse->knot_conf != NULL ? add_zones : add_inputs)
		         (parse, argv + optind, argc - optind);
	}
	return status;
}

int acml_options_parse_as(const struct acml_dialect *dialect, int argc, char **argv,
                          struct acml_options *out, bool *out_done)
{
	*out = (struct acml_options) {
		.fail_on = ACML_ERROR,
		.now = time(NULL),
		.reporter = &acml_reporter_text,
		.jobs = processors(),
	};
	struct parse parse = {
		.options = out,
		.dialect = dialect,
		.command = dialect->command,
		.long_options = merge_options(dialect),
		.given = calloc(argc, sizeof(*parse.given)),
	};
	int status = parse.given == NULL || parse.long_options == NULL ? acml_no_memory() :
	             parse_all(&parse, argc, argv);
	free(parse.long_options);
	free(parse.given);
	*out_done = parse.done;
	return status;
}

int acml_options_parse(int argc, char **argv, struct acml_options *out, bool *out_done)
{
	static const struct acml_dialect check = {
		.command = "check", .letters = "",
	};
	return acml_options_parse_as(&check, argc, argv, out, out_done);
}

void acml_options_clear(struct acml_options *options)
{
	for (size_t i = 0; i < options->n_groups; i++) {
		acml_options_clear(&options->groups[i]);
	}
	free(options->groups);
	free(options->wanted);
	free(options->inventories.paths);
	free(options->parents.paths);
	acml_arena_clear(&options->arena);
	acml_inputs_clear(&options->inputs);
	acml_inputs_clear(&options->baseline);
}
