/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * A file read in pieces by several threads gives the zone that one reading gives: every record with
 * its line, problems, remarks, digest. Random zones, and the files and folders on the command line,
 * in pieces of many sizes down to a line.
 */

#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>

#include "lint/lint.h"
#include "model/names.h"
#include "model/read.h"

#define ZONES 2000

static uint64_t seed;

static unsigned pick(unsigned below)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(seed >> 33) % below;
}

static const char *const lines[] = {
	"a A 192.0.2.1\n", "b 60 IN AAAA 2001:db8::1\n", " TXT \"x\"\n", "\tA 192.0.2.2\n", "\n", "; x\n",
	"@ NS a\n", "*.c CNAME a\n", "$TTL 60\n", "$TTL 1h\n", "$ORIGIN d.example.com.\n", " \t\n",
	"$ORIGIN example.com.\n", "a TXT ( \"x\"\n\"y\" )\n", "a TXT (\nb A 192.0.2.3\n)\n", "x)\n",
	"a TXT \"x\ny A 192.0.2.1\n\"\n", "c A 192.0.2\n", "c TXT (\n", "b A\n", "a A 192.0.2.9 ; x\n",
	"c MX 10 a ; acmlint: allow CAA002 -- x\n", "; acmlint: allow-file TOK001 -- x\n", "a NSEC b A\n",
	"_a79865eb4cd1a6ab990a45779b4e0b96.a CNAME _4.x.acm-validations.aws.\n", "@ CAA 0 issue \";\"\n",
	"example.org. A 192.0.2.1\n", "a DNSKEY 257 3 13 AAAA\n", "c TYPE5 \\# 2 0001\n", ")\n",
};

static const char *const rare[] = {
	"$TTL\n", "$ORIGIN d\n", "$INCLUDE nowhere\n", "$GENERATE 1-2 x A 1.2.3.4\n", "a TXT \"x\n",
};

static size_t random_zone(char *out, size_t room)
{
	size_t used = 0;
	for (unsigned count = 1 + pick(30); count > 0; count--) {
		const char *line = pick(60) == 0 ? rare[pick(sizeof(rare) / sizeof(rare[0]))] :
		                                   lines[pick(sizeof(lines) / sizeof(lines[0]))];
		size_t size = strlen(line);
		if (used + size > room) {
			break;
		}
		memcpy(out + used, line, size);
		used += size;
	}
	return used - (pick(8) == 0 && used > 0);
}

static void dump_rrs(FILE *out, const char *what, const struct acml_rr *rrs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char text[ACML_NAME_TEXT];
		fprintf(out, "%s %u:%u %s %u %u ", what, rrs[i].file, rrs[i].line,
		        acml_name_text(rrs[i].owner, text), rrs[i].ttl, rrs[i].type);
		for (size_t j = 0; j < rrs[i].rdlen; j++) {
			fprintf(out, "%02x", rrs[i].rdata[j]);
		}
		fputc('\n', out);
	}
}

/* What is kept for a name's existence alone may be another record of many that would do. */
static char *dump(const struct acml_zone *zone)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	fprintf(out, "%d %d %d %d %lu %u %016lx\n", zone->complete, zone->has_includes,
	        zone->has_crlf, zone->has_dnssec, (unsigned long)zone->records, zone->max_ttl,
	        (unsigned long)zone->digest);
	if (zone->keep == ACML_KEEP_ALL) {
		dump_rrs(out, "in", zone->rrs, zone->n_rrs);
	}
	dump_rrs(out, "out", zone->outside, zone->n_outside);
	for (size_t i = 0; i < zone->n_problems; i++) {
		const struct acml_problem *p = &zone->problems[i];
		char owner[ACML_NAME_TEXT] = "-";
		if (p->owner != NULL) {
			acml_name_text(p->owner, owner);
		}
		fprintf(out, "problem %u:%u %d %d %d %s %s\n", p->file, p->line, p->fatal, p->kind,
		        p->code, p->message, owner);
	}
	for (size_t i = 0; i < zone->n_remarks; i++) {
		const struct acml_remark *r = &zone->remarks[i];
		fprintf(out, "remark %u:%u %u %d %s\n", r->file, r->line, r->record, r->alone, r->text);
	}
	fclose(out);
	return text;
}

static char *read_zone(struct acml_scanner *scanner, const char *name, const char *bytes,
                       size_t size, enum acml_retention keep, unsigned threads, size_t piece)
{
	const struct acml_read_options options = {
		.origin = "example.com",
		.keep = keep,
		.interest = &acml_lint_interest,
		.digest = true,
		.threads = threads,
		.piece = piece,
	};
	struct acml_zone *zone = NULL;
	if (acml_zone_read_bytes(scanner, name, bytes, size, &options, &zone) != KNOT_EOK) {
		abort();
	}
	char *text = dump(zone);
	acml_zone_free(zone);
	return text;
}

static bool check(struct acml_scanner *scanner, const char *name, const char *bytes, size_t size)
{
	static const size_t sizes[] = { 1, 20, 50, 100, 300, 1000, 10000 };
	bool good = true;
	for (int i = 0; i < 2; i++) {
		enum acml_retention keep = i == 0 ? ACML_KEEP_ALL : ACML_KEEP_RELEVANT;
		char *one = read_zone(scanner, name, bytes, size, keep, 1, 0);
		for (size_t j = 0; good && j < sizeof(sizes) / sizeof(sizes[0]); j++) {
			if (size / sizes[j] > 1000 || (size + j) % 3 != 0) {
				continue;
			}
			char *many = read_zone(scanner, name, bytes, size, keep, 3, sizes[j]);
			good = strcmp(one, many) == 0;
			if (!good) {
				printf("%s, pieces of %zu:\n%.*s\nat once:\n%sin pieces:\n%s\n", name,
				       sizes[j], (int)size, bytes, one, many);
			}
			free(many);
		}
		free(one);
	}
	return good;
}

static bool check_files(struct acml_scanner *scanner, char *path, size_t *out_files)
{
	char *const roots[] = { path, NULL };
	FTS *tree = fts_open(roots, FTS_NOCHDIR | FTS_PHYSICAL, NULL);
	bool good = tree != NULL;
	for (const FTSENT *entry; good && (entry = fts_read(tree)) != NULL; ) {
		char *bytes = NULL;
		size_t size;
		if (entry->fts_info == FTS_F) {
			good = acml_slurp(entry->fts_path, 0, &bytes, &size) == KNOT_EOK &&
			       check(scanner, entry->fts_path, bytes, size);
			++*out_files;
		}
		free(bytes);
	}
	if (tree != NULL) {
		fts_close(tree);
	}
	return good;
}

int main(int argc, char **argv)
{
	struct acml_scanner *scanner = acml_scanner_new();
	size_t failed = 0, files = 0;
	for (unsigned i = 0; i < ZONES; i++) {
		char text[4096], name[32];
		seed = i;
		size_t size = random_zone(text, sizeof(text));
		snprintf(name, sizeof(name), "random zone %u", i);
		failed += !check(scanner, name, text, size);
	}
	for (int i = 1; i < argc; i++) {
		failed += !check_files(scanner, argv[i], &files);
	}
	acml_scanner_free(scanner);
	printf("%d random zones, %zu files, %zu failed\n", ZONES, files, failed);
	return failed > 0;
}
