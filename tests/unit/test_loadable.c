/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <libknot/errcode.h>

#include "model/loadable.h"
#include "model/read.h"

#define APEX "@ 60 SOA ns h 1 2 3 4 5\n@ 60 NS ns\nns 60 A 192.0.2.1\n"
#define APEX_DNAME "@ 60 SOA a. h 1 2 3 4 5\n@ 60 NS a.\n@ 60 DNAME x.\n"
#define HASH "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom"

static const struct {
	const char *text;
	const char *what;       /* NULL: it loads. */
	unsigned version;
	bool soft;
} tests[] = {
	{ APEX, NULL, 0, false },
	{ "", "no SOA", 0, false },
	{ "www 60 SOA ns h 1 2 3 4 5\n", "no SOA", 0, false },
	{ APEX "@ 60 SOA ns h 1 2 3 4 5\n", NULL, 0, false },
	{ APEX "@ 60 SOA NS H 1 2 3 4 5\n", NULL, 0, false },
	{ APEX "@ 60 SOA ns h 2 2 3 4 5\n", "more than one SOA", 0x0304, false },
	{ APEX "@ 60 SOA ns h 2 2 3 4 5\n", NULL, 0x0302, false },
	{ APEX "@ 60 DS 1 8 2 00\n", "DS at the apex", 0x0305, false },
	{ APEX "@ 60 DS 1 8 2 00\n", NULL, 0x0302, false },
	{ APEX "@ 60 DS 1 8 2 00\n", NULL, 0x0305, true },
	{ APEX "a 60 CNAME b\n", NULL, 0, false },
	{ APEX "a 60 CNAME b\na 60 CNAME B\n", NULL, 0, false },
	{ APEX "a 60 CNAME b\na 60 CNAME c\n", "more than one CNAME", 0, false },
	{ APEX "a 60 CNAME b\na 60 CNAME c\n", NULL, 0, true },
	{ APEX "a 60 CNAME b\na 60 A 192.0.2.1\n", "beside a CNAME", 0, false },
	{ APEX "a 60 CNAME b\na 60 NSEC b CNAME NSEC\n", NULL, 0, false },
	{ APEX "@ 60 CNAME b\n", "beside a CNAME", 0, false },
	{ APEX "d 60 DNAME x\n", NULL, 0, false },
	{ APEX "d 60 DNAME x\nd 60 A 192.0.2.1\n", NULL, 0, false },
	{ APEX "d 60 DNAME x\nd 60 DNAME y\n", "more than one DNAME", 0, false },
	{ APEX "d 60 DNAME x\nd 60 NS y\n", "NS beside a DNAME", 0, false },
	{ APEX "d 60 DNAME x\na.d 60 A 192.0.2.1\n", "below a DNAME", 0, false },
	{ APEX "d 60 DNAME x\na.b.d 60 A 192.0.2.1\n", "below a DNAME", 0, false },
	{ APEX_DNAME, NULL, 0, false },
	{ APEX_DNAME HASH " 60 NSEC3 1 0 0 - " HASH " SOA NS\n", NULL, 0x0304, false },
	{ APEX_DNAME HASH " 60 NSEC3 1 0 0 - " HASH " SOA NS\n", "below a DNAME", 0x0302, false },
	{ APEX_DNAME HASH " 60 NSEC3 1 0 0 - " HASH " SOA NS\n@ 60 NSEC3PARAM 1 0 0 -\n", NULL,
	  0x0302, false },
	{ APEX_DNAME "a 60 RRSIG A 8 2 60 20300101000000 20200101000000 1 @ AAAA\n",
	  "below a DNAME", 0x0305, false },
	{ APEX "@ 60 NSEC3PARAM 1 0 0 -\n", NULL, 0, false },
	{ APEX "@ 60 NSEC3PARAM 0 0 0 -\n@ 60 NSEC3PARAM 2 0 0 -\n", NULL, 0, false },
	{ APEX "@ 60 NSEC3PARAM 2 0 0 -\n", "NSEC3PARAM", 0, false },
	{ APEX_DNAME "b 60 A 192.0.2.1\n", "below a DNAME", 0, false },
	{ APEX "a 60 A 192.0.2.999\n", "", 0, true },
	{ APEX "$TTL x\na 60 A 192.0.2.1\n", "", 0, true },
	{ APEX "$INCLUDE nowhere\n", "", 0, true },
	{ APEX "other.example. 60 A 192.0.2.1\n", NULL, 0, false },
};

static void test_loadable(void **state)
{
	(void)state;
	struct acml_scanner *scanner = acml_scanner_new();
	struct acml_read_options options = { .origin = "example.com.", .keep = ACML_KEEP_ALL };
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		struct acml_server server = {
			.version = tests[i].version, .soft_checks = tests[i].soft,
		};
		struct acml_obstacle obstacle;
		struct acml_zone *zone;
		printf("--- version %x soft %d\n%s", tests[i].version, tests[i].soft, tests[i].text);
		assert_int_equal(acml_zone_read_bytes(scanner, "zone", tests[i].text,
		                                      strlen(tests[i].text), &options, &zone),
		                 KNOT_EOK);
		bool loadable = acml_zone_loadable(zone, &server, &obstacle);
		assert_int_equal(loadable, tests[i].what == NULL);
		if (!loadable) {
			printf("=> %s\n", obstacle.what);
			assert_non_null(strstr(obstacle.what, tests[i].what));
			assert_non_null(obstacle.owner);
		}
		acml_zone_free(zone);
	}
	acml_scanner_free(scanner);
}

int main(void)
{
	const struct CMUnitTest all[] = { cmocka_unit_test(test_loadable) };
	return cmocka_run_group_tests(all, NULL, NULL);
}
