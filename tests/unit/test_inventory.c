/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Inventories: each sample is read and compared with what stands in SAMPLE.golden, cut at every
 * byte, and read with every value of it replaced by one of every type. A document is read whole or
 * not at all.
 *
 *     test_inventory [--update] SAMPLE…
 */

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <libknot/errcode.h>

#include "facts/inventory.h"
#include "facts/inventory_build.h"
#include "model/date.h"
#include "model/names.h"
#include "model/read.h"

static size_t passed, failed;

static bool check(bool good, const char *name, const char *what)
{
	good ? passed++ : failed++;
	if (!good) {
		printf("FAIL %s: %s\n", name, what);
	}
	return good;
}

static const char *text(const char *value)
{
	return value != NULL ? value : "-";
}

static void dump_cert(FILE *out, const struct acml_inventory *inventory,
                      const struct acml_cert *cert)
{
	static const char *const states[] = { "dead", "idle", "failed", "live" };
	static const char *const methods[] = { "?", "dns", "email", "http" };
	char name[ACML_NAME_TEXT];
	fprintf(out, "certificate %s %s %s:%u\n  status %s failure %s renewal %s reason %s\n"
	        "  type %s key %s eligibility %s use %d %s%s%s\n  from %lld to %lld\n",
	        text(cert->arn), cert->domain, cert->file, cert->line, text(cert->status),
	        text(cert->failure), text(cert->renewal), text(cert->renewal_reason),
	        text(cert->type), text(cert->key_algorithm), text(cert->eligibility), cert->in_use,
	        states[acml_cert_state(cert)], cert->is_acme ? " acme" : "",
	        cert->is_listed ? " listed" : "",
	        cert->not_before == ACML_NO_TIME ? -1LL : (long long)cert->not_before,
	        cert->not_after == ACML_NO_TIME ? -1LL : (long long)cert->not_after);
	for (size_t i = 0; i < cert->n_names; i++) {
		const struct acml_cert_name *n = &cert->names[i];
		const struct acml_need *need = acml_inventory_need(inventory, n);
		fprintf(out, "  name %s %s %s mail %s need %s\n", n->text, methods[n->method],
		        text(n->status), n->validation_domain != NULL ?
		        acml_name_text(n->validation_domain, name) : "-",
		        need != NULL ? "yes" : "-");
		assert(need != NULL || n->need == SIZE_MAX);
	}
}

static char *dump(const struct acml_inventory *inventory)
{
	char *report = NULL;
	size_t size;
	FILE *out = open_memstream(&report, &size);
	char a[ACML_NAME_TEXT], b[ACML_NAME_TEXT];
	for (size_t i = 0; i < inventory->n_certs; i++) {
		dump_cert(out, inventory, &inventory->certs[i]);
	}
	for (size_t i = 0; i < inventory->n_needs; i++) {
		const struct acml_need *need = &inventory->needs[i];
		fprintf(out, "need %s %s of %s %s:%u\n", acml_name_text(need->owner, a),
		        acml_name_text(need->target, b), need->cert < inventory->n_certs ?
		        inventory->certs[need->cert].domain : "-", need->file, need->line);
	}
	for (size_t i = 0; i < inventory->n_partials; i++) {
		fprintf(out, "partial %s: %s%s\n", inventory->partials[i].file,
		        inventory->partials[i].why, inventory->partials[i].assumed ? " ?" : "");
	}
	for (size_t i = 0; i < inventory->n_names; i++) {
		fprintf(out, "look up %s\n", acml_name_text(inventory->names[i], a));
	}
	fclose(out);
	return report;
}

static int parse(const char *bytes, size_t size, struct acml_inventory **out,
                 struct acml_fault *fault)
{
	/* An exact copy, so that a byte too many is seen. */
	char *copy = malloc(size > 0 ? size : 1);
	memcpy(copy, bytes, size);
	int ret = acml_inventory_parse("sample", copy, size, out, fault);
	free(copy);
	return ret;
}

static void compare(const char *path, const char *bytes, size_t size, bool update)
{
	struct acml_inventory *inventory = NULL;
	struct acml_fault fault;
	char golden[4096];
	char *wanted = NULL;
	snprintf(golden, sizeof(golden), "%s.golden", path);
	if (!check(parse(bytes, size, &inventory, &fault) == KNOT_EOK, path, "is not read")) {
		printf("%u:%u: %s\n", fault.line, fault.column, fault.message);
		return;
	}
	char *got = dump(inventory);
	if (update) {
		FILE *out = fopen(golden, "w");
		fputs(got, out);
		fclose(out);
	}
	size_t wanted_size;
	bool there = acml_slurp(golden, 0, &wanted, &wanted_size) == KNOT_EOK;
	if (!check(there && strcmp(got, wanted) == 0, path, "differs from the golden")) {
		printf("%s", got);
	}
	free(wanted);
	free(got);
	acml_inventory_free(inventory);
}

/* Only a stream has beginnings that are whole; those tell less, not something else. */
static void cut(const char *path, const char *bytes, size_t size)
{
	bool stream = strstr(path, "stream") != NULL;
	bool sound = true;
	while (size > 0 && strchr(" \n", bytes[size - 1]) != NULL) {
		size--;
	}
	for (size_t i = 0; i < size; i++) {
		struct acml_inventory *inventory = NULL;
		struct acml_fault fault;
		int ret = parse(bytes, i, &inventory, &fault);
		if (ret == KNOT_EOK) {
			sound &= stream && strchr("}]", bytes[i - 1 - strspn(bytes + i - 1, " \n")]) != NULL;
			acml_inventory_free(inventory);
		} else {
			sound &= ret == KNOT_EMALF && inventory == NULL &&
			         fault.message[0] != '\0' && fault.line > 0;
		}
	}
	check(sound, path, "cut somewhere, it was read in part");
}

/* Replaces the n-th value below one; false when there are fewer. */
static bool replace(json_t *value, size_t *n, json_t *with)
{
	size_t index;
	const char *key;
	json_t *member;
	if (json_is_array(value)) {
		json_array_foreach(value, index, member) {
			if ((*n)-- == 0) {
				return json_array_set(value, index, with) == 0;
			}
			if (replace(member, n, with)) {
				return true;
			}
		}
	}
	json_object_foreach(value, key, member) {
		if ((*n)-- == 0) {
			return json_object_set(value, key, with) == 0;
		}
		if (replace(member, n, with)) {
			return true;
		}
	}
	return false;
}

static void wrong_types(const char *path, const char *bytes)
{
	json_t *root = json_loads(bytes, JSON_DISABLE_EOF_CHECK | JSON_DECODE_INT_AS_REAL, NULL);
	char deep[4001];
	memset(deep, 'a', sizeof(deep) - 1);
	deep[sizeof(deep) - 1] = '\0';
	json_t *with[] = {
		json_null(), json_true(), json_real(-1e300), json_string(""), json_string("x"),
		json_string("*."), json_string("CNAME"), json_string(deep), json_array(), json_object(),
		json_pack("[s,i]", "x", 1), json_pack("{s:s}", "DomainName", "x"),
	};
	bool sound = true, more = true;
	for (size_t n = 0; more; n++) {
		for (size_t i = 0; i < sizeof(with) / sizeof(with[0]); i++) {
			json_t *copy = json_deep_copy(root);
			size_t at = n;
			more = replace(copy, &at, with[i]);
			char *changed = json_dumps(copy, 0);
			struct acml_inventory *inventory = NULL;
			struct acml_fault fault;
			int ret = parse(changed, strlen(changed), &inventory, &fault);
			sound &= ret == KNOT_EOK ? inventory != NULL :
			         ret == KNOT_EMALF && inventory == NULL && fault.message[0] != '\0';
			acml_inventory_free(inventory);
			free(changed);
			json_decref(copy);
		}
	}
	for (size_t i = 0; i < sizeof(with) / sizeof(with[0]); i++) {
		json_decref(with[i]);
	}
	json_decref(root);
	check(sound, path, "a value of a wrong type");
}

static void refuses(const char *name, const char *bytes, size_t size, unsigned line,
                    unsigned column)
{
	struct acml_inventory *inventory = NULL;
	struct acml_fault fault = { .line = 77 };
	int ret = parse(bytes, size, &inventory, &fault);
	bool good = ret == KNOT_EMALF && inventory == NULL && fault.line == line &&
	            fault.column == column && strcmp(fault.file, "sample") == 0;
	if (!check(good, name, "is not refused as it should")) {
		printf("    %d %u:%u %s\n", ret, fault.line, fault.column, fault.message);
	}
	acml_inventory_free(inventory);
}

#define REFUSES(name, bytes, line, column) \
	refuses((name), (bytes), sizeof(bytes) - 1, (line), (column))

static void broken(void)
{
	REFUSES("nothing", "", 1, 1);
	REFUSES("blanks", " \n\n", 3, 1);
	REFUSES("a scalar", "12", 1, 2);
	REFUSES("not JSON", "An error occurred", 1, 2);
	REFUSES("second document", "{\"CertificateSummaryList\": []}\n\n  {\"a\": nul}", 3, 11);
	REFUSES("a member twice", "{\"Certificate\": {},\n\"Certificate\": {}}", 2, 13);
	REFUSES("NUL byte", "{\"Certificate\": \0}", 1, 17);
	REFUSES("NUL escaped", "{\"Certificate\": \"\\u0000\"}", 1, 24);
	REFUSES("no UTF-8", "{\"Certificate\": \"\xff\"}", 1, 17);
	REFUSES("UTF-16", "\xff\xfe{\0", 1, 1);
	REFUSES("somebody else's", "{\"HostedZones\": []}", 1, 1);
	REFUSES("no name", "{\"Certificate\": {\"DomainName\": \"a..b\"}}", 1, 0);
	static char deep[200001];
	memset(deep, '[', sizeof(deep) - 1);
	refuses("deep arrays", deep, sizeof(deep) - 1, 1, 2049);
	static char objects[5 * 300 + 300 + 64];
	char *at = stpcpy(objects, "{\"Certificate\": ");
	for (int i = 0; i < 300; i++) {
		at = stpcpy(at, "{\"a\":");
	}
	at = stpcpy(at, "1");
	for (int i = 0; i < 301; i++) {
		at = stpcpy(at, "}");
	}
	refuses("deep objects", objects, strlen(objects), 1, 0);
}

static void times(void)
{
	static const struct {
		const char *text;
		int64_t when;
	} cases[] = {
		{ "2026-11-21T00:00:00Z", 1795219200 }, { "2026-11-21T00:00:00+00:00", 1795219200 },
		{ "2026-11-21T00:00:00.123456-05:00", 1795237200 },
		{ "2026-11-21T02:00:00+0200", 1795219200 }, { "2026-11-21T02:00:00+02", 1795219200 },
		{ "2026-11-21", 1795219200 }, { "2026-11-21 00:00:00", 1795219200 },
		{ "", ACML_NO_TIME }, { "soon", ACML_NO_TIME }, { "2026-13-01", ACML_NO_TIME },
		{ "2026-11-21T", ACML_NO_TIME }, { "2026-11-21T00:00:00Zx", ACML_NO_TIME },
		{ "2026-11-21T00:00:00+25:00", ACML_NO_TIME }, { "99999-01-01", ACML_NO_TIME },
		{ "2026-02-30", ACML_NO_TIME }, { "2026-11-21T00:00:00+01:", ACML_NO_TIME },
		{ "2026-11-21T00:00:00.Z", ACML_NO_TIME }, { "1970-01-01T00:00:00+01", ACML_NO_TIME },
		{ "2026-12-31T23:59:60Z", 1798761600 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t when = ACML_NO_TIME;
		check(acml_date_parse(cases[i].text, &when) == (cases[i].when != ACML_NO_TIME) &&
		      when == cases[i].when, cases[i].text, "is another time");
	}
}

int main(int argc, char **argv)
{
	bool update = argc > 1 && strcmp(argv[1], "--update") == 0;
	for (int i = 1 + update; i < argc; i++) {
		char *bytes = NULL;
		size_t size;
		if (acml_slurp(argv[i], 0, &bytes, &size) != KNOT_EOK) {
			abort();
		}
		compare(argv[i], bytes, size, update);
		cut(argv[i], bytes, size);
		wrong_types(argv[i], bytes);
		free(bytes);
	}
	broken();
	times();
	printf("%zu passed, %zu failed\n", passed, failed);
	return failed > 0 || argc < 2 + update;
}
