/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <libknot/errcode.h>

#include "facts/inventory.h"
#include "given.h"
#include "given_files.h"
#include "inspect.h"

#define RECORD(name) \
	"{\"Name\": \"_0123456789abcdef0123456789abcdef." name "\", \"Type\": \"CNAME\", " \
	"\"Value\": \"_fedcba9876543210fedcba9876543210.xlfgrmvvlj.acm-validations.aws.\"}"

struct stage {
	char folder[64];
	char path[128];
	struct acml_givens givens;
	struct acml_host host;
	size_t loads;
	size_t said;
	char last[512];
};

static void say(void *ctx, int priority, const char *line)
{
	struct stage *stage = ctx;
	(void)priority;
	stage->said++;
	snprintf(stage->last, sizeof(stage->last), "%s", line);
}

static void begin(struct stage *stage)
{
	*stage = (struct stage){ .folder = "/tmp/acmlint-given-XXXXXX" };
	stage->host = (struct acml_host){ .ctx = stage, .say = say };
	assert_non_null(mkdtemp(stage->folder));
	snprintf(stage->path, sizeof(stage->path), "%s/acm.json", stage->folder);
}

static void end(struct stage *stage)
{
	acml_givens_clear(&stage->givens);
	unlink(stage->path);
	assert_int_equal(rmdir(stage->folder), 0);
}

/* Beside and renamed, and then old enough to be known by its times. */
static void put(struct stage *stage, const char *text)
{
	char beside[160];
	snprintf(beside, sizeof(beside), "%s.new", stage->path);
	FILE *file = fopen(beside, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(rename(beside, stage->path), 0);
	usleep(60000);
}

static struct acml_given *find(struct stage *stage, const char *path)
{
	return acml_given_find(&stage->givens, ACML_GIVEN_INVENTORY, &path, 1);
}

static struct acml_given *find_and_read(struct stage *stage)
{
	struct acml_given *given = find(stage, stage->path);
	assert_non_null(given);
	acml_given_read(given, &stage->host);
	return given;
}

/* At a reload: any address will do for a configuration. */
static struct acml_given *load(struct stage *stage)
{
	acml_givens_configure(&stage->givens, &stage->path[stage->loads++]);
	return find_and_read(stage);
}

static size_t needs(const struct acml_given *given)
{
	const struct acml_known *known = acml_given_known(given);
	return known != NULL ? known->inventory->n_needs : 0;
}

static void test_changes(void **state)
{
	(void)state;
	struct stage stage;
	begin(&stage);
	put(&stage, RECORD("a.example.com"));
	struct acml_given *given = load(&stage);
	uint64_t stamp = acml_given_stamp(given);
	assert_int_equal(needs(given), 1);
	acml_given_release(given);

	given = load(&stage);
	assert_true(acml_given_stamp(given) == stamp);
	assert_int_equal(stage.said, 1);
	acml_given_release(given);

	put(&stage, RECORD("a.example.com") RECORD("b.example.com"));
	given = find(&stage, stage.path);
	assert_true(acml_given_stamp(given) == stamp);  /* The same zones' turn. */
	acml_given_release(given);
	given = load(&stage);
	assert_false(acml_given_stamp(given) == stamp);
	assert_int_equal(needs(given), 2);
	assert_int_equal(stage.said, 2);
	acml_given_release(given);
	end(&stage);
}

static void test_faults(void **state)
{
	(void)state;
	struct stage stage;
	begin(&stage);
	struct acml_given *given = load(&stage);
	assert_true(acml_given_stamp(given) == 0);
	assert_non_null(strstr(stage.last, "No such file"));
	acml_given_release(given);

	put(&stage, RECORD("a.example.com"));
	given = load(&stage);
	uint64_t stamp = acml_given_stamp(given);
	assert_int_equal(needs(given), 1);
	acml_given_release(given);

	put(&stage, RECORD("b.example.com") "{");
	given = load(&stage);
	assert_true(acml_given_stamp(given) == stamp);
	assert_int_equal(needs(given), 1);
	assert_non_null(strstr(stage.last, "line 1, column"));
	acml_given_release(given);

	assert_int_equal(unlink(stage.path), 0);
	assert_int_equal(mkfifo(stage.path, 0600), 0);
	given = load(&stage);
	assert_true(acml_given_stamp(given) == stamp);
	assert_non_null(strstr(stage.last, "regular file"));
	acml_given_release(given);
	end(&stage);
}

static void test_fresh(void **state)
{
	(void)state;
	struct stage stage;
	begin(&stage);
	put(&stage, RECORD("a.example.com"));
	assert_int_equal(chmod(stage.path, 0600), 0);   /* Young again. */
	struct acml_given *given = load(&stage);
	uint64_t stamp = acml_given_stamp(given);
	acml_given_release(given);
	usleep(60000);
	given = load(&stage);
	assert_false(acml_given_stamp(given) == stamp);
	assert_int_equal(stage.said, 2);
	acml_given_release(given);
	end(&stage);
}

static void test_configurations(void **state)
{
	(void)state;
	struct stage stage;
	begin(&stage);
	put(&stage, RECORD("a.example.com"));
	acml_givens_configure(&stage.givens, "1");
	acml_given_release(find_and_read(&stage));
	acml_givens_configure(&stage.givens, "2");
	struct acml_given *other = find(&stage, "/nonexistent");
	acml_given_release(other);
	/* A configuration without it passed: it is read again. */
	acml_givens_configure(&stage.givens, "3");
	acml_given_release(find_and_read(&stage));
	assert_int_equal(stage.said, 2);
	/* One that had it: it is not. */
	acml_givens_configure(&stage.givens, "4");
	acml_given_release(find_and_read(&stage));
	assert_int_equal(stage.said, 2);
	end(&stage);
}

static void test_learn(void **state)
{
	(void)state;
	struct stage stage;
	struct acml_reading reading;
	begin(&stage);
	put(&stage, RECORD("a.example.com"));
	struct acml_given *given = find(&stage, stage.path);
	assert_true(acml_given_wants(given));
	assert_false(acml_given_wants(given));
	acml_given_load_for(given, &reading);
	acml_given_learn(given, &reading);
	assert_null(reading.known);
	assert_int_equal(needs(given), 1);
	assert_int_equal(stage.said, 0);
	acml_given_release(given);
	acml_given_release(given);

	/* Other files than those looked at: left to who loads next. */
	given = find(&stage, stage.folder);
	assert_true(acml_given_wants(given));
	put(&stage, RECORD("b.example.com"));
	acml_given_load_for(given, &reading);
	acml_given_learn(given, &reading);
	assert_non_null(reading.known);
	assert_null(acml_given_known(given));
	acml_known_release(reading.known);
	acml_given_release(given);
	acml_given_release(given);
	end(&stage);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_fresh),
		cmocka_unit_test(test_configurations),
		cmocka_unit_test(test_learn),
	};
	return cmocka_run_group_tests(all, NULL, NULL);
}
