/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report/lookup_json.h"

#include <stdlib.h>

#include <jansson.h>
#include <libknot/descriptor.h>
#include <libknot/errcode.h>
#include <libknot/lookup.h>
#include <libknot/codes.h>
#include <libknot/rrset-dump.h>

#include "model/caa.h"
#include "model/lookup.h"
#include "model/names.h"

/* A CAA record is at most 64 KiB of RDATA; each byte is at most "\DDD". */
#define RDATA_TEXT (4 * 65536 + 64)

static const char *const outcomes[] = {
	[ACML_ANSWER] = "answer",
	[ACML_NODATA] = "nodata",
	[ACML_NXDOMAIN] = "nxdomain",
	[ACML_REFERRAL] = "referral",
	[ACML_OUTSIDE] = "outside",
	[ACML_OUT_OF_ZONE] = "out-of-zone",
	[ACML_LOOP] = "loop",
	[ACML_LIMIT] = "limit",
};

static const char *const decisions[] = {
	[ACML_CAA_FOUND] = "found",
	[ACML_CAA_NONE] = "none",
	[ACML_CAA_LEAVES] = "outside",
	[ACML_CAA_DELEGATED] = "delegated",
	[ACML_CAA_NOT_HERE] = "out-of-zone",
	[ACML_CAA_BROKEN] = "broken",
};

static const char *const permissions[] = {
	[ACML_ALLOWED] = "allowed",
	[ACML_DENIED] = "denied",
	[ACML_UNKNOWN] = "unknown",
};

/* Sets a member; false without memory. Takes the value over. */
static bool put(json_t *object, const char *key, json_t *value)
{
	return value != NULL && json_object_set_new(object, key, value) == 0;
}

static json_t *name_value(const knot_dname_t *name)
{
	char text[ACML_NAME_TEXT];
	return name == NULL ? json_null() : json_string(acml_name_text(name, text));
}

static json_t *rcode_value(uint16_t rcode)
{
	const knot_lookup_t *entry = knot_lookup_by_id(knot_rcode_names, rcode);
	return entry == NULL ? json_sprintf("RCODE%u", rcode) : json_string(entry->name);
}

static json_t *step_value(const struct acml_step *step)
{
	char owner[ACML_NAME_TEXT], type[32] = "";
	(void)knot_rrtype_to_string(step->type, type, sizeof(type));
	return json_sprintf("%s %s", acml_name_text(step->owner, owner), type);
}

static json_t *answer_value(const struct acml_answer *answer)
{
	json_t *list = json_array();
	for (size_t i = 0; i < answer->n_steps && list != NULL; i++) {
		if (json_array_append_new(list, step_value(&answer->steps[i])) != 0) {
			json_decref(list);
			list = NULL;
		}
	}
	return list;
}

/* RDATA in presentation format; RDATA that is not a CAA's in the generic one of RFC 3597. */
static json_t *rdata_value(const struct acml_rr *rr, char *text)
{
	knot_rrset_t rrset;
	knot_rrset_init(&rrset, (knot_dname_t *)rr->owner, rr->type, KNOT_CLASS_IN, rr->ttl);
	if (knot_rrset_add_rdata(&rrset, rr->rdata, rr->rdlen, NULL) != KNOT_EOK) {
		return NULL;
	}
	int ret = knot_rrset_txt_dump_data(&rrset, 0, text, RDATA_TEXT,
	                                   &KNOT_DUMP_STYLE_DEFAULT);
	knot_rdataset_clear(&rrset.rrs, NULL);
	if (ret >= 0) {
		/* libknot writes a blank behind the value. */
		while (ret > 0 && text[ret - 1] == ' ') {
			ret--;
		}
		return json_stringn(text, ret);
	}
	int length = snprintf(text, RDATA_TEXT, "\\# %u ", rr->rdlen);
	for (size_t i = 0; i < rr->rdlen; i++) {
		length += snprintf(text + length, RDATA_TEXT - length, "%02X", rr->rdata[i]);
	}
	return json_string(text);
}

static json_t *records_value(const struct acml_rrset *set)
{
	char *text = malloc(RDATA_TEXT);
	json_t *list = text == NULL ? NULL : json_array();
	for (size_t i = 0; i < set->count && list != NULL; i++) {
		if (json_array_append_new(list, rdata_value(&set->rrs[i], text)) != 0) {
			json_decref(list);
			list = NULL;
		}
	}
	free(text);
	return list;
}

static json_t *permission_value(const struct acml_caa_set *set, bool wildcard)
{
	return json_string(permissions[acml_caa_amazon(set, wildcard)]);
}

static json_t *caa_value(const struct acml_zone *zone, const knot_dname_t *name)
{
	struct acml_caa_set set;
	acml_caa_relevant(zone, acml_name_is_wildcard(name) ? acml_name_parent(name) : name, &set);
	const knot_dname_t *owner = set.where == ACML_CAA_FOUND ? set.owner : NULL;
	const knot_dname_t *outside = set.where == ACML_CAA_LEAVES ? set.outside : NULL;
	json_t *object = json_object();
	if (object != NULL && put(object, "owner", name_value(owner)) &&
	    put(object, "records", records_value(&set.set)) &&
	    put(object, "amazon", permission_value(&set, false)) &&
	    put(object, "amazon_wildcard", permission_value(&set, true)) &&
	    put(object, "decision", json_string(decisions[set.where])) &&
	    put(object, "outside", name_value(outside))) {
		return object;
	}
	json_decref(object);
	return NULL;
}

static json_t *lookup_value(const struct acml_zone *zone, const knot_dname_t *name, uint16_t type)
{
	struct acml_answer answer;
	acml_lookup(zone, name, type, &answer);
	const knot_dname_t *outside = answer.outcome == ACML_OUTSIDE ? answer.outside : NULL;
	json_t *object = json_object();
	if (object != NULL && put(object, "rcode", rcode_value(answer.rcode)) &&
	    put(object, "referral", json_boolean(answer.cut != NULL)) &&
	    put(object, "answer", answer_value(&answer)) &&
	    put(object, "outside", name_value(outside)) &&
	    put(object, "wildcard", name_value(answer.wildcard)) &&
	    put(object, "outcome", json_string(outcomes[answer.outcome])) &&
	    put(object, "caa", caa_value(zone, name))) {
		return object;
	}
	json_decref(object);
	return NULL;
}

int acml_lookup_json_write(FILE *out, const struct acml_zone *zone, const knot_dname_t *name,
                      uint16_t type)
{
	json_t *object = lookup_value(zone, name, type);
	if (object == NULL) {
		return KNOT_ENOMEM;
	}
	int ret = json_dumpf(object, out, JSON_PRESERVE_ORDER);
	json_decref(object);
	if (ret != 0 && !ferror(out)) {
		return KNOT_ENOMEM;
	}
	fputc('\n', out);
	return KNOT_EOK;
}
