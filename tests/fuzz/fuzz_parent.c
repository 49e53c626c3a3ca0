/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Fuzz target: what the parent publishes, in all its forms. The first byte chooses whether the zone
 * is said and whether only some zones matter. */

#include <assert.h>
#include <string.h>

#include <libknot/errcode.h>

#include "facts/parent.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const knot_dname_t *const wanted[] = {
		(const knot_dname_t *)"\x07""example\x03""com",
		(const knot_dname_t *)"\x03""sub\x07""example\x03""com",
	};
	if (size == 0) {
		return 0;
	}
	const struct acml_parent_options options = {
		.wanted = (data[0] & 1) ? wanted : NULL,
		.n_wanted = 2,
		.for_zone = (data[0] & 2) ? wanted[0] : NULL,
	};
	struct acml_parent *parent = NULL;
	struct acml_fault fault;
	int ret = acml_parent_parse("parent", (const char *)data + 1, size - 1, &options, &parent,
	                            &fault);
	if (ret != KNOT_EOK) {
		assert(parent == NULL && (ret != KNOT_EMALF || fault.message[0] != '\0'));
		return 0;
	}
	for (size_t i = 0; i < parent->n_children; i++) {
		const struct acml_child *child = &parent->children[i];
		assert(acml_parent_child(parent, child->apex) == child);
		assert(child->ds_known || child->n_ds == 0);
		for (size_t j = 0; j < child->n_ds; j++) {
			assert(child->ds[j].digest_size > 0 && child->ds[j].file != NULL);
		}
	}
	acml_parent_free(parent);
	return 0;
}
