/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/json.h"
#include "report/rules_doc.h"
#include "report/sarif.h"
#include "report/stream.h"

json_t *acml_sarif_text(const char *text)
{
	return json_pack("{s:o}", "text", acml_json_string(text));
}

const char *acml_sarif_level(enum acml_severity severity)
{
	return severity == ACML_ERROR ? "error" : severity == ACML_WARNING ? "warning" : "note";
}

static void plain(FILE *out, const void *subject)
{
	const struct acml_rule *rule = subject;
	fprintf(out, "%s\n\nFix: %s\n\nSources:\n", rule->why, rule->fix);
	for (size_t i = 0; rule->sources[i] != NULL; i++) {
		fprintf(out, "- %s\n", rule->sources[i]);
	}
}

static void markdown(FILE *out, const void *subject)
{
	acml_rule_markdown(out, subject);
}

/* What is written about a rule, as a string. */
static json_t *written(void (*write)(FILE *out, const void *subject), const struct acml_rule *rule)
{
	char *text = acml_stream_collect(write, rule);
	json_t *value = text != NULL ? acml_json_string(text) : NULL;
	free(text);
	return value;
}

static json_t *needs_value(const struct acml_rule *rule)
{
	json_t *list = json_array();
	const char *need;
	for (size_t i = 0; list != NULL && (need = acml_rule_need(rule, i)) != NULL; i++) {
		if (json_array_append_new(list, acml_json_string(need)) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* "problem.severity" is what GitHub's code scanning sorts by. */
static json_t *properties(const struct acml_rule *rule)
{
	static const char *const problems[] = {
		[ACML_OFF] = "recommendation", [ACML_INFO] = "recommendation",
		[ACML_WARNING] = "warning", [ACML_ERROR] = "error",
	};
	char family[8];
	snprintf(family, sizeof(family), "%.*s", (int)strcspn(rule->id, "0123456789"), rule->id);
	json_t *value = json_pack("{s:[s,s,s], s:s, s:o}", "tags", "dns", "acm", family,
	                          "problem.severity", problems[rule->severity],
	                          "needs", needs_value(rule));
	if (value != NULL && rule->severity_note != NULL &&
	    !acml_json_put(value, "severityNote", acml_json_string(rule->severity_note))) {
		json_decref(value);
		return NULL;
	}
	return value;
}

json_t *acml_sarif_rule(const struct acml_rule *rule)
{
	char link[ACML_RULE_LINK];
	return json_pack("{s:s, s:s, s:o, s:o, s:{s:o, s:o}, s:s, s:{s:s}, s:o}",
	                 "id", rule->id, "name", rule->name,
	                 "shortDescription", acml_sarif_text(rule->summary),
	                 "fullDescription", acml_sarif_text(rule->why),
	                 "help", "text", written(plain, rule),
	                 "markdown", written(markdown, rule),
	                 "helpUri", acml_rule_link(rule, link),
	                 "defaultConfiguration", "level", acml_sarif_level(rule->severity),
	                 "properties", properties(rule));
}
