/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>

#include "report/escape.h"
#include "report/json.h"
#include "report/sarif.h"

/* Appends a value to a list and gives the list back; NULL without memory. Takes both over. */
static json_t *append(json_t *list, json_t *value)
{
	if (list == NULL || json_array_append_new(list, value) != 0) {
		json_decref(list);
		return NULL;
	}
	return list;
}

/* RFC 3986 section 2.3: everything but unreserved characters is a byte in percent signs. */
static char *uri_of(const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	                            "-._~/";
	static const char digits[] = "0123456789ABCDEF";
	while (strncmp(path, "./", 2) == 0) {
		path += 2 + strspn(path + 2, "/");
	}
	char *uri = malloc(strlen("file://") + 3 * strlen(path) + 1);
	char *at = uri;
	if (uri != NULL && path[0] == '/') {
		path += strspn(path, "/") - 1;
		at = stpcpy(at, "file://");
	}
	for (; uri != NULL && *path != '\0'; path++) {
		if (strchr(plain, *path) != NULL) {
			*at++ = *path;
		} else {
			*at++ = '%';
			*at++ = digits[(unsigned char)*path >> 4];
			*at++ = digits[(unsigned char)*path & 15];
		}
	}
	if (uri != NULL) {
		*at = '\0';
	}
	return uri;
}

json_t *acml_sarif_file(const char *path)
{
	char *uri = uri_of(path);
	json_t *value = uri == NULL ? NULL : path[0] == '/' ? json_pack("{s:s}", "uri", uri) :
	                json_pack("{s:s, s:s}", "uri", uri, "uriBaseId", "%SRCROOT%");
	free(uri);
	return value;
}

/* Length of the last line in the units of UTF-16; all of it is UTF-8. */
static size_t last_length(const char *text, size_t size)
{
	const char *line = memrchr(text, '\n', size);
	size_t length = 0;
	for (line = line != NULL ? line + 1 : text; line < text + size; line++) {
		unsigned char byte = *line;
		length += (byte & 0xC0) != 0x80;
		length += byte >= 0xF0;
	}
	return length;
}

/* The lines that go. A last line without an end ends in a column. */
static json_t *deleted(const struct acml_hunk *hunk)
{
	return json_pack("{s:I, s:i, s:I, s:I}", "startLine", (json_int_t)hunk->line,
	                 "startColumn", 1,
	                 "endLine", (json_int_t)hunk->line + hunk->lines - hunk->open,
	                 "endColumn", (json_int_t)(!hunk->open ? 1 :
	                                           last_length(hunk->old, hunk->old_size) + 1));
}

/* Where bytes are not UTF-8, neither columns nor the text can be told exactly. */
static bool is_exact(const struct acml_hunk *hunks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!acml_escape_is_utf8(hunks[i].old, hunks[i].old_size) ||
		    !acml_escape_is_utf8(hunks[i].text, strlen(hunks[i].text))) {
			return false;
		}
	}
	return count > 0;
}

static json_t *changes(const char *file, const struct acml_hunk *hunks, size_t count)
{
	json_t *list = json_array();
	for (size_t i = 0; i < count && list != NULL; i++) {
		list = append(list, json_pack("{s:o, s:o}",
		              "deletedRegion", deleted(&hunks[i]),
		              "insertedContent", acml_sarif_text(hunks[i].text)));
	}
	return json_pack("[{s:o, s:o}]", "artifactLocation", acml_sarif_file(file),
	                 "replacements", list);
}

static const char *advice_of(const struct acml_finding *finding)
{
	return finding->advice != NULL ? finding->advice : finding->rule->fix;
}

/* Puts the finding's edits in, where they are exact. */
static bool put_fixes(json_t *result, const char *file, const struct acml_finding *finding,
                      struct acml_remedies *remedies)
{
	struct acml_hunk *hunks = NULL;
	size_t count = 0;
	if (remedies == NULL) {
		return true;
	}
	bool whole = acml_remedy(remedies, finding, &hunks, &count) == KNOT_EOK;
	if (whole && is_exact(hunks, count)) {
		json_t *fix = json_pack("{s:o, s:o}",
		                        "description", acml_sarif_text(advice_of(finding)),
		                        "artifactChanges", changes(file, hunks, count));
		whole = fix != NULL && acml_json_put(result, "fixes", json_pack("[o]", fix));
	}
	acml_hunks_free(hunks, count);
	return whole;
}

static json_t *locations(const struct acml_finding *finding)
{
	json_t *place = json_pack("{s:o}", "artifactLocation", acml_sarif_file(finding->file));
	if (place != NULL && finding->line > 0 &&
	    !acml_json_put(place, "region", json_pack("{s:I}", "startLine",
	                                              (json_int_t)finding->line))) {
		json_decref(place);
		return NULL;
	}
	return json_pack("[{s:o, s:[{s:o, s:s}]}]", "physicalLocation", place,
	                 "logicalLocations", "fullyQualifiedName", acml_json_string(finding->owner),
	                 "kind", "resource");
}

static json_t *suppressions(const struct acml_finding *finding)
{
	json_t *list = json_array();
	if (!finding->suppressed) {
		return list; /* Empty, not absent: it is known that there is none (section 3.27.23). */
	}
	json_t *value = json_pack("{s:s}", "kind", "inSource");
	if (value != NULL && finding->excuse != NULL &&
	    !acml_json_put(value, "justification", acml_json_string(finding->excuse))) {
		json_decref(value);
		value = NULL;
	}
	return append(list, value);
}

static json_t *message(const struct acml_finding *finding)
{
	char *text = NULL;
	const char *advice = advice_of(finding);
	if (asprintf(&text, "%s%s%s", finding->message, advice != NULL ? "\nFix: " : "",
	             advice != NULL ? advice : "") < 0) {
		return NULL;
	}
	json_t *value = acml_sarif_text(text);
	free(text);
	return value;
}

json_t *acml_sarif_result(const struct acml_run *run, const struct acml_run_zone *zone,
                          const struct acml_finding *finding, const char *print,
                          struct acml_remedies *remedies)
{
	json_t *result = json_pack("{s:s, s:I, s:s, s:o, s:o, s:{s:s}, s:o}",
	                           "ruleId", finding->rule->id,
	                           "ruleIndex", (json_int_t)acml_rule_index(finding->rule),
	                           "level", acml_sarif_level(finding->severity),
	                           "message", message(finding), "locations", locations(finding),
	                           "partialFingerprints", "acmlint/v1", print,
	                           "suppressions", suppressions(finding));
	const char *state = finding->is_new ? "new" : "unchanged";
	if (result != NULL &&
	    (!run->has_baseline || acml_json_put(result, "baselineState", json_string(state))) &&
	    put_fixes(result, zone->file, finding, remedies) &&
	    acml_json_put(result, "properties", json_pack("{s:o, s:o, s:o}",
	                  "zone", acml_json_string(zone->origin),
	                  "type", acml_json_string(finding->type),
	                  "domain", acml_json_string(finding->domain)))) {
		return result;
	}
	json_decref(result);
	return NULL;
}
