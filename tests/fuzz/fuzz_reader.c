/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Fuzz target: bytes to a frozen zone, with both retentions, and look-ups in what comes out. The
 * first byte chooses; the rest is the zone file. */

#include <libknot/descriptor.h>
#include <libknot/errcode.h>

#include "fuzz.h"
#include "lint/lint.h"
#include "model/caa.h"
#include "model/lookup.h"
#include "model/read.h"

static void ask(const struct acml_zone *zone, const knot_dname_t *name)
{
	static const uint16_t types[] = { KNOT_RRTYPE_A, KNOT_RRTYPE_CNAME, KNOT_RRTYPE_CAA };
	struct acml_answer answer;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		acml_lookup(zone, name, types[i], &answer);
	}

	struct acml_caa_set set;
	acml_caa_relevant(zone, name, &set);
	(void)acml_caa_amazon(&set, true);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0) {
		return 0;
	}

	struct acml_read_options options = {
		.origin = (data[0] & 1) ? "example.com" : NULL,
		.keep = (data[0] & 2) ? ACML_KEEP_RELEVANT : ACML_KEEP_ALL,
		.interest = &acml_lint_interest,
		.no_include = true,     /* A fuzzer must not open files by itself. */
	};
	struct acml_zone *zone = NULL;
	int ret = acml_zone_read_bytes(fuzz_scanner(), "fuzz.zone", (const char *)data + 1,
	                               size - 1, &options, &zone);
	if (ret != KNOT_EOK) {
		return 0;
	}

	/* Every name of the zone, and a name below it, which a wildcard or an alias may answer. */
	for (size_t i = 0; i < zone->n_nodes && i < 200; i++) {
		knot_dname_storage_t below;
		ask(zone, zone->nodes[i].owner);
		if (fuzz_below(zone->nodes[i].owner, below)) {
			ask(zone, below);
		}
	}

	acml_zone_free(zone);
	return 0;
}
