/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What sound, visible tokens do to the zone and want from it: TOK012, TOK014, TOK016 to TOK018. */

#include <string.h>

#include <libknot/descriptor.h>
#include <libknot/wire.h>

#include "rules/dnssec_survey.h"
#include "rules/token_rules.h"

#define DAY 86400

static bool is_sound(const struct acml_token *token)
{
	return token->valid && acml_token_published(token);
}

static void check_copied(struct acml_judge *judge)
{
	for (size_t i = 0; i < judge->n_tokens; i++) {
		const struct acml_token *token = &judge->tokens[i];
		if (token->twin == NULL) {
			continue;
		}
		knot_dname_storage_t domain;
		struct acml_spot spot = acml_token_spot(judge, token, domain);
		acml_report(judge, ACML_WARNING, &spot,
		            "%s CNAME has the token and the target of %s (line %u); ACM makes them for one "
		            "name, so one of the two stays pending",
		            acml_judge_name(judge, token->rr->owner),
		            acml_judge_name(judge, token->twin->rr->owner), token->twin->rr->line);
	}
}

const struct acml_rule acml_tok012 = {
	.id = "TOK012",
	.name = "token-copied",
	.severity = ACML_WARNING,
	.summary = "two names have the same owner label and the same target",
	.why = "ACM makes the record for one domain name and one account: owner label and target belong to "
	       "that name alone. A copy below another name does not validate it, so that the other name's "
	       "certificate stays pending, or fails to renew. Several accounts have several records at one "
	       "name, with different labels; that is normal.",
	.fix = "Ask ACM for the record of each name (aws acm describe-certificate) and replace the copy.",
	.bad = ACML_TOKEN_HEAD
	       "_a79865eb4cd1a6ab990a45779b4e0b96 CNAME "
	       "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n"
	       "_a79865eb4cd1a6ab990a45779b4e0b96.www CNAME "
	       "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n",
	.good = ACML_TOKEN_HEAD
	        "_a79865eb4cd1a6ab990a45779b4e0b96 CNAME "
	        "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n"
	        "_0db4e790f89365ed50700dcf36927455.www CNAME "
	        "_cd6a7af6416d4d1e553b4a0369bf1054.jkddzztszm.acm-validations.aws.\n",
	.sources = (const char *const[]){ ACML_TOKEN_GUIDE, NULL },
	.check = check_copied,
};

/* Which ancestors of the current token's base exist only through tokens, by number of labels.
 * Tokens come in canonical order, so that every name is looked at once. */
struct bare_names {
	struct {
		const knot_dname_t *name;
		bool bare;
		bool reported;
	} at[KNOT_DNAME_MAXLABELS + 1];
};

static size_t bare_slot(const struct acml_zone *zone, struct bare_names *names,
                        const knot_dname_t *name)
{
	size_t slot = knot_dname_labels(name, NULL);
	if (names->at[slot].name == NULL || !acml_name_equal(names->at[slot].name, name)) {
		names->at[slot].name = name;
		names->at[slot].bare = acml_name_is_bare(zone, name);
		names->at[slot].reported = false;
	}
	return slot;
}

static bool is_bare(const struct acml_zone *zone, struct bare_names *names,
                    const knot_dname_t *name)
{
	return names->at[bare_slot(zone, names, name)].bare;
}

/* The wildcard that would answer for the base if there were no tokens, if it has addresses; else
 * NULL. RFC 4592 section 3.3.1: only the one at the closest name that exists. */
static const struct acml_node *shadowed_wildcard(const struct acml_zone *zone,
                                                 struct bare_names *names,
                                                 const knot_dname_t *base)
{
	const knot_dname_t *encloser = base;
	while (is_bare(zone, names, encloser)) {
		encloser = acml_name_parent(encloser);
	}
	knot_dname_storage_t name;
	if (encloser == base || !acml_name_wildcard_of(encloser, name)) {
		return NULL;
	}
	const struct acml_node *wildcard = acml_zone_node(zone, name);
	struct acml_rrset cname = acml_node_rrset(wildcard, KNOT_RRTYPE_CNAME);
	knot_dname_storage_t lower;
	struct acml_token token;
	if (cname.count > 0) {
		/* A misplaced token (TOK013) is no address. */
		return acml_token_classify(zone, cname.rrs, lower, &token) ? NULL : wildcard;
	}
	bool answers = acml_node_rrset(wildcard, KNOT_RRTYPE_A).count > 0 ||
	               acml_node_rrset(wildcard, KNOT_RRTYPE_AAAA).count > 0;
	return answers ? wildcard : NULL;
}

static bool speaks_for_base(const struct acml_zone *zone, const struct acml_token *token)
{
	return is_sound(token) && !token->aliased && acml_name_within(token->base, zone->apex);
}

/* The addresses that the base lost. */
static void attach_addresses(struct acml_judge *judge, const struct acml_node *wildcard,
                             const knot_dname_t *base)
{
	for (size_t i = 0; i < wildcard->count; i++) {
		struct acml_rr rr = wildcard->rrs[i];
		if (rr.type == KNOT_RRTYPE_A || rr.type == KNOT_RRTYPE_AAAA ||
		    rr.type == KNOT_RRTYPE_CNAME) {
			rr.owner = base;
			acml_report_fix(judge, "add", "%s", acml_judge_record(judge, &rr));
		}
	}
}

static void check_shadow(struct acml_judge *judge)
{
	const struct acml_zone *zone = judge->zone;
	struct bare_names names = { 0 };
	for (size_t i = 0; i < judge->n_tokens; i++) {
		const struct acml_token *token = &judge->tokens[i];
		if (!speaks_for_base(zone, token)) {
			continue;
		}
		size_t slot = bare_slot(zone, &names, token->base);
		const struct acml_node *wildcard = shadowed_wildcard(zone, &names, token->base);
		if (wildcard == NULL || names.at[slot].reported) {
			continue;
		}
		names.at[slot].reported = true;
		struct acml_spot spot = { .rr = token->rr, .domain = token->base };
		acml_report(judge, ACML_WARNING, &spot,
		            "%s exists only through %s CNAME, so that %s (line %u) no longer answers for it: "
		            "certificate or not, the name has no address",
		            acml_judge_name(judge, token->base),
		            acml_judge_name(judge, token->rr->owner),
		            acml_judge_name(judge, wildcard->owner), wildcard->rrs[0].line);
		acml_report_advice(judge, "give %s records of its own, as %s has them",
		                   acml_judge_name(judge, token->base),
		                   acml_judge_name(judge, wildcard->owner));
		attach_addresses(judge, wildcard, token->base);
	}
}

const struct acml_rule acml_tok014 = {
	.id = "TOK014",
	.name = "token-shadows-wildcard",
	.severity = ACML_WARNING,
	.needs = ACML_NEED_WHOLE,
	.summary = "a name exists only through its validation record, so a wildcard stops answering for it",
	.why = "A wildcard answers only for names that do not exist. _<token>.shop.example.com makes "
	       "shop.example.com exist, without data of its own: from the moment the validation record is "
	       "published *.example.com no longer answers for shop.example.com or anything below it. The "
	       "certificate is issued, and the site is gone.",
	.fix = "Give the name its own A, AAAA or CNAME records, as the wildcard has them.",
	.bad = ACML_TOKEN_HEAD
	       "* A 192.0.2.20\n"
	       "_a79865eb4cd1a6ab990a45779b4e0b96.shop CNAME "
	       "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n",
	.good = ACML_TOKEN_HEAD
	        "* A 192.0.2.20\n"
	        "shop A 192.0.2.20\n"
	        "_a79865eb4cd1a6ab990a45779b4e0b96.shop CNAME "
	        "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n",
	.sources = (const char *const[]){
		"RFC 4592 section 2.2.2", "RFC 4592 section 3.3.1", NULL },
	.check = check_shadow,
};

static bool has_signature(const struct acml_zone *zone, const knot_dname_t *name, uint16_t type)
{
	struct acml_rrset set = acml_zone_rrset(zone, name, KNOT_RRTYPE_RRSIG);
	for (size_t i = 0; i < set.count; i++) {
		if (set.rrs[i].rdlen >= 2 && knot_wire_read_u16(set.rrs[i].rdata) == type) {
			return true;
		}
	}
	return false;
}

static void check_unsigned(struct acml_judge *judge)
{
	const struct acml_zone *zone = judge->zone;
	/* A file that the server signs on load may have its keys in it already. */
	if (!has_signature(zone, zone->apex, KNOT_RRTYPE_SOA)) {
		return;
	}
	bool nsec = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_NSEC).count > 0;
	const struct acml_dnssec *dnssec = acml_dnssec_survey(judge);
	bool validated = dnssec != NULL && dnssec->trust == ACML_TRUST_SECURE;
	for (size_t i = 0; i < judge->n_tokens; i++) {
		const struct acml_token *token = &judge->tokens[i];
		const knot_dname_t *owner = token->rr->owner;
		if (!is_sound(token) || !acml_token_is_first(judge, i)) {
			continue;
		}
		bool signature = has_signature(zone, owner, KNOT_RRTYPE_CNAME);
		bool chained = !nsec || acml_zone_rrset(zone, owner, KNOT_RRTYPE_NSEC).count > 0;
		if (signature && chained) {
			continue;
		}
		knot_dname_storage_t domain;
		struct acml_spot spot = acml_token_spot(judge, token, domain);
		bool insecure = !validated || signature || dnssec->insecure_tokens == NULL ||
		                dnssec->insecure_tokens[i];
		acml_report(judge, insecure ? ACML_WARNING : ACML_ERROR, &spot,
		            "%s CNAME %s in a zone that is signed: ACM's validating resolver takes it for "
		            "forged", acml_judge_name(judge, owner),
		            signature ? "is not in the NSEC chain" : "has no RRSIG");
	}
}

const struct acml_rule acml_tok016 = {
	.id = "TOK016",
	.name = "token-unsigned",
	.severity = ACML_WARNING,
	.severity_note = "error without RRSIG where the DS at the parent is known and fits",
	.needs = ACML_NEED_SIGNED,
	.summary = "a validation record without RRSIG, or outside the NSEC chain, in a signed zone",
	.why = "CAs must validate DNSSEC when they look up validation and CAA records (CA/Browser Forum ballot "
	       "SC-085, in force since 2026-03-15). In a zone that is signed and has a DS at its parent, a "
	       "record without a signature, or one that the NSEC chain says does not exist, is bogus: the "
	       "look-up fails. This happens when a record is added to a zone file that was signed before.",
	.fix = "Sign the zone again after adding the record.",
	.bad = ACML_TOKEN_HEAD
	       "@ RRSIG SOA 13 2 300 20261201000000 20261101000000 12345 example.com. AAAA\n"
	       "_a79865eb4cd1a6ab990a45779b4e0b96.www CNAME "
	       "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n",
	.good = ACML_TOKEN_HEAD
	        "@ RRSIG SOA 13 2 300 20261201000000 20261101000000 12345 example.com. AAAA\n"
	        "_a79865eb4cd1a6ab990a45779b4e0b96.www CNAME "
	        "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n"
	        "_a79865eb4cd1a6ab990a45779b4e0b96.www RRSIG CNAME 13 4 300 20261201000000 "
	        "20261101000000 12345 example.com. AAAA\n",
	.sources = (const char *const[]){
		"RFC 4035 section 2.2", "RFC 4035 section 2.3", "CA/Browser Forum ballot SC-085v2", NULL },
	.check = check_unsigned,
};

static void report_ttl(struct acml_judge *judge, const struct acml_spot *spot, const char *type)
{
	acml_report(judge, ACML_INFO, spot,
	            "%s %s has a TTL of %u seconds, more than a day: resolvers keep a wrong one that long",
	            acml_judge_name(judge, spot->rr->owner), type, spot->rr->ttl);
}

static void check_ttl(struct acml_judge *judge)
{
	for (size_t i = 0; i < judge->n_tokens; i++) {
		const struct acml_token *token = &judge->tokens[i];
		if (token->rr->ttl > DAY && is_sound(token) && acml_token_is_first(judge, i)) {
			knot_dname_storage_t domain;
			struct acml_spot spot = acml_token_spot(judge, token, domain);
			report_ttl(judge, &spot, "CNAME");
		}
	}
	for (size_t i = 0; i < judge->zone->n_rrs; i++) {
		const struct acml_rr *rr = &judge->zone->rrs[i];
		bool first = i == 0 || rr[-1].type != rr->type ||
		             !acml_name_equal(rr[-1].owner, rr->owner);
		if (rr->type == KNOT_RRTYPE_CAA && rr->ttl > DAY && first &&
		    acml_judge_used_below(judge, rr->owner)) {
			struct acml_spot spot = { .rr = rr };
			report_ttl(judge, &spot, "CAA");
		}
	}
}

const struct acml_rule acml_tok017 = {
	.id = "TOK017",
	.name = "token-ttl",
	.severity = ACML_INFO,
	.summary = "the TTL of a validation record, or of CAA above one, is longer than a day",
	.why = "Resolvers may keep a record for its TTL, and a CA may keep a CAA answer as long. A correction "
	       "of a wrong record then takes days to be seen, and ACM gives a request 72 hours. Records that "
	       "never change lose nothing by a shorter TTL.",
	.fix = "Lower the TTL to an hour or less before the next change.",
	.bad = ACML_TOKEN_HEAD
	       "_a79865eb4cd1a6ab990a45779b4e0b96.www 604800 CNAME "
	       "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n",
	.good = ACML_TOKEN_HEAD
	        "_a79865eb4cd1a6ab990a45779b4e0b96.www 300 CNAME "
	        "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n",
	.sources = (const char *const[]){
		"RFC 1035 section 3.2.1", "CA/Browser Forum Baseline Requirements section 4.2.2.1",
		ACML_TOKEN_GUIDE, NULL },
	.check = check_ttl,
};

/* "*.name" is validated at name too. */
static bool is_wanted(const struct acml_judge *judge, const knot_dname_t *name)
{
	const struct acml_use *use = acml_judge_use(judge, name);
	return use != NULL && use->known;
}

static void check_orphan(struct acml_judge *judge)
{
	const struct acml_zone *zone = judge->zone;
	struct bare_names names = { 0 };
	for (size_t i = 0; i < judge->n_tokens; i++) {
		const struct acml_token *token = &judge->tokens[i];
		if (!speaks_for_base(zone, token) || !acml_token_is_first(judge, i) ||
		    !is_bare(zone, &names, token->base) ||
		    shadowed_wildcard(zone, &names, token->base) != NULL ||
		    is_wanted(judge, token->base)) {
			continue;
		}
		struct acml_spot spot = { .rr = token->rr, .domain = token->base };
		acml_report(judge, ACML_INFO, &spot,
		            "%s CNAME validates %s, which has no other data in this zone; it may be left over, "
		            "or the name is served elsewhere",
		            acml_judge_name(judge, token->rr->owner),
		            acml_judge_name(judge, token->base));
	}
}

const struct acml_rule acml_tok018 = {
	.id = "TOK018",
	.name = "token-orphan",
	.severity = ACML_INFO,
	.needs = ACML_NEED_WHOLE,
	.summary = "a validation record for a name that has no other data",
	.why = "Nothing but the token stands at or below the name it validates. It may be left over from a "
	       "name that is gone, or the certificate may be for a name that is not in public DNS. This is "
	       "no call to delete it: as long as any certificate in any account has the name, ACM needs the "
	       "record at every renewal, and deleting it silently ends them.",
	.fix = "Nothing, as long as a certificate may have this name; ask the owners of the accounts first. "
	       "--name or an inventory that has the name silences this.",
	.bad = ACML_TOKEN_HEAD
	       "_a79865eb4cd1a6ab990a45779b4e0b96.shop CNAME "
	       "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n",
	.good = ACML_TOKEN_HEAD
	        "shop A 192.0.2.20\n"
	        "_a79865eb4cd1a6ab990a45779b4e0b96.shop CNAME "
	        "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n",
	.sources = (const char *const[]){ ACML_TOKEN_RENEWAL, ACML_TOKEN_GUIDE, NULL },
	.check = check_orphan,
};
