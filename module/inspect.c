/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "inspect.h"

#include <libknot/errcode.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "facts/inventory.h"
#include "model/names.h"
#include "rules/rule.h"

#define MAX_LINES 20

/* What knotd has room for, its own prefix aside. */
#define LINE_SIZE 448

static uint64_t microseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000000) + now.tv_nsec / 1000;
}

void acml_section_release(struct acml_section *section)
{
	if (section != NULL && --section->refs == 0) {
		struct acml_arena arena = section->arena;
		for (int i = 0; i < ACML_GIVENS; i++) {
			acml_given_release(section->given[i]);
		}
		free(section);
		acml_arena_clear(&arena);
	}
}

void acml_policy_suppose(struct acml_policy *policy)
{
	policy->facts = ACML_HASH;
	policy->lacks = false;
	for (int i = 0; i < ACML_GIVENS; i++) {
		uint64_t stamp = acml_given_stamp(policy->section->given[i]);
		policy->facts = acml_hash(policy->facts, &stamp, sizeof(stamp));
		policy->lacks |= stamp == 0;
	}
}

void acml_policy_know(struct acml_policy *policy, const struct acml_host *host)
{
	for (int i = 0; i < ACML_GIVENS; i++) {
		acml_given_read(policy->section->given[i], host);
		policy->known[i] = acml_given_known(policy->section->given[i]);
	}
	policy->knows = true;
	acml_policy_suppose(policy);
}

void acml_policy_hold(const struct acml_policy *policy)
{
	for (int i = 0; i < ACML_GIVENS; i++) {
		if (policy->known[i] != NULL) {
			policy->known[i]->refs++;
		}
	}
}

void acml_policy_release(const struct acml_policy *policy)
{
	for (int i = 0; i < ACML_GIVENS; i++) {
		acml_known_release(policy->known[i]);
	}
}

static const struct acml_inventory *inventory_of(const struct acml_policy *policy)
{
	const struct acml_known *known = policy->known[ACML_GIVEN_INVENTORY];
	return known != NULL ? known->inventory : NULL;
}

static const struct acml_parent *parent_of(const struct acml_policy *policy)
{
	const struct acml_known *known = policy->known[ACML_GIVEN_PARENT];
	return known != NULL ? known->parent : NULL;
}

int acml_inspect_read(struct acml_scanner *scanner, const struct acml_policy *policy,
                      const knot_dname_t *apex, const char *name, const char *bytes, size_t size,
                      enum acml_retention keep, struct acml_zone **out_zone)
{
	char origin[ACML_NAME_TEXT];
	const struct acml_inventory *inventory = inventory_of(policy);
	struct acml_read_options options = {
		.origin = acml_name_text(apex, origin), .keep = keep,
		.interest = &acml_lint_interest,
		.names = policy->section->names, .n_names = policy->section->n_wanted,
	};
	if (inventory != NULL) {
		options.sorted_names = inventory->names;
		options.n_sorted_names = inventory->n_names;
		options.mail_names = inventory->mail_names;
		options.n_mail_names = inventory->n_mail_names;
	}
	return acml_zone_read_bytes(scanner, name, bytes, size, &options, out_zone);
}

int acml_inspect_lint(const struct acml_policy *policy, const struct acml_zone *zone,
                      struct acml_result **out_result)
{
	const struct acml_section *section = policy->section;
	struct acml_facts facts = {
		.now = time(NULL), .signing = policy->signing, .require_caa = section->require_caa,
		.wanted = section->wanted, .n_wanted = section->n_wanted,
		.inventory = inventory_of(policy),
		.inventory_complete = section->inventory_complete, .parent = parent_of(policy),
		.kin = policy->above, .baseline = policy->baseline,
	};
	return acml_lint(zone, &facts, &section->settings, out_result);
}

int acml_inspect(struct acml_scanner *scanner, const struct acml_policy *policy,
                 const knot_dname_t *zone, const char *name, const char *bytes, size_t size,
                 enum acml_retention keep, struct acml_inspection *out)
{
	struct acml_inspection inspection = { 0 };
	uint64_t start = microseconds();
	int ret = acml_inspect_read(scanner, policy, zone, name, bytes, size, keep,
	                            &inspection.zone);
	if (ret == KNOT_EOK) {
		ret = acml_inspect_lint(policy, inspection.zone, &inspection.result);
	}
	if (ret != KNOT_EOK) {
		acml_inspection_clear(&inspection);
		return ret;
	}
	inspection.fails = acml_result_fails(inspection.result, policy->section->fail_on);
	inspection.loadable = keep == ACML_KEEP_ALL &&
	                      acml_zone_loadable(inspection.zone, &policy->server,
	                                         &inspection.obstacle);
	(void)acml_zone_serial(inspection.zone, &inspection.serial);
	inspection.microseconds = microseconds() - start;
	*out = inspection;
	return KNOT_EOK;
}

int acml_inspect_alone(const struct acml_policy *policy, const struct acml_inspection *inspection,
                       bool *out_fails)
{
	struct acml_policy alone = *policy;
	struct acml_result *result = NULL;
	for (int i = 0; i < ACML_GIVENS; i++) {
		alone.known[i] = NULL;
	}
	int ret = acml_inspect_lint(&alone, inspection->zone, &result);
	if (ret == KNOT_EOK) {
		*out_fails = acml_result_fails(result, policy->section->fail_on);
	}
	acml_result_free(result);
	return ret;
}

void acml_inspection_clear(struct acml_inspection *inspection)
{
	acml_result_free(inspection->result);
	acml_zone_free(inspection->zone);
	inspection->result = NULL;
	inspection->zone = NULL;
}

void acml_say(const struct acml_host *host, int priority, const char *format, ...)
{
	char line[LINE_SIZE];
	va_list args;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	for (char *c = line; *c != '\0'; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f) {
			*c = '?';
		}
	}
	host->say(host->ctx, priority, line);
}

static int priority_of(enum acml_severity severity)
{
	return severity == ACML_ERROR ? LOG_ERR : severity == ACML_WARNING ? LOG_WARNING : LOG_INFO;
}

static const char *base_name(const char *path)
{
	const char *slash = path != NULL ? strrchr(path, '/') : NULL;
	return slash != NULL ? slash + 1 : path != NULL ? path : "";
}

/* The rule first: knotd cuts long lines off. */
static void say_finding(const struct acml_host *host, const struct acml_finding *finding)
{
	char line[16] = "";
	if (finding->line > 0) {
		snprintf(line, sizeof(line), ":%u", finding->line);
	}
	acml_say(host, priority_of(finding->severity), "%s %s, %s%s, %s", finding->rule->id,
	         finding->rule->name, base_name(finding->file), line, finding->message);
}

/* The gravest first, so that the cut takes the lightest. */
void acml_say_findings(const struct acml_host *host, const struct acml_inspection *inspection)
{
	const struct acml_result *result = inspection->result;
	size_t said = 0, total = 0;
	for (int severity = ACML_ERROR; severity >= ACML_INFO; severity--) {
		for (size_t i = 0; i < result->n_findings; i++) {
			const struct acml_finding *finding = &result->findings[i];
			if (finding->suppressed || (int)finding->severity != severity) {
				continue;
			}
			if (total++ < MAX_LINES) {
				say_finding(host, finding);
				said++;
			}
		}
	}
	if (total > said) {
		acml_say(host, LOG_WARNING, "%zu more findings, all of them by: acmlint check",
		         total - said);
	}
}

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

const char *acml_counts_text(const struct acml_inspection *inspection,
                             char buffer[ACML_COUNTS_TEXT])
{
	const size_t *count = inspection->result->count;
	unsigned long long records = inspection->zone->records;
	snprintf(buffer, ACML_COUNTS_TEXT,
	         "%llu record%s, %zu error%s, %zu warning%s, %zu info%s, %.1f ms",
	         records, plural(records), count[ACML_ERROR], plural(count[ACML_ERROR]),
	         count[ACML_WARNING], plural(count[ACML_WARNING]),
	         count[ACML_INFO], plural(count[ACML_INFO]), inspection->microseconds / 1000.0);
	return buffer;
}

void acml_totals_add(struct acml_totals *totals, const struct acml_totals *more)
{
	totals->linted += more->linted;
	totals->accepted += more->accepted;
	totals->rejected += more->rejected;
	totals->unchanged += more->unchanged;
	for (int severity = ACML_INFO; severity <= ACML_ERROR; severity++) {
		totals->findings[severity] += more->findings[severity];
	}
	totals->microseconds += more->microseconds;
}

void acml_count(struct acml_totals *totals, const struct acml_inspection *inspection,
                bool rejected)
{
	totals->linted++;
	totals->accepted += !rejected;
	totals->rejected += rejected;
	for (int severity = ACML_INFO; severity <= ACML_ERROR; severity++) {
		totals->findings[severity] += inspection->result->count[severity];
	}
	totals->microseconds += inspection->microseconds;
}
