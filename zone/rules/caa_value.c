/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The CAA rules that look at one property at a time. They stay silent in a zone without ACM use,
 * and about sets that no CA gets to see: those are said to be hidden, and that is enough. */

#include "rules/caa.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "model/distance.h"

/* Fits every issuer's domain name. */
#define DOMAIN_MAX 254

static void lower_text(const char *text, size_t len, char *out)
{
	for (size_t i = 0; i < len; i++) {
		out[i] = text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 'a' - 'A' : text[i];
	}
	out[len] = '\0';
}

typedef void (*property_fn)(struct acml_judge *judge, const struct acml_caa_place *place,
                            const struct acml_rr *rr, const struct acml_caa *caa);

static void each_property(struct acml_judge *judge, property_fn check)
{
	const struct acml_caa_survey *survey = acml_caa_survey(judge);
	if (survey == NULL || judge->n_uses == 0) {
		return;
	}
	for (size_t i = 0; i < survey->n_places; i++) {
		const struct acml_caa_place *place = &survey->places[i];
		for (size_t k = 0; place->sight == ACML_SIGHT_SEEN && k < place->set.count; k++) {
			struct acml_caa caa;
			acml_caa_parse(place->set.rrs[k].rdata, place->set.rrs[k].rdlen, &caa);
			check(judge, place, &place->set.rrs[k], &caa);
		}
	}
}

typedef void (*blocked_fn)(struct acml_judge *judge, const struct acml_use *use,
                           const struct acml_rr *culprit, bool wildcard);

/* Every certificate name that is blocked for this reason, one finding each. */
static void each_blocked(struct acml_judge *judge, enum acml_caa_block block, blocked_fn say)
{
	const struct acml_caa_survey *survey = acml_caa_survey(judge);
	for (size_t i = 0; survey != NULL && i < judge->n_uses; i++) {
		const struct acml_caa_verdict *verdict = &survey->verdicts[i];
		const struct acml_use *use = &judge->uses[i];
		if (verdict->via_alias) {
			continue;
		}
		bool plain = use->plain && verdict->plain.block == block;
		bool wild = use->wildcard && verdict->wild.block == block;
		if (plain) {
			say(judge, use, verdict->plain.culprit, false);
		}
		if (wild && (!plain || verdict->wild.culprit != verdict->plain.culprit)) {
			say(judge, use, verdict->wild.culprit, true);
		}
	}
}

/* CAA004 */

static bool is_unknown(const struct acml_caa *caa)
{
	return caa->tag == ACML_CAA_UNKNOWN || caa->tag == ACML_CAA_RESERVED;
}

static void say_critical(struct acml_judge *judge, const struct acml_use *use,
                         const struct acml_rr *culprit, bool wildcard)
{
	struct acml_caa caa;
	acml_caa_parse(culprit->rdata, culprit->rdlen, &caa);
	char tag[ACML_CAA_SHOWN];
	const struct acml_spot spot = { .rr = culprit, .domain = use->name, .wildcard = wildcard };
	acml_report(judge, ACML_ERROR, &spot, "the CAA property \"%s\" at %s is critical and no CA "
	            "knows it: none may issue, so ACM will not issue or renew %s%s",
	            caa.valid ? acml_caa_show(caa.tag_text, caa.tag_len, tag) : "",
	            acml_judge_name(judge, culprit->owner), wildcard ? "*." : "",
	            acml_judge_host(judge, use->name));
	acml_caa_fix_flags(judge, culprit);
}

static void warn_critical(struct acml_judge *judge, const struct acml_caa_place *place,
                          const struct acml_rr *rr, const struct acml_caa *caa)
{
	(void)place;
	bool blocks = (*acml_caa_mark(judge, rr) & ACML_MARK_BLOCKS) != 0;
	/* RFC 8659's own tags every CA must know; of the others it may not. */
	bool certain = caa->tag == ACML_CAA_ISSUE || caa->tag == ACML_CAA_ISSUEWILD ||
	               caa->tag == ACML_CAA_IODEF;
	if (!caa->valid || !caa->critical || certain || blocks) {
		return;
	}
	char tag[ACML_CAA_SHOWN];
	const struct acml_spot spot = { .rr = rr };
	acml_report(judge, ACML_WARNING, &spot, "the CAA property \"%s\" at %s is critical: %s",
	            acml_caa_show(caa->tag_text, caa->tag_len, tag),
	            acml_judge_name(judge, rr->owner), is_unknown(caa) ?
	            "no CA knows it, so none may issue for the names it decides about" :
	            "a CA that does not know it must refuse, and AWS does not say that ACM does");
	acml_caa_fix_flags(judge, rr);
}

void acml_caa_check_critical(struct acml_judge *judge)
{
	each_blocked(judge, ACML_BLOCK_CRITICAL, say_critical);
	each_property(judge, warn_critical);
}

/* CAA005 and CAA006 */

static const char *const amazon_names[] = {
	"amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com",
};

/* Which of Amazon's names was meant, or NULL. domain: lower case. */
static const char *near_amazon(const char *domain)
{
	/* First labels that stand for Amazon with whatever behind them: "amazon", "amazon.de". */
	static const char *const brands[] = {
		"amazon", "amazontrust", "amazontrustservices", "awstrust", "amazonaws", "aws", "acm",
		"acm-validations", "acm-validation",
	};
	for (size_t i = 0; i < sizeof(amazon_names) / sizeof(amazon_names[0]); i++) {
		const char *name = amazon_names[i];
		size_t len = strlen(domain), name_len = strlen(name);
		bool below = len > name_len && domain[len - name_len - 1] == '.' &&
		             strcmp(domain + len - name_len, name) == 0;
		if (below || acml_distance(domain, len, name, name_len) <= 2) {
			return name;
		}
	}
	size_t first = strcspn(domain, ".");
	size_t len = strlen(domain);
	bool aws = len >= 4 && strcmp(domain + len - 4, ".aws") == 0;
	for (size_t i = 0; i < sizeof(brands) / sizeof(brands[0]); i++) {
		if (strlen(brands[i]) == first && memcmp(domain, brands[i], first) == 0) {
			return amazon_names[0];
		}
	}
	return aws ? amazon_names[0] : NULL;
}


/* Takes the URL's scheme and path, and dots and quotes at the ends, off a word. */
static void trim_word(const char **at, size_t *len)
{
	for (size_t i = 0; i + 3 <= *len; i++) {
		if (memcmp(*at + i, "://", 3) == 0) {
			*at += i + 3;
			*len -= i + 3;
			break;
		}
	}
	const char *slash = memchr(*at, '/', *len);
	if (slash != NULL) {
		*len = slash - *at;
	}
	while (*len > 0 && (*at)[*len - 1] == '.') {
		(*len)--;
	}
}

/* The issuer that a word of a malformed value names: a sound domain name in lower case, Amazon's
 * own if it is nearly one of them. False: no issuer's name. */
static bool issuer_of(const char *word, size_t len, char out_domain[DOMAIN_MAX + 1])
{
	trim_word(&word, &len);
	if (len > DOMAIN_MAX || memchr(word, '.', len) == NULL) {
		return false;
	}
	uint8_t rdata[7 + DOMAIN_MAX] = { 0, 5, 'i', 's', 's', 'u', 'e' };
	memcpy(rdata + 7, word, len);
	struct acml_caa caa;
	acml_caa_parse(rdata, 7 + len, &caa);
	if (caa.domain == NULL || caa.domain_len != len) {
		return false;
	}
	lower_text(word, len, out_domain);
	const char *meant = near_amazon(out_domain);
	if (meant != NULL) {
		strcpy(out_domain, meant);
	}
	return true;
}

/* One sound property for each issuer that the malformed value seems to name. grant: Amazon is to be
 * among them. */
static void fix_malformed(struct acml_judge *judge, const struct acml_rr *rr,
                          const struct acml_caa *caa, bool grant)
{
	acml_caa_fix_remove(judge, rr);
	const char *tag = caa->tag == ACML_CAA_ISSUE ? "issue" : "issuewild";
	const char *at = caa->value;
	/* Whoever wrote parameters must say what they belong to. */
	const char *end = memchr(caa->value, '=', caa->value_len) == NULL ?
	                  caa->value + caa->value_len : caa->value;
	for (int fixes = 0; at < end && fixes < 8; at++) {
		const char *word = at;
		while (at < end && strchr(" \t,;'\"", *at) == NULL) {
			at++;
		}
		char domain[DOMAIN_MAX + 1];
		if (issuer_of(word, at - word, domain)) {
			acml_caa_fix_add(judge, rr, tag, domain, strlen(domain));
			grant = grant && near_amazon(domain) == NULL;
			fixes++;
		}
	}
	if (grant) {
		acml_caa_fix_add(judge, rr, tag, amazon_names[0], strlen(amazon_names[0]));
	}
}

static void say_malformed(struct acml_judge *judge, const struct acml_use *use,
                          const struct acml_rr *culprit, bool wildcard)
{
	struct acml_caa caa;
	acml_caa_parse(culprit->rdata, culprit->rdlen, &caa);
	char value[ACML_CAA_SHOWN];
	const struct acml_spot spot = { .rr = culprit, .domain = use->name, .wildcard = wildcard };
	acml_report(judge, ACML_ERROR, &spot, "the CAA value \"%s\" at %s is malformed (%s) and "
	            "authorises nobody: ACM will not issue or renew %s%s",
	            acml_caa_show(caa.value, caa.value_len, value),
	            acml_judge_name(judge, culprit->owner), caa.malformed, wildcard ? "*." : "",
	            acml_judge_host(judge, use->name));
	fix_malformed(judge, culprit, &caa, true);
}

static void warn_malformed(struct acml_judge *judge, const struct acml_caa_place *place,
                           const struct acml_rr *rr, const struct acml_caa *caa)
{
	(void)place;
	const struct acml_spot spot = { .rr = rr };
	if (!caa->valid) {
		acml_report(judge, ACML_WARNING, &spot, "the CAA record at %s is too short to hold flags, "
		            "tag and value", acml_judge_name(judge, rr->owner));
		return;
	}
	if (caa->malformed == NULL || (*acml_caa_mark(judge, rr) & ACML_MARK_BLOCKS) != 0) {
		return;
	}
	char value[ACML_CAA_SHOWN];
	acml_report(judge, ACML_WARNING, &spot, "the CAA value \"%s\" at %s is malformed (%s) and "
	            "authorises nobody", acml_caa_show(caa->value, caa->value_len, value),
	            acml_judge_name(judge, rr->owner), caa->malformed);
	fix_malformed(judge, rr, caa, false);
}

void acml_caa_check_malformed(struct acml_judge *judge)
{
	each_blocked(judge, ACML_BLOCK_MALFORMED, say_malformed);
	each_property(judge, warn_malformed);
}

static void warn_near_miss(struct acml_judge *judge, const struct acml_caa_place *place,
                           const struct acml_rr *rr, const struct acml_caa *caa)
{
	bool beside = caa->tag == ACML_CAA_ISSUE ? place->issue.exact : place->issuewild.exact;
	if (caa->domain == NULL || beside || caa->domain_len > DOMAIN_MAX) {
		return;
	}
	char domain[DOMAIN_MAX + 1];
	lower_text(caa->domain, caa->domain_len, domain);
	const char *meant = caa->issuer == ACML_ISSUER_AMAZON_CASE ? domain : near_amazon(domain);
	if (meant == NULL) {
		return;
	}
	char shown[ACML_CAA_SHOWN];
	const struct acml_spot spot = { .rr = rr };
	acml_report(judge, ACML_WARNING, &spot, caa->issuer == ACML_ISSUER_AMAZON_CASE ?
	            "\"%s\" in the CAA record at %s: CAs may compare byte by byte, and Amazon's name "
	            "is \"%s\"" : "\"%s\" in the CAA record at %s is none of Amazon's issuer names; "
	            "perhaps \"%s\" was meant", acml_caa_show(caa->domain, caa->domain_len, shown),
	            acml_judge_name(judge, rr->owner), meant);
	acml_caa_fix_remove(judge, rr);
	acml_caa_fix_add(judge, rr, caa->tag == ACML_CAA_ISSUE ? "issue" : "issuewild", meant,
	                 strlen(meant));
}

void acml_caa_check_near_miss(struct acml_judge *judge)
{
	each_property(judge, warn_near_miss);
}

/* CAA012 */

/* The tag that was meant, or NULL. */
static const char *near_tag(const struct acml_caa *caa)
{
	static const char *const known[] = { "issue", "issuewild", "iodef", "issuemail", "issuevmc" };
	char tag[16];
	if (caa->tag_len >= sizeof(tag)) {
		return NULL;
	}
	lower_text(caa->tag_text, caa->tag_len, tag);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		size_t len = strlen(known[i]);
		if (acml_distance(tag, caa->tag_len, known[i], len) <= (len > 6 ? 2 : 1)) {
			return known[i];
		}
	}
	return caa->tag_len > 9 && memcmp(tag, "issuewild", 9) == 0 ? "issuewild" : NULL;
}

static void warn_tag(struct acml_judge *judge, const struct acml_caa_place *place,
                     const struct acml_rr *rr, const struct acml_caa *caa)
{
	(void)place;
	if (!caa->valid || (caa->critical && is_unknown(caa))) {
		return;
	}
	const char *meant = caa->tag == ACML_CAA_UNKNOWN ? near_tag(caa) : NULL;
	char tag[ACML_CAA_SHOWN];
	acml_caa_show(caa->tag_text, caa->tag_len, tag);
	const struct acml_spot spot = { .rr = rr };
	if (meant != NULL) {
		acml_report(judge, ACML_WARNING, &spot, "the CAA tag \"%s\" at %s is none that CAs know, "
		            "so the property does nothing; perhaps \"%s\" was meant", tag,
		            acml_judge_name(judge, rr->owner), meant);
		acml_caa_fix_remove(judge, rr);
		acml_caa_fix_add(judge, rr, meant, caa->value, caa->value_len);
	} else if (caa->flags != 0 && caa->flags != 128) {
		acml_report(judge, ACML_WARNING, &spot, "the flags of the CAA property \"%s\" at %s are "
		            "%u: only 0 and 128 (critical) have a meaning%s", tag,
		            acml_judge_name(judge, rr->owner), (unsigned)caa->flags,
		            caa->flags == 1 ? ", though some CAs take 1 for critical" : "");
		acml_report_advice(judge, "set the flags to 0, as AWS asks for; 128 only if a CA that "
		                   "does not know the tag must refuse");
		acml_caa_fix_flags(judge, rr);
	}
}

void acml_caa_check_tag(struct acml_judge *judge)
{
	each_property(judge, warn_tag);
}
