/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "load_watch.h"

#include <errno.h>
#include <libknot/errcode.h>
#include <string.h>
#include <syslog.h>

#include "source.h"

static bool unchanged(struct acml_gate *gate, const struct stat *st)
{
	const struct acml_record *record = &gate->entry->record;
	struct acml_identity identity;
	acml_identity_of(st, &identity);
	return gate->entry->has_record && !record->fresh &&
	       acml_identity_equal(&identity, &record->source) && acml_gate_stands_now(gate);
}

void acml_watch_mode(const struct acml_gate *gate)
{
	bool told = gate->entry->told_mode;
	gate->entry->told_mode = gate->policy.section->reject;
	if (gate->policy.section->reject && !told) {
		acml_say(&gate->host, LOG_ERR, "mode reject needs a source or, from Knot 3.5 on, "
		         "external-validation: nothing can be rejected, findings are logged only");
	}
}

bool acml_watch_wanted(struct acml_gate *gate)
{
	const struct acml_record *record = &gate->entry->record;
	struct stat st;
	if (stat(gate->published, &st) != 0) {
		/* Usual for a zone that comes from a primary server or from the journal. */
		acml_say(&gate->host, LOG_DEBUG, "file '%s' not linted: %s", gate->published,
		         strerror(errno));
		return false;
	}
	if (!unchanged(gate, &st)) {
		return true;
	}
	gate->entry->totals.unchanged++;
	if (record->verdict == ACML_TOLERATED) {
		acml_say(&gate->host, LOG_WARNING, "unchanged, mode reject would not accept serial "
		         "%u (%u errors, %u warnings, %u infos when it was read)", record->serial,
		         record->count[ACML_ERROR], record->count[ACML_WARNING],
		         record->count[ACML_INFO]);
	}
	return false;
}

void acml_watch_look(const struct acml_gate *gate, struct acml_scanner *scanner,
                     struct acml_look *out_look)
{
	struct acml_look look = { 0 };
	look.fault = acml_source_read(gate->published, ACML_SOURCE_LIMIT, &look.source);
	if (look.fault == NULL &&
	    (scanner == NULL ||
	     acml_inspect(scanner, &gate->policy, gate->zone, gate->published, look.source.bytes,
	                  look.source.size, ACML_KEEP_RELEVANT, &look.inspection) != KNOT_EOK)) {
		look.fault = "cannot be read, no memory";
	}
	acml_source_clear(&look.source);
	*out_look = look;
}

static void keep(const struct acml_gate *gate, const struct acml_look *look)
{
	struct acml_record record = {
		.verdict = look->inspection.fails ? ACML_TOLERATED : ACML_ACCEPTED,
		/* A file with includes is read every time. */
		.fresh = look->source.fresh || look->inspection.zone->has_includes,
		.settings = gate->policy.hash, .facts = gate->policy.facts,
		.serial = look->inspection.serial,
	};
	acml_identity_of(&look->source.st, &record.source);
	record.published = record.source;
	for (int i = ACML_INFO; i <= ACML_ERROR; i++) {
		record.count[i] = look->inspection.result->count[i];
	}
	acml_guard_settle(gate->guard, gate->entry, &record, -1);
}

void acml_watch_settle(const struct acml_gate *gate, const struct acml_look *look)
{
	const struct acml_inspection *inspection = &look->inspection;
	char counts[ACML_COUNTS_TEXT];
	if (look->fault != NULL) {
		acml_say(&gate->host, LOG_WARNING, "file '%s' %s, not linted", gate->published,
		         look->fault);
		return;
	}
	acml_say_findings(&gate->host, inspection);
	acml_say(&gate->host, inspection->fails ? LOG_WARNING : LOG_INFO,
	         "accepted%s, serial %u (%s)",
	         inspection->fails ? " though mode reject would not" : "", inspection->serial,
	         acml_counts_text(inspection, counts));
	keep(gate, look);
	acml_count(&gate->entry->totals, inspection, false);
}

void acml_look_clear(struct acml_look *look)
{
	acml_inspection_clear(&look->inspection);
	acml_source_clear(&look->source);
}
