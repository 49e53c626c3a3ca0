/* SPDX-License-Identifier: GPL-2.0-or-later */

/* One certificate, as describe-certificate, list-certificates, a request or Terraform has it. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libknot/errcode.h>

#include "facts/inventory_build.h"
#include "model/build.h"
#include "model/names.h"

int acml_inventory_keep_text(struct acml_inventory_build *build, const char *text,
                             const char **out_text)
{
	if (text == NULL) {
		return KNOT_EOK;
	}
	const char *copy = acml_arena_strdup(&build->inventory->arena, text);
	if (copy == NULL) {
		return KNOT_ENOMEM;
	}
	*out_text = copy;
	return KNOT_EOK;
}

/* A name in the inventory's memory. */
static int keep_name(struct acml_inventory_build *build, const char *text,
                     const knot_dname_t **out_name)
{
	knot_dname_storage_t name;
	if (!acml_name_parse(text, name)) {
		snprintf(build->fault->message, sizeof(build->fault->message),
		         "'%.100s' is no domain name", text);
		return KNOT_EMALF;
	}
	*out_name = acml_name_dup(&build->inventory->arena, name);
	return *out_name != NULL ? KNOT_EOK : KNOT_ENOMEM;
}

int acml_inventory_add_name(struct acml_inventory_build *build, const char *text,
                            struct acml_cert_name **out_name)
{
	struct acml_cert_name name = {
		.wildcard = strncmp(text, "*.", 2) == 0,
		.need = SIZE_MAX,
	};
	int ret = keep_name(build, name.wildcard ? text + 2 : text, &name.name);
	if (ret == KNOT_EOK) {
		char host[ACML_NAME_TEXT];
		name.text = acml_arena_printf(&build->inventory->arena, "%s%s",
		                              name.wildcard ? "*." : "",
		                              acml_name_host(name.name, host));
		ret = name.text != NULL ? KNOT_EOK : KNOT_ENOMEM;
	}
	if (ret == KNOT_EOK && !ACML_ROOM(build->names, build->n_names, build->cap_names)) {
		ret = KNOT_ENOMEM;
	}
	if (ret != KNOT_EOK) {
		return ret;
	}
	build->names[build->n_names] = name;
	*out_name = &build->names[build->n_names++];
	return KNOT_EOK;
}

int acml_inventory_add_record(struct acml_inventory_build *build, const json_t *record,
                              bool loose, size_t *out_need)
{
	const char *owner = acml_json_text(record, "Name", "resource_record_name");
	const char *type = acml_json_text(record, "Type", "resource_record_type");
	const char *target = acml_json_text(record, "Value", "resource_record_value");
	if (owner == NULL || target == NULL || type == NULL || strcasecmp(type, "CNAME") != 0) {
		return KNOT_EOK; /* Not yet there, or for another method. */
	}
	struct acml_raw_need raw = {
		.need = { .cert = SIZE_MAX, .file = build->file, .line = build->line },
		.loose = loose,
		.order = build->n_needs,
	};
	int ret = keep_name(build, owner, &raw.need.owner);
	if (ret == KNOT_EOK) {
		ret = keep_name(build, target, &raw.need.target);
	}
	if (ret == KNOT_EOK && !ACML_ROOM(build->needs, build->n_needs, build->cap_needs)) {
		ret = KNOT_ENOMEM;
	}
	if (ret != KNOT_EOK) {
		return ret;
	}
	*out_need = build->n_needs;
	build->needs[build->n_needs++] = raw;
	return KNOT_EOK;
}

static enum acml_method method_of(const char *text)
{
	static const struct {
		const char *text;
		enum acml_method method;
	} methods[] = {
		{ "DNS", ACML_METHOD_DNS },
		{ "EMAIL", ACML_METHOD_EMAIL },
		{ "HTTP", ACML_METHOD_HTTP },
	};
	for (size_t i = 0; text != NULL && i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (strcasecmp(text, methods[i].text) == 0) {
			return methods[i].method;
		}
	}
	return ACML_METHOD_UNKNOWN;
}

/* How one name is validated: an element of DomainValidationOptions or of the list of
 * validations, whose record may stand one level deeper. */
static int read_option(struct acml_inventory_build *build, const json_t *option)
{
	const char *domain = acml_json_text(option, "DomainName", "domain_name");
	if (domain == NULL) {
		return KNOT_EOK;
	}
	struct acml_cert_name *name = NULL;
	int ret = acml_inventory_add_name(build, domain, &name);
	if (ret != KNOT_EOK) {
		return ret;
	}
	const json_t *record = acml_json_object(option, "ResourceRecord");
	name->method = method_of(acml_json_text(option, "ValidationMethod", NULL));
	ret = acml_inventory_add_record(build, record != NULL ? record : option, false,
	                                &name->need);
	if (ret == KNOT_EOK) {
		ret = acml_inventory_keep_text(build, acml_json_text(option, "ValidationStatus", NULL),
		                               &name->status);
	}
	if (name->method == ACML_METHOD_UNKNOWN) {
		name->method = name->need != SIZE_MAX ? ACML_METHOD_DNS :
		               json_array_size(acml_json_array(option, "ValidationEmails", NULL)) > 0 ?
		               ACML_METHOD_EMAIL : ACML_METHOD_UNKNOWN;
	}
	const char *mail = acml_json_text(option, "ValidationDomain", "validation_domain");
	if (ret == KNOT_EOK && mail != NULL) {
		mail += strncmp(mail, "*.", 2) == 0 ? 2 : 0;
		ret = keep_name(build, mail, &name->validation_domain);
	}
	return ret;
}

static int read_options(struct acml_inventory_build *build, const json_t *list)
{
	int ret = KNOT_EOK;
	for (size_t i = 0; ret == KNOT_EOK && i < json_array_size(list); i++) {
		ret = read_option(build, json_array_get(list, i));
	}
	return ret;
}

static int read_names(struct acml_inventory_build *build, const json_t *object)
{
	const char *domain = acml_json_text(object, "DomainName", "domain_name");
	domain = domain != NULL ? domain : acml_json_text(object, NULL, "domain");
	struct acml_cert_name *name;
	int ret = domain != NULL ? acml_inventory_add_name(build, domain, &name) : KNOT_EOK;
	const json_t *lists[] = {
		acml_json_array(object, "SubjectAlternativeNames", "subject_alternative_names"),
		acml_json_array(object, "SubjectAlternativeNameSummaries", NULL),
	};
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		for (size_t j = 0; ret == KNOT_EOK && j < json_array_size(lists[i]); j++) {
			const char *text = json_string_value(json_array_get(lists[i], j));
			if (text != NULL && text[0] != '\0') {
				ret = acml_inventory_add_name(build, text, &name);
			}
		}
	}
	return ret;
}

/* Whether something has it attached, from whichever member tells. */
static int in_use(const json_t *object)
{
	const json_t *flag = json_object_get(object, "InUse");
	const json_t *users = acml_json_array(object, "InUseBy", NULL);
	if (json_is_boolean(flag)) {
		return json_is_true(flag);
	}
	return users != NULL ? json_array_size(users) > 0 : -1;
}

static const json_t *renewal_of(const json_t *object)
{
	const json_t *renewal = acml_json_object(object, "RenewalSummary");
	return renewal != NULL ? renewal :
	       json_array_get(acml_json_array(object, NULL, "renewal_summary"), 0);
}

static int keep_texts(struct acml_inventory_build *build, const json_t *object,
                      struct acml_cert *cert)
{
	const json_t *renewal = renewal_of(object);
	const struct {
		const char *value;
		const char **to;
	} texts[] = {
		{ acml_json_text(object, "CertificateArn", "arn"), &cert->arn },
		{ acml_json_text(object, "Status", "status"), &cert->status },
		{ acml_json_text(object, "FailureReason", NULL), &cert->failure },
		{ acml_json_text(object, "Type", "type"), &cert->type },
		{ acml_json_text(object, "KeyAlgorithm", "key_algorithm"), &cert->key_algorithm },
		{ acml_json_text(object, "RenewalEligibility", "renewal_eligibility"),
		  &cert->eligibility },
		{ acml_json_text(renewal, "RenewalStatus", "renewal_status"), &cert->renewal },
		{ acml_json_text(renewal, "RenewalStatusReason", "renewal_status_reason"),
		  &cert->renewal_reason },
	};
	int ret = KNOT_EOK;
	for (size_t i = 0; ret == KNOT_EOK && i < sizeof(texts) / sizeof(texts[0]); i++) {
		ret = acml_inventory_keep_text(build, texts[i].value, texts[i].to);
	}
	return ret;
}

/* What is said of the certificate as a whole is true of names that say nothing else. */
static void fill_methods(struct acml_inventory_build *build, const json_t *object)
{
	enum acml_method method = method_of(acml_json_text(object, "ValidationMethod",
	                                                   "validation_method"));
	for (size_t i = 0; i < build->n_names; i++) {
		if (build->names[i].method == ACML_METHOD_UNKNOWN) {
			build->names[i].method = method;
		}
	}
}

int acml_inventory_cert(struct acml_inventory_build *build, const json_t *object,
                        enum acml_telling telling)
{
	struct acml_raw_cert raw = {
		.cert = {
			.in_use = in_use(object),
			.not_before = acml_json_time(object, "NotBefore", "not_before"),
			.not_after = acml_json_time(object, "NotAfter", "not_after"),
			.is_listed = telling == ACML_TELLS_LIST,
		},
		.telling = telling,
	};
	build->n_names = 0;
	int ret = keep_texts(build, object, &raw.cert);
	/* Of several sayings about a name the first counts: the renewal's is the newest. */
	const json_t *renewal = acml_json_object(object, "RenewalSummary");
	if (ret == KNOT_EOK) {
		ret = read_names(build, object);
	}
	if (ret == KNOT_EOK) {
		ret = read_options(build, acml_json_array(renewal, "DomainValidationOptions", NULL));
	}
	if (ret == KNOT_EOK) {
		ret = read_options(build, acml_json_array(object, "DomainValidationOptions",
		                                          "domain_validation_options"));
	}
	if (ret == KNOT_EOK) {
		ret = read_options(build, acml_json_array(object, NULL, "validation_option"));
	}
	if (ret == KNOT_EOK) {
		fill_methods(build, object);
		ret = acml_inventory_finish(build, &raw);
	}
	return ret;
}

/* A saying about a name, and where it stood. */
struct said {
	struct acml_cert_name name;
	size_t order;
};

static int by_name(const void *a, const void *b)
{
	const struct said *x = a, *y = b;
	int order = knot_dname_cmp(x->name.name, y->name.name);
	if (order == 0) {
		order = (int)x->name.wildcard - (int)y->name.wildcard;
	}
	return order != 0 ? order : x->order < y->order ? -1 : x->order > y->order;
}

static int by_order(const void *a, const void *b)
{
	const struct said *x = a, *y = b;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* What one saying about a name leaves open another may tell. */
static void join(struct acml_cert_name *name, const struct acml_cert_name *more)
{
	if (name->method == ACML_METHOD_UNKNOWN) {
		name->method = more->method;
	}
	if (name->need == SIZE_MAX) {
		name->need = more->need;
	}
	name->status = name->status != NULL ? name->status : more->status;
	name->validation_domain = name->validation_domain != NULL ? name->validation_domain :
	                          more->validation_domain;
}

static void share_need(struct acml_cert_name *name, const struct acml_cert_name *other)
{
	if (name->need == SIZE_MAX && other->need != SIZE_MAX &&
	    (name->method == ACML_METHOD_UNKNOWN || name->method == other->method)) {
		name->need = other->need;
		name->method = other->method;
	}
}

/* Each name once, in the order of the document. */
static size_t unite(struct said *said, size_t count)
{
	size_t kept = 0;
	qsort(said, count, sizeof(*said), by_name);
	for (size_t i = 0; i < count; i++) {
		struct acml_cert_name *last = kept > 0 ? &said[kept - 1].name : NULL;
		if (last != NULL && last->wildcard == said[i].name.wildcard &&
		    acml_name_equal(last->name, said[i].name.name)) {
			join(last, &said[i].name);
		} else {
			said[kept++] = said[i];
		}
	}
	/* "*.x" and "x" have one record, which some outputs show once. */
	for (size_t i = 1; i < kept; i++) {
		if (acml_name_equal(said[i - 1].name.name, said[i].name.name)) {
			share_need(&said[i - 1].name, &said[i].name);
			share_need(&said[i].name, &said[i - 1].name);
		}
	}
	qsort(said, kept, sizeof(*said), by_order);
	return kept;
}

/* ACM User Guide, "Email validation": a leading "www." or "*." is left out of the addresses. */
static const knot_dname_t *mail_domain(const struct acml_cert_name *name)
{
	const knot_dname_t *domain = name->validation_domain != NULL ? name->validation_domain :
	                             name->name;
	return memcmp(domain, "\x03www", 4) == 0 ? acml_name_parent(domain) : domain;
}

int acml_inventory_finish(struct acml_inventory_build *build, struct acml_raw_cert *raw)
{
	if (build->n_names == 0) {
		return KNOT_EOK; /* An ARN alone tells nothing. */
	}
	struct acml_arena *arena = &build->inventory->arena;
	struct said *said = malloc(build->n_names * sizeof(*said));
	if (said == NULL) {
		return KNOT_ENOMEM;
	}
	for (size_t i = 0; i < build->n_names; i++) {
		said[i] = (struct said){ .name = build->names[i], .order = i };
	}
	size_t count = unite(said, build->n_names);
	struct acml_cert_name *names = acml_arena_alloc(arena, count * sizeof(*names));
	bool room = ACML_ROOM(build->certs, build->n_certs, build->cap_certs);
	for (size_t i = 0; names != NULL && i < count; i++) {
		names[i] = said[i].name;
		bool mail = names[i].method == ACML_METHOD_EMAIL;
		names[i].validation_domain = mail ? mail_domain(&names[i]) : NULL;
	}
	free(said);
	if (names == NULL || !room) {
		return KNOT_ENOMEM;
	}
	raw->cert.domain = names[0].text;
	raw->cert.names = names;
	raw->cert.n_names = count;
	raw->cert.file = build->file;
	raw->cert.line = build->line;
	raw->order = build->n_certs;
	build->certs[build->n_certs++] = *raw;
	build->n_names = 0;
	return KNOT_EOK;
}
