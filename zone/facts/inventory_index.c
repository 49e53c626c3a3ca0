/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What of an inventory concerns a zone, and what certificates still want. */

#include <strings.h>

#include "facts/inventory.h"
#include "model/names.h"

/* The name of an element of a sorted array. */
typedef const knot_dname_t *(*name_f)(const void *array, size_t i);

static const knot_dname_t *ref_name(const void *array, size_t i)
{
	return ((const struct acml_cert_ref *)array)[i].name;
}

static const knot_dname_t *need_name(const void *array, size_t i)
{
	return ((const struct acml_need *)array)[i].owner;
}

/* The names at and below an apex stand together in canonical order (RFC 4034 section 6.1). */
static size_t within(const void *array, size_t count, name_f name, const knot_dname_t *apex,
                     size_t *out_first)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (knot_dname_cmp(name(array, middle), apex) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	*out_first = low;
	high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (acml_name_within(name(array, middle), apex)) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low - *out_first;
}

size_t acml_inventory_refs(const struct acml_inventory *inventory, const knot_dname_t *apex,
                           const struct acml_cert_ref **out_first)
{
	size_t first;
	size_t count = within(inventory->refs, inventory->n_refs, ref_name, apex, &first);
	*out_first = inventory->refs + first;
	return count;
}

size_t acml_inventory_mails(const struct acml_inventory *inventory, const knot_dname_t *apex,
                            const struct acml_cert_ref **out_first)
{
	size_t first;
	size_t count = within(inventory->mails, inventory->n_mails, ref_name, apex, &first);
	*out_first = inventory->mails + first;
	return count;
}

size_t acml_inventory_needs(const struct acml_inventory *inventory, const knot_dname_t *apex,
                            const struct acml_need **out_first)
{
	size_t first;
	size_t count = within(inventory->needs, inventory->n_needs, need_name, apex, &first);
	*out_first = inventory->needs + first;
	return count;
}

const struct acml_need *acml_inventory_need(const struct acml_inventory *inventory,
                                            const struct acml_cert_name *name)
{
	return name->need < inventory->n_needs ? &inventory->needs[name->need] : NULL;
}

static bool is_one_of(const char *text, const char *const *list)
{
	for (size_t i = 0; text != NULL && list[i] != NULL; i++) {
		if (strcasecmp(text, list[i]) == 0) {
			return true;
		}
	}
	return false;
}

enum acml_cert_state acml_cert_state(const struct acml_cert *cert)
{
	static const char *const foreign[] = { "IMPORTED", "PRIVATE", NULL };
	static const char *const over[] = { "EXPIRED", "REVOKED", "INACTIVE", NULL };
	static const char *const failed[] = { "FAILED", "VALIDATION_TIMED_OUT", "INVALID", NULL };
	static const char *const issued[] = { "ISSUED", NULL };
	static const char *const ineligible[] = { "INELIGIBLE", NULL };
	if (is_one_of(cert->type, foreign)) {
		return ACML_CERT_DEAD;
	}
	if (is_one_of(cert->status, over)) {
		return ACML_CERT_DEAD;
	}
	if (is_one_of(cert->status, failed)) {
		return ACML_CERT_FAILED;
	}
	return is_one_of(cert->status, issued) && cert->in_use == 0 &&
	       is_one_of(cert->eligibility, ineligible) ? ACML_CERT_IDLE : ACML_CERT_LIVE;
}
