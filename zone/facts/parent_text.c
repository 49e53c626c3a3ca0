/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The parent as zone text: records as they are pasted, dsset- files, whole parent zones. */

#include <string.h>

#include <libknot/descriptor.h>
#include <libknot/errcode.h>
#include <libknot/wire.h>

#include "facts/parent_build.h"
#include "model/names.h"
#include "model/origin.h"
#include "model/scanner.h"
#include "model/zone.h"

#define DS_HEADER 4     /* Key tag, algorithm, digest type. */

/* Comments are looked at in text up to this size; dig's answers are smaller. */
#define COMMENTS_MAX (1 << 20)

/* What has been seen of a document. */
struct text {
	struct acml_document *document;
	zs_scanner_t *zs;
	size_t first;                   /* The document's first statement. */
	uint64_t records;
	knot_dname_storage_t soa;       /* Owner of the first SOA. */
	bool has_soa;
	bool has_ns;                    /* NS of that owner: it is a zone and not an answer. */
	bool relative;                  /* The SOA's owner is relative to nothing. */
};

int acml_parent_record(const struct acml_document *document, const struct acml_rr *rr)
{
	struct acml_parent_build *build = document->build;
	struct acml_statement statement = { .child = rr->owner };
	if (rr->type == KNOT_RRTYPE_DS) {
		if (rr->rdlen <= DS_HEADER) {
			return acml_parent_fault(document, rr->line, 0, "a DS record without digest");
		}
		statement.kind = ACML_SAYS_DS;
		statement.ds = (struct acml_parent_ds){
			.key_tag = knot_wire_read_u16(rr->rdata),
			.algorithm = rr->rdata[2],
			.digest_type = rr->rdata[3],
			.digest = rr->rdata + DS_HEADER,
			.digest_size = (size_t)rr->rdlen - DS_HEADER,
			.ttl = rr->ttl,
			.file = document->name,
			.line = rr->line,
		};
	} else {
		if (rr->rdlen == 0 ||
		    knot_dname_wire_check(rr->rdata, rr->rdata + rr->rdlen, NULL) <= 0) {
			return acml_parent_fault(document, rr->line, 0, "an NS record without name");
		}
		statement.kind = ACML_SAYS_NS;
		statement.ns = (struct acml_parent_ns){
			.name = rr->rdata, .ttl = rr->ttl, .file = document->name, .line = rr->line,
		};
	}
	return acml_parent_say(build, &statement);
}

static int on_record(struct text *text, uint32_t line)
{
	const zs_scanner_t *zs = text->zs;
	text->records++;
	if (zs->r_type != KNOT_RRTYPE_DS && zs->r_type != KNOT_RRTYPE_NS &&
	    zs->r_type != KNOT_RRTYPE_SOA) {
		return KNOT_EOK;
	}
	knot_dname_storage_t owner;
	acml_name_lower(zs->r_owner, owner);
	if (zs->r_type == KNOT_RRTYPE_SOA) {
		if (!text->has_soa) {
			memcpy(text->soa, owner, sizeof(owner));
			text->has_soa = true;
		}
		return KNOT_EOK;
	}
	if (zs->r_type == KNOT_RRTYPE_NS && text->has_soa && acml_name_equal(owner, text->soa)) {
		text->has_ns = true;
	}
	if (!acml_parent_wants(text->document->build, owner)) {
		return KNOT_EOK;
	}
	const struct acml_rr rr = {
		.owner = owner,
		.rdata = zs->r_data,
		.ttl = zs->r_ttl,
		.line = line,
		.type = zs->r_type,
		.rdlen = (uint16_t)zs->r_data_length,
	};
	return acml_parent_record(text->document, &rr);
}

static int scan(struct text *text, const knot_dname_t *origin)
{
	const struct acml_document *document = text->document;
	zs_scanner_t *zs = text->zs;
	int ret = acml_scanner_reset(document->build->scanner, origin, 0, ".", document->bytes,
	                             document->size);
	while (ret == KNOT_EOK && zs_parse_record(zs) == 0 && zs->state != ZS_STATE_EOF) {
		uint32_t line = (uint32_t)zs->line_counter;
		switch (zs->state) {
		case ZS_STATE_DATA:
			ret = on_record(text, line);
			break;
		case ZS_STATE_INCLUDE:
			ret = acml_parent_fault(document, line, 0, "$INCLUDE is not followed here");
			break;
		case ZS_STATE_ERROR:
			ret = acml_parent_fault(document, line, 0, "%s: neither a record nor dig's "
			                        "output", zs_strerror(zs->error.code));
			break;
		default:
			return ret;
		}
		if (text->has_soa && text->soa[0] == 0 && text->relative) {
			break;
		}
	}
	return ret;
}

/* A parent zone that delegates a child without DS says that there is none. */
static int say_none(const struct text *text)
{
	struct acml_parent_build *build = text->document->build;
	size_t end = build->count;
	for (size_t i = text->first; i < end; i++) {
		const struct acml_statement *known = &build->list[i];
		if (known->kind != ACML_SAYS_NS || !acml_name_below(known->child, text->soa)) {
			continue;
		}
		struct acml_statement none = { .kind = ACML_SAYS_DS_LISTED, .child = known->child };
		int ret = acml_parent_say(build, &none);
		if (ret != KNOT_EOK) {
			return ret;
		}
	}
	return KNOT_EOK;
}

/* Scans; again with the origin of the file's name, when it turns out to be a zone file whose
 * names are relative to its own. */
static int scan_document(struct text *text)
{
	static const knot_dname_t root[] = { 0 };
	struct acml_document *document = text->document;
	struct acml_parent_build *build = document->build;
	knot_dname_storage_t named;
	bool guessed = true;
	bool found = acml_origin_find(build->scanner, document->name, document->bytes,
	                              document->size, named, &guessed);
	text->relative = found && guessed;
	int ret = scan(text, root);
	if (ret == KNOT_EOK && text->relative && text->has_soa && text->soa[0] == 0) {
		build->count = text->first;
		*text = (struct text){ .document = document, .zs = text->zs, .first = text->first };
		ret = scan(text, named);
	}
	return ret;
}

int acml_parent_text(struct acml_document *document)
{
	struct acml_parent_build *build = document->build;
	if (build->scanner == NULL) {
		build->scanner = acml_scanner_new();
		if (build->scanner == NULL) {
			return KNOT_ENOMEM;
		}
	}
	bool dig = false;
	size_t before = build->count;
	int ret = document->size < COMMENTS_MAX ? acml_parent_dig(document, &dig) : KNOT_EOK;
	struct text text = {
		.document = document, .zs = &build->scanner->zs, .first = build->count,
	};
	if (ret == KNOT_EOK) {
		ret = scan_document(&text);
	}
	if (ret == KNOT_EOK && text.records == 0 && build->count == before && !dig) {
		return acml_parent_fault(document, 0, 0, "there is no record in it; an empty answer "
		                         "of dig must keep its comments");
	}
	/* In dig's output the SOA may be that of another answer. */
	if (ret == KNOT_EOK && !dig && text.has_soa && text.has_ns) {
		ret = say_none(&text);
	}
	return ret;
}
