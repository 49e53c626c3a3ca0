/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/dump.h"

#include <stdio.h>
#include <stdlib.h>

#include <libknot/descriptor.h>
#include <libknot/rrset-dump.h>

char *acml_rr_data_text(const struct acml_rr *rr)
{
	size_t rdata_size = knot_rdata_size(rr->rdlen);
	knot_rdata_t *rdata = malloc(rdata_size + 1);
	size_t size = 8 * (size_t)rr->rdlen + 512;
	char *text = malloc(size);
	if (rdata == NULL || text == NULL) {
		free(rdata);
		free(text);
		return NULL;
	}
	knot_rdata_init(rdata, rr->rdlen, rr->rdata);

	knot_dump_style_t style = KNOT_DUMP_STYLE_DEFAULT;
	knot_rrset_t rrset;
	knot_rrset_init(&rrset, (knot_dname_t *)rr->owner, rr->type, KNOT_CLASS_IN, rr->ttl);
	rrset.rrs.count = 1;
	rrset.rrs.size = (uint32_t)rdata_size;
	rrset.rrs.rdata = rdata;
	if (knot_rrset_txt_dump_data(&rrset, 0, text, size, &style) < 0) {
		size_t used = (size_t)snprintf(text, size, "\\# %u ", rr->rdlen);
		for (unsigned i = 0; i < rr->rdlen; i++) {
			used += (size_t)snprintf(text + used, size - used, "%02X", rr->rdata[i]);
		}
	}
	free(rdata);
	return text;
}
