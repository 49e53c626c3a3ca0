/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The control client against a socket that answers well, late, half, nonsense, or not at all. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "control.h"
#include "fake_control.h"

#define ZONE "example.com."
#define SERVER_TIMEOUT 300

struct context {
	char folder[64];
	char path[96];
	struct fake_server server;
	struct acml_control *control;
	bool stopped;
};

static bool is_stopped(void *ctx)
{
	return ((struct context *)ctx)->stopped;
}

static int set_up(void **state)
{
	struct context *context = calloc(1, sizeof(*context));
	strcpy(context->folder, "/tmp/acmlint-control-XXXXXX");
	assert_non_null(mkdtemp(context->folder));
	snprintf(context->path, sizeof(context->path), "%s/sock", context->folder);
	context->server.zones[0] = (struct fake_zone){
		.name = ZONE, .any = true, .serial = 7, .next = 8,
	};
	assert_true(fake_start(&context->server, context->path));
	struct acml_control_options options = {
		.path = context->path, .server_timeout = SERVER_TIMEOUT,
		.stopped = is_stopped, .ctx = context,
	};
	context->control = acml_control_new(&options);
	assert_non_null(context->control);
	*state = context;
	return 0;
}

static int tear_down(void **state)
{
	struct context *context = *state;
	acml_control_free(context->control);
	fake_stop(&context->server);
	rmdir(context->folder);
	free(context);
	return 0;
}

static void set_mood(struct context *context, enum fake_mood mood)
{
	pthread_mutex_lock(&context->server.mutex);
	context->server.mood = mood;
	pthread_mutex_unlock(&context->server.mutex);
}

static void set_pending(struct context *context, enum fake_pending pending)
{
	pthread_mutex_lock(&context->server.mutex);
	context->server.zones[0].pending = pending;
	pthread_mutex_unlock(&context->server.mutex);
}

static void test_status(void **state)
{
	static const struct {
		enum fake_pending pending;
		enum acml_transaction wanted;
	} cases[] = {
		{ FAKE_NONE, ACML_TRANSACTION_NONE },
		{ FAKE_EXTERNAL, ACML_TRANSACTION_EXTERNAL },
		{ FAKE_PLAIN, ACML_TRANSACTION_PLAIN },
	};
	struct context *context = *state;
	struct acml_control_status status;
	for (size_t i = 0; i < 3; i++) {
		set_pending(context, cases[i].pending);
		assert_int_equal(acml_control_status(context->control, ZONE, &status),
		                 ACML_REPLY_DONE);
		assert_int_equal(status.transaction, cases[i].wanted);
		assert_true(status.served.any);
		assert_int_equal(status.served.serial, 7);
		assert_false(status.secondary);
	}
	context->server.zones[0].any = false;
	context->server.zones[0].secondary = true;
	assert_int_equal(acml_control_status(context->control, ZONE, &status), ACML_REPLY_DONE);
	assert_false(status.served.any);
	assert_true(status.secondary);
	assert_false(acml_control_lacks_zone(context->control));
	assert_int_equal(acml_control_status(context->control, "other.", &status),
	                 ACML_REPLY_CLOSED);
	assert_true(acml_control_lacks_zone(context->control));
}

static void test_answers(void **state)
{
	struct context *context = *state;
	assert_int_equal(acml_control_commit(context->control, ZONE), ACML_REPLY_CLOSED);
	assert_int_equal(acml_control_abort(context->control, ZONE), ACML_REPLY_CLOSED);
	set_pending(context, FAKE_EXTERNAL);
	assert_int_equal(acml_control_commit(context->control, ZONE), ACML_REPLY_DONE);
	set_pending(context, FAKE_EXTERNAL);
	assert_int_equal(acml_control_abort(context->control, ZONE), ACML_REPLY_DONE);
	assert_int_equal(acml_control_again(context->control, ZONE, false), ACML_REPLY_DONE);
	assert_int_equal(context->server.zones[0].commits, 1);
	assert_int_equal(context->server.zones[0].aborts, 1);
	assert_int_equal(context->server.zones[0].asked, 1);
}

/* What the server says when its lock is taken: nothing, late. */
static void test_busy(void **state)
{
	struct context *context = *state;
	struct acml_control_status status;
	char *text;
	size_t size;
	context->server.busy_ms = SERVER_TIMEOUT;
	set_mood(context, FAKE_BUSY);
	assert_int_equal(acml_control_status(context->control, ZONE, &status), ACML_REPLY_BUSY);
	assert_int_equal(acml_control_commit(context->control, ZONE), ACML_REPLY_UNSURE);
	assert_int_equal(acml_control_read(context->control, ZONE, NULL, 1000, &text, &size),
	                 ACML_REPLY_BUSY);
}

static void test_lost(void **state)
{
	static const enum fake_mood moods[] = { FAKE_RUDE, FAKE_MAD };
	struct context *context = *state;
	struct acml_control_status status;
	char *text;
	size_t size;
	for (size_t i = 0; i < 2; i++) {
		set_mood(context, moods[i]);
		assert_int_equal(acml_control_status(context->control, ZONE, &status),
		                 ACML_REPLY_LOST);
		assert_int_equal(acml_control_read(context->control, ZONE, NULL, 1000, &text,
		                                   &size), ACML_REPLY_LOST);
		assert_true(strlen(acml_control_fault(context->control)) > 0);
		/* The next command makes a connection of its own. */
		set_mood(context, FAKE_WELL);
		assert_int_equal(acml_control_status(context->control, ZONE, &status),
		                 ACML_REPLY_DONE);
	}
	struct acml_control_options nowhere = { .path = "/nonexistent/sock" };
	struct acml_control *control = acml_control_new(&nowhere);
	assert_int_equal(acml_control_commit(control, ZONE), ACML_REPLY_LOST);
	acml_control_free(control);
}

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void test_silent(void **state)
{
	struct context *context = *state;
	set_mood(context, FAKE_SILENT);
	double start = seconds();
	assert_int_equal(acml_control_commit(context->control, ZONE), ACML_REPLY_LOST);
	assert_true(seconds() - start >= SERVER_TIMEOUT / 1000.0);
	context->stopped = true;
	start = seconds();
	assert_int_equal(acml_control_commit(context->control, ZONE), ACML_REPLY_LOST);
	assert_true(seconds() - start < 1.0);
}

static void test_read(void **state)
{
	struct context *context = *state;
	char *text;
	size_t size;
	/* More than the buffers of both sides. */
	context->server.records = 20000;
	assert_int_equal(acml_control_read(context->control, ZONE, NULL, 1 << 24, &text, &size),
	                 ACML_REPLY_DONE);
	assert_int_equal(strlen(text), size);
	assert_non_null(strstr(text, "example.com. 60 SOA ns.example.net. h.example.net. 7 "));
	assert_non_null(strstr(text, "\nh19999.example.com. 60 A 192.0.2.1\n"));
	free(text);
	assert_int_equal(acml_control_read(context->control, ZONE, NULL, 1000, &text, &size),
	                 ACML_REPLY_UNSURE);
	assert_int_equal(acml_control_read(context->control, "other.", NULL, 1000, &text, &size),
	                 ACML_REPLY_CLOSED);
	/* There is such a name, and it has nothing. */
	context->server.zones[0].below = "a.b.example.com.";
	assert_int_equal(acml_control_read(context->control, ZONE, "b.example.com.", 1000, &text,
	                                   &size), ACML_REPLY_DONE);
	assert_int_equal(size, 0);
	free(text);
	assert_int_equal(acml_control_read(context->control, ZONE, "c.example.com.", 1000, &text,
	                                   &size), ACML_REPLY_CLOSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_status, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_answers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_busy, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lost, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_silent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_read, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
