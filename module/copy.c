/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "copy.h"

#include <libknot/errcode.h>
#include <stdio.h>

#include "source.h"

void acml_copy_find(const struct acml_gate *gate, struct acml_copy *out)
{
	*out = (struct acml_copy){ 0 };
	out->there = stat(gate->published, &out->st) == 0;
	if (out->there) {
		acml_identity_of(&out->st, &out->identity);
	}
}

bool acml_copy_same(const struct acml_identity *a, const struct acml_identity *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	       a->mtime == b->mtime;
}

bool acml_copy_is_recorded(const struct acml_gate *gate, const struct acml_copy *copy)
{
	const struct acml_entry *entry = gate->entry;
	return copy->there && entry->has_record && copy->st.st_size > 0 &&
	       acml_copy_same(&copy->identity, &entry->record.published);
}

/* What cannot be read now is left in peace: the server may well be able to load it. */
void acml_copy_judge(struct acml_gate *gate, struct acml_copy *copy, bool *out_fails)
{
	struct acml_source bytes = { 0 };
	struct acml_inspection inspection = { 0 };
	struct acml_scanner *scanner = acml_guard_scanner(gate->guard);
	acml_gate_detail(gate);
	copy->good = copy->there && copy->st.st_size > 0;
	if (scanner != NULL && copy->good &&
	    acml_source_read(gate->published, ACML_SOURCE_LIMIT, &bytes) == NULL &&
	    acml_inspect(scanner, &gate->policy, gate->zone, gate->published, bytes.bytes,
	                 bytes.size, ACML_KEEP_ALL, &inspection) == KNOT_EOK) {
		copy->good = inspection.loadable;
		copy->known = true;
		copy->serial = inspection.serial;
		*out_fails = inspection.fails;
	}
	acml_inspection_clear(&inspection);
	acml_source_clear(&bytes);
}

void acml_copy_know(struct acml_gate *gate, struct acml_copy *copy)
{
	bool fails = false;
	if (acml_copy_is_recorded(gate, copy)) {
		copy->good = true;
		copy->known = true;
		copy->serial = gate->entry->record.serial;
	} else {
		acml_copy_judge(gate, copy, &fails);
	}
}

const char *acml_copy_text(const struct acml_copy *copy, char buffer[ACML_COPY_TEXT])
{
	if (copy->good && copy->known) {
		snprintf(buffer, ACML_COPY_TEXT, "keeping serial %u", copy->serial);
	} else if (copy->good) {
		snprintf(buffer, ACML_COPY_TEXT, "keeping what is published");
	} else {
		snprintf(buffer, ACML_COPY_TEXT, "nothing is published");
	}
	return buffer;
}
