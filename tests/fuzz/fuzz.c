/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "model/read.h"

struct acml_scanner *fuzz_scanner(void)
{
	static struct acml_scanner *scanner;
	if (scanner == NULL) {
		scanner = acml_scanner_new();
		if (scanner == NULL) {
			abort();
		}
	}
	return scanner;
}

bool fuzz_below(const knot_dname_t *name, knot_dname_storage_t out)
{
	size_t size = knot_dname_size(name);
	if (size + 2 > KNOT_DNAME_MAXLEN) {
		return false;
	}
	out[0] = 1;
	out[1] = 'x';
	memcpy(out + 2, name, size);
	return true;
}
