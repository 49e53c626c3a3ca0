/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * list-certificate-domain-validations does not say which certificate its names are of. Where
 * exactly one certificate of the inventory has them all, it is that one's.
 */

#include <stdlib.h>

#include <libknot/errcode.h>

#include "facts/inventory_build.h"
#include "model/names.h"

/* More certificates with one name than this: nobody can tell which is meant. */
#define MOST_CANDIDATES 16

struct entry {
	const struct acml_cert_name *name;
	struct acml_raw_cert *raw;
};

static int name_compare(const struct acml_cert_name *a, const struct acml_cert_name *b)
{
	int order = knot_dname_cmp(a->name, b->name);
	return order != 0 ? order : (int)a->wildcard - (int)b->wildcard;
}

static int by_entry(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = name_compare(x->name, y->name);
	return order != 0 ? order : x->raw < y->raw ? -1 : x->raw > y->raw;
}

/* The first entry that is not before the key. */
static size_t first_entry(const struct entry *entries, size_t count, const struct entry *key)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (by_entry(&entries[middle], key) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

static struct acml_cert_name *name_in(const struct entry *entries, size_t count,
                                      const struct acml_cert_name *name,
                                      struct acml_raw_cert *raw)
{
	const struct entry key = { name, raw };
	size_t i = first_entry(entries, count, &key);
	return i < count && by_entry(&entries[i], &key) == 0 ?
	       (struct acml_cert_name *)entries[i].name : NULL;
}

static bool has_all(const struct entry *entries, size_t count, struct acml_raw_cert *raw,
                    const struct acml_cert *part)
{
	for (size_t i = 0; i < part->n_names; i++) {
		if (name_in(entries, count, &part->names[i], raw) == NULL) {
			return false;
		}
	}
	return true;
}

/* Documents of one certificate count as one. NULL: none, or it cannot be told which. */
static struct acml_raw_cert *owner_of(const struct entry *entries, size_t count,
                                      const struct acml_cert *part)
{
	const struct entry key = { &part->names[0], NULL };
	struct acml_raw_cert *found = NULL;
	size_t tried = 0;
	for (size_t i = first_entry(entries, count, &key); i < count; i++) {
		if (name_compare(entries[i].name, key.name) != 0) {
			break;
		}
		if (++tried > MOST_CANDIDATES) {
			return NULL;
		}
		if (has_all(entries, count, entries[i].raw, part)) {
			if (found != NULL) {
				return NULL;
			}
			found = entries[i].raw;
		}
	}
	return found;
}

/* What this list says is newer than what the certificate does. */
static void adopt(const struct entry *entries, size_t count, struct acml_raw_cert *raw,
                  const struct acml_cert *part)
{
	for (size_t i = 0; i < part->n_names; i++) {
		const struct acml_cert_name *from = &part->names[i];
		struct acml_cert_name *to = name_in(entries, count, from, raw);
		to->method = from->method;
		to->status = from->status != NULL ? from->status : to->status;
		to->need = from->need != SIZE_MAX ? from->need : to->need;
		to->validation_domain = from->validation_domain;
	}
	raw->cert.is_listed = false;
}

int acml_inventory_adopt(struct acml_inventory_build *build)
{
	size_t total = 0, n_parts = 0, count = 0, kept = 0;
	for (size_t i = 0; i < build->n_certs; i++) {
		total += build->certs[i].cert.n_names;
		n_parts += build->certs[i].nameless;
	}
	if (n_parts == 0) {
		return KNOT_EOK;
	}
	struct entry *entries = malloc((total + 1) * sizeof(*entries));
	if (entries == NULL) {
		return KNOT_ENOMEM;
	}
	for (size_t i = 0; i < build->n_certs; i++) {
		const struct acml_cert *cert = &build->certs[i].cert;
		for (size_t j = 0; cert->arn != NULL && !cert->is_acme && j < cert->n_names; j++) {
			entries[count++] = (struct entry){ &cert->names[j], &build->certs[i] };
		}
	}
	qsort(entries, count, sizeof(*entries), by_entry);
	/* Entries point at the certificates, which must not move before all is adopted. */
	for (size_t i = 0; i < build->n_certs; i++) {
		struct acml_raw_cert *raw = &build->certs[i];
		struct acml_raw_cert *owner = NULL;
		if (raw->nameless) {
			owner = owner_of(entries, count, &raw->cert);
		}
		if (owner != NULL) {
			adopt(entries, count, owner, &raw->cert);
			raw->cert.n_names = 0;
		}
	}
	for (size_t i = 0; i < build->n_certs; i++) {
		if (build->certs[i].cert.n_names > 0) {
			build->certs[kept++] = build->certs[i];
		}
	}
	build->n_certs = kept;
	free(entries);
	return KNOT_EOK;
}
