/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/certificates.h"

#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>

#include "lint/verdict.h"
#include "model/build.h"
#include "model/names.h"

static int add(struct acml_certificates *out, const struct acml_cert_verdict *verdict,
               const struct acml_run_zone *zone)
{
	if (!ACML_ROOM(out->list, out->count, out->max)) {
		return KNOT_ENOMEM;
	}
	out->list[out->count++] = (struct acml_run_certificate){ .verdict = verdict, .zone = zone };
	return KNOT_EOK;
}

/* The longer of two names above a name is the closer one. */
static size_t depth(const struct acml_run_certificate *entry)
{
	return entry->zone != NULL ? strlen(entry->zone->origin) : 0;
}

static int by_name(const void *a, const void *b)
{
	const struct acml_run_certificate *x = a, *y = b;
	const struct acml_cert_verdict *v = x->verdict, *w = y->verdict;
	if (v->cert != w->cert) {
		return v->cert < w->cert ? -1 : 1;
	}
	if (v->index != w->index) {
		return v->index < w->index ? -1 : 1;
	}
	int order = strcmp(v->domain, w->domain);
	if (order == 0 && depth(x) != depth(y)) {
		order = depth(x) > depth(y) ? -1 : 1;
	}
	if (order == 0) {
		order = (int)w->kind - (int)v->kind;
	}
	return order != 0 ? order : x->zone < y->zone ? -1 : x->zone > y->zone;
}

static bool same_name(const struct acml_run_certificate *a, const struct acml_run_certificate *b)
{
	return a->verdict->cert == b->verdict->cert && a->verdict->index == b->verdict->index &&
	       strcmp(a->verdict->domain, b->verdict->domain) == 0;
}

/* Sorted, each name once. */
static void unite(struct acml_certificates *out)
{
	size_t kept = 0;
	if (out->count > 1) {
		qsort(out->list, out->count, sizeof(*out->list), by_name);
	}
	for (size_t i = 0; i < out->count; i++) {
		if (kept == 0 || !same_name(&out->list[kept - 1], &out->list[i])) {
			out->list[kept++] = out->list[i];
		}
	}
	out->count = kept;
}

/* A name that no zone holds. */
static int add_foreign(struct acml_certificates *out, const char *domain, const char *arn,
                       size_t cert, size_t index)
{
	struct acml_cert_verdict *verdict = acml_arena_alloc(&out->arena, sizeof(*verdict));
	if (verdict == NULL) {
		return KNOT_ENOMEM;
	}
	*verdict = (struct acml_cert_verdict){
		.domain = domain, .arn = arn, .cert = cert, .index = index,
	};
	acml_verdict_without_zone(verdict);
	return add(out, verdict, NULL);
}

/* What each certificate with a name in some zone has beside. list: united. */
static int add_rest(const struct acml_inventory *inventory, struct acml_certificates *out)
{
	size_t known = out->count;
	for (size_t i = 0, end; i < known && out->list[i].verdict->cert != SIZE_MAX; i = end) {
		size_t cert = out->list[i].verdict->cert;
		const struct acml_cert *from = &inventory->certs[cert];
		end = i;
		for (size_t index = 0; index < from->n_names; index++) {
			if (end < known && out->list[end].verdict->cert == cert &&
			    out->list[end].verdict->index == index) {
				end++;
				continue;
			}
			int ret = add_foreign(out, from->names[index].text, from->arn, cert, index);
			if (ret != KNOT_EOK) {
				return ret;
			}
		}
	}
	return KNOT_EOK;
}

static int add_wanted(const struct acml_options *options, struct acml_certificates *out)
{
	for (size_t i = 0; i < options->n_wanted; i++) {
		char text[ACML_NAME_TEXT];
		const char *domain = acml_arena_printf(&out->arena, "%s%s",
		        options->wanted[i].wildcard ? "*." : "",
		        acml_name_host(options->wanted[i].name, text));
		if (domain == NULL ||
		    add_foreign(out, domain, NULL, SIZE_MAX, SIZE_MAX) != KNOT_EOK) {
			return KNOT_ENOMEM;
		}
	}
	return KNOT_EOK;
}

bool acml_certificates_wanted(const struct acml_options *options)
{
	bool given = options->inventories.count > 0 || options->n_wanted > 0;
	return options->certificates || (given && options->reporter->certificates);
}

int acml_certificates_collect(const struct acml_options *options,
                              const struct acml_inventory *inventory, struct acml_run *run,
                              struct acml_certificates *out)
{
	int ret = KNOT_EOK;
	if (!acml_certificates_wanted(options)) {
		return KNOT_EOK;
	}
	for (size_t i = 0; i < run->n_zones; i++) {
		const struct acml_result *result = run->zones[i].result;
		for (size_t j = 0; ret == KNOT_EOK && j < result->n_verdicts; j++) {
			ret = add(out, &result->verdicts[j], &run->zones[i]);
		}
	}
	unite(out);
	if (ret == KNOT_EOK && inventory != NULL) {
		ret = add_rest(inventory, out);
	}
	if (ret == KNOT_EOK) {
		ret = add_wanted(options, out);
	}
	/* What a zone holds stands before what none does, so it is what remains. */
	unite(out);
	run->certificates = out->list;
	run->n_certificates = out->count;
	return ret;
}

void acml_certificates_clear(struct acml_certificates *certificates)
{
	acml_arena_clear(&certificates->arena);
	free(certificates->list);
}
