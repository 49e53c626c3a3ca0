/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report/export.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <libknot/descriptor.h>
#include <libknot/errcode.h>

#include "model/dump.h"
#include "model/names.h"
#include "report/escape.h"

static int write_record(FILE *out, const struct acml_rr *rr)
{
	char owner[ACML_NAME_TEXT], type[32];
	char *data = acml_rr_data_text(rr);
	if (data == NULL) {
		return KNOT_ENOMEM;
	}
	/* libknot writes a blank behind some values. */
	size_t len = strlen(data);
	while (len > 0 && data[len - 1] == ' ') {
		data[--len] = '\0';
	}
	(void)knot_rrtype_to_string(rr->type, type, sizeof(type));
	fprintf(out, "%s %" PRIu32 " IN %s %s\n", acml_name_text(rr->owner, owner), rr->ttl, type,
	        data);
	free(data);
	return KNOT_EOK;
}

/* Whether a record is only there so that its name has the data that Route 53 answers with. */
static bool stands_in(const struct acml_zone *zone, const struct acml_rr *rr)
{
	for (size_t i = 0; i < zone->n_odd; i++) {
		const struct acml_odd_set *odd = &zone->odd[i];
		if (odd->stand_in && odd->alias != NULL && odd->type == rr->type &&
		    odd->line == rr->line && acml_name_equal(odd->owner, rr->owner)) {
			return true;
		}
	}
	return false;
}

static bool is_left_out(const struct acml_odd_set *odd)
{
	return !odd->kept || (odd->stand_in && odd->alias != NULL);
}

const char *acml_export_odd(struct acml_arena *arena, const struct acml_odd_set *odd)
{
	char owner[ACML_NAME_TEXT], type[32] = "";
	(void)knot_rrtype_to_string(odd->type, type, sizeof(type));
	return acml_arena_printf(arena, "%s %s%s%s%s%s%s", acml_name_text(odd->owner, owner), type,
	        odd->alias == NULL ? "" : odd->stand_in ? " is an alias of " :
	        " was an alias, its records copied from ", odd->alias == NULL ? "" : odd->alias,
	        odd->id == NULL ? "" : odd->alias == NULL ? " takes turns with others as " :
	        ", and takes turns with others as ", odd->id == NULL ? "" : odd->id,
	        !is_left_out(odd) ? "" : odd->alias == NULL ? ": left out" :
	        ": left out, give it addresses or a CNAME");
}

int acml_export_write(FILE *out, const struct acml_zone *zone,
                      struct acml_export_count *out_count)
{
	struct acml_export_count count = { 0 };
	struct acml_arena arena = { 0 };
	int ret = KNOT_EOK;
	for (size_t i = 0; i < zone->n_odd; i++) {
		const char *text = acml_export_odd(&arena, &zone->odd[i]);
		if (text == NULL) {
			ret = KNOT_ENOMEM;
			break;
		}
		fputs("; ", out);
		acml_escape_write(out, text);
		fputc('\n', out);
		count.left_out += is_left_out(&zone->odd[i]);
	}
	struct acml_rrset soa = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_SOA);
	if (soa.count > 0 && ret == KNOT_EOK) {
		ret = write_record(out, soa.rrs);
		count.records++;
	}
	for (size_t i = 0; i < zone->n_rrs && ret == KNOT_EOK; i++) {
		const struct acml_rr *rr = &zone->rrs[i];
		if ((soa.count == 0 || rr != soa.rrs) && !stands_in(zone, rr)) {
			ret = write_record(out, rr);
			count.records++;
		}
	}
	acml_arena_clear(&arena);
	*out_count = count;
	return ret;
}
