/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The inventory family: how the records that ACM asks for stand in a zone, for the rules and for
 * the verdicts about certificates. */

#pragma once

#include "facts/inventory.h"
#include "rules/judge.h"

enum acml_need_standing {
	ACML_NEED_PRESENT,      /* ACM finds it. */
	ACML_NEED_HIDDEN,       /* It stands here, and something hides it or is beside it. */
	ACML_NEED_ELSEWHERE,    /* Another zone answers for its name. */
	ACML_NEED_DIFFERENT,    /* A CNAME with another target stands here. */
	ACML_NEED_WILDCARD,     /* Absent, and a wildcard answers. */
	ACML_NEED_ABSENT,
};

/* out_child: the apex of the zone that answers, for ACML_NEED_ELSEWHERE; else NULL. */
enum acml_need_standing acml_need_stand(const struct acml_judge *judge,
                                        const struct acml_need *need,
                                        const knot_dname_t **out_child);

/* What the certificate that wants the record most still wants; a record without one counts as
 * wanted. A failed one whose names others have by now wants nothing. */
enum acml_cert_state acml_need_state(const struct acml_inventory *inventory,
                                     const struct acml_need *need);

/* Whether other, living certificates have all names of this one. */
bool acml_cert_is_superseded(const struct acml_inventory *inventory,
                             const struct acml_cert *cert);

/* Whether a living certificate has exactly this name, plain or as a wildcard. */
void acml_name_forms(const struct acml_inventory *inventory, const knot_dname_t *name,
                     bool *out_plain, bool *out_wildcard);

/* What a certificate is called in messages: its ARN, or where it was read. */
const char *acml_cert_text(struct acml_judge *judge, const struct acml_cert *cert);

/* Each certificate that has names in the zone once, in the order of the inventory, with the first
 * of them. NULL: out of memory, remembered in the judge. */
const struct acml_cert_ref *acml_zone_certs(struct acml_judge *judge, size_t *out_count);

/* The i-th name of the certificate that is in the zone; NULL: it is not. */
const struct acml_cert_name *acml_zone_cert_name(const struct acml_judge *judge,
                                                 const struct acml_cert *cert, size_t i);

/* The checks, by file. */
void acml_inventory_check_missing(struct acml_judge *judge);    /* inventory_record.c */
void acml_inventory_check_different(struct acml_judge *judge);
void acml_inventory_check_wildcard(struct acml_judge *judge);
void acml_inventory_check_elsewhere(struct acml_judge *judge);
void acml_inventory_check_stale(struct acml_judge *judge);
void acml_inventory_check_failed(struct acml_judge *judge);     /* inventory_cert.c */
void acml_inventory_check_renewal(struct acml_judge *judge);
void acml_inventory_check_email(struct acml_judge *judge);
void acml_inventory_check_partial(struct acml_judge *judge);
