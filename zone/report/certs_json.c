/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "lint/verdict.h"
#include "report/certs.h"
#include "report/escape.h"

/* A JSON string, or null for NULL; NULL without memory. */
static json_t *text_value(const char *text)
{
	if (text == NULL) {
		return json_null();
	}
	size_t len = 0;
	char *clean = acml_escape_utf8(text, &len);
	json_t *value = clean != NULL ? json_stringn(clean, len) : NULL;
	free(clean);
	return value;
}

/* jansson's setters take NULL for "no memory" and say so. */
static json_t *step_value(const struct acml_verdict_step *step)
{
	json_t *object = json_object();
	bool whole = object != NULL &&
	             json_object_set_new(object, "step", text_value(step->what)) == 0 &&
	             json_object_set_new(object, "verdict",
	                                 text_value(acml_verdict_text(step->kind))) == 0 &&
	             json_object_set_new(object, "text", text_value(step->text)) == 0 &&
	             json_object_set_new(object, "rule", text_value(step->rule)) == 0 &&
	             json_object_set_new(object, "settle", text_value(step->settle)) == 0;
	if (!whole) {
		json_decref(object);
		return NULL;
	}
	return object;
}

/* One text of each step that has it, each once. */
static json_t *texts_value(const struct acml_cert_verdict *verdict, bool rules)
{
	json_t *list = json_array();
	bool whole = list != NULL;
	for (size_t i = 0; whole && i < verdict->n_steps; i++) {
		const struct acml_verdict_step *step = &verdict->steps[i];
		const char *text = rules ? step->rule : step->settle;
		bool again = false;
		for (size_t j = 0; j < i && text != NULL; j++) {
			const struct acml_verdict_step *other = &verdict->steps[j];
			const char *before = rules ? other->rule : other->settle;
			again |= before != NULL && strcmp(before, text) == 0;
		}
		if (text != NULL && !again) {
			whole = json_array_append_new(list, text_value(text)) == 0;
		}
	}
	if (!whole) {
		json_decref(list);
		return NULL;
	}
	return list;
}

static json_t *steps_value(const struct acml_cert_verdict *verdict)
{
	json_t *list = json_array();
	for (size_t i = 0; list != NULL && i < verdict->n_steps; i++) {
		if (json_array_append_new(list, step_value(&verdict->steps[i])) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

json_t *acml_certs_json(const struct acml_run_certificate *certificate)
{
	const struct acml_cert_verdict *verdict = certificate->verdict;
	const struct acml_run_zone *zone = certificate->zone;
	const struct {
		const char *key;
		json_t *value;
	} members[] = {
		{ "domain", text_value(verdict->domain) },
		{ "arn", text_value(verdict->arn) },
		{ "verdict", text_value(acml_verdict_text(verdict->kind)) },
		{ "reasons", texts_value(verdict, true) },
		{ "unknown", texts_value(verdict, false) },
		{ "file", text_value(zone != NULL ? zone->file : NULL) },
		{ "steps", steps_value(verdict) },
	};
	json_t *object = json_object();
	bool whole = object != NULL;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		whole = json_object_set_new(object, members[i].key, members[i].value) == 0 && whole;
	}
	if (!whole) {
		json_decref(object);
		return NULL;
	}
	return object;
}
