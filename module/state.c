/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/filename.h"
#include "model/read.h"
#include "model/write.h"

#define FORMAT "acmlint1"

/* A million zones with names of usual length. */
#define STATE_LIMIT (512u << 20)

void acml_record_clear(struct acml_record *record)
{
	free(record->includes);
	record->includes = NULL;
}

uint64_t acml_hash(uint64_t hash, const void *data, size_t size)
{
	const uint8_t *bytes = data;
	for (size_t i = 0; i < size; i++) {
		hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
	}
	return hash;
}

bool acml_record_stamp(const char *paths, uint64_t *out_stamp)
{
	uint64_t hash = ACML_HASH;
	char path[ACML_PATH_MAX];
	while (*paths != '\0') {
		struct stat st;
		struct acml_identity identity;
		size_t len = strcspn(paths, "\n");
		if (len >= sizeof(path)) {
			return false;
		}
		memcpy(path, paths, len);
		path[len] = '\0';
		if (stat(path, &st) != 0) {
			return false;
		}
		acml_identity_of(&st, &identity);
		hash = acml_hash(hash, &identity, sizeof(identity));
		paths += len + (paths[len] == '\n');
	}
	*out_stamp = hash;
	return true;
}

static int write_identity(char *out, size_t size, const struct acml_identity *identity)
{
	return snprintf(out, size, " %"PRIx64" %"PRIx64" %"PRIx64" %"PRIx64" %"PRIx64,
	                identity->device, identity->inode, identity->size,
	                (uint64_t)identity->mtime, (uint64_t)identity->ctime);
}

/* Paths with everything that could end a field as %XX, a blank before each. */
static void write_paths(FILE *file, const char *paths, uint64_t *hash)
{
	for (const char *c = paths; c != NULL && *c != '\0'; c++) {
		char text[8];
		bool plain = *c > ' ' && *c < 0x7f && *c != '%' && *c != '*';
		if (*c == '\n' || c == paths) {
			*hash = acml_hash(*hash, " ", 1);
			fputc(' ', file);
		}
		if (*c != '\n') {
			int len = snprintf(text, sizeof(text), plain ? "%c" : "%%%02X",
			                   (unsigned char)*c);
			*hash = acml_hash(*hash, text, len);
			fputs(text, file);
		}
	}
}

void acml_record_write(FILE *file, const knot_dname_t *zone, const struct acml_record *record)
{
	knot_dname_txt_storage_t name;
	char line[sizeof(name) + 512];
	if (knot_dname_to_str(name, zone, sizeof(name)) == NULL) {
		return;
	}
	int len = snprintf(line, sizeof(line), FORMAT" %s %c %x %"PRIx64" %"PRIx64, name,
	                   record->verdict, record->fresh | record->by_facts << 1,
	                   record->settings, record->facts);
	len += write_identity(line + len, sizeof(line) - len, &record->source);
	len += write_identity(line + len, sizeof(line) - len, &record->published);
	len += snprintf(line + len, sizeof(line) - len, " %"PRIx64" %x %x %x %x %"PRIx64,
	                record->content, record->serial, record->count[ACML_ERROR],
	                record->count[ACML_WARNING], record->count[ACML_INFO],
	                record->includes_stamp);
	fputs(line, file);
	uint64_t hash = acml_hash(ACML_HASH, line, len);
	write_paths(file, record->includes, &hash);
	fprintf(file, " *%016"PRIx64"\n", hash);
}

struct fields {
	const char *at;
	const char *end;
	bool bad;
};

/* Thousands of lines are read before a server starts. */
static const int8_t hex_digit[256] = {
	['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6, ['6'] = 7, ['7'] = 8,
	['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15,
	['f'] = 16,
};

/* A blank and up to sixteen digits; the line ends with something that is none. */
static uint64_t read_number(struct fields *fields)
{
	const uint8_t *at = (const uint8_t *)fields->at, *first = at + 1;
	uint64_t value = 0;
	if (fields->at >= fields->end || *at != ' ') {
		fields->bad = true;
		return 0;
	}
	for (at = first; hex_digit[*at] != 0; at++) {
		value = value << 4 | (uint64_t)(hex_digit[*at] - 1);
	}
	fields->bad |= at == first || at - first > 16;
	fields->at = (const char *)at;
	return value;
}

static void read_identity(struct fields *fields, struct acml_identity *out)
{
	out->device = read_number(fields);
	out->inode = read_number(fields);
	out->size = read_number(fields);
	out->mtime = (int64_t)read_number(fields);
	out->ctime = (int64_t)read_number(fields);
}

static bool read_zone(struct fields *fields, knot_dname_storage_t out)
{
	knot_dname_txt_storage_t text;
	const char *blank = memchr(fields->at, ' ', fields->end - fields->at);
	size_t len = blank != NULL ? (size_t)(blank - fields->at) : sizeof(text);
	if (len == 0 || len >= sizeof(text)) {
		return false;
	}
	memcpy(text, fields->at, len);
	text[len] = '\0';
	fields->at = blank;
	return knot_dname_from_str(out, text, sizeof(knot_dname_storage_t)) != NULL;
}

static bool read_verdict(struct fields *fields, enum acml_verdict *out)
{
	if (fields->end - fields->at < 2 || fields->at[0] != ' ' ||
	    (fields->at[1] != ACML_ACCEPTED && fields->at[1] != ACML_TOLERATED &&
	     fields->at[1] != ACML_REJECTED)) {
		return false;
	}
	*out = (enum acml_verdict)fields->at[1];
	fields->at += 2;
	return true;
}

static int hex_value(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : 0;
}

/* The rest of the fields are paths. NULL: none, or (bad is set) no memory. */
static char *read_paths(struct fields *fields)
{
	if (fields->at >= fields->end) {
		return NULL;
	}
	char *paths = malloc(fields->end - fields->at + 1);
	if (paths == NULL) {
		fields->bad = true;
		return NULL;
	}
	char *out = paths;
	for (const char *c = fields->at + 1; c < fields->end; c++) {
		if (*c == '%' && fields->end - c > 2) {
			*out++ = (char)(hex_value(c[1]) << 4 | hex_value(c[2]));
			c += 2;
		} else {
			*out++ = *c == ' ' ? '\n' : *c;
		}
	}
	*out = '\0';
	return paths;
}

/* The line without its checksum; NULL: it has none, or a wrong one. */
static const char *check_sum(const char *line, size_t len)
{
	if (len < sizeof(FORMAT) + 18) {
		return NULL;
	}
	const char *end = line + len - 18;
	uint64_t hash = acml_hash(ACML_HASH, line, len - 18);
	for (int i = 17; i >= 2; i--, hash >>= 4) {
		if (end[i] != "0123456789abcdef"[hash & 15]) {
			return NULL;
		}
	}
	return memcmp(end, " *", 2) == 0 ? end : NULL;
}

bool acml_record_parse(const char *line, size_t len, knot_dname_storage_t out_zone,
                       struct acml_record *out_record)
{
	struct acml_record record = { 0 };
	struct fields fields = { .at = line + sizeof(FORMAT), .end = check_sum(line, len) };
	if (fields.end == NULL || memcmp(line, FORMAT" ", sizeof(FORMAT)) != 0 ||
	    !read_zone(&fields, out_zone) || !read_verdict(&fields, &record.verdict)) {
		return false;
	}
	uint64_t flags = read_number(&fields);
	record.fresh = flags & 1;
	record.by_facts = flags >> 1 & 1;
	record.settings = read_number(&fields);
	record.facts = read_number(&fields);
	read_identity(&fields, &record.source);
	read_identity(&fields, &record.published);
	record.content = read_number(&fields);
	record.serial = read_number(&fields);
	record.count[ACML_ERROR] = read_number(&fields);
	record.count[ACML_WARNING] = read_number(&fields);
	record.count[ACML_INFO] = read_number(&fields);
	record.includes_stamp = read_number(&fields);
	record.includes = read_paths(&fields);
	if (fields.bad) {
		acml_record_clear(&record);
		return false;
	}
	*out_record = record;
	return true;
}

size_t acml_state_read(const char *path,
                       void (*take)(void *ctx, const knot_dname_t *zone,
                                    struct acml_record *record), void *ctx)
{
	char *bytes = NULL;
	size_t size = 0, lines = 0;
	if (acml_slurp(path, STATE_LIMIT, &bytes, &size) != 0) {
		return 0;
	}
	const char *end = bytes + size;
	for (const char *line = bytes; line < end; ) {
		const char *stop = memchr(line, '\n', end - line);
		knot_dname_storage_t zone;
		struct acml_record record;
		if (stop == NULL) {
			break;
		}
		if (acml_record_parse(line, stop - line, zone, &record)) {
			take(ctx, zone, &record);
		}
		lines++;
		line = stop + 1;
	}
	free(bytes);
	return lines;
}

/* A line that a crash has torn has no end: start a new one behind it, so that only it is lost. */
static void mend_end(int fd)
{
	char last;
	off_t end = lseek(fd, 0, SEEK_END);
	if (end > 0 && pread(fd, &last, 1, end - 1) == 1 && last != '\n') {
		(void)!write(fd, "\n", 1);
	}
}

const char *acml_state_append(const char *path, const char *lines, size_t size)
{
	int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (fd < 0) {
		return strerror(errno);
	}
	mend_end(fd);
	const char *fault = acml_write_all(fd, lines, size) ? NULL : strerror(errno);
	close(fd);
	return fault;
}

const char *acml_state_replace(const char *path, const char *lines, size_t size)
{
	char temporary[ACML_PATH_MAX + 8];
	if (snprintf(temporary, sizeof(temporary), "%s.new", path) >= (int)sizeof(temporary)) {
		return "file name too long";
	}
	int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (fd < 0) {
		return strerror(errno);
	}
	const char *fault = acml_write_all(fd, lines, size) ? NULL : strerror(errno);
	if (fault == NULL && (fsync(fd) != 0 || rename(temporary, path) != 0)) {
		fault = strerror(errno);
	}
	close(fd);
	if (fault != NULL) {
		unlink(temporary);
	}
	return fault;
}
