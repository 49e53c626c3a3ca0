/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Certificates and records that several documents name, each once; and the order to find them by. */

#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>

#include "facts/inventory_build.h"
#include "model/names.h"

static int by_arn(const void *a, const void *b)
{
	const struct acml_raw_cert *x = a, *y = b;
	if ((x->cert.arn == NULL) != (y->cert.arn == NULL)) {
		return x->cert.arn == NULL ? 1 : -1;
	}
	int order = x->cert.arn != NULL ? strcmp(x->cert.arn, y->cert.arn) : 0;
	if (order == 0 && x->cert.arn != NULL && x->telling != y->telling) {
		order = x->telling > y->telling ? -1 : 1;
	}
	if (order == 0) {
		order = x->order < y->order ? -1 : x->order > y->order;
		/* Of two equally telling documents the later one is the newer one. */
		order = x->cert.arn != NULL ? -order : order;
	}
	return order;
}

static int by_order(const void *a, const void *b)
{
	const struct acml_raw_cert *x = a, *y = b;
	return x->order < y->order ? -1 : x->order > y->order;
}

static void fill(const char **text, const char *other)
{
	*text = *text != NULL ? *text : other;
}

/* What the more telling document leaves open. */
static void complete(struct acml_raw_cert *raw, const struct acml_raw_cert *more)
{
	struct acml_cert *cert = &raw->cert;
	const struct acml_cert *other = &more->cert;
	fill(&cert->status, other->status);
	fill(&cert->failure, other->failure);
	fill(&cert->renewal, other->renewal);
	fill(&cert->renewal_reason, other->renewal_reason);
	fill(&cert->type, other->type);
	fill(&cert->key_algorithm, other->key_algorithm);
	fill(&cert->eligibility, other->eligibility);
	cert->in_use = cert->in_use >= 0 ? cert->in_use : other->in_use;
	cert->not_before = cert->not_before != ACML_NO_TIME ? cert->not_before : other->not_before;
	cert->not_after = cert->not_after != ACML_NO_TIME ? cert->not_after : other->not_after;
	raw->order = raw->order < more->order ? raw->order : more->order;
}

static void unite_certs(struct acml_inventory_build *build)
{
	size_t kept = 0;
	qsort(build->certs, build->n_certs, sizeof(*build->certs), by_arn);
	for (size_t i = 0; i < build->n_certs; i++) {
		struct acml_raw_cert *raw = &build->certs[i];
		struct acml_raw_cert *last = kept > 0 ? &build->certs[kept - 1] : NULL;
		if (last != NULL && raw->cert.arn != NULL && last->cert.arn != NULL &&
		    strcmp(raw->cert.arn, last->cert.arn) == 0) {
			complete(last, raw);
		} else {
			build->certs[kept++] = *raw;
		}
	}
	build->n_certs = kept;
	if (kept > 0) {
		qsort(build->certs, kept, sizeof(*build->certs), by_order);
	}
}

static int by_record(const void *a, const void *b)
{
	const struct acml_raw_need *x = a, *y = b;
	int order = knot_dname_cmp(x->need.owner, y->need.owner);
	if (order == 0) {
		order = knot_dname_cmp(x->need.target, y->need.target);
	}
	if (order == 0) {
		order = (int)x->loose - (int)y->loose;
	}
	return order != 0 ? order : x->order < y->order ? -1 : x->order > y->order;
}

static bool same_record(const struct acml_raw_need *a, const struct acml_raw_need *b)
{
	return acml_name_equal(a->need.owner, b->need.owner) &&
	       acml_name_equal(a->need.target, b->need.target);
}

/* The certificate that wants the record most. */
static void claim(struct acml_need *need, const struct acml_cert *certs, size_t cert)
{
	if (need->cert == SIZE_MAX ||
	    acml_cert_state(&certs[cert]) > acml_cert_state(&certs[need->cert])) {
		need->cert = cert;
	}
}

/* Sorts the raw needs; place receives for each by its order the first that is the same. */
static void place_needs(struct acml_inventory_build *build, size_t *place)
{
	if (build->n_needs > 0) {
		qsort(build->needs, build->n_needs, sizeof(*build->needs), by_record);
	}
	size_t first = 0;
	for (size_t i = 0; i < build->n_needs; i++) {
		if (!same_record(&build->needs[first], &build->needs[i])) {
			first = i;
		}
		place[build->needs[i].order] = first;
	}
}

/* One of each, as long as a certificate claims it, or nobody ever did: what only older documents
 * about a certificate name is gone. moved receives where each went. */
static int keep_needs(struct acml_inventory_build *build, size_t *moved)
{
	struct acml_inventory *inventory = build->inventory;
	struct acml_need *needs = acml_arena_alloc(&inventory->arena,
	                                           build->n_needs * sizeof(*needs));
	if (needs == NULL) {
		return KNOT_ENOMEM;
	}
	size_t kept = 0;
	for (size_t i = 0; i < build->n_needs; i++) {
		const struct acml_raw_need *raw = &build->needs[i];
		moved[i] = SIZE_MAX;
		if (i > 0 && same_record(raw - 1, raw)) {
			moved[i] = moved[i - 1];
		} else if (raw->need.cert != SIZE_MAX || raw->loose) {
			moved[i] = kept;
			needs[kept++] = raw->need;
		}
	}
	inventory->needs = needs;
	inventory->n_needs = kept;
	return KNOT_EOK;
}

static int freeze_needs(struct acml_inventory_build *build, struct acml_cert *certs)
{
	size_t count = build->inventory->n_certs;
	size_t *place = malloc((2 * build->n_needs + 1) * sizeof(*place));
	if (place == NULL) {
		return KNOT_ENOMEM;
	}
	size_t *moved = place + build->n_needs;
	place_needs(build, place);
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < certs[i].n_names; j++) {
			size_t need = certs[i].names[j].need;
			if (need != SIZE_MAX) {
				claim(&build->needs[place[need]].need, certs, i);
			}
		}
	}
	int ret = keep_needs(build, moved);
	for (size_t i = 0; ret == KNOT_EOK && i < count; i++) {
		struct acml_cert_name *names = (struct acml_cert_name *)certs[i].names;
		for (size_t j = 0; j < certs[i].n_names; j++) {
			names[j].need = names[j].need == SIZE_MAX ? SIZE_MAX :
			                moved[place[names[j].need]];
		}
	}
	free(place);
	return ret;
}

static int by_ref(const void *a, const void *b)
{
	const struct acml_cert_ref *x = a, *y = b;
	int order = knot_dname_cmp(x->name, y->name);
	if (order == 0) {
		order = x->cert < y->cert ? -1 : x->cert > y->cert;
	}
	return order != 0 ? order : x->index < y->index ? -1 : x->index > y->index;
}

/* Names, or domains of e-mail, of all certificates, in canonical order. */
static struct acml_cert_ref *make_refs(struct acml_inventory *inventory, bool mail, size_t *out_n)
{
	size_t total = 0;
	for (size_t i = 0; i < inventory->n_certs; i++) {
		total += inventory->certs[i].n_names;
	}
	struct acml_cert_ref *refs = acml_arena_alloc(&inventory->arena, total * sizeof(*refs));
	size_t count = 0;
	for (size_t i = 0; refs != NULL && i < inventory->n_certs; i++) {
		for (size_t j = 0; j < inventory->certs[i].n_names; j++) {
			const struct acml_cert_name *name = &inventory->certs[i].names[j];
			const knot_dname_t *at = mail ? name->validation_domain : name->name;
			if (at != NULL) {
				refs[count++] = (struct acml_cert_ref){
					.name = at, .cert = (uint32_t)i, .index = (uint32_t)j,
				};
			}
		}
	}
	if (count > 1) {
		qsort(refs, count, sizeof(*refs), by_ref);
	}
	*out_n = count;
	return refs;
}

static int by_dname(const void *a, const void *b)
{
	return knot_dname_cmp(*(const knot_dname_t *const *)a, *(const knot_dname_t *const *)b);
}

static size_t unique_names(const knot_dname_t **names, size_t count)
{
	size_t kept = 0;
	if (count > 1) {
		qsort(names, count, sizeof(*names), by_dname);
	}
	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || !acml_name_equal(names[kept - 1], names[i])) {
			names[kept++] = names[i];
		}
	}
	return kept;
}

/* What rules will look up because of this inventory. */
static int freeze_names(struct acml_inventory *inventory)
{
	size_t most = inventory->n_refs + inventory->n_mails + 2 * inventory->n_needs;
	const knot_dname_t **names = acml_arena_alloc(&inventory->arena, most * sizeof(*names));
	const knot_dname_t **mails = acml_arena_alloc(&inventory->arena,
	                                              inventory->n_mails * sizeof(*mails));
	if (names == NULL || mails == NULL) {
		return KNOT_ENOMEM;
	}
	size_t count = 0;
	for (size_t i = 0; i < inventory->n_refs; i++) {
		names[count++] = inventory->refs[i].name;
	}
	for (size_t i = 0; i < inventory->n_mails; i++) {
		mails[i] = inventory->mails[i].name;
		names[count++] = inventory->mails[i].name;
	}
	for (size_t i = 0; i < inventory->n_needs; i++) {
		names[count++] = inventory->needs[i].owner;
		names[count++] = acml_name_parent(inventory->needs[i].owner);
	}
	inventory->n_names = unique_names(names, count);
	inventory->names = names;
	inventory->n_mail_names = unique_names(mails, inventory->n_mails);
	inventory->mail_names = mails;
	return KNOT_EOK;
}

/* Where the Region stands in an ARN, arn:PARTITION:SERVICE:REGION:…, or NULL. */
static const char *region_in(const char *arn)
{
	for (int colon = 0; arn != NULL && colon < 3; colon++) {
		arn = strchr(arn, ':');
		arn = arn != NULL ? arn + 1 : NULL;
	}
	return arn;
}

/* Lists are regional; a single region is what people export by mistake. */
static int note_regions(struct acml_inventory_build *build)
{
	const struct acml_inventory *inventory = build->inventory;
	const char *first = NULL;
	size_t len = 0;
	for (size_t i = 0; i < inventory->n_certs; i++) {
		const char *region = region_in(inventory->certs[i].arn);
		if (region == NULL) {
			continue;
		}
		if (first == NULL) {
			first = region;
			len = strcspn(region, ":");
		} else if (strcspn(region, ":") != len || strncmp(first, region, len) != 0) {
			return KNOT_EOK;
		}
	}
	if (first == NULL) {
		return KNOT_EOK;
	}
	const char *why = acml_arena_printf(&build->inventory->arena, "one region (%.*s): "
	                                    "list-certificates shows no other", (int)len, first);
	return why == NULL ? KNOT_ENOMEM : acml_inventory_partial(build, build->list, why, true);
}

/* What list-certificates shows unless it is asked for more. */
static int note_keys(struct acml_inventory_build *build)
{
	for (size_t i = 0; i < build->inventory->n_certs; i++) {
		const char *key = build->inventory->certs[i].key_algorithm;
		if (key == NULL || (strcmp(key, "RSA-2048") != 0 && strcmp(key, "RSA_2048") != 0)) {
			return KNOT_EOK;
		}
	}
	return acml_inventory_partial(build, build->list, "only RSA-2048 keys: list-certificates "
	                              "leaves all others out unless --includes asks for them", true);
}

static int note_cuts(struct acml_inventory_build *build)
{
	for (size_t i = 0; i < build->n_certs; i++) {
		const struct acml_raw_cert *raw = &build->certs[i];
		if (raw->cut) {
			return acml_inventory_partial(build, raw->cert.file,
			        "HasAdditionalSubjectAlternativeNames: a certificate has more names "
			        "than the list shows", false);
		}
	}
	return KNOT_EOK;
}

static int freeze_partials(struct acml_inventory_build *build)
{
	struct acml_inventory *inventory = build->inventory;
	int ret = note_cuts(build);
	if (ret == KNOT_EOK && build->list != NULL && inventory->n_certs > 0) {
		ret = note_regions(build);
	}
	if (ret == KNOT_EOK && build->list != NULL && inventory->n_certs > 0) {
		ret = note_keys(build);
	}
	for (size_t i = 0; ret == KNOT_EOK && i < build->n_pages; i++) {
		if (build->pages[i].open) {
			ret = acml_inventory_partial(build, build->pages[i].file, "NextToken: there are "
			                             "further pages that were not given", false);
		}
	}
	if (ret == KNOT_EOK && build->n_partials > 0) {
		size_t size = build->n_partials * sizeof(*build->partials);
		struct acml_partial *partials = acml_arena_alloc(&inventory->arena, size);
		if (partials == NULL) {
			return KNOT_ENOMEM;
		}
		memcpy(partials, build->partials, size);
		inventory->partials = partials;
		inventory->n_partials = build->n_partials;
	}
	return ret;
}

int acml_inventory_freeze(struct acml_inventory_build *build)
{
	struct acml_inventory *inventory = build->inventory;
	if (build->n_certs > 1) {
		unite_certs(build);
	}
	struct acml_cert *certs = acml_arena_alloc(&inventory->arena,
	                                           build->n_certs * sizeof(*certs));
	if (certs == NULL) {
		return KNOT_ENOMEM;
	}
	for (size_t i = 0; i < build->n_certs; i++) {
		certs[i] = build->certs[i].cert;
	}
	inventory->certs = certs;
	inventory->n_certs = build->n_certs;
	int ret = freeze_needs(build, certs);
	if (ret == KNOT_EOK) {
		inventory->refs = make_refs(inventory, false, &inventory->n_refs);
		inventory->mails = make_refs(inventory, true, &inventory->n_mails);
		ret = inventory->refs != NULL && inventory->mails != NULL ?
		      freeze_names(inventory) : KNOT_ENOMEM;
	}
	return ret == KNOT_EOK ? freeze_partials(build) : ret;
}
