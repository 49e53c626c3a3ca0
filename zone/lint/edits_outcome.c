/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What comes behind the edits: the serial, and what was cleared by them. */

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libknot/descriptor.h>
#include <libknot/errcode.h>

#include "lint/edits_group.h"
#include "lint/tally.h"
#include "model/build.h"
#include "model/names.h"

/* RFC 1035 section 3.3.13: serial, refresh, retry, expire, minimum. */
#define SOA_NUMBERS 20

/* YYYYMMDDnn of a day; days of one month are enough to tell a date from a counter. */
static bool is_date(uint32_t serial)
{
	uint32_t day = serial / 100 % 100, month = serial / 10000 % 100, year = serial / 1000000;
	return year >= 1985 && year <= 2200 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static uint32_t date_of(int64_t now)
{
	time_t when = (time_t)now;
	struct tm tm;
	if (gmtime_r(&when, &tm) == NULL || tm.tm_year < 85 || tm.tm_year > 300) {
		return 0;
	}
	return (uint32_t)(tm.tm_year + 1900) * 1000000 + (uint32_t)(tm.tm_mon + 1) * 10000 +
	       (uint32_t)tm.tm_mday * 100;
}

uint32_t acml_serial_next(uint32_t serial, int64_t now)
{
	if (is_date(serial)) {
		uint32_t today = date_of(now);
		/* RFC 1982 section 3.2 */
		if (today != 0 && today != serial && (uint32_t)(today - serial) < (1u << 31)) {
			return today;
		}
	}
	/* Some software takes 0 for "not known". */
	return serial == UINT32_MAX ? 1 : serial + 1;
}

int acml_edits_serial(struct acml_edits *edits, int64_t now)
{
	const struct acml_zone *base = edits->base;
	struct acml_rrset soa = acml_zone_rrset(base, base->apex, KNOT_RRTYPE_SOA);
	if (soa.count != 1 || soa.rrs[0].file != 0 || soa.rrs[0].rdlen <= SOA_NUMBERS) {
		edits->serial_kept = true;
		return KNOT_EOK;
	}
	struct acml_edit edit = { .rr = soa.rrs[0], .partner = (size_t)(soa.rrs - base->rrs) };
	uint8_t *rdata = acml_arena_dup(&edits->arena, edit.rr.rdata, edit.rr.rdlen);
	if (rdata == NULL || !ACML_ROOM(edits->added, edits->n_added, edits->cap_added)) {
		return KNOT_ENOMEM;
	}
	uint8_t *at = rdata + edit.rr.rdlen - SOA_NUMBERS;
	uint32_t serial = 0;
	for (int i = 0; i < 4; i++) {
		serial = serial << 8 | at[i];
	}
	serial = acml_serial_next(serial, now);
	for (int i = 0; i < 4; i++) {
		at[i] = (uint8_t)(serial >> (24 - 8 * i));
	}
	edit.rr.rdata = rdata;
	edit.data = acml_arena_printf(&edits->arena, "%u", serial);
	if (edit.data == NULL) {
		return KNOT_ENOMEM;
	}
	edits->added[edits->n_added++] = edit;
	edits->dropped[edit.partner] = true;
	edits->n_dropped++;
	return KNOT_EOK;
}

static bool alike(const struct acml_finding *a, const struct acml_finding *b)
{
	return a->rule == b->rule && strcmp(a->owner, b->owner) == 0 &&
	       strcmp(a->type, b->type) == 0 && (a->domain == NULL) == (b->domain == NULL) &&
	       (a->domain == NULL || strcmp(a->domain, b->domain) == 0);
}

static bool counts(const struct acml_finding *finding, enum acml_severity level)
{
	return !finding->suppressed && finding->severity >= level;
}

/* What the finding is told as whose edits were refused. */
static const char *why_not(const struct acml_edit_group *groups, size_t count,
                           const struct acml_finding *finding)
{
	for (size_t i = 0; i < count; i++) {
		if (groups[i].why != NULL && alike(groups[i].finding, finding)) {
			return groups[i].why;
		}
	}
	return NULL;
}

static int list_cleared(struct acml_edits *edits, const struct acml_result *after,
                        enum acml_severity level)
{
	const struct acml_result *before = edits->before;
	struct acml_tally then = { 0 }, now = { 0 };
	/* Of equal ones, as many are cleared as are fewer now. */
	size_t *listed = acml_arena_alloc(&edits->arena,
	                                  (before->n_findings + 1) * sizeof(*listed));
	bool made = listed != NULL && acml_tally_make(before, &then) &&
	            acml_tally_make(after, &now);
	int ret = made ? KNOT_EOK : KNOT_ENOMEM;
	for (size_t i = 0; i < before->n_findings && ret == KNOT_EOK; i++) {
		const struct acml_finding *finding = &before->findings[i];
		size_t place = acml_tally_place(&then, finding);
		size_t was = acml_tally_count(&then, finding);
		size_t is = acml_tally_count(&now, finding);
		if (counts(finding, level) && is + listed[place] < was) {
			listed[place]++;
			edits->cleared[edits->n_cleared++] = finding;
		}
	}
	acml_tally_clear(&then);
	acml_tally_clear(&now);
	return ret;
}

int acml_edits_outcome(struct acml_edits *edits, const struct acml_edit_group *groups, size_t count,
                       enum acml_severity level)
{
	const struct acml_result *after = edits->result != NULL ? edits->result : edits->before;
	struct acml_arena *arena = &edits->arena;
	edits->remaining = acml_arena_alloc(arena,
	                                    after->n_findings * sizeof(*edits->remaining) + 1);
	edits->cleared = acml_arena_alloc(arena, count * sizeof(*edits->cleared) + 1);
	if (edits->remaining == NULL || edits->cleared == NULL) {
		return KNOT_ENOMEM;
	}
	for (size_t i = 0; i < after->n_findings; i++) {
		if (counts(&after->findings[i], level)) {
			edits->remaining[edits->n_remaining++] = (struct acml_remaining){
				.finding = &after->findings[i],
				.why = why_not(groups, count, &after->findings[i]),
			};
		}
	}
	return list_cleared(edits, after, level);
}

bool acml_edits_any(const struct acml_edits *edits)
{
	return edits->zone != NULL;
}

void acml_edits_free(struct acml_edits *edits)
{
	if (edits == NULL) {
		return;
	}
	acml_zone_free(edits->zone);
	acml_result_free(edits->before);
	acml_result_free(edits->result);
	for (size_t i = 0; i < edits->n_parsed; i++) {
		acml_zone_free(edits->parsed[i]);
	}
	free(edits->parsed);
	free(edits->added);
	free(edits->dropped);
	free(edits->gone);
	struct acml_arena arena = edits->arena;
	free(edits);
	acml_arena_clear(&arena);
}
