/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Fuzz target: Route 53's JSON to a frozen zone. The first byte chooses the retention; the rest is
 * the JSON, or something else. */

#include <assert.h>

#include <libknot/errcode.h>

#include "fuzz.h"
#include "lint/lint.h"
#include "model/read.h"
#include "model/route53.h"

/* What a name or value becomes is one line of printable text. */
static void check_field(bool (*put)(struct acml_text *, const char *, size_t), const char *bytes,
                        size_t size)
{
	struct acml_text text = { 0 };
	(void)put(&text, bytes, size);
	for (size_t i = 0; i < text.size; i++) {
		assert(text.bytes[i] >= ' ' && text.bytes[i] < 0x7f);
	}
	acml_text_clear(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0) {
		return 0;
	}
	const char *bytes = (const char *)data + 1;
	size--;
	check_field(acml_route53_put_name, bytes, size);
	check_field(acml_route53_put_value, bytes, size);

	struct acml_read_options options = {
		.origin = (data[0] & 2) ? "example.com" : NULL,
		.keep = (data[0] & 1) ? ACML_KEEP_RELEVANT : ACML_KEEP_ALL,
		.interest = &acml_lint_interest,
		.no_include = true,
		.digest = true,
		.route53 = true,
	};
	struct acml_zone *zone = NULL;
	if (acml_zone_read_bytes(fuzz_scanner(), "fuzz.json", bytes, size, &options, &zone) !=
	    KNOT_EOK) {
		return 0;
	}
	if (zone->from_json) {
		/* Nothing in JSON is a directive or a comment. */
		assert(!zone->has_includes && zone->n_remarks == 0 && zone->n_files == 1);
		for (size_t i = 0; i < zone->n_odd; i++) {
			assert(zone->odd[i].owner != NULL);
			assert(zone->odd[i].alias != NULL || zone->odd[i].id != NULL);
		}
	}
	acml_zone_free(zone);
	return 0;
}
