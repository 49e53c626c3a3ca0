/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What looks like a token of ACM, what was meant to be one, and what never was. */

#include "support/zone_text.h"

#include <libknot/descriptor.h>

#include "rules/token.h"

#define HEX "424c7224e9b0146f9a8808af955727d0"
#define GOOD_TARGET "_" HEX ".hkmpvcwbzw.acm-validations.aws."

/* A target in the zone example.com. */
static const struct target_case {
	const char *target;
	enum acml_target form;
	enum acml_shape shape;  /* Of forms that have one: good and relative. */
	const char *mended;     /* NULL: cannot be told. */
} target_cases[] = {
	/* New form, old form, the underscore taken off, any case. */
	{ GOOD_TARGET, ACML_TARGET_GOOD, ACML_SHAPE_SOUND, GOOD_TARGET },
	{ "_" HEX ".acm-validations.aws.", ACML_TARGET_GOOD, ACML_SHAPE_SOUND,
	  "_" HEX ".acm-validations.aws." },
	{ HEX ".hkmpvcwbzw.acm-validations.aws.", ACML_TARGET_GOOD, ACML_SHAPE_SOUND,
	  HEX ".hkmpvcwbzw.acm-validations.aws." },
	{ "_" HEX ".HKMPVCWBZW.ACM-Validations.AWS.", ACML_TARGET_GOOD, ACML_SHAPE_SOUND, GOOD_TARGET },
	{ "_x7y2z9k4m1n8p3q6r5s0t2v4w6b8c0.j9s73ucn9vy.acm-validations.aws.", ACML_TARGET_GOOD,
	  ACML_SHAPE_SOUND, "_x7y2z9k4m1n8p3q6r5s0t2v4w6b8c0.j9s73ucn9vy.acm-validations.aws." },
	/* Odd and broken ones. */
	{ "_" HEX "0.hkmpvcwbzw.acm-validations.aws.", ACML_TARGET_GOOD, ACML_SHAPE_ODD, NULL },
	{ "_n" HEX ".hkmpvcwbzw.acm-validations.aws.", ACML_TARGET_GOOD, ACML_SHAPE_ODD, NULL },
	{ "_424c7224e9bO146f9a88o8af955727d0.acm-validations.aws.", ACML_TARGET_GOOD, ACML_SHAPE_ODD, NULL },
	{ "_x2.acm-validations.aws.", ACML_TARGET_GOOD, ACML_SHAPE_ODD, NULL },
	{ "_" HEX ".a.acm-validations.aws.", ACML_TARGET_GOOD, ACML_SHAPE_ODD, NULL },
	{ "_" HEX ".us-east-1.acm-validations.aws.", ACML_TARGET_GOOD, ACML_SHAPE_ODD, NULL },
	{ "_" HEX ".hkmpvcwbzw.hkmpvcwbzw.acm-validations.aws.", ACML_TARGET_GOOD, ACML_SHAPE_ODD, NULL },
	{ "acm-validations.aws.", ACML_TARGET_GOOD, ACML_SHAPE_BROKEN, NULL },
	{ "n_" HEX ".hkmpvcwbzw.acm-validations.aws.", ACML_TARGET_GOOD, ACML_SHAPE_BROKEN, GOOD_TARGET },
	{ "__" HEX ".hkmpvcwbzw.acm-validations.aws.", ACML_TARGET_GOOD, ACML_SHAPE_BROKEN, GOOD_TARGET },
	{ "\\\"_" HEX ".hkmpvcwbzw.acm-validations.aws.\\\"", ACML_TARGET_GOOD, ACML_SHAPE_BROKEN,
	  GOOD_TARGET },
	{ "\\\"_" HEX ".hkmpvcwbzw.acm-validations.aws.\\\".example.com.", ACML_TARGET_GOOD,
	  ACML_SHAPE_BROKEN, GOOD_TARGET },
	{ "\\032_" HEX ".hkmpvcwbzw.acm-validations.aws\\032.", ACML_TARGET_GOOD, ACML_SHAPE_BROKEN,
	  GOOD_TARGET },
	/* Without the final dot. */
	{ "_" HEX ".hkmpvcwbzw.acm-validations.aws.example.com.", ACML_TARGET_RELATIVE,
	  ACML_SHAPE_SOUND, GOOD_TARGET },
	{ "_" HEX ".acm-validations.aws.sub.EXAMPLE.com.", ACML_TARGET_RELATIVE, ACML_SHAPE_SOUND,
	  "_" HEX ".acm-validations.aws." },
	{ "_" HEX ".hkmpvcwbzw.acm-validations.aws.aws.example.com.", ACML_TARGET_RELATIVE,
	  ACML_SHAPE_SOUND, GOOD_TARGET },
	{ "_" HEX ".hkmpvcwbzw.acm-validations.aws.example.net.", ACML_TARGET_RELATIVE,
	  ACML_SHAPE_SOUND, GOOD_TARGET },
	{ "d_" HEX ".hkmpvcwbzw.acm-validations.aws.example.com.", ACML_TARGET_RELATIVE,
	  ACML_SHAPE_BROKEN, GOOD_TARGET },
	/* Misspelt. */
	{ "_" HEX ".hkmpvcwbzw.acm-validation.aws.", ACML_TARGET_MISSPELT, 0, GOOD_TARGET },
	{ "_" HEX ".hkmpvcwbzw.acm-validation.aws.example.com.", ACML_TARGET_MISSPELT, 0, GOOD_TARGET },
	{ "_" HEX ".hkmpvcwbzw.acm-validations.aws.com.", ACML_TARGET_MISSPELT, 0, GOOD_TARGET },
	{ "_" HEX ".hkmpvcwbzw.acm-validations.aws.com.example.com.", ACML_TARGET_MISSPELT, 0,
	  GOOD_TARGET },
	{ "_" HEX ".hkmpvcwbzw.acm-validations.amazonaws.com.", ACML_TARGET_MISSPELT, 0, GOOD_TARGET },
	{ "_" HEX ".hkmpvcwbzw.acmvalidations.aws.", ACML_TARGET_MISSPELT, 0, GOOD_TARGET },
	{ "_" HEX ".hkmpvcwbzw.acm-validatoins.aws.", ACML_TARGET_MISSPELT, 0, GOOD_TARGET },
	{ "_" HEX ".hkmpvcwbzw.amc-validations.aws.", ACML_TARGET_MISSPELT, 0, GOOD_TARGET },
	{ "_" HEX ".hkmpvcwbzw.acm.validations.aws.", ACML_TARGET_MISSPELT, 0, GOOD_TARGET },
	{ "_" HEX ".hkmpvcwbzw.acm-validations.asw.", ACML_TARGET_MISSPELT, 0, GOOD_TARGET },
	{ "_" HEX ".hkmpvcwbzw.acm-validations.", ACML_TARGET_MISSPELT, 0, GOOD_TARGET },
	{ "_" HEX ".hkmpvcwbzw.acm-validationsaws.", ACML_TARGET_MISSPELT, 0, GOOD_TARGET },
	{ "_" HEX ".hkmpvcwbzw.acm-validations-aws.com.", ACML_TARGET_MISSPELT, 0, GOOD_TARGET },
	{ "_" HEX ".acm-validations-amazonaws.com.", ACML_TARGET_MISSPELT, 0,
	  "_" HEX ".acm-validations.aws." },
	{ GOOD_TARGET "acm-validations.aws.", ACML_TARGET_MISSPELT, 0, GOOD_TARGET },
	{ "_" HEX ".validations.aws.", ACML_TARGET_MISSPELT, 0, "_" HEX ".acm-validations.aws." },
	/* Of others. */
	{ ".", ACML_TARGET_FOREIGN, 0, NULL },
	{ "aws.", ACML_TARGET_FOREIGN, 0, NULL },
	{ "example.com.", ACML_TARGET_FOREIGN, 0, NULL },
	{ "_" HEX ".example.com.", ACML_TARGET_FOREIGN, 0, NULL },
	{ HEX "." HEX ".sectigo.com.", ACML_TARGET_FOREIGN, 0, NULL },
	{ "dcv.digicert.com.", ACML_TARGET_FOREIGN, 0, NULL },
	{ "_" HEX ".acm-validations.example.net.", ACML_TARGET_FOREIGN, 0, NULL },
	{ "_" HEX ".validations.example.com.", ACML_TARGET_FOREIGN, 0, NULL },
	{ HEX ".lambda-url.us-east-1.on.aws.", ACML_TARGET_FOREIGN, 0, NULL },
	{ HEX ".dkim.amazonses.com.", ACML_TARGET_FOREIGN, 0, NULL },
	{ "d111111abcdef8.cloudfront.net.", ACML_TARGET_FOREIGN, 0, NULL },
};

static void test_targets(void **state)
{
	(void)state;
	knot_dname_storage_t apex;
	name_from_text("example.com.", apex);
	for (size_t i = 0; i < sizeof(target_cases) / sizeof(target_cases[0]); i++) {
		const struct target_case *t = &target_cases[i];
		print_message("%s\n", t->target);
		knot_dname_storage_t target, mended;
		assert_non_null(knot_dname_from_str(target, t->target, sizeof(target)));
		struct acml_target_parts parts;
		acml_target_parse(target, apex, &parts);
		assert_int_equal(parts.form, t->form);
		assert_int_equal(acml_target_form(target, apex), t->form);
		if (t->form == ACML_TARGET_GOOD || t->form == ACML_TARGET_RELATIVE) {
			const char *why = NULL;
			assert_int_equal(acml_target_shape(target, &parts, &why), t->shape);
			assert_int_equal(why == NULL, t->shape == ACML_SHAPE_SOUND);
		}
		assert_int_equal(acml_target_mend(target, apex, mended), t->mended != NULL);
		if (t->mended != NULL) {
			char text[ACML_NAME_TEXT];
			assert_string_equal(acml_name_text(mended, text), t->mended);
		}
	}
}

/* Zones whose own name is part of the suffix, or nothing at all. */
static void test_apexes(void **state)
{
	(void)state;
	static const char *const apexes[] = { ".", "aws.", "acm-validations.aws.", "com." };
	for (size_t i = 0; i < sizeof(apexes) / sizeof(apexes[0]); i++) {
		knot_dname_storage_t apex, target;
		name_from_text(apexes[i], apex);
		name_from_text(GOOD_TARGET, target);
		assert_int_equal(acml_target_form(target, apex), ACML_TARGET_GOOD);
	}
}

static const struct label_case {
	const char *label;
	bool token;
	enum acml_shape shape;
} label_cases[] = {
	{ "_" HEX, true, ACML_SHAPE_SOUND },
	{ "_424C7224E9B0146F9A8808AF955727D0", true, ACML_SHAPE_SOUND },
	{ "_" HEX "0", true, ACML_SHAPE_ODD },
	{ "_l24c7224e9b0146f9a8808af955727d0", true, ACML_SHAPE_ODD },
	{ "_c3zk8w0h2r7v5q9t1x4m", true, ACML_SHAPE_SOUND },
	{ "_c3zk8w0h2r7v5q9t1x4", false, ACML_SHAPE_ODD },
	{ "_zy2345678901234567890123456789012345678z", true, ACML_SHAPE_SOUND },
	{ "_zy23456789012345678901234567890123456789z", false, ACML_SHAPE_ODD },
	{ HEX, false, ACML_SHAPE_BROKEN },
	{ "_", false, ACML_SHAPE_BROKEN },
	{ "__" HEX, false, ACML_SHAPE_BROKEN },
	{ "_dmarc", false, ACML_SHAPE_ODD },
	{ "_acme-challenge", false, ACML_SHAPE_BROKEN },
	{ "*", false, ACML_SHAPE_BROKEN },
};

static void test_labels(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(label_cases) / sizeof(label_cases[0]); i++) {
		const struct label_case *t = &label_cases[i];
		print_message("%s\n", t->label);
		knot_dname_storage_t name;
		assert_non_null(knot_dname_from_str(name, t->label, sizeof(name)));
		assert_int_equal(acml_label_is_token(name), t->token);
		assert_int_equal(acml_label_shape(name), t->shape);
	}
	static const knot_dname_t root[1] = { 0 };
	assert_false(acml_label_is_token(root));
	assert_int_equal(acml_label_shape(root), ACML_SHAPE_BROKEN);
}

static const struct owner_case {
	const char *owner;
	const char *meant;      /* NULL: not doubled. */
} owner_cases[] = {
	{ "_t.example.com.example.com.", "_t.example.com." },
	{ "_t.www.example.com.example.com.", "_t.www.example.com." },
	{ "_t.www.example.com.example.com.example.com.", "_t.www.example.com." },
	{ "_t.www.example.com.www.example.com.", "_t.www.example.com." },
	{ "_t.www.example.com.sub.example.com.", "_t.www.example.com." },
	{ "_t.www.example.com.used.example.com.", NULL },
	{ "_t.example.com.", NULL },
	{ "_t.www.www.example.com.", NULL },
	{ "_t.com.example.com.", NULL },
	{ "_t.example.example.com.", NULL },
	{ "_t.anexample.com.example.com.", NULL },
	{ "example.com.", NULL },
	{ "example.com.example.com.", NULL },
	{ "_t.example.com.example.com.example.net.", NULL },
};

static void test_doubled(void **state)
{
	(void)state;
	struct acml_zone *zone = zone_from_text(
		"@ 300 SOA ns1 h 1 2 3 4 5\n"
		"www.example.com.used 300 A 192.0.2.1\n");
	for (size_t i = 0; i < sizeof(owner_cases) / sizeof(owner_cases[0]); i++) {
		const struct owner_case *t = &owner_cases[i];
		print_message("%s\n", t->owner);
		knot_dname_storage_t owner, meant;
		name_from_text(t->owner, owner);
		assert_int_equal(acml_owner_doubled(zone, owner, meant), t->meant != NULL);
		if (t->meant != NULL) {
			char text[ACML_NAME_TEXT];
			assert_string_equal(acml_name_text(meant, text), t->meant);
		}
	}
	acml_zone_free(zone);
}

/* One record in a zone: is it a token, is it worth keeping, does it hold a value elsewhere. */
static const struct record_case {
	const char *record;
	bool token;
	bool valid;
	bool elsewhere;
	bool dull;              /* Not worth keeping. */
} record_cases[] = {
	{ .record = "_" HEX ".www CNAME " GOOD_TARGET, .token = true, .valid = true },
	{ .record = "_" HEX ".www CNAME link", .token = true, .valid = true },
	{ .record = "_" HEX ".www CNAME nothing" },
	{ .record = "_" HEX ".www CNAME " HEX ".sectigo.com." },
	{ .record = "_" HEX ".www CNAME _" HEX ".acm-validations" , .token = true },
	{ .record = "_" HEX ".www CNAME _own.acm-validations" },
	{ .record = "www CNAME " GOOD_TARGET, .token = true },
	{ .record = "_x.www CNAME " GOOD_TARGET, .token = true },
	{ .record = "_" HEX ".* CNAME " GOOD_TARGET, .token = true },
	{ .record = "www CNAME acm-validation.aws." },
	{ .record = "www CNAME validations.aws." },
	{ .record = "www CNAME host.example.net.", .dull = true },
	{ .record = "www A 192.0.2.1", .dull = true },
	{ .record = "www TXT \"v=spf1 -all\"", .dull = true },
	{ .record = "_dmarc TXT \"v=DMARC1\"", .dull = true },
	{ .record = "_sip._tcp SRV 0 0 5060 www", .dull = true },
	{ .record = "_" HEX " A 192.0.2.1" },
	{ .record = "_" HEX " TXT \"" GOOD_TARGET "\"", .elsewhere = true },
	{ .record = "www TXT \"" GOOD_TARGET "\"", .elsewhere = true },
	{ .record = "www TXT \"see " GOOD_TARGET "\"" },
	{ .record = "_" HEX " TXT \"see " GOOD_TARGET "\"", .elsewhere = true },
	{ .record = "www TXT \"_" HEX ".example.com. IN CNAME " GOOD_TARGET "\"", .elsewhere = true },
	{ .record = "_" HEX " MX 10 " GOOD_TARGET, .elsewhere = true },
	{ .record = "www MX 10 " GOOD_TARGET, .dull = true },
	{ .record = "_" HEX " TYPE15 \\# 1 00" },
};

static void test_records(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(record_cases) / sizeof(record_cases[0]); i++) {
		const struct record_case *t = &record_cases[i];
		print_message("%s\n", t->record);
		char text[1024];
		snprintf(text, sizeof(text), "@ 300 SOA ns1 h 1 2 3 4 5\nlink 300 CNAME %s\n"
		         "_own.acm-validations 300 A 192.0.2.1\n%s\n", GOOD_TARGET, t->record);
		struct acml_zone *zone = zone_from_text(text);
		for (size_t j = 0; j < zone->n_rrs; j++) {
			const struct acml_rr *rr = &zone->rrs[j];
			if (rr->line != 4) {
				continue;
			}
			knot_dname_storage_t lower, value;
			struct acml_token token = { 0 };
			assert_int_equal(acml_token_classify(zone, rr, lower, &token), t->token);
			assert_int_equal(token.valid, t->valid);
			assert_int_equal(acml_value_elsewhere(zone, rr, value), t->elsewhere);
			assert_int_equal(acml_token_interesting(zone->apex, rr), !t->dull);
		}
		acml_zone_free(zone);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_apexes),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_doubled),
		cmocka_unit_test(test_records),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
