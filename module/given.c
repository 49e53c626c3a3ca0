/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "given.h"

#include <dirent.h>
#include <errno.h>
#include <libknot/errcode.h>
#include <libknot/error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "facts/inventory.h"
#include "facts/parent.h"
#include "inspect.h"
#include "source.h"
#include "state.h"

/* As for an inventory's files. */
#define PARENT_LIMIT ((size_t)32 << 20)

/* Of the time that zones take to load, looking at files may take up to one part in so many. */
#define LOOK_SHARE 50

/* The same fault is not said more often. */
#define SILENCE INT64_C(1000000000)

struct acml_given {
	struct acml_given *next;
	size_t refs;
	struct acml_arena arena;
	enum acml_given_kind kind;
	const char **paths;
	size_t n_paths;
	unsigned generation;    /* The last that asked for it, */
	unsigned turn;          /* and the turn of the last look. */
	int64_t looked;         /* When that was, and how long it took. */
	int64_t cost;
	uint64_t seen;          /* The stamp it gave. */
	bool pending;           /* What was seen has not been read. */
	bool faulty;            /* It was, or was once, and is of no use. */
	struct acml_known *known;
	uint64_t good;          /* The stamp of what is known. */
	uint64_t broken;        /* Of what need not be read again. */
	struct acml_fault fault;
	unsigned told_generation;
	int64_t told;           /* When a fault was said last, and which. */
	uint64_t told_hash;
};

static const char *const titles[ACML_GIVENS] = {
	[ACML_GIVEN_INVENTORY] = "inventory", [ACML_GIVEN_PARENT] = "parent",
};

static int64_t monotonic(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int set_fault(struct acml_fault *fault, const char *path, const char *message)
{
	*fault = (struct acml_fault){ .line = 0 };
	snprintf(fault->file, sizeof(fault->file), "%s", path);
	snprintf(fault->message, sizeof(fault->message), "%s", message);
	return KNOT_EINVAL;
}

/* One look at all files: what for each of them? */
struct walk {
	const struct acml_given *given;
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
	const struct acml_given *given = walk->given;
	int ret = KNOT_EOK;
	for (size_t i = 0; ret == KNOT_EOK && i < given->n_paths; i++) {
		const char *path = given->paths[i];
		struct stat st;
		if (stat(path, &st) != 0) {
			ret = set_fault(&walk->fault, path, strerror(errno));
		} else if (S_ISDIR(st.st_mode) && given->kind == ACML_GIVEN_INVENTORY) {
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

/* What cannot be found has a stamp as well. Never 0. */
static uint64_t stamp_of(const struct acml_given *given, struct acml_fault *out_fault, int *out_ret)
{
	struct walk walk = { .given = given, .visit = visit_stamp };
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

static void look(struct acml_given *given, unsigned turn)
{
	struct acml_fault fault;
	int ret;
	int64_t start = monotonic();
	given->turn = turn;
	given->seen = stamp_of(given, &fault, &ret);
	given->looked = monotonic();
	given->cost = given->looked - start;
	given->faulty = given->seen == given->broken;
	given->pending = !given->faulty && (given->known == NULL || given->seen != given->good);
}

static int read_files(const struct acml_given *given, struct acml_known *known,
                      struct acml_fault *out_fault)
{
	const char *const *paths = given->paths;
	const struct acml_parent_options all = { .limit = PARENT_LIMIT };
	return given->kind == ACML_GIVEN_INVENTORY ?
	       acml_inventory_read(paths, given->n_paths, &known->inventory, out_fault) :
	       acml_parent_read(paths, given->n_paths, &all, &known->parent, out_fault);
}

/* Whole, and as one version. KNOT_EOK; KNOT_ENOMEM; or the fault is filled. */
static int read_known(struct acml_given *given, struct acml_known *known)
{
	struct walk walk = { .given = given, .visit = visit_still, .start = acml_source_clock() };
	int ret;
	given->seen = stamp_of(given, &given->fault, &ret);
	if (ret != KNOT_EOK) {
		return ret;
	}
	ret = read_files(given, known, &given->fault);
	if (ret == KNOT_EMALF) {
		given->broken = given->seen;
	}
	if (ret == KNOT_EOK) {
		ret = walk_all(&walk);
		given->fault = walk.fault;
	}
	return ret;
}

static void say_known(const struct acml_given *given, const struct acml_host *host, int64_t start)
{
	const struct acml_inventory *inventory = given->known->inventory;
	double milliseconds = (double)(monotonic() - start) / 1e6;
	if (inventory != NULL) {
		acml_say(host, LOG_INFO, "inventory read, %zu certificates, %zu records (%.1f ms)",
		         inventory->n_certs, inventory->n_needs, milliseconds);
	} else {
		acml_say(host, LOG_INFO, "parent read, %zu zones (%.1f ms)",
		         given->known->parent->n_children, milliseconds);
	}
}

static void say_fault(struct acml_given *given, const struct acml_host *host)
{
	const struct acml_fault *fault = &given->fault;
	char place[64] = "";
	uint64_t hash = acml_hash(ACML_HASH, fault, sizeof(*fault));
	int64_t now = monotonic();
	if (hash == given->told_hash && given->generation == given->told_generation &&
	    now - given->told < SILENCE) {
		return;
	}
	given->told_hash = hash;
	given->told_generation = given->generation;
	given->told = now;
	if (fault->column > 0) {
		snprintf(place, sizeof(place), ", line %u, column %u", fault->line, fault->column);
	} else if (fault->line > 0) {
		snprintf(place, sizeof(place), ", line %u", fault->line);
	}
	acml_say(host, LOG_ERR, "%s '%.150s'%s: %.150s, %s", titles[given->kind], fault->file, place,
	         fault->message, given->known != NULL ? "going on with what was read before" :
	         "the rules that need it are skipped");
}

static void read_pending(struct acml_given *given, const struct acml_host *host)
{
	int64_t start = monotonic();
	struct acml_known *known = calloc(1, sizeof(*known));
	int ret = known != NULL ? read_known(given, known) : KNOT_ENOMEM;
	given->pending = false;
	given->faulty = ret != KNOT_EOK;
	if (ret == KNOT_EOK) {
		known->refs = 1;
		acml_known_release(given->known);
		given->known = known;
		given->good = given->seen;
		say_known(given, host, start);
		return;
	}
	if (ret == KNOT_ENOMEM) {
		(void)set_fault(&given->fault, given->paths[0], knot_strerror(ret));
	}
	if (known != NULL) {
		known->refs = 1;
		acml_known_release(known);
	}
}

void acml_given_read(struct acml_given *given, const struct acml_host *host)
{
	if (given != NULL && given->pending) {
		read_pending(given, host);
	}
	if (given != NULL && given->faulty) {
		say_fault(given, host);
	}
}

uint64_t acml_given_stamp(const struct acml_given *given)
{
	if (given == NULL) {
		return 1;
	} else if (!given->faulty) {
		return given->seen;
	}
	return given->known != NULL ? given->good : 0;
}

struct acml_known *acml_given_known(const struct acml_given *given)
{
	return given != NULL ? given->known : NULL;
}

void acml_known_release(struct acml_known *known)
{
	if (known != NULL && --known->refs == 0) {
		acml_inventory_free(known->inventory);
		acml_parent_free(known->parent);
		free(known);
	}
}

void acml_given_release(struct acml_given *given)
{
	if (given != NULL && --given->refs == 0) {
		struct acml_arena arena = given->arena;
		acml_known_release(given->known);
		free(given);
		acml_arena_clear(&arena);
	}
}

static bool has_paths(const struct acml_given *given, enum acml_given_kind kind,
                      const char *const *paths, size_t n_paths)
{
	bool same = given->kind == kind && given->n_paths == n_paths;
	for (size_t i = 0; same && i < n_paths; i++) {
		same = strcmp(given->paths[i], paths[i]) == 0;
	}
	return same;
}

static struct acml_given *new_given(enum acml_given_kind kind, const char *const *paths,
                                    size_t n_paths)
{
	struct acml_given *given = calloc(1, sizeof(*given));
	if (given == NULL) {
		return NULL;
	}
	given->refs = 1;
	given->kind = kind;
	given->paths = acml_arena_alloc(&given->arena, n_paths * sizeof(*given->paths));
	bool copied = given->paths != NULL;
	for (size_t i = 0; copied && i < n_paths; i++) {
		given->paths[given->n_paths++] = acml_arena_strdup(&given->arena, paths[i]);
		copied = given->paths[i] != NULL;
	}
	if (!copied) {
		acml_given_release(given);
		return NULL;
	}
	return given;
}

struct acml_given *acml_given_find(struct acml_givens *givens, enum acml_given_kind kind,
                                   const char *const *paths, size_t n_paths)
{
	struct acml_given *given = givens->first;
	while (given != NULL && !has_paths(given, kind, paths, n_paths)) {
		given = given->next;
	}
	bool fresh = given == NULL || given->generation != givens->generation;
	if (given == NULL) {
		given = new_given(kind, paths, n_paths);
		if (given == NULL) {
			return NULL;
		}
		given->next = givens->first;
		givens->first = given;
	}
	given->generation = givens->generation;
	if (fresh || (given->turn != givens->turn &&
	              monotonic() - given->looked > LOOK_SHARE * given->cost)) {
		look(given, givens->turn);
	}
	given->refs++;
	return given;
}

void acml_givens_turn(struct acml_givens *givens)
{
	givens->turn++;
}

void acml_givens_configure(struct acml_givens *givens, const void *configuration)
{
	if (givens->configuration == configuration) {
		return;
	}
	for (struct acml_given **at = &givens->first; *at != NULL; ) {
		struct acml_given *given = *at;
		if (given->generation == givens->generation) {
			at = &given->next;
		} else {
			*at = given->next;
			acml_given_release(given);
		}
	}
	givens->configuration = configuration;
	givens->generation++;
	givens->turn++;
}

void acml_givens_clear(struct acml_givens *givens)
{
	while (givens->first != NULL) {
		struct acml_given *given = givens->first;
		givens->first = given->next;
		acml_given_release(given);
	}
	*givens = (struct acml_givens){ 0 };
}
