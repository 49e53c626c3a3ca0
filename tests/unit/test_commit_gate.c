/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The commit gate whole, its threads included, between real files and a control socket that is
 * made up: updates of many zones at once, zones that come and go meanwhile, folders that vanish.
 * Built with ThreadSanitizer it finds what threads of the module do to each other.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "commit_gate.h"
#include "fake_control.h"
#include "model/names.h"

#define ZONES 8
#define ROUNDS 20
#define PATIENCE 20

struct context {
	char folder[64];
	char socket[96];
	struct fake_server server;
	struct acml_commit_gate *gate;
	struct acml_ward *wards[ZONES];
	struct acml_seat seats[ZONES];
	struct acml_seat spare[ZONES];
	struct acml_section *section;
	knot_dname_storage_t names[ZONES];
	char texts[ZONES][32];
	size_t sockets;
	int64_t timeout;
	atomic_uint lines;
	atomic_uint rejected;
	atomic_uint accepted;
	atomic_uint leftovers;          /* Of a DS at the parent. */
	atomic_uint discarded;
};

static void say(void *ctx, int priority, const char *line)
{
	struct context *context = ctx;
	(void)priority;
	context->lines++;
	context->accepted += strncmp(line, "accepted, serial", 16) == 0;
	context->rejected += strncmp(line, "rejected, keeping", 17) == 0;
	context->leftovers += strncmp(line, "SEC001 ", 7) == 0;
	context->discarded += strstr(line, ", but the server has discarded it") != NULL;
}

static void ignore(void *ctx, const struct acml_totals *totals)
{
	(void)ctx;
	(void)totals;
}

static void dump_path(const struct context *context, int zone, char path[ACML_PATH_MAX])
{
	snprintf(path, ACML_PATH_MAX, "%s/dumps/%szone", context->folder, context->texts[zone]);
}

/* The zones' file, all the same. */
static void file_path(const struct context *context, char path[ACML_PATH_MAX])
{
	snprintf(path, ACML_PATH_MAX, "%s/file", context->folder);
}

static const char *join(struct context *context, int zone, struct acml_seat *seat)
{
	char path[ACML_PATH_MAX], file[ACML_PATH_MAX];
	struct acml_commit_setup setup = {
		.dump = path, .file = file, .timeout = context->timeout,
		.socket = context->socket, .sockets = context->sockets, .socket_timeout = 2000,
		.workers = 4, .section = context->section,
		.policy = { .section = context->section, .hash = 1 },
		.host = { .ctx = context, .say = say, .count = ignore, .add = ignore },
	};
	dump_path(context, zone, path);
	file_path(context, file);
	return acml_commit_gate_join(&context->gate, &context->wards[zone], seat,
	                             context->names[zone], &setup);
}

static void leave(struct context *context, int zone, struct acml_seat *seat)
{
	acml_commit_gate_leave(&context->gate, &context->wards[zone], seat);
}

static int set_up(void **state)
{
	struct context *context = calloc(1, sizeof(*context));
	strcpy(context->folder, "/tmp/acmlint-gate-XXXXXX");
	assert_non_null(mkdtemp(context->folder));
	snprintf(context->socket, sizeof(context->socket), "%s/sock", context->folder);
	context->timeout = 10000;
	context->section = calloc(1, sizeof(*context->section));
	context->section->refs = 1;
	context->section->reject = true;
	context->section->fail_on = ACML_ERROR;
	for (int i = 0; i < ZONES; i++) {
		snprintf(context->texts[i], sizeof(context->texts[i]), "z%d.example.", i);
		assert_non_null(knot_dname_from_str(context->names[i], context->texts[i],
		                                    sizeof(context->names[i])));
		context->server.zones[i] = (struct fake_zone){
			.name = context->texts[i], .any = true, .serial = 1,
		};
	}
	assert_true(fake_start(&context->server, context->socket));
	*state = context;
	return 0;
}

static int tear_down(void **state)
{
	struct context *context = *state;
	char path[ACML_PATH_MAX];
	assert_null(context->gate);
	fake_stop(&context->server);
	for (int i = 0; i < ZONES; i++) {
		dump_path(context, i, path);
		unlink(path);
	}
	file_path(context, path);
	unlink(path);
	snprintf(path, sizeof(path), "%s/dumps", context->folder);
	rmdir(path);
	rmdir(context->folder);
	assert_int_equal(context->section->refs, 1);
	acml_section_release(context->section);
	free(context);
	return 0;
}

/* As the server does: beside, then renamed; and then it waits. */
static void dump(struct context *context, int zone, uint32_t serial, bool good,
                 enum fake_pending pending)
{
	char path[ACML_PATH_MAX], beside[ACML_PATH_MAX + 8];
	const char *origin = context->texts[zone];
	dump_path(context, zone, path);
	snprintf(beside, sizeof(beside), "%s.new", path);
	FILE *file = fopen(beside, "w");
	assert_non_null(file);
	fprintf(file, "%s 60 SOA ns.example.net. h.example.net. %u 1 1 1 1\n", origin, serial);
	fprintf(file, "%s 60 NS ns.example.net.\n%s 60 NS ns2.example.net.\n", origin, origin);
	fprintf(file, "_0123456789abcdef0123456789abcdef.%s 60 CNAME _fedcba9876543210fedcba98"
	        "76543210.xlfgrmvvlj.acm-validations.aws.\n", origin);
	fprintf(file, "%s 60 CAA 0 issue \"%s\"\n", origin, good ? "amazon.com" : "ca.example");
	fclose(file);
	assert_int_equal(rename(beside, path), 0);
	pthread_mutex_lock(&context->server.mutex);
	context->server.zones[zone].next = serial;
	context->server.zones[zone].pending = pending;
	pthread_mutex_unlock(&context->server.mutex);
}

static bool wait_answers(struct context *context)
{
	struct fake_server *server = &context->server;
	struct timespec end;
	int ret = 0;
	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += PATIENCE;
	pthread_mutex_lock(&server->mutex);
	for (int i = 0; i < ZONES && ret == 0; i++) {
		while (server->zones[i].pending != FAKE_NONE && ret == 0) {
			ret = pthread_cond_timedwait(&server->answered, &server->mutex, &end);
		}
	}
	pthread_mutex_unlock(&server->mutex);
	return ret == 0;
}

static size_t count_entries(const char *path)
{
	size_t count = 0;
	DIR *dir = opendir(path);
	while (dir != NULL && readdir(dir) != NULL) {
		count++;
	}
	if (dir != NULL) {
		closedir(dir);
	}
	return count;
}

static void test_updates(void **state)
{
	struct context *context = *state;
	for (int i = 0; i < ZONES; i++) {
		assert_null(join(context, i, &context->seats[i]));
	}
	for (uint32_t round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < ZONES; i++) {
			dump(context, i, 2 + round, (round + i) % 3 != 0, FAKE_EXTERNAL);
		}
		assert_true(wait_answers(context));
	}
	for (int i = 0; i < ZONES; i++) {
		unsigned bad = 0;
		for (uint32_t round = 0; round < ROUNDS; round++) {
			bad += (round + i) % 3 == 0;
		}
		assert_int_equal(context->server.zones[i].aborts, bad);
		assert_int_equal(context->server.zones[i].commits, ROUNDS - bad);
	}
	/* The answer comes before the line that tells of it. */
	for (int i = 0; i < 1000 && context->accepted + context->rejected < ZONES * ROUNDS; i++) {
		usleep(5000);
	}
	assert_int_equal(context->accepted + context->rejected, ZONES * ROUNDS);
	for (int i = 0; i < ZONES; i++) {
		leave(context, i, &context->seats[i]);
	}
}

/* The server's threads for its control sockets are left to people, also while all updates wait for
 * its lock. */
static void test_connections(void **state)
{
	struct context *context = *state;
	struct fake_server *server = &context->server;
	for (context->sockets = 1; context->sockets <= 2; context->sockets++) {
		pthread_mutex_lock(&server->mutex);
		server->most = 0;
		server->mood = FAKE_BUSY;
		server->busy_ms = 50;
		pthread_mutex_unlock(&server->mutex);
		for (int i = 0; i < ZONES; i++) {
			assert_null(join(context, i, &context->seats[i]));
			dump(context, i, 1 + context->sockets, true, FAKE_EXTERNAL);
		}
		usleep(300000);
		pthread_mutex_lock(&server->mutex);
		server->mood = FAKE_WELL;
		pthread_mutex_unlock(&server->mutex);
		assert_true(wait_answers(context));
		for (int i = 0; i < ZONES; i++) {
			leave(context, i, &context->seats[i]);
		}
		assert_int_equal(server->most, context->sockets == 1 ? 2 : 1);
	}
}

/* A reload: the new instance comes before the old one goes, updates or not. */
static void test_reloads(void **state)
{
	struct context *context = *state;
	for (int i = 0; i < ZONES; i++) {
		assert_null(join(context, i, &context->seats[i]));
	}
	for (uint32_t round = 0; round < ROUNDS; round++) {
		struct acml_seat *fresh = round % 2 == 0 ? context->spare : context->seats;
		struct acml_seat *old = round % 2 == 0 ? context->seats : context->spare;
		for (int i = 0; i < ZONES; i++) {
			dump(context, i, 2 + round, true, FAKE_EXTERNAL);
			assert_null(join(context, i, &fresh[i]));
			leave(context, i, &old[i]);
		}
		assert_true(wait_answers(context));
	}
	for (int i = 0; i < ZONES; i++) {
		assert_int_equal(context->server.zones[i].commits, ROUNDS);
		leave(context, i, &context->seats[i]);
	}
}

static void update_all(struct context *context, uint32_t serial)
{
	for (int i = 0; i < ZONES; i++) {
		dump(context, i, serial, true, FAKE_EXTERNAL);
	}
	assert_true(wait_answers(context));
	for (int i = 0; i < 1000 && context->accepted < ZONES * (serial - 1); i++) {
		usleep(5000);
	}
	assert_int_equal(context->accepted, ZONES * (serial - 1));
}

/* The zone above, on the same server or not. */
static void test_above(void **state)
{
	struct context *context = *state;
	struct fake_server *server = &context->server;
	struct fake_zone *parent = &server->zones[ZONES];
	for (int i = 0; i < ZONES; i++) {
		assert_null(join(context, i, &context->seats[i]));
	}
	update_all(context, 2);
	/* "example" and the root; two threads may ask at the same time. */
	unsigned lacked = server->lacked;
	assert_true(lacked >= 2 && lacked <= 8);
	update_all(context, 3);
	assert_int_equal(server->lacked, lacked);
	assert_int_equal(context->leftovers, 0);
	pthread_mutex_lock(&server->mutex);
	*parent = (struct fake_zone){
		.name = "example.", .any = true, .below = context->texts[0],
		.ds = "4711 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	};
	pthread_mutex_unlock(&server->mutex);
	/* Not before something is loaded. */
	update_all(context, 4);
	assert_int_equal(context->leftovers, 0);
	assert_null(join(context, 0, &context->spare[0]));
	leave(context, 0, &context->seats[0]);
	update_all(context, 5);
	assert_int_equal(context->leftovers, 1);
	pthread_mutex_lock(&server->mutex);
	parent->ds = NULL;
	pthread_mutex_unlock(&server->mutex);
	update_all(context, 6);
	assert_int_equal(context->leftovers, 1);
	leave(context, 0, &context->spare[0]);
	for (int i = 1; i < ZONES; i++) {
		leave(context, i, &context->seats[i]);
	}
}

static void edit_file(const struct context *context, const char *text)
{
	char path[ACML_PATH_MAX];
	file_path(context, path);
	FILE *file = fopen(path, "a");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* The server throws updates away before they open: how often has it been asked for them then? */
static unsigned discard_all(struct context *context, uint32_t serial)
{
	struct fake_server *server = &context->server;
	unsigned asked = 0, before = context->discarded;
	for (int i = 0; i < ZONES; i++) {
		dump(context, i, serial, true, FAKE_NONE);
	}
	for (int i = 0; i < 4000 && context->discarded < before + ZONES; i++) {
		usleep(5000);
	}
	assert_int_equal(context->discarded, before + ZONES);
	usleep(200000);
	pthread_mutex_lock(&server->mutex);
	for (int i = 0; i < ZONES; i++) {
		asked += server->zones[i].asked;
		server->zones[i].asked = 0;
	}
	pthread_mutex_unlock(&server->mutex);
	return asked;
}

/* What came from a file is asked for again, also if that file was there already when the version
 * before was judged; the sender of a dynamic update was told. */
static void test_discarded(void **state)
{
	struct context *context = *state;
	edit_file(context, "1");
	context->timeout = 3000;
	for (int i = 0; i < ZONES; i++) {
		assert_null(join(context, i, &context->seats[i]));
	}
	update_all(context, 2);
	edit_file(context, "4");
	update_all(context, 3);
	assert_int_equal(discard_all(context, 4), ZONES);
	update_all(context, 4);
	assert_int_equal(discard_all(context, 5), 0);
	for (int i = 0; i < ZONES; i++) {
		leave(context, i, &context->seats[i]);
	}
}

/* A file that was there all the time, and holds what was discarded: it was loaded only now. Then it
 * is changed, and nothing is discarded but dynamic updates. */
static void test_discarded_file(void **state)
{
	struct context *context = *state;
	edit_file(context, "@ 60 SOA ns.example.net. h.example.net. 9 1 1 1 1\n"
	          "@ 60 NS ns.example.net.\n@ 60 NS ns2.example.net.\n"
	          "_0123456789abcdef0123456789abcdef 60 CNAME _fedcba987654321"
	          "0fedcba9876543210.xlfgrmvvlj.acm-validations.aws.\n"
	          "@ 60 CAA 0 issue \"amazon.com\"\n");
	context->timeout = 3000;
	for (int i = 0; i < ZONES; i++) {
		assert_null(join(context, i, &context->seats[i]));
	}
	update_all(context, 2);
	update_all(context, 3);
	assert_int_equal(discard_all(context, 4), ZONES);
	edit_file(context, "x 60 A 192.0.2.1\n");
	update_all(context, 4);
	update_all(context, 5);
	assert_int_equal(discard_all(context, 6), 0);
	for (int i = 0; i < ZONES; i++) {
		leave(context, i, &context->seats[i]);
	}
}

/* The last one goes while updates are judged, and answers are waited for. */
static void test_stops(void **state)
{
	struct context *context = *state;
	size_t descriptors = 0, tasks = 0;
	for (uint32_t round = 0; round < ROUNDS; round++) {
		pthread_mutex_lock(&context->server.mutex);
		context->server.mood = round % 2 == 0 ? FAKE_WELL : FAKE_SILENT;
		pthread_mutex_unlock(&context->server.mutex);
		for (int i = 0; i < ZONES; i++) {
			assert_null(join(context, i, &context->seats[i]));
			dump(context, i, 2 + round, true, FAKE_EXTERNAL);
		}
		usleep(round * 300);
		for (int i = 0; i < ZONES; i++) {
			leave(context, i, &context->seats[i]);
		}
		assert_null(context->gate);
		if (round == 2) {
			usleep(100000);
			descriptors = count_entries("/proc/self/fd");
			tasks = count_entries("/proc/self/task");
		}
	}
	/* The made-up server closes its ends a moment later. */
	usleep(200000);
	assert_true(count_entries("/proc/self/fd") <= descriptors);
	assert_true(count_entries("/proc/self/task") <= tasks);
}

/* The folder is taken away and made again, by the gate or by the server. */
static void test_folder(void **state)
{
	struct context *context = *state;
	char path[ACML_PATH_MAX];
	snprintf(path, sizeof(path), "%s/dumps", context->folder);
	assert_null(join(context, 0, &context->seats[0]));
	for (uint32_t round = 0; round < 3; round++) {
		char file[ACML_PATH_MAX];
		dump_path(context, 0, file);
		unlink(file);
		assert_int_equal(rmdir(path), 0);
		(void)mkdir(path, S_IRWXU);
		dump(context, 0, 2 + round, true, FAKE_EXTERNAL);
		assert_true(wait_answers(context));
	}
	leave(context, 0, &context->seats[0]);
	context->seats[0] = (struct acml_seat){ 0 };
	char *folder = strdup(context->folder);
	strcpy(context->folder, "/proc/nowhere");
	assert_non_null(join(context, 0, &context->seats[0]));
	assert_null(context->gate);
	strcpy(context->folder, folder);
	free(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_updates, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_connections, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_reloads, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_above, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_discarded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_discarded_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stops, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_folder, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
