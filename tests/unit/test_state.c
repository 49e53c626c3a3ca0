/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "state.h"

static const uint8_t *const zone = (const uint8_t *)"\x05""a b*%""\x03""com";

static struct acml_record sample(const char *includes)
{
	return (struct acml_record){
		.verdict = ACML_TOLERATED, .fresh = true, .by_facts = true,
		.settings = UINT64_MAX, .facts = UINT64_MAX - 1,
		.source = { 1, 2, 3, -4, INT64_MAX }, .content = 7,
		.published = { 8, 9, 10, 11, INT64_MIN }, .serial = UINT32_MAX,
		.count = { 0, 1, 2, 3 }, .includes_stamp = 0x8000000000000000,
		.includes = includes != NULL ? strdup(includes) : NULL,
	};
}

static char *line_of(const struct acml_record *record, size_t *out_len)
{
	char *line = NULL;
	FILE *file = open_memstream(&line, out_len);
	acml_record_write(file, zone, record);
	fclose(file);
	return line;
}

static void check_equal(const struct acml_record *a, const struct acml_record *b)
{
	assert_int_equal(a->verdict, b->verdict);
	assert_int_equal(a->fresh, b->fresh);
	assert_int_equal(a->by_facts, b->by_facts);
	assert_true(a->settings == b->settings && a->facts == b->facts);
	assert_true(a->content == b->content);
	assert_true(acml_identity_equal(&a->source, &b->source));
	assert_true(acml_identity_equal(&a->published, &b->published));
	assert_int_equal(a->serial, b->serial);
	assert_memory_equal(a->count, b->count, sizeof(a->count));
	assert_true(a->includes_stamp == b->includes_stamp);
	if (a->includes != NULL) {
		assert_string_equal(a->includes, b->includes);
	} else {
		assert_null(b->includes);
	}
}

static void test_round_trip(void **state)
{
	(void)state;
	static const char *const includes[] = {
		NULL, "/etc/zones/hosts", "/a b\n/%41*c\n/\x01\xff", "/x",
	};
	for (size_t i = 0; i < sizeof(includes) / sizeof(includes[0]); i++) {
		struct acml_record record = sample(includes[i]), back;
		knot_dname_storage_t name;
		size_t len;
		char *line = line_of(&record, &len);
		printf("%s", line);
		assert_int_equal(line[len - 1], '\n');
		assert_null(memchr(line, '\n', len - 1));
		assert_true(acml_record_parse(line, len - 1, name, &back));
		assert_true(knot_dname_is_equal(name, zone));
		check_equal(&record, &back);
		acml_record_clear(&record);
		acml_record_clear(&back);
		free(line);
	}
}

/* Whatever happens to a line, it is refused or says the same. */
static void test_damage(void **state)
{
	(void)state;
	struct acml_record record = sample("/etc/zones/hosts"), back;
	knot_dname_storage_t name;
	size_t len;
	char *line = line_of(&record, &len);
	for (size_t cut = 0; cut < len - 1; cut++) {
		assert_false(acml_record_parse(line, cut, name, &back));
	}
	for (size_t at = 0; at < len - 1; at++) {
		for (int bit = 0; bit < 8; bit++) {
			line[at] ^= 1 << bit;
			assert_false(acml_record_parse(line, len - 1, name, &back));
			line[at] ^= 1 << bit;
		}
	}
	acml_record_clear(&record);
	free(line);
}

static void count_line(void *ctx, const knot_dname_t *name, struct acml_record *record)
{
	assert_true(knot_dname_is_equal(name, zone));
	acml_record_clear(record);
	++*(int *)ctx;
}

static void test_file(void **state)
{
	(void)state;
	char path[] = "/tmp/acmlint-state-XXXXXX";
	int fd = mkstemp(path), count = 0;
	struct acml_record record = sample(NULL);
	size_t len;
	char *line = line_of(&record, &len);

	assert_int_equal(acml_state_read(path, count_line, &count), 0);
	assert_null(acml_state_append(path, line, len));
	assert_null(acml_state_append(path, line, len / 2));
	assert_null(acml_state_append(path, line, len));
	assert_int_equal(acml_state_read(path, count_line, &count), 3);
	assert_int_equal(count, 2);
	assert_null(acml_state_replace(path, line, len));
	assert_int_equal(acml_state_read(path, count_line, &count), 1);
	assert_int_equal(count, 3);
	assert_non_null(acml_state_append("/nonexistent/x", line, len));
	assert_non_null(acml_state_replace("/nonexistent/x", line, len));
	assert_int_equal(acml_state_read("/nonexistent/x", count_line, &count), 0);

	close(fd);
	unlink(path);
	free(line);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_file),
	};
	return cmocka_run_group_tests(all, NULL, NULL);
}
