/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The settings that the configuration file and the command line share. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>

#include "cli/nearest.h"
#include "cli/options.h"
#include "model/names.h"
#include "rules/rule.h"

#define WRONG(wrong, ...) (snprintf((wrong), ACML_WRONG, __VA_ARGS__), KNOT_EINVAL)

static int parse_bool(const char *value, bool *out, char wrong[ACML_WRONG])
{
	if (strcmp(value, "on") == 0 || strcmp(value, "true") == 0) {
		*out = true;
	} else if (strcmp(value, "off") == 0 || strcmp(value, "false") == 0) {
		*out = false;
	} else {
		return WRONG(wrong, "'%.64s' is neither on nor off", value);
	}
	return KNOT_EOK;
}

static int set_require_caa(struct acml_options *options, const char *value,
                           char wrong[ACML_WRONG])
{
	return parse_bool(value, &options->require_caa, wrong);
}

static int set_no_include(struct acml_options *options, const char *value, char wrong[ACML_WRONG])
{
	return parse_bool(value, &options->no_include, wrong);
}

static int set_fail_on(struct acml_options *options, const char *value, char wrong[ACML_WRONG])
{
	enum acml_severity severity;
	if (strcmp(value, "never") == 0) {
		options->fail_on = ACML_OFF;
	} else if (acml_severity_parse(value, &severity) && severity != ACML_OFF) {
		options->fail_on = severity;
	} else {
		return WRONG(wrong, "'%.64s' is none of error, warning, info, never", value);
	}
	return KNOT_EOK;
}

static int set_signed(struct acml_options *options, const char *value, char wrong[ACML_WRONG])
{
	if (strcmp(value, "auto") == 0) {
		options->signing = ACML_SIGNED_AUTO;
	} else if (strcmp(value, "yes") == 0) {
		options->signing = ACML_SIGNED_YES;
	} else if (strcmp(value, "no") == 0) {
		options->signing = ACML_SIGNED_NO;
	} else {
		return WRONG(wrong, "'%.64s' is none of auto, yes, no", value);
	}
	return KNOT_EOK;
}

static int add_wanted(struct acml_options *options, const knot_dname_t *name, bool wildcard)
{
	if (options->n_wanted == options->max_wanted) {
		size_t max = options->max_wanted == 0 ? 8 : 2 * options->max_wanted;
		struct acml_wanted *grown = reallocarray(options->wanted, max, sizeof(*grown));
		if (grown == NULL) {
			return KNOT_ENOMEM;
		}
		options->wanted = grown;
		options->max_wanted = max;
	}
	const knot_dname_t *copy = acml_name_dup(&options->arena, name);
	if (copy == NULL) {
		return KNOT_ENOMEM;
	}
	options->wanted[options->n_wanted].name = copy;
	options->wanted[options->n_wanted++].wildcard = wildcard;
	return KNOT_EOK;
}

static int set_name(struct acml_options *options, const char *value, char wrong[ACML_WRONG])
{
	bool wildcard = strncmp(value, "*.", 2) == 0;
	const char *text = wildcard ? value + 2 : value;
	knot_dname_storage_t name;
	if (text[0] == '\0' || strchr(text, '*') != NULL || !acml_name_parse(text, name) ||
	    name[0] == 0) {
		return WRONG(wrong, "'%.64s' is no name that a certificate could have: write "
		             "www.example.com or *.example.com", value);
	}
	for (const char *c = text; *c != '\0'; c++) {
		if ((unsigned char)*c >= 0x80) {
			return WRONG(wrong, "'%.64s' is not ASCII: write an internationalised name in "
			             "its xn-- form", value);
		}
	}
	return add_wanted(options, name, wildcard);
}

static int set_rule(struct acml_options *options, const char *value, char wrong[ACML_WRONG])
{
	char word[64];
	size_t len = strcspn(value, "=");
	if (value[len] == '=' && len < sizeof(word)) {
		memcpy(word, value, len);
		word[len] = '\0';
		if (acml_rule_find(word) == NULL) {
			char hint[ACML_HINT];
			return WRONG(wrong, "there is no rule '%.64s'%s: 'acmlint rules' lists them",
			             word, acml_hint(word, acml_rule_words, NULL, hint));
		}
	}
	const char *problem = acml_settings_rule(&options->settings, value);
	return problem == NULL ? KNOT_EOK : WRONG(wrong, "'%.64s': %s", value, problem);
}

/* A path in a configuration file is relative to the file's folder. */
static int add_path(struct acml_options *options, struct acml_paths *list, const char *value)
{
	const char *slash = options->config != NULL ? strrchr(options->config, '/') : NULL;
	bool relative = value[0] != '/' && slash != NULL;
	if (list->count == list->max) {
		size_t max = list->max == 0 ? 8 : 2 * list->max;
		const char **grown = reallocarray(list->paths, max, sizeof(*grown));
		if (grown == NULL) {
			return KNOT_ENOMEM;
		}
		list->paths = grown;
		list->max = max;
	}
	const char *path = acml_arena_printf(&options->arena, "%.*s%s",
	        relative ? (int)(slash - options->config + 1) : 0,
	        relative ? options->config : "", value);
	if (path == NULL) {
		return KNOT_ENOMEM;
	}
	list->paths[list->count++] = path;
	return KNOT_EOK;
}

static int set_inventory(struct acml_options *options, const char *value,
                         char wrong[ACML_WRONG])
{
	if (value[0] == '\0') {
		return WRONG(wrong, "no file is named");
	}
	return add_path(options, &options->inventories, value);
}

static int set_parent(struct acml_options *options, const char *value, char wrong[ACML_WRONG])
{
	if (value[0] == '\0') {
		return WRONG(wrong, "no file is named");
	}
	return add_path(options, &options->parents, value);
}

static int set_inventory_complete(struct acml_options *options, const char *value,
                                  char wrong[ACML_WRONG])
{
	return parse_bool(value, &options->inventory_complete, wrong);
}

const struct acml_key acml_keys[] = {
	{ .name = "fail-on", .set = set_fail_on },
	{ .name = "inventory", .many = true, .set = set_inventory },
	{ .name = "inventory-complete", .set = set_inventory_complete },
	{ .name = "name", .many = true, .set = set_name },
	{ .name = "no-include", .set = set_no_include },
	{ .name = "parent", .many = true, .set = set_parent },
	{ .name = "require-caa", .set = set_require_caa },
	{ .name = "rule", .many = true, .set = set_rule },
	{ .name = "signed", .set = set_signed },
	{ .name = NULL },
};

const struct acml_key *acml_key_find(const char *name)
{
	for (size_t i = 0; acml_keys[i].name != NULL; i++) {
		if (strcmp(acml_keys[i].name, name) == 0) {
			return &acml_keys[i];
		}
	}
	return NULL;
}

bool acml_key_is_later(const char *name)
{
	static const char *const later[] = {
		"progress",
	};
	for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++) {
		if (strcmp(later[i], name) == 0) {
			return true;
		}
	}
	return false;
}

const char *acml_key_words(const void *context, size_t i)
{
	(void)context;
	return acml_keys[i].name;
}
