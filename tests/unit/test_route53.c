/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libknot/descriptor.h>
#include <libknot/errcode.h>

#include "model/lookup.h"
#include "model/names.h"
#include "model/read.h"
#include "model/route53.h"

#define SOA "{\"Name\":\"example.com.\",\"Type\":\"SOA\",\"TTL\":900,\"ResourceRecords\":" \
	"[{\"Value\":\"ns1.example.net. host.example.net. 1 7200 900 1209600 300\"}]}"
#define SET(name, type, value) "{\"Name\":\"" name "\",\"Type\":\"" type \
	"\",\"TTL\":60,\"ResourceRecords\":[{\"Value\":\"" value "\"}]}"
#define PAGE(sets) "{\"ResourceRecordSets\":[" sets "]}"

static struct acml_zone *read_json(const char *json)
{
	const struct acml_read_options options = { .keep = ACML_KEEP_ALL, .route53 = true };
	struct acml_zone *zone = NULL;
	struct acml_scanner *scanner = acml_scanner_new();
	assert_non_null(scanner);
	assert_int_equal(acml_zone_read_bytes(scanner, "z.json", json, strlen(json), &options, &zone),
	                 KNOT_EOK);
	acml_scanner_free(scanner);
	return zone;
}

static void names_and_values(void **state)
{
	(void)state;
	static const struct {
		const char *in, *name, *value;
	} cases[] = {
		{ "\\052.example.com.", "\\042.example.com.", "\\042.example.com." },
		{ "a\\056b.c.", "a\\046b.c.", "a\\046b.c." },
		{ "a b", "a\\032b", "a b" },
		{ "$x;(y)@", "\\$x\\;\\(y\\)\\@", "$x\\;\\(y\\)@" },
		{ "\"a;b\\\"\"", "\\\"a\\;b\\\"\\\"", "\"a;b\\\"\"" },
		{ "\"\\344\\9\xc3\"", "\\\"\\228\\057\\195\\\"", "\"\\228\\057\\195\"" },
		{ "10 @", "10\\032\\@", "10 \\@" },
		{ "a\nb", "a\\010b", NULL },
		{ "\"a\nb\"", "\\\"a\\010b\\\"", "\"a\\010b\"" },
		{ "\"open", "\\\"open", NULL },
		{ "end\\", NULL, NULL },
		{ "", NULL, NULL },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (int is_name = 0; is_name < 2; is_name++) {
			const char *expected = is_name ? cases[i].name : cases[i].value;
			struct acml_text text = { 0 };
			bool sound = (is_name ? acml_route53_put_name : acml_route53_put_value)(
			        &text, cases[i].in, strlen(cases[i].in));
			printf("%s: %s\n", is_name ? "name" : "value", cases[i].in);
			assert_int_equal(sound, expected != NULL);
			if (expected != NULL) {
				assert_string_equal(text.bytes, expected);
			}
			acml_text_clear(&text);
		}
	}
}

static void recognised(void **state)
{
	(void)state;
	assert_true(acml_route53_recognise(" \r\n\t{", 5));
	assert_true(acml_route53_recognise("[", 1));
	assert_false(acml_route53_recognise("", 0));
	assert_false(acml_route53_recognise(" ", 1));
	assert_false(acml_route53_recognise("@ SOA", 5));
	assert_false(acml_route53_recognise("; {", 3));
}

static void lines(void **state)
{
	(void)state;
	struct acml_zone *zone = read_json("\n{ \"x\": [{\n}],\n\"ResourceRecordSets\": [\n" SOA ",\n{\n"
	        "\"Name\": \"a.example.com.\", \"Type\": \"A\", \"TTL\": 60,\n\"ResourceRecords\": [\n"
	        "{\"Value\": \"192.0.2.1\"}, {\"Value\": \"192.0.2.300\"} ] } ] }\n\n"
	        "{ \"ResourceRecordSets\": [\n" SET("b.example.com.", "TXT", "\\\"{[\\\"") "] }");
	assert_true(zone->complete);
	assert_string_equal(zone->origin, "example.com.");
	assert_int_equal(zone->n_rrs, 3);
	assert_int_equal(zone->rrs[0].line, 5);
	assert_int_equal(zone->rrs[1].line, 6);
	assert_int_equal(zone->rrs[2].line, 12);
	assert_int_equal(zone->n_problems, 1);
	assert_int_equal(zone->problems[0].line, 6);
	acml_zone_free(zone);
}

static struct acml_rrset at(const struct acml_zone *zone, const char *name, uint16_t type)
{
	knot_dname_storage_t wire;
	assert_true(acml_name_parse(name, wire));
	return acml_zone_rrset(zone, wire, type);
}

static void targets_are_absolute(void **state)
{
	(void)state;
	struct acml_zone *zone = read_json(PAGE(SOA ","
	        SET("a.example.com.", "CNAME", "b.example.org") ","
	        SET("example.com.", "MX", "10 mx") ","
	        SET("\\\\052.example.com.", "NS", "ns.example.net.")));
	struct acml_rrset set = at(zone, "a.example.com", KNOT_RRTYPE_CNAME);
	char text[ACML_NAME_TEXT];
	assert_int_equal(set.count, 1);
	assert_string_equal(acml_name_text(set.rrs[0].rdata, text), "b.example.org.");
	set = at(zone, "example.com", KNOT_RRTYPE_MX);
	assert_string_equal(acml_name_text(set.rrs[0].rdata + 2, text), "mx.");
	assert_int_equal(at(zone, "*.example.com", KNOT_RRTYPE_NS).count, 1);
	acml_zone_free(zone);
}

#define ALIAS(name, type, target) "{\"Name\":\"" name "\",\"Type\":\"" type \
	"\",\"AliasTarget\":{\"DNSName\":\"" target "\",\"EvaluateTargetHealth\":false}}"
#define TURN(name, type, value, id, more) "{\"Name\":\"" name "\",\"Type\":\"" type \
	"\",\"TTL\":60,\"SetIdentifier\":\"" id "\"," more \
	",\"ResourceRecords\":[{\"Value\":\"" value "\"}]}"

static void alias_records(void **state)
{
	(void)state;
	struct acml_zone *zone = read_json(PAGE(SOA ","
	        ALIAS("example.com.", "A", "d1.cloudfront.net.") ","
	        ALIAS("w.example.com.", "TXT", "v.example.com.") ","
	        ALIAS("v.example.com.", "TXT", "t.example.com.") ","
	        ALIAS("l.example.com.", "A", "l.example.com.") ","
	        SET("t.example.com.", "TXT", "\\\"x\\\"")));
	assert_int_equal(zone->n_problems, 0);
	assert_int_equal(at(zone, "example.com", KNOT_RRTYPE_A).count, 1);
	assert_int_equal(at(zone, "example.com", KNOT_RRTYPE_CNAME).count, 0);
	assert_int_equal(at(zone, "w.example.com", KNOT_RRTYPE_TXT).count, 1);
	assert_memory_equal(at(zone, "w.example.com", KNOT_RRTYPE_TXT).rrs[0].rdata, "\1x", 2);
	assert_int_equal(zone->n_odd, 4);
	assert_string_equal(zone->odd[0].alias, "d1.cloudfront.net.");
	assert_true(zone->odd[0].stand_in);
	assert_false(zone->odd[1].stand_in);
	assert_true(zone->odd[3].stand_in);
	acml_zone_free(zone);
}

static void sets_that_take_turns(void **state)
{
	(void)state;
	struct acml_zone *zone = read_json(PAGE(SOA ","
	        TURN("w.example.com.", "CNAME", "a.example.net", "1", "\"Weight\":0") ","
	        TURN("W.example.com.", "CNAME", "b.example.net", "2", "\"Weight\":5") ","
	        TURN("f.example.com.", "A", "192.0.2.1", "1", "\"Failover\":\"SECONDARY\"") ","
	        TURN("f.example.com.", "A", "192.0.2.2", "2", "\"Failover\":\"PRIMARY\"")));
	struct acml_rrset set = at(zone, "w.example.com", KNOT_RRTYPE_CNAME);
	assert_int_equal(set.count, 1);
	assert_memory_equal(set.rrs[0].rdata, "\1b", 2);
	assert_int_equal(at(zone, "f.example.com", KNOT_RRTYPE_A).count, 2);
	assert_int_equal(zone->n_odd, 4);
	assert_false(zone->odd[0].kept);
	acml_zone_free(zone);
}

static void faults(void **state)
{
	(void)state;
	static const struct {
		const char *json;
		bool complete;
		size_t problems;
		uint32_t line;
	} cases[] = {
		{ "{", false, 1, 1 },
		{ "{}", false, 1, 1 },
		{ "[]", true, 0, 0 },
		{ "[1]", true, 1, 1 },
		{ PAGE(SOA) "\n{\"Resource", false, 1, 2 },
		{ PAGE(SOA) "\nx", false, 1, 2 },
		{ "{\"ResourceRecordSets\":{}}", false, 1, 1 },
		{ "[" SOA ",\n" SET("a.example.com.", "A", "192.0.2.1") "]", true, 0, 0 },
		{ "[" PAGE(SOA) ",\n" PAGE(SET("a.example.com.", "A", "192.0.2.1")) "]", true, 0, 0 },
		{ PAGE(SOA ",\n{}"), true, 1, 2 },
		{ PAGE(SOA ",\n3"), true, 1, 1 },
		{ PAGE(SOA ",\n{\"Name\":\"a.\",\"Type\":\"A\"}"), true, 1, 2 },
		{ PAGE(SOA ",\n" SET("a.example.com.", "A 192.0.2.1\\nb A", "192.0.2.1")), true, 1, 2 },
		{ PAGE(SOA ",\n" SET("a.example.com.", "A", "192.0.2.1\\n$INCLUDE x")), true, 1, 2 },
		{ PAGE(SOA ",\n" SET("a.example.com.\\n$INCLUDE x", "A", "192.0.2.1")), true, 0, 0 },
		{ "{\"IsTruncated\":true,\"ResourceRecordSets\":[" SOA "]}", false, 1, 1 },
		{ "{\"IsTruncated\":true,\"ResourceRecordSets\":[]}" PAGE(SOA), true, 0, 0 },
		{ "{\"NextToken\":\"x\",\"ResourceRecordSets\":[" SOA "]}", false, 1, 1 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		printf("%s\n", cases[i].json);
		struct acml_zone *zone = read_json(cases[i].json);
		assert_int_equal(zone->complete, cases[i].complete);
		assert_int_equal(zone->n_problems, cases[i].problems);
		if (cases[i].problems > 0) {
			assert_int_equal(zone->problems[0].line, cases[i].line);
		}
		acml_zone_free(zone);
	}
}

/* Cut anywhere, JSON is broken, and nothing of it is used. */
static void cut_at_every_byte(void **state)
{
	(void)state;
	static const char *const forms[] = {
		PAGE(SOA "," SET("a.example.com.", "A", "192.0.2.1")),
		PAGE(SOA "," SET("\\\\052.example.com.", "CAA", "0 issue \\\"amazon.com\\\"") ","
		     TURN("w.example.com.", "CNAME", "a.example.net", "1", "\"Weight\":0") ","
		     "{\"Name\":\"b.example.com.\",\"Type\":\"A\",\"AliasTarget\":{\"HostedZoneId\":"
		     "\"Z2\",\"DNSName\":\"a.example.com.\",\"EvaluateTargetHealth\":false}}"),
		"[" SOA "," SET("a.example.com.", "A", "192.0.2.1") "]",
		"[" PAGE(SOA) "," PAGE(SET("a.example.com.", "A", "192.0.2.1")) "]",
		"{\"IsTruncated\":true,\"NextRecordName\":\"b\",\"ResourceRecordSets\":[" SOA "]}\n"
		PAGE(SET("b.example.com.", "A", "192.0.2.1")),
	};
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct acml_zone *whole = read_json(forms[i]);
		assert_true(whole->complete && whole->records > 1);
		acml_zone_free(whole);
		for (size_t size = 1; size < strlen(forms[i]); size++) {
			char *cut = strndup(forms[i], size);
			struct acml_zone *zone = read_json(cut);
			assert_false(zone->complete);
			/* A page that says that another follows is read, as part of something. */
			size_t page = strcspn(forms[i], "\n");
			assert_int_equal(zone->records, size == page || size == page + 1);
			acml_zone_free(zone);
			free(cut);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_values),
		cmocka_unit_test(recognised),
		cmocka_unit_test(lines),
		cmocka_unit_test(targets_are_absolute),
		cmocka_unit_test(alias_records),
		cmocka_unit_test(sets_that_take_turns),
		cmocka_unit_test(faults),
		cmocka_unit_test(cut_at_every_byte),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
