/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Blame: which error of a lint explains that ACM cannot issue or renew for a name. For the rules
 * that come last and for the verdicts about certificates. What is returned lives as long as the
 * judge and is never one of the findings about certificates themselves.
 */

#pragma once

#include "lint/finding.h"
#include "rules/judge.h"

/* Of the errors so far; NULL: out of memory, remembered in the judge. Rules that report errors in
 * between ask again. */
const struct acml_blame *acml_blame(struct acml_judge *judge);

/* The first error whose owner is this name, that stands on this record, or that hurts this
 * certificate name, other than through records that several names share; else NULL. */
const struct acml_finding *acml_blame_owner(const struct acml_judge *judge,
                                            const knot_dname_t *owner);
const struct acml_finding *acml_blame_record(const struct acml_judge *judge,
                                             const struct acml_rr *rr);
const struct acml_finding *acml_blame_domain(const struct acml_judge *judge,
                                             const knot_dname_t *name, bool wildcard);

/* The error about DNSSEC or the delegation that hurts a name, or NULL. family: "SEC", "DEL", or ""
 * for either. */
const struct acml_finding *acml_blame_zone(const struct acml_judge *judge,
                                           const knot_dname_t *name, const char *family);

/* The error about a record with the first label of this owner, an underscore aside, or NULL. */
const struct acml_finding *acml_blame_label(const struct acml_judge *judge,
                                            const knot_dname_t *owner);

/* All of these, and the CAA set that decides: what explains a refusal of this certificate name. */
const struct acml_finding *acml_blame_name(const struct acml_judge *judge,
                                           const knot_dname_t *name, bool wildcard);
