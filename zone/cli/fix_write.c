/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/fix_write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libknot/descriptor.h>
#include <libknot/errcode.h>
#include <libknot/error.h>

#include "model/names.h"
#include "model/read.h"
#include "model/write.h"

/* One edit in the words of a form. */
typedef void (*write_f)(FILE *out, const char *zone, bool remove, const struct acml_rr *rr,
                        const char *data);

static void each_edit(FILE *out, const struct acml_edits *edits, write_f write)
{
	/* What goes first: a CNAME is refused while other data are there (RFC 2136 section 3.4.2.2). */
	for (size_t i = 0; i < edits->base->n_rrs; i++) {
		const struct acml_rr *rr = &edits->base->rrs[i];
		if (edits->dropped[i] && edits->gone[i] != NULL) {
			write(out, edits->base->origin, true, rr, edits->gone[i]);
		}
	}
	for (size_t i = 0; i < edits->n_added; i++) {
		const struct acml_edit *edit = &edits->added[i];
		if (!edit->off) {
			write(out, edits->base->origin, false, &edit->rr, edit->data);
		}
	}
}

static const char *type_text(const struct acml_rr *rr, char buffer[16])
{
	(void)knot_rrtype_to_string(rr->type, buffer, 16);
	return buffer;
}

static void nsupdate_edit(FILE *out, const char *zone, bool remove, const struct acml_rr *rr,
                          const char *data)
{
	char owner[ACML_NAME_TEXT], type[16];
	(void)zone;
	acml_name_text(rr->owner, owner);
	if (remove) {
		fprintf(out, "update delete %s IN %s %s\n", owner, type_text(rr, type), data);
	} else {
		fprintf(out, "update add %s %u IN %s %s\n", owner, rr->ttl, type_text(rr, type), data);
	}
}

void acml_fix_nsupdate(FILE *out, const struct acml_edits *edits)
{
	fprintf(out, "zone %s\n", edits->base->origin);
	each_edit(out, edits, nsupdate_edit);
	fputs("send\n", out);
}

/* One word of a shell. */
static void quote(FILE *out, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	                            "._-:/,+@%=";
	if (text[0] != '\0' && text[strspn(text, plain)] == '\0') {
		fputs(text, out);
		return;
	}
	fputc('\'', out);
	for (; *text != '\0'; text++) {
		if (*text == '\'') {
			fputs("'\\''", out);
		} else {
			fputc(*text, out);
		}
	}
	fputc('\'', out);
}

/* knotd keeps names in the RDATA of a CNAME in lower case, and zone-unset compares bytes. */
static const char *as_kept(const struct acml_rr *rr, const char *data, char buffer[ACML_NAME_TEXT])
{
	knot_dname_storage_t lower;
	if (rr->type != KNOT_RRTYPE_CNAME || rr->rdlen == 0 ||
	    knot_dname_wire_check(rr->rdata, rr->rdata + rr->rdlen, NULL) <= 0) {
		return data;
	}
	acml_name_lower(rr->rdata, lower);
	return acml_name_text(lower, buffer);
}

static void knotc_edit(FILE *out, const char *zone, bool remove, const struct acml_rr *rr,
                       const char *data)
{
	char owner[ACML_NAME_TEXT], kept[ACML_NAME_TEXT], type[16];
	fputs(remove ? "knotc zone-unset " : "knotc zone-set ", out);
	quote(out, zone);
	fputc(' ', out);
	quote(out, acml_name_text(rr->owner, owner));
	if (!remove) {
		fprintf(out, " %u", rr->ttl);
	}
	fprintf(out, " %s ", type_text(rr, type));
	quote(out, as_kept(rr, data, kept));
	fputs(" &&\n", out);
}

/* Each on condition of the one before: all or nothing, and somebody else's transaction, because of
 * which this one could not begin, is not touched. */
void acml_fix_knotc(FILE *out, const struct acml_edits *edits)
{
	fputs("knotc zone-begin ", out);
	quote(out, edits->base->origin);
	fputs(" && {\n", out);
	each_edit(out, edits, knotc_edit);
	fputs("knotc zone-commit ", out);
	quote(out, edits->base->origin);
	fputs(" ||\n{ knotc zone-abort ", out);
	quote(out, edits->base->origin);
	fputs("; false; }; }\n", out);
}

static bool still_holds(const char *path, const char *old, size_t old_size)
{
	char *bytes = NULL;
	size_t size = 0;
	bool same = acml_slurp(path, 0, &bytes, &size) == KNOT_EOK && size == old_size &&
	            memcmp(bytes, old, size) == 0;
	free(bytes);
	return same;
}

/* Everything up to the rename. */
static bool write_beside(int fd, const struct stat *st, const char *bytes, size_t size)
{
	bool mine = st->st_uid == geteuid() && st->st_gid == getegid();
	return acml_write_all(fd, bytes, size) &&
	       (mine || fchown(fd, st->st_uid, st->st_gid) == 0) &&
	       fchmod(fd, st->st_mode & 07777) == 0 && fsync(fd) == 0;
}

static const char *replace_file(const char *path, const char *old, size_t old_size,
                                const char *bytes, size_t size)
{
	struct stat st;
	char *beside = NULL;
	if (stat(path, &st) != 0 || asprintf(&beside, "%s.acmlint-XXXXXX", path) < 0) {
		return strerror(errno);
	}
	const char *fault = NULL;
	int fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0) {
		fault = strerror(errno);
		free(beside);
		return fault;
	}
	if (!write_beside(fd, &st, bytes, size)) {
		fault = strerror(errno);
	}
	if (close(fd) != 0 && fault == NULL) {
		fault = strerror(errno);
	}
	if (fault == NULL && !still_holds(path, old, old_size)) {
		fault = "it was changed in the meantime";
	}
	if (fault == NULL && rename(beside, path) != 0) {
		fault = strerror(errno);
	}
	if (fault != NULL) {
		(void)unlink(beside);
	} else if (!acml_flush_folder(path)) {
		fault = "it is written, but its folder could not be flushed to the disk";
	}
	free(beside);
	return fault;
}

const char *acml_fix_in_place(const char *path, const char *old, size_t old_size,
                              const char *bytes, size_t size)
{
	char *real = realpath(path, NULL);
	if (real == NULL) {
		return strerror(errno);
	}
	const char *fault = replace_file(real, old, old_size, bytes, size);
	free(real);
	return fault;
}
