/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Pieces of the SARIF format (OASIS, version 2.1.0). All values are NULL without memory. */

#pragma once

#include <jansson.h>

#include "lint/remedy.h"
#include "report/report.h"
#include "rules/rule.h"

/* What the tool says of a rule (SARIF section 3.49). */
json_t *acml_sarif_rule(const struct acml_rule *rule);

/* "error", "warning", "note". */
const char *acml_sarif_level(enum acml_severity severity);

/* Where a file is (section 3.4): a path as a URI, relative ones to the root of the sources. */
json_t *acml_sarif_file(const char *path);

/* A finding (section 3.27). print: what makes it the same one in another version of the zone. */
json_t *acml_sarif_result(const struct acml_run *run, const struct acml_run_zone *zone,
                          const struct acml_finding *finding, const char *print,
                          struct acml_remedies *remedies);

/* {"text": …} */
json_t *acml_sarif_text(const char *text);
