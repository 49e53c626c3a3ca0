/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libknot/errcode.h>

#include "facts/parent.h"
#include "model/names.h"

#define DIGEST "84636BF7D0F6B6D7C9B9B6B7D8D5F7B5A2C8F1E0D3C4B5A697887766554433AA"
#define DS "12345 13 2 " DIGEST
#define HEADER(status) \
	"; <<>> DiG 9.18.28 <<>> x\n;; ->>HEADER<<- opcode: QUERY, status: " status ", id: 1\n" \
	";; flags: qr; QUERY: 1\n\n"
#define QUESTION(type) ";; QUESTION SECTION:\n;example.com.\t\tIN\t" type "\n\n"
#define ANSWER ";; ANSWER SECTION:\n"
#define AUTHORITY(owner) ";; AUTHORITY SECTION:\n" owner " 900 IN SOA a.x. b.x. 1 2 3 4 5\n"
#define HOSTED(private) \
	"{\"HostedZone\":{\"Name\":\"example.com.\",\"Config\":{\"PrivateZone\":" private "}}," \
	"\"DelegationSet\":{\"NameServers\":[\"a.ns.\",\"b.ns\"]}}"
#define DOMAIN(keys) \
	"{\"DomainName\":\"example.com\",\"Nameservers\":[{\"Name\":\"a.ns\"}]" keys "}"
#define KEY "{\"Algorithm\":13,\"DigestType\":2,\"KeyTag\":12345,\"Digest\":\"" DIGEST "\"}"

/* -1: not known. "line": of the fault, where ret says that there is one. */
static const struct parent_test {
	const char *title, *text;
	int ret;
	int ds, ns, hosted;
	uint32_t line;
	bool alone;             /* The zone is said: for_zone. */
} tests[] = {
	{ "zone text", "example.com. 3600 IN DS " DS "\n", KNOT_EOK, 1, -1, 0, 0, false },
	{ "no final dot, no TTL", "example.com IN DS " DS "\n", KNOT_EOK, 1, -1, 0, 0, false },
	{ "digest in parts", "example.com. DS 1 13 2 AABB CCDD\n", KNOT_EOK, 1, -1, 0, 0, false },
	{ "twice the same", "example.com. DS " DS "\nEXAMPLE.com. DS " DS "\n",
	  KNOT_EOK, 1, -1, 0, 0, false },
	{ "two", "example.com. DS " DS "\nexample.com. DS 2 13 2 AA\n",
	  KNOT_EOK, 2, -1, 0, 0, false },
	{ "another zone", "example.org. DS " DS "\n", KNOT_EOK, -1, -1, 0, 0, false },
	{ "dsset- file", "example.com.\t\tIN DS " DS "\n", KNOT_EOK, 1, -1, 0, 0, false },
	{ "NS say nothing of DS", "example.com. NS a.ns.\nexample.com. NS b.ns.\n",
	  KNOT_EOK, -1, 2, 0, 0, false },
	{ "no final newline", "example.com. DS " DS, KNOT_EOK, 1, -1, 0, 0, false },
	{ "dig, DS", HEADER("NOERROR") QUESTION("DS") ANSWER "example.com. 5 IN DS " DS "\n",
	  KNOT_EOK, 1, -1, 0, 0, false },
	{ "dig, none", HEADER("NOERROR") QUESTION("DS") AUTHORITY("com."),
	  KNOT_EOK, 0, -1, 0, 0, false },
	{ "dig, no such name", HEADER("NXDOMAIN") QUESTION("DS") AUTHORITY("com."),
	  KNOT_EOK, 0, -1, 0, 0, false },
	{ "dig, the child answers itself", HEADER("NOERROR") QUESTION("DS") AUTHORITY("example.com."),
	  KNOT_EOK, -1, -1, 0, 0, false },
	{ "dig, another question", HEADER("NOERROR") QUESTION("NS") AUTHORITY("com."),
	  KNOT_EOK, -1, -1, 0, 0, false },
	{ "dig, empty without SOA", HEADER("NOERROR") QUESTION("DS"),
	  KNOT_EOK, -1, -1, 0, 0, false },
	{ "dig, failed", HEADER("SERVFAIL") QUESTION("DS"), KNOT_EMALF, 0, 0, 0, 2, false },
	{ "dig, NS and DS", HEADER("NOERROR") QUESTION("NS") ANSWER "example.com. 5 IN NS a.ns.\n"
	  HEADER("NOERROR") QUESTION("DS") AUTHORITY("com."), KNOT_EOK, 0, 1, 0, 0, false },
	{ "dig, NS and DS of another zone", HEADER("NOERROR") QUESTION("NS") ANSWER
	  "example.com. 5 IN NS a.ns.\n" HEADER("NOERROR") ";; QUESTION SECTION:\n;x.com. IN DS\n"
	  AUTHORITY("com."), KNOT_EOK, -1, 1, 0, 0, false },
	{ "kdig", ";; ->>HEADER<<- opcode: QUERY; status: NOERROR; id: 1\n;; QUESTION SECTION:\n"
	  ";; example.com.        IN      DS\n\n" AUTHORITY("com."), KNOT_EOK, 0, -1, 0, 0, false },
	{ "drill", ";; ->>HEADER<<- opcode: QUERY, rcode: NOERROR, id: 1\n;; QUESTION SECTION:\n"
	  ";; example.com.\tIN\tDS\n\n" AUTHORITY("com."), KNOT_EOK, 0, -1, 0, 0, false },
	{ "dig +short", DS "\n", KNOT_EMALF, 0, 0, 0, 1, false },
	{ "dig +short, one zone", DS "\n", KNOT_EOK, 1, -1, 0, 0, true },
	{ "dig +short NS", "a.ns.\nb.ns.\n", KNOT_EOK, -1, 2, 0, 0, true },
	{ "parent zone, no DS", "$ORIGIN com.\n@ SOA a b 1 2 3 4 5\n@ NS x\nexample NS a.ns.\n",
	  KNOT_EOK, 0, 1, 0, 0, false },
	{ "parent zone, DS", "com. SOA a. b. 1 2 3 4 5\ncom. NS x.\nexample.com. NS a.ns.\n"
	  "example.com. DS " DS "\n", KNOT_EOK, 1, 1, 0, 0, false },
	{ "parent zone, not delegated", "com. SOA a. b. 1 2 3 4 5\ncom. NS x.\n",
	  KNOT_EOK, -1, -1, 0, 0, false },
	{ "the root", ". SOA a. b. 1 2 3 4 5\n. NS x.\nexample.com. NS a.ns.\n",
	  KNOT_EOK, 0, 1, 0, 0, false },
	{ "domain, no keys", DOMAIN(",\"DnssecKeys\":[]"), KNOT_EOK, 0, 1, 0, 0, false },
	{ "domain, keys not said", DOMAIN(""), KNOT_EOK, -1, 1, 0, 0, false },
	{ "domain, key", DOMAIN(",\"DnssecKeys\":[" KEY "]"), KNOT_EOK, 1, 1, 0, 0, false },
	{ "domain, public key", DOMAIN(",\"DnssecKeys\":[{\"Algorithm\":15,\"Flags\":257,"
	  "\"PublicKey\":\"5q1zeTR8zTioutTWDL6OEPkxVVTzuMTkzbBIJSW9Hl4=\"}]"),
	  KNOT_EOK, 1, 1, 0, 0, false },
	{ "domain, broken key", DOMAIN(",\"DnssecKeys\":[{\"Algorithm\":13}]"),
	  KNOT_EMALF, 0, 0, 0, 0, false },
	{ "hosted zone", HOSTED("false"), KNOT_EOK, -1, -1, 2, 0, false },
	{ "stream", DOMAIN("") "\n" HOSTED("false") "\n", KNOT_EOK, -1, 1, 2, 0, false },
	{ "array", "[" DOMAIN("") "," HOSTED("true") "]", KNOT_EOK, -1, 1, 2, 0, false },
	{ "get-dnssec", "{\"Status\":{\"ServeSignature\":\"SIGNING\"},\"KeySigningKeys\":"
	  "[{\"DSRecord\":\"" DS "\",\"Status\":\"ACTIVE\"}]}", KNOT_EOK, 1, -1, 0, 0, true },
	{ "get-dnssec, zone not said", "{\"Status\":{},\"KeySigningKeys\":[]}",
	  KNOT_EMALF, 0, 0, 0, 0, false },
	{ "what is registered wins", DOMAIN(",\"DnssecKeys\":[]") "{\"KeySigningKeys\":"
	  "[{\"DSRecord\":\"" DS "\"}]}", KNOT_EOK, 0, 1, 0, 0, true },
	{ "another JSON", "{\"x\":1}", KNOT_EMALF, 0, 0, 0, 0, false },
	{ "broken JSON", "{\n\"DomainName\":\n", KNOT_EMALF, 0, 0, 0, 3, false },
	{ "empty", "", KNOT_EMALF, 0, 0, 0, 0, false },
	{ "comments only", "; nothing\n", KNOT_EMALF, 0, 0, 0, 0, false },
	{ "no record", "example.com. DS " DS "\nexample.com. DS x y z\n",
	  KNOT_EMALF, 0, 0, 0, 2, false },
	{ "$INCLUDE", "$INCLUDE /etc/passwd\n", KNOT_EMALF, 0, 0, 0, 1, false },
	{ "generic, too short", "example.com. TYPE43 \\# 2 0001\n", KNOT_EMALF, 0, 0, 0, 1, false },
};

static int parse(const char *text, size_t size, bool alone, struct acml_parent **out,
                 struct acml_fault *fault)
{
	static const knot_dname_t *const wanted[] = {
		(const knot_dname_t *)"\x07""example\x03""com",
	};
	const struct acml_parent_options options = {
		.wanted = wanted, .n_wanted = 1, .for_zone = alone ? wanted[0] : NULL,
	};
	return acml_parent_parse("parent.txt", text, size, &options, out, fault);
}

static void check(const struct parent_test *t)
{
	struct acml_parent *parent = NULL;
	struct acml_fault fault = { .line = 0 };
	printf("%s\n", t->title);
	assert_int_equal(parse(t->text, strlen(t->text), t->alone, &parent, &fault), t->ret);
	if (t->ret != KNOT_EOK) {
		assert_null(parent);
		assert_string_equal(fault.file, "parent.txt");
		assert_int_not_equal(fault.message[0], '\0');
		assert_int_equal(fault.line, t->line);
		return;
	}
	const knot_dname_t *apex = (const knot_dname_t *)"\x07""example\x03""com";
	const struct acml_child none = { 0 };
	const struct acml_child *child = acml_parent_child(parent, apex);
	child = child != NULL ? child : &none;
	assert_int_equal(child->ds_known ? (int)child->n_ds : -1, t->ds);
	assert_int_equal(child->ns_known ? (int)child->n_ns : -1, t->ns);
	assert_int_equal(child->n_hosted_ns, t->hosted);
	acml_parent_free(parent);
}

static void test_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		check(&tests[i]);
	}
}

/* Cut at every byte: all or nothing, and nobody reads beyond. */
static void test_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		for (size_t size = 0; size < strlen(tests[i].text); size++) {
			char *copy = malloc(size + 1);
			struct acml_parent *parent = NULL;
			struct acml_fault fault;
			assert_non_null(copy);
			memcpy(copy, tests[i].text, size);
			int ret = parse(copy, size, tests[i].alone, &parent, &fault);
			assert_true(ret == KNOT_EOK ? parent != NULL : ret == KNOT_EMALF &&
			            parent == NULL);
			/* JSON is whole or nothing; of several documents the cut may be between two. */
			size_t last = size;
			while (last > 0 && strchr(" \n", copy[last - 1]) != NULL) {
				last--;
			}
			bool ended = last > 0 && strchr("}]", copy[last - 1]) != NULL;
			assert_true(strchr("{[", tests[i].text[0]) == NULL || ret == KNOT_EMALF ||
			            (ended && (strstr(tests[i].text, "}{") != NULL ||
			                       strstr(tests[i].text, "}\n{") != NULL)));
			acml_parent_free(parent);
			free(copy);
		}
	}
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_cut),
	};
	return cmocka_run_group_tests(all, NULL, NULL);
}
