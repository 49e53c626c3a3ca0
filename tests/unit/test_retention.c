/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * However a zone is read, the findings are the same: with everything kept, with what is relevant,
 * in pieces by several threads. Random zones full of what the rules look at, and the zone files
 * named on the command line, are linted each way.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>

#include "facts/inventory.h"
#include "lint/lint.h"
#include "lint/verdict.h"
#include "model/names.h"
#include "rules/rule.h"

#define ZONES 3000

static uint64_t seed;

static unsigned pick(unsigned below)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(seed >> 33) % below;
}

#define TOKEN "_a79865eb4cd1a6ab990a45779b4e0b96"
#define TARGET "_424c7224e9b0146f9a8808af955727d0.jkddzztszm.acm-validations.aws"

static const char *const owners[] = {
	"@", "a", "b.a", "c.b.a", "*", "*.a", "*.b.a", "A", "x.y.z", "y.z", "d", "e.d",
	TOKEN, TOKEN ".a", TOKEN ".b.a", TOKEN ".*", TOKEN ".x.y.z", TOKEN ".e.d", "_x.a",
	TOKEN ".example.com", "_424c7224e9b0146f9a8808af955727d0.z", "www.example.org.", " ", "\t",
};

static const char *const data[] = {
	"A 192.0.2.1", "300 IN AAAA 2001:db8::1", "TXT ( \"x\"\n  \"y\" )", "NS ns.a", "NS ns.b.a",
	"CNAME a", "CNAME b.a", "CNAME x.y.z", "CNAME e.d", "CNAME www.example.org.",
	"CNAME *.a", "DNAME a", "DNAME y.z", "MX 10 a", "DS 1 8 2 00",
	"CAA 0 issue \"letsencrypt.org\"", "CAA 0 issue \"amazon.com\"", "CAA 0 issue \";\"",
	"CAA 0 issuewild \";\"", "CAA 128 tbs \"x\"", "CAA 0 issue \"amazon\"", "CAA 0 isue \"x\"",
	"CNAME " TARGET ".", "CNAME " TARGET ".", "CNAME " TARGET, "TXT \"" TARGET ".\"",
	"CNAME x." TARGET "s.", "100000 CNAME " TARGET ".", "TXT \"0 issue \\\"amazon.com\\\"\"",
	"MX 0 .", "MX 5 d", "MX 5 b.a",
	"A 192.0.2", "A " TARGET ".", "CDS 0 0 0 00", "CNAME n" TARGET ".", "SRV 0 0 1 a",
};

static const char *const directives[] = {
	"$TTL 60\n", "; comment\n", "\n", "$ORIGIN a.example.com.\n", "$ORIGIN example.com.\n",
	"  ; acmlint: allow CAA002, TOK018 -- tested\n", "; acmlint: allow-file TOK012 -- tested\n",
};

#define ONE_OF(list) (list)[pick(sizeof(list) / sizeof((list)[0]))]

static char *random_zone(void)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	fprintf(out, "@ SOA ns1 host 1 2 3 4 %u\n@ NS ns1\n@ NS ns2\n", pick(2) ? 300 : 86400);
	unsigned lines = 1 + pick(24);
	for (unsigned i = 0; i < lines; i++) {
		if (pick(6) == 0) {
			fputs(ONE_OF(directives), out);
		}
		fprintf(out, "%s %s%s\n", ONE_OF(owners), ONE_OF(data),
		        pick(30) == 0 ? " ; acmlint: allow TOK007 -- tested" : "");
	}
	fclose(out);
	return text;
}

/* Records that the zones may have, have otherwise, or lack; mail; names below everything. */
static const char stock[] =
	"[{\"Certificate\": {\"DomainName\": \"a.example.com\", \"Status\": \"ISSUED\","
	" \"NotAfter\": \"2026-12-01T00:00:00Z\", \"DomainValidationOptions\": ["
	"{\"DomainName\": \"a.example.com\", \"ResourceRecord\": {\"Type\": \"CNAME\","
	" \"Name\": \"" TOKEN ".a.example.com\", \"Value\": \"" TARGET "\"}},"
	"{\"DomainName\": \"*.e.d.example.com\", \"ResourceRecord\": {\"Type\": \"CNAME\","
	" \"Name\": \"" TOKEN ".e.d.example.com\", \"Value\": \"_x" TARGET "\"}},"
	"{\"DomainName\": \"q.z.example.com\", \"ResourceRecord\": {\"Type\": \"CNAME\","
	" \"Name\": \"" TOKEN ".q.z.example.com\", \"Value\": \"" TARGET "\"}}]}},"
	"{\"Certificate\": {\"DomainName\": \"example.com\", \"Status\": \"FAILED\","
	" \"DomainValidationOptions\": ["
	"{\"DomainName\": \"example.com\", \"ValidationMethod\": \"EMAIL\"},"
	"{\"DomainName\": \"c.b.a.example.com\", \"ValidationMethod\": \"EMAIL\"},"
	"{\"DomainName\": \"w.x.y.z.example.com\", \"ValidationMethod\": \"EMAIL\"}]}}]";

static const struct acml_inventory *inventory(void)
{
	static struct acml_inventory *read;
	struct acml_fault fault;
	if (read == NULL && acml_inventory_parse("stock", stock, sizeof(stock) - 1, &read,
	                                         &fault) != KNOT_EOK) {
		abort();
	}
	return read;
}

static char *lint(const char *text, enum acml_retention keep, size_t piece,
                  struct acml_scanner *scanner)
{
	static const knot_dname_t *const names[] = {
		(const knot_dname_t *)"\x01""a\x07""example\x03""com",
		(const knot_dname_t *)"\x03""www\x01""y\x01""z\x07""example\x03""com",
	};
	const struct acml_wanted wanted[] = {
		{ .name = names[0] }, { .name = names[1], .wildcard = true },
	};
	size_t n_wanted = strlen(text) % 3 == 0 ? 2 : 0;
	const struct acml_inventory *known = strlen(text) % 2 == 0 ? inventory() : NULL;
	const struct acml_read_options options = {
		.origin = "example.com",
		.sorted_names = known != NULL ? known->names : NULL,
		.n_sorted_names = known != NULL ? known->n_names : 0,
		.mail_names = known != NULL ? known->mail_names : NULL,
		.n_mail_names = known != NULL ? known->n_mail_names : 0,
		.keep = keep,
		.interest = &acml_lint_interest,
		.names = names,
		.n_names = n_wanted,
		.threads = piece > 0 ? 2 : 1,
		.piece = piece,
	};
	const struct acml_facts facts = {
		.now = 1795219200,
		.wanted = wanted,
		.n_wanted = n_wanted,
		.require_caa = strlen(text) % 5 == 0,
		.inventory = known,
		.inventory_complete = strlen(text) % 4 == 0,
	};
	const struct acml_settings settings = { { 0 } };

	struct acml_zone *zone = NULL;
	struct acml_result *result = NULL;
	if (acml_zone_read_bytes(scanner, "z", text, strlen(text), &options, &zone) != KNOT_EOK ||
	    acml_lint(zone, &facts, &settings, &result) != KNOT_EOK ||
	    acml_verdicts(zone, &facts, &settings, result) != KNOT_EOK) {
		abort();
	}
	char *report = NULL;
	size_t size;
	FILE *out = open_memstream(&report, &size);
	fprintf(out, "records %lu complete %d\n", (unsigned long)zone->records, zone->complete);
	for (size_t i = 0; i < result->n_findings; i++) {
		const struct acml_finding *f = &result->findings[i];
		fprintf(out, "%s:%u %s %s %s %s %s %s%s\n", f->file, f->line, f->rule->id,
		        acml_severity_text(f->severity), f->owner, f->type,
		        f->domain != NULL ? f->domain : "-", f->message,
		        f->suppressed ? " (suppressed)" : "");
	}
	for (size_t i = 0; i < result->n_verdicts; i++) {
		const struct acml_cert_verdict *v = &result->verdicts[i];
		fprintf(out, "%s %s", v->domain, acml_verdict_text(v->kind));
		for (size_t j = 0; j < v->n_steps; j++) {
			fprintf(out, ", %s", v->steps[j].text);
		}
		fputc('\n', out);
	}
	fclose(out);
	acml_result_free(result);
	acml_zone_free(zone);
	return report;
}

/* Whether what is read that way leads to the findings that are known. */
static bool leads_to(const char *known, const char *how, const char *name, const char *text,
                     char *findings)
{
	bool equal = strcmp(known, findings) == 0;
	if (!equal) {
		printf("%s:\n%s\nkeeping everything:\n%s\n%s:\n%s\n", name, text, known, how, findings);
	}
	free(findings);
	return equal;
}

static bool same(const char *name, const char *text, struct acml_scanner *scanner,
                 size_t *findings)
{
	size_t piece = strlen(text) / (2 + strlen(text) % 7) + 1;
	char *all = lint(text, ACML_KEEP_ALL, 0, scanner);
	bool equal = leads_to(all, "keeping what is relevant", name, text,
	                      lint(text, ACML_KEEP_RELEVANT, 0, scanner)) &&
	             leads_to(all, "in pieces", name, text,
	                      lint(text, ACML_KEEP_RELEVANT, piece, scanner));
	for (const char *p = all; (p = strchr(p, '\n')) != NULL; p++) {
		(*findings)++;
	}
	free(all);
	return equal;
}

int main(int argc, char **argv)
{
	struct acml_scanner *scanner = acml_scanner_new();
	size_t passed = 0, failed = 0, findings = 0;
	for (unsigned i = 0; i < ZONES; i++) {
		char name[32];
		snprintf(name, sizeof(name), "random zone %u", i);
		seed = i;
		char *text = random_zone();
		same(name, text, scanner, &findings) ? passed++ : failed++;
		free(text);
	}
	for (int i = 1; i < argc; i++) {
		char *text = NULL;
		size_t size;
		if (acml_slurp(argv[i], 0, &text, &size) != KNOT_EOK) {
			abort();
		}
		same(argv[i], text, scanner, &findings) ? passed++ : failed++;
		free(text);
	}
	acml_scanner_free(scanner);
	printf("%zu lines of findings\n%zu passed, %zu failed\n", findings, passed, failed);
	return failed > 0 || findings < ZONES;
}
