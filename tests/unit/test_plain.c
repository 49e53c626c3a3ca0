/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The plain lines against libzscanner alone: lines that must be taken, lines that must be left,
 * random lines with a byte or two changed, and the files and folders named on the command line.
 */

#include <fts.h>
#include <stdlib.h>

#include "model/read.h"
#include "../support/plain_pair.h"

#define TEXTS 200000

static uint64_t seed = 1;

static unsigned pick(unsigned below)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(seed >> 33) % below;
}

#define ONE_OF(list) (list)[pick(sizeof(list) / sizeof((list)[0]))]

#define LONG10 "abcdefghij"
#define LONG60 LONG10 LONG10 LONG10 LONG10 LONG10 LONG10
#define LONG63 LONG60 "klm"

/* Taken ahead of libzscanner, each as the only line. */
static const char *const taken[] = {
	"a A 192.0.2.1\n", "@ 300 IN A 0.0.0.0\n", "a IN 4294967295 A 255.255.255.255\n",
	"A.b.c.\ta\t1.2.3.4 \t\n", "* NS ns1\n", "a NS ns1.example.org.;x\n", "_a/-b CNAME @ ; c\n",
	"a MX 65535 b\n", "a SRV 0 1 65535 b\n", "a PTR b\n", "a AAAA ::\n", "a AAAA ::1\n",
	"a AAAA 2001:DB8::\n", "a AAAA 1:2:3:4:5:6:7:8\n", "a AAAA 1::8\n", "a TXT a \"b ;()\" \"\"\n",
	"a DS 1 8 2 00fF\n", "a NSEC b A TXT RRSIG NSEC\n", "a NSEC3 1 0 65535 - "
	"0123456789abcdefghijklmnopqrstuv\n", "a NSEC3 1 1 1 ab 0123456789ABCDEFGHIJKLMNOPQRSTUV NS\n",
	"a RRSIG A 13 2 3600 20270101000000 20240229000000 1 b. AAAA\n",
	"a RRSIG DNSKEY 8 2 3600 20270131235959 20991228000000 1 b. AAAAzz==\n",
	"a RRSIG NS 8 2 3600 20000301000000 19700101000000 1 @ AA== ; x\n",
	"a RRSIG A 13 2 3600 20270101000000 20240229000000 1 b. AA+/zz09  AAAA\tAAA=\n",
	"a TXT \"0123456789abcdef0123456789abcdef~ !#[]^\"\n",
	"\n\n; x\n\na A 1.2.3.4\n", LONG63 "." LONG63 "." LONG60 " A 1.2.3.4\n",
};

/* Left alone: escapes, units, parentheses, long or odd or broken ones. */
static const char *const left[] = {
	"a A 192.0.2.1", "a A 192.0.2.1\r\n", "a A 192.0.2.01\n", "a A 192.0.2.256\n", "a A 1.2.3\n",
	"a A 1.2.3.4.5\n", "a A 1.2.3.4)\n", "a A (1.2.3.4)\n", "a A 1.2.3.4 x\n", "a\\b A 1.2.3.4\n",
	". A 1.2.3.4\n", ".a A 1.2.3.4\n", "a..b A 1.2.3.4\n", "a.@ A 1.2.3.4\n", "@a A 1.2.3.4\n",
	" A 1.2.3.4\n", "a 1h A 1.2.3.4\n", "a 4294967296 A 1.2.3.4\n", "a 1 2 A 1.2.3.4\n",
	"a IN IN A 1.2.3.4\n", "a CH A 1.2.3.4\n", "a TYPE1 \\# 4 01020304\n", "$TTL 1\n", "\n", "; x\n",
	"a MX 65536 b\n", "a MX 10\n", "a NS\n", "a NS .\n", "a NS b.c..\n", "a AAAA 1:2:3:4:5:6:7\n",
	"a AAAA 1:2:3:4:5:6:7:8:9\n", "a AAAA 1:2:3:4:5:6:7:8::\n", "a AAAA 1::2::3\n", "a AAAA :1::2\n", "a AAAA 1:::2\n",
	"a AAAA 12345::\n", "a AAAA ::1.2.3.4\n", "a AAAA 1:\n", "a TXT a\"b\"\n", "a TXT \"a\"b\n",
	"a TXT \"a\n\"\n", "a TXT \"\\\"\"\n", "a TXT a(b\n", "a TXT\n", "a TXT \x80\n", "a DS 1 8 2 0\n",
	"a DS 1 8 2\n", "a DS 1 256 2 00\n", "a NSEC b TYPE1234\n", "a NSEC b A(\n",
	"a NSEC3 1 0 0 - 0123\n", "a NSEC3 1 0 0 -- 0123456789abcdefghijklmnopqrstuv\n",
	"a RRSIG A 13 2 3600 20270230000000 20240229000000 1 b. AAAA\n",
	"a RRSIG A 13 2 3600 20270101000000 20240229000000 1 b. AAA\n",
	"a RRSIG A 13 2 3600 20270101000000 20240229000000 1 b. AA=A\n",
	"a RRSIG A 13 2 3600 20270101000000 20240229000000 1 b. AAA A\n",
	"a RRSIG A 13 2 3600 20270101000000 20240229000000 1 b. AAAA AA\n",
	"a RRSIG A 13 2 3600 20270101000000 20240229000000 1 b. AA== AAAA\n",
	"a RRSIG A 13 2 3600 20270101000000 20240229000000 1 b. AAAA )\n",
	"a TXT \"0123456789abcdef0123456789abcde\x7f 0123456789abcdef0123456789abcdef\"\n",
	"a TXT \"0123456789abcdef\\0400123456789abcdef0123456789abcdef\"\n",
	"a RRSIG A 13 2 3600 1 2 1 b. AAAA\n", "a SOA b c 1 2 3 4 5\n", "a CAA 0 issue \"x\"\n",
	LONG63 "x A 1.2.3.4\n", LONG63 "." LONG63 "." LONG63 "." LONG63 " A 1.2.3.4\n",
	"a TXT " LONG63 LONG63 LONG63 LONG63 LONG63 "\n",
};

static bool check_table(struct plain_pair *pair, const char *const *lines, size_t count, bool ahead)
{
	bool good = true;
	for (size_t i = 0; i < count; i++) {
		size_t before = pair->ahead;
		if (!pair_read(pair, lines[i], strlen(lines[i])) ||
		    (pair->ahead > before) != ahead) {
			fprintf(stderr, "%s: %s\n", ahead ? "not taken" : "not left", lines[i]);
			good = false;
		}
	}
	return good;
}

static const char *const extra[] = {
	"$ORIGIN sub.example.com.\n", "$TTL 60\n", "$TTL 1h\n", "\n", "  ; x\n", "; x\n", " \t\n",
	" A 1.2.3.4\n", "\tNS x ( ; y\n )\n", "a A ( 1.2.3.4\n", "x)\n", "a TXT \"x\n y\"\n", "( a\n",
	"a RRSIG A 13 2 3600 20230229000000 20240131000000 1 b. AAAA\n",
	"a RRSIG A 13 2 3600 20240229000000 20240431000000 1 b. AAAA\n",
	"a A 1.2.3.4 (\n", ")\n", "$INCLUDE x\n", "a SOA b c ( 1 2 3 4 5 )\n", "\n\n(\n)\n",
};

static size_t random_text(char *out, size_t room)
{
	size_t used = 0;
	for (unsigned lines = 1 + pick(8); lines > 0; lines--) {
		const char *line = pick(4) == 0 ? ONE_OF(extra) :
		                   pick(4) == 0 ? ONE_OF(left) : ONE_OF(taken);
		size_t size = strlen(line);
		if (used + size > room) {
			break;
		}
		memcpy(out + used, line, size);
		used += size;
	}
	static const char odd[] = " \t\n;()\"\\.@$:=-0129azAZ_/*\r\0\x7f\xff";
	for (unsigned changes = pick(3); used > 0 && changes > 0; changes--) {
		out[pick((unsigned)used)] = odd[pick(sizeof(odd))];
	}
	return used;
}

static bool check_random(struct plain_pair *pair)
{
	for (unsigned i = 0; i < TEXTS; i++) {
		char text[4096];
		size_t size = random_text(text, sizeof(text));
		char *exact = malloc(size + 1); /* So that sanitizers see its end. */
		memcpy(exact, text, size);
		bool good = pair_read(pair, exact, size);
		free(exact);
		if (!good) {
			fprintf(stderr, "text %u:\n%.*s\n", i, (int)size, text);
			return false;
		}
	}
	return true;
}

static bool check_file(struct plain_pair *pair, const char *path)
{
	char *bytes = NULL;
	size_t size;
	bool good = acml_slurp(path, 0, &bytes, &size) == KNOT_EOK && pair_read(pair, bytes, size);
	free(bytes);
	if (!good) {
		fprintf(stderr, "%s\n", path);
	}
	return good;
}

/* A file, or all files in a folder. */
static bool check_files(struct plain_pair *pair, char *path, size_t *out_files)
{
	char *const roots[] = { path, NULL };
	FTS *tree = fts_open(roots, FTS_NOCHDIR | FTS_PHYSICAL, NULL);
	bool good = tree != NULL;
	for (const FTSENT *entry; good && (entry = fts_read(tree)) != NULL; ) {
		if (entry->fts_info == FTS_F) {
			good = check_file(pair, entry->fts_path);
			++*out_files;
		}
	}
	if (tree != NULL) {
		fts_close(tree);
	}
	return good;
}

int main(int argc, char **argv)
{
	struct plain_pair pair = { .plain = acml_scanner_new(), .alone = acml_scanner_new() };
	bool good = check_table(&pair, taken, sizeof(taken) / sizeof(taken[0]), true);
	good &= check_table(&pair, left, sizeof(left) / sizeof(left[0]), false);
	good &= check_random(&pair);
	printf("%zu of %zu random records were plain\n", pair.ahead, pair.records);
	good &= pair.ahead > TEXTS / 2;
	size_t files = 0;
	for (int i = 1; i < argc; i++) {
		good &= check_files(&pair, argv[i], &files);
	}
	printf("%zu files\n", files);
	acml_scanner_free(pair.plain);
	acml_scanner_free(pair.alone);
	return good ? 0 : 1;
}
