/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * One large file in several threads. It is cut where a record seems to begin; each piece is read on
 * its own, in the state that the directives before it seem to have set. Then the pieces are joined
 * in order: where one ended otherwise than the next one assumed, the next one is read again.
 * Nothing depends on the guesses but time.
 */

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>

#include "model/names.h"
#include "model/parallel.h"
#include "model/reader.h"
#include "model/remark.h"

/* Enough for several pieces a thread; what a thread of its own is worth. */
#define GOOD_PIECE	((size_t)1 << 20)
#define LEAST_PIECE	((size_t)256 << 10)

/* How far behind a place a line is looked for that begins a record. */
#define SEARCH_MOST	(64 * 1024)

/* A piece and what was read in it. */
struct part {
	struct acml_piece piece;
	struct acml_zone zone;
	struct acml_reader reader;
	int ret;
	/* The last directives in its text, or NULL. */
	const char *ttl, *origin;
	bool safe;              /* No others. */
};

struct plan {
	struct acml_reader *reader;
	const struct acml_piece *whole;
	struct part *parts;
	size_t count, capacity;
	atomic_size_t next;
	int remarks;            /* What became of looking for them: the first of the tasks. */
};

static size_t piece_size(const struct acml_reader *reader, size_t size)
{
	if (reader->options->piece > 0) {
		return reader->options->piece;
	}
	/* Some more pieces than threads, so that none waits long for the last one. */
	size_t share = size / (reader->options->threads * 4);
	return share < LEAST_PIECE ? LEAST_PIECE : share > GOOD_PIECE ? GOOD_PIECE : share;
}

/* Notes the directives in a part. Not safe: files are included, or there may be a directive that
 * libzscanner would not take for what it seems. */
static void note_directives(const struct plan *plan, struct part *part)
{
	const char *at = part->piece.from, *to = part->piece.to;
	part->safe = true;
	for (; part->safe && (at = memchr(at, '$', (size_t)(to - at))) != NULL; at++) {
		if (at != plan->whole->from && at[-1] != '\n') {
			continue;
		}
		switch (at + 1 < to ? at[1] | 0x20 : 0) {
		case 't': part->ttl = at; break;
		case 'o': part->origin = at; break;
		default:  part->safe = false;
		}
	}
}

static void work_directives(void *context)
{
	struct plan *plan = context;
	size_t i;
	while ((i = atomic_fetch_add(&plan->next, 1)) < plan->count) {
		note_directives(plan, &plan->parts[i]);
	}
}

/* Applies the line of a directive to the state that a piece begins in. */
static int apply(struct plan *plan, struct acml_scanner *scanner, const char *line,
                 struct acml_piece *piece)
{
	const char *end = line == NULL ? NULL :
	                  memchr(line, '\n', (size_t)(plan->whole->to - line));
	if (end == NULL) {
		return KNOT_EOK;
	}
	zs_scanner_t *zs = &scanner->zs;
	int ret = acml_scanner_reset(scanner, piece->origin, piece->ttl, ".", line,
	                             (size_t)(end + 1 - line));
	if (ret != KNOT_EOK || zs_parse_record(zs) != 0 || zs->state != ZS_STATE_EOF) {
		return ret; /* A guess that fails is found when the pieces are joined. */
	}
	piece->ttl = zs->default_ttl;
	if (zs->zone_origin_length != acml_name_size(piece->origin) ||
	    memcmp(zs->zone_origin, piece->origin, zs->zone_origin_length) != 0) {
		piece->origin = acml_arena_dup(&plan->reader->zone->arena, zs->zone_origin,
		                               zs->zone_origin_length);
	}
	return piece->origin == NULL ? KNOT_ENOMEM : KNOT_EOK;
}

static bool begins_owner(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '@' || c == '*' || c == '_' || c == '-';
}

/* The first line behind a place that looks as if a record with an owner began there, or NULL. */
static const char *seam(const char *from, const char *limit)
{
	const char *most = limit - from > SEARCH_MOST ? from + SEARCH_MOST : limit;
	const char *line = from;
	while ((line = memchr(line, '\n', (size_t)(most - line))) != NULL && ++line < most) {
		if (begins_owner(*line)) {
			return line;
		}
	}
	return NULL;
}

static int add_part(struct plan *plan, const char *from, const char *to)
{
	if (!ACML_ROOM(plan->parts, plan->count, plan->capacity)) {
		return KNOT_ENOMEM;
	}
	struct part *part = &plan->parts[plan->count++];
	*part = (struct part) { .piece = *plan->whole };
	part->piece.from = from;
	part->piece.to = to;
	part->piece.open = to < plan->whole->to;
	return KNOT_EOK;
}

/* Cuts the file where records seem to begin. */
static int cut(struct plan *plan)
{
	const char *from = plan->whole->from, *limit = plan->whole->to;
	size_t size = piece_size(plan->reader, (size_t)(limit - from));
	int ret = KNOT_EOK;
	while (from < limit && ret == KNOT_EOK) {
		const char *to = (size_t)(limit - from) > size ? seam(from + size, limit) : NULL;
		to = to != NULL ? to : limit;
		ret = add_part(plan, from, to);
		from = to;
	}
	return ret;
}

/* Sets the state that each piece begins in. *out_safe: that can be told. */
static int guess(struct plan *plan, struct acml_scanner *scanner, bool *out_safe)
{
	const char *ttl = NULL, *origin = NULL;
	int ret = KNOT_EOK;
	*out_safe = true;
	for (size_t i = 0; i < plan->count && ret == KNOT_EOK && *out_safe; i++) {
		struct part *part = &plan->parts[i];
		ret = apply(plan, scanner, ttl, &part->piece);
		if (ret == KNOT_EOK) {
			ret = apply(plan, scanner, origin, &part->piece);
		}
		ttl = part->ttl != NULL ? part->ttl : ttl;
		origin = part->origin != NULL ? part->origin : origin;
		*out_safe = part->safe;
	}
	return ret;
}

static void on_all_threads(struct plan *plan, void (*task)(void *context))
{
	unsigned threads = plan->reader->options->threads;
	plan->next = 0;
	acml_parallel(threads < plan->count ? threads : (unsigned)plan->count, task, plan);
}

static void read_part(const struct plan *plan, struct acml_scanner *scanner, struct part *part)
{
	const struct acml_reader *reader = plan->reader;
	part->zone = (struct acml_zone) {
		.apex = reader->zone->apex,
		.keep = reader->zone->keep,
		.complete = true,
	};
	part->reader = (struct acml_reader) {
		.scanner = scanner,
		.options = reader->options,
		.build = { .zone = &part->zone },
		.zone = &part->zone,
		.apex_size = reader->apex_size,
		.key = reader->key,
		.sources = reader->sources,
		.n_sources = reader->n_sources,
	};
	part->ret = acml_scan_piece(&part->reader, scanner, &part->piece);
}

static void clear_part(struct part *part)
{
	acml_reader_clear(&part->reader);
	acml_arena_clear(&part->zone.arena);
}

/* The comments that speak to us. */
static int find_remarks(struct acml_reader *reader, const struct acml_piece *whole)
{
	return acml_remarks_find(&reader->build, whole->file, whole->from,
	                         (size_t)(whole->to - whole->from));
}

static void work(void *context)
{
	struct plan *plan = context;
	struct acml_scanner *scanner = acml_scanner_new();
	size_t i;
	while ((i = atomic_fetch_add(&plan->next, 1)) <= plan->count) {
		if (i == 0) {
			plan->remarks = find_remarks(plan->reader, plan->whole);
			continue;
		}
		struct part *part = &plan->parts[i - 1];
		part->ret = KNOT_ENOMEM;
		if (scanner != NULL) {
			read_part(plan, scanner, part);
		}
	}
	acml_scanner_free(scanner);
}

/* Whether a piece was read in the state in which the one before it ended. */
static bool fits(const struct acml_piece *before, const struct acml_piece *piece)
{
	return before->end_ttl == piece->ttl &&
	       acml_name_size(before->end_origin) == acml_name_size(piece->origin) &&
	       memcmp(before->end_origin, piece->origin, acml_name_size(piece->origin)) == 0;
}

/* Reads a piece again, in the state in which the one before it ended. */
static int repeat(const struct plan *plan, struct acml_scanner *scanner, struct part *part,
                  const struct acml_piece *before)
{
	struct acml_piece piece = part->piece;
	clear_part(part);
	if (before != NULL) {
		piece.ttl = before->end_ttl;
		piece.origin = acml_arena_dup(&plan->reader->zone->arena, before->end_origin,
		                              acml_name_size(before->end_origin));
	}
	if (piece.origin == NULL) {
		return KNOT_ENOMEM;
	}
	part->piece = piece;
	read_part(plan, scanner, part);
	return part->ret;
}

/* Makes sure that a piece is what it should be, given all before it. */
static int settle(const struct plan *plan, struct acml_scanner *scanner, size_t i)
{
	struct part *part = &plan->parts[i];
	const struct acml_piece *before = i > 0 ? &plan->parts[i - 1].piece : NULL;
	int ret = part->ret;
	if (ret == KNOT_EOK && before != NULL && !fits(before, &part->piece)) {
		ret = repeat(plan, scanner, part, before);
	}
	if (ret == KNOT_EOK && part->piece.torn) {
		/* Where the next record begins, only reading on can tell. */
		part->piece.to = plan->whole->to;
		part->piece.open = false;
		ret = repeat(plan, scanner, part, before);
	}
	return ret;
}

/* Appends an array to another one; the first ones are taken as they are. */
static bool append_array(void **array, size_t *count, size_t *capacity, void **other,
                         size_t *other_count, size_t *other_capacity, size_t size)
{
	if (*count == 0) {
		free(*array);
		*array = *other;
		*count = *other_count;
		*capacity = *other_capacity;
		*other = NULL;
		*other_count = *other_capacity = 0;
		return true;
	}
	size_t want = *capacity;
	while (want < *count + *other_count) {
		want *= 2;
	}
	void *grown = want > SIZE_MAX / size ? NULL : realloc(*array, want * size);
	if (grown == NULL) {
		return false;
	}
	if (*other_count > 0) {
		memcpy((char *)grown + *count * size, *other, *other_count * size);
	}
	*array = grown;
	*capacity = want;
	*count += *other_count;
	return true;
}

#define APPEND(to, from, array, n, capacity) \
	append_array((void **)&(to)->array, &(to)->n, &(to)->capacity, (void **)&(from)->array, \
	             &(from)->n, &(from)->capacity, sizeof((to)->array[0]))

/* Lines of a piece are counted from its beginning. */
static void move_lines(struct acml_reader *part, uint32_t lines)
{
	for (size_t i = 0; i < part->build.n_rrs; i++) {
		part->build.rrs[i].line += lines;
	}
	for (size_t i = 0; i < part->build.n_outside; i++) {
		part->build.outside[i].line += lines;
	}
	for (size_t i = 0; i < part->build.n_problems; i++) {
		part->build.problems[i].line += lines;
	}
	for (size_t i = 0; i < part->n_contexts; i++) {
		part->contexts[i].line += lines;
	}
}

/* Adds what was read in a piece to all before it. lines: how many are before the piece. */
static int append(struct acml_reader *reader, struct acml_reader *part, uint32_t lines)
{
	struct acml_zone *zone = reader->zone, *more = part->zone;
	move_lines(part, lines);
	if (!APPEND(&reader->build, &part->build, rrs, n_rrs, cap_rrs) ||
	    !APPEND(&reader->build, &part->build, outside, n_outside, cap_outside) ||
	    !APPEND(&reader->build, &part->build, problems, n_problems, cap_problems) ||
	    !APPEND(reader, part, contexts, n_contexts, cap_contexts) ||
	    !APPEND(reader, part, nsecs, n_nsecs, cap_nsecs) ||
	    !APPEND(reader, part, nsec3s, n_nsec3s, cap_nsec3s) ||
	    !APPEND(&reader->digest, &part->digest, hashes, count, capacity)) {
		return KNOT_ENOMEM;
	}
	acml_marks_adopt(reader, part);
	acml_arena_adopt(&zone->arena, &more->arena);
	zone->complete &= more->complete;
	zone->has_dnssec |= more->has_dnssec;
	zone->records += more->records;
	zone->max_ttl = more->max_ttl > zone->max_ttl ? more->max_ttl : zone->max_ttl;
	acml_reader_clear(part);
	return KNOT_EOK;
}

static int join(struct plan *plan, struct acml_scanner *scanner, struct acml_piece *out_whole)
{
	uint64_t lines = 0;
	for (size_t i = 0; i < plan->count; i++) {
		struct part *part = &plan->parts[i];
		int ret = settle(plan, scanner, i);
		if (ret == KNOT_EOK) {
			ret = append(plan->reader, &part->reader, (uint32_t)lines);
		}
		if (ret != KNOT_EOK) {
			return ret;
		}
		lines += part->piece.lines;
		out_whole->fatal = part->piece.fatal;
		if (part->piece.fatal || !part->piece.open) {
			break;
		}
	}
	return KNOT_EOK;
}

static int scan_whole(struct acml_reader *reader, struct acml_scanner *scanner,
                      struct acml_piece *whole)
{
	int ret = find_remarks(reader, whole);
	return ret == KNOT_EOK ? acml_scan_piece(reader, scanner, whole) : ret;
}

int acml_scan_pieces(struct acml_reader *reader, struct acml_scanner *scanner,
                     struct acml_piece *whole)
{
	size_t size = (size_t)(whole->to - whole->from);
	if (reader->options->threads < 2 || reader->depth > 1 ||
	    size < 2 * piece_size(reader, size)) {
		return scan_whole(reader, scanner, whole);
	}
	struct plan plan = { .reader = reader, .whole = whole };
	bool safe = false;
	int ret = cut(&plan);
	if (ret == KNOT_EOK && plan.count > 1) {
		on_all_threads(&plan, work_directives);
		ret = guess(&plan, scanner, &safe);
	}
	if (ret == KNOT_EOK && safe) {
		on_all_threads(&plan, work);
		ret = plan.remarks == KNOT_EOK ? join(&plan, scanner, whole) : plan.remarks;
		for (size_t i = 0; i < plan.count; i++) {
			clear_part(&plan.parts[i]);
		}
	}
	free(plan.parts);
	return ret == KNOT_EOK && !safe ? scan_whole(reader, scanner, whole) : ret;
}
