/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "commit_judge.h"

#include <libknot/errcode.h>
#include <string.h>

#include "load_gate.h"
#include "rules/rule.h"

/* Rules about the chain of trust from the parent. What is wrong with the DS there, no version of
 * the zone can mend. */
static bool is_chain(const struct acml_finding *finding)
{
	const char *id = finding->rule->id;
	return strcmp(id, "SEC001") == 0 || strcmp(id, "SEC002") == 0 || strcmp(id, "SEC003") == 0;
}

static bool reaches(const struct acml_finding *finding, enum acml_severity level)
{
	return !finding->suppressed && level != ACML_OFF && finding->severity >= level;
}

static bool has_chain_fault(const struct acml_result *result)
{
	for (size_t i = 0; i < result->n_findings; i++) {
		if (is_chain(&result->findings[i])) {
			return true;
		}
	}
	return false;
}

/* Whether the chain was whole in the version that is answered. Without memory: yes, so that a fault
 * counts. */
static bool was_whole(const struct acml_policy *policy)
{
	struct acml_policy before = *policy;
	struct acml_result *result = NULL;
	if (policy->baseline == NULL) {
		return false;
	}
	before.baseline = NULL;
	if (acml_inspect_lint(&before, policy->baseline, &result) != KNOT_EOK) {
		return true;
	}
	bool whole = !has_chain_fault(result);
	acml_result_free(result);
	return whole;
}

static bool fails(const struct acml_policy *policy, const struct acml_inspection *inspection)
{
	const struct acml_result *result = inspection->result;
	bool chain = false;
	for (size_t i = 0; i < result->n_findings; i++) {
		if (!reaches(&result->findings[i], policy->section->fail_on)) {
			continue;
		} else if (!is_chain(&result->findings[i])) {
			return true;
		}
		chain = true;
	}
	return chain && was_whole(policy);
}

void acml_commit_judge(struct acml_scanner *scanner, const struct acml_policy *policy,
                       const knot_dname_t *zone, const char *path,
                       struct acml_judgement *out)
{
	struct acml_judgement judgement = { .opinion = ACML_OPINION_DOUBT };
	struct acml_source source = { 0 };
	uint32_t serial;
	judgement.fault = acml_source_read(path, ACML_SOURCE_LIMIT, &source);
	if (judgement.fault == NULL) {
		acml_identity_of(&source.st, &judgement.dump);
		int ret = scanner == NULL ? KNOT_ENOMEM :
		          acml_inspect(scanner, policy, zone, path, source.bytes, source.size,
		                       ACML_KEEP_RELEVANT, &judgement.inspection);
		judgement.fault = ret != KNOT_EOK ? "cannot be read, no memory" : NULL;
	}
	acml_source_clear(&source);
	if (judgement.fault == NULL && !acml_zone_serial(judgement.inspection.zone, &serial)) {
		acml_inspection_clear(&judgement.inspection);
		judgement.fault = "is not of this zone, it has no SOA record for it";
	}
	if (judgement.fault == NULL) {
		judgement.opinion = fails(policy, &judgement.inspection) ?
		                    ACML_OPINION_FAIL : ACML_OPINION_PASS;
	}
	*out = judgement;
}

void acml_judgement_clear(struct acml_judgement *judgement)
{
	acml_inspection_clear(&judgement->inspection);
	*judgement = (struct acml_judgement){ 0 };
}
