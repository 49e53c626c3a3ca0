/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Fuzz target: the whole lint, bytes to findings, as the command line and the module run it. */

#include <assert.h>
#include <string.h>

#include <libknot/errcode.h>

#include "fuzz.h"
#include "lint/lint.h"
#include "model/names.h"
#include "model/read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0) {
		return 0;
	}

	struct acml_read_options options = {
		.origin = "example.com",
		.keep = (data[0] & 1) ? ACML_KEEP_RELEVANT : ACML_KEEP_ALL,
		.interest = &acml_lint_interest,
		.no_include = true,
	};
	struct acml_zone *zone = NULL;
	int ret = acml_zone_read_bytes(fuzz_scanner(), "fuzz.zone", (const char *)data + 1,
	                               size - 1, &options, &zone);
	if (ret != KNOT_EOK) {
		return 0;
	}

	knot_dname_storage_t www, apex;
	bool parsed = acml_name_parse("www.example.com.", www) &&
	              acml_name_parse("example.com.", apex);
	assert(parsed);
	(void)parsed;
	struct acml_wanted wanted[] = {
		{ .name = www },
		{ .name = apex, .wildcard = true },
	};
	struct acml_facts facts = {
		.now = 1795219200,      /* 2026-11-21 */
		.signing = (enum acml_signed)(data[0] / 2 % 3),
		.require_caa = (data[0] & 8) != 0,
		.wanted = wanted,
		.n_wanted = (data[0] & 16) ? 2 : 0,
	};
	struct acml_settings settings = { 0 };
	struct acml_result *result = NULL;
	if (acml_lint(zone, &facts, &settings, &result) == KNOT_EOK) {
		/* A finding outlives its zone, and every text is whole. */
		acml_zone_free(zone);
		zone = NULL;
		for (size_t i = 0; i < result->n_findings; i++) {
			const struct acml_finding *finding = &result->findings[i];
			assert(finding->rule != NULL && finding->severity != ACML_OFF);
			assert(strlen(finding->message) > 0 && finding->owner != NULL);
			assert(strchr(finding->message, '\n') == NULL);
		}
		acml_result_free(result);
	}

	acml_zone_free(zone);
	return 0;
}
