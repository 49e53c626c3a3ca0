/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Lists of zones: which a server takes, and who is in them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <libknot/errcode.h>

#include "model/catalog.h"
#include "model/names.h"
#include "model/read.h"

#define V2 "version TXT \"2\"\n"

static const struct {
	const char *text;
	const char *what;       /* What stands in the way; NULL: nothing. */
	unsigned version;
	const char *members;    /* name/group, in order. */
} tests[] = {
	{ V2, NULL, 0, "" },
	{ "", "without TXT \"2\"", 0, "" },
	{ "version TXT \"1\"\n", "without TXT \"2\"", 0, "" },
	{ "version TXT \"22\"\n", "without TXT \"2\"", 0, "" },
	{ "version TXT \"1\"\nversion TXT \"2\"\n", NULL, 0, "" },
	{ V2 "zones PTR a.test.\nm PTR b.test.\nx.m.zones PTR c.test.\n", NULL, 0, "" },
	{ V2 "b.zones PTR A.Test.\na.zones PTR z.test.\n", NULL, 0, "z.test./ a.test./ " },
	{ V2 "a.zones PTR .\n", NULL, 0, "./ " },
	{ V2 "a.zones PTR a.test.\nGroup.A.zones TXT \"X y\"\n", NULL, 0, "a.test./X y " },
	{ V2 "a.zones PTR a.test.\ngroup.a.zones TXT \"\"\n", NULL, 0, "a.test./ " },
	{ V2 "a.zones PTR a.test.\nx.group.a.zones TXT \"x\"\n", NULL, 0, "a.test./ " },
	{ V2 "a.zones PTR a.test.\na.zones PTR A.TEST.\n", NULL, 0, "a.test./ " },
	{ V2 "a.zones PTR a.test.\na.zones PTR b.test.\n", "two members", 0, NULL },
	{ V2 "b.zones PTR a.test.\ngroup.b.zones TXT \"b\"\na.zones PTR a.test.\n", NULL, 0,
	  "a.test./ " },
	{ V2 "a.zones PTR a.test.\ngroup.a.zones TXT \"x\"\ngroup.a.zones TXT \"b\"\n",
	  "several groups", 0, "a.test./b " },
	{ V2 "a.zones PTR a.test.\ngroup.a.zones TXT \"x\"\ngroup.a.zones TXT \"b\"\n",
	  "several groups", 0x0302, "a.test./b " },
	{ V2 "a.zones PTR a.test.\ngroup.a.zones TXT \"x\"\ngroup.a.zones TXT \"bb\"\n",
	  NULL, 0x0304, "a.test./x " },
	{ V2 "a.zones PTR a.test.\ngroup.a.zones TXT \"x\"\ngroup.a.zones TXT \"x\"\n",
	  NULL, 0x0302, "a.test./x " },
	{ V2 "a.zones PTR a.test.\ngroup.a.zones TXT \"x\" \"y\"\n", "several strings", 0x0305, NULL },
	{ V2 "group.a.zones TXT \"x\" \"y\"\nb.zones PTR b.test.\n", NULL, 0, "b.test./ " },
};

static void check_members(const struct acml_zone *zone, const char *expected)
{
	struct acml_arena arena = { 0 };
	struct acml_member *members;
	size_t count, used = 0;
	char text[4096] = "", name[ACML_NAME_TEXT];
	assert_int_equal(acml_catalog_members(zone, &arena, &members, &count), KNOT_EOK);
	for (size_t i = 0; i < count; i++) {
		used += snprintf(text + used, sizeof(text) - used, "%s/%s ",
		                 acml_name_text(members[i].name, name), members[i].group);
		assert_true(members[i].rr->line > 0);
	}
	assert_string_equal(text, expected);
	acml_arena_clear(&arena);
}

static void test_catalog(void **state)
{
	(void)state;
	struct acml_scanner *scanner = acml_scanner_new();
	struct acml_read_options options = { .origin = "cat.test.", .keep = ACML_KEEP_ALL };
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		char text[1024];
		struct acml_server server = { .version = tests[i].version, .catalog = true };
		struct acml_obstacle obstacle;
		struct acml_zone *zone;
		snprintf(text, sizeof(text), "@ 60 SOA a. h. 1 2 3 4 5\n%s", tests[i].text);
		printf("--- version %x\n%s", tests[i].version, text);
		assert_int_equal(acml_zone_read_bytes(scanner, "zone", text, strlen(text), &options,
		                                      &zone), KNOT_EOK);
		assert_int_equal(acml_zone_loadable(zone, &server, &obstacle),
		                 tests[i].what == NULL);
		if (tests[i].what != NULL) {
			printf("=> %s\n", obstacle.what);
			assert_non_null(strstr(obstacle.what, tests[i].what));
		}
		if (tests[i].members != NULL) {
			check_members(zone, tests[i].members);
		}
		server.catalog = false;
		assert_true(acml_zone_loadable(zone, &server, &obstacle));
		acml_zone_free(zone);
	}
	acml_scanner_free(scanner);
}

/* There is no room for a label in front of such a name. */
static void test_long_name(void **state)
{
	(void)state;
	char origin[300] = "", text[] = "@ 60 SOA a. h. 1 2 3 4 5\n";
	for (int i = 0; i < 125; i++) {
		strcat(origin, "a.");
	}
	struct acml_scanner *scanner = acml_scanner_new();
	struct acml_read_options options = { .origin = origin, .keep = ACML_KEEP_ALL };
	struct acml_server server = { .catalog = true };
	struct acml_obstacle obstacle;
	struct acml_zone *zone;
	assert_int_equal(acml_zone_read_bytes(scanner, "zone", text, strlen(text), &options, &zone),
	                 KNOT_EOK);
	assert_false(acml_zone_loadable(zone, &server, &obstacle));
	check_members(zone, "");
	acml_zone_free(zone);
	acml_scanner_free(scanner);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(test_catalog),
		cmocka_unit_test(test_long_name),
	};
	return cmocka_run_group_tests(all, NULL, NULL);
}
