/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Dump: records as master-file text. */

#pragma once

#include "model/zone.h"

/* RDATA as text, malloc()ed; generic (RFC 3597) where libknot cannot show it. NULL without
 * memory. */
char *acml_rr_data_text(const struct acml_rr *rr);
