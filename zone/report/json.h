/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Pieces of the JSON format that other reports share. */

#pragma once

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#include "lint/finding.h"

/* A JSON string, or null for NULL; NULL without memory. */
json_t *acml_json_string(const char *text);

/* A finding as an object; NULL without memory. */
json_t *acml_json_finding(const struct acml_finding *finding);

/* Sets a member; false without memory, which a NULL value says as well. Takes the value over. */
bool acml_json_put(json_t *object, const char *key, json_t *value);

/* Writes and releases a value. KNOT_EOK or KNOT_ENOMEM; a stream's error stays in the stream. */
int acml_json_dump(FILE *out, json_t *value);

/* A rule that was skipped, as an object; NULL without memory. */
json_t *acml_json_skip(const struct acml_skip *skip);
