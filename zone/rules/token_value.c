/* SPDX-License-Identifier: GPL-2.0-or-later */

/* ACM's value in records of another type than CNAME. */

#include <string.h>
#include <strings.h>

#include <libknot/descriptor.h>

#include "model/names.h"
#include "rules/token.h"

/* No record that holds a value and little else is longer. */
#define MAX_TEXT 512

/* A private type that Knot DNS reads from version 3.5 on. */
#define TYPE_ALIAS 65401

/* Where the name stands in the RDATA of types that hold one; -1: elsewhere or none. */
static int name_offset(uint16_t type)
{
	switch (type) {
	case KNOT_RRTYPE_NS:
	case KNOT_RRTYPE_PTR:
	case KNOT_RRTYPE_DNAME:
	case TYPE_ALIAS:
		return 0;
	case KNOT_RRTYPE_MX:
	case KNOT_RRTYPE_AFSDB:
	case KNOT_RRTYPE_RT:
	case KNOT_RRTYPE_KX:
	case KNOT_RRTYPE_SVCB:
	case KNOT_RRTYPE_HTTPS:
		return 2;
	case KNOT_RRTYPE_SRV:
		return 6;
	default:
		return -1;
	}
}

/* The character-strings of TXT one after the other, as SPF and DKIM read them. False: too long. */
static bool join_strings(const struct acml_rr *rr, char text[MAX_TEXT + 1])
{
	size_t len = 0;
	for (size_t i = 0; i < rr->rdlen; i += 1u + rr->rdata[i]) {
		size_t size = rr->rdata[i];
		if (i + 1 + size > rr->rdlen || len + size > MAX_TEXT) {
			return false;
		}
		memcpy(text + len, rr->rdata + i + 1, size);
		len += size;
	}
	text[len] = '\0';
	return memchr(text, '\0', len) == NULL;
}

/* Whether the label, its underscore aside, or what is behind "n_" in it, is a token. */
static bool names_token(const knot_dname_t *name)
{
	for (size_t start = 0; start < name[0]; start++) {
		if (start > 0 && name[start] != '_') {
			continue;
		}
		uint8_t label[2 + KNOT_DNAME_MAXLABELLEN] = { (uint8_t)(name[0] - start + 1), '_' };
		memcpy(label + 2, name + 1 + start, name[0] - start);
		if (acml_label_is_token(label)) {
			return true;
		}
	}
	return false;
}

static bool is_value(const struct acml_zone *zone, const knot_dname_t *name)
{
	return names_token(name) && acml_target_form(name, zone->apex) != ACML_TARGET_FOREIGN;
}

/* A word of hostname characters as a name, relative to the root as ACM's console shows it. */
static bool word_name(const char *word, knot_dname_storage_t out)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                              "0123456789-_.*";
	return word[strspn(word, allowed)] == '\0' && acml_name_parse(word, out);
}

/* What may stand beside a value that was pasted with its whole line. */
static bool is_filler(const char *word, const knot_dname_t *name)
{
	return strcasecmp(word, "CNAME") == 0 || strcasecmp(word, "IN") == 0 ||
	       word[strspn(word, "0123456789")] == '\0' ||
	       (name != NULL && acml_label_is_token(name));
}

/* Text that is a value, or a whole line of a zone file with one; prose that mentions one is not,
 * except at the very name that ACM asks for. */
static bool text_holds_value(const struct acml_zone *zone, char *text, bool allow_prose,
                             knot_dname_storage_t out_value)
{
	static const char blanks[] = " \t\r\n\"'`,;=:()<>";
	bool found = false, prose = false;
	char *rest = NULL;
	for (char *word = strtok_r(text, blanks, &rest); word != NULL;
	     word = strtok_r(NULL, blanks, &rest)) {
		knot_dname_storage_t name;
		bool is_name = word_name(word, name);
		if (is_name && !found && is_value(zone, name)) {
			acml_name_copy(name, out_value);
			found = true;
		} else if (!is_filler(word, is_name ? name : NULL)) {
			prose = true;
		}
	}
	return found && (allow_prose || !prose);
}

bool acml_value_elsewhere(const struct acml_zone *zone, const struct acml_rr *rr,
                          knot_dname_storage_t out_value)
{
	if (rr->type == KNOT_RRTYPE_CNAME || !acml_token_interesting(zone->apex, rr)) {
		return false;
	}
	bool at_token = rr->owner[0] > 0 && acml_label_is_token(rr->owner);
	if (rr->type == KNOT_RRTYPE_TXT || rr->type == KNOT_RRTYPE_SPF) {
		char text[MAX_TEXT + 1];
		return join_strings(rr, text) && text_holds_value(zone, text, at_token, out_value);
	}
	int offset = name_offset(rr->type);
	if (!at_token || offset < 0 || rr->rdlen <= offset) {
		return false;
	}
	const uint8_t *name = rr->rdata + offset;
	if (knot_dname_wire_check(name, rr->rdata + rr->rdlen, NULL) <= 0) {
		return false;
	}
	acml_name_lower(name, out_value);
	return acml_target_form(out_value, zone->apex) != ACML_TARGET_FOREIGN;
}
