/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Options: what the command line and the configuration file ask of a check. Both are made of the
 * same keys; the file is applied first, the command line over it.
 */

#pragma once

#include <stdbool.h>

#include "cli/inputs.h"
#include "facts/facts.h"
#include "lint/settings.h"
#include "model/arena.h"
#include "model/zone.h"
#include "report/report.h"

enum acml_color { ACML_COLOR_AUTO, ACML_COLOR_ALWAYS, ACML_COLOR_NEVER };

/* Files and folders beside the zones; the array is malloc()ed, the paths are the options'. */
struct acml_paths {
	const char **paths;
	size_t count;
	size_t max;
};

/* Sees each zone of a run with all its records and what is known of it, one after the other. */
struct acml_visitor {
	/* file: as it is named in the inputs; bytes: what was read from it. KNOT_EOK or an error. */
	int (*visit)(void *context, const char *file, const char *bytes, size_t size,
	             const struct acml_zone *zone, const struct acml_facts *facts,
	             const struct acml_settings *settings);
	void *context;
};

struct acml_options {
	struct acml_arena arena;        /* Of names and paths. */
	struct acml_settings settings;
	enum acml_severity fail_on;     /* ACML_OFF: never. */
	enum acml_signed signing;
	bool require_caa;
	bool no_include;
	struct acml_wanted *wanted;
	size_t n_wanted;
	size_t max_wanted;
	struct acml_paths inventories;
	struct acml_paths parents;
	bool inventory_complete;
	const char *config;             /* The configuration file that is being applied, or NULL. */
	/* Only from the command line: */
	const char *origin;
	int64_t now;
	const struct acml_reporter *reporter;
	unsigned jobs;
	bool quiet;
	bool progress;                  /* Work that takes long is to be seen. */
	bool only_new;                  /* What the baseline has as well is left out. */
	enum acml_color color;
	struct acml_inputs inputs;
	bool certificates;              /* Verdicts about certificates are asked for. */
	const struct acml_visitor *visitor; /* NULL: none. Then jobs is 1. */
	/* Of --knot-conf: each with its inputs; the array and what is in it are these options'. */
	struct acml_options *groups;
	size_t n_groups;
	bool has_groups;
	size_t n_places;                /* Of zones in the configuration, one above the last. */
	/* Of such a group: */
	const char *section;            /* Of the module; "": without a name; NULL: no module. */
	size_t number;                  /* Of the zones' references to the module, this one. */
	bool signs;                     /* dnssec-signing: on */
	bool reject;                    /* mode: reject */
	bool refuse_first;              /* first-load: refuse */
	struct acml_inputs baseline;    /* Files of --baseline. */
	bool has_baseline;
};

#define ACML_WRONG 256

/* A setting that file and command line share: the option's long name, the file's key. */
struct acml_key {
	const char *name;
	bool many;
	/* Applies one value. KNOT_EOK; KNOT_EINVAL: wrong says, lower case, what is wrong with it;
	 * KNOT_ENOMEM. */
	int (*set)(struct acml_options *options, const char *value, char wrong[ACML_WRONG]);
};

/* All of them, ended by one without a name. */
extern const struct acml_key acml_keys[];

const struct acml_key *acml_key_find(const char *name);

/* A key or option that the documentation has but this version does not. */
bool acml_key_is_later(const char *name);

/* Candidates for acml_hint(); no context. */
const char *acml_key_words(const void *context, size_t i);

/* A command with the options of check and some of its own. */
struct option;
struct acml_dialect {
	const char *command;
	const char *letters;            /* Its short options, as for getopt. */
	const struct option *options;   /* Its long ones; values from ACML_OWN_OPTION on, or letters. */
	/* Takes one. ACML_EXIT_OK, or another status after having said on stderr why. */
	int (*take)(void *context, int option, const char *value);
	void *context;
	bool names;                     /* Its arguments are names, as for --name, and not files. */
};

#define ACML_OWN_OPTION 1024

/* The same as acml_options_parse(), for such a command. */
int acml_options_parse_as(const struct acml_dialect *dialect, int argc, char **argv,
                          struct acml_options *out, bool *out_done);

/* Everything but the inputs. Fills out; ACML_EXIT_OK, or another status after having said on stderr
 * why. *out_done: the help was asked for and printed, nothing is left to do. */
int acml_options_parse(int argc, char **argv, struct acml_options *out, bool *out_done);

/* Accepts a zeroed or half-filled one. */
void acml_options_clear(struct acml_options *options);

/* "2026-11-21T00:00:00Z" and what else acml_date_parse() takes, or "@seconds"; false: neither. */
bool acml_clock_parse(const char *text, int64_t *out_when);
