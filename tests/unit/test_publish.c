/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <libknot/errcode.h>

#include "flatten.h"
#include "publish.h"
#include "source.h"

static char folder[] = "/tmp/acmlint-publish-XXXXXX";

static const char *in_folder(const char *name)
{
	/* In turns, so that two names can be in use at a time. */
	static char paths[4][128];
	static unsigned turn;
	char *path = paths[turn++ % 4];
	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

static void put(const char *name, const char *text)
{
	FILE *file = fopen(in_folder(name), "w");
	fputs(text, file);
	fclose(file);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

static void test_publish(void **state)
{
	(void)state;
	struct stat source = { .st_mode = 0100666 }, before, after;
	char path[128];
	snprintf(path, sizeof(path), "%s/zone", folder);
	struct acml_publication publication = {
		.path = path, .bytes = "first\n", .size = 6, .source = &source,
	};
	int unflushed = -2;
	umask(022);

	/* What a killed server left behind is in nobody's way. */
	put(".zone.acmlint-new", "half of a zo");
	assert_null(acml_publish(&publication, &after, &unflushed));
	assert_true(unflushed >= 0);
	close(unflushed);
	assert_true(acml_publish_same(publication.path, "first\n", 6));
	assert_int_equal(after.st_mode & 0777, 0644);
	assert_int_not_equal(access(in_folder(".zone.acmlint-new"), F_OK), 0);

	assert_int_equal(chmod(publication.path, 0640), 0);
	if (geteuid() == 0) {
		assert_int_equal(chown(publication.path, 1, 2), 0);
	}
	assert_int_equal(stat(publication.path, &before), 0);
	publication.bytes = "later\n";
	publication.published = &before;
	assert_null(acml_publish(&publication, &after, &unflushed));
	assert_int_equal(unflushed, -1);
	assert_true(acml_publish_same(publication.path, "later\n", 6));
	assert_false(acml_publish_same(publication.path, "first\n", 6));
	assert_false(acml_publish_same(publication.path, "later\nmore", 10));
	assert_int_equal(after.st_mode, before.st_mode);
	assert_int_equal(after.st_uid, before.st_uid);
	assert_int_equal(after.st_gid, before.st_gid);
	assert_int_not_equal(after.st_ino, before.st_ino);
	unlink(publication.path);
}

static void test_faults(void **state)
{
	(void)state;
	struct stat source = { .st_mode = 0100644 }, st;
	struct acml_publication publication = {
		.path = "/nonexistent/zone", .bytes = "x", .size = 1, .source = &source,
	};
	int unflushed = -2;
	assert_non_null(acml_publish(&publication, &st, &unflushed));
	publication.path = folder;
	assert_non_null(acml_publish(&publication, &st, &unflushed));
	assert_int_equal(unflushed, -2);
}

static void test_source(void **state)
{
	(void)state;
	struct acml_source source = { 0 };
	bool fresh;
	struct stat st;
	assert_non_null(acml_source_read(in_folder("nothing"), 100, &source));
	assert_non_null(acml_source_read(folder, 100, &source));
	mkfifo(in_folder("fifo"), 0600);
	assert_non_null(acml_source_read(in_folder("fifo"), 100, &source));
	unlink(in_folder("fifo"));

	put("empty", "");
	assert_non_null(acml_source_read(in_folder("empty"), 100, &source));
	unlink(in_folder("empty"));

	put("file", "text\n");
	assert_non_null(acml_source_read(in_folder("file"), 4, &source));
	assert_null(acml_source_read(in_folder("file"), 5, &source));
	assert_string_equal(source.bytes, "text\n");
	assert_true(source.fresh);
	acml_source_clear(&source);

	/* While somebody writes, it stays unread. */
	int fd = open(in_folder("file"), O_WRONLY);
	assert_non_null(acml_source_read(in_folder("file"), 5, &source));
	assert_non_null(acml_source_still(in_folder("file"), acml_source_clock(), &st, &fresh));
	close(fd);
	assert_null(acml_source_still(in_folder("file"), acml_source_clock(), &st, &fresh));
	assert_non_null(acml_source_still(in_folder("file"), 0, &st, &fresh));
	unlink(in_folder("file"));
}

static struct acml_zone *read_text(struct acml_scanner *scanner, const char *text, size_t size)
{
	struct acml_read_options options = { .origin = "example.com.", .keep = ACML_KEEP_ALL };
	struct acml_zone *zone = NULL;
	assert_int_equal(acml_zone_read_bytes(scanner, "zone", text, size, &options, &zone), KNOT_EOK);
	return zone;
}

/* Records whose text is unusual: they come back as they were. */
static void test_flatten(void **state)
{
	(void)state;
	static const char text[] =
		"$TTL 1h\n@ SOA ns h ( 1 2 3\n 4 5 )\n NS ns\nns A 192.0.2.1\n AAAA 2001:db8::1\n"
		"$ORIGIN sub.example.com.\na\\.b TXT \"x\\\"y\" \"\" \"\\000\\255;\" z\n"
		"* CNAME Other.Example.\nu TYPE65280 \\# 3 010203\nc CAA 128 issue \"a; b=c\"\n"
		"m MX 10 Mail\ns SRV 1 2 3 @\nl LOC 1 2 3.000 N 4 5 6.000 E 7.00m 8m 9m 10m\n"
		"h TYPE65 \\# 5 0001 00 0001\nn NAPTR 1 2 \"u\" \"E2U+sip\" \"!^.*$!sip:x!\" .\n"
		"$ORIGIN example.com.\n\\; 60 A 192.0.2.2\n\\@ 60 A 192.0.2.3\n";
	struct acml_scanner *scanner = acml_scanner_new();
	struct acml_zone *zone = read_text(scanner, text, sizeof(text) - 1);
	for (size_t i = 0; i < zone->n_problems; i++) {
		printf("line %u: %s\n", zone->problems[i].line, zone->problems[i].message);
	}
	assert_int_equal(zone->n_problems, 0);
	char *bytes = NULL;
	size_t size = 0;
	assert_int_equal(acml_flatten(scanner, zone, &bytes, &size), KNOT_EOK);
	printf("%.*s", (int)size, bytes);
	struct acml_zone *back = read_text(scanner, bytes, size);
	assert_int_equal(back->n_rrs, zone->n_rrs);
	assert_int_equal(back->n_problems, 0);
	acml_zone_free(back);
	acml_zone_free(zone);
	acml_scanner_free(scanner);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(test_publish),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_source),
		cmocka_unit_test(test_flatten),
	};
	return cmocka_run_group_tests(all, make_folder, remove_folder);
}
