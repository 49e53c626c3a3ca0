/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Fuzz target: the plain lines against libzscanner alone, record by record. The first byte is
 * skipped, so that the seeds are those of the reader. */

#include <stdlib.h>

#include "fuzz.h"
#include "../support/plain_pair.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct acml_scanner *alone;
	if (alone == NULL) {
		alone = acml_scanner_new();
	}
	struct plain_pair pair = { .plain = fuzz_scanner(), .alone = alone };
	if (alone == NULL || (size > 0 && !pair_read(&pair, (const char *)data + 1, size - 1))) {
		abort();
	}
	return 0;
}
