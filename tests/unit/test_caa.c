/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The grammar of one CAA property, the set that decides for a name, and what it permits. */

#include "support/zone_text.h"

#include <libknot/descriptor.h>

#include "model/caa.h"

/* The value of an issue property. */
struct value_case {
	const char *value;
	enum acml_caa_issuer issuer;
	const char *domain;
	unsigned parameters;    /* 1: any, 2: accounturi, 4: validationmethods. */
};

#define BAD ACML_ISSUER_MALFORMED, NULL

static const struct value_case value_cases[] = {
	{ "amazon.com", ACML_ISSUER_AMAZON, "amazon.com", 0 },
	{ "amazontrust.com", ACML_ISSUER_AMAZON, "amazontrust.com", 0 },
	{ "awstrust.com", ACML_ISSUER_AMAZON, "awstrust.com", 0 },
	{ "amazonaws.com", ACML_ISSUER_AMAZON, "amazonaws.com", 0 },
	{ " \t amazon.com \t", ACML_ISSUER_AMAZON, "amazon.com", 0 },
	{ "Amazon.com", ACML_ISSUER_AMAZON_CASE, "Amazon.com", 0 },
	{ "letsencrypt.org", ACML_ISSUER_OTHER, "letsencrypt.org", 0 },
	{ "www.amazon.com", ACML_ISSUER_OTHER, "www.amazon.com", 0 },
	{ "amazon", ACML_ISSUER_OTHER, "amazon", 0 },
	{ "amazon.co", ACML_ISSUER_OTHER, "amazon.co", 0 },
	{ "a--b.c1", ACML_ISSUER_OTHER, "a--b.c1", 0 },
	{ "", ACML_ISSUER_NOBODY, NULL, 0 },
	{ "  ", ACML_ISSUER_NOBODY, NULL, 0 },
	{ ";", ACML_ISSUER_NOBODY, NULL, 0 },
	{ " ; ", ACML_ISSUER_NOBODY, NULL, 0 },
	{ ";a=b", ACML_ISSUER_NOBODY, NULL, 1 },
	{ "amazon.com;", ACML_ISSUER_AMAZON, "amazon.com", 0 },
	{ "amazon.com ; ", ACML_ISSUER_AMAZON, "amazon.com", 0 },
	{ "amazon.com; a=b", ACML_ISSUER_AMAZON, "amazon.com", 1 },
	{ "amazon.com;a=;b=c=d", ACML_ISSUER_AMAZON, "amazon.com", 1 },
	{ "amazon.com; a = b ; c-d = e,f ", ACML_ISSUER_AMAZON, "amazon.com", 1 },
	{ "amazon.com; accounturi=https://x/1?a=b", ACML_ISSUER_AMAZON, "amazon.com", 3 },
	{ "amazon.com; validationmethods=dns-01,http-01", ACML_ISSUER_AMAZON, "amazon.com", 5 },
	{ "amazon.com; AccountURI=x; ValidationMethods=y", ACML_ISSUER_AMAZON, "amazon.com", 7 },
	{ "amazon.com.", BAD, 0 },
	{ "amazon.com. ; a=b", BAD, 0 },
	{ ".amazon.com", BAD, 0 },
	{ "amazon..com", BAD, 0 },
	{ ".", BAD, 0 },
	{ "-amazon.com", BAD, 0 },
	{ "amazon-.com", BAD, 0 },
	{ "amazon.com-", BAD, 0 },
	{ "amazon.com, letsencrypt.org", BAD, 0 },
	{ "amazon.com,letsencrypt.org", BAD, 0 },
	{ "amazon.com letsencrypt.org", BAD, 0 },
	{ "https://amazon.com", BAD, 0 },
	{ "amazon.com/", BAD, 0 },
	{ "'amazon.com'", BAD, 0 },
	{ "\"amazon.com\"", BAD, 0 },
	{ "amazon_trust.com", BAD, 0 },
	{ "*.amazon.com", BAD, 0 },
	{ "amazon.com a=b", BAD, 0 },
	{ "amazon.com=", BAD, 0 },
	{ "am\x01zon.com", BAD, 0 },
	{ "am\xc3\xa4zon.com", BAD, 0 },
	{ "amazon.com\n", BAD, 0 },
	{ "amazon.com;;", BAD, 0 },
	{ "amazon.com; a", BAD, 0 },
	{ "amazon.com; =b", BAD, 0 },
	{ "amazon.com; a_b=c", BAD, 0 },
	{ "amazon.com; a-=c", BAD, 0 },
	{ "amazon.com; -a=c", BAD, 0 },
	{ "amazon.com; a=b c", BAD, 0 },
	{ "amazon.com; a=b;", BAD, 1 },
	{ "amazon.com; a=b; ", BAD, 1 },
	{ "amazon.com; a=b; c", BAD, 1 },
	{ "amazon.com; a=\xff", BAD, 0 },
	{ ";;", BAD, 0 },
};

static size_t make_rdata(uint8_t flags, const char *tag, const char *value, uint8_t *out)
{
	out[0] = flags;
	out[1] = strlen(tag);
	memcpy(out + 2, tag, strlen(tag));
	memcpy(out + 2 + strlen(tag), value, strlen(value));
	return 2 + strlen(tag) + strlen(value);
}

static void check_value(const struct value_case *c, const char *tag)
{
	print_message("%s \"%s\"\n", tag, c->value);
	uint8_t rdata[512];
	struct acml_caa caa;
	acml_caa_parse(rdata, make_rdata(0, tag, c->value, rdata), &caa);
	assert_true(caa.valid);
	assert_int_equal(caa.issuer, c->issuer);
	assert_int_equal(caa.malformed != NULL, c->issuer == ACML_ISSUER_MALFORMED);
	assert_int_equal(caa.value_len, strlen(c->value));
	assert_int_equal(caa.domain_len, c->domain == NULL ? 0 : strlen(c->domain));
	assert_int_equal(caa.domain == NULL, c->domain == NULL);
	if (c->domain != NULL) {
		assert_memory_equal(caa.domain, c->domain, caa.domain_len);
	}
	assert_int_equal(caa.has_parameters, (c->parameters & 1) != 0);
	assert_int_equal(caa.has_accounturi, (c->parameters & 2) != 0);
	assert_int_equal(caa.has_validationmethods, (c->parameters & 4) != 0);
}

static void test_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(value_cases) / sizeof(value_cases[0]); i++) {
		check_value(&value_cases[i], "issue");
		check_value(&value_cases[i], "issuewild");
	}
}

/* Which part is hurt is what people need to know. */
static void test_faults(void **state)
{
	(void)state;
	static const struct {
		const char *value;
		const char *fault;
	} cases[] = {
		{ "amazon.com.", "the issuer's name ends in a dot" },
		{ "amazon.com. ", "the issuer's name ends in a dot" },
		{ "amazon.com.;", "the issuer's name ends in a dot" },
		{ "amazon.com, x.org", "a comma: one record names one issuer" },
		{ "amazon.com , x.org", "a comma: one record names one issuer" },
		{ "amazon.com x.org", "a blank inside the value: one record names one issuer" },
		{ "https://amazon.com", "a URL where the issuer's domain name belongs" },
		{ "'amazon.com'", "a quotation mark inside the value" },
		{ "amazon..com", "an empty label in the issuer's name" },
		{ "-amazon.com", "a hyphen at the edge of a label of the issuer's name" },
		{ "amazon.com-", "a hyphen at the edge of a label of the issuer's name" },
		{ "*.amazon.com", "a wildcard where the issuer's domain name belongs" },
		{ "a_b.com", "an underscore in the issuer's name" },
		{ "amazon.com=x", "a parameter without \";\" before it" },
		{ "amazon.com; a=b;", "an empty parameter" },
		{ "amazon.com; a", "a parameter without \"=\"" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("\"%s\"\n", cases[i].value);
		uint8_t rdata[512];
		struct acml_caa caa;
		acml_caa_parse(rdata, make_rdata(0, "issue", cases[i].value, rdata), &caa);
		assert_non_null(caa.malformed);
		assert_string_equal(caa.malformed, cases[i].fault);
	}
}

static void test_tags(void **state)
{
	(void)state;
	static const struct {
		const char *tag;
		enum acml_caa_tag expected;
	} cases[] = {
		{ "issue", ACML_CAA_ISSUE },
		{ "ISSUE", ACML_CAA_ISSUE },
		{ "IssueWild", ACML_CAA_ISSUEWILD },
		{ "iodef", ACML_CAA_IODEF },
		{ "issuemail", ACML_CAA_ISSUEMAIL },
		{ "issuevmc", ACML_CAA_ISSUEVMC },
		{ "contactemail", ACML_CAA_CONTACTEMAIL },
		{ "contactphone", ACML_CAA_CONTACTPHONE },
		{ "policy", ACML_CAA_RESERVED },
		{ "issues", ACML_CAA_UNKNOWN },
		{ "issu", ACML_CAA_UNKNOWN },
		{ "averyverylongtagindeed", ACML_CAA_UNKNOWN },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].tag);
		uint8_t rdata[512];
		struct acml_caa caa;
		acml_caa_parse(rdata, make_rdata(128, cases[i].tag, "x", rdata), &caa);
		assert_true(caa.valid);
		assert_int_equal(caa.tag, cases[i].expected);
		assert_true(caa.critical);
		assert_int_equal(caa.flags, 128);
	}
}

static void test_short_rdata(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t len;
		bool valid;
	} cases[] = {
		{ "", 0, false },
		{ "\x80", 1, false },
		{ "\x00\x00", 2, false },
		{ "\x00\x05", 2, false },
		{ "\x00\x05issu", 6, false },
		{ "\x00\xff" "issue", 7, false },
		{ "\x00\x05issue", 7, true },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%zu: %zu bytes\n", i, cases[i].len);
		struct acml_caa caa;
		acml_caa_parse((const uint8_t *)cases[i].bytes, cases[i].len, &caa);
		assert_int_equal(caa.valid, cases[i].valid);
		assert_int_equal(caa.critical, i == 1);
	}
}

static const char *const climb_zone =
	"@ 300 SOA ns admin 1 2 3 4 5\n"
	"@ NS ns\n"
	"ns A 192.0.2.1\n"
	"@ CAA 0 issue \"amazon.com\"\n"
	"own CAA 0 issue \"letsencrypt.org\"\n"
	"www.own A 192.0.2.1\n"
	"deep.www.own A 192.0.2.1\n"
	"alias CNAME own\n"
	"alias2 CNAME www.own\n"
	"dangling CNAME nothing\n"
	"away CNAME d111.cloudfront.net.\n"
	"*.away2 CNAME d111.cloudfront.net.\n"
	"child NS ns.example.net.\n"
	"child CAA 0 issue \";\"\n"
	"tochild CNAME x.child\n"
	"loop CNAME loop2\n"
	"loop2 CNAME loop\n"
	"*.wild CAA 0 issue \";\"\n"
	"d DNAME own\n"
	"d2 DNAME example.net.\n"
	"c1 CNAME c2\nc2 CNAME c3\nc3 CNAME c4\nc4 CNAME c5\nc5 CNAME c6\nc6 CNAME c7\nc7 CNAME c8\n"
	"c8 CNAME c9\nc9 CNAME c10\nc10 CNAME c11\nc11 CNAME c12\nc12 CNAME c13\n"
	"c13 CAA 0 issue \"letsencrypt.org\"\n"
	"l1 CNAME l2\nl2 CNAME l3\nl3 CNAME l4\nl4 CNAME l5\nl5 CNAME l6\nl6 CNAME l7\nl7 CNAME l1\n"
	"long DNAME aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.own\n";

#define L63 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

/* Names are relative to example.com unless they end in a dot. */
static const struct climb_case {
	const char *name;
	enum acml_caa_where where;
	const char *at;
	const char *owner;      /* Of the set; for LEAVES where to. */
	bool via_alias;
	enum acml_permission amazon;
} climb_cases[] = {
	{ "@", ACML_CAA_FOUND, "@", "@", false, ACML_ALLOWED },
	{ "a.b", ACML_CAA_FOUND, "@", "@", false, ACML_ALLOWED },
	{ "own", ACML_CAA_FOUND, "own", "own", false, ACML_DENIED },
	{ "deep.www.own", ACML_CAA_FOUND, "own", "own", false, ACML_DENIED },
	{ "x.own", ACML_CAA_FOUND, "own", "own", false, ACML_DENIED },
	{ "alias", ACML_CAA_FOUND, "alias", "own", true, ACML_DENIED },
	/* The target has no set of its own, and its parents do not count. */
	{ "alias2", ACML_CAA_FOUND, "@", "@", false, ACML_ALLOWED },
	{ "dangling", ACML_CAA_FOUND, "@", "@", false, ACML_ALLOWED },
	{ "below.alias", ACML_CAA_FOUND, "alias", "own", true, ACML_DENIED },
	{ "away", ACML_CAA_LEAVES, "away", "d111.cloudfront.net.", true, ACML_UNKNOWN },
	{ "x.away2", ACML_CAA_LEAVES, "x.away2", "d111.cloudfront.net.", true,
	  ACML_UNKNOWN },
	{ "away2", ACML_CAA_FOUND, "@", "@", false, ACML_ALLOWED },
	{ "child", ACML_CAA_DELEGATED, "child", NULL, false, ACML_UNKNOWN },
	{ "x.child", ACML_CAA_DELEGATED, "x.child", NULL, false, ACML_UNKNOWN },
	{ "tochild", ACML_CAA_LEAVES, "tochild", "x.child", true,
	  ACML_UNKNOWN },
	{ "loop", ACML_CAA_BROKEN, "loop", NULL, true, ACML_DENIED },
	{ "x.wild", ACML_CAA_FOUND, "x.wild", "x.wild", false, ACML_DENIED },
	/* RFC 8659 section 3: for *.wild it is looked up at wild, where no wildcard stands. */
	{ "wild", ACML_CAA_FOUND, "@", "@", false, ACML_ALLOWED },
	{ "d", ACML_CAA_FOUND, "@", "@", false, ACML_ALLOWED },
	{ "x.d", ACML_CAA_FOUND, "@", "@", false, ACML_ALLOWED },
	{ "x.d2", ACML_CAA_LEAVES, "x.d2", "x.example.net.", true, ACML_UNKNOWN },
	/* A resolver goes on where the server stops, eleven times; then it gives up. */
	{ "c2", ACML_CAA_FOUND, "c2", "c13", true, ACML_DENIED },
	{ "c8", ACML_CAA_FOUND, "c8", "c13", true, ACML_DENIED },
	{ "c1", ACML_CAA_BROKEN, "c1", NULL, true, ACML_DENIED },
	{ "l1", ACML_CAA_BROKEN, "l1", NULL, true, ACML_DENIED },
	{ L63 "." L63 "." L63 ".long", ACML_CAA_BROKEN,
	  L63 "." L63 "." L63 ".long", NULL, true, ACML_DENIED },
	{ "example.net.", ACML_CAA_NOT_HERE, "example.net.", NULL, false, ACML_UNKNOWN },
	{ "com.", ACML_CAA_NOT_HERE, "com.", NULL, false, ACML_UNKNOWN },
};

static void test_climb(void **state)
{
	(void)state;
	struct acml_zone *zone = zone_from_text(climb_zone);
	for (size_t i = 0; i < sizeof(climb_cases) / sizeof(climb_cases[0]); i++) {
		const struct climb_case *c = &climb_cases[i];
		print_message("%s\n", c->name);
		knot_dname_storage_t name;
		absolute_name(c->name, name);
		struct acml_caa_set set;
		acml_caa_relevant(zone, name, &set);
		assert_int_equal(set.where, c->where);
		assert_relative(set.at, c->at);
		assert_int_equal(set.via_alias, c->via_alias);
		assert_int_equal(acml_caa_amazon(&set, false), c->amazon);
		if (c->where == ACML_CAA_FOUND) {
			assert_relative(set.owner, c->owner);
			assert_int_equal(set.set.count, 1);
		} else if (c->where == ACML_CAA_LEAVES) {
			assert_relative(set.outside, c->owner);
		}
	}
	acml_zone_free(zone);
}

static void test_no_set(void **state)
{
	(void)state;
	struct acml_zone *zone = zone_from_text("@ 300 SOA ns admin 1 2 3 4 5\nwww A 192.0.2.1\n");
	knot_dname_storage_t name;
	name_from_text("www.example.com.", name);
	struct acml_caa_set set;
	acml_caa_relevant(zone, name, &set);
	assert_int_equal(set.where, ACML_CAA_NONE);
	assert_int_equal(acml_caa_amazon(&set, false), ACML_ALLOWED);
	assert_int_equal(acml_caa_amazon(&set, true), ACML_ALLOWED);
	acml_zone_free(zone);
}

static void test_permission(void **state)
{
	(void)state;
	static const struct {
		const char *records;
		enum acml_permission plain, wildcard;
		bool names_amazon;
	} cases[] = {
		{ "@ CAA 0 issue \"amazon.com\"\n", ACML_ALLOWED, ACML_ALLOWED, true },
		{ "@ CAA 0 issue \"Amazon.com\"\n", ACML_ALLOWED, ACML_ALLOWED, true },
		{ "@ CAA 0 ISSUE \"amazonaws.com; a=b\"\n", ACML_ALLOWED, ACML_ALLOWED, true },
		{ "@ CAA 0 issue \";\"\n", ACML_DENIED, ACML_DENIED, false },
		{ "@ CAA 0 issue \";\"\n@ CAA 0 issue \"amazon.com\"\n", ACML_ALLOWED, ACML_ALLOWED, true },
		{ "@ CAA 0 issue \"amazon.com.\"\n", ACML_DENIED, ACML_DENIED, false },
		{ "@ CAA 0 issue \"amazon.com\"\n@ CAA 0 issuewild \";\"\n", ACML_ALLOWED, ACML_DENIED, true },
		{ "@ CAA 0 issuewild \"amazon.com\"\n", ACML_ALLOWED, ACML_ALLOWED, true },
		{ "@ CAA 0 issuewild \";\"\n", ACML_ALLOWED, ACML_DENIED, false },
		{ "@ CAA 0 issue \"letsencrypt.org\"\n@ CAA 0 issuewild \"amazon.com\"\n",
		  ACML_DENIED, ACML_ALLOWED, true },
		{ "@ CAA 0 iodef \"mailto:a@b\"\n", ACML_ALLOWED, ACML_ALLOWED, false },
		{ "@ CAA 0 tbs \"x\"\n", ACML_ALLOWED, ACML_ALLOWED, false },
		{ "@ CAA 128 tbs \"x\"\n", ACML_DENIED, ACML_DENIED, false },
		{ "@ CAA 0 issue \"amazon.com\"\n@ CAA 128 tbs \"x\"\n", ACML_DENIED, ACML_DENIED, true },
		{ "@ CAA 0 issue \"amazon.com\"\n@ CAA 128 policy \"x\"\n", ACML_DENIED, ACML_DENIED, true },
		{ "@ CAA 0 issue \"amazon.com\"\n@ CAA 1 tbs \"x\"\n", ACML_ALLOWED, ACML_ALLOWED, true },
		{ "@ CAA 128 issue \"amazon.com\"\n", ACML_ALLOWED, ACML_ALLOWED, true },
		{ "@ CAA 0 issue \"amazon.com\"\n@ CAA 128 issuemail \";\"\n", ACML_ALLOWED, ACML_ALLOWED, true },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s", cases[i].records);
		char text[512] = "@ 300 SOA ns admin 1 2 3 4 5\n";
		strcat(text, cases[i].records);
		struct acml_zone *zone = zone_from_text(text);
		struct acml_caa_set set;
		acml_caa_relevant(zone, zone->apex, &set);
		assert_int_equal(set.where, ACML_CAA_FOUND);
		assert_int_equal(acml_caa_amazon(&set, false), cases[i].plain);
		assert_int_equal(acml_caa_amazon(&set, true), cases[i].wildcard);
		assert_int_equal(acml_caa_names_amazon(&set.set), cases[i].names_amazon);
		acml_zone_free(zone);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_short_rdata),
		cmocka_unit_test(test_climb),
		cmocka_unit_test(test_no_set),
		cmocka_unit_test(test_permission),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
