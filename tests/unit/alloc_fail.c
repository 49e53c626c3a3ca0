/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The n-th allocation of one lint fails, for every n, inside one process: under AddressSanitizer
 * and valgrind this also shows what is leaked or used after an error. The linker sends our own
 * calls of malloc() and its kin to the __wrap_ functions below.
 */

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>
#include <libknot/error.h>

#include "facts/parent.h"
#include "lint/lint.h"
#include "model/names.h"
#include "model/read.h"
#include "rules/example_signed.h"

static unsigned long count;
static unsigned long fail_at;

void *__real_malloc(size_t size);
void *__real_calloc(size_t number, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t number, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);

static bool refuse(void)
{
	count++;
	if (count == fail_at) {
		errno = ENOMEM;
		return true;
	}
	return false;
}

void *__wrap_malloc(size_t size)
{
	return refuse() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t number, size_t size)
{
	return refuse() ? NULL : __real_calloc(number, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return refuse() ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(const char *text)
{
	return refuse() ? NULL : __real_strdup(text);
}

static const char zone_text[] =
	"$ORIGIN example.com.\n"
	"$TTL 300\n"
	"@ SOA ns1 hostmaster 2026112101 7200 3600 1209600 300\n"
	"@ NS ns1\n"
	"@ NS ns2\n"
	"ns1 A 192.0.2.1\n"
	"ns2 A 192.0.2.2\n"
	"@ CAA 0 issue \"letsencrypt.org\" ; acmlint: allow CAA006 -- nothing to allow\n"
	"www A 192.0.2.3\n"
	"_a79865eb4cd1a6ab990a45779b4e0b96.www CNAME "
	"_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n"
	"_b79865eb4cd1a6ab990a45779b4e0b96.shop.example.com CNAME "
	"_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws\n"
	"*.wild CNAME www\n"
	"outside.example.net. A 192.0.2.1\n"
	"broken A 192.0.2.256\n";

/* Signed, with a record that came later, and a DS that is right: the whole chain is walked. */
static const char signed_text[] =
	ACML_EXAMPLE_SIGNED
	"www CAA 0 issue \"amazon.com\"\n";

static int read_parent(struct acml_parent **out_parent)
{
	static const char text[] = ACML_EXAMPLE_DS ACML_EXAMPLE_DS_OTHER "example.com. NS a.ns.\n";
	const struct acml_parent_options options = { .wanted = NULL };
	struct acml_fault fault;
	return acml_parent_parse("parent", text, sizeof(text) - 1, &options, out_parent, &fault);
}

/* One lint from nothing; KNOT_EOK or the error of the step that failed. */
static int lint_once(enum acml_retention keep, const char *text, size_t *out_findings)
{
	struct acml_parent *parent = NULL;
	struct acml_zone *zone = NULL;
	struct acml_result *result = NULL;
	struct acml_scanner *scanner = acml_scanner_new();
	if (scanner == NULL) {
		return KNOT_ENOMEM;
	}

	struct acml_read_options options = {
		.keep = keep,
		.interest = &acml_lint_interest,
		.no_include = true,
	};
	int ret = acml_zone_read_bytes(scanner, "example.com.zone", text, strlen(text), &options,
	                               &zone);
	if (ret == KNOT_EOK && text == signed_text) {
		ret = read_parent(&parent);
	}
	if (ret != KNOT_EOK) {
		goto out;
	}

	knot_dname_storage_t www;
	if (!acml_name_parse("www.example.com.", www)) {
		ret = KNOT_EINVAL;
		goto out;
	}
	struct acml_wanted wanted = { .name = www, .wildcard = true };
	struct acml_facts facts = { .now = 1795219200, .wanted = &wanted, .n_wanted = 1 };
	facts.parent = parent;
	struct acml_settings settings = { 0 };
	ret = acml_lint(zone, &facts, &settings, &result);
	if (ret == KNOT_EOK) {
		*out_findings = result->n_findings;
	}
out:
	acml_result_free(result);
	acml_parent_free(parent);
	acml_zone_free(zone);
	acml_scanner_free(scanner);
	return ret;
}

static void every_allocation(enum acml_retention keep, const char *text)
{
	size_t expected = 0;
	fail_at = 0;
	count = 0;
	int ret = lint_once(keep, text, &expected);
	assert(ret == KNOT_EOK && expected > 0);

	unsigned long total = count;
	unsigned long survived = 0;
	for (unsigned long n = 1; n <= total; n++) {
		size_t findings = 0;
		fail_at = n;
		count = 0;
		ret = lint_once(keep, text, &findings);
		if (ret == KNOT_EOK) {
			/* Done without: then nothing may be missing. */
			assert(findings == expected);
			survived++;
		} else if (ret != KNOT_ENOMEM) {
			fprintf(stderr, "allocation %lu: %s\n", n, knot_strerror(ret));
			abort();
		}
	}
	printf("%lu allocations, each failed once, %lu done without\n", total, survived);
}

int main(void)
{
	every_allocation(ACML_KEEP_ALL, zone_text);
	every_allocation(ACML_KEEP_RELEVANT, zone_text);
	every_allocation(ACML_KEEP_ALL, signed_text);
	every_allocation(ACML_KEEP_RELEVANT, signed_text);
	return 0;
}
