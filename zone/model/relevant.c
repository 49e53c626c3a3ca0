/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * ACML_KEEP_RELEVANT: most records of a large zone decide nothing.
 *
 * While the file is scanned only the records that rules ask for are kept. Of everything else 16
 * bytes remain for each run of one owner: a hash of the name and where its text is; names above
 * it are marked too, so that empty non-terminals are known. At the end the names that rules will
 * look up are known as well (of kept records, their ancestors, the wildcards there), one pass over
 * the marks finds where they are, and their text is read again. Looking them up may lead through
 * aliases to further names, which are settled in the next round.
 */

#include <stdlib.h>
#include <string.h>

#include <libknot/descriptor.h>
#include <libknot/errcode.h>

#include "model/lookup.h"
#include "model/names.h"
#include "model/reader.h"

/* A chain has at most ACML_MAX_CHAIN aliases, so rounds are few; this only bounds a mistake. */
#define MAX_ROUNDS	64

/* A name that rules may look up. */
struct want {
	uint64_t hash;
	const knot_dname_t *name;
	bool climbed;           /* Its ancestors and the wildcards beside them are wanted too. */
	bool queried;           /* Its aliases are followed. */
	bool seen[3];           /* By mark kind: the owner's records, one record below it. */
};

struct settle {
	struct acml_reader *reader;
	struct want *wants;
	size_t n_wants, cap_wants;
	size_t fresh;           /* Wants before this one are settled. */
	uint32_t *table;        /* Open addressing over wants: index + 1, 0 is free. */
	size_t mask;
	const knot_dname_t **queries;   /* Names whose aliases are followed. */
	size_t n_queries, cap_queries;
};

/* The wants of a hash, one after the other: *probe starts at the hash and is kept for the next. */
static struct want *next_want(const struct settle *settle, uint64_t hash, size_t *probe)
{
	for (size_t i = *probe & settle->mask; settle->table[i] != 0; i = (i + 1) & settle->mask) {
		struct want *want = &settle->wants[settle->table[i] - 1];
		if (want->hash == hash) {
			*probe = i + 1;
			return want;
		}
	}
	return NULL;
}

static struct want *find_want(const struct settle *settle, uint64_t hash, const knot_dname_t *name)
{
	size_t probe = hash;
	struct want *want;
	while ((want = next_want(settle, hash, &probe)) != NULL) {
		if (acml_name_equal(want->name, name)) {
			break;
		}
	}
	return want;
}

static void table_put(struct settle *settle, size_t index)
{
	size_t i = settle->wants[index].hash & settle->mask;
	while (settle->table[i] != 0) {
		i = (i + 1) & settle->mask;
	}
	settle->table[i] = (uint32_t)index + 1;
}

static int table_grow(struct settle *settle)
{
	size_t size = settle->table == NULL ? 256 : (settle->mask + 1) * 2;
	uint32_t *table = calloc(size, sizeof(*table));
	if (table == NULL) {
		return KNOT_ENOMEM;
	}
	free(settle->table);
	settle->table = table;
	settle->mask = size - 1;
	for (size_t i = 0; i < settle->n_wants; i++) {
		table_put(settle, i);
	}
	return KNOT_EOK;
}

/* Wants a name of the zone. out_index: its place in wants. */
static int add_want(struct settle *settle, const knot_dname_t *name, size_t *out_index)
{
	if ((settle->table == NULL || settle->n_wants * 4 > settle->mask) &&
	    table_grow(settle) != KNOT_EOK) {
		return KNOT_ENOMEM;
	}
	uint64_t hash = acml_mark_hash(settle->reader, name);
	const struct want *known = find_want(settle, hash, name);
	if (known != NULL) {
		*out_index = (size_t)(known - settle->wants);
		return KNOT_EOK;
	}
	const knot_dname_t *copy = acml_name_dup(&settle->reader->zone->arena, name);
	if (copy == NULL || !ACML_ROOM(settle->wants, settle->n_wants, settle->cap_wants)) {
		return KNOT_ENOMEM;
	}
	*out_index = settle->n_wants;
	settle->wants[settle->n_wants++] = (struct want){ .hash = hash, .name = copy };
	table_put(settle, *out_index);
	return KNOT_EOK;
}

/* One name and the wildcard beside what is below it. *out_new: there is something new about it. */
static int add_name(struct settle *settle, const knot_dname_t *name, bool look_up, bool *out_new)
{
	size_t index, sibling;
	knot_dname_storage_t wildcard;
	int ret = add_want(settle, name, &index);
	if (ret == KNOT_EOK && acml_name_wildcard_of(name, wildcard)) {
		ret = add_want(settle, wildcard, &sibling);
	}
	if (ret != KNOT_EOK) {
		return ret;
	}
	struct want *want = &settle->wants[index];
	*out_new = !want->climbed || (look_up && !want->queried);
	if (look_up && !want->queried) {
		if (!ACML_ROOM(settle->queries, settle->n_queries, settle->cap_queries)) {
			return KNOT_ENOMEM;
		}
		settle->queries[settle->n_queries++] = want->name;
	}
	want->climbed = true;
	want->queried |= look_up;
	return KNOT_EOK;
}

/* A name that look-ups will meet, with all its ancestors; look_up: rules ask for them themselves.
 * Names outside the zone are left alone. */
static int query(struct settle *settle, const knot_dname_t *name, bool look_up)
{
	const knot_dname_t *apex = settle->reader->zone->apex;
	if (!acml_name_within(name, apex)) {
		return KNOT_EOK;
	}
	bool is_new;
	int ret;
	do {
		ret = add_name(settle, name, look_up, &is_new);
		if (acml_name_equal(name, apex)) {
			break;
		}
		name = acml_name_parent(name);
	} while (ret == KNOT_EOK && is_new);
	return ret;
}

/* Newlines between two places, sixteen bytes at once: lines are too short for memchr(). */
static uint32_t count_lines(const char *from, const char *to)
{
	typedef uint8_t block __attribute__((vector_size(16)));
	uint32_t lines = 0;
	while (to - from >= (ptrdiff_t)sizeof(block)) {
		block bytes, count = { 0 };
		for (unsigned i = 0; i < UINT8_MAX && to - from >= (ptrdiff_t)sizeof(block); i++) {
			memcpy(&bytes, from, sizeof(bytes));
			count -= (block)(bytes == '\n');
			from += sizeof(block);
		}
		for (unsigned i = 0; i < sizeof(block); i++) {
			lines += count[i];
		}
	}
	while (from < to) {
		lines += *from++ == '\n';
	}
	return lines;
}

static uint32_t line_at(const struct acml_source *source, const struct acml_context *context,
                        uint64_t offset)
{
	return context->line + count_lines(source->bytes + context->offset, source->bytes + offset);
}

/* Whether the records that begin at a mark are those that are wanted, not of a name with the
 * same hash. */
static bool is_wanted(const struct want *want, const zs_scanner_t *zs, enum acml_mark_kind kind)
{
	knot_dname_storage_t owner;
	acml_name_lower(zs->r_owner, owner);
	return kind == ACML_MARK_OWNER ? acml_name_equal(owner, want->name) :
	       acml_name_below(owner, want->name);
}

/* A scanner set to read a run again. */
struct rerun {
	struct acml_reader *reader;
	struct want *want;
	enum acml_mark_kind kind;
	uint16_t file;
	const char *bytes;
	size_t size;
	struct acml_place place;
	uint8_t first[KNOT_DNAME_MAXLEN];   /* The run's owner as written. */
	const knot_dname_t *owner;          /* The same in the arena; NULL before the first record. */
};

/* Whether the scanner's record belongs to the run. */
static bool same_run(struct rerun *rerun, const zs_scanner_t *zs)
{
	if (rerun->owner == NULL) {
		memcpy(rerun->first, zs->r_owner, zs->r_owner_length);
		return is_wanted(rerun->want, zs, rerun->kind);
	}
	return acml_name_size(rerun->first) == zs->r_owner_length &&
	       memcmp(rerun->first, zs->r_owner, zs->r_owner_length) == 0;
}

/* Keeps a record of the run. Of an ancestor's mark one record is kept that tells of the name's
 * existence and is not kept for its own sake. */
static int rerun_record(struct rerun *rerun, const zs_scanner_t *zs, const char *end,
                        bool *out_done)
{
	struct acml_reader *reader = rerun->reader;
	*out_done = !same_run(rerun, zs);
	if (*out_done) {
		return KNOT_EOK;
	}
	if (!acml_scan_sound(&rerun->place, zs, end)) {
		return KNOT_EOK;
	}
	if (rerun->owner == NULL) {
		rerun->owner = acml_name_dup(&reader->zone->arena, zs->r_owner);
		if (rerun->owner == NULL) {
			return KNOT_ENOMEM;
		}
	}
	if (rerun->kind != ACML_MARK_OWNER) {
		if (acml_scan_interesting(reader, zs)) {
			return KNOT_EOK;
		}
		*out_done = true;
	}
	rerun->want->seen[rerun->kind] = true;
	uint32_t line;
	acml_scan_start(&rerun->place, zs, end, &line);
	return acml_scan_keep(reader, rerun->owner, zs, rerun->file, line);
}

static int read_run(struct acml_reader *reader, struct want *want, uint16_t file, uint64_t offset,
                    enum acml_mark_kind kind)
{
	const struct acml_source *source = &reader->sources[file];
	const struct acml_context *context = acml_relevant_find_context(reader, file, offset);
	zs_scanner_t *zs = &reader->scanner->zs;
	struct rerun rerun = {
		.reader = reader,
		.want = want,
		.kind = kind,
		.file = file,
		.bytes = source->bytes + offset,
		.size = source->size - offset,
	};
	int ret = acml_scanner_reset(reader->scanner, context->origin, context->ttl, ".",
	                             rerun.bytes, rerun.size);
	acml_scanner_expect_plain(reader->scanner, source->lines_end);
	rerun.place.from = rerun.bytes;
	rerun.place.line = line_at(source, context, offset);
	zs->line_counter = rerun.place.line;

	bool done = false;
	while (ret == KNOT_EOK && !done && acml_scanner_next(reader->scanner) == 0) {
		const char *end = !zs->input.eof ? zs->input.current : rerun.bytes + rerun.size;
		if (zs->state == ZS_STATE_DATA) {
			ret = rerun_record(&rerun, zs, end, &done);
		} else if (zs->state != ZS_STATE_ERROR || zs->error.fatal) {
			break;
		}
		acml_scan_advance(&rerun.place, zs, end);
	}
	return ret;
}

static int join_mark(struct acml_reader *reader, struct want *want,
                     const struct acml_run_mark *mark)
{
	enum acml_mark_kind kind = mark->where & 3;
	if (kind != ACML_MARK_OWNER && want->seen[kind]) {
		return KNOT_EOK;
	}
	return read_run(reader, want, (uint16_t)(mark->where >> 48),
	                (mark->where & ((UINT64_C(1) << 48) - 1)) >> 2, kind);
}

static int join_block(struct settle *settle, const struct acml_mark_block *block,
                      const struct want *fresh)
{
	for (size_t i = 0; i < block->count; i++) {
		const struct acml_run_mark *mark = &block->marks[i];
		size_t probe = mark->hash;
		struct want *want;
		while ((want = next_want(settle, mark->hash, &probe)) != NULL) {
			int ret = want < fresh ? KNOT_EOK : join_mark(settle->reader, want, mark);
			if (ret != KNOT_EOK) {
				return ret;
			}
		}
	}
	return KNOT_EOK;
}

/* One pass over the marks for the wants that are new. */
static int join(struct settle *settle)
{
	const struct want *fresh = settle->wants + settle->fresh;
	settle->fresh = settle->n_wants;
	int ret = KNOT_EOK;
	for (const struct acml_mark_block *block = settle->reader->marks;
	     ret == KNOT_EOK && block != NULL; block = block->next) {
		ret = join_block(settle, block, fresh);
	}
	return ret;
}

/* The first of sorted names that is not before the apex: those of the zone follow it. */
static size_t first_within(const knot_dname_t *const *names, size_t count,
                           const knot_dname_t *apex)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (knot_dname_cmp(names[middle], apex) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

static int query_sorted(struct settle *settle, const knot_dname_t *const *names, size_t count)
{
	const knot_dname_t *apex = settle->reader->zone->apex;
	int ret = KNOT_EOK;
	for (size_t i = first_within(names, count, apex);
	     ret == KNOT_EOK && i < count && acml_name_within(names[i], apex); i++) {
		ret = query(settle, names[i], true);
	}
	return ret;
}

/* Names that rules will look up, as far as the kept records and the caller tell. */
static int first_queries(struct settle *settle)
{
	struct acml_reader *reader = settle->reader;
	const struct acml_read_options *options = reader->options;
	int ret = query(settle, reader->zone->apex, true);
	for (size_t i = 0; ret == KNOT_EOK && i < options->n_names; i++) {
		ret = query(settle, options->names[i], true);
	}
	if (ret == KNOT_EOK) {
		ret = query_sorted(settle, options->sorted_names, options->n_sorted_names);
	}
	if (ret == KNOT_EOK) {
		ret = query_sorted(settle, options->mail_names, options->n_mail_names);
	}
	for (size_t i = 0; ret == KNOT_EOK && i < reader->build.n_rrs; i++) {
		const struct acml_rr *rr = &reader->build.rrs[i];
		ret = query(settle, rr->owner, true);
		const knot_dname_t *related = options->interest->related(rr);
		if (ret == KNOT_EOK && related != NULL) {
			ret = query(settle, related, true);
		}
		if (ret == KNOT_EOK && rr->type == KNOT_RRTYPE_CNAME && rr->rdlen > 0 &&
		    knot_dname_wire_check(rr->rdata, rr->rdata + rr->rdlen, NULL) > 0) {
			/* Also where a cut hides the alias: rules still ask where it leads. The
			 * generic notation (RFC 3597) lets anything in. */
			knot_dname_storage_t target;
			acml_name_lower(rr->rdata, target);
			ret = query(settle, target, true);
		}
	}
	return ret;
}

/* Whether all that is known of a name has been read: what a look-up says of it is final. */
static bool settled(const struct settle *settle, const knot_dname_t *name)
{
	if (!acml_name_within(name, settle->reader->zone->apex)) {
		return true;
	}
	const struct want *want = find_want(settle, acml_mark_hash(settle->reader, name), name);
	return want != NULL && (size_t)(want - settle->wants) < settle->fresh;
}

/* Follows the aliases of one query; names they lead to are wanted next. *out_final: its look-up
 * met no name that is still to be read. */
static int follow_one(struct settle *settle, const knot_dname_t *name, bool *out_final)
{
	struct acml_answer answer;
	acml_lookup(settle->reader->zone, name, KNOT_RRTYPE_CAA, &answer);
	*out_final = settled(settle, name);
	for (size_t i = 0; i < answer.n_steps; i++) {
		if (answer.steps[i].type != KNOT_RRTYPE_CNAME) {
			continue;
		}
		if (!settled(settle, answer.steps[i].target)) {
			*out_final = false;
		}
		/* A resolver asks on where an authoritative server stops. */
		bool resumes = answer.outcome == ACML_LIMIT &&
		               acml_name_equal(answer.steps[i].target, answer.last);
		int ret = query(settle, answer.steps[i].target, resumes);
		if (ret != KNOT_EOK) {
			return ret;
		}
	}
	return KNOT_EOK;
}

/* Follows the queries that are not final yet; those remain in the list. */
static int follow(struct settle *settle)
{
	size_t known = settle->n_queries, kept = 0;
	for (size_t i = 0; i < known; i++) {
		bool final;
		const knot_dname_t *name = settle->queries[i];
		int ret = follow_one(settle, name, &final);
		if (ret != KNOT_EOK) {
			return ret;
		}
		if (!final) {
			settle->queries[kept++] = name;
		}
	}
	memmove(settle->queries + kept, settle->queries + known,
	        (settle->n_queries - known) * sizeof(settle->queries[0]));
	settle->n_queries -= known - kept;
	return KNOT_EOK;
}

/* Where the mail of a name goes, as far as that is known by now. */
static int follow_mail(struct settle *settle, const knot_dname_t *name)
{
	struct acml_answer answer;
	int ret = KNOT_EOK;
	acml_lookup(settle->reader->zone, name, KNOT_RRTYPE_MX, &answer);
	if (answer.outcome != ACML_ANSWER || answer.n_steps == 0) {
		return KNOT_EOK;
	}
	const struct acml_rrset *set = &answer.steps[answer.n_steps - 1].set;
	for (size_t i = 0; ret == KNOT_EOK && i < set->count; i++) {
		const struct acml_rr *rr = &set->rrs[i];
		knot_dname_storage_t target;
		if (rr->rdlen > 2 &&
		    knot_dname_wire_check(rr->rdata + 2, rr->rdata + rr->rdlen, NULL) > 0) {
			acml_name_lower(rr->rdata + 2, target);
			ret = query(settle, target, true);
		}
	}
	return ret;
}

static int follow_mails(struct settle *settle)
{
	const struct acml_read_options *options = settle->reader->options;
	const knot_dname_t *apex = settle->reader->zone->apex;
	int ret = KNOT_EOK;
	for (size_t i = first_within(options->mail_names, options->n_mail_names, apex);
	     ret == KNOT_EOK && i < options->n_mail_names &&
	     acml_name_within(options->mail_names[i], apex); i++) {
		ret = follow_mail(settle, options->mail_names[i]);
	}
	return ret;
}

static int want_owner(void *context, const knot_dname_t *owner)
{
	size_t index;
	return add_want(context, owner, &index);
}

/* The names whose absence, or lack of a type, has to be proven: all that are looked up, and the
 * wildcards that might have answered. malloc()ed. */
static const knot_dname_t **denied_names(const struct settle *settle, size_t *out_count)
{
	const struct acml_zone *zone = settle->reader->zone;
	const knot_dname_t **names = calloc(2 * settle->n_wants + 1, sizeof(*names));
	size_t count = 0;
	for (size_t i = 0; names != NULL && i < settle->n_wants; i++) {
		const struct want *want = &settle->wants[i];
		if (!want->climbed ||
		    acml_zone_rrset(zone, want->name, KNOT_RRTYPE_NSEC).count > 0) {
			continue;
		}
		names[count++] = want->name;
		const knot_dname_t *above = want->name;
		while (!acml_zone_exists(zone, above) && !acml_name_equal(above, zone->apex)) {
			above = acml_name_parent(above);
		}
		knot_dname_storage_t star;
		if (above != want->name && acml_name_wildcard_of(above, star)) {
			uint64_t hash = acml_mark_hash(settle->reader, star);
			const struct want *wild = find_want(settle, hash, star);
			names[count] = wild != NULL ? wild->name : NULL;
			count += wild != NULL;
		}
	}
	*out_count = count;
	return names;
}

/* Keeps the records that prove what is not there. */
static int settle_denials(struct settle *settle)
{
	struct acml_reader *reader = settle->reader;
	if (reader->n_nsecs + reader->n_nsec3s == 0) {
		return KNOT_EOK;
	}
	size_t count = 0;
	const knot_dname_t **names = denied_names(settle, &count);
	if (names == NULL) {
		return KNOT_ENOMEM;
	}
	int ret = acml_denial_find(reader, names, count, want_owner, settle);
	free(names);
	if (ret == KNOT_EOK && settle->fresh < settle->n_wants) {
		ret = join(settle);
		if (ret == KNOT_EOK) {
			ret = acml_build_freeze(&reader->build);
		}
	}
	return ret;
}

int acml_relevant_settle(struct acml_reader *reader)
{
	struct settle settle = { .reader = reader };
	acml_marks_sort(reader);

	int ret = first_queries(&settle);
	for (unsigned round = 0; ret == KNOT_EOK && round < MAX_ROUNDS; round++) {
		ret = join(&settle);
		if (ret == KNOT_EOK) {
			ret = acml_build_freeze(&reader->build);
		}
		if (ret == KNOT_EOK) {
			ret = follow(&settle);
		}
		if (ret == KNOT_EOK) {
			ret = follow_mails(&settle);
		}
		if (settle.fresh == settle.n_wants && settle.n_queries == 0) {
			break;
		}
	}
	if (ret == KNOT_EOK) {
		ret = settle_denials(&settle);
	}
	free(settle.wants);
	free(settle.table);
	free(settle.queries);
	return ret;
}
