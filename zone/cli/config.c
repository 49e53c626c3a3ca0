/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libknot/errcode.h>
#include <libknot/error.h>
#include <libknot/yparser/yparser.h>

#include "cli/command.h"
#include "cli/nearest.h"

#define SECTION "acmlint"
#define MAX_SIZE (1 << 20)

/* Reads a whole file of any kind, so that -c /dev/null switches the configuration off. */
static int read_whole(const char *path, char **out_bytes, size_t *out_size)
{
	char *bytes = malloc(MAX_SIZE);
	if (bytes == NULL) {
		return acml_no_memory();
	}
	int status = ACML_EXIT_USAGE;
	FILE *file = fopen(path, "re");
	size_t size = file == NULL ? 0 : fread(bytes, 1, MAX_SIZE, file);
	if (file == NULL || ferror(file)) {
		status = errno == ENOMEM ? ACML_EXIT_INPUT : ACML_EXIT_USAGE;
		acml_say("%s: configuration cannot be read: %s", path, strerror(errno));
	} else if (size == MAX_SIZE) {
		acml_say("%s: configuration is too large", path);
	} else {
		status = ACML_EXIT_OK;
		*out_bytes = bytes;
		*out_size = size;
		bytes = NULL;
	}
	if (file != NULL) {
		fclose(file);
	}
	free(bytes);
	return status;
}

struct seen {
	bool section;           /* Inside "acmlint:". */
	const char *path;
	unsigned keys;          /* Bit by index of the key. */
};

static int wrong_at(const struct seen *seen, size_t line, const char *text, const char *word,
                    const char *more)
{
	acml_say("%s:%zu: %s '%s'%s", seen->path, line, text, word, more);
	return ACML_EXIT_USAGE;
}

static int apply_section(const yp_parser_t *parser, struct seen *seen)
{
	if (strcmp(parser->key, SECTION) != 0) {
		return wrong_at(seen, parser->line_count, "unknown section", parser->key,
		                ": the only one is '" SECTION "'");
	}
	if (parser->data_len > 0) {
		return wrong_at(seen, parser->line_count, "value", parser->data,
		                " stands where the keys of section '" SECTION
		                "' should follow on lines of their own");
	}
	seen->section = true;
	return ACML_EXIT_OK;
}

static int apply_key(const yp_parser_t *parser, struct seen *seen, struct acml_options *options)
{
	size_t line = parser->line_count;
	const struct acml_key *key = acml_key_find(parser->key);
	if (!seen->section) {
		return wrong_at(seen, line, "key", parser->key,
		                " stands outside the section '" SECTION ":'");
	}
	if (key == NULL && acml_key_is_later(parser->key)) {
		return wrong_at(seen, line, "key", parser->key,
		                " is not supported by this version");
	}
	if (key == NULL) {
		char hint[ACML_HINT];
		return wrong_at(seen, line, "unknown key", parser->key,
		                acml_hint(parser->key, acml_key_words, NULL, hint));
	}
	unsigned bit = 1u << (key - acml_keys);
	if (!key->many && (seen->keys & bit) != 0) {
		return wrong_at(seen, line, "key", parser->key, " is given more than one value");
	}
	seen->keys |= bit;
	if (parser->data_len == 0) {
		return wrong_at(seen, line, "key", parser->key, " has no value");
	}
	char wrong[ACML_WRONG];
	int ret = key->set(options, parser->data, wrong);
	if (ret == KNOT_ENOMEM) {
		return acml_no_memory();
	} else if (ret != KNOT_EOK) {
		acml_say("%s:%zu: %s: %s", seen->path, line, key->name, wrong);
		return ACML_EXIT_USAGE;
	}
	return ACML_EXIT_OK;
}

static int apply_bytes(const char *path, const char *bytes, size_t size,
                       struct acml_options *options)
{
	/* The parser holds a value of 32 KiB: not for the stack. */
	yp_parser_t *parser = malloc(sizeof(*parser));
	if (parser == NULL) {
		return acml_no_memory();
	}
	struct seen seen = { .path = path };
	int status = ACML_EXIT_OK;
	yp_init(parser);
	yp_set_input_string(parser, bytes, size);
	int ret;
	while (status == ACML_EXIT_OK && (ret = yp_parse(parser)) == KNOT_EOK) {
		if (parser->event == YP_EKEY0) {
			status = apply_section(parser, &seen);
		} else if (parser->event == YP_EKEY1) {
			status = apply_key(parser, &seen, options);
		} else if (parser->event == YP_EID) {
			status = wrong_at(&seen, parser->line_count, "identifier", parser->key,
			                  ": section '" SECTION "' has its keys without one");
		}
	}
	if (status == ACML_EXIT_OK && ret != KNOT_EOF) {
		acml_say("%s:%zu: not the syntax of knot.conf: %s", path, parser->line_count,
		         knot_strerror(ret));
		status = ACML_EXIT_USAGE;
	}
	yp_deinit(parser);
	free(parser);
	return status;
}

/* Cuts the last component off a path; false at the root. */
static bool parent_folder(char *path)
{
	char *slash = strrchr(path, '/');
	if (slash == NULL || path[1] == '\0') {
		return false;
	}
	slash[slash == path ? 1 : 0] = '\0';
	return true;
}

/* folder + "/" + name if that exists, else NULL in *out_path. False without memory. */
static bool find_in(const char *folder, const char *name, char **out_path)
{
	char *path = NULL;
	if (asprintf(&path, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, name) < 0) {
		return false;
	}
	if (access(path, F_OK) != 0) {
		free(path);
		path = NULL;
	}
	*out_path = path;
	return true;
}

/* Goes from a folder to the repository's root. Outside a repository nothing is found: what lies in
 * /tmp or in / is not the user's. False without memory. */
static bool climb(char *folder, char **out_path)
{
	char *found = NULL;
	char *repository = NULL;
	bool memory = true;
	do {
		if (found == NULL) {
			memory = find_in(folder, ACML_CONFIG_NAME, &found);
		}
		memory = memory && find_in(folder, ".git", &repository);
	} while (memory && repository == NULL && parent_folder(folder));
	if (repository == NULL || !memory) {
		free(found);
		found = NULL;
	}
	free(repository);
	*out_path = found;
	return memory;
}

/* Finds the file that applies when none is named; *out_path stays NULL when there is none. */
static int discover(char **out_path)
{
	if (access(ACML_CONFIG_NAME, F_OK) == 0) {
		*out_path = strdup(ACML_CONFIG_NAME);
		return *out_path == NULL ? acml_no_memory() : ACML_EXIT_OK;
	}
	char *folder = getcwd(NULL, 0);
	if (folder == NULL) {
		/* A working directory that is gone holds nothing. */
		return errno == ENOMEM ? acml_no_memory() : ACML_EXIT_OK;
	}
	bool memory = climb(folder, out_path);
	free(folder);
	return memory ? ACML_EXIT_OK : acml_no_memory();
}

int acml_config_apply(const char *path, struct acml_options *options)
{
	char *found = NULL;
	char *bytes = NULL;
	size_t size = 0;
	int status = ACML_EXIT_OK;
	if (path == NULL) {
		status = discover(&found);
		path = found;
	}
	if (status == ACML_EXIT_OK && path != NULL) {
		status = read_whole(path, &bytes, &size);
	}
	if (bytes != NULL) {
		options->config = path;
		status = apply_bytes(path, bytes, size, options);
		options->config = NULL;
	}
	free(bytes);
	free(found);
	return status;
}
