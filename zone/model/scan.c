/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The loop over one file: records, errors, includes. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libknot/descriptor.h>
#include <libknot/errcode.h>
#include <libknot/error.h>

#include "model/names.h"
#include "model/parallel.h"
#include "model/reader.h"
#include "model/slurp.h"

/* Checkpoints for re-reading are at most this far apart. */
#define CONTEXT_DISTANCE	(2 * 1024)

/* One file on its way through the scanner. */
struct pass {
	struct acml_reader *reader;
	struct acml_scanner *scanner;
	zs_scanner_t *zs;
	uint16_t file;
	const char *bytes;      /* Of the whole file. */
	const char *limit;      /* Where this reading of it ends. */
	struct acml_place place;
	uint64_t context;       /* Offset of the last context. */
	bool stale;             /* Lines came since that may have been directives. */
};

int acml_scan_keep(struct acml_reader *reader, const knot_dname_t *owner, const zs_scanner_t *zs,
                   uint16_t file, uint32_t line)
{
	const uint8_t *rdata = acml_arena_dup(&reader->zone->arena, zs->r_data, zs->r_data_length);
	if (rdata == NULL) {
		return KNOT_ENOMEM;
	}
	struct acml_rr rr = {
		.owner = owner,
		.rdata = rdata,
		.ttl = zs->r_ttl,
		.line = line,
		.type = zs->r_type,
		.rdlen = (uint16_t)zs->r_data_length,
		.file = file,
	};
	return acml_build_add(&reader->build, &rr);
}

/* Whether a line holds nothing that a record could begin with. */
static bool no_record(const char *line, const char *end)
{
	if (*line == '$') {
		return true;
	}
	while (line < end && (*line == ' ' || *line == '\t')) {
		line++;
	}
	return line == end || *line == ';';
}

const char *acml_scan_start(const struct acml_place *place, const zs_scanner_t *zs,
                            const char *end, uint32_t *out_line)
{
	const char *line = place->from;
	uint32_t number = place->line;
	bool skip = place->skip;
	/* The usual record is alone on its line. */
	while (number < zs->line_counter && line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		if (newline == NULL) {
			break;
		}
		if (skip) {
			skip = memchr(line, ')', (size_t)(newline - line)) == NULL;
		} else if (!no_record(line, newline)) {
			break;
		}
		line = newline + 1;
		number++;
	}
	*out_line = number;
	return line;
}

void acml_scan_advance(struct acml_place *place, const zs_scanner_t *zs, const char *end)
{
	/* The scanner stands on the newline that ends the record. */
	place->from = end + 1;
	place->line = (uint32_t)zs->line_counter + 1;
	place->skip = zs->multiline;
}

/* The scanner's position in the file; at its end libzscanner reads a newline of its own. */
static const char *position(const struct pass *pass)
{
	return pass->zs->input.eof ? pass->limit : pass->zs->input.current;
}

static const knot_dname_t *kept_owner(struct acml_reader *reader)
{
	if (reader->owner_kept == NULL) {
		reader->owner_kept = acml_name_dup(&reader->zone->arena, reader->owner);
	}
	return reader->owner_kept;
}

static bool within_apex(const struct acml_reader *reader, const zs_scanner_t *zs)
{
	if (zs->r_owner_length < reader->apex_size) {
		return false;
	}
	const uint8_t *label = zs->r_owner;
	const uint8_t *tail = zs->r_owner + zs->r_owner_length - reader->apex_size;
	while (label < tail) {
		label += 1 + *label;
	}
	return label == tail && (memcmp(tail, reader->zone->apex, reader->apex_size) == 0 ||
	                         knot_dname_is_case_equal(tail, reader->zone->apex));
}

/* The first record of an owner: decide whether to keep the run or to remember where it is. */
static int begin_run(struct pass *pass, const char *start, uint32_t line)
{
	struct acml_reader *reader = pass->reader;
	const zs_scanner_t *zs = pass->zs;
	memcpy(reader->owner, zs->r_owner, zs->r_owner_length);
	reader->owner_length = zs->r_owner_length;
	reader->owner_kept = NULL;
	reader->keep_run = true;
	if (reader->zone->keep == ACML_KEEP_ALL || !within_apex(reader, zs)) {
		return KNOT_EOK;
	}

	/* The apex is always looked up. A record that inherits its owner cannot be read again on
	 * its own. */
	if (zs->r_owner_length == reader->apex_size ||
	    *start == ' ' || *start == '\t' || *start == '(') {
		return KNOT_EOK;
	}
	reader->keep_run = false;
	uint64_t offset = (uint64_t)(start - pass->bytes);
	if (pass->stale || offset - pass->context > CONTEXT_DISTANCE) {
		int ret = acml_relevant_context(reader, zs, pass->file, offset, line);
		if (ret != KNOT_EOK) {
			return ret;
		}
		if (reader->options->progress != NULL) {
			atomic_fetch_add(reader->options->progress, offset - pass->context);
		}
		pass->context = offset;
		pass->stale = false;
	}
	return acml_relevant_mark(reader, zs, pass->file, offset);
}

/* Whether a record's text may be in the generic notation, whose data nobody checked. */
static bool has_generic(const char *from, const char *limit)
{
	while (from < limit && (from = memchr(from, '\\', (size_t)(limit - from))) != NULL) {
		if (++from < limit && *from == '#') {
			return true;
		}
	}
	return false;
}

bool acml_scan_sound(const struct acml_place *place, const zs_scanner_t *zs, const char *end)
{
	switch (zs->r_type) {
	case KNOT_RRTYPE_CNAME:
	case KNOT_RRTYPE_DNAME:
	case KNOT_RRTYPE_NS:
	case KNOT_RRTYPE_PTR:
		return !has_generic(place->from, end) ||
		       (zs->r_data_length > 0 &&
		        knot_dname_wire_check(zs->r_data, zs->r_data + zs->r_data_length, NULL) ==
		        (int)zs->r_data_length);
	default:
		return true;
	}
}

bool acml_scan_interesting(const struct acml_reader *reader, const zs_scanner_t *zs)
{
	if (zs->r_type < 64 && (reader->options->interest->dull >> zs->r_type & 1) != 0 &&
	    zs->r_owner[1] != '_') {
		return false;
	}
	struct acml_rr rr = {
		.owner = zs->r_owner,
		.rdata = zs->r_data,
		.ttl = zs->r_ttl,
		.type = zs->r_type,
		.rdlen = (uint16_t)zs->r_data_length,
	};
	return reader->options->interest->record(reader->zone->apex, &rr);
}

/* Case-insensitive search in a line. */
static bool line_has(const char *line, size_t size, const char *word)
{
	size_t len = strlen(word);
	for (size_t i = 0; i + len <= size; i++) {
		if (strncasecmp(line + i, word, len) == 0) {
			return true;
		}
	}
	return false;
}

static bool strange(const char *line, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (strchr("\"'`<>", line[i]) != NULL || (unsigned char)line[i] > 126) {
			return true;
		}
	}
	return false;
}

/* What a broken line that speaks of ACM was meant to be. */
static enum acml_problem_kind problem_kind(const struct pass *pass, const char *end)
{
	const char *line = pass->place.from < end ? pass->place.from : end;
	const char *last = memrchr(line, '\n', (size_t)(end - line));
	line = last != NULL ? last + 1 : line;
	const char *comment = memchr(line, ';', (size_t)(end - line));
	size_t size = (size_t)((comment != NULL ? comment : end) - line);
	if (!line_has(line, size, "acm-validation")) {
		return ACML_PROBLEM_SYNTAX;
	}
	if (line_has(line, size, "CNAME")) {
		return strange(line, size) ? ACML_PROBLEM_TARGET : ACML_PROBLEM_SYNTAX;
	}
	switch (pass->zs->error.code) {
	case ZS_BAD_ADDRESS_CHAR:
	case ZS_BAD_IPV4:
	case ZS_BAD_IPV6:
	case ZS_BAD_NUMBER:
	case ZS_BAD_RDATA:
	case ZS_UNSUPPORTED_TYPE: /* ALIAS, ANAME. */
		return ACML_PROBLEM_TYPE;
	default:
		return ACML_PROBLEM_SYNTAX;
	}
}

static int add_problem(struct pass *pass, const char *message, const char *end)
{
	const zs_scanner_t *zs = pass->zs;
	struct acml_problem problem = {
		.file = pass->file,
		.line = (uint32_t)zs->line_counter,
		.fatal = zs->error.fatal,
		.kind = problem_kind(pass, end),
		.code = zs->error.code,
		.message = message,
	};
	if (zs->r_owner_length > 0) {
		problem.owner = acml_name_dup(&pass->reader->zone->arena, zs->r_owner);
		if (problem.owner == NULL) {
			return KNOT_ENOMEM;
		}
	}
	if (problem.code == ZS_UNCLOSED_MULTILINE) {
		/* Noticed at the end of the file; the fault is where the record begins. */
		acml_scan_start(&pass->place, zs, end, &problem.line);
	}
	if (problem.fatal) {
		pass->reader->zone->complete = false;
	}
	return acml_build_problem(&pass->reader->build, &problem);
}

static int on_record(struct pass *pass)
{
	struct acml_reader *reader = pass->reader;
	const zs_scanner_t *zs = pass->zs;
	const struct acml_plain *plain = &pass->scanner->plain;
	const char *end = position(pass), *start = plain->start;
	uint32_t line = (uint32_t)zs->line_counter;

	/* A plain record is alone on its line, sound, and has no directives before it. */
	if (start == NULL) {
		start = acml_scan_start(&pass->place, zs, end, &line);
		if (!acml_scan_sound(&pass->place, zs, end)) {
			pass->zs->error.code = ZS_OK; /* Which is of an older record. */
			int failed = add_problem(pass, "the data is not a domain name", end);
			acml_scan_advance(&pass->place, zs, end);
			pass->stale = true;
			return failed;
		}
		pass->stale |= line != pass->place.line;
	}
	reader->zone->records++;
	if (zs->r_type == KNOT_RRTYPE_RRSIG || zs->r_type == KNOT_RRTYPE_DNSKEY) {
		reader->zone->has_dnssec = true;
	}
	int ret = KNOT_EOK;
	bool goes_on = plain->start != NULL && plain->same_owner;
	if (!goes_on && (zs->r_owner_length != reader->owner_length ||
	                 memcmp(zs->r_owner, reader->owner, reader->owner_length) != 0)) {
		ret = begin_run(pass, start, line);
	}
	if (ret == KNOT_EOK && !reader->keep_run &&
	    (zs->r_type == KNOT_RRTYPE_NSEC || zs->r_type == KNOT_RRTYPE_NSEC3)) {
		ret = acml_denial_note(reader, zs);
	}
	if (ret == KNOT_EOK && (reader->keep_run || acml_scan_interesting(reader, zs))) {
		const knot_dname_t *owner = kept_owner(reader);
		ret = owner == NULL ? KNOT_ENOMEM :
		      acml_scan_keep(reader, owner, zs, pass->file, line);
	}
	acml_scan_advance(&pass->place, zs, end);
	return ret;
}

static int on_error(struct pass *pass)
{
	const char *end = position(pass);
	int ret = add_problem(pass, zs_strerror(pass->zs->error.code), end);
	acml_scan_advance(&pass->place, pass->zs, end);
	pass->stale = true;
	return ret;
}

static int read_file(struct acml_reader *reader, struct acml_scanner *scanner, uint16_t file,
                     const knot_dname_t *origin, uint32_t ttl);

/* A copy without the carriage returns that stand before newlines. libzscanner refuses them. */
static char *without_cr(const char *bytes, size_t size, size_t *out_size)
{
	char *out = malloc(size + 1);
	if (out == NULL) {
		return NULL;
	}
	size_t used = 0;
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] != '\r' || i + 1 == size || bytes[i + 1] != '\n') {
			out[used++] = bytes[i];
		}
	}
	*out_size = used;
	return out;
}

/* Makes sure that a source has no CRLF. */
static int normalise(struct acml_reader *reader, struct acml_source *source)
{
	if (!acml_parallel_has(reader->options->threads, source->bytes, source->size, '\r')) {
		return KNOT_EOK;
	}
	size_t size = source->size;
	char *copy = without_cr(source->bytes, size, &source->size);
	if (copy == NULL) {
		return KNOT_ENOMEM;
	}
	free(source->owned);
	source->bytes = source->owned = copy;
	reader->zone->has_crlf |= source->size != size;
	return KNOT_EOK;
}

/* Adds a file to the sources; the reader owns bytes from now on, also on failure. */
static int add_source(struct acml_reader *reader, const char *name, struct acml_source source)
{
	source.name = acml_arena_strdup(&reader->zone->arena, name);
	if (source.name == NULL || normalise(reader, &source) != KNOT_EOK ||
	    !ACML_ROOM(reader->sources, reader->n_sources, reader->cap_sources)) {
		free(source.owned);
		return KNOT_ENOMEM;
	}
	const char *last = source.size == 0 ? NULL : memrchr(source.bytes, '\n', source.size);
	source.lines_end = last != NULL ? last + 1 : source.bytes;
	reader->sources[reader->n_sources++] = source;
	return KNOT_EOK;
}

static const char *open_error(int ret)
{
	switch (ret) {
	case KNOT_ENOENT: return "it does not exist";
	case KNOT_EACCES: return "no permission";
	case KNOT_EFILE:  return "it is not a regular file";
	case KNOT_ERANGE: return "the included files are too large";
	default:          return "it cannot be read";
	}
}

/* Reads the included file into the sources. *out_fault: what is wrong with it, or NULL. */
static int load_include(struct pass *pass, const char **out_fault)
{
	struct acml_reader *reader = pass->reader;
	*out_fault = NULL;
	if (reader->options->no_include) {
		*out_fault = "$INCLUDE is not allowed";
	} else if (reader->depth >= ACML_MAX_DEPTH) {
		*out_fault = "the nesting is too deep";
	} else if (reader->n_sources >= ACML_MAX_INCLUDES ||
	           reader->included >= ACML_MAX_INCLUDED) {
		*out_fault = "too many files are included";
	}
	if (*out_fault != NULL) {
		return KNOT_EOK;
	}

	const char *path = pass->zs->include_filename;
	struct acml_source source = { 0 };
	char *bytes = NULL;
	struct stat info;
	int ret = acml_slurp_include(path, ACML_MAX_INCLUDED - reader->included, &bytes,
	                             &source.size, &info);
	if (ret == KNOT_ENOMEM) {
		return ret;
	} else if (ret != KNOT_EOK) {
		*out_fault = open_error(ret);
		return KNOT_EOK;
	}
	for (unsigned i = 0; i < reader->depth; i++) {
		const struct acml_source *above = &reader->sources[reader->stack[i]];
		if (above->ino == info.st_ino && above->dev == info.st_dev && above->ino != 0) {
			free(bytes);
			*out_fault = "it includes itself";
			return KNOT_EOK;
		}
	}
	source.bytes = source.owned = bytes;
	source.dev = info.st_dev;
	source.ino = info.st_ino;
	reader->included += source.size;
	return add_source(reader, path, source);
}

static int on_include(struct pass *pass)
{
	struct acml_reader *reader = pass->reader;
	zs_scanner_t *zs = pass->zs;
	reader->zone->has_includes = true;
	const char *end = position(pass);

	const char *fault;
	int ret = load_include(pass, &fault);
	if (ret == KNOT_EOK && fault != NULL) {
		zs->error.code = ZS_UNPROCESSED_INCLUDE;
		zs->error.fatal = true;
		const char *message = acml_arena_printf(&reader->zone->arena, "cannot include %s: %s",
		                                        zs->include_filename, fault);
		ret = message != NULL ? add_problem(pass, message, end) : KNOT_ENOMEM;
	} else if (ret == KNOT_EOK) {
		struct acml_scanner *deeper = acml_scanner_deeper(pass->scanner);
		uint16_t file = (uint16_t)(reader->n_sources - 1);
		/* The directive's own origin, where there is one, stands in r_data. */
		const knot_dname_t *origin = zs->dname == zs->r_data ? zs->r_data : zs->zone_origin;
		ret = deeper == NULL ? KNOT_ENOMEM :
		      read_file(reader, deeper, file, origin, zs->default_ttl);
	}
	/* What follows is another run, also if it has the same owner. */
	reader->owner_length = 0;
	zs->error.code = ZS_OK;
	zs->error.fatal = false;
	acml_scan_advance(&pass->place, zs, end);
	pass->stale = true;
	return ret;
}

/* What is known of every record, kept or not. */
static int note_record(struct pass *pass)
{
	struct acml_reader *reader = pass->reader;
	const zs_scanner_t *zs = pass->zs;
	if (zs->r_ttl > reader->zone->max_ttl) {
		reader->zone->max_ttl = zs->r_ttl;
	}
	const struct acml_read_options *options = reader->options;
	return options->digest && within_apex(reader, zs) ?
	       acml_digest_add(&reader->digest, zs, options->digest_unsigned) : KNOT_EOK;
}

static int scan_records(struct pass *pass, bool open)
{
	zs_scanner_t *zs = pass->zs;
	int ret = KNOT_EOK;
	while (ret == KNOT_EOK && !(open && acml_scanner_rests(pass->scanner)) &&
	       acml_scanner_next(pass->scanner) == 0) {
		switch (zs->state) {
		case ZS_STATE_DATA:
			ret = note_record(pass);
			if (ret == KNOT_EOK) {
				ret = on_record(pass);
			}
			break;
		case ZS_STATE_INCLUDE:
			ret = on_include(pass);
			break;
		case ZS_STATE_ERROR:
			ret = on_error(pass);
			if (zs->error.fatal) {
				return ret;
			}
			break;
		default:
			return ret;
		}
	}
	return ret;
}

/* The folder of a file, for the includes in it. */
static char *folder_of(const char *name)
{
	const char *slash = strrchr(name, '/');
	if (slash == NULL) {
		return strdup(".");
	}
	return strndup(name, slash == name ? 1 : (size_t)(slash - name));
}

int acml_scan_piece(struct acml_reader *reader, struct acml_scanner *scanner,
                    struct acml_piece *piece)
{
	const struct acml_source *source = &reader->sources[piece->file];
	zs_scanner_t *zs = &scanner->zs;
	char *folder = folder_of(source->name);
	int ret = folder == NULL ? KNOT_ENOMEM :
	          acml_scanner_reset(scanner, piece->origin, piece->ttl, folder, piece->from,
	                             (size_t)(piece->to - piece->from));
	free(folder);
	if (ret != KNOT_EOK) {
		return ret;
	}
	acml_scanner_expect_plain(scanner, piece->open ? piece->to : source->lines_end);

	reader->owner_length = 0;
	struct pass pass = {
		.reader = reader,
		.scanner = scanner,
		.zs = zs,
		.file = piece->file,
		.bytes = source->bytes,
		.limit = piece->to,
		.place = { .from = piece->from, .line = 1 },
		.context = (uint64_t)(piece->from - source->bytes),
	};
	if (reader->zone->keep == ACML_KEEP_RELEVANT) {
		ret = acml_relevant_context(reader, zs, piece->file, pass.context, 1);
	}
	if (ret == KNOT_EOK) {
		ret = scan_records(&pass, piece->open);
	}
	piece->fatal = zs->error.fatal;
	piece->torn = piece->open && zs->input.eof;
	piece->lines = zs->line_counter - 1;
	piece->end_ttl = zs->default_ttl;
	memcpy(piece->end_origin, zs->zone_origin, zs->zone_origin_length);
	return ret;
}

static int read_file(struct acml_reader *reader, struct acml_scanner *scanner, uint16_t file,
                     const knot_dname_t *origin, uint32_t ttl)
{
	const struct acml_source source = reader->sources[file];
	struct acml_piece piece = {
		.file = file,
		.from = source.bytes,
		.to = source.bytes + source.size,
		.origin = origin,
		.ttl = ttl,
	};
	reader->stack[reader->depth++] = file;
	int ret = acml_scan_pieces(reader, scanner, &piece);
	reader->depth--;
	return ret;
}

int acml_scan_zone(struct acml_reader *reader, const char *name, const char *bytes, size_t size)
{
	int ret = add_source(reader, name, (struct acml_source){ .bytes = bytes, .size = size });
	if (ret != KNOT_EOK) {
		return ret;
	}
	return read_file(reader, reader->scanner, 0, reader->zone->apex, ACML_DEFAULT_TTL);
}
