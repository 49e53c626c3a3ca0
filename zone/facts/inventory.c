/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "facts/inventory.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <libknot/errcode.h>
#include <libknot/error.h>

#include "facts/inventory_build.h"
#include "model/load_json.h"
#include "model/read.h"

/* An account has at most some thousands of certificates, of some kilobytes each. */
#define MAX_FILE	((size_t)32 << 20)
#define MAX_TOTAL	((size_t)512 << 20)

/* Integers beyond 64 bits are other people's data. A member given twice has no value. */
#define LOAD_FLAGS (JSON_DISABLE_EOF_CHECK | JSON_DECODE_INT_AS_REAL | JSON_REJECT_DUPLICATES)

static void place_fault(struct acml_fault *fault, const char *name)
{
	size_t len = strlen(name);
	/* The end of a long path says more than its beginning. */
	name += len < sizeof(fault->file) ? 0 : len - sizeof(fault->file) + 1;
	strcpy(fault->file, name);
}

static void place_at(struct acml_fault *fault, const char *bytes, size_t offset)
{
	size_t start = 0;
	fault->line = 1;
	for (size_t i = 0; i < offset; i++) {
		if (bytes[i] == '\n') {
			fault->line++;
			start = i + 1;
		}
	}
	fault->column = (uint32_t)(offset - start) + 1;
}

static int malformed(struct acml_inventory_build *build, const char *bytes, size_t offset,
                     const char *message)
{
	place_fault(build->fault, build->file);
	place_at(build->fault, bytes, offset);
	snprintf(build->fault->message, sizeof(build->fault->message), "%.240s", message);
	return KNOT_EMALF;
}

/* One document of a stream; *inout_offset moves behind it. */
static int read_document(struct acml_inventory_build *build, const char *bytes, size_t size,
                         size_t *inout_offset, bool *out_known)
{
	json_error_t error = { .line = 0 };
	size_t offset = *inout_offset;
	json_t *root = NULL;
	int ret = acml_load_json(bytes + offset, size - offset, LOAD_FLAGS, &root, &error);
	if (ret == KNOT_EMALF) {
		/* jansson has taken the byte that it complains about. */
		size_t at = error.position > 0 ? (size_t)error.position - 1 : 0;
		at = at < size - offset ? at : size - offset;
		return malformed(build, bytes, offset + at, error.text);
	} else if (ret != KNOT_EOK) {
		return ret;
	}
	ret = acml_inventory_document(build, root, out_known);
	json_decref(root);
	if (ret == KNOT_EMALF) {
		char message[sizeof(build->fault->message)];
		memcpy(message, build->fault->message, sizeof(message));
		(void)malformed(build, bytes, offset, message);
		build->fault->column = 0;
	}
	*inout_offset = offset + (size_t)error.position;
	return ret;
}

static size_t skip_blanks(const char *bytes, size_t size, size_t offset)
{
	while (offset < size && strchr(" \t\r\n", bytes[offset]) != NULL && bytes[offset] != '\0') {
		offset++;
	}
	return offset;
}

/* All documents of one file. lone: it was named, so it must tell something. */
static int read_stream(struct acml_inventory_build *build, const char *bytes, size_t size,
                       bool lone)
{
	size_t offset = size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
	if (size >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0)) {
		return malformed(build, bytes, 0, "UTF-16, as PowerShell writes it: save it as UTF-8");
	}
	bool any = false;
	size_t counted = 0;
	uint32_t line = 1;
	while ((offset = skip_blanks(bytes, size, offset)) < size) {
		bool known = false;
		for (; counted < offset; counted++) {
			line += bytes[counted] == '\n';
		}
		build->line = line;
		int ret = read_document(build, bytes, size, &offset, &known);
		if (ret != KNOT_EOK) {
			return ret;
		}
		if (!known && lone) {
			return malformed(build, bytes, counted, "neither a certificate nor a validation of "
			                 "ACM, nor a Terraform state");
		}
		any = true;
	}
	/* What a failed command leaves behind. */
	return any ? KNOT_EOK : malformed(build, bytes, size, "no JSON in it");
}

static int add_bytes(struct acml_inventory_build *build, const char *name, const char *bytes,
                     size_t size, bool lone)
{
	build->file = acml_arena_strdup(&build->inventory->arena, name);
	return build->file == NULL ? KNOT_ENOMEM : read_stream(build, bytes, size, lone);
}

static int file_fault(struct acml_fault *fault, const char *path, int code)
{
	place_fault(fault, path);
	fault->line = fault->column = 0;
	snprintf(fault->message, sizeof(fault->message), "%s",
	         code == KNOT_ERANGE ? "too large for an inventory" :
	         code == KNOT_EFILE ? "not a regular file" :
	         code == KNOT_ENOENT ? "there is no such file or folder" :
	         code == KNOT_EACCES ? "no permission to read it" : knot_strerror(code));
	return code;
}

static int add_file(struct acml_inventory_build *build, const char *path, bool lone,
                    size_t *inout_total)
{
	char *bytes = NULL;
	size_t size = 0;
	int ret = acml_slurp(path, MAX_FILE, &bytes, &size);
	if (ret == KNOT_EOK && (*inout_total += size) > MAX_TOTAL) {
		ret = KNOT_ERANGE;
	} else if (ret == KNOT_EOK) {
		ret = add_bytes(build, path, bytes, size, lone);
		free(bytes);
		return ret;
	}
	free(bytes);
	return ret == KNOT_ENOMEM ? ret : file_fault(build->fault, path, ret);
}

bool acml_inventory_takes(const char *name)
{
	const char *dot = strrchr(name, '.');
	return name[0] != '.' && dot != NULL &&
	       (strcmp(dot, ".json") == 0 || strcmp(dot, ".tfstate") == 0);
}

static int is_inventory(const struct dirent *entry)
{
	return acml_inventory_takes(entry->d_name);
}

/* Not alphasort(): its order is the locale's. */
static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int add_folder(struct acml_inventory_build *build, const char *folder, size_t *inout_total)
{
	struct dirent **entries = NULL;
	int count = scandir(folder, &entries, is_inventory, by_bytes);
	if (count < 0) {
		return errno == ENOMEM ? KNOT_ENOMEM :
		       file_fault(build->fault, folder, knot_map_errno());
	}
	int ret = KNOT_EOK;
	size_t certs = build->n_certs, needs = build->n_needs, partials = build->n_partials;
	for (int i = 0; i < count; i++) {
		char *path = NULL;
		if (ret == KNOT_EOK && asprintf(&path, "%s/%s", folder, entries[i]->d_name) < 0) {
			path = NULL;
			ret = KNOT_ENOMEM;
		}
		if (ret == KNOT_EOK) {
			ret = add_file(build, path, false, inout_total);
		}
		free(path);
		free(entries[i]);
	}
	free(entries);
	if (ret == KNOT_EOK && count == 0) {
		ret = file_fault(build->fault, folder, KNOT_ENOENT);
		strcpy(build->fault->message, "the folder holds no *.json or *.tfstate file");
	} else if (ret == KNOT_EOK && build->n_certs == certs && build->n_needs == needs &&
	           build->n_partials == partials) {
		const char *name = acml_arena_strdup(&build->inventory->arena, folder);
		ret = name == NULL ? KNOT_ENOMEM : acml_inventory_partial(build, name,
		        "no file of the folder names a certificate", false);
	}
	return ret;
}

static int begin(struct acml_inventory_build *build, struct acml_fault *fault)
{
	*fault = (struct acml_fault){ .line = 0 };
	*build = (struct acml_inventory_build){ .fault = fault };
	build->inventory = calloc(1, sizeof(*build->inventory));
	return build->inventory != NULL ? KNOT_EOK : KNOT_ENOMEM;
}

/* All or nothing. */
static int finish(struct acml_inventory_build *build, int ret,
                  struct acml_inventory **out_inventory)
{
	if (ret == KNOT_EOK) {
		ret = acml_inventory_adopt(build);
	}
	if (ret == KNOT_EOK) {
		ret = acml_inventory_freeze(build);
	}
	free(build->certs);
	free(build->needs);
	free(build->partials);
	free(build->pages);
	free(build->names);
	if (ret == KNOT_EOK) {
		*out_inventory = build->inventory;
	} else {
		acml_inventory_free(build->inventory);
	}
	return ret;
}

int acml_inventory_read(const char *const *paths, size_t n_paths,
                        struct acml_inventory **out_inventory, struct acml_fault *out_fault)
{
	struct acml_inventory_build build;
	int ret = begin(&build, out_fault);
	size_t total = 0;
	for (size_t i = 0; ret == KNOT_EOK && i < n_paths; i++) {
		struct stat st;
		bool folder = stat(paths[i], &st) == 0 && S_ISDIR(st.st_mode);
		ret = folder ? add_folder(&build, paths[i], &total) :
		      add_file(&build, paths[i], true, &total);
	}
	return finish(&build, ret, out_inventory);
}

int acml_inventory_parse(const char *name, const char *bytes, size_t size,
                         struct acml_inventory **out_inventory, struct acml_fault *out_fault)
{
	struct acml_inventory_build build;
	int ret = begin(&build, out_fault);
	if (ret == KNOT_EOK) {
		ret = add_bytes(&build, name, bytes, size, true);
	}
	return finish(&build, ret, out_inventory);
}

void acml_inventory_free(struct acml_inventory *inventory)
{
	if (inventory != NULL) {
		acml_arena_clear(&inventory->arena);
		free(inventory);
	}
}
