/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "lint/verdict.h"

#include <string.h>

#include <libknot/errcode.h>

#include "lint/verdict_steps.h"
#include "rules/blame.h"
#include "rules/sink.h"

const char *acml_verdict_text(enum acml_verdict_kind kind)
{
	static const char *const texts[] = {
		[ACML_VERDICT_ISSUABLE] = "issuable",
		[ACML_VERDICT_UNKNOWN] = "unknown",
		[ACML_VERDICT_BLOCKED] = "blocked",
	};
	return texts[kind];
}

static void add_step(struct acml_cert_verdict *verdict)
{
	enum acml_verdict_kind kind = verdict->steps[verdict->n_steps++].kind;
	verdict->kind = kind > verdict->kind ? kind : verdict->kind;
}

static void judge_plea(struct acml_judge *judge, const struct acml_plea *plea,
                       struct acml_cert_verdict *verdict)
{
	static void (*const steps[])(struct acml_judge *, const struct acml_plea *,
	                             struct acml_verdict_step *) = {
		acml_step_record, acml_step_caa, acml_step_dnssec, acml_step_delegation,
	};
	const char *host = acml_judge_host(judge, plea->name);
	verdict->domain = plea->wildcard ? acml_judge_text(judge, "*.%s", host) : host;
	if (plea->cert != NULL && plea->cert->arn != NULL) {
		verdict->arn = acml_judge_text(judge, "%s", plea->cert->arn);
	}
	bool here = acml_step_zone(judge, plea, &verdict->steps[0]);
	add_step(verdict);
	for (size_t i = 0; here && i < sizeof(steps) / sizeof(steps[0]); i++) {
		steps[i](judge, plea, &verdict->steps[verdict->n_steps]);
		add_step(verdict);
	}
}

/* Certificates that ACM is done with are nothing to ask about; those nobody uses are. */
static size_t judge_certs(struct acml_judge *judge, struct acml_cert_verdict *verdicts)
{
	const struct acml_inventory *inventory = judge->facts->inventory;
	const struct acml_cert_ref *refs;
	size_t n_refs = acml_inventory_refs(inventory, judge->zone->apex, &refs);
	size_t count = 0;
	for (size_t i = 0; i < n_refs; i++) {
		const struct acml_cert *cert = &inventory->certs[refs[i].cert];
		if (acml_cert_state(cert) == ACML_CERT_DEAD) {
			continue;
		}
		const struct acml_plea plea = {
			.name = refs[i].name,
			.wildcard = cert->names[refs[i].index].wildcard,
			.cert = cert,
			.cert_name = &cert->names[refs[i].index],
		};
		verdicts[count].cert = refs[i].cert;
		verdicts[count].index = refs[i].index;
		judge_plea(judge, &plea, &verdicts[count++]);
	}
	return count;
}

static void judge_name(struct acml_judge *judge, const knot_dname_t *name, bool wildcard,
                       struct acml_cert_verdict *verdict)
{
	const struct acml_plea plea = { .name = name, .wildcard = wildcard };
	verdict->cert = SIZE_MAX;
	verdict->index = SIZE_MAX;
	judge_plea(judge, &plea, verdict);
}

static size_t judge_wanted(struct acml_judge *judge, struct acml_cert_verdict *verdicts)
{
	const struct acml_facts *facts = judge->facts;
	size_t count = 0;
	for (size_t i = 0; i < facts->n_wanted; i++) {
		const struct acml_wanted *wanted = &facts->wanted[i];
		if (acml_name_within(wanted->name, judge->zone->apex)) {
			judge_name(judge, wanted->name, wanted->wildcard, &verdicts[count++]);
		}
	}
	return count;
}

static size_t judge_uses(struct acml_judge *judge, struct acml_cert_verdict *verdicts)
{
	for (size_t i = 0; i < judge->n_uses; i++) {
		judge_name(judge, judge->uses[i].name, !judge->uses[i].plain, &verdicts[i]);
	}
	return judge->n_uses;
}

static int judge_all(struct acml_judge *judge)
{
	struct acml_result *result = judge->sink->result;
	const struct acml_facts *facts = judge->facts;
	const struct acml_cert_ref *refs;
	size_t most = judge->n_uses + facts->n_wanted;
	if (facts->inventory != NULL) {
		most += acml_inventory_refs(facts->inventory, judge->zone->apex, &refs);
	}
	struct acml_cert_verdict *verdicts;
	verdicts = acml_judge_alloc(judge, (most + 1) * sizeof(*verdicts));
	if (verdicts == NULL || acml_blame(judge) == NULL) {
		return KNOT_ENOMEM;
	}
	size_t count = 0;
	if (facts->inventory != NULL) {
		count += judge_certs(judge, verdicts);
	}
	count += judge_wanted(judge, verdicts + count);
	if (facts->inventory == NULL && facts->n_wanted == 0) {
		count += judge_uses(judge, verdicts);
	}
	result->verdicts = verdicts;
	result->n_verdicts = count;
	return judge->sink->error;
}

int acml_verdicts(const struct acml_zone *zone, const struct acml_facts *facts,
                  const struct acml_settings *settings, struct acml_result *result)
{
	struct acml_report_sink sink = { .result = result, .settings = settings };
	struct acml_judge judge = { .zone = zone, .facts = facts, .sink = &sink };
	sink.files = acml_arena_alloc(&result->arena, zone->n_files * sizeof(*sink.files));
	if (sink.files == NULL) {
		return KNOT_ENOMEM;
	}
	memcpy(sink.files, zone->files, zone->n_files * sizeof(*sink.files));
	int ret = acml_judge_collect(&judge);
	return ret == KNOT_EOK ? judge_all(&judge) : ret;
}

void acml_verdict_without_zone(struct acml_cert_verdict *verdict)
{
	verdict->steps[0] = (struct acml_verdict_step){
		.what = "zone",
		.kind = ACML_VERDICT_UNKNOWN,
		.text = "no zone that was given holds the name",
		.settle = "the zone file of the name",
	};
	verdict->n_steps = 0;
	add_step(verdict);
}
