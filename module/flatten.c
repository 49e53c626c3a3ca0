/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "flatten.h"

#include <libknot/errcode.h>
#include <libknot/descriptor.h>
#include <libknot/rrset.h>
#include <libknot/rrset-dump.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct dump {
	FILE *file;
	char *line;
	size_t capacity;
	bool generic;           /* RFC 3597 notation for every record. */
};

/* Malformed RDATA, which the server loads all the same, has no text but the generic one. */
static int dump_text(struct dump *dump, const knot_rrset_t *rrset)
{
	knot_dump_style_t style = KNOT_DUMP_STYLE_DEFAULT;
	style.show_class = true;
	style.show_ttl = true;
	style.generic = dump->generic;
	style.now = 0;
	int ret = knot_rrset_txt_dump(rrset, &dump->line, &dump->capacity, &style);
	if (ret < 0 && ret != KNOT_ENOMEM) {
		style.generic = true;
		ret = knot_rrset_txt_dump(rrset, &dump->line, &dump->capacity, &style);
	}
	return ret < 0 ? ret : KNOT_EOK;
}

static int dump_record(struct dump *dump, const struct acml_rr *rr)
{
	knot_rrset_t rrset;
	knot_rrset_init(&rrset, (knot_dname_t *)rr->owner, rr->type, KNOT_CLASS_IN, rr->ttl);
	int ret = knot_rrset_add_rdata(&rrset, rr->rdata, rr->rdlen, NULL);
	if (ret == KNOT_EOK) {
		ret = dump_text(dump, &rrset);
	}
	knot_rdataset_clear(&rrset.rrs, NULL);
	if (ret != KNOT_EOK) {
		return ret;
	}
	return fputs(dump->line, dump->file) < 0 ? KNOT_ENOMEM : KNOT_EOK;
}

/* The SOA first, as people and some tools expect it. */
static int dump_zone(struct dump *dump, const struct acml_zone *zone)
{
	const struct acml_rrset soa = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_SOA);
	int ret = KNOT_EOK;
	for (size_t i = 0; ret == KNOT_EOK && i < soa.count; i++) {
		ret = dump_record(dump, &soa.rrs[i]);
	}
	for (size_t i = 0; ret == KNOT_EOK && i < zone->n_rrs; i++) {
		const struct acml_rr *rr = &zone->rrs[i];
		if (rr < soa.rrs || rr >= soa.rrs + soa.count) {
			ret = dump_record(dump, rr);
		}
	}
	return ret;
}

static int dump_bytes(const struct acml_zone *zone, bool generic, char **out_bytes,
                      size_t *out_size)
{
	char *bytes = NULL;
	size_t size = 0;
	struct dump dump = { .generic = generic, .capacity = 4096 };
	dump.line = malloc(dump.capacity);
	dump.file = open_memstream(&bytes, &size);
	int ret = KNOT_ENOMEM;
	if (dump.line != NULL && dump.file != NULL) {
		fprintf(dump.file, "; Zone %s made whole by acmlint from %s: do not edit\n",
		        zone->origin, zone->n_files > 1 ? "its includes" : "its source");
		ret = dump_zone(&dump, zone);
	}
	if (dump.file != NULL && fclose(dump.file) != 0) {
		ret = KNOT_ENOMEM;
	}
	free(dump.line);
	if (ret != KNOT_EOK) {
		free(bytes);
		return ret;
	}
	*out_bytes = bytes;
	*out_size = size;
	return KNOT_EOK;
}

static bool same_records(const struct acml_zone *a, const struct acml_zone *b)
{
	if (!b->complete || b->n_problems > 0 || b->n_outside > 0 || a->n_rrs != b->n_rrs) {
		return false;
	}
	for (size_t i = 0; i < a->n_rrs; i++) {
		const struct acml_rr *x = &a->rrs[i], *y = &b->rrs[i];
		if (x->type != y->type || x->ttl != y->ttl || x->rdlen != y->rdlen ||
		    !knot_dname_is_equal(x->owner, y->owner) ||
		    memcmp(x->rdata, y->rdata, x->rdlen) != 0) {
			return false;
		}
	}
	return true;
}

static int read_back(struct acml_scanner *scanner, const struct acml_zone *zone,
                     const char *bytes, size_t size)
{
	struct acml_read_options options = {
		.origin = zone->origin, .keep = ACML_KEEP_ALL, .no_include = true,
	};
	struct acml_zone *back = NULL;
	int ret = acml_zone_read_bytes(scanner, zone->files[0], bytes, size, &options, &back);
	if (ret == KNOT_EOK && !same_records(zone, back)) {
		ret = KNOT_EMALF;
	}
	acml_zone_free(back);
	return ret;
}

int acml_flatten(struct acml_scanner *scanner, const struct acml_zone *zone, char **out_bytes,
                 size_t *out_size)
{
	char *bytes = NULL;
	size_t size = 0;
	int ret = KNOT_EMALF;
	/* Some record types have a text form that not every version reads back as it was. */
	for (int generic = 0; ret == KNOT_EMALF && generic <= 1; generic++) {
		free(bytes);
		bytes = NULL;
		ret = dump_bytes(zone, generic, &bytes, &size);
		if (ret == KNOT_EOK) {
			ret = read_back(scanner, zone, bytes, size);
		}
	}
	if (ret != KNOT_EOK) {
		free(bytes);
		return ret;
	}
	*out_bytes = bytes;
	*out_size = size;
	return KNOT_EOK;
}
