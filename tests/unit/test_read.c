/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The reader: lines, origins, broken records, includes, remarks. */

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/zone_text.h"

#include "lint/lint.h"

#include <libknot/descriptor.h>

#define SOA "@ SOA ns1 host 1 2 3 4 5\n"

static struct acml_zone *read_text(const char *name, const char *origin, const char *text, int *out)
{
	const struct acml_read_options options = { .origin = origin, .keep = ACML_KEEP_ALL };
	struct acml_scanner *scanner = acml_scanner_new();
	struct acml_zone *zone = NULL;
	*out = acml_zone_read_bytes(scanner, name, text, strlen(text), &options, &zone);
	acml_scanner_free(scanner);
	return zone;
}

static void test_origin(void **state)
{
	(void)state;
	static const struct {
		const char *name, *text, *origin;
		bool guessed;
	} cases[] = {
		{ "x.zone", "example.org. SOA a b 1 2 3 4 5\n", "example.org.", false },
		{ "x.zone", "$ORIGIN Example.ORG.\n" SOA, "example.org.", false },
		{ "x.zone", "$ORIGIN org.\nexample SOA a b 1 2 3 4 5\n", "example.org.", false },
		{ "x.zone", "$ORIGIN example.org.\nwww A 192.0.2.1\n", "example.org.", false },
		{ "a/example.net.zone", SOA, "example.net.", true },
		{ "example.net.db", SOA, "example.net.", true },
		{ "db.example.net", "www A 192.0.2.1\n", "example.net.", true },
		{ "example.net.txt", "", "example.net.", true },
		{ "x.zone", ". SOA a b 1 2 3 4 5\n", ".", false },
		{ "-", SOA, NULL, false },
		{ "a..b.zone", SOA, NULL, false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s: %s", cases[i].name, cases[i].text);
		int ret;
		struct acml_zone *zone = read_text(cases[i].name, NULL, cases[i].text, &ret);
		if (cases[i].origin == NULL) {
			assert_int_equal(ret, KNOT_EINVAL);
			continue;
		}
		assert_int_equal(ret, KNOT_EOK);
		assert_string_equal(zone->origin, cases[i].origin);
		assert_int_equal(zone->origin_guessed, cases[i].guessed);
		acml_zone_free(zone);
	}
}

static void test_lines(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint32_t line;          /* Of the only TXT record. */
	} cases[] = {
		{ "@ TXT a\n", 1 },
		{ "@ TXT a", 1 },
		{ "\n\n@ TXT a\n", 3 },
		{ "; c\n@ TXT a ; d\n", 2 },
		{ "$TTL 5\n; c\n\n@ TXT ( a\n b\n)\n", 4 },
		{ "@ A 192.0.2.1\n@ TXT ( a\n b ; c\n)\n; e\n", 2 },
		{ "@ A 192.0.2.1 ; (\n  TXT a\n", 2 },
		{ "@ A ( 192.0.2.1\n )\n \t ; x\n  TXT (\n a )\n", 4 },
		{ "@ A ( 192.0.2\n b )\nx TXT a\n", 3 },
		{ "@ A ( 192.0.2\n b\n c\n)\n; d\nx TXT (\na\n)\n", 6 },
		{ "@ A 192.0.2.1\r\n\r\n@ TXT ( a\r\n b )\r\n", 3 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].text);
		int ret;
		struct acml_zone *zone = read_text("z", "example.com", cases[i].text, &ret);
		assert_int_equal(ret, KNOT_EOK);
		assert_true(zone->complete);
		uint32_t line = 0;
		for (size_t j = 0; j < zone->n_rrs; j++) {
			if (zone->rrs[j].type == KNOT_RRTYPE_TXT) {
				assert_int_equal(line, 0);
				line = zone->rrs[j].line;
			}
		}
		assert_int_equal(line, cases[i].line);
		acml_zone_free(zone);
	}
}

static void test_problems(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint32_t line;
		bool fatal;
		enum acml_problem_kind kind;
		size_t records;
	} cases[] = {
		{ "a A 1.2.3\nb A 192.0.2.1\n", 1, false, ACML_PROBLEM_SYNTAX, 1 },
		{ "b A 192.0.2.1\na BOGUS x\nc A 192.0.2.1", 2, false, ACML_PROBLEM_SYNTAX, 2 },
		{ "b A 192.0.2.1\n$TTL x\nc A 192.0.2.1\n", 2, true, ACML_PROBLEM_SYNTAX, 1 },
		{ "b A 192.0.2.1\n$INCLUDE none.such\nc A 192.0.2.1\n", 2, true, ACML_PROBLEM_SYNTAX, 2 },
		{ "\nb TXT ( a\nc\n\n", 2, true, ACML_PROBLEM_SYNTAX, 0 },
		{ "_a A _b.acm-validations.aws.\n", 1, false, ACML_PROBLEM_TYPE, 0 },
		{ "_a MX _b.acm-validations.aws.\n", 1, false, ACML_PROBLEM_TYPE, 0 },
		{ "_a CNAME \"_b.acm-validations.aws.\"\n", 1, false, ACML_PROBLEM_TARGET, 0 },
		{ "_a CNAME _b..acm-validations.aws.\n", 1, false, ACML_PROBLEM_SYNTAX, 0 },
		{ "a A 192.0.2.1\nb CNAME \\# 3 ff0102\nc NS \\# 0\n", 2, false, ACML_PROBLEM_SYNTAX, 1 },
		{ "_a A x ; _b.acm-validations.aws.\n", 1, false, ACML_PROBLEM_SYNTAX, 0 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].text);
		int ret;
		struct acml_zone *zone = read_text("z", "example.com", cases[i].text, &ret);
		assert_int_equal(ret, KNOT_EOK);
		assert_true(zone->n_problems >= 1);
		assert_int_equal(zone->problems[0].line, cases[i].line);
		assert_int_equal(zone->problems[0].kind, cases[i].kind);
		if (cases[i].fatal) {
			assert_true(zone->problems[0].fatal);
			assert_false(zone->complete);
		}
		assert_int_equal(zone->n_rrs, cases[i].records);
		acml_zone_free(zone);
	}
}

static void write_file(const char *folder, const char *name, const char *text)
{
	char path[512];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void test_includes(void **state)
{
	(void)state;
	char folder[] = "/tmp/acmlint-read-XXXXXX";
	assert_non_null(mkdtemp(folder));
	char path[512];
	snprintf(path, sizeof(path), "%s/sub", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	write_file(folder, "sub/one.inc", "$TTL 7\na A 192.0.2.1\r\n$INCLUDE two.inc\n");
	write_file(folder, "sub/two.inc", "b A 192.0.2.2");
	write_file(folder, "self.inc", "$INCLUDE self.inc\n");
	write_file(folder, "main.zone",
	           SOA "$TTL 99\nc A 192.0.2.3\n$INCLUDE sub/one.inc x.example.com.\n"
	           " A 192.0.2.4\n$INCLUDE self.inc\n$INCLUDE .\nd A 192.0.2.5\n");

	struct acml_read_options options = { .origin = "example.com", .keep = ACML_KEEP_ALL };
	struct acml_scanner *scanner = acml_scanner_new();
	struct acml_zone *zone = NULL;
	snprintf(path, sizeof(path), "%s/main.zone", folder);
	assert_int_equal(acml_zone_read_file(scanner, path, &options, &zone), KNOT_EOK);

	static const struct {
		const char *owner, *file;
		uint32_t line, ttl;
		size_t count;
	} want[] = {
		{ "a.x.example.com", "one.inc", 2, 7, 1 },
		{ "b.x.example.com", "two.inc", 1, 7, 1 },
		{ "c.example.com", "main.zone", 3, 99, 2 },
		{ "d.example.com", "main.zone", 8, 99, 1 },
	};
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		print_message("%s\n", want[i].owner);
		knot_dname_storage_t name;
		name_from_text(want[i].owner, name);
		struct acml_rrset set = acml_zone_rrset(zone, name, KNOT_RRTYPE_A);
		assert_int_equal(set.count, want[i].count);
		assert_int_equal(set.rrs[0].line, want[i].line);
		assert_int_equal(set.rrs[0].ttl, want[i].ttl);
		assert_non_null(strstr(zone->files[set.rrs[0].file], want[i].file));
	}
	assert_false(zone->complete);
	assert_int_equal(zone->n_problems, 2);
	assert_non_null(strstr(zone->problems[0].message, "self.inc: it includes itself"));
	assert_non_null(strstr(zone->problems[1].message, "it is not a regular file"));
	acml_zone_free(zone);

	options.no_include = true;
	assert_int_equal(acml_zone_read_file(scanner, path, &options, &zone), KNOT_EOK);
	assert_int_equal(zone->n_problems, 3);
	assert_int_equal(zone->n_files, 1);
	acml_zone_free(zone);
	acml_scanner_free(scanner);

	snprintf(path, sizeof(path), "rm -r '%s'", folder);
	assert_int_equal(system(path), 0);
}

/* A file of exactly this size: a comment, lines that are all the same, a last one. Returns the
 * number of the last line. */
static size_t write_large(const char *path, size_t size, const char *line, const char *last)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	size_t left = size - strlen(last), lines = 2;
	fputc(';', file);
	for (left--; (left - 1) % strlen(line) != 0; left--) {
		fputc('x', file);
	}
	fputc('\n', file);
	for (left--; left > 0; left -= strlen(line)) {
		fputs(line, file);
		lines++;
	}
	fputs(last, file);
	assert_int_equal(ftell(file), size);
	assert_int_equal(fclose(file), 0);
	return lines;
}

static void check_large(const char *path, unsigned threads, size_t last_line)
{
	knot_dname_storage_t name;
	name_from_text("last.example.com", name);
	const knot_dname_t *names[] = { name };
	const struct acml_read_options options = {
		.origin = "example.com", .keep = ACML_KEEP_RELEVANT, .interest = &acml_lint_interest,
		.names = names, .n_names = 1, .threads = threads,
	};
	struct acml_scanner *scanner = acml_scanner_new();
	struct acml_zone *zone = NULL;
	assert_int_equal(acml_zone_read_file(scanner, path, &options, &zone), KNOT_EOK);
	struct acml_rrset set = acml_zone_rrset(zone, name, KNOT_RRTYPE_A);
	assert_int_equal(set.count, 1);
	assert_int_equal(set.rrs[0].line, last_line);
	assert_int_equal(zone->records, last_line - 1);
	acml_zone_free(zone);
	acml_scanner_free(scanner);
}

/* Files that are mapped: one that fills its last page, without an end of its last line; one that
 * does not, with CRLF. */
static void test_large(void **state)
{
	(void)state;
	static const struct {
		size_t size;
		const char *line, *last;
	} files[] = {
		{ (size_t)8 << 20, "a A 192.0.2.1\n", "last A 192.0.2.2" },
		{ ((size_t)8 << 20) + 1000, "a A 192.0.2.1\r\n", "last A 192.0.2.2\r\n" },
	};
	char path[] = "/tmp/acmlint-large-XXXXXX";
	assert_int_equal(close(mkstemp(path)), 0);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		size_t last = write_large(path, files[i].size, files[i].line, files[i].last);
		check_large(path, 1, last);
		check_large(path, 3, last);
	}
	assert_int_equal(unlink(path), 0);
}

static void test_remarks(void **state)
{
	(void)state;
	int ret;
	struct acml_zone *zone = read_text("z", "example.com",
	                                   "; acmlint: allow A -- b  \n"
	                                   "a TXT \"; acmlint: no\" ;; acmlint:allow C -- d\n"
	                                   "b TXT x\\; ; see acmlint: no\n"
	                                   "c TXT acmlint:no\n", &ret);
	assert_int_equal(ret, KNOT_EOK);
	assert_int_equal(zone->n_remarks, 2);
	assert_string_equal(zone->remarks[0].text, "allow A -- b");
	assert_true(zone->remarks[0].alone);
	assert_string_equal(zone->remarks[1].text, "allow C -- d");
	assert_int_equal(zone->remarks[1].record, 2);
	acml_zone_free(zone);

	zone = read_text("z", "example.com", "a A 192.0.2.1 ;; acmlint:allow C -- d", &ret);
	assert_int_equal(zone->n_remarks, 1);
	assert_string_equal(zone->remarks[0].text, "allow C -- d");
	assert_false(zone->remarks[0].alone);
	acml_zone_free(zone);
}

static void test_model(void **state)
{
	(void)state;
	struct acml_zone *zone = zone_from_text(
		SOA "@ NS ns1\nB A 192.0.2.1\nx.y.B A 192.0.2.1\nb TXT q\nB A 192.0.2.2\n"
		"bb A 192.0.2.1\n*.b A 192.0.2.9\nsub NS ns.sub\nns.sub A 192.0.2.1\n"
		"d DNAME b\nout.example.org. A 192.0.2.1\n");
	knot_dname_storage_t name;

	assert_int_equal(zone->n_outside, 1);
	assert_int_equal(zone->records, 12);
	name_from_text("b.example.com", name);
	assert_int_equal(acml_zone_node(zone, name)->count, 3);
	assert_int_equal(acml_zone_rrset(zone, name, KNOT_RRTYPE_A).count, 2);
	assert_int_equal(acml_zone_rrset(zone, name, KNOT_RRTYPE_MX).count, 0);
	size_t below;
	acml_zone_below(zone, name, &below);
	assert_int_equal(below, 2);
	acml_zone_below(zone, zone->apex, &below);
	assert_int_equal(below, zone->n_nodes - 1);

	name_from_text("y.b.example.com", name);
	assert_null(acml_zone_node(zone, name));
	assert_true(acml_zone_exists(zone, name));
	name_from_text("z.b.example.com", name);
	assert_false(acml_zone_exists(zone, name));

	name_from_text("ns.sub.example.com", name);
	assert_non_null(acml_zone_cut(zone, name));
	assert_null(acml_zone_cut(zone, zone->apex));
	name_from_text("x.d.example.com", name);
	assert_non_null(acml_zone_dname(zone, name));
	name_from_text("d.example.com", name);
	assert_null(acml_zone_dname(zone, name));
	uint32_t serial;
	assert_true(acml_zone_serial(zone, &serial));
	assert_int_equal(serial, 1);
	acml_zone_free(zone);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_origin),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_problems),
		cmocka_unit_test(test_includes),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_remarks),
		cmocka_unit_test(test_model),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
