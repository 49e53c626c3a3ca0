/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/load_json.h"

#include <libknot/errcode.h>

int acml_load_json(const char *bytes, size_t size, size_t flags, json_t **out_root,
                   json_error_t *out_error)
{
	json_error_t again = { .line = 0 };
	json_t *root = json_loadb(bytes, size, flags, out_error);
	json_t *twin = json_loadb(bytes, size, flags, &again);
	int ret = KNOT_ENOMEM;
	/* The code of an error is there only when there is one. */
	if (root == NULL && twin == NULL && out_error->position == again.position &&
	    json_error_code(out_error) == json_error_code(&again) &&
	    json_error_code(&again) != json_error_out_of_memory &&
	    json_error_code(&again) != json_error_unknown) {
		ret = KNOT_EMALF;
	} else if (root != NULL && twin != NULL && json_equal(root, twin)) {
		*out_root = json_incref(root);
		ret = KNOT_EOK;
	}
	json_decref(root);
	json_decref(twin);
	return ret;
}
