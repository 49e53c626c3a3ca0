/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "lint/finding.h"

#include <stdlib.h>
#include <strings.h>

static const char *const severities[ACML_SEVERITIES] = {
	[ACML_OFF] = "off",
	[ACML_INFO] = "info",
	[ACML_WARNING] = "warning",
	[ACML_ERROR] = "error",
};

const char *acml_severity_text(enum acml_severity severity)
{
	return severities[severity];
}

bool acml_severity_parse(const char *text, enum acml_severity *out_severity)
{
	for (int i = 0; i < ACML_SEVERITIES; i++) {
		if (strcasecmp(text, severities[i]) == 0) {
			*out_severity = (enum acml_severity)i;
			return true;
		}
	}
	return false;
}

void acml_result_free(struct acml_result *result)
{
	if (result == NULL) {
		return;
	}
	acml_arena_clear(&result->arena);
	free(result->findings);
	free(result->skipped);
	free(result);
}

void acml_result_keep_new(struct acml_result *result)
{
	size_t kept = 0;
	for (size_t i = 0; i < result->n_findings; i++) {
		const struct acml_finding finding = result->findings[i];
		if (finding.is_new) {
			result->findings[kept++] = finding;
		} else if (finding.suppressed) {
			result->suppressed--;
		} else {
			result->count[finding.severity]--;
			result->known++;
		}
	}
	result->n_findings = kept;
}

bool acml_result_fails(const struct acml_result *result, enum acml_severity fail_on)
{
	if (fail_on == ACML_OFF) {
		return false;
	}
	for (int i = fail_on; i < ACML_SEVERITIES; i++) {
		if (result->count[i] > 0) {
			return true;
		}
	}
	return false;
}
