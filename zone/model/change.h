/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Change: a zone as it would be with some records gone and others there, to be judged before
 * anything is written. Records that stay keep their places, so that findings and suppressions can
 * be compared.
 */

#pragma once

#include "model/zone.h"

/*
 * dropped: by index into base->rrs. added: anywhere; their owners lower case. The result borrows
 * from base and from what added points at, which have to outlive it. KNOT_EOK or KNOT_ENOMEM.
 */
int acml_zone_change(const struct acml_zone *base, const bool *dropped,
                     const struct acml_rr *added, size_t n_added, struct acml_zone **out_zone);

/* Whether both hold the same records, places and the order within a set aside. *out_same is left
 * alone without memory. KNOT_EOK or KNOT_ENOMEM. */
int acml_zone_same(const struct acml_zone *a, const struct acml_zone *b, bool *out_same);
