/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/filename.h"

static const struct {
	const char *pattern;
	const char *zone;
	const char *path;       /* NULL: the pattern is refused. */
} tests[] = {
	{ "%s.zone",             "example.com.",     "/var/zones/example.com.zone" },
	{ "/etc/%s",             "example.com.",     "/etc/example.com" },
	{ "sub/%s.db",           "example.com.",     "/var/zones/sub/example.com.db" },
	{ "plain",               "example.com.",     "/var/zones/plain" },
	{ "%s.zone",             ".",                "/var/zones/.zone" },
	{ "%c[0]/%s.zone",       "example.com.",     "/var/zones/e/example.com.zone" },
	{ "%c[0-2]/%s.zone",     "example.com.",     "/var/zones/exa/example.com.zone" },
	{ "%c[0-200]",           "ab.",              "/var/zones/ab." },
	{ "%c[100]x",            "ab.",              "/var/zones/x" },
	{ "%l[0]/%l[1]/%s",      "www.example.com.", "/var/zones/com/example/www.example.com" },
	{ "%l[2]x",              "example.com.",     "/var/zones/x" },
	{ "100%%/%s",            "example.com.",     "/var/zones/100%/example.com" },
	{ "%s.zone",             "0/25.2.0.192.in-addr.arpa.",
	                                             "/var/zones/0_25.2.0.192.in-addr.arpa.zone" },
	{ "%c[0-3]",             "0/25.arpa.",       "/var/zones/0_25" },
	{ "%x",                  "example.com.",     NULL },
	{ "%",                   "example.com.",     NULL },
	{ "%s%",                 "example.com.",     NULL },
	{ "%c",                  "example.com.",     NULL },
	{ "%c[",                 "example.com.",     NULL },
	{ "%c[1",                "example.com.",     NULL },
	{ "%c[2-1]",             "example.com.",     NULL },
	{ "%c[256]",             "example.com.",     NULL },
	{ "%c[-1]",              "example.com.",     NULL },
	{ "%l[0-1]",             "example.com.",     NULL },
};

static void test_patterns(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		char path[ACML_PATH_MAX] = "";
		knot_dname_storage_t zone;
		assert_non_null(knot_dname_from_str(zone, tests[i].zone, sizeof(zone)));
		printf("%s %s\n", tests[i].pattern, tests[i].zone);
		const char *fault = acml_filename(tests[i].pattern, "/var/zones", zone, path);
		if (tests[i].path == NULL) {
			assert_non_null(fault);
		} else {
			assert_null(fault);
			assert_string_equal(path, tests[i].path);
		}
	}
}

static void test_too_long(void **state)
{
	(void)state;
	char pattern[1200], path[ACML_PATH_MAX];
	memset(pattern, 'x', sizeof(pattern) - 1);
	pattern[sizeof(pattern) - 1] = '\0';
	const uint8_t *zone = (const uint8_t *)"\x03""com";
	assert_non_null(acml_filename(pattern, "/var/zones", zone, path));
	memset(pattern, '\0', sizeof(pattern));
	for (int i = 0; i < 500; i++) {
		strcat(pattern, "%s");
	}
	assert_non_null(acml_filename(pattern, "/var/zones", zone, path));
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_too_long),
	};
	return cmocka_run_group_tests(all, NULL, NULL);
}
