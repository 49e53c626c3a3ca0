/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/knot_conf.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <libknot/errcode.h>
#include <libknot/error.h>
#include <libknot/yparser/yparser.h>

#include "cli/command.h"
#include "model/build.h"
#include "model/names.h"
#include "model/read.h"

/* Knot's own limit, and one on the sum. */
#define MAX_DEPTH 5
#define MAX_SIZE ((size_t)1 << 30)

/* One file on its way through the parser. */
struct pass {
	struct acml_knot_conf *conf;
	yp_parser_t *parser;
	const char *file;
	const char *section;            /* NULL: one that is passed over. */
	const char *id;
	unsigned depth;
};

static int read_file(struct acml_knot_conf *conf, const char *path, unsigned depth);

static int wrong(struct acml_knot_conf *conf, const char *file, size_t line, const char *text,
                 const char *detail)
{
	snprintf(conf->wrong, sizeof(conf->wrong), "%s:%zu: %s%s", file, line, text, detail);
	return KNOT_EPARSEFAIL;
}

static int not_included(const struct pass *pass, const char *path, int why)
{
	snprintf(pass->conf->wrong, sizeof(pass->conf->wrong), "%s:%zu: cannot include %s: %s",
	         pass->file, pass->parser->line_count, path, acml_input_error(why));
	return KNOT_EPARSEFAIL;
}

static int add_item(struct pass *pass, const char *key, const char *value)
{
	struct acml_knot_conf *conf = pass->conf;
	if (!ACML_ROOM(conf->items, conf->n_items, conf->cap_items)) {
		return KNOT_ENOMEM;
	}
	struct acml_conf_item item = {
		.section = pass->section, .id = pass->id, .file = pass->file,
		.line = pass->parser->line_count, .order = conf->n_items,
		.key = acml_arena_strdup(&conf->arena, key),
		.value = acml_arena_strdup(&conf->arena, value),
	};
	if (item.key == NULL || item.value == NULL) {
		return KNOT_ENOMEM;
	}
	conf->items[conf->n_items++] = item;
	return KNOT_EOK;
}

/* A folder that cannot be looked into may hold what the server sees. */
static int is_fatal(const char *path, int error)
{
	(void)path;
	return error != ENOENT;
}

/* Folders are passed over, and what a pattern does not match, as knotd does. */
static int include_each(struct pass *pass, const char *pattern)
{
	glob_t found = { 0 };
	errno = 0;
	int ret = glob(pattern, 0, is_fatal, &found);
	if (ret == GLOB_NOSPACE || (ret == GLOB_ABORTED && errno == ENOMEM)) {
		ret = KNOT_ENOMEM;
	} else if (ret == GLOB_ABORTED) {
		ret = not_included(pass, pattern, KNOT_EACCES);
	} else if (ret != 0 && (ret != GLOB_NOMATCH || strchr(pattern, '*') == NULL)) {
		ret = not_included(pass, pattern, KNOT_ENOENT);
	} else {
		ret = KNOT_EOK;
	}
	for (size_t i = 0; i < found.gl_pathc && ret == KNOT_EOK; i++) {
		struct stat st;
		if (stat(found.gl_pathv[i], &st) == 0 && S_ISREG(st.st_mode)) {
			const char *path = acml_arena_strdup(&pass->conf->arena, found.gl_pathv[i]);
			ret = path == NULL ? KNOT_ENOMEM :
			      read_file(pass->conf, path, pass->depth + 1);
			if (ret != KNOT_EOK && ret != KNOT_ENOMEM && ret != KNOT_EPARSEFAIL) {
				ret = not_included(pass, path, ret);
			}
		}
	}
	globfree(&found);
	return ret;
}

static int include(struct pass *pass, const char *value)
{
	if (value[0] == '\0') {
		return wrong(pass->conf, pass->file, pass->parser->line_count, "include without a file",
		             "");
	} else if (pass->depth >= MAX_DEPTH) {
		return wrong(pass->conf, pass->file, pass->parser->line_count,
		             "the nesting of includes is too deep", "");
	} else if (value[0] == '/') {
		return include_each(pass, value);
	}
	/* Relative to the folder that the file is really in. */
	char *real = realpath(pass->file, NULL);
	char *slash = real != NULL ? strrchr(real, '/') : NULL;
	char *pattern = NULL;
	int ret = KNOT_ENOMEM;
	if (slash != NULL) {
		*slash = '\0';
		ret = asprintf(&pattern, "%s/%s", real, value) < 0 ? KNOT_ENOMEM :
		      include_each(pass, pattern);
		free(pattern);
	}
	free(real);
	return ret;
}

static const char *known_section(const char *key)
{
	static const char *const known[] = { "zone", "template", "mod-acmlint", "external" };
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(key, known[i]) == 0) {
			return known[i];
		}
	}
	return NULL;
}

/* A new zone, template or section of the module. */
static int begin_id(struct pass *pass, const char *value)
{
	struct acml_arena *arena = &pass->conf->arena;
	knot_dname_storage_t name;
	char text[ACML_NAME_TEXT];
	bool is_zone = strcmp(pass->section, "zone") == 0;
	if (is_zone && !acml_name_parse(value, name)) {
		return wrong(pass->conf, pass->file, pass->parser->line_count, "no zone's name: ", value);
	}
	pass->id = acml_arena_strdup(arena, is_zone ? acml_name_text(name, text) : value);
	return pass->id == NULL ? KNOT_ENOMEM : add_item(pass, "", value);
}

static int one_event(struct pass *pass)
{
	const yp_parser_t *parser = pass->parser;
	switch (parser->event) {
	case YP_EKEY0:
		pass->section = known_section(parser->key);
		pass->id = NULL;
		return strcmp(parser->key, "include") == 0 ? include(pass, parser->data) : KNOT_EOK;
	case YP_EID:
		return pass->section == NULL ? KNOT_EOK : begin_id(pass, parser->data);
	case YP_EKEY1:
		if (pass->section == NULL) {
			return KNOT_EOK;
		} else if (pass->id == NULL) {
			return wrong(pass->conf, pass->file, parser->line_count,
			             "an item before any identifier: ", parser->key);
		}
		return add_item(pass, parser->key, parser->data);
	default:
		return KNOT_EOK;
	}
}

static int parse_bytes(struct pass *pass, const char *bytes, size_t size)
{
	int ret = yp_set_input_string(pass->parser, bytes, size);
	while (ret == KNOT_EOK && (ret = yp_parse(pass->parser)) == KNOT_EOK) {
		ret = one_event(pass);
		if (ret != KNOT_EOK) {
			return ret;
		}
	}
	return ret == KNOT_EOF ? KNOT_EOK :
	       wrong(pass->conf, pass->file, pass->parser->line_count, "", knot_strerror(ret));
}

static int read_file(struct acml_knot_conf *conf, const char *path, unsigned depth)
{
	char *bytes = NULL;
	size_t size = 0;
	int ret = acml_slurp(path, MAX_SIZE, &bytes, &size);
	if (ret != KNOT_EOK) {
		snprintf(conf->wrong, sizeof(conf->wrong), "%s: configuration cannot be read: %s", path,
		         acml_input_error(ret));
		return ret;
	}
	/* The parser holds a value of 32 KiB: not for the stack. */
	struct pass pass = { .conf = conf, .file = path, .depth = depth };
	pass.parser = malloc(sizeof(*pass.parser));
	if (pass.parser == NULL) {
		free(bytes);
		return KNOT_ENOMEM;
	}
	yp_init(pass.parser);
	ret = size > 0 ? parse_bytes(&pass, bytes, size) : KNOT_EOK;
	yp_deinit(pass.parser);
	free(pass.parser);
	free(bytes);
	return ret;
}

static int compare_place(const struct acml_conf_item *a, const char *section, const char *id)
{
	int order = strcmp(a->section, section);
	return order != 0 ? order : strcmp(a->id, id);
}

static int compare_items(const void *a, const void *b)
{
	const struct acml_conf_item *x = a, *y = b;
	int order = compare_place(x, y->section, y->id);
	if (order == 0) {
		order = strcmp(x->key, y->key);
	}
	return order != 0 ? order : (x->order < y->order ? -1 : x->order > y->order);
}

static int by_order(const void *a, const void *b)
{
	const struct acml_conf_item *x = *(const struct acml_conf_item *const *)a;
	const struct acml_conf_item *y = *(const struct acml_conf_item *const *)b;
	return x->order < y->order ? -1 : x->order > y->order;
}

int acml_knot_conf_add(struct acml_knot_conf *conf, const char *zone, const char *template,
                       const char *file, size_t line)
{
	struct acml_conf_item item = {
		.section = "zone", .id = zone, .key = "", .value = zone, .file = file, .line = line,
	};
	for (int i = 0; i < 2; i++) {
		if (!ACML_ROOM(conf->items, conf->n_items, conf->cap_items)) {
			return KNOT_ENOMEM;
		}
		item.order = conf->n_items;
		conf->items[conf->n_items++] = item;
		item.key = "template";
		item.value = template;
	}
	return KNOT_EOK;
}

/* Sorts the items and lists the zones. */
int acml_knot_conf_settle(struct acml_knot_conf *conf)
{
	free(conf->zones);
	conf->n_zones = 0;
	conf->zones = calloc(conf->n_items + 1, sizeof(*conf->zones));
	if (conf->zones == NULL) {
		return KNOT_ENOMEM;
	}
	if (conf->n_items > 1) {
		qsort(conf->items, conf->n_items, sizeof(*conf->items), compare_items);
	}
	for (size_t i = 0; i < conf->n_items; i++) {
		const struct acml_conf_item *item = &conf->items[i];
		if (item->key[0] != '\0') {
			continue;
		} else if (i > 0 && compare_items(&item[-1], item) < 0 && item[-1].key[0] == '\0' &&
		           compare_place(&item[-1], item->section, item->id) == 0) {
			return wrong(conf, item->file, item->line, "defined twice: ", item->value);
		}
		if (strcmp(item->section, "zone") == 0) {
			conf->zones[conf->n_zones++] = item;
		}
	}
	if (conf->n_zones > 1) {
		qsort(conf->zones, conf->n_zones, sizeof(*conf->zones), by_order);
	}
	return KNOT_EOK;
}

const struct acml_conf_item *acml_conf_section(const struct acml_knot_conf *conf,
                                               const char *section, const char *id,
                                               size_t *out_count)
{
	size_t low = 0, high = conf->n_items;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare_place(&conf->items[middle], section, id) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	size_t count = 0;
	while (low + count < conf->n_items &&
	       compare_place(&conf->items[low + count], section, id) == 0) {
		count++;
	}
	*out_count = count;
	return count > 0 ? &conf->items[low] : NULL;
}

const struct acml_conf_item *acml_conf_find(const struct acml_knot_conf *conf, const char *section,
                                            const char *id, const char *key, size_t *out_count)
{
	size_t all;
	const struct acml_conf_item *item = acml_conf_section(conf, section, id, &all);
	const struct acml_conf_item *first = NULL;
	*out_count = 0;
	for (size_t i = 0; i < all; i++) {
		if (strcmp(item[i].key, key) == 0) {
			first = first == NULL ? &item[i] : first;
			++*out_count;
		}
	}
	return first;
}

const struct acml_conf_item *acml_conf_zone(const struct acml_knot_conf *conf, const char *zone,
                                            const char *key, size_t *out_count)
{
	size_t count;
	const struct acml_conf_item *found = acml_conf_find(conf, "zone", zone, key, &count);
	if (found == NULL) {
		const struct acml_conf_item *template = acml_conf_find(conf, "zone", zone, "template",
		                                                       &count);
		found = acml_conf_find(conf, "template",
		                       count > 0 ? template[count - 1].value : "default", key, &count);
	}
	/* "module: []" takes back what a template says. */
	if (count == 1 && found->value[0] == '\0') {
		count = 0;
	}
	*out_count = count;
	return count > 0 ? found : NULL;
}

const char *acml_conf_zone_text(const struct acml_knot_conf *conf, const char *zone,
                                const char *key, const char *fallback)
{
	size_t count;
	const struct acml_conf_item *found = acml_conf_zone(conf, zone, key, &count);
	return count > 0 ? found[count - 1].value : fallback;
}

int acml_knot_conf_read(const char *path, struct acml_knot_conf *out)
{
	*out = (struct acml_knot_conf){ 0 };
	const char *file = acml_arena_strdup(&out->arena, path);
	int ret = file == NULL ? KNOT_ENOMEM : read_file(out, file, 0);
	return ret == KNOT_EOK ? acml_knot_conf_settle(out) : ret;
}

void acml_knot_conf_clear(struct acml_knot_conf *conf)
{
	free(conf->items);
	free(conf->zones);
	acml_arena_clear(&conf->arena);
	*conf = (struct acml_knot_conf){ 0 };
}
