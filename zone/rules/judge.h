/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Judge: what a rule's check sees and how it speaks. Lives for one lint; a check keeps no state.
 */

#pragma once

#include "model/names.h"
#include "model/zone.h"
#include "rules/rule.h"
#include "rules/token.h"

/* A name with ACM use (contract section 2): the base of a token, or given. */
struct acml_use {
	const knot_dname_t *name;       /* Without "*.", in canonical order, each once. */
	bool plain;                     /* A certificate for the name itself is known or assumed. */
	bool wildcard;                  /* A certificate for "*.name" is known to be wanted. */
	bool known;                     /* By the inventory or --name: not only a token tells. */
	bool known_plain;               /* ... for the name itself. */
	const struct acml_rr *token;    /* The first token with this base, or NULL. */
};

struct acml_blame;
struct acml_caa_survey;
struct acml_dnssec;
struct acml_compare;

struct acml_judge {
	const struct acml_zone *zone;
	const struct acml_facts *facts;
	const struct acml_token *tokens;    /* Everything that looks like an ACM token, in zone order. */
	size_t n_tokens;
	const struct acml_use *uses;
	size_t n_uses;
	/* What the CAA rules share: made by the first of them, NULL before (zone/rules/caa.h). */
	struct acml_caa_survey *caa;
	/* What the DNSSEC rules share, the same way (zone/rules/dnssec_survey.h). */
	struct acml_dnssec *dnssec;
	/* What late rules ask about findings: made when it is asked for (zone/rules/blame.h). */
	struct acml_blame *blame;
	/* What became of the baseline, the same way (zone/rules/compare.h). */
	struct acml_compare *compare;
	/* The rest is the lint's. */
	const struct acml_rule *rule;
	struct acml_report_sink *sink;
};

/* The use at exactly this name, or NULL; and whether there is one at or below it. */
const struct acml_use *acml_judge_use(const struct acml_judge *judge, const knot_dname_t *name);
bool acml_judge_used_below(const struct acml_judge *judge, const knot_dname_t *name);

/* The index of the first use at or behind a name; those at and below it stand together. */
size_t acml_judge_first_use(const struct acml_judge *judge, const knot_dname_t *name);

/* Where a finding stands: a record; or, with rr NULL, an owner (place from acml_zone_place()). */
struct acml_spot {
	const struct acml_rr *rr;
	const knot_dname_t *owner;      /* NULL: the record's. */
	const char *type;               /* NULL: the record's; "" for none. */
	const knot_dname_t *domain;     /* The certificate name that suffers, or NULL. */
	bool wildcard;                  /* The certificate name is "*." + domain. */
};

/* One finding of the current rule. The message is lower case, without a full stop, names the name
 * and the record; it never ends in advice, that is the fix's. Out of memory is remembered in the
 * sink and ends the lint. */
void acml_report(struct acml_judge *judge, enum acml_severity severity,
                 const struct acml_spot *spot, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Attached to the last finding reported: an edit (record as one line of zone text, absolute names),
 * and advice that is better than the rule's general fix text. */
void acml_report_fix(struct acml_judge *judge, const char *op, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void acml_report_advice(struct acml_judge *judge, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What has been found so far: for rules that are late. Moves with the next report. */
const struct acml_finding *acml_judge_findings(const struct acml_judge *judge, size_t *out_count);

/* The rules that were skipped so far. */
size_t acml_judge_skips(const struct acml_judge *judge, const struct acml_skip **out_skips);

/* The file of a record, as findings name it. */
const char *acml_judge_file(const struct acml_judge *judge, const struct acml_rr *rr);

/* A record as one line of zone text in the judge's memory: "owner. TTL IN TYPE RDATA". */
const char *acml_judge_record(struct acml_judge *judge, const struct acml_rr *rr);

/* Formatted text in the judge's memory. Never NULL. */
const char *acml_judge_text(struct acml_judge *judge, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Text of a name in the judge's memory, with final dot / as a host. Never NULL. */
const char *acml_judge_name(struct acml_judge *judge, const knot_dname_t *name);
const char *acml_judge_host(struct acml_judge *judge, const knot_dname_t *name);

/* Ends the lint: there was no memory. */
void acml_judge_no_memory(struct acml_judge *judge);

/* Zeroed memory that lives as long as the judge. NULL: out of memory, remembered in the sink. */
void *acml_judge_alloc(struct acml_judge *judge, size_t size);
