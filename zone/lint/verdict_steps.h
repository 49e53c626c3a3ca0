/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The steps of a verdict. Private to zone/lint. */

#pragma once

#include "facts/inventory.h"
#include "lint/verdict.h"
#include "rules/judge.h"

/* One name to be judged. */
struct acml_plea {
	const knot_dname_t *name;               /* Without "*.". */
	bool wildcard;
	const struct acml_cert *cert;           /* NULL: none is known. */
	const struct acml_cert_name *cert_name; /* The name in it. */
};

/* False: another zone answers for the name, or nobody can tell; no other step makes sense. */
bool acml_step_zone(struct acml_judge *judge, const struct acml_plea *plea,
                    struct acml_verdict_step *step);
void acml_step_record(struct acml_judge *judge, const struct acml_plea *plea,
                      struct acml_verdict_step *step);
void acml_step_caa(struct acml_judge *judge, const struct acml_plea *plea,
                   struct acml_verdict_step *step);
void acml_step_dnssec(struct acml_judge *judge, const struct acml_plea *plea,
                      struct acml_verdict_step *step);
void acml_step_delegation(struct acml_judge *judge, const struct acml_plea *plea,
                          struct acml_verdict_step *step);
