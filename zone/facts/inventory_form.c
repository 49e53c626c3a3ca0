/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Which output of AWS or Terraform a document is, and where in it the certificates are. */

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <libknot/errcode.h>

#include "facts/inventory_build.h"
#include "model/build.h"
#include "model/names.h"

/* No output of AWS or Terraform is nested nearly as deeply. */
#define MAX_DEPTH 200

static const char suffix[] = "acm-validations.aws";

static int too_deep(struct acml_inventory_build *build)
{
	snprintf(build->fault->message, sizeof(build->fault->message),
	         "nested more than %d deep", MAX_DEPTH);
	return KNOT_EMALF;
}

int acml_inventory_partial(struct acml_inventory_build *build, const char *file, const char *why,
                           bool assumed)
{
	if (!ACML_ROOM(build->partials, build->n_partials, build->cap_partials)) {
		return KNOT_ENOMEM;
	}
	build->partials[build->n_partials++] = (struct acml_partial){
		.file = file, .why = why, .assumed = assumed,
	};
	return KNOT_EOK;
}

/* "us-east-1" of an ARN; "" when there is none. */
static const char *region_of(struct acml_inventory_build *build, const char *arn)
{
	char region[32] = "";
	if (arn == NULL || sscanf(arn, "arn:%*[^:]:%*[^:]:%31[a-z0-9-]:", region) != 1) {
		return "";
	}
	return acml_arena_strdup(&build->inventory->arena, region);
}

/* A list that has a NextToken goes on, perhaps in the next document of the same region. */
static int note_page(struct acml_inventory_build *build, const json_t *object, const char *form,
                     const char *arn)
{
	const char *region = region_of(build, arn);
	bool open = acml_json_text(object, "NextToken", NULL) != NULL;
	if (region == NULL) {
		return KNOT_ENOMEM;
	}
	for (size_t i = 0; i < build->n_pages; i++) {
		struct acml_open_page *page = &build->pages[i];
		if (strcmp(page->form, form) == 0 && strcmp(page->region, region) == 0) {
			page->open = open;
			page->file = build->file;
			return KNOT_EOK;
		}
	}
	if (!open) {
		return KNOT_EOK;
	}
	if (!ACML_ROOM(build->pages, build->n_pages, build->cap_pages)) {
		return KNOT_ENOMEM;
	}
	build->pages[build->n_pages++] = (struct acml_open_page){
		.form = form, .region = region, .file = build->file, .open = true,
	};
	return KNOT_EOK;
}

static int read_list(struct acml_inventory_build *build, const json_t *root, const json_t *list)
{
	const json_t *first = json_array_get(list, 0);
	int ret = note_page(build, root, "CertificateSummaryList",
	                    acml_json_text(first, "CertificateArn", NULL));
	for (size_t i = 0; ret == KNOT_EOK && i < json_array_size(list); i++) {
		const json_t *summary = json_array_get(list, i);
		size_t before = build->n_certs;
		ret = acml_inventory_cert(build, summary, ACML_TELLS_LIST);
		if (build->n_certs > before) {
			build->certs[before].cut = json_is_true(json_object_get(summary,
			        "HasAdditionalSubjectAlternativeNames"));
		}
	}
	build->list = build->list != NULL ? build->list : build->file;
	return ret;
}

/* The challenge of one configuration of list-certificate-domain-validations. */
static const json_t *challenge_of(const json_t *summary, const char *configuration,
                                  const char *challenge)
{
	const json_t *object = acml_json_object(summary, configuration);
	object = acml_json_object(object, "ValidationChallenge");
	return acml_json_object(object, challenge);
}

/* Active is how the name is validated now, Requested what a change to DNS waits for. */
static int read_validation(struct acml_inventory_build *build, const json_t *summary)
{
	const char *domain = acml_json_text(summary, "DomainName", NULL);
	struct acml_cert_name *name = NULL;
	if (domain == NULL) {
		return KNOT_EOK;
	}
	int ret = acml_inventory_add_name(build, domain, &name);
	if (ret != KNOT_EOK) {
		return ret;
	}
	const json_t *mail = challenge_of(summary, "ActiveValidationConfiguration",
	                                  "EmailValidationChallenge");
	const json_t *active = acml_json_object(summary, "ActiveValidationConfiguration");
	const char *method = acml_json_text(active, "ValidationMethod", NULL);
	name->method = mail != NULL || (method != NULL && strcmp(method, "EMAIL") == 0) ?
	               ACML_METHOD_EMAIL :
	               method != NULL && strcmp(method, "HTTP") == 0 ? ACML_METHOD_HTTP :
	               ACML_METHOD_DNS;
	ret = acml_inventory_keep_text(build, acml_json_text(active, "ValidationStatus", NULL),
	                               &name->status);
	static const char *const configurations[] = {
		"RequestedValidationConfiguration", "ActiveValidationConfiguration",
	};
	for (size_t i = 0; ret == KNOT_EOK && i < 2 && name->need == SIZE_MAX; i++) {
		const json_t *dns = challenge_of(summary, configurations[i], "DnsValidationChallenge");
		ret = acml_inventory_add_record(build, acml_json_object(dns, "ResourceRecord"), false,
		                                &name->need);
	}
	const char *at = acml_json_text(mail, "ValidationDomain", NULL);
	knot_dname_storage_t at_name;
	if (ret == KNOT_EOK && at != NULL && acml_name_parse(at, at_name)) {
		name->validation_domain = acml_name_dup(&build->inventory->arena, at_name);
		ret = name->validation_domain != NULL ? KNOT_EOK : KNOT_ENOMEM;
	}
	return ret;
}

static int read_validations(struct acml_inventory_build *build, const json_t *root,
                            const json_t *list)
{
	struct acml_raw_cert raw = {
		.cert = { .in_use = -1, .not_before = ACML_NO_TIME, .not_after = ACML_NO_TIME },
		.telling = ACML_TELLS_NAMES,
		.nameless = true,
	};
	build->n_names = 0;
	int ret = note_page(build, root, "DomainValidationSummaryList", NULL);
	for (size_t i = 0; ret == KNOT_EOK && i < json_array_size(list); i++) {
		ret = read_validation(build, json_array_get(list, i));
	}
	return ret == KNOT_EOK ? acml_inventory_finish(build, &raw) : ret;
}

static bool enabled(const json_t *scope, const char *key)
{
	const char *text = acml_json_text(scope, key, NULL);
	return text != NULL && strcmp(text, "ENABLED") == 0;
}

/* An ACME endpoint's permission for a domain: its record is looked up at every issuance. */
static int read_acme(struct acml_inventory_build *build, const json_t *object)
{
	const json_t *details = acml_json_object(object, "PrevalidationDetails");
	const json_t *dns = acml_json_object(details, "DnsPrevalidation");
	const json_t *scope = acml_json_object(dns, "DomainScope");
	const json_t *failure = acml_json_object(object, "FailureDetails");
	const char *domain = acml_json_text(object, "DomainName", NULL);
	struct acml_raw_cert raw = {
		.cert = {
			.in_use = -1, .not_before = ACML_NO_TIME, .not_after = ACML_NO_TIME,
			.is_acme = true,
		},
		.telling = ACML_TELLS_ALL,
	};
	if (domain == NULL) {
		return KNOT_EOK;
	}
	size_t need = SIZE_MAX;
	bool wildcard = enabled(scope, "Wildcards");
	bool plain = !wildcard || enabled(scope, "ExactDomain");
	build->n_names = 0;
	int ret = acml_inventory_add_record(build, acml_json_object(dns, "ResourceRecord"), false,
	                                    &need);
	for (int i = 0; ret == KNOT_EOK && i < 2; i++) {
		struct acml_cert_name *name;
		if (i == 0 ? !plain : !wildcard) {
			continue;
		}
		ret = acml_inventory_add_name(build, domain, &name);
		if (ret == KNOT_EOK) {
			name->wildcard = i == 1;
			name->text = i == 0 ? name->text :
			             acml_arena_printf(&build->inventory->arena, "*.%s", name->text);
			name->method = ACML_METHOD_DNS;
			name->need = need;
			ret = name->text != NULL ? KNOT_EOK : KNOT_ENOMEM;
		}
	}
	if (ret == KNOT_EOK) {
		ret = acml_inventory_keep_text(build, acml_json_text(object, "AcmeDomainValidationArn",
		                               NULL), &raw.cert.arn);
	}
	if (ret == KNOT_EOK) {
		ret = acml_inventory_keep_text(build, acml_json_text(object, "Status", NULL),
		                               &raw.cert.status);
	}
	if (ret == KNOT_EOK) {
		ret = acml_inventory_keep_text(build, acml_json_text(failure, "Reason", NULL),
		                               &raw.cert.failure);
	}
	return ret == KNOT_EOK ? acml_inventory_finish(build, &raw) : ret;
}

static int read_acme_list(struct acml_inventory_build *build, const json_t *root,
                          const json_t *list)
{
	const json_t *first = json_array_get(list, 0);
	int ret = note_page(build, root, "AcmeDomainValidations",
	                    acml_json_text(first, "AcmeDomainValidationArn", NULL));
	for (size_t i = 0; ret == KNOT_EOK && i < json_array_size(list); i++) {
		ret = read_acme(build, json_array_get(list, i));
	}
	return ret;
}

/* One resource of Terraform: what it is now, or what a plan makes of it. */
static int read_resource(struct acml_inventory_build *build, const json_t *resource)
{
	const json_t *values = acml_json_object(resource, "values");
	const json_t *instances = acml_json_array(resource, "instances", NULL);
	int ret = KNOT_EOK;
	if (values != NULL) {
		ret = acml_inventory_cert(build, values, ACML_TELLS_STATE);
	}
	for (size_t i = 0; ret == KNOT_EOK && i < json_array_size(instances); i++) {
		const json_t *attributes = acml_json_object(json_array_get(instances, i), "attributes");
		if (attributes != NULL) {
			ret = acml_inventory_cert(build, attributes, ACML_TELLS_STATE);
		}
	}
	return ret;
}

/* A module, and those below it: "resources" and "child_modules". */
static int read_module(struct acml_inventory_build *build, const json_t *module, int depth)
{
	const json_t *resources = acml_json_array(module, "resources", NULL);
	const json_t *children = acml_json_array(module, "child_modules", NULL);
	int ret = depth > MAX_DEPTH ? too_deep(build) : KNOT_EOK;
	for (size_t i = 0; ret == KNOT_EOK && i < json_array_size(resources); i++) {
		const json_t *resource = json_array_get(resources, i);
		const char *type = acml_json_text(resource, "type", NULL);
		if (type != NULL && strcmp(type, "aws_acm_certificate") == 0) {
			ret = read_resource(build, resource);
		}
	}
	for (size_t i = 0; ret == KNOT_EOK && i < json_array_size(children); i++) {
		ret = read_module(build, json_array_get(children, i), depth + 1);
	}
	return ret;
}

/* A state file, "terraform show -json" of a state, or of a plan. What a plan is going to destroy
 * stands in prior_state alone. */
static int read_terraform(struct acml_inventory_build *build, const json_t *root, bool *out_known)
{
	const json_t *values = acml_json_object(root, "planned_values");
	if (values == NULL) {
		values = acml_json_object(root, "values");
	}
	const json_t *module = acml_json_object(values, "root_module");
	bool state = json_is_array(json_object_get(root, "resources")) &&
	             (json_object_get(root, "version") != NULL ||
	              json_object_get(root, "terraform_version") != NULL);
	*out_known = module != NULL || state || values != NULL ||
	             (json_object_get(root, "terraform_version") != NULL &&
	              json_object_get(root, "format_version") != NULL);
	if (!*out_known) {
		return KNOT_EOK;
	}
	return read_module(build, state ? root : module, 0);
}

/* Whether an object with this value is a validation record's. */
static bool is_record(const json_t *object)
{
	const char *value = acml_json_text(object, "Value", "resource_record_value");
	size_t len = value != NULL ? strlen(value) : 0;
	len -= len > 0 && value[len - 1] == '.';
	size_t want = sizeof(suffix) - 1;
	return len > want && value[len - want - 1] == '.' &&
	       strncasecmp(value + len - want, suffix, want) == 0 &&
	       acml_json_text(object, "Name", "resource_record_name") != NULL;
}

/* Every validation record, wherever it stands: whatever AWS's outputs will look like. */
static int walk(struct acml_inventory_build *build, const json_t *value, int depth,
                size_t *inout_found)
{
	int ret = depth > MAX_DEPTH ? too_deep(build) : KNOT_EOK;
	if (json_is_array(value)) {
		for (size_t i = 0; ret == KNOT_EOK && i < json_array_size(value); i++) {
			ret = walk(build, json_array_get(value, i), depth + 1, inout_found);
		}
	} else if (json_is_object(value)) {
		if (ret == KNOT_EOK && is_record(value)) {
			size_t need = SIZE_MAX;
			ret = acml_inventory_add_record(build, value, true, &need);
			*inout_found += need != SIZE_MAX;
		}
		const char *key;
		json_t *member;
		json_object_foreach((json_t *)value, key, member) {
			ret = ret == KNOT_EOK ? walk(build, member, depth + 1, inout_found) : ret;
		}
	}
	return ret;
}

/* An object that is a certificate or a request for one, without an envelope. */
static bool is_bare(const json_t *object)
{
	static const char *const marks[] = {
		"DomainValidationOptions", "ValidationMethod", "SubjectAlternativeNames", "Status",
		"SubjectAlternativeNameSummaries",
	};
	if (acml_json_text(object, "DomainName", NULL) == NULL) {
		return false;
	}
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (json_object_get(object, marks[i]) != NULL) {
			return true;
		}
	}
	return false;
}

static int read_form(struct acml_inventory_build *build, const json_t *root, bool *out_known)
{
	const json_t *list;
	const json_t *object;
	*out_known = true;
	if ((object = acml_json_object(root, "Certificate")) != NULL) {
		return acml_inventory_cert(build, object, ACML_TELLS_ALL);
	}
	if ((list = acml_json_array(root, "CertificateSummaryList", NULL)) != NULL) {
		return read_list(build, root, list);
	}
	if ((list = acml_json_array(root, "DomainValidationSummaryList", NULL)) != NULL) {
		return read_validations(build, root, list);
	}
	if ((object = acml_json_object(root, "AcmeDomainValidation")) != NULL) {
		return read_acme(build, object);
	}
	if ((list = acml_json_array(root, "AcmeDomainValidations", NULL)) != NULL) {
		return read_acme_list(build, root, list);
	}
	if (acml_json_object(root, "PrevalidationDetails") != NULL) {
		return read_acme(build, root);
	}
	if (is_bare(root)) {
		bool listed = json_object_get(root, "SubjectAlternativeNameSummaries") != NULL;
		return acml_inventory_cert(build, root, listed ? ACML_TELLS_LIST :
		                           acml_json_text(root, "CertificateArn", NULL) != NULL ?
		                           ACML_TELLS_ALL : ACML_TELLS_NAMES);
	}
	if (acml_json_text(root, "CertificateArn", NULL) != NULL) {
		return acml_inventory_partial(build, build->file, "a certificate's ARN alone: "
		                              "describe-certificate tells the rest", false);
	}
	*out_known = false;
	return KNOT_EOK;
}

/* One object of AWS's, of Terraform's, or of somebody else's. */
static int read_object(struct acml_inventory_build *build, const json_t *root, bool *out_known)
{
	int ret = read_terraform(build, root, out_known);
	if (ret != KNOT_EOK || *out_known) {
		return ret; /* Walking would find what a plan destroys. */
	}
	ret = read_form(build, root, out_known);
	size_t found = 0;
	if (ret == KNOT_EOK) {
		ret = walk(build, root, 0, &found);
	}
	*out_known |= found > 0;
	return ret;
}

int acml_inventory_document(struct acml_inventory_build *build, const json_t *root,
                            bool *out_known)
{
	if (!json_is_array(root)) {
		return read_object(build, root, out_known);
	}
	/* An array of outputs; an empty one has nothing in it, as an account may. */
	int ret = KNOT_EOK;
	*out_known = json_array_size(root) == 0;
	for (size_t i = 0; ret == KNOT_EOK && i < json_array_size(root); i++) {
		const json_t *element = json_array_get(root, i);
		bool known = false;
		if (json_is_array(element)) {
			size_t found = 0;
			ret = walk(build, element, 1, &found);
			known = found > 0;
		} else {
			ret = read_object(build, element, &known);
		}
		*out_known |= known;
	}
	return ret;
}
