/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "commit_gate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "commit_crew.h"

static struct acml_ward **bucket(const struct acml_commit_gate *gate, const char *path)
{
	return &gate->buckets[acml_hash(ACML_HASH, path, strlen(path)) & (gate->n_buckets - 1)];
}

static void insert(struct acml_commit_gate *gate, struct acml_ward *ward)
{
	struct acml_ward **at = bucket(gate, ward->terms->path);
	ward->next = *at;
	*at = ward;
}

static void take_out(struct acml_commit_gate *gate, struct acml_ward *ward)
{
	struct acml_ward **at = bucket(gate, ward->terms->path);
	while (*at != ward) {
		at = &(*at)->next;
	}
	*at = ward->next;
}

static bool make_room(struct acml_commit_gate *gate)
{
	size_t count = gate->n_buckets;
	if (gate->n_wards < count) {
		return true;
	}
	struct acml_ward **old = gate->buckets;
	struct acml_ward **buckets = calloc(count > 0 ? 2 * count : 64, sizeof(*buckets));
	if (buckets == NULL) {
		return false;
	}
	gate->buckets = buckets;
	gate->n_buckets = count > 0 ? 2 * count : 64;
	for (size_t i = 0; i < count; i++) {
		while (old[i] != NULL) {
			struct acml_ward *ward = old[i];
			old[i] = ward->next;
			insert(gate, ward);
		}
	}
	free(old);
	return true;
}

static void feed_dump(struct acml_commit_gate *gate, struct acml_ward *ward)
{
	struct acml_commit_event event = { .kind = ACML_DUMPED, .now = acml_crew_clock() };
	struct stat st;
	if (stat(ward->terms->path, &st) == 0) {
		acml_identity_of(&st, &event.dump);
		acml_crew_feed(gate, ward, &event);
	}
}

static void rescan(struct acml_commit_gate *gate)
{
	for (size_t i = 0; i < gate->n_buckets; i++) {
		for (struct acml_ward *ward = gate->buckets[i]; ward != NULL; ward = ward->next) {
			feed_dump(gate, ward);
		}
	}
}

void acml_commit_gate_came(void *ctx, const char *path)
{
	struct acml_commit_gate *gate = ctx;
	if (path == NULL || gate->n_buckets == 0) {
		rescan(gate);
		return;
	}
	for (struct acml_ward *ward = *bucket(gate, path); ward != NULL; ward = ward->next) {
		if (strcmp(ward->terms->path, path) == 0) {
			feed_dump(gate, ward);
		}
	}
}

static void gate_free(struct acml_commit_gate *gate)
{
	acml_crew_hang_up(gate);
	acml_commit_watch_free(gate->watch);
	if (gate->wake >= 0) {
		close(gate->wake);
	}
	acml_absent_clear(&gate->absent);
	pthread_cond_destroy(&gate->follow);
	pthread_cond_destroy(&gate->control_free);
	pthread_mutex_destroy(&gate->mutex);
	free(gate->buckets);
	free(gate);
}

static struct acml_commit_gate *gate_new(void)
{
	struct acml_commit_gate *gate = calloc(1, sizeof(*gate));
	if (gate == NULL) {
		return NULL;
	}
	pthread_mutex_init(&gate->mutex, NULL);
	pthread_cond_init(&gate->follow, NULL);
	pthread_cond_init(&gate->control_free, NULL);
	acml_absent_init(&gate->absent);
	gate->last = &gate->first;
	clock_gettime(CLOCK_REALTIME_COARSE, &gate->begun);
	gate->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	gate->watch = acml_commit_watch_new();
	if (gate->wake < 0 || gate->watch == NULL) {
		gate_free(gate);
		return NULL;
	}
	return gate;
}

static void set_server(struct acml_commit_gate *gate, const struct acml_commit_setup *setup)
{
	size_t workers = setup->workers > 0 ? setup->workers :
	                 (size_t)sysconf(_SC_NPROCESSORS_ONLN);
	gate->max_controls = setup->sockets > 1 ? 1 : ACML_CONTROLS_MAX;
	/* One more than can have something to do, so that somebody polls. */
	gate->max_threads = workers >= ACML_CREW_MAX ? ACML_CREW_MAX : workers + 1;
	if (strcmp(gate->socket, setup->socket) != 0 ||
	    gate->socket_timeout != setup->socket_timeout) {
		strncpy(gate->socket, setup->socket, sizeof(gate->socket) - 1);
		gate->socket_timeout = setup->socket_timeout;
		acml_crew_hang_up(gate);
	}
}

/* By an earlier server. One that is younger may wait for its verdict: a catalogue's new member may
 * be read before its module is loaded. */
static bool is_left_over(const struct acml_commit_gate *gate, const struct stat *st)
{
	return st->st_ctim.tv_sec < gate->begun.tv_sec ||
	       (st->st_ctim.tv_sec == gate->begun.tv_sec &&
	        st->st_ctim.tv_nsec < gate->begun.tv_nsec);
}

/* The ward's terms are those of its newest seat. */
static void set_terms(struct acml_commit_gate *gate, struct acml_ward *ward)
{
	struct acml_terms *old = ward->terms, *terms = ward->seats->terms;
	if (old == terms) {
		return;
	}
	bool moved = old == NULL || strcmp(old->path, terms->path) != 0;
	if (old != NULL) {
		take_out(gate, ward);
	}
	terms->refs++;
	ward->terms = terms;
	ward->commit.rules = terms->rules;
	insert(gate, ward);
	struct stat st;
	if (moved && stat(terms->path, &st) == 0) {
		if (is_left_over(gate, &st)) {
			acml_identity_of(&st, &ward->commit.dump);
		} else {
			feed_dump(gate, ward);
		}
	}
	acml_terms_release(old);
}

static const char *join(struct acml_commit_gate *gate, struct acml_ward **ward,
                        struct acml_seat *seat, const knot_dname_t *zone,
                        const struct acml_commit_setup *setup)
{
	set_server(gate, setup);
	acml_absent_forget(&gate->absent);
	if (gate->n_threads == 0) {
		acml_crew_recruit(gate);
	}
	const char *fault = gate->n_threads == 0 ? "no thread can be started" :
	                    acml_commit_watch_add(gate->watch, setup->dump);
	if (fault != NULL) {
		return fault;
	}
	bool fresh = *ward == NULL;
	seat->terms = acml_terms_new(setup);
	if (fresh) {
		*ward = acml_ward_new(zone, setup->file, &gate->absent);
	}
	if (seat->terms == NULL || *ward == NULL || !make_room(gate)) {
		if (fresh && *ward != NULL) {
			acml_ward_free(*ward);
			*ward = NULL;
		}
		acml_terms_release(seat->terms);
		acml_commit_watch_drop(gate->watch, setup->dump);
		return strerror(ENOMEM);
	}
	gate->n_wards += fresh;
	gate->seats++;
	seat->ward = *ward;
	seat->host = setup->host;
	seat->next = seat->ward->seats;
	seat->ward->seats = seat;
	set_terms(gate, seat->ward);
	seat->host.add(seat->host.ctx, &seat->ward->totals);
	return NULL;
}

const char *acml_commit_gate_join(struct acml_commit_gate **gate, struct acml_ward **ward,
                                  struct acml_seat *seat, const knot_dname_t *zone,
                                  const struct acml_commit_setup *setup)
{
	bool fresh = *gate == NULL;
	if (fresh) {
		*gate = gate_new();
		if (*gate == NULL) {
			return strerror(errno);
		}
	}
	pthread_mutex_lock(&(*gate)->mutex);
	const char *fault = join(*gate, ward, seat, zone, setup);
	pthread_mutex_unlock(&(*gate)->mutex);
	if (fault != NULL && fresh) {
		acml_crew_stop(*gate);
		gate_free(*gate);
		*gate = NULL;
	}
	return fault;
}

static void leave(struct acml_commit_gate *gate, struct acml_ward **slot, struct acml_seat *seat)
{
	struct acml_ward *ward = seat->ward;
	struct acml_seat **at = &ward->seats;
	while (*at != seat) {
		at = &(*at)->next;
	}
	*at = seat->next;
	gate->seats--;
	acml_commit_watch_drop(gate->watch, seat->terms->path);
	if (ward->seats != NULL) {
		set_terms(gate, ward);
	} else {
		take_out(gate, ward);
		gate->n_wards--;
		*slot = NULL;
		acml_crew_forget(gate, ward);
		if (!ward->running) {
			acml_ward_free(ward);
		}
	}
	acml_terms_release(seat->terms);
	seat->terms = NULL;
	seat->ward = NULL;
}

void acml_commit_gate_leave(struct acml_commit_gate **gate, struct acml_ward **ward,
                            struct acml_seat *seat)
{
	if (seat->ward == NULL) {
		return;
	}
	pthread_mutex_lock(&(*gate)->mutex);
	leave(*gate, ward, seat);
	bool last = (*gate)->seats == 0;
	pthread_mutex_unlock(&(*gate)->mutex);
	if (last) {
		acml_crew_stop(*gate);
		gate_free(*gate);
		*gate = NULL;
	}
}
