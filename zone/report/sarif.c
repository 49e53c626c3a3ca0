/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * SARIF 2.1.0 (OASIS), for code scanning: the rules, the findings with suppressions and exact
 * changes, and beside them, as properties, what SARIF has no place for: zones and certificates. The
 * outer shape is written here, like that of the JSON format.
 */

#include "report/sarif.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>

#include "report/certs.h"
#include "report/json.h"

#define SCHEMA "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/" \
               "sarif-schema-2.1.0.json"

/* A finding's number, and which of those with the same number it is. */
struct print {
	uint64_t hash;
	size_t index;
};

/* FNV-1a. The NUL belongs to it, so that fields do not run together. */
static uint64_t hash_text(uint64_t hash, const char *text)
{
	do {
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	} while (*text++ != '\0');
	return hash;
}

/* Neither lines nor wording nor the file's name: they change while the fault stays. */
static uint64_t hash_finding(const struct acml_run_zone *zone, const struct acml_finding *finding)
{
	uint64_t hash = hash_text(UINT64_C(0xcbf29ce484222325), finding->rule->id);
	hash = hash_text(hash, zone->origin);
	hash = hash_text(hash, finding->owner);
	hash = hash_text(hash, finding->type);
	return hash_text(hash, finding->domain != NULL ? finding->domain : "");
}

static int by_hash(const void *a, const void *b)
{
	const struct print *x = a, *y = b;
	if (x->hash != y->hash) {
		return x->hash < y->hash ? -1 : 1;
	}
	return x->index < y->index ? -1 : x->index > y->index;
}

/* For each finding, which of its kind it is, from 1; malloc()ed. */
static size_t *count_kinds(const struct acml_run_zone *zone)
{
	size_t n = zone->result->n_findings;
	struct print *prints = calloc(n + 1, sizeof(*prints));
	size_t *kinds = calloc(n + 1, sizeof(*kinds));
	if (prints == NULL || kinds == NULL) {
		free(prints);
		free(kinds);
		return NULL;
	}
	for (size_t i = 0; i < n; i++) {
		prints[i] = (struct print){ hash_finding(zone, &zone->result->findings[i]), i };
	}
	qsort(prints, n, sizeof(*prints), by_hash);
	for (size_t i = 0, kind = 1; i < n; i++) {
		kind = i > 0 && prints[i].hash == prints[i - 1].hash ? kind + 1 : 1;
		kinds[prints[i].index] = kind;
	}
	free(prints);
	return kinds;
}

static bool wants_remedies(const struct acml_run *run, const struct acml_run_zone *zone)
{
	for (size_t i = 0; i < zone->result->n_findings; i++) {
		if (zone->result->findings[i].fixes != NULL) {
			return run->source.read != NULL && zone->complete;
		}
	}
	return false;
}

/* *before: what separates the next result from what stands there. */
static int write_results(FILE *out, const struct acml_run *run, const struct acml_run_zone *zone,
                         const char **before)
{
	char *bytes = NULL;
	size_t size = 0;
	struct acml_remedies *remedies = NULL;
	size_t *kinds = count_kinds(zone);
	int ret = kinds != NULL ? KNOT_EOK : KNOT_ENOMEM;
	if (ret == KNOT_EOK && wants_remedies(run, zone)) {
		ret = run->source.read(run->source.context, zone->file, &bytes, &size);
		ret = ret != KNOT_EOK ? (ret == KNOT_ENOMEM ? ret : KNOT_EOK) :
		      acml_remedies_new(zone->file, zone->origin, bytes, size,
		                        run->source.no_include, &remedies);
	}
	for (size_t i = 0; i < zone->result->n_findings && ret == KNOT_EOK; i++) {
		const struct acml_finding *finding = &zone->result->findings[i];
		char print[64];
		snprintf(print, sizeof(print), "%016" PRIx64 ":%zu", hash_finding(zone, finding),
		         kinds[i]);
		fputs(*before, out);
		*before = ",\n    ";
		ret = acml_json_dump(out, acml_sarif_result(run, zone, finding, print, remedies));
	}
	acml_remedies_free(remedies);
	free(bytes);
	free(kinds);
	return ret;
}

static int write_rules(FILE *out)
{
	const struct acml_rule *rule;
	int ret = KNOT_EOK;
	for (size_t i = 0; (rule = acml_rule_at(i)) != NULL && ret == KNOT_EOK; i++) {
		fputs(i == 0 ? "\n    " : ",\n    ", out);
		ret = acml_json_dump(out, acml_sarif_rule(rule));
	}
	return ret;
}

static json_t *notification(const struct acml_run_error *error)
{
	json_t *place = json_pack("{s:o}", "artifactLocation", acml_sarif_file(error->file));
	if (place != NULL && error->line > 0 &&
	    !acml_json_put(place, "region", json_pack("{s:I}", "startLine",
	                                              (json_int_t)error->line))) {
		json_decref(place);
		place = NULL;
	}
	return json_pack("{s:s, s:o, s:[{s:o}]}", "level", "error",
	                 "message", acml_sarif_text(error->message),
	                 "locations", "physicalLocation", place);
}

static int write_invocation(FILE *out, const struct acml_run *run)
{
	bool whole = run->n_errors == 0;
	int ret = KNOT_EOK;
	for (size_t i = 0; i < run->n_zones; i++) {
		whole &= run->zones[i].complete;
	}
	fprintf(out, "  \"invocations\": [{\"executionSuccessful\": %s, "
	        "\"toolExecutionNotifications\": [", whole ? "true" : "false");
	for (size_t i = 0; i < run->n_errors && ret == KNOT_EOK; i++) {
		fputs(i == 0 ? "\n    " : ",\n    ", out);
		ret = acml_json_dump(out, notification(&run->errors[i]));
	}
	fputs("]}],\n", out);
	return ret;
}

static json_t *zone_value(const struct acml_run_zone *zone)
{
	json_t *skipped = json_array();
	for (size_t i = 0; skipped != NULL && i < zone->result->n_skipped; i++) {
		json_t *skip = acml_json_skip(&zone->result->skipped[i]);
		if (json_array_append_new(skipped, skip) != 0) {
			json_decref(skipped);
			skipped = NULL;
		}
	}
	return json_pack("{s:o, s:o, s:o, s:I, s:b, s:o}", "file", acml_json_string(zone->file),
	                 "origin", acml_json_string(zone->origin),
	                 "serial", zone->has_serial ? json_integer(zone->serial) : json_null(),
	                 "records", (json_int_t)zone->records, "complete", (int)zone->complete,
	                 "skipped", skipped);
}

static int write_properties(FILE *out, const struct acml_run *run)
{
	char now[ACML_TIME_TEXT];
	int ret = KNOT_EOK;
	fprintf(out, "  \"properties\": {\"now\": \"%s\",\n  \"zones\": [",
	        acml_time_text(run->now, now));
	for (size_t i = 0; i < run->n_zones && ret == KNOT_EOK; i++) {
		fputs(i == 0 ? "\n    " : ",\n    ", out);
		ret = acml_json_dump(out, zone_value(&run->zones[i]));
	}
	fputs("],\n  \"certificates\": [", out);
	for (size_t i = 0; i < run->n_certificates && ret == KNOT_EOK; i++) {
		fputs(i == 0 ? "\n    " : ",\n    ", out);
		ret = acml_json_dump(out, acml_certs_json(&run->certificates[i]));
	}
	return ret;
}

static int write_sarif(FILE *out, const struct acml_run *run, const struct acml_style *style)
{
	(void)style;
	fprintf(out, "{\"$schema\": \"" SCHEMA "\",\n \"version\": \"2.1.0\",\n \"runs\": [{\n"
	        "  \"tool\": {\"driver\": {\"name\": \"acmlint\", \"version\": \"%s\", "
	        "\"rules\": [", run->version);
	int ret = write_rules(out);
	fputs("]}},\n", out);
	if (ret == KNOT_EOK) {
		ret = write_invocation(out, run);
	}
	fputs("  \"columnKind\": \"utf16CodeUnits\",\n  \"results\": [", out);
	const char *before = "\n    ";
	for (size_t i = 0; i < run->n_zones && ret == KNOT_EOK; i++) {
		ret = write_results(out, run, &run->zones[i], &before);
	}
	fputs("],\n", out);
	if (ret == KNOT_EOK) {
		ret = write_properties(out, run);
	}
	if (ret == KNOT_EOK) {
		fputs("]}}]}\n", out); /* Without its end nobody takes it for whole. */
	}
	return ret;
}

const struct acml_reporter acml_reporter_sarif = {
	.name = "sarif",
	.certificates = true,
	.write = write_sarif,
};
