/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <jansson.h>
#include <libknot/dname.h>
#include <libknot/errcode.h>

#include "model/names.h"
#include "report/diff.h"
#include "report/json.h"
#include "rules/dnssec_keys.h"

/* Appends a value to a list; NULL without memory. Takes both over. */
static json_t *append(json_t *list, json_t *value)
{
	if (list == NULL || json_array_append_new(list, value) != 0) {
		json_decref(list);
		return NULL;
	}
	return list;
}

static json_t *name_value(const knot_dname_t *name)
{
	char text[ACML_NAME_TEXT];
	return json_string(acml_name_text(name, text));
}

static json_t *tokens_value(const struct acml_token_change *list, size_t count)
{
	json_t *out = json_array();
	for (size_t i = 0; i < count && out != NULL; i++) {
		const struct acml_token *token = list[i].token;
		char host[ACML_NAME_TEXT];
		out = append(out, json_pack("{s:o, s:o, s:s}", "owner", name_value(token->rr->owner),
		                            "target", name_value(token->target),
		                            "domain", acml_name_host(token->base, host)));
	}
	return out;
}

static json_t *caa_value(const struct acml_compare *compare)
{
	json_t *out = json_array();
	for (size_t i = 0; i < compare->n_caa && out != NULL; i++) {
		const struct acml_caa_change *change = &compare->caa[i];
		for (int wildcard = 0; wildcard < 2 && out != NULL; wildcard++) {
			char host[ACML_NAME_TEXT], domain[ACML_NAME_TEXT + 2];
			snprintf(domain, sizeof(domain), "%s%s", wildcard ? "*." : "",
			         acml_name_host(change->name, host));
			out = append(out, json_pack("{s:s, s:b, s:s, s:s}", "domain", domain,
			        "used", change->used[wildcard],
			        "old", acml_permission_text(change->before[wildcard]),
			        "new", acml_permission_text(change->after[wildcard])));
		}
	}
	return out;
}

static json_t *keys_value(const struct acml_rr_list *list)
{
	json_t *out = json_array();
	for (size_t i = 0; i < list->count && out != NULL; i++) {
		const struct acml_rr *rr = list->rrs[i];
		if (rr->rdlen >= 4) {
			out = append(out, json_pack("{s:i, s:i, s:i}", "tag", acml_key_tag(rr),
			        "flags", rr->rdata[0] << 8 | rr->rdata[1], "algorithm", rr->rdata[3]));
		}
	}
	return out;
}

static json_t *servers_value(const struct acml_rr_list *list)
{
	json_t *out = json_array();
	for (size_t i = 0; i < list->count && out != NULL; i++) {
		const struct acml_rr *rr = list->rrs[i];
		if (knot_dname_wire_check(rr->rdata, rr->rdata + rr->rdlen, NULL) > 0) {
			out = append(out, name_value(rr->rdata));
		}
	}
	return out;
}

static json_t *order_value(const struct acml_difference *difference)
{
	const struct acml_move *move = &difference->move;
	size_t count = difference->compare->ns_replaced ? move->n_steps : 0;
	json_t *out = json_array();
	for (size_t i = 0; i < count && out != NULL; i++) {
		const struct acml_move_step *step = &move->steps[i];
		char when[ACML_TIME_TEXT];
		out = append(out, json_pack("{s:s, s:I, s:s, s:s}", "at",
		        acml_time_text(step->at, when), "wait", (json_int_t)step->wait,
		        "because", step->why, "do", step->text));
	}
	return out;
}

static json_t *findings_value(const struct acml_result *result)
{
	json_t *out = json_array();
	for (size_t i = 0; i < result->n_findings && out != NULL; i++) {
		if (acml_difference_owns(&result->findings[i])) {
			out = append(out, acml_json_finding(&result->findings[i]));
		}
	}
	return out;
}

static json_t *serial_value(bool known, uint32_t serial)
{
	return known ? json_integer(serial) : json_null();
}

static json_t *version_value(const struct acml_zone *zone)
{
	uint32_t serial = 0;
	bool known = acml_zone_serial(zone, &serial);
	return json_pack("{s:o, s:o}", "file", acml_json_string(zone->files[0]),
	                 "serial", serial_value(known, serial));
}

static json_t *lost_and_gained(json_t *lost, json_t *gained)
{
	return json_pack("{s:o, s:o}", "lost", lost, "gained", gained);
}

int acml_diff_json(FILE *out, const struct acml_difference *difference)
{
	const struct acml_compare *compare = difference->compare;
	json_t *object = json_pack("{s:s, s:o, s:o, s:b, s:b, s:o, s:o, s:o, s:o, s:o, s:o}",
	        "origin", difference->zone->origin,
	        "old", version_value(difference->old), "new", version_value(difference->zone),
	        "changed", compare->changed, "advanced", compare->advanced,
	        "tokens", lost_and_gained(tokens_value(compare->lost, compare->n_lost),
	                                  tokens_value(compare->gained, compare->n_gained)),
	        "caa", caa_value(compare),
	        "keys", lost_and_gained(keys_value(&compare->keys_lost),
	                                keys_value(&compare->keys_gained)),
	        "ns", lost_and_gained(servers_value(&compare->ns_lost),
	                              servers_value(&compare->ns_gained)),
	        "findings", findings_value(difference->result),
	        "order", order_value(difference));
	if (object == NULL) {
		return KNOT_ENOMEM;
	}
	int ret = json_dumpf(object, out, JSON_PRESERVE_ORDER);
	json_decref(object);
	return ret == 0 || ferror(out) ? KNOT_EOK : KNOT_ENOMEM;
}

int acml_diff_json_end(FILE *out, const struct acml_run_error *errors, size_t n_errors)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n_errors && list != NULL; i++) {
		list = append(list, json_pack("{s:o, s:I, s:o}", "file",
		        acml_json_string(errors[i].file), "line", (json_int_t)errors[i].line,
		        "message", acml_json_string(errors[i].message)));
	}
	if (list == NULL) {
		return KNOT_ENOMEM;
	}
	fputs("],\n  \"errors\": ", out);
	int ret = json_dumpf(list, out, JSON_PRESERVE_ORDER);
	json_decref(list);
	fputs("}\n", out);
	return ret == 0 || ferror(out) ? KNOT_EOK : KNOT_ENOMEM;
}
