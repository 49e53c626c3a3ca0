/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Builder of an inventory: what the documents say, before certificates and records that several
 * of them name are brought together. Private to zone/facts. Functions return KNOT_EOK, KNOT_ENOMEM,
 * or KNOT_EMALF with the fault's message filled.
 */

#pragma once

#include <jansson.h>

#include "facts/inventory.h"

/* How much a document tells of a certificate. */
enum acml_telling {
	ACML_TELLS_NAMES,       /* Validations without the certificate they belong to, requests. */
	ACML_TELLS_LIST,
	ACML_TELLS_STATE,       /* Terraform: what was true when it last looked. */
	ACML_TELLS_ALL,
};

/* A certificate as one document has it. Needs are indices into the raw needs. */
struct acml_raw_cert {
	struct acml_cert cert;
	enum acml_telling telling;
	bool nameless;          /* No document says which certificate these validations are of. */
	bool cut;               /* The list shows only some of its names. */
	size_t order;
};

/* The record that one document asks for. */
struct acml_raw_need {
	struct acml_need need;
	bool loose;             /* Found by walking: no certificate is known to ask. */
	size_t order;
};

/* A list that went on behind its last document. */
struct acml_open_page {
	const char *form;       /* Static. */
	const char *region;     /* "" where no ARN tells. */
	const char *file;
	bool open;
};

struct acml_inventory_build {
	struct acml_inventory *inventory;
	struct acml_fault *fault;
	const char *file;       /* Of the document being read, in the inventory's memory. */
	uint32_t line;          /* Where it begins. */
	struct acml_raw_cert *certs;
	size_t n_certs, cap_certs;
	struct acml_raw_need *needs;
	size_t n_needs, cap_needs;
	struct acml_partial *partials;
	size_t n_partials, cap_partials;
	struct acml_open_page *pages;
	size_t n_pages, cap_pages;
	struct acml_cert_name *names;   /* Of the certificate being read. */
	size_t n_names, cap_names;
	const char *list;       /* The first file with a list of certificates, or NULL. */
};

/* inventory_form.c: one document. *out_known: it is of a form that tells something. */
int acml_inventory_document(struct acml_inventory_build *build, const json_t *root,
                            bool *out_known);

/* inventory_cert.c: one certificate, as AWS or Terraform describes it. */
int acml_inventory_cert(struct acml_inventory_build *build, const json_t *object,
                        enum acml_telling telling);

/* inventory_cert.c: the parts of it that other forms share. */
int acml_inventory_add_name(struct acml_inventory_build *build, const char *text,
                            struct acml_cert_name **out_name);
int acml_inventory_add_record(struct acml_inventory_build *build, const json_t *record,
                              bool loose, size_t *out_need);
int acml_inventory_finish(struct acml_inventory_build *build, struct acml_raw_cert *raw);
int acml_inventory_keep_text(struct acml_inventory_build *build, const char *text,
                             const char **out_text);

/* inventory_adopt.c: finds the certificates of validations that do not name theirs. */
int acml_inventory_adopt(struct acml_inventory_build *build);

/* inventory_freeze.c: brings it all together. */
int acml_inventory_freeze(struct acml_inventory_build *build);

/* A reason why the inventory may be partial. */
int acml_inventory_partial(struct acml_inventory_build *build, const char *file, const char *why,
                           bool assumed);

/* inventory_value.c: members, as far as they are of the type asked for. Two keys: AWS's and
 * Terraform's; either may be NULL. */
const char *acml_json_text(const json_t *object, const char *key, const char *other);
const json_t *acml_json_array(const json_t *object, const char *key, const char *other);
const json_t *acml_json_object(const json_t *object, const char *key);

/* A time stamp, in seconds: a number or ISO 8601; ACML_NO_TIME for anything else. */
int64_t acml_json_time(const json_t *object, const char *key, const char *other);
