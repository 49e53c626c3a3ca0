/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/inputs.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <libknot/errcode.h>

#define MAX_DEPTH 32

static void *grow(void *array, size_t count, size_t *max, size_t size)
{
	if (count < *max) {
		return array;
	}
	size_t wanted = *max == 0 ? 16 : 2 * *max;
	void *grown = reallocarray(array, wanted, size);
	if (grown != NULL) {
		*max = wanted;
	}
	return grown;
}

/* Takes the path over, also when it fails. */
static int add_file(struct acml_inputs *inputs, char *path, bool once)
{
	struct acml_input_file *files = path == NULL ? NULL : grow(inputs->files, inputs->n_files,
	        &inputs->max_files, sizeof(*inputs->files));
	if (files == NULL) {
		free(path);
		return KNOT_ENOMEM;
	}
	inputs->files = files;
	inputs->files[inputs->n_files++] = (struct acml_input_file) { .path = path, .once = once };
	return KNOT_EOK;
}

int acml_inputs_add_zone(struct acml_inputs *inputs, const struct acml_input_file *file)
{
	int ret = add_file(inputs, strdup(file->path), false);
	if (ret != KNOT_EOK) {
		return ret;
	}
	struct acml_input_file *own = &inputs->files[inputs->n_files - 1];
	own->soft_checks = file->soft_checks;
	own->catalog = file->catalog;
	own->external = file->external;
	own->several = file->several;
	own->place = file->place;
	own->origin = strdup(file->origin);
	own->published = file->published != NULL ? strdup(file->published) : NULL;
	return own->origin == NULL || (file->published != NULL && own->published == NULL) ?
	       KNOT_ENOMEM : KNOT_EOK;
}

int acml_inputs_error(struct acml_inputs *inputs, const char *file, const char *message)
{
	struct acml_run_error *errors = grow(inputs->errors, inputs->n_errors,
	        &inputs->max_errors, sizeof(*inputs->errors));
	if (errors == NULL) {
		return KNOT_ENOMEM;
	}
	inputs->errors = errors;
	struct acml_run_error error = { .file = strdup(file), .message = strdup(message) };
	if (error.file == NULL || error.message == NULL) {
		free((char *)error.file);
		free((char *)error.message);
		return KNOT_ENOMEM;
	}
	inputs->errors[inputs->n_errors++] = error;
	return KNOT_EOK;
}

static bool ends_with(const char *name, const char *end)
{
	size_t len = strlen(name);
	size_t end_len = strlen(end);
	return len > end_len && strcmp(name + len - end_len, end) == 0;
}

static bool is_zone_name(const char *name)
{
	static const char *const by_products[] = {
		"~", ".bak", ".jbk", ".jnl", ".old", ".orig", ".rej", ".swp", ".tmp",
	};
	if (ends_with(name, ".zone")) {
		return true;
	}
	if (strncmp(name, "db.", 3) != 0 || name[3] == '\0') {
		return false;
	}
	for (size_t i = 0; i < sizeof(by_products) / sizeof(by_products[0]); i++) {
		if (ends_with(name, by_products[i])) {
			return false;
		}
	}
	return true;
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Not alphasort(): its order is the locale's. */
static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int add_folder(struct acml_inputs *inputs, const char *folder, unsigned depth);

/* What an entry is, asked of the system where the folder does not tell. A link to a folder is
 * none. */
static void look_at(const char *path, unsigned char type, bool *out_folder, bool *out_other)
{
	struct stat st;
	*out_folder = type == DT_DIR ||
	              (type == DT_UNKNOWN && lstat(path, &st) == 0 && S_ISDIR(st.st_mode));
	*out_other = !*out_folder && type != DT_REG && stat(path, &st) == 0 &&
	             !S_ISREG(st.st_mode);
}

static int add_entry(struct acml_inputs *inputs, const char *folder, const struct dirent *entry,
                     unsigned depth)
{
	char *path = NULL;
	const char *name = entry->d_name;
	const char *slash = ends_with(folder, "/") || strcmp(folder, "/") == 0 ? "" : "/";
	if (asprintf(&path, "%s%s%s", folder, slash, name) < 0) {
		return KNOT_ENOMEM;
	}
	int ret = KNOT_EOK;
	bool is_folder, is_other;
	look_at(path, entry->d_type, &is_folder, &is_other);
	if (is_folder) {
		ret = add_folder(inputs, path, depth + 1);
	} else if (!is_other && is_zone_name(name)) {
		/* A broken link stays, so that the report says so. */
		return add_file(inputs, path, false);
	}
	free(path);
	return ret;
}

static int add_folder(struct acml_inputs *inputs, const char *folder, unsigned depth)
{
	struct dirent **entries = NULL;
	if (depth > MAX_DEPTH) {
		return acml_inputs_error(inputs, folder, "folders are nested too deeply");
	}
	int count = scandir(folder, &entries, visible, by_bytes);
	if (count < 0) {
		return errno == ENOMEM ? KNOT_ENOMEM :
		       acml_inputs_error(inputs, folder, strerror(errno));
	}
	int ret = KNOT_EOK;
	for (int i = 0; i < count; i++) {
		if (ret == KNOT_EOK) {
			ret = add_entry(inputs, folder, entries[i], depth);
		}
		free(entries[i]);
	}
	free(entries);
	return ret;
}

int acml_inputs_add(struct acml_inputs *inputs, const char *path)
{
	struct stat st = { 0 };
	bool is_stdin = strcmp(path, "-") == 0;
	if (is_stdin || stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
		return add_file(inputs, strdup(path), is_stdin || S_ISFIFO(st.st_mode));
	}
	size_t before = inputs->n_files + inputs->n_errors;
	int ret = add_folder(inputs, path, 0);
	if (ret == KNOT_EOK && inputs->n_files + inputs->n_errors == before) {
		/* Silence would look like a clean bill. */
		ret = acml_inputs_error(inputs, path, "the folder holds no *.zone or db.* file");
	}
	return ret;
}

int acml_inputs_add_list(struct acml_inputs *inputs, const char *list)
{
	FILE *file = strcmp(list, "-") == 0 ? stdin : fopen(list, "re");
	if (file == NULL) {
		return knot_map_errno();
	}
	char *text = NULL;
	size_t max = 0;
	/* NUL-separated lists (git diff -z) have no other NUL; a plain one is one long piece. */
	int ret = KNOT_EOK;
	ssize_t size;
	while (ret == KNOT_EOK && (size = getdelim(&text, &max, '\0', file)) > 0) {
		bool separated = text[size - 1] == '\0';
		char *rest = text;
		while (ret == KNOT_EOK && rest != NULL && *rest != '\0') {
			char *line = separated ? rest : strsep(&rest, "\n");
			size_t len = strlen(line);
			rest = separated ? NULL : rest;
			if (!separated && len > 0 && line[len - 1] == '\r') {
				line[len - 1] = '\0';
			}
			if (line[0] != '\0') {
				ret = acml_inputs_add(inputs, line);
			}
		}
	}
	if (ret == KNOT_EOK && ferror(file)) {
		ret = knot_map_errno();
	}
	free(text);
	if (file != stdin) {
		fclose(file);
	}
	return ret;
}

/* Skips "./" and doubled slashes: equal rests name the same file. */
static const char *next_byte(const char *path, const char *start)
{
	bool at_start = path == start || path[-1] == '/';
	while (at_start && (path[0] == '/' || (path[0] == '.' && path[1] == '/'))) {
		if (path == start && path[0] == '/') {
			break;
		}
		path += path[0] == '/' ? 1 : 2;
	}
	return path;
}

static int compare_paths(const char *a, const char *b)
{
	const char *start_a = a;
	const char *start_b = b;
	for (;; a++, b++) {
		a = next_byte(a, start_a);
		b = next_byte(b, start_b);
		if (*a != *b || *a == '\0') {
			return (unsigned char)*a - (unsigned char)*b;
		}
	}
}

static int by_path(const void *a, const void *b)
{
	const struct acml_input_file *x = *(const struct acml_input_file *const *)a;
	const struct acml_input_file *y = *(const struct acml_input_file *const *)b;
	int order = compare_paths(x->path, y->path);
	return order != 0 ? order : (x < y ? -1 : x > y);
}

/* Those of one folder are, and then none is there twice. */
static bool are_ascending(const struct acml_inputs *inputs)
{
	for (size_t i = 1; i < inputs->n_files; i++) {
		if (compare_paths(inputs->files[i - 1].path, inputs->files[i].path) >= 0) {
			return false;
		}
	}
	return true;
}

int acml_inputs_unique(struct acml_inputs *inputs)
{
	size_t n = inputs->n_files;
	if (are_ascending(inputs)) {
		return KNOT_EOK;
	}
	struct acml_input_file **sorted = reallocarray(NULL, n + 1, sizeof(*sorted));
	if (sorted == NULL) {
		return KNOT_ENOMEM;
	}
	for (size_t i = 0; i < n; i++) {
		sorted[i] = &inputs->files[i];
	}
	qsort(sorted, n, sizeof(*sorted), by_path);
	size_t first = 0;
	for (size_t i = 1; i < n; i++) {
		if (compare_paths(sorted[first]->path, sorted[i]->path) != 0) {
			first = i;
			continue;
		}
		free(sorted[i]->path);
		sorted[i]->path = NULL;
	}
	free(sorted);
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		if (inputs->files[i].path != NULL) {
			inputs->files[kept++] = inputs->files[i];
		}
	}
	inputs->n_files = kept;
	return KNOT_EOK;
}

void acml_inputs_clear(struct acml_inputs *inputs)
{
	for (size_t i = 0; i < inputs->n_files; i++) {
		free(inputs->files[i].path);
		free(inputs->files[i].origin);
		free(inputs->files[i].published);
	}
	for (size_t i = 0; i < inputs->n_errors; i++) {
		free((char *)inputs->errors[i].file);
		free((char *)inputs->errors[i].message);
	}
	free(inputs->files);
	free(inputs->errors);
	*inputs = (struct acml_inputs) { 0 };
}
