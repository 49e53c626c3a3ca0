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
static char *read_whole(const char *path, size_t *out_size)
{
	FILE *file = fopen(path, "re");
	char *bytes = malloc(MAX_SIZE);
	size_t size = 0;
	if (file != NULL && bytes != NULL) {
		size = fread(bytes, 1, MAX_SIZE, file);
	}
	if (file == NULL || bytes == NULL || ferror(file)) {
		acml_say("%s: configuration cannot be read: %s", path, strerror(errno));
	} else if (size == MAX_SIZE) {
		acml_say("%s: configuration is too large", path);
	} else {
		fclose(file);
		*out_size = size;
		return bytes;
	}
	if (file != NULL) {
		fclose(file);
	}
	free(bytes);
	return NULL;
}

struct seen {
	bool section;           /* Inside "acmlint:". */
	const char *path;
	size_t line;            /* Of the key whose values are coming. */
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
	if (!key->set(options, parser->data, wrong)) {
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
		acml_say("out of memory");
		return ACML_EXIT_INPUT;
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

static bool exists_in(const char *folder, const char *name, char **out_path)
{
	char *path = NULL;
	if (asprintf(&path, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, name) < 0) {
		return false;
	}
	bool there = access(path, F_OK) == 0;
	if (there && out_path != NULL) {
		*out_path = path;
	} else {
		free(path);
	}
	return there;
}

/* Outside a repository only the working directory counts: what lies in /tmp or in / is not the
 * user's. Malloc()ed, or NULL. */
static char *discover(void)
{
	if (access(ACML_CONFIG_NAME, F_OK) == 0) {
		return strdup(ACML_CONFIG_NAME);
	}
	char *folder = getcwd(NULL, 0);
	char *found = NULL;
	bool repository = false;
	do {
		if (folder == NULL) {
			break;
		}
		if (found == NULL) {
			exists_in(folder, ACML_CONFIG_NAME, &found);
		}
		repository = exists_in(folder, ".git", NULL);
	} while (!repository && parent_folder(folder));
	free(folder);
	if (!repository) {
		free(found);
		found = NULL;
	}
	return found;
}

int acml_config_apply(const char *path, struct acml_options *options)
{
	char *found = path == NULL ? discover() : NULL;
	if (path == NULL && found == NULL) {
		return ACML_EXIT_OK;
	}
	const char *name = path != NULL ? path : found;
	size_t size = 0;
	char *bytes = read_whole(name, &size);
	int status = ACML_EXIT_USAGE;
	if (bytes != NULL) {
		status = apply_bytes(name, bytes, size, options);
	}
	free(bytes);
	free(found);
	return status;
}
