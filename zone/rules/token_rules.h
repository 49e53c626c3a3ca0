/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The token family among itself: its rows, and what their checks share. */

#pragma once

#include "rules/example.h"
#include "rules/judge.h"
#include "rules/rule.h"
#include "rules/token.h"

/* The start of every example: quiet by itself. */
#define ACML_TOKEN_HEAD \
	ACML_EXAMPLE_HEAD \
	"@ CAA 0 issue \"amazon.com\"\n" \
	"@ A 192.0.2.10\n" \
	"www A 192.0.2.10\n"

#define ACML_TOKEN_GUIDE   "ACM User Guide: DNS validation"
#define ACML_TOKEN_TROUBLE "ACM User Guide: Troubleshoot DNS validation problems"
#define ACML_TOKEN_RENEWAL "ACM User Guide: Renewal for domains validated by DNS"

extern const struct acml_rule acml_tok001, acml_tok002, acml_tok003, acml_tok004, acml_tok005,
	acml_tok006, acml_tok007, acml_tok008, acml_tok009, acml_tok010, acml_tok011, acml_tok012,
	acml_tok013, acml_tok014, acml_tok015, acml_tok016, acml_tok017, acml_tok018;

/* Where a finding about a token stands. storage keeps the domain: the base, freed of what does
 * not belong into it. */
struct acml_spot acml_token_spot(const struct acml_judge *judge, const struct acml_token *token,
                                 knot_dname_storage_t storage);

/* In the zone and not hidden: servers answer with it. */
bool acml_token_published(const struct acml_token *token);

/* Whether it is the first of its owner: tokens of one owner stand together. */
bool acml_token_is_first(const struct acml_judge *judge, size_t index);

/* The place of a line that did not parse, as a record that spots can stand on. */
struct acml_rr acml_token_problem(const struct acml_judge *judge,
                                  const struct acml_problem *problem);

/* Attaches the edits that put a record with this owner and target in the token's place. */
void acml_token_replace(struct acml_judge *judge, const struct acml_rr *rr,
                        const knot_dname_t *owner, const knot_dname_t *target);
