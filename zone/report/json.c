/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The JSON format: one object (contract section 1). The outer shape is written here, so that memory
 * does not grow with the report and each finding stands on a line of its own; every value
 * goes through jansson. Members are only ever added.
 */

#include <inttypes.h>
#include <stdlib.h>

#include <jansson.h>
#include <libknot/errcode.h>

#include "report/certs.h"
#include "report/escape.h"
#include "report/json.h"
#include "report/report.h"
#include "rules/rule.h"

#define DUMP_FLAGS (JSON_ENCODE_ANY | JSON_PRESERVE_ORDER)

json_t *acml_json_string(const char *text)
{
	if (text == NULL) {
		return json_null();
	}
	size_t len = 0;
	char *clean = acml_escape_utf8(text, &len);
	if (clean == NULL) {
		return NULL;
	}
	json_t *value = json_stringn(clean, len);
	free(clean);
	return value;
}

int acml_json_dump(FILE *out, json_t *value)
{
	if (value == NULL) {
		return KNOT_ENOMEM;
	}
	int ret = json_dumpf(value, out, DUMP_FLAGS);
	json_decref(value);
	return ret == 0 || ferror(out) ? KNOT_EOK : KNOT_ENOMEM;
}

static int dump_text(FILE *out, const char *text)
{
	return acml_json_dump(out, acml_json_string(text));
}

bool acml_json_put(json_t *object, const char *key, json_t *value)
{
	return value != NULL && json_object_set_new(object, key, value) == 0;
}

static json_t *fix_value(const struct acml_fix *fixes)
{
	json_t *list = json_array();
	for (const struct acml_fix *fix = fixes; fix != NULL && list != NULL; fix = fix->next) {
		json_t *edit = json_object();
		if (edit == NULL || !acml_json_put(edit, "op", acml_json_string(fix->op)) ||
		    !acml_json_put(edit, "record", acml_json_string(fix->record)) ||
		    json_array_append(list, edit) != 0) {
			json_decref(list);
			list = NULL;
		}
		json_decref(edit);
	}
	return list;
}

json_t *acml_json_finding(const struct acml_finding *finding)
{
	json_t *object = json_object();
	if (object == NULL) {
		return NULL;
	}
	const char *advice = finding->advice != NULL ? finding->advice : finding->rule->fix;
	if (acml_json_put(object, "rule", acml_json_string(finding->rule->id)) &&
	    acml_json_put(object, "name", acml_json_string(finding->rule->name)) &&
	    acml_json_put(object, "severity", acml_json_string(acml_severity_text(finding->severity))) &&
	    acml_json_put(object, "file", acml_json_string(finding->file)) &&
	    acml_json_put(object, "line", json_integer(finding->line)) &&
	    acml_json_put(object, "owner", acml_json_string(finding->owner)) &&
	    acml_json_put(object, "type", acml_json_string(finding->type)) &&
	    acml_json_put(object, "message", acml_json_string(finding->message)) &&
	    acml_json_put(object, "domain", acml_json_string(finding->domain)) &&
	    acml_json_put(object, "new", json_boolean(finding->is_new)) &&
	    acml_json_put(object, "suppressed", json_boolean(finding->suppressed)) &&
	    acml_json_put(object, "reason", acml_json_string(finding->excuse)) &&
	    acml_json_put(object, "advice", acml_json_string(advice)) &&
	    acml_json_put(object, "fix", fix_value(finding->fixes))) {
		return object;
	}
	json_decref(object);
	return NULL;
}

json_t *acml_json_skip(const struct acml_skip *skip)
{
	json_t *object = json_object();
	if (object != NULL && acml_json_put(object, "rule", acml_json_string(skip->rule->id)) &&
	    acml_json_put(object, "needs", acml_json_string(skip->needs))) {
		return object;
	}
	json_decref(object);
	return NULL;
}

static json_t *error_value(const struct acml_run_error *error)
{
	json_t *object = json_object();
	if (object != NULL && acml_json_put(object, "file", acml_json_string(error->file)) &&
	    acml_json_put(object, "line", json_integer(error->line)) &&
	    acml_json_put(object, "message", acml_json_string(error->message))) {
		return object;
	}
	json_decref(object);
	return NULL;
}

static int write_zone(FILE *out, const struct acml_run_zone *zone)
{
	int ret = KNOT_EOK;
	fputs("{\"file\": ", out);
	if ((ret = dump_text(out, zone->file)) != KNOT_EOK) {
		return ret;
	}
	fputs(", \"origin\": ", out);
	if ((ret = dump_text(out, zone->origin)) != KNOT_EOK) {
		return ret;
	}
	fprintf(out, ", \"origin_guessed\": %s, \"serial\": ",
	        zone->origin_guessed ? "true" : "false");
	if (zone->has_serial) {
		fprintf(out, "%" PRIu32, zone->serial);
	} else {
		fputs("null", out);
	}
	fprintf(out, ", \"records\": %" PRIu64 ", \"complete\": %s", zone->records,
	        zone->complete ? "true" : "false");
	if (zone->verdict != NULL) {
		fprintf(out, ", \"verdict\": \"%s\", \"module\": ", zone->verdict);
		ret = dump_text(out, zone->module);
	}
	if (ret != KNOT_EOK) {
		return ret;
	}
	fputs(",\n     \"findings\": [", out);
	for (size_t i = 0; i < zone->result->n_findings && ret == KNOT_EOK; i++) {
		fputs(i == 0 ? "\n      " : ",\n      ", out);
		ret = acml_json_dump(out, acml_json_finding(&zone->result->findings[i]));
	}
	fputs("],\n     \"skipped\": [", out);
	for (size_t i = 0; i < zone->result->n_skipped && ret == KNOT_EOK; i++) {
		fputs(i == 0 ? "" : ", ", out);
		ret = acml_json_dump(out, acml_json_skip(&zone->result->skipped[i]));
	}
	fputs("]}", out);
	return ret;
}

static int write_json(FILE *out, const struct acml_run *run, const struct acml_style *style)
{
	(void)style;
	char now[ACML_TIME_TEXT];
	fputs("{\"acmlint\": ", out);
	int ret = dump_text(out, run->version);
	fprintf(out, ", \"now\": \"%s\",\n  \"zones\": [", acml_time_text(run->now, now));
	for (size_t i = 0; i < run->n_zones && ret == KNOT_EOK; i++) {
		fputs(i == 0 ? "\n    " : ",\n    ", out);
		ret = write_zone(out, &run->zones[i]);
	}
	fputs("],\n  \"certificates\": [", out);
	for (size_t i = 0; i < run->n_certificates && ret == KNOT_EOK; i++) {
		fputs(i == 0 ? "\n    " : ",\n    ", out);
		ret = acml_json_dump(out, acml_certs_json(&run->certificates[i]));
	}
	fputs("],\n  \"errors\": [", out);
	for (size_t i = 0; i < run->n_errors && ret == KNOT_EOK; i++) {
		fputs(i == 0 ? "\n    " : ",\n    ", out);
		ret = acml_json_dump(out, error_value(&run->errors[i]));
	}
	if (ret != KNOT_EOK) {
		/* Without its end nobody takes it for whole. */
		return ret;
	}
	fprintf(out, "],\n  \"summary\": {\"zones\": %zu, \"error\": %zu, \"warning\": %zu, "
	        "\"info\": %zu, \"suppressed\": %zu, \"known\": %zu}}\n", run->n_zones,
	        run->count[ACML_ERROR], run->count[ACML_WARNING], run->count[ACML_INFO],
	        run->suppressed, run->known);
	return KNOT_EOK;
}

const struct acml_reporter acml_reporter_json = {
	.name = "json",
	.certificates = true,
	.write = write_json,
};
