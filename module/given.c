/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "given.h"

#include <libknot/errcode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "facts/parent.h"
#include "given_files.h"
#include "inspect.h"
#include "state.h"

/* Of the time that zones take to load, looking at files may take up to one part in so many. */
#define LOOK_SHARE 50

/* The same fault is not said more often. */
#define SILENCE INT64_C(1000000000)

struct acml_given {
	struct acml_given *next;
	_Atomic size_t refs;
	struct acml_arena arena;
	struct acml_given_files files;
	unsigned generation;    /* The last that asked for it, */
	unsigned turn;          /* and the turn of the last look. */
	int64_t looked;         /* When that was, and how long it took. */
	int64_t cost;
	uint64_t seen;          /* The stamp it gave. */
	bool pending;           /* What was seen has not been read. */
	bool faulty;            /* It was, now or before, and is of no use. */
	bool asked;             /* Somebody has set out to read it in the background. */
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

static void look(struct acml_given *given, unsigned turn)
{
	int64_t start = monotonic();
	given->turn = turn;
	given->seen = acml_given_look(&given->files);
	given->looked = monotonic();
	given->cost = given->looked - start;
	given->faulty = given->seen == given->broken;
	given->pending = !given->faulty && (given->known == NULL || given->seen != given->good);
}

static void say_known(const struct acml_given *given, const struct acml_host *host, int64_t spent)
{
	const struct acml_inventory *inventory = given->known->inventory;
	double milliseconds = (double)spent / 1e6;
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
	acml_say(host, LOG_ERR, "%s '%.150s'%s: %.150s, %s", titles[given->files.kind], fault->file, place,
	         fault->message, given->known != NULL ? "going on with what was read before" :
	         "the rules that need it are skipped");
}

/* What came of a reading, which is emptied. */
static void take(struct acml_given *given, struct acml_reading *reading)
{
	given->pending = false;
	given->faulty = reading->ret != KNOT_EOK;
	given->seen = reading->stamp;
	if (!given->faulty) {
		acml_known_release(given->known);
		given->known = reading->known;
		given->good = reading->stamp;
		reading->known = NULL;
		return;
	}
	given->fault = reading->fault;
	if (reading->ret == KNOT_EMALF) {
		given->broken = reading->stamp;
	}
}

void acml_given_again(struct acml_given *given)
{
	if (given != NULL && monotonic() - given->looked > LOOK_SHARE * given->cost) {
		look(given, given->turn);
	}
}

void acml_given_read(struct acml_given *given, const struct acml_host *host)
{
	if (given != NULL && given->pending) {
		struct acml_reading reading;
		acml_given_load(&given->files, &reading);
		take(given, &reading);
		if (!given->faulty) {
			say_known(given, host, reading.spent);
		}
	}
	if (given != NULL && given->faulty) {
		say_fault(given, host);
	}
}

bool acml_given_wants(struct acml_given *given)
{
	bool wants = given != NULL && given->pending && given->known == NULL && !given->asked;
	if (wants) {
		given->asked = true;
		given->refs++;
	}
	return wants;
}

void acml_given_load_for(const struct acml_given *given, struct acml_reading *out)
{
	acml_given_load(&given->files, out);
}

void acml_given_learn(struct acml_given *given, struct acml_reading *reading)
{
	/* Of other files than those that were looked at, zones that load learn for themselves. */
	if (given->pending && reading->ret == KNOT_EOK && reading->stamp == given->seen) {
		take(given, reading);
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
	bool same = given->files.kind == kind && given->files.n_paths == n_paths;
	for (size_t i = 0; same && i < n_paths; i++) {
		same = strcmp(given->files.paths[i], paths[i]) == 0;
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
	const char **copies = acml_arena_alloc(&given->arena, n_paths * sizeof(*copies));
	bool copied = copies != NULL;
	for (size_t i = 0; copied && i < n_paths; i++) {
		copies[i] = acml_arena_strdup(&given->arena, paths[i]);
		copied = copies[i] != NULL;
	}
	given->refs = 1;
	given->files = (struct acml_given_files){ kind, copies, n_paths };
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
