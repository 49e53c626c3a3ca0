/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <jansson.h>
#include <libknot/errcode.h>

#include "report/rules_doc.h"

#define DUMP_FLAGS (JSON_INDENT(2) | JSON_PRESERVE_ORDER)

static json_t *text_or_null(const char *text)
{
	return text == NULL ? json_null() : json_string(text);
}

/* Releases the list when there was no memory for the text. */
static json_t *append(json_t *list, const char *text)
{
	if (json_array_append_new(list, json_string(text)) == 0) {
		return list;
	}
	json_decref(list);
	return NULL;
}

static json_t *needs_value(const struct acml_rule *rule)
{
	json_t *list = json_array();
	const char *need;
	for (size_t i = 0; list != NULL && (need = acml_rule_need(rule, i)) != NULL; i++) {
		list = append(list, need);
	}
	return list;
}

static json_t *sources_value(const struct acml_rule *rule)
{
	json_t *list = json_array();
	for (size_t i = 0; list != NULL && rule->sources[i] != NULL; i++) {
		list = append(list, rule->sources[i]);
	}
	return list;
}

/* jansson's setters take NULL for "no memory" and say so. */
static json_t *rule_value(const struct acml_rule *rule)
{
	const struct {
		const char *key;
		json_t *value;
	} members[] = {
		{ "id", text_or_null(rule->id) },
		{ "name", text_or_null(rule->name) },
		{ "severity", text_or_null(acml_severity_text(rule->severity)) },
		{ "severity_note", text_or_null(rule->severity_note) },
		{ "needs", needs_value(rule) },
		{ "summary", text_or_null(rule->summary) },
		{ "why", text_or_null(rule->why) },
		{ "fix", text_or_null(rule->fix) },
		{ "options", text_or_null(rule->options) },
		{ "inventory", text_or_null(rule->inventory) },
		{ "parent", text_or_null(rule->parent) },
		{ "good_parent", text_or_null(rule->good_parent) },
		{ "baseline", text_or_null(rule->baseline) },
		{ "bad", text_or_null(rule->bad) },
		{ "good", text_or_null(rule->good) },
		{ "sources", sources_value(rule) },
	};
	json_t *object = json_object();
	bool whole = object != NULL;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		whole = json_object_set_new(object, members[i].key, members[i].value) == 0 &&
		        whole;
	}
	if (!whole) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static int dump(FILE *out, json_t *value)
{
	if (value == NULL) {
		return KNOT_ENOMEM;
	}
	int ret = json_dumpf(value, out, DUMP_FLAGS);
	json_decref(value);
	fputc('\n', out);
	return ret == 0 || ferror(out) ? KNOT_EOK : KNOT_ENOMEM;
}

static int json_table(FILE *out, const struct acml_style *style)
{
	(void)style;
	json_t *list = json_array();
	const struct acml_rule *rule;
	for (size_t i = 0; (rule = acml_rule_at(i)) != NULL; i++) {
		if (json_array_append_new(list, rule_value(rule)) != 0) {
			json_decref(list);
			return KNOT_ENOMEM;
		}
	}
	return dump(out, list);
}

static int json_rule(FILE *out, const struct acml_rule *rule, const struct acml_style *style)
{
	(void)style;
	return dump(out, rule_value(rule));
}

const struct acml_rules_doc acml_rules_doc_json = {
	.name = "json",
	.table = json_table,
	.rule = json_rule,
};
