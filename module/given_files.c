/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "given_files.h"

#include <dirent.h>
#include <errno.h>
#include <libknot/errcode.h>
#include <libknot/error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "facts/parent.h"
#include "source.h"
#include "state.h"

/* As for an inventory's files. */
#define PARENT_LIMIT ((size_t)32 << 20)

static int set_fault(struct acml_fault *fault, const char *path, const char *message)
{
	*fault = (struct acml_fault){ .line = 0 };
	snprintf(fault->file, sizeof(fault->file), "%s", path);
	snprintf(fault->message, sizeof(fault->message), "%s", message);
	return KNOT_EINVAL;
}

/* One look at all files: what for each of them? */
struct walk {
	const struct acml_given_files *files;
	int (*visit)(struct walk *walk, const char *path, const struct stat *st);
	uint64_t stamp;
	bool fresh;
	int64_t start;          /* When reading began. */
	struct acml_fault fault;
};

static int walk_folder(struct walk *walk, const char *folder)
{
	DIR *dir = opendir(folder);
	if (dir == NULL) {
		return set_fault(&walk->fault, folder, strerror(errno));
	}
	int ret = KNOT_EOK;
	const struct dirent *entry;
	while (ret == KNOT_EOK && (entry = readdir(dir)) != NULL) {
		char *path = NULL;
		struct stat st;
		if (!acml_inventory_takes(entry->d_name)) {
			continue;
		}
		if (asprintf(&path, "%s/%s", folder, entry->d_name) < 0) {
			ret = KNOT_ENOMEM;
			break;
		}
		ret = stat(path, &st) != 0 ? set_fault(&walk->fault, path, strerror(errno)) :
		      walk->visit(walk, path, &st);
		free(path);
	}
	closedir(dir);
	return ret;
}

/* KNOT_EOK, KNOT_ENOMEM, or the fault is filled. */
static int walk_all(struct walk *walk)
{
	const struct acml_given_files *files = walk->files;
	int ret = KNOT_EOK;
	for (size_t i = 0; ret == KNOT_EOK && i < files->n_paths; i++) {
		const char *path = files->paths[i];
		struct stat st;
		if (stat(path, &st) != 0) {
			ret = set_fault(&walk->fault, path, strerror(errno));
		} else if (S_ISDIR(st.st_mode) && files->kind == ACML_GIVEN_INVENTORY) {
			ret = walk_folder(walk, path);
		} else {
			ret = walk->visit(walk, path, &st);
		}
	}
	return ret;
}

/* Files of a folder come in any order. */
static int visit_stamp(struct walk *walk, const char *path, const struct stat *st)
{
	struct acml_identity identity;
	acml_identity_of(st, &identity);
	uint64_t hash = acml_hash(ACML_HASH, path, strlen(path));
	walk->stamp += acml_hash(hash, &identity, sizeof(identity));
	walk->fresh |= acml_source_fresh(st);
	/* A FIFO would hold up the server. */
	return S_ISREG(st->st_mode) ? KNOT_EOK :
	       set_fault(&walk->fault, path, "is not a regular file");
}

/* Nobody has written to it since the reading began. */
static int visit_still(struct walk *walk, const char *path, const struct stat *st)
{
	struct stat now;
	bool fresh;
	(void)st;
	const char *fault = acml_source_still(path, walk->start, &now, &fresh);
	return fault == NULL ? KNOT_EOK : set_fault(&walk->fault, path, fault);
}

static uint64_t stamp_of(const struct acml_given_files *files, struct acml_fault *out_fault,
                         int *out_ret)
{
	struct walk walk = { .files = files, .visit = visit_stamp };
	*out_ret = walk_all(&walk);
	*out_fault = walk.fault;
	uint64_t stamp = acml_hash(walk.stamp, walk.fault.message, strlen(walk.fault.message));
	if (walk.fresh) {
		/* A further change may leave no trace: it will have to be read again. */
		int64_t now = acml_source_clock();
		stamp = acml_hash(stamp, &now, sizeof(now));
	}
	return stamp != 0 ? stamp : 1;
}

uint64_t acml_given_look(const struct acml_given_files *files)
{
	struct acml_fault fault;
	int ret;
	return stamp_of(files, &fault, &ret);
}

static int read_files(const struct acml_given_files *files, struct acml_known *known,
                      struct acml_fault *out_fault)
{
	const struct acml_parent_options all = { .limit = PARENT_LIMIT };
	return files->kind == ACML_GIVEN_INVENTORY ?
	       acml_inventory_read(files->paths, files->n_paths, &known->inventory, out_fault) :
	       acml_parent_read(files->paths, files->n_paths, &all, &known->parent, out_fault);
}

static int read_still(const struct acml_given_files *files, struct acml_known *known,
                      struct acml_reading *reading)
{
	struct walk walk = { .files = files, .visit = visit_still, .start = acml_source_clock() };
	int ret;
	reading->stamp = stamp_of(files, &reading->fault, &ret);
	if (ret == KNOT_EOK) {
		ret = read_files(files, known, &reading->fault);
	}
	if (ret == KNOT_EOK) {
		ret = walk_all(&walk);
		reading->fault = walk.fault;
	}
	return ret;
}

static int64_t monotonic(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

void acml_given_load(const struct acml_given_files *files, struct acml_reading *out)
{
	int64_t start = monotonic();
	struct acml_known *known = calloc(1, sizeof(*known));
	*out = (struct acml_reading){ .ret = KNOT_ENOMEM };
	if (known != NULL) {
		known->refs = 1;
		out->ret = read_still(files, known, out);
	}
	if (out->ret == KNOT_EOK) {
		out->known = known;
	} else {
		acml_known_release(known);
	}
	if (out->ret == KNOT_ENOMEM) {
		(void)set_fault(&out->fault, files->paths[0], knot_strerror(out->ret));
	}
	out->spent = monotonic() - start;
}
