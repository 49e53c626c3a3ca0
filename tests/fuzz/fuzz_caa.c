/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Fuzz target: the grammar of one CAA record (RFC 8659 section 4). */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "model/caa.h"

static void check_within(const char *part, size_t len, const uint8_t *rdata, size_t size)
{
	if (part != NULL) {
		assert((const uint8_t *)part >= rdata);
		assert((const uint8_t *)part + len <= rdata + size);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > UINT16_MAX) {
		return 0;
	}

	/* An exact copy on the heap, so that a read beyond the record is seen. */
	uint8_t *rdata = malloc(size > 0 ? size : 1);
	if (rdata == NULL) {
		return 0;
	}
	if (size > 0) {
		memcpy(rdata, data, size);
	}

	struct acml_caa caa;
	acml_caa_parse(rdata, (uint16_t)size, &caa);
	if (caa.valid) {
		assert(caa.critical == ((caa.flags & 0x80) != 0));
		assert(caa.tag_len >= 1);
		check_within(caa.tag_text, caa.tag_len, rdata, size);
		check_within(caa.value, caa.value_len, rdata, size);
		check_within(caa.domain, caa.domain_len, rdata, size);
		assert((caa.issuer == ACML_ISSUER_MALFORMED) == (caa.malformed != NULL) ||
		       (caa.tag != ACML_CAA_ISSUE && caa.tag != ACML_CAA_ISSUEWILD));
	}

	free(rdata);
	return 0;
}
