/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "rules/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libknot/descriptor.h>
#include <libknot/errcode.h>
#include <libknot/rrset-dump.h>

#include "facts/inventory.h"
#include "model/build.h"
#include "model/dump.h"
#include "rules/sink.h"

/* Most zones have few; room for them is kept with each result. */
#define FIRST_TOKENS	4

/* Names of ACM use are sorted, so that a name and what is below it stand together. */
static int use_compare(const void *a, const void *b)
{
	const struct acml_use *x = a, *y = b;
	int order = knot_dname_cmp(x->name, y->name);
	if (order != 0) {
		return order;
	}
	/* A record before none, then the order of the file. */
	if (x->token == NULL || y->token == NULL) {
		return (x->token == NULL) - (y->token == NULL);
	}
	return x->token < y->token ? -1 : x->token > y->token;
}

size_t acml_judge_first_use(const struct acml_judge *judge, const knot_dname_t *name)
{
	size_t low = 0, high = judge->n_uses;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (knot_dname_cmp(judge->uses[middle].name, name) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

const struct acml_use *acml_judge_use(const struct acml_judge *judge, const knot_dname_t *name)
{
	size_t i = acml_judge_first_use(judge, name);
	return i < judge->n_uses && acml_name_equal(judge->uses[i].name, name) ?
	       &judge->uses[i] : NULL;
}

bool acml_judge_used_below(const struct acml_judge *judge, const knot_dname_t *name)
{
	size_t i = acml_judge_first_use(judge, name);
	return i < judge->n_uses && acml_name_within(judge->uses[i].name, name);
}

static int add_token(struct acml_judge *judge, const struct acml_rr *rr, size_t *capacity)
{
	struct acml_arena *arena = &judge->sink->result->arena;
	knot_dname_storage_t lower;
	struct acml_token token;
	if (rr->type != KNOT_RRTYPE_CNAME || !acml_token_classify(judge->zone, rr, lower, &token)) {
		return KNOT_EOK;
	}
	token.target = acml_arena_dup(arena, lower, acml_name_size(lower));
	if (token.target == NULL) {
		return KNOT_ENOMEM;
	}
	if (judge->n_tokens == *capacity) {
		size_t want = *capacity == 0 ? FIRST_TOKENS : *capacity * 2;
		struct acml_token *grown = acml_arena_alloc(arena, want * sizeof(*grown));
		if (grown == NULL) {
			return KNOT_ENOMEM;
		}
		if (judge->n_tokens > 0) {
			memcpy(grown, judge->tokens, judge->n_tokens * sizeof(*grown));
		}
		judge->tokens = grown;
		*capacity = want;
	}
	((struct acml_token *)judge->tokens)[judge->n_tokens++] = token;
	return KNOT_EOK;
}

static int collect_tokens(struct acml_judge *judge)
{
	const struct acml_zone *zone = judge->zone;
	size_t capacity = 0;
	int ret = KNOT_EOK;
	for (size_t i = 0; ret == KNOT_EOK && i < zone->n_rrs; i++) {
		ret = add_token(judge, &zone->rrs[i], &capacity);
	}
	for (size_t i = 0; ret == KNOT_EOK && i < zone->n_outside; i++) {
		ret = add_token(judge, &zone->outside[i], &capacity);
	}
	if (ret == KNOT_EOK) {
		ret = acml_tokens_relate(zone, (struct acml_token *)judge->tokens, judge->n_tokens);
	}
	return ret;
}

/* The name that a token speaks for. "*" labels do not belong into the owner of ACM's record
 * (TOK013), but say that the certificate is for a wildcard. */
static struct acml_use use_of(const struct acml_token *token)
{
	struct acml_use use = { .name = token->base, .plain = true, .token = token->rr };
	if (acml_name_is_wildcard(use.name)) {
		use.name = acml_name_parent(use.name);
		use.plain = false;
		use.wildcard = true;
	}
	return use;
}

/* Names of certificates that ACM still has to issue or renew, and of records that it asks for
 * without a certificate that is known. uses NULL: only counts, perhaps too many. */
static size_t fill_inventory(const struct acml_judge *judge, struct acml_use *uses)
{
	const struct acml_inventory *inventory = judge->facts->inventory;
	const struct acml_cert_ref *refs;
	const struct acml_need *needs;
	if (inventory == NULL) {
		return 0;
	}
	size_t n_refs = acml_inventory_refs(inventory, judge->zone->apex, &refs);
	size_t n_needs = acml_inventory_needs(inventory, judge->zone->apex, &needs);
	size_t count = 0;
	for (size_t i = 0; uses != NULL && i < n_refs; i++) {
		const struct acml_cert *cert = &inventory->certs[refs[i].cert];
		bool wildcard = cert->names[refs[i].index].wildcard;
		if (acml_cert_state(cert) >= ACML_CERT_FAILED) {
			uses[count++] = (struct acml_use){
				.name = refs[i].name,
				.plain = !wildcard,
				.wildcard = wildcard,
				.known = true,
				.known_plain = !wildcard,
			};
		}
	}
	for (size_t i = 0; uses != NULL && i < n_needs; i++) {
		const knot_dname_t *base = acml_name_parent(needs[i].owner);
		if (needs[i].cert == SIZE_MAX && acml_name_within(base, judge->zone->apex)) {
			uses[count++] = (struct acml_use){
				.name = base, .plain = true, .known = true,
			};
		}
	}
	return uses == NULL ? n_refs + n_needs : count;
}

static size_t fill_uses(const struct acml_judge *judge, struct acml_use *uses)
{
	const knot_dname_t *apex = judge->zone->apex;
	size_t count = 0;
	for (size_t i = 0; i < judge->n_tokens; i++) {
		const struct acml_token *token = &judge->tokens[i];
		struct acml_use use = use_of(token);
		if (token->aliased && !token->owner_token) {
			continue; /* Only a link between another name's token and ACM. */
		}
		if (token->owner_underscore && !token->outside &&
		    acml_name_within(use.name, apex)) {
			uses[count++] = use;
		}
	}
	for (size_t i = 0; i < judge->facts->n_wanted; i++) {
		const struct acml_wanted *wanted = &judge->facts->wanted[i];
		if (acml_name_within(wanted->name, apex)) {
			uses[count++] = (struct acml_use){
				.name = wanted->name,
				.plain = !wanted->wildcard,
				.wildcard = wanted->wildcard,
				.known = true,
				.known_plain = !wanted->wildcard,
			};
		}
	}
	return count + fill_inventory(judge, uses + count);
}

static size_t merge_uses(struct acml_use *uses, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && acml_name_equal(uses[kept - 1].name, uses[i].name)) {
			uses[kept - 1].plain |= uses[i].plain;
			uses[kept - 1].wildcard |= uses[i].wildcard;
			uses[kept - 1].known |= uses[i].known;
			uses[kept - 1].known_plain |= uses[i].known_plain;
		} else {
			uses[kept++] = uses[i];
		}
	}
	return kept;
}

int acml_judge_collect(struct acml_judge *judge)
{
	int ret = collect_tokens(judge);
	if (ret != KNOT_EOK) {
		return ret;
	}
	size_t most = judge->n_tokens + judge->facts->n_wanted + fill_inventory(judge, NULL);
	struct acml_use *uses = acml_arena_alloc(&judge->sink->result->arena, most * sizeof(*uses));
	if (uses == NULL) {
		return KNOT_ENOMEM;
	}
	size_t count = fill_uses(judge, uses), sorted = 1;
	/* As they mostly are: tokens come in the order of the zone. */
	while (sorted < count && use_compare(&uses[sorted - 1], &uses[sorted]) <= 0) {
		sorted++;
	}
	if (sorted < count) {
		qsort(uses, count, sizeof(*uses), use_compare);
	}
	judge->uses = uses;
	judge->n_uses = merge_uses(uses, count);
	return KNOT_EOK;
}

static const char *type_text(struct acml_arena *arena, uint16_t type)
{
	char text[32];
	if (knot_rrtype_to_string(type, text, sizeof(text)) < 0) {
		return "";
	}
	return acml_arena_strdup(arena, text);
}

const char *acml_judge_name(struct acml_judge *judge, const knot_dname_t *name)
{
	char text[ACML_NAME_TEXT];
	const char *out = acml_arena_strdup(&judge->sink->result->arena,
	                                    acml_name_text(name, text));
	if (out == NULL) {
		judge->sink->error = KNOT_ENOMEM;
		return "";
	}
	return out;
}

const char *acml_judge_text(struct acml_judge *judge, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	const char *out = acml_arena_vprintf(&judge->sink->result->arena, format, args);
	va_end(args);
	if (out == NULL) {
		judge->sink->error = KNOT_ENOMEM;
		return "";
	}
	return out;
}

const char *acml_judge_host(struct acml_judge *judge, const knot_dname_t *name)
{
	char text[ACML_NAME_TEXT];
	const char *out = acml_arena_strdup(&judge->sink->result->arena,
	                                    acml_name_host(name, text));
	if (out == NULL) {
		judge->sink->error = KNOT_ENOMEM;
		return "";
	}
	return out;
}

const char *acml_judge_record(struct acml_judge *judge, const struct acml_rr *rr)
{
	struct acml_arena *arena = &judge->sink->result->arena;
	char owner[ACML_NAME_TEXT];
	const char *type = type_text(arena, rr->type);
	char *data = acml_rr_data_text(rr);
	const char *out = NULL;
	if (type != NULL && data != NULL) {
		out = acml_arena_printf(arena, "%s %u IN %s %s", acml_name_text(rr->owner, owner),
		                        rr->ttl, type, data);
	}
	free(data);
	if (out == NULL) {
		judge->sink->error = KNOT_ENOMEM;
		return "";
	}
	return out;
}

static struct acml_finding *new_finding(struct acml_report_sink *sink)
{
	struct acml_result *result = sink->result;
	if (!ACML_ROOM(result->findings, result->n_findings, sink->cap_findings)) {
		return NULL;
	}
	struct acml_finding *finding = &result->findings[result->n_findings];
	*finding = (struct acml_finding){ 0 };
	return finding;
}

/* Where the finding stands and whom it hurts. False without memory. */
static bool fill_spot(struct acml_judge *judge, const struct acml_spot *spot,
                      struct acml_finding *finding)
{
	struct acml_arena *arena = &judge->sink->result->arena;
	const struct acml_zone *zone = judge->zone;
	const knot_dname_t *owner = spot->owner != NULL ? spot->owner :
	                            spot->rr != NULL ? spot->rr->owner : zone->apex;
	const struct acml_rr *place = spot->rr != NULL ? spot->rr : acml_zone_place(zone, owner);
	finding->file = judge->sink->files[place != NULL ? place->file : 0];
	finding->line = place != NULL ? place->line : 0;

	char text[ACML_NAME_TEXT];
	finding->owner = acml_arena_strdup(arena, acml_name_text(owner, text));
	if (spot->type != NULL) {
		finding->type = acml_arena_strdup(arena, spot->type);
	} else {
		finding->type = spot->rr != NULL ? type_text(arena, spot->rr->type) : "";
	}
	if (spot->domain != NULL) {
		finding->domain = acml_arena_printf(arena, "%s%s", spot->wildcard ? "*." : "",
		                                    acml_name_host(spot->domain, text));
		if (finding->domain == NULL) {
			return false;
		}
	}
	return finding->owner != NULL && finding->type != NULL;
}

void acml_report(struct acml_judge *judge, enum acml_severity severity,
                 const struct acml_spot *spot, const char *format, ...)
{
	struct acml_report_sink *sink = judge->sink;
	sink->last = NULL;
	severity = acml_settings_level(sink->settings, acml_rule_index(judge->rule), severity);
	if (severity == ACML_OFF || sink->error != KNOT_EOK) {
		return;
	}

	struct acml_finding *finding = new_finding(sink);
	va_list args;
	va_start(args, format);
	const char *message = finding == NULL ? NULL :
	                      acml_arena_vprintf(&sink->result->arena, format, args);
	va_end(args);
	if (message == NULL || !fill_spot(judge, spot, finding)) {
		sink->error = KNOT_ENOMEM;
		return;
	}
	finding->rule = judge->rule;
	finding->severity = severity;
	finding->message = message;
	sink->result->n_findings++;
	sink->last = finding;
	sink->tail = &finding->fixes;
}

void acml_report_fix(struct acml_judge *judge, const char *op, const char *format, ...)
{
	struct acml_report_sink *sink = judge->sink;
	if (sink->last == NULL) {
		return;
	}
	va_list args;
	va_start(args, format);
	struct acml_fix *fix = acml_arena_alloc(&sink->result->arena, sizeof(*fix));
	const char *record = acml_arena_vprintf(&sink->result->arena, format, args);
	va_end(args);
	if (fix == NULL || record == NULL) {
		sink->error = KNOT_ENOMEM;
		return;
	}
	fix->op = op;
	fix->record = record;
	*sink->tail = fix;
	sink->tail = &fix->next;
}

void acml_report_advice(struct acml_judge *judge, const char *format, ...)
{
	struct acml_report_sink *sink = judge->sink;
	if (sink->last == NULL) {
		return;
	}
	va_list args;
	va_start(args, format);
	sink->last->advice = acml_arena_vprintf(&sink->result->arena, format, args);
	va_end(args);
	if (sink->last->advice == NULL) {
		sink->error = KNOT_ENOMEM;
	}
}

const struct acml_finding *acml_judge_findings(const struct acml_judge *judge, size_t *out_count)
{
	*out_count = judge->sink->result->n_findings;
	return judge->sink->result->findings;
}

size_t acml_judge_skips(const struct acml_judge *judge, const struct acml_skip **out_skips)
{
	*out_skips = judge->sink->result->skipped;
	return judge->sink->result->n_skipped;
}

const char *acml_judge_file(const struct acml_judge *judge, const struct acml_rr *rr)
{
	return judge->sink->files[rr->file];
}

void acml_judge_no_memory(struct acml_judge *judge)
{
	judge->sink->error = KNOT_ENOMEM;
}

void *acml_judge_alloc(struct acml_judge *judge, size_t size)
{
	void *memory = acml_arena_alloc(&judge->sink->result->arena, size);
	if (memory == NULL) {
		judge->sink->error = KNOT_ENOMEM;
	}
	return memory;
}
