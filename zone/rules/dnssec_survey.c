/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "rules/dnssec_survey.h"

#include <string.h>
#include <strings.h>

#include <libknot/descriptor.h>
#include <libknot/errcode.h>
#include <libknot/wire.h>

#include "model/lookup.h"
#include "rules/dnssec.h"
#include "rules/dnssec_denial.h"

#define DS_MOST 64
#define FLAG_REVOKE 0x0080

/* An authoritative server stops following aliases where a resolver asks on. */
#define RESUMES_MOST 3

/* The survey under way. */
struct survey {
	struct acml_judge *judge;
	struct acml_dnssec *out;
	struct acml_signer signer;
	struct acml_denier denier;
	uint64_t *names;                /* Hashes of names whose CAA look-up has been followed. */
	size_t mask;
	const struct acml_use *use;     /* Whose look-ups these are, or NULL. */
};

static bool is_delete(const struct acml_rr *rr)
{
	size_t at = rr->type == KNOT_RRTYPE_CDS ? 2 : 3;
	return rr->rdlen > at && rr->rdata[at] == 0;
}

/* A CDS or CDNSKEY of a key: somebody signs this zone. */
static bool speaks_of_key(const struct acml_zone *zone, uint16_t type)
{
	struct acml_rrset set = acml_zone_rrset(zone, zone->apex, type);
	for (size_t i = 0; i < set.count; i++) {
		if (!is_delete(&set.rrs[i])) {
			return true;
		}
	}
	return false;
}

bool acml_dnssec_served(const struct acml_zone *zone, const struct acml_facts *facts)
{
	if (facts->signing != ACML_SIGNED_AUTO) {
		return facts->signing == ACML_SIGNED_YES;
	}
	if (zone->has_dnssec) {
		return true;
	}
	if (zone->from_json) {
		return false; /* Route 53 signs with keys that it does not list. */
	}
	const struct acml_child *given = acml_parent_child(facts->parent, zone->apex);
	const struct acml_child *ds = acml_facts_ds(facts, zone->apex);
	if ((given != NULL && given->serve_signature != NULL &&
	     strcasecmp(given->serve_signature, "SIGNING") == 0) || (ds != NULL && ds->plain)) {
		return false;
	}
	return !speaks_of_key(zone, KNOT_RRTYPE_CDS) && !speaks_of_key(zone, KNOT_RRTYPE_CDNSKEY);
}

/* How a DS fits one key. */
static enum acml_ds_fit compare(const struct survey *survey, const struct acml_parent_ds *ds,
                                const struct acml_zone_key *key)
{
	uint8_t digest[ACML_DIGEST_MAX];
	size_t size = 0;
	if (ds->key_tag != key->tag || ds->algorithm != key->algorithm) {
		return ACML_DS_OTHER;
	}
	int ret = acml_crypto_ds(survey->judge->zone->apex, key->rr->rdata, key->rr->rdlen,
	                         ds->digest_type, digest, &size);
	if (ret == KNOT_ENOMEM) {
		acml_judge_no_memory(survey->judge);
	}
	if (ret != KNOT_EOK) {
		return ACML_DS_UNKNOWN;
	}
	return size == ds->digest_size && memcmp(digest, ds->digest, size) == 0 ?
	       ACML_DS_FITS : ACML_DS_WRONG_DIGEST;
}

/* Revoking a key changes its tag by 128 (RFC 5011 section 2.1): whether the DS is that of the key
 * before it was revoked. */
static bool was_revoked(const struct survey *survey, const struct acml_parent_ds *ds,
                        const struct acml_zone_key *key)
{
	const struct acml_rr *rr = key->rr;
	uint8_t *rdata = !key->revoked || ds->algorithm != key->algorithm ? NULL :
	                 acml_judge_alloc(survey->judge, rr->rdlen);
	uint8_t digest[ACML_DIGEST_MAX];
	size_t size = 0;
	if (rdata == NULL) {
		return false;
	}
	memcpy(rdata, rr->rdata, rr->rdlen);
	rdata[1] &= (uint8_t)~FLAG_REVOKE;
	if (ds->key_tag != acml_crypto_key_tag(rdata, rr->rdlen)) {
		return false;
	}
	int ret = acml_crypto_ds(survey->judge->zone->apex, rdata, rr->rdlen, ds->digest_type,
	                         digest, &size);
	if (ret == KNOT_ENOMEM) {
		acml_judge_no_memory(survey->judge);
	}
	return ret == KNOT_EOK && size == ds->digest_size &&
	       memcmp(digest, ds->digest, size) == 0;
}

static void match_keys(struct survey *survey, struct acml_ds_state *state)
{
	struct acml_signer *signer = &survey->signer;
	struct acml_rrset keys = survey->out->keys;
	for (size_t i = 0; i < signer->n_keys && state->fit != ACML_DS_FITS; i++) {
		struct acml_zone_key *key = &signer->keys[i];
		enum acml_ds_fit fit = compare(survey, state->ds, key);
		if (fit > state->fit) {
			state->fit = fit;
			state->key = *key;
			state->key.key = NULL; /* The signer's. */
		}
		if (fit == ACML_DS_FITS && state->supported) {
			state->sig = acml_signer_check(signer, keys, key);
		}
		state->revoked |= was_revoked(survey, state->ds, key);
	}
}

/* RFC 4509 section 3: SHA-1 counts for nothing beside SHA-256. Resolvers go on in that spirit and
 * take the DS with the strongest digest only. */
static void rank_digests(struct acml_dnssec *out)
{
	for (size_t i = 0; i < out->n_ds; i++) {
		if (out->ds[i].supported && out->ds[i].ds->digest_type > out->digest_type) {
			out->digest_type = out->ds[i].ds->digest_type;
		}
	}
	for (size_t i = 0; i < out->n_ds; i++) {
		out->ds[i].counts = out->ds[i].supported &&
		                    out->ds[i].ds->digest_type == out->digest_type;
	}
}

static enum acml_trust chain_of(const struct acml_dnssec *out)
{
	if (out->child == NULL || !out->served) {
		return ACML_TRUST_UNKNOWN;
	} else if (out->digest_type == 0) {
		return ACML_TRUST_INSECURE;
	}
	for (size_t i = 0; i < out->n_ds; i++) {
		const struct acml_ds_state *state = &out->ds[i];
		if (state->counts && state->fit == ACML_DS_FITS && state->key.zone &&
		    !state->key.revoked && state->sig.state <= ACML_SIG_SOON) {
			return ACML_TRUST_SECURE;
		}
	}
	return ACML_TRUST_BROKEN;
}

/* The way from the parent's DS to the key set: any one that is whole suffices (RFC 6840 section
 * 5.11). */
static bool survey_chain(struct survey *survey)
{
	struct acml_judge *judge = survey->judge;
	struct acml_dnssec *out = survey->out;
	out->child = acml_facts_ds(judge->facts, judge->zone->apex);
	out->served = acml_dnssec_served(judge->zone, judge->facts);
	size_t count = out->child != NULL ? out->child->n_ds : 0;
	count = count < DS_MOST ? count : DS_MOST;
	out->ds = acml_judge_alloc(judge, count * sizeof(*out->ds));
	if (out->ds == NULL) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		const struct acml_parent_ds *ds = &out->child->ds[i];
		out->ds[out->n_ds++] = (struct acml_ds_state){
			.ds = ds,
			.supported = acml_crypto_algorithm(ds->algorithm) &&
			             acml_crypto_digest(ds->digest_type),
			.sig = { .state = ACML_SIG_NONE },
		};
		match_keys(survey, &out->ds[i]);
	}
	rank_digests(out);
	out->trust = chain_of(out);
	return true;
}

static struct acml_dnssec_fault *add_fault(struct survey *survey)
{
	struct acml_dnssec_fault *fault = acml_judge_alloc(survey->judge, sizeof(*fault));
	if (fault == NULL) {
		return NULL;
	}
	if (survey->use != NULL) {
		fault->domain = survey->use->name;
		fault->wildcard = survey->use->wildcard && !survey->use->plain;
	}
	*survey->out->tail = fault;
	survey->out->tail = &fault->next;
	return fault;
}

/* A set that is sent in an answer, as if it were a name's own. */
static void check_set_as(struct survey *survey, struct acml_rrset set, const knot_dname_t *name)
{
	if (set.count == 0 || survey->signer.seen[set.rrs - survey->judge->zone->rrs] != 0) {
		return;
	}
	struct acml_sig sig = acml_signer_check(&survey->signer, set, NULL);
	bool unsigned_file = sig.state == ACML_SIG_NONE && !survey->out->is_signed;
	if (sig.state == ACML_SIG_GOOD || unsigned_file) {
		return;
	}
	if (sig.state == ACML_SIG_NONE && name != NULL &&
	    acml_denial_insecure(&survey->denier, name)) {
		/* Another name may get it from the same wildcard. */
		survey->signer.seen[set.rrs - survey->judge->zone->rrs] = 0;
		return;
	}
	struct acml_dnssec_fault *fault = add_fault(survey);
	if (fault != NULL) {
		fault->sig = sig;
		fault->set = set;
	}
}

static void check_set(struct survey *survey, struct acml_rrset set)
{
	if (set.count > 0) {
		check_set_as(survey, set, set.rrs->owner);
	}
}

static void check_proof(struct survey *survey, const knot_dname_t *name,
                        const struct acml_proof *proof)
{
	for (size_t i = 0; i < proof->count; i++) {
		check_set_as(survey, proof->sets[i], NULL);
	}
	if (proof->state != ACML_PROOF_MISSING || !survey->out->is_signed ||
	    acml_denial_insecure(&survey->denier, name)) {
		return;
	}
	struct acml_dnssec_fault *fault = add_fault(survey);
	size_t size = acml_name_size(name);
	knot_dname_t *copy = acml_judge_alloc(survey->judge, size);
	if (fault != NULL && copy != NULL) {
		memcpy(copy, name, size);
		fault->denial = true;
		fault->name = copy;
		fault->gap = proof->gap;
	}
}

/* The key set: by the DS, else by any of its own keys. */
static void check_keys(struct survey *survey)
{
	struct acml_dnssec *out = survey->out;
	const struct acml_ds_state *best = NULL;
	for (size_t i = 0; i < out->n_ds; i++) {
		const struct acml_ds_state *state = &out->ds[i];
		if (state->counts && state->fit == ACML_DS_FITS && state->key.zone &&
		    !state->key.revoked && (best == NULL || state->sig.state < best->sig.state)) {
			best = state;
		}
	}
	if (out->keys.count == 0) {
		return;
	}
	if (best == NULL) {
		check_set(survey, out->keys);
		return;
	}
	/* That the key does not sign at all is said of the DS (SEC004). */
	if (best->sig.state != ACML_SIG_GOOD && best->sig.state != ACML_SIG_NONE) {
		struct acml_dnssec_fault *fault = add_fault(survey);
		if (fault != NULL) {
			fault->sig = best->sig;
			fault->set = out->keys;
		}
	}
}

/* Whether a name's CAA look-up is followed for the first time; remembers it. */
static bool first_time(struct survey *survey, const knot_dname_t *name)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0, size = acml_name_size(name); i < size; i++) {
		hash = (hash ^ name[i]) * UINT64_C(0x100000001b3);
	}
	hash |= 1;
	size_t i = hash >> 20 & survey->mask;
	while (survey->names[i] != 0 && survey->names[i] != hash) {
		i = (i + 1) & survey->mask;
	}
	bool first = survey->names[i] == 0;
	survey->names[i] = hash;
	return first;
}

/* One answer of a server: every set in it, and the proof of what it says is not there. */
static void check_answer(struct survey *survey, const struct acml_answer *answer)
{
	struct acml_proof proof;
	for (size_t i = 0; i < answer->n_steps; i++) {
		const struct acml_step *step = &answer->steps[i];
		check_set_as(survey, step->set, step->owner);
		if (step->set.count > 0 && !acml_name_equal(step->set.rrs->owner, step->owner) &&
		    survey->out->is_signed) {
			acml_deny_closer(&survey->denier, step->owner, &proof);
			check_proof(survey, step->owner, &proof);
		}
	}
	bool denied = answer->outcome == ACML_NODATA || answer->outcome == ACML_NXDOMAIN;
	if (denied && survey->out->is_signed) {
		acml_deny(&survey->denier, answer->last, KNOT_RRTYPE_CAA, &proof);
		check_proof(survey, answer->last, &proof);
	}
}

/* The CAA look-up at one name. True: the climb goes on. */
static bool climb_step(struct survey *survey, const knot_dname_t *name)
{
	struct acml_answer answer;
	acml_lookup(survey->judge->zone, name, KNOT_RRTYPE_CAA, &answer);
	check_answer(survey, &answer);
	for (unsigned i = 0; i < RESUMES_MOST && answer.outcome == ACML_LIMIT; i++) {
		knot_dname_storage_t next;
		acml_name_copy(answer.last, next);
		acml_lookup(survey->judge->zone, next, KNOT_RRTYPE_CAA, &answer);
		check_answer(survey, &answer);
	}
	return answer.outcome == ACML_NODATA || answer.outcome == ACML_NXDOMAIN;
}

static void climb(struct survey *survey, const knot_dname_t *name)
{
	while (first_time(survey, name) && climb_step(survey, name) &&
	       !acml_name_equal(name, survey->judge->zone->apex)) {
		name = acml_name_parent(name);
	}
}

static bool has_signature(const struct acml_zone *zone, const knot_dname_t *token)
{
	struct acml_rrset set = acml_zone_rrset(zone, token, KNOT_RRTYPE_RRSIG);
	for (size_t i = 0; i < set.count; i++) {
		if (acml_rrsig_covers(&set.rrs[i], KNOT_RRTYPE_CNAME)) {
			return true;
		}
	}
	return false;
}

static bool check_tokens(struct survey *survey)
{
	struct acml_judge *judge = survey->judge;
	bool *insecure = acml_judge_alloc(judge, judge->n_tokens * sizeof(*insecure));
	if (insecure == NULL) {
		return false;
	}
	for (size_t i = 0; i < judge->n_tokens; i++) {
		const struct acml_token *token = &judge->tokens[i];
		const knot_dname_t *owner = token->rr->owner;
		if (token->outside) {
			continue;
		}
		if (has_signature(judge->zone, owner)) {
			survey->use = acml_judge_use(judge, token->base);
			check_set(survey, acml_zone_rrset(judge->zone, owner, KNOT_RRTYPE_CNAME));
		} else {
			/* TOK016's. */
			insecure[i] = acml_denial_insecure(&survey->denier, owner);
		}
	}
	survey->out->insecure_tokens = insecure;
	return true;
}

static bool survey_names(struct survey *survey)
{
	struct acml_judge *judge = survey->judge;
	size_t most = 1, size = 64;
	for (size_t i = 0; i < judge->n_uses; i++) {
		most += knot_dname_labels(judge->uses[i].name, NULL);
	}
	while (size < 2 * most) {
		size *= 2;
	}
	survey->names = acml_judge_alloc(judge, size * sizeof(*survey->names));
	survey->mask = size - 1;
	if (survey->names == NULL) {
		return false;
	}
	for (size_t i = 0; i < judge->n_uses; i++) {
		survey->use = &judge->uses[i];
		climb(survey, judge->uses[i].name);
	}
	survey->use = NULL;
	if (judge->n_uses == 0) {
		climb(survey, judge->zone->apex);
	}
	return true;
}

static bool apex_signed(const struct acml_zone *zone)
{
	struct acml_rrset set = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_RRSIG);
	for (size_t i = 0; i < set.count; i++) {
		if (acml_rrsig_covers(&set.rrs[i], KNOT_RRTYPE_SOA) ||
		    acml_rrsig_covers(&set.rrs[i], KNOT_RRTYPE_NS) ||
		    acml_rrsig_covers(&set.rrs[i], KNOT_RRTYPE_DNSKEY)) {
			return true;
		}
	}
	return false;
}

static void survey_zone(struct survey *survey)
{
	struct acml_judge *judge = survey->judge;
	const struct acml_zone *zone = judge->zone;
	struct acml_dnssec *out = survey->out;
	out->keys = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_DNSKEY);
	out->is_signed = out->keys.count > 0 && apex_signed(zone);
	if (!survey_chain(survey) || !out->served || !zone->has_dnssec ||
	    !acml_denier_init(&survey->denier, judge)) {
		return;
	}
	check_keys(survey);
	struct acml_rrset soa = acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_SOA);
	if (soa.count == 0) {
		return; /* Keys that dig printed, no zone: nothing else is looked up in it. */
	}
	check_set(survey, soa);
	check_set(survey, acml_zone_rrset(zone, zone->apex, KNOT_RRTYPE_NS));
	if (check_tokens(survey)) {
		(void)survey_names(survey);
	}
}

const struct acml_dnssec *acml_dnssec_survey(struct acml_judge *judge)
{
	if (judge->dnssec != NULL) {
		return judge->dnssec;
	}
	struct acml_dnssec *out = acml_judge_alloc(judge, sizeof(*out));
	if (out == NULL) {
		return NULL;
	}
	out->tail = &out->faults;
	struct survey survey = { .judge = judge, .out = out };
	if (acml_signer_init(&survey.signer, judge)) {
		survey_zone(&survey);
		judge->dnssec = out;
	}
	acml_signer_clear(&survey.signer);
	return judge->dnssec;
}
