/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/source.h"

#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>

#include "model/read.h"

#define LIMIT (64 << 20)

int acml_source_read(const char *file, const char *bytes, size_t size, char **out_bytes,
                     size_t *out_size)
{
	if (bytes == NULL) {
		return acml_slurp(file, LIMIT, out_bytes, out_size);
	}
	char *copy = malloc(size + 1);
	if (copy == NULL) {
		return KNOT_ENOMEM;
	}
	memcpy(copy, bytes, size);
	copy[size] = '\0';
	*out_bytes = copy;
	*out_size = size;
	return KNOT_EOK;
}
