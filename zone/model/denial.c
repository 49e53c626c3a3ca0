/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * ACML_KEEP_RELEVANT: the NSEC and NSEC3 records that prove that a name is not there stand at
 * other names, before it in canonical order or in the order of hashes. While scanning, 8 bytes
 * remain of each NSEC and 16 of each NSEC3; at the end the owners that matter are found.
 */

#include <stdlib.h>
#include <string.h>

#include <libknot/descriptor.h>
#include <libknot/errcode.h>
#include <libknot/wire.h>

#include "model/crypto.h"
#include "model/names.h"
#include "model/reader.h"

/* Of the 32 digits of a hash in base32, so many fill a key. */
#define HASH_TEXT 32
#define KEY_DIGITS 12

/* RFC 9276 section 3.2: validators do not count further, so nobody needs the proof. */
#define ITERATIONS_MOST 150

/* A binary search reads this many owners; from a count of names on, reading all is cheaper. */
#define SEARCH_COST 24

/* The first 60 bits of a hash. False: no base32. */
static bool key_of(const uint8_t *owner, uint64_t *out)
{
	uint64_t key = 0;
	if (owner[0] != HASH_TEXT) {
		return false;
	}
	for (size_t i = 1; i <= KEY_DIGITS; i++) {
		uint8_t c = owner[i];
		unsigned value = c >= '0' && c <= '9' ? c - '0' :
		                 c >= 'a' && c <= 'v' ? c - 'a' + 10 :
		                 c >= 'A' && c <= 'V' ? c - 'A' + 10 : 32;
		if (value > 31) {
			return false;
		}
		key = key << 5 | value;
	}
	*out = key;
	return true;
}

int acml_denial_note(struct acml_reader *reader, const zs_scanner_t *zs)
{
	const struct acml_mark_block *last = reader->last_marks;
	if (last == NULL) {
		return KNOT_EOK;
	}
	/* The current run's mark is the last one. */
	uint64_t where = last->marks[last->count - 1].where;
	if (zs->r_type == KNOT_RRTYPE_NSEC) {
		if (!ACML_ROOM(reader->nsecs, reader->n_nsecs, reader->cap_nsecs)) {
			return KNOT_ENOMEM;
		}
		reader->nsecs[reader->n_nsecs++] = where;
		return KNOT_EOK;
	}
	uint64_t key;
	if (!key_of(zs->r_owner, &key)) {
		return KNOT_EOK;
	}
	if (!ACML_ROOM(reader->nsec3s, reader->n_nsec3s, reader->cap_nsec3s)) {
		return KNOT_ENOMEM;
	}
	reader->nsec3s[reader->n_nsec3s++] = (struct acml_run_mark){ .hash = key, .where = where };
	return KNOT_EOK;
}

/* A name that is to be denied, and the owner that is nearest before it so far. */
struct search {
	struct acml_reader *reader;
	const knot_dname_t **names;     /* In canonical order. */
	size_t count;
	knot_dname_storage_t *best;     /* By name; length 0 of nothing: see found. */
	bool *found;
};

/* Reads the owner of the run at a mark; and the next name of its NSEC, where it has one. */
static int read_owner(struct acml_reader *reader, uint64_t where, knot_dname_storage_t out_owner,
                      knot_dname_storage_t out_next)
{
	uint16_t file = (uint16_t)(where >> 48);
	uint64_t offset = (where & ((UINT64_C(1) << 48) - 1)) >> 2;
	const struct acml_source *source = &reader->sources[file];
	const struct acml_context *context = acml_relevant_find_context(reader, file, offset);
	zs_scanner_t *zs = &reader->scanner->zs;
	int ret = acml_scanner_reset(reader->scanner, context->origin, context->ttl, ".",
	                             source->bytes + offset, source->size - offset);
	acml_scanner_expect_plain(reader->scanner, source->lines_end);
	bool first = true;
	out_owner[0] = out_next[0] = 0;
	while (ret == KNOT_EOK && acml_scanner_next(reader->scanner) == 0 &&
	       zs->state == ZS_STATE_DATA) {
		knot_dname_storage_t owner;
		acml_name_lower(zs->r_owner, owner);
		if (first) {
			acml_name_copy(owner, out_owner);
		} else if (!acml_name_equal(owner, out_owner)) {
			break;
		}
		first = false;
		if (zs->r_type == KNOT_RRTYPE_NSEC3) {
			break;
		} else if (zs->r_type == KNOT_RRTYPE_NSEC) {
			const uint8_t *end = zs->r_data + zs->r_data_length;
			if (knot_dname_wire_check(zs->r_data, end, NULL) > 0) {
				acml_name_lower(zs->r_data, out_next);
			}
			break;
		}
	}
	return ret;
}

/* By bisection: right where the file is in canonical order, as signers write it. *out_sure: the
 * record covers the name, so that it is the one. */
static int bisect(struct search *search, const knot_dname_t *name, knot_dname_storage_t out,
                  bool *out_sure)
{
	struct acml_reader *reader = search->reader;
	knot_dname_storage_t owner, next;
	size_t low = 0, high = reader->n_nsecs;
	*out_sure = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int ret = read_owner(reader, reader->nsecs[middle], owner, next);
		if (ret != KNOT_EOK) {
			return ret;
		}
		bool last = acml_name_equal(next, reader->zone->apex);
		int order = knot_dname_cmp(owner, name);
		if (order <= 0 && (last || knot_dname_cmp(name, next) < 0)) {
			acml_name_copy(owner, out);
			*out_sure = true;
			return KNOT_EOK;
		} else if (order <= 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return KNOT_EOK;
}

/* The first name that does not sort before an owner. */
static size_t first_behind(const struct search *search, const knot_dname_t *owner)
{
	size_t low = 0, high = search->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (knot_dname_cmp(search->names[middle], owner) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

static void better(struct search *search, size_t i, const knot_dname_t *owner)
{
	if (i < search->count &&
	    (!search->found[i] || knot_dname_cmp(search->best[i], owner) < 0)) {
		acml_name_copy(owner, search->best[i]);
		search->found[i] = true;
	}
}

/* Reads every owner: for files in any order, and for chains with gaps. */
static int read_all(struct search *search)
{
	struct acml_reader *reader = search->reader;
	knot_dname_storage_t owner, next;
	memset(search->found, 0, search->count * sizeof(*search->found));
	for (size_t i = 0; i < reader->n_nsecs; i++) {
		int ret = read_owner(reader, reader->nsecs[i], owner, next);
		if (ret != KNOT_EOK) {
			return ret;
		}
		better(search, first_behind(search, owner), owner);
	}
	for (size_t i = 1; i < search->count; i++) {
		if (search->found[i - 1]) {
			better(search, i, search->best[i - 1]);
		}
	}
	return KNOT_EOK;
}

static int search_nsec(struct search *search)
{
	bool sure = search->count * SEARCH_COST < search->reader->n_nsecs;
	for (size_t i = 0; sure && i < search->count; i++) {
		int ret = bisect(search, search->names[i], search->best[i], &sure);
		if (ret != KNOT_EOK) {
			return ret;
		}
		search->found[i] = sure;
	}
	return sure ? KNOT_EOK : read_all(search);
}

static int name_compare(const void *a, const void *b)
{
	const knot_dname_t *const *x = a, *const *y = b;
	return knot_dname_cmp(*x, *y);
}

static int find_nsec(struct acml_reader *reader, const knot_dname_t **names, size_t count,
                     acml_denial_found found, void *context)
{
	struct search search = {
		.reader = reader,
		.names = names,
		.count = count,
		.best = malloc((count + 1) * sizeof(*search.best)),
		.found = calloc(count + 1, sizeof(*search.found)),
	};
	int ret = search.best == NULL || search.found == NULL ? KNOT_ENOMEM : KNOT_EOK;
	if (ret == KNOT_EOK) {
		qsort(names, count, sizeof(*names), name_compare);
		ret = search_nsec(&search);
	}
	for (size_t i = 0; ret == KNOT_EOK && i < count; i++) {
		if (search.found[i]) {
			ret = found(context, search.best[i]);
		}
	}
	free(search.best);
	free(search.found);
	return ret;
}

/* A hash that is looked for, and the mark that is nearest at or before it. */
struct hashed {
	uint64_t key;
	const struct acml_run_mark *best;
};

static int hashed_compare(const void *a, const void *b)
{
	const struct hashed *x = a, *y = b;
	return x->key < y->key ? -1 : x->key > y->key;
}

static size_t first_key(const struct hashed *list, size_t count, uint64_t key)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (list[middle].key < key) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

/* The mark nearest before each key; before the first one is the last one. */
static void match_marks(const struct acml_reader *reader, struct hashed *list, size_t count)
{
	const struct acml_run_mark *last = NULL;
	for (size_t i = 0; i < reader->n_nsec3s; i++) {
		const struct acml_run_mark *mark = &reader->nsec3s[i];
		size_t at = first_key(list, count, mark->hash);
		if (at < count && (list[at].best == NULL || list[at].best->hash < mark->hash)) {
			list[at].best = mark;
		}
		if (last == NULL || last->hash < mark->hash) {
			last = mark;
		}
	}
	for (size_t i = 0; i < count; i++) {
		const struct acml_run_mark *before = i > 0 ? list[i - 1].best : last;
		if (list[i].best == NULL) {
			list[i].best = before;
		}
	}
}

static int find_nsec3(struct acml_reader *reader, const struct acml_rr *param,
                      const knot_dname_t **names, size_t count, acml_denial_found found,
                      void *context)
{
	struct hashed *list = calloc(count + 1, sizeof(*list));
	size_t n = 0;
	if (list == NULL) {
		return KNOT_ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		uint8_t hash[ACML_NSEC3_HASH];
		if (acml_crypto_nsec3(names[i], param->rdata, param->rdlen, hash)) {
			list[n++].key = knot_wire_read_u64(hash) >> 4;
		}
	}
	qsort(list, n, sizeof(*list), hashed_compare);
	match_marks(reader, list, n);
	int ret = KNOT_EOK;
	for (size_t i = 0; ret == KNOT_EOK && i < n; i++) {
		knot_dname_storage_t owner, next;
		if (list[i].best == NULL || (i > 0 && list[i].best == list[i - 1].best)) {
			continue;
		}
		ret = read_owner(reader, list[i].best->where, owner, next);
		if (ret == KNOT_EOK && acml_name_within(owner, reader->zone->apex)) {
			ret = found(context, owner);
		}
	}
	free(list);
	return ret;
}

int acml_denial_find(struct acml_reader *reader, const knot_dname_t **names, size_t count,
                     acml_denial_found found, void *context)
{
	const struct acml_zone *zone = reader->zone;
	struct acml_rrset set = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_NSEC3PARAM);
	const struct acml_rr *param = set.count > 0 && set.rrs->rdlen >= 5 ? set.rrs : NULL;
	if (count == 0) {
		return KNOT_EOK;
	} else if (param == NULL) {
		return reader->n_nsecs == 0 ? KNOT_EOK :
		       find_nsec(reader, names, count, found, context);
	} else if (reader->n_nsec3s == 0 ||
	           knot_wire_read_u16(param->rdata + 2) > ITERATIONS_MOST) {
		return KNOT_EOK;
	}
	return find_nsec3(reader, param, names, count, found, context);
}
