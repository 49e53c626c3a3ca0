/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "support/zone_text.h"

#include <stdlib.h>

#include "lint/lint.h"
#include "rules/compare.h"
#include "rules/rule.h"

#define SOA(serial) "@ 300 SOA ns1 host " serial " 2 3 4 5\n"
#define NS "@ 300 NS ns1.example.net.\n@ 300 NS ns2.example.net.\n"
#define TOKEN "_a79865eb4cd1a6ab990a45779b4e0b96.www 300 CNAME " \
	"_424c7224e9b0146f9a8808af955727d0.jkddzztszm.acm-validations.aws.\n"

static struct acml_zone *read_text(const char *text, enum acml_retention keep)
{
	static const knot_dname_t *const names[] = {
		(const knot_dname_t *)"\x03""www\x07""example\x03""com",
		(const knot_dname_t *)"\x21""_a79865eb4cd1a6ab990a45779b4e0b96\x03""www\x07""example\x03""com",
	};
	const struct acml_read_options options = {
		.origin = "example.com", .keep = keep, .interest = &acml_lint_interest,
		.names = names, .n_names = 2, .digest = true,
	};
	struct acml_zone *zone = NULL;
	struct acml_scanner *scanner = acml_scanner_new();
	assert_non_null(scanner);
	assert_int_equal(acml_zone_read_bytes(scanner, "t", text, strlen(text), &options, &zone),
	                 KNOT_EOK);
	acml_scanner_free(scanner);
	return zone;
}

static void digests(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{ SOA("1") "a 300 A 192.0.2.1\nb 300 A 192.0.2.2\n",
		  SOA("9") "b 300 A 192.0.2.2\nA 300 A 192.0.2.1\na 300 A 192.0.2.1\n", true },
		{ SOA("1") "a 300 A 192.0.2.1\n", SOA("1") "a 301 A 192.0.2.1\n", false },
		{ SOA("1") "a 300 A 192.0.2.1\n", SOA("1") "a 300 A 192.0.2.2\n", false },
		{ SOA("1") "a 300 A 192.0.2.1\n", SOA("1") "b 300 A 192.0.2.1\n", false },
		{ SOA("1") "a 300 A 192.0.2.1\n", SOA("1"), false },
		{ SOA("1") "a.example.net. 300 A 192.0.2.1\n", SOA("1"), true },
		{ SOA("1"), "@ 300 SOA ns1 host 1 2 3 4 6\n", false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (int keep = ACML_KEEP_ALL; keep <= ACML_KEEP_RELEVANT; keep++) {
			struct acml_zone *a = read_text(cases[i].a, ACML_KEEP_ALL);
			struct acml_zone *b = read_text(cases[i].b, (enum acml_retention)keep);
			printf("%s---\n%s", cases[i].a, cases[i].b);
			assert_int_equal(a->digest == b->digest, cases[i].same);
			acml_zone_free(a);
			acml_zone_free(b);
		}
	}
}

static void serials(void **state)
{
	(void)state;
	assert_true(acml_serial_behind(1, 2));
	assert_false(acml_serial_behind(2, 1));
	assert_false(acml_serial_behind(7, 7));
	assert_true(acml_serial_behind(UINT32_MAX, 0));
	assert_true(acml_serial_behind(0, 0x7fffffff));
	assert_false(acml_serial_behind(0, 0x80000000));
	assert_false(acml_serial_behind(0x80000000, 0));
}

/* Which rules a new version raises, those that are new in capitals. */
static void findings(const char *old, const char *text, char out[512])
{
	struct acml_zone *zone = read_text(text, ACML_KEEP_ALL);
	struct acml_zone *baseline = read_text(old, ACML_KEEP_ALL);
	const struct acml_facts facts = { .now = 1795219200, .baseline = baseline };
	const struct acml_settings settings = { { 0 } };
	struct acml_result *result = NULL;
	assert_int_equal(acml_lint(zone, &facts, &settings, &result), KNOT_EOK);
	acml_zone_free(zone);
	acml_zone_free(baseline);
	size_t used = 0;
	out[0] = '\0';
	for (size_t i = 0; i < result->n_findings && used < 500; i++) {
		used += (size_t)snprintf(out + used, 512 - used, "%s%s%s", i == 0 ? "" : " ",
		                         result->findings[i].rule->id,
		                         result->findings[i].is_new ? "*" : "");
	}
	acml_result_free(result);
}

static void new_findings(void **state)
{
	(void)state;
	static const struct {
		const char *old, *text, *expected;
	} cases[] = {
		{ SOA("1") NS, SOA("1") NS, "" },
		{ SOA("1") NS "a A x\n", SOA("2") NS "\n\nb A y\n", "SYN001*" },
		{ SOA("1") NS "a A x\n", SOA("2") NS "\n\na A y\n", "SYN001" },
		{ SOA("1") NS "a A x\n", SOA("2") NS "a A x\na A x\n", "SYN001 SYN001*" },
		{ SOA("1") NS "a A x\na A x\n", SOA("2") NS "a A x\n", "SYN001" },
		{ SOA("1") NS TOKEN "www A 192.0.2.1\n", SOA("2") NS "www A 192.0.2.1\n", "MIG001*" },
		{ SOA("1") NS "www A 192.0.2.1\n", SOA("1") NS "www A 192.0.2.2\n", "MIG005*" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char got[512];
		findings(cases[i].old, cases[i].text, got);
		printf("%s---\n%s%s\n", cases[i].old, cases[i].text, got);
		assert_string_equal(got, cases[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests),
		cmocka_unit_test(serials),
		cmocka_unit_test(new_findings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
