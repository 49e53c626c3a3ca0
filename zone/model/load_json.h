/* SPDX-License-Identifier: GPL-2.0-or-later */

/* JSON from bytes, with the certainty that memory did not run out. */

#pragma once

#include <jansson.h>
#include <stddef.h>

/*
 * jansson (2.14) leaves a byte out of a string that it has no memory for, or takes it for wrong. So
 * every document is read twice: both times the same counts. flags: jansson's. KNOT_EOK, and with
 * JSON_DISABLE_EOF_CHECK the error's position is behind the document; KNOT_EMALF: error tells;
 * KNOT_ENOMEM.
 */
int acml_load_json(const char *bytes, size_t size, size_t flags, json_t **out_root,
                   json_error_t *out_error);
