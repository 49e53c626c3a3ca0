/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Pieces of the JSON format that other reports share. */

#pragma once

#include <jansson.h>

#include "lint/finding.h"

/* A JSON string, or null for NULL; NULL without memory. */
json_t *acml_json_string(const char *text);

/* A finding as an object; NULL without memory. */
json_t *acml_json_finding(const struct acml_finding *finding);
