/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The CAA rules that look at where records stand. */

#include "rules/caa.h"

#include <string.h>
#include <strings.h>

#include <libknot/descriptor.h>

/* CAA007 */

/* The set above that names Amazon and is hidden by this one, or NULL. */
static const struct acml_caa_place *granted_above(const struct acml_judge *judge,
                                                  const knot_dname_t *owner)
{
	if (acml_name_equal(owner, judge->zone->apex)) {
		return NULL;
	}
	struct acml_caa_set set;
	acml_caa_relevant(judge->zone, acml_name_parent(owner), &set);
	if (set.where != ACML_CAA_FOUND || set.via_alias) {
		return NULL;
	}
	const struct acml_caa_place *above = acml_caa_place_of(judge, &set.set);
	return above->issue.any && above->plain.block == ACML_BLOCK_NONE ? above : NULL;
}

/* Whether CAA002 says of this set that it refuses a name. */
static bool refuses(const struct acml_judge *judge, const struct acml_caa_place *place)
{
	const knot_dname_t *owner = place->node->owner;
	for (size_t i = acml_judge_first_use(judge, owner); i < judge->n_uses; i++) {
		const struct acml_use *use = &judge->uses[i];
		const struct acml_caa_verdict *verdict = &judge->caa->verdicts[i];
		if (!acml_name_within(use->name, owner)) {
			break;
		}
		if (verdict->place == place &&
		    ((use->plain && verdict->plain.block == ACML_BLOCK_ISSUE) ||
		     (use->wildcard && verdict->wild.block == ACML_BLOCK_ISSUE))) {
			return true;
		}
	}
	return false;
}

void acml_caa_check_override(struct acml_judge *judge)
{
	const struct acml_caa_survey *survey = acml_caa_survey(judge);
	for (size_t i = 0; survey != NULL && i < survey->n_places; i++) {
		const struct acml_caa_place *place = &survey->places[i];
		const knot_dname_t *owner = place->node->owner;
		if (place->sight != ACML_SIGHT_SEEN || place->plain.block != ACML_BLOCK_ISSUE ||
		    !acml_judge_used_below(judge, owner)) {
			continue;
		}
		const struct acml_caa_place *above = granted_above(judge, owner);
		if (above == NULL) {
			continue;
		}
		const struct acml_spot spot = { .rr = place->plain.culprit };
		const char *name = acml_judge_name(judge, owner);
		bool told = refuses(judge, place);
		acml_report(judge, told ? ACML_INFO : ACML_WARNING, &spot,
		            "the CAA set of %s hides the one of %s, which lets Amazon issue: names at "
		            "and below %s without a set of their own are refused", name,
		            acml_judge_name(judge, above->node->owner), name);
		if (!told) {
			acml_caa_fix_amazon(judge, place->plain.culprit, "issue");
		}
	}
}

/* CAA008 */

void acml_caa_check_wildcard(struct acml_judge *judge)
{
	const struct acml_caa_survey *survey = acml_caa_survey(judge);
	if (survey == NULL || judge->n_uses == 0) {
		return;
	}
	for (size_t i = 0; i < survey->n_places; i++) {
		const struct acml_caa_place *place = &survey->places[i];
		/* Consulted it is for a name that exists through the wildcard alone. */
		if (place->sight != ACML_SIGHT_WILDCARD ||
		    (*acml_caa_mark(judge, place->set.rrs) & ACML_MARK_DECIDES) != 0) {
			continue;
		}
		const struct acml_spot spot = { .rr = place->set.rrs };
		const char *base = acml_judge_name(judge, acml_name_parent(place->node->owner));
		acml_report(judge, ACML_WARNING, &spot, "the CAA set of %s is not consulted for a "
		            "certificate for %s, the one of %s or above is",
		            acml_judge_name(judge, place->node->owner),
		            acml_judge_host(judge, place->node->owner), base);
	}
}

/* CAA011 */

void acml_caa_check_hidden(struct acml_judge *judge)
{
	const struct acml_caa_survey *survey = acml_caa_survey(judge);
	if (survey == NULL || judge->n_uses == 0) {
		return;
	}
	for (size_t i = 0; i < survey->n_places; i++) {
		const struct acml_caa_place *place = &survey->places[i];
		const knot_dname_t *owner = place->node->owner;
		const char *by;
		const knot_dname_t *where = owner;
		switch (place->sight) {
		case ACML_SIGHT_CUT:
			by = "is delegated away by the NS records of";
			where = acml_zone_cut(judge->zone, owner)->owner;
			break;
		case ACML_SIGHT_DNAME:
			by = "is hidden by the DNAME of";
			where = acml_zone_dname(judge->zone, owner)->owner;
			break;
		case ACML_SIGHT_ALIAS:
			by = "stands beside the CNAME of";
			break;
		default:
			continue;
		}
		const struct acml_spot spot = { .rr = place->set.rrs };
		acml_report(judge, ACML_WARNING, &spot, "the CAA set of %s %s %s: no CA gets to see it",
		            acml_judge_name(judge, owner), by, acml_judge_name(judge, where));
		for (size_t k = 0; k < place->set.count; k++) {
			acml_caa_fix_remove(judge, &place->set.rrs[k]);
		}
	}
}

/* CAA013 */

/* The longest TXT that can be a CAA record's text: nobody writes longer ones by hand. */
#define TEXT_MAX 300

/* A TXT record as one text, a blank between its strings. False: too long. */
static bool join_strings(const struct acml_rr *rr, char buffer[TEXT_MAX + 1])
{
	size_t used = 0;
	for (size_t i = 0; i < rr->rdlen; i += 1 + rr->rdata[i]) {
		size_t len = rr->rdata[i];
		if (i + 1 + len > rr->rdlen || used + len + 1 > TEXT_MAX ||
		    memchr(rr->rdata + i + 1, '\0', len) != NULL) {
			return false;
		}
		if (used > 0) {
			buffer[used++] = ' ';
		}
		memcpy(buffer + used, rr->rdata + i + 1, len);
		used += len;
	}
	buffer[used] = '\0';
	return true;
}

static const char *skip_word(const char *text, const char *word)
{
	size_t len = strlen(word);
	if (strncasecmp(text, word, len) != 0 || strchr(" \t", text[len]) == NULL ||
	    text[len] == '\0') {
		return NULL;
	}
	return text + len + strspn(text + len, " \t");
}

/* Prose may begin alike; a value is quoted, or a name, an address or ";" in one word, or a name with
 * parameters. */
static bool is_value(const char *value)
{
	size_t len = strlen(value);
	if (len >= 2 && value[0] == '"' && value[len - 1] == '"') {
		return true;
	}
	size_t word = strcspn(value, " \t;");
	const char *rest = value + word + strspn(value + word, " \t");
	return memchr(value, '.', word) != NULL ? *rest == '\0' || *rest == ';' :
	       strcmp(value, ";") == 0;
}

/* The value in '[CAA] <flags> issue|issuewild|iodef "<value>"', quotes optional; or NULL. */
static const char *caa_text(const char *text, const char **out_tag)
{
	static const char *const tags[] = { "issue", "issuewild", "iodef" };
	text += strspn(text, " \t");
	const char *rest = skip_word(text, "CAA");
	text = rest != NULL ? rest : text;
	size_t digits = strspn(text, "0123456789");
	if (digits == 0 || digits > 3 || (text[digits] != ' ' && text[digits] != '\t')) {
		return NULL;
	}
	text += digits + strspn(text + digits, " \t");
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		const char *value = skip_word(text, tags[i]);
		if (value != NULL) {
			*out_tag = tags[i];
			return is_value(value) ? value : NULL;
		}
	}
	return NULL;
}

bool acml_caa_interesting(const struct acml_rr *rr)
{
	if (rr->rdlen < 2 || rr->rdata[0] == 0 || rr->rdlen > TEXT_MAX) {
		return false;
	}
	char first = (char)rr->rdata[1];
	return (first >= '0' && first <= '9') || first == 'C' || first == 'c' || first == ' ' ||
	       first == '\t';
}

static void check_text(struct acml_judge *judge, const struct acml_rr *rr)
{
	char text[TEXT_MAX + 1];
	const char *tag = NULL;
	if (!acml_caa_interesting(rr) || !join_strings(rr, text)) {
		return;
	}
	const char *value = caa_text(text, &tag);
	if (value == NULL) {
		return;
	}
	char shown[ACML_CAA_SHOWN];
	const struct acml_spot spot = { .rr = rr };
	acml_report(judge, ACML_WARNING, &spot, "the TXT record at %s holds the text of a CAA record "
	            "(%s): no CA reads it there", acml_judge_name(judge, rr->owner),
	            acml_caa_show(text, strlen(text), shown));
	acml_caa_fix_remove(judge, rr);
	size_t len = strlen(value);
	bool quoted = value[0] == '"' && len >= 2;
	acml_caa_fix_add(judge, rr, tag, value + quoted, len - 2 * quoted);
}

void acml_caa_check_other_type(struct acml_judge *judge)
{
	const struct acml_zone *zone = judge->zone;
	for (size_t i = 0; i < zone->n_nodes && judge->n_uses > 0; i++) {
		struct acml_rrset set = acml_node_rrset(&zone->nodes[i], KNOT_RRTYPE_TXT);
		for (size_t k = 0; k < set.count; k++) {
			check_text(judge, &set.rrs[k]);
		}
	}
}
