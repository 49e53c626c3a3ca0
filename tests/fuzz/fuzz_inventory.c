/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Fuzz target: any bytes as an inventory, and a zone that is judged by what comes out. */

#include <assert.h>
#include <string.h>

#include <libknot/errcode.h>

#include "facts/inventory.h"
#include "fuzz.h"
#include "lint/lint.h"
#include "lint/verdict.h"
#include "model/names.h"

static const char zone_text[] =
	"@ SOA ns1 host 1 2 3 4 300\n@ NS ns1\n@ NS ns2.example.net.\n"
	"@ CAA 0 issue \"letsencrypt.org\"\n@ MX 0 .\nwww A 192.0.2.1\n*.w CNAME www\n"
	"shop NS ns.shop\nwww CAA 0 issue \"amazon.com\"\nmail MX 10 www\n"
	"_a79865eb4cd1a6ab990a45779b4e0b96 CNAME "
	"_424c7224e9b0146f9a8808af955727d0.jkddzztszm.acm-validations.aws.\n";

/* What the header promises about an inventory. */
static void check_sound(const struct acml_inventory *inventory)
{
	for (size_t i = 0; i < inventory->n_certs; i++) {
		const struct acml_cert *cert = &inventory->certs[i];
		assert(cert->n_names > 0 && cert->domain != NULL && cert->file != NULL);
		for (size_t j = 0; j < cert->n_names; j++) {
			const struct acml_cert_name *name = &cert->names[j];
			assert(name->text != NULL && name->name != NULL);
			assert(name->need == SIZE_MAX || name->need < inventory->n_needs);
			assert((name->method == ACML_METHOD_EMAIL) ==
			       (name->validation_domain != NULL));
		}
	}
	for (size_t i = 0; i < inventory->n_needs; i++) {
		const struct acml_need *need = &inventory->needs[i];
		assert(need->cert == SIZE_MAX || need->cert < inventory->n_certs);
		assert(i == 0 || knot_dname_cmp(need[-1].owner, need->owner) <= 0);
	}
	for (size_t i = 1; i < inventory->n_refs; i++) {
		assert(knot_dname_cmp(inventory->refs[i - 1].name, inventory->refs[i].name) <= 0);
	}
	for (size_t i = 1; i < inventory->n_names; i++) {
		assert(knot_dname_cmp(inventory->names[i - 1], inventory->names[i]) < 0);
	}
}

static void judge(const struct acml_inventory *inventory, bool complete)
{
	const struct acml_read_options options = {
		.origin = "example.com",
		.keep = ACML_KEEP_RELEVANT,
		.interest = &acml_lint_interest,
		.sorted_names = inventory->names,
		.n_sorted_names = inventory->n_names,
		.mail_names = inventory->mail_names,
		.n_mail_names = inventory->n_mail_names,
		.no_include = true,
	};
	const struct acml_facts facts = {
		.now = 1795219200,      /* 2026-11-21 */
		.inventory = inventory,
		.inventory_complete = complete,
	};
	const struct acml_settings settings = { 0 };
	struct acml_zone *zone = NULL;
	struct acml_result *result = NULL;
	if (acml_zone_read_bytes(fuzz_scanner(), "fuzz.zone", zone_text, sizeof(zone_text) - 1,
	                         &options, &zone) == KNOT_EOK &&
	    acml_lint(zone, &facts, &settings, &result) == KNOT_EOK) {
		int ret = acml_verdicts(zone, &facts, &settings, result);
		assert(ret == KNOT_EOK || ret == KNOT_ENOMEM);
		(void)ret;
	}
	acml_result_free(result);
	acml_zone_free(zone);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct acml_inventory *inventory = NULL;
	struct acml_fault fault;
	int ret = acml_inventory_parse("fuzz.json", (const char *)data, size, &inventory, &fault);
	if (ret == KNOT_EOK) {
		check_sound(inventory);
		judge(inventory, size % 2 == 0);
	} else {
		/* All or nothing, and a word why. */
		assert(inventory == NULL);
		assert(ret == KNOT_ENOMEM || (fault.message[0] != '\0' && fault.line > 0));
	}
	acml_inventory_free(inventory);
	return 0;
}
