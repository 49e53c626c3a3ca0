/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What an authoritative server answers. The same is held against a real knotd in tests/diff; here
 * each case has a name. */

#include <stdio.h>

#include "support/zone_text.h"

#include <libknot/consts.h>
#include <libknot/descriptor.h>

#include "model/lookup.h"

static const char *const plain_zone =
	"@ 300 SOA ns1 admin 1 2 3 4 5\n"
	"@ NS ns1\n"
	"ns1 A 192.0.2.1\n"
	"www A 192.0.2.2\n"
	"www TXT \"x\"\n"
	/* Empty non-terminals: ent, b.ent. */
	"a.b.ent A 192.0.2.3\n"
	/* Delegations, one with a DS and glue, one below the other. */
	"child NS ns.child\n"
	"child DS 1 13 2 0000000000000000000000000000000000000000000000000000000000000000\n"
	"ns.child A 192.0.2.4\n"
	"bare NS ns.example.net.\n"
	"deep.bare NS ns.example.net.\n"
	"*.bare TXT \"hidden\"\n"
	/* Aliases. */
	"alias CNAME www\n"
	"ALIAS2 CNAME Alias\n"
	"gone CNAME nothing\n"
	"away CNAME www.example.net.\n"
	"toent CNAME ent\n"
	"tochild CNAME x.child\n"
	"towild CNAME q.wild\n"
	"loop1 CNAME loop2\n"
	"loop2 CNAME loop1\n"
	"self CNAME self\n"
	"c1 CNAME c2\nc2 CNAME c3\nc3 CNAME c4\nc4 CNAME c5\nc5 CNAME c6\nc6 CNAME c7\n"
	"c7 A 192.0.2.5\n"
	"l1 CNAME l2\nl2 CNAME l3\nl3 CNAME l4\nl4 CNAME l5\nl5 CNAME l1\n"
	/* Wildcards. */
	"*.wild A 192.0.2.6\n"
	"*.wild TXT \"w\"\n"
	"host.wild A 192.0.2.7\n"
	"under.gap.wild A 192.0.2.8\n"
	"*.cwild CNAME www\n"
	"*.rwild CNAME q.rwild\n"
	"*.nwild NS ns.example.net.\n"
	"sub.*.ewild A 192.0.2.9\n"
	"*.dwild DNAME www\n"
	/* DNAME. */
	"dname DNAME target\n"
	"dname A 192.0.2.10\n"
	"x.target A 192.0.2.11\n"
	"y.target CNAME www\n"
	"dout DNAME example.net.\n"
	"d1 DNAME d2\n"
	"d2 DNAME d1\n"
	"grow DNAME a.grow\n"
	"long DNAME aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.wild\n"
	/* Escapes. */
	"a\\.b A 192.0.2.12\n";

/* Names are relative to example.com unless they end in a dot. */
struct lookup_case {
	const char *name;
	uint16_t type;
	enum acml_outcome outcome;
	uint16_t rcode;
	const char *answer;     /* "owner TYPE, owner TYPE". */
	const char *wildcard;
	const char *cut;
	const char *last;       /* NULL: not looked at. */
};

#define OK KNOT_RCODE_NOERROR
#define NX KNOT_RCODE_NXDOMAIN
#define TYPE(type) KNOT_RRTYPE_##type
#define L63 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static const struct lookup_case plain_cases[] = {
	{ "www", TYPE(A), ACML_ANSWER, OK, .answer = "www A", .last = "www" },
	{ "www", TYPE(MX), ACML_NODATA, OK, .answer = "" },
	{ "www", TYPE(ANY), ACML_ANSWER, OK, .answer = "www A" },
	{ "@", TYPE(ANY), ACML_ANSWER, OK, .answer = "@ NS" },
	{ "@", TYPE(NS), ACML_ANSWER, OK, .answer = "@ NS" },
	{ "@", TYPE(DS), ACML_NODATA, OK, .answer = "" },
	{ "none", TYPE(A), ACML_NXDOMAIN, NX, .answer = "" },
	{ "example.net.", TYPE(A), ACML_OUT_OF_ZONE, KNOT_RCODE_REFUSED, .answer = "" },
	{ "com.", TYPE(A), ACML_OUT_OF_ZONE, KNOT_RCODE_REFUSED, .answer = "" },
	{ "badexample.com.", TYPE(A), ACML_OUT_OF_ZONE, KNOT_RCODE_REFUSED, .answer = "" },
	{ "a\\.b", TYPE(A), ACML_ANSWER, OK, .answer = "a\\.b A" },
	{ "a.b", TYPE(A), ACML_NXDOMAIN, NX, .answer = "" },
	/* RFC 4592 section 2.2.2: empty non-terminals exist. */
	{ "ent", TYPE(A), ACML_NODATA, OK, .answer = "" },
	{ "b.ent", TYPE(ANY), ACML_NODATA, OK, .answer = "" },
	{ "x.ent", TYPE(A), ACML_NXDOMAIN, NX, .answer = "" },
	/* Zone cuts. */
	{ "child", TYPE(A), ACML_REFERRAL, OK, .answer = "", .cut = "child" },
	{ "child", TYPE(NS), ACML_REFERRAL, OK, .answer = "", .cut = "child" },
	{ "child", TYPE(ANY), ACML_REFERRAL, OK, .answer = "", .cut = "child" },
	{ "child", TYPE(DS), ACML_ANSWER, OK, .answer = "child DS" },
	{ "ns.child", TYPE(A), ACML_REFERRAL, OK, .answer = "", .cut = "child" },
	{ "ns.child", TYPE(DS), ACML_REFERRAL, OK, .answer = "", .cut = "child" },
	{ "a.b.c.child", TYPE(A), ACML_REFERRAL, OK, .answer = "", .cut = "child" },
	{ "bare", TYPE(DS), ACML_NODATA, OK, .answer = "" },
	{ "deep.bare", TYPE(A), ACML_REFERRAL, OK, .answer = "", .cut = "bare" },
	{ "x.bare", TYPE(TXT), ACML_REFERRAL, OK, .answer = "", .cut = "bare" },
	/* CNAME. */
	{ "alias", TYPE(A), ACML_ANSWER, OK, .answer = "alias CNAME, www A" },
	{ "alias2", TYPE(A), ACML_ANSWER, OK,
	  .answer = "alias2 CNAME, alias CNAME, www A" },
	{ "alias", TYPE(MX), ACML_NODATA, OK, .answer = "alias CNAME", .last = "www" },
	{ "alias", TYPE(CNAME), ACML_ANSWER, OK, .answer = "alias CNAME", .last = "alias" },
	{ "alias", TYPE(ANY), ACML_ANSWER, OK, .answer = "alias CNAME" },
	{ "alias", TYPE(RRSIG), ACML_NODATA, OK, .answer = "" },
	{ "alias", TYPE(NSEC), ACML_NODATA, OK, .answer = "" },
	{ "gone", TYPE(A), ACML_NXDOMAIN, NX, .answer = "gone CNAME" },
	{ "away", TYPE(A), ACML_OUTSIDE, OK, .answer = "away CNAME", .last = "www.example.net." },
	{ "toent", TYPE(A), ACML_NODATA, OK, .answer = "toent CNAME" },
	{ "tochild", TYPE(A), ACML_REFERRAL, OK, .answer = "tochild CNAME", .cut = "child" },
	{ "towild", TYPE(A), ACML_ANSWER, OK, .answer = "towild CNAME, q.wild A",
	  .wildcard = "*.wild" },
	{ "loop1", TYPE(A), ACML_LOOP, OK, .answer = "loop1 CNAME, loop2 CNAME" },
	{ "self", TYPE(A), ACML_LOOP, OK, .answer = "self CNAME" },
	{ "c1", TYPE(A), ACML_LIMIT, OK,
	  .answer = "c1 CNAME, c2 CNAME, c3 CNAME, c4 CNAME, "
	  "c5 CNAME", .last = "c6" },
	{ "c2", TYPE(A), ACML_ANSWER, OK,
	  .answer = "c2 CNAME, c3 CNAME, c4 CNAME, c5 CNAME, "
	  "c6 CNAME, c7 A" },
	{ "l1", TYPE(A), ACML_LOOP, OK,
	  .answer = "l1 CNAME, l2 CNAME, l3 CNAME, l4 CNAME, "
	  "l5 CNAME" },
	/* Wildcards. */
	{ "q.wild", TYPE(A), ACML_ANSWER, OK, .answer = "q.wild A", .wildcard = "*.wild" },
	{ "p.q.wild", TYPE(TXT), ACML_ANSWER, OK, .answer = "p.q.wild TXT",
	  .wildcard = "*.wild" },
	{ "*.wild", TYPE(A), ACML_ANSWER, OK, .answer = "*.wild A" },
	{ "q.wild", TYPE(MX), ACML_NODATA, OK, .answer = "", .wildcard = "*.wild" },
	{ "wild", TYPE(A), ACML_NODATA, OK, .answer = "" },
	{ "host.wild", TYPE(TXT), ACML_NODATA, OK, .answer = "" },
	{ "x.host.wild", TYPE(A), ACML_NXDOMAIN, NX, .answer = "" },
	{ "gap.wild", TYPE(A), ACML_NODATA, OK, .answer = "" },
	{ "x.gap.wild", TYPE(A), ACML_NXDOMAIN, NX, .answer = "" },
	{ "q.cwild", TYPE(A), ACML_ANSWER, OK, .answer = "q.cwild CNAME, www A",
	  .wildcard = "*.cwild" },
	{ "p.rwild", TYPE(A), ACML_LOOP, OK, .answer = "p.rwild CNAME, q.rwild CNAME",
	  .wildcard = "*.rwild" },
	{ "q.nwild", TYPE(A), ACML_REFERRAL, OK, .answer = "", .wildcard = "*.nwild",
	  .cut = "*.nwild" },
	{ "q.nwild", TYPE(DS), ACML_NODATA, OK, .answer = "", .wildcard = "*.nwild" },
	{ "q.ewild", TYPE(A), ACML_NODATA, OK, .answer = "", .wildcard = "*.ewild" },
	{ "q.r.*.ewild", TYPE(A), ACML_NXDOMAIN, NX, .answer = "" },
	{ "q.dwild", TYPE(A), ACML_NODATA, OK, .answer = "", .wildcard = "*.dwild" },
	{ "q.dwild", TYPE(DNAME), ACML_ANSWER, OK, .answer = "q.dwild DNAME",
	  .wildcard = "*.dwild" },
	{ "q.*.dwild", TYPE(A), ACML_NXDOMAIN, NX,
	  .answer = "*.dwild DNAME, q.*.dwild CNAME" },
	/* DNAME. */
	{ "dname", TYPE(A), ACML_ANSWER, OK, .answer = "dname A" },
	{ "dname", TYPE(DNAME), ACML_ANSWER, OK, .answer = "dname DNAME" },
	{ "dname", TYPE(CNAME), ACML_NODATA, OK, .answer = "" },
	{ "x.dname", TYPE(A), ACML_ANSWER, OK,
	  .answer = "dname DNAME, x.dname CNAME, x.target A" },
	{ "x.dname", TYPE(CNAME), ACML_ANSWER, OK, .answer = "dname DNAME, x.dname CNAME" },
	{ "y.dname", TYPE(A), ACML_ANSWER, OK,
	  .answer = "dname DNAME, y.dname CNAME, y.target CNAME, www A" },
	{ "z.dname", TYPE(A), ACML_NXDOMAIN, NX, .answer = "dname DNAME, z.dname CNAME" },
	{ "x.dout", TYPE(A), ACML_OUTSIDE, OK, .answer = "dout DNAME, x.dout CNAME",
	  .last = "x.example.net." },
	{ "x.d1", TYPE(A), ACML_LOOP, OK,
	  .answer = "d1 DNAME, x.d1 CNAME, d2 DNAME, x.d2 CNAME, "
	  "x.d1 CNAME, x.d2 CNAME, x.d1 CNAME" },
	{ "x.grow", TYPE(A), ACML_LIMIT, OK,
	  .answer = "grow DNAME, x.grow CNAME, x.a.grow CNAME, "
	  "x.a.a.grow CNAME, x.a.a.a.grow CNAME, x.a.a.a.a.grow CNAME" },
	/* RFC 6672 section 2.2: too long; knotd goes on at the DNAME's target all the same. */
	{ L63 "." L63 "." L63 ".long", TYPE(A), ACML_LIMIT, KNOT_RCODE_YXDOMAIN,
	  .answer = "long DNAME, "
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.wild A",
	  .wildcard = "*.wild" },
};

static void answer_text(const struct acml_answer *answer, char *out, size_t size)
{
	size_t used = 0;
	out[0] = '\0';
	for (size_t i = 0; i < answer->n_steps; i++) {
		char name[ACML_NAME_TEXT], type[32];
		assert_true(knot_rrtype_to_string(answer->steps[i].type, type, sizeof(type)) > 0);
		relative_text(answer->steps[i].owner, name);
		used += snprintf(out + used, size - used, "%s%s %s", i == 0 ? "" : ", ", name, type);
		assert_true(used < size);
	}
}

static void check_case(const struct acml_zone *zone, const struct lookup_case *c)
{
	print_message("%s type %u\n", c->name, c->type);
	knot_dname_storage_t name;
	absolute_name(c->name, name);
	struct acml_answer answer;
	acml_lookup(zone, name, c->type, &answer);

	char text[16 * ACML_NAME_TEXT];
	answer_text(&answer, text, sizeof(text));
	assert_string_equal(text, c->answer);
	assert_int_equal(answer.outcome, c->outcome);
	assert_int_equal(answer.rcode, c->rcode);
	assert_relative(answer.wildcard, c->wildcard);
	assert_relative(answer.cut, c->cut);
	if (c->last != NULL) {
		assert_relative(answer.last, c->last);
	}
	if (c->outcome == ACML_OUTSIDE) {
		assert_relative(answer.outside, c->last);
	}
}

static void check_cases(const char *text, const struct lookup_case *cases, size_t count)
{
	struct acml_zone *zone = zone_from_text(text);
	for (size_t i = 0; i < count; i++) {
		check_case(zone, &cases[i]);
	}
	acml_zone_free(zone);
}

static void test_plain(void **state)
{
	(void)state;
	check_cases(plain_zone, plain_cases, sizeof(plain_cases) / sizeof(plain_cases[0]));
}

static void test_apex_dname(void **state)
{
	(void)state;
	static const struct lookup_case cases[] = {
		{ "@", TYPE(A), ACML_ANSWER, OK, .answer = "@ A" },
		{ "www", TYPE(A), ACML_OUTSIDE, OK,
		  .answer = "@ DNAME, www CNAME", .last = "www.example.net." },
	};
	check_cases("@ 300 SOA ns.example.net. admin.example.net. 1 2 3 4 5\n"
	            "@ NS ns.example.net.\n@ A 192.0.2.1\n@ DNAME example.net.\n",
	            cases, sizeof(cases) / sizeof(cases[0]));
}

/* RFC 4592 section 3.3.1: a wildcard at the apex stands for names with no closer encloser. */
static void test_apex_wildcard(void **state)
{
	(void)state;
	static const struct lookup_case cases[] = {
		{ "x", TYPE(A), ACML_ANSWER, OK, .answer = "x A", .wildcard = "*" },
		{ "a.b.c", TYPE(A), ACML_ANSWER, OK, .answer = "a.b.c A",
		  .wildcard = "*" },
		{ "y.ent", TYPE(A), ACML_NXDOMAIN, NX, .answer = "" },
		{ "x.*", TYPE(A), ACML_NXDOMAIN, NX, .answer = "" },
	};
	check_cases("@ 300 SOA ns.example.net. admin.example.net. 1 2 3 4 5\n"
	            "@ NS ns.example.net.\n* A 192.0.2.1\nx.ent A 192.0.2.2\n",
	            cases, sizeof(cases) / sizeof(cases[0]));
}

/* Zones that knotd does not load, answered as the RFCs have it. */
static void test_unloadable(void **state)
{
	(void)state;
	static const struct lookup_case cases[] = {
		/* RFC 1034 section 3.6.2: the alias wins over the data beside it. */
		{ "both", TYPE(TXT), ACML_NXDOMAIN, NX, .answer = "both CNAME" },
		/* RFC 6672 section 2.4: a DNAME hides what is below it, wildcards and cuts too. */
		{ "x.d", TYPE(A), ACML_OUTSIDE, OK, .answer = "d DNAME, x.d CNAME",
		  .last = "x.example.net." },
		{ "q.d", TYPE(A), ACML_OUTSIDE, OK, .answer = "d DNAME, q.d CNAME",
		  .last = "q.example.net." },
		{ "c.d", TYPE(A), ACML_OUTSIDE, OK, .answer = "d DNAME, c.d CNAME",
		  .last = "c.example.net." },
		/* A cut is met before a DNAME below or beside it. */
		{ "x.d.cut", TYPE(A), ACML_REFERRAL, OK, .answer = "", .cut = "cut" },
		{ "x.cut2", TYPE(A), ACML_REFERRAL, OK, .answer = "", .cut = "cut2" },
		/* There is no apex. */
		{ "@", TYPE(SOA), ACML_NODATA, OK, .answer = "" },
	};
	check_cases("both 300 CNAME nothing\nboth TXT \"x\"\n"
	            "d DNAME example.net.\nx.d A 192.0.2.1\n*.d A 192.0.2.1\nc.d NS ns.example.net.\n"
	            "cut NS ns.example.net.\nd.cut DNAME example.org.\n"
	            "cut2 NS ns.example.net.\ncut2 DNAME example.org.\n",
	            cases, sizeof(cases) / sizeof(cases[0]));
}

/* RFC 5155 section 7.2.8: owners of NSEC3 records are no names of the zone. */
static void test_nsec3_owner(void **state)
{
	(void)state;
	static const struct lookup_case cases[] = {
		{ "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom", TYPE(A), ACML_NXDOMAIN, NX, .answer = "" },
		{ "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom", TYPE(NSEC3), ACML_NXDOMAIN, NX, .answer = "" },
	};
	check_cases("@ 300 SOA ns.example.net. admin.example.net. 1 2 3 4 5\n@ NS ns.example.net.\n"
	            "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom NSEC3 1 0 0 - 2t7b4g4vsa5smi47k61mv5bv1a22bojr A\n",
	            cases, sizeof(cases) / sizeof(cases[0]));
}

/* RFC 3597 lets bytes into a zone that are no name: the alias leads nowhere. */
static void test_generic_rdata(void **state)
{
	(void)state;
	static const char text[] = "@ 300 SOA ns.example.net. admin.example.net. 1 2 3 4 5\n"
	                           "bad CNAME \\# 3 3F6161\nworse DNAME \\# 1 C0\n";
	const struct acml_read_options options = { .origin = "example.com", .keep = ACML_KEEP_ALL };
	struct acml_scanner *scanner = acml_scanner_new();
	assert_non_null(scanner);
	struct acml_zone *zone = NULL;
	assert_int_equal(acml_zone_read_bytes(scanner, "t", text, sizeof(text) - 1, &options, &zone),
	                 KNOT_EOK);
	static const char *const names[] = { "bad.example.com.", "x.worse.example.com." };
	for (size_t i = 0; i < 2; i++) {
		print_message("%s\n", names[i]);
		knot_dname_storage_t name;
		name_from_text(names[i], name);
		struct acml_answer answer;
		acml_lookup(zone, name, KNOT_RRTYPE_A, &answer);
		assert_int_equal(answer.n_steps, 0);
	}
	acml_zone_free(zone);
	acml_scanner_free(scanner);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_apex_dname),
		cmocka_unit_test(test_apex_wildcard),
		cmocka_unit_test(test_unloadable),
		cmocka_unit_test(test_nsec3_owner),
		cmocka_unit_test(test_generic_rdata),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
