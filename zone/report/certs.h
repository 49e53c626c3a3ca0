/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Reports of verdicts about certificates. */

#pragma once

#include <jansson.h>

#include "report/report.h"

/* The text format of acmlint certs; not among the formats of check. */
extern const struct acml_reporter acml_reporter_certs;

/* One element of the JSON report's "certificates"; NULL without memory. */
json_t *acml_certs_json(const struct acml_run_certificate *certificate);
