/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "lint/remedy.h"

#include <stdlib.h>

#include <libknot/errcode.h>

#include "lint/edits.h"
#include "model/read.h"

/* Records that may be read again, since every change is read back: some seconds. */
#define PATIENCE UINT64_C(4000000)

struct acml_remedies {
	const char *bytes;
	size_t size;
	struct acml_scanner *scanner;
	struct acml_zone *zone;         /* NULL: the file cannot be changed exactly. */
	uint64_t spent;
};

int acml_remedies_new(const char *file, const char *origin, const char *bytes, size_t size,
                      bool no_include, struct acml_remedies **out_remedies)
{
	struct acml_remedies *remedies = calloc(1, sizeof(*remedies));
	const struct acml_read_options options = {
		.origin = origin, .keep = ACML_KEEP_ALL, .no_include = no_include, .route53 = true,
	};
	if (remedies == NULL) {
		return KNOT_ENOMEM;
	}
	remedies->bytes = bytes;
	remedies->size = size;
	remedies->scanner = acml_scanner_new();
	int ret = remedies->scanner == NULL ? KNOT_ENOMEM :
	          acml_zone_read_bytes(remedies->scanner, file, bytes, size, &options,
	                               &remedies->zone);
	if (ret == KNOT_ENOMEM) {
		acml_remedies_free(remedies);
		return ret;
	}
	if (ret == KNOT_EOK && (!remedies->zone->complete || remedies->zone->from_json)) {
		acml_zone_free(remedies->zone);
		remedies->zone = NULL;
	}
	*out_remedies = remedies;
	return KNOT_EOK;
}

int acml_remedy(struct acml_remedies *remedies, const struct acml_finding *finding,
                struct acml_hunk **out_hunks, size_t *out_count)
{
	struct acml_edits *edits = NULL;
	*out_hunks = NULL;
	*out_count = 0;
	if (remedies->zone == NULL || finding->fixes == NULL || remedies->spent > PATIENCE) {
		return KNOT_EOK;
	}
	remedies->spent += remedies->zone->records;
	int ret = acml_edits_alone(remedies->zone, remedies->scanner, finding, &edits);
	if (ret == KNOT_EOK && acml_edits_any(edits)) {
		ret = acml_patch_hunks(edits, remedies->bytes, remedies->size, out_hunks,
		                       out_count);
	}
	acml_edits_free(edits);
	return ret == KNOT_ENOMEM ? ret : KNOT_EOK;
}

void acml_remedies_free(struct acml_remedies *remedies)
{
	if (remedies == NULL) {
		return;
	}
	acml_zone_free(remedies->zone);
	acml_scanner_free(remedies->scanner);
	free(remedies);
}
