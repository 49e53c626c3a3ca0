/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Inventory: what ACM needs, as AWS's own outputs tell it. Reading is all or nothing: a document
 * that is broken anywhere leaves nothing behind. Unknown members and enum values are data, not
 * errors. An inventory owns everything in it, never changes once read, and may be shared.
 *
 * Forms: aws acm describe-certificate, list-certificates, list-certificate-domain-validations,
 * describe-acme-domain-validation, list-acme-domain-validations, request-certificate skeletons,
 * Terraform states and "terraform show -json"; one object, an array, a stream of objects. Behind
 * the precise reading stands a robust one: every object with a CNAME to acm-validations.aws,
 * wherever it is, is a need. A document that tells nothing at all is broken, unless a folder holds
 * it beside others.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libknot/dname.h>

#include "model/arena.h"

/* Absent dates are this. */
#define ACML_NO_TIME INT64_MIN

enum acml_method {
	ACML_METHOD_UNKNOWN,
	ACML_METHOD_DNS,
	ACML_METHOD_EMAIL,
	ACML_METHOD_HTTP,
};

/* A record that ACM asks for. */
struct acml_need {
	const knot_dname_t *owner;      /* Lower case. */
	const knot_dname_t *target;     /* Lower case. */
	size_t cert;                    /* Index of the certificate that needs it most, or SIZE_MAX. */
	const char *file;
	uint32_t line;                  /* 0: not known. */
};

/* One name of a certificate. */
struct acml_cert_name {
	const char *text;               /* As certificates write it: "*.example.com". */
	const knot_dname_t *name;       /* Lower case, without "*.". */
	bool wildcard;
	enum acml_method method;
	const char *status;             /* ValidationStatus, or NULL. */
	const knot_dname_t *validation_domain;  /* For e-mail: where the addresses are; or NULL. */
	size_t need;                    /* Index into needs, or SIZE_MAX. */
};

struct acml_cert {
	const char *arn;                /* NULL: not known (a request, an ACME validation). */
	const char *domain;             /* DomainName. */
	const char *status;             /* ISSUED, PENDING_VALIDATION …; NULL: not known. */
	const char *failure;            /* FailureReason, or NULL. */
	const char *renewal;            /* RenewalSummary.RenewalStatus, or NULL. */
	const char *renewal_reason;     /* RenewalStatusReason, or NULL. */
	const char *type;               /* AMAZON_ISSUED, IMPORTED, PRIVATE; NULL: not known. */
	const char *key_algorithm;      /* "RSA-2048"; NULL: not known. */
	const char *eligibility;        /* RenewalEligibility, or NULL. */
	int in_use;                     /* 1, 0; -1: not known. */
	int64_t not_before, not_after;  /* Seconds, or ACML_NO_TIME. */
	bool is_acme;                   /* An ACME endpoint's domain validation. */
	bool is_listed;                 /* Only from a list: ACM has records that are not known here. */
	const struct acml_cert_name *names;
	size_t n_names;
	const char *file;
	uint32_t line;
};

/* What a certificate still wants of the DNS, from least to most. */
enum acml_cert_state {
	ACML_CERT_DEAD,         /* Expired, revoked or inactive; or imported or private. */
	ACML_CERT_IDLE,         /* Nobody uses it, so that ACM does not renew it. */
	ACML_CERT_FAILED,       /* ACM gave up on it: whoever asked for it will ask again. */
	ACML_CERT_LIVE,
};

enum acml_cert_state acml_cert_state(const struct acml_cert *cert);

/* Why an inventory may be incomplete. */
struct acml_partial {
	const char *file;
	const char *why;                /* "NextToken: there are further pages" … */
	bool assumed;                   /* A guess that --inventory-complete silences. */
};

/* A name, and the certificate that has it. */
struct acml_cert_ref {
	const knot_dname_t *name;
	uint32_t cert;                  /* Index into certs, */
	uint32_t index;                 /* and into the names of that one. */
};

struct acml_inventory {
	struct acml_arena arena;
	const struct acml_cert *certs;  /* By ARN each once, as the most telling document says. */
	size_t n_certs;
	const struct acml_need *needs;  /* By owner and target each once, owners in canonical order. */
	size_t n_needs;
	const struct acml_cert_ref *refs;   /* Every name of every certificate, in canonical order. */
	size_t n_refs;
	const struct acml_cert_ref *mails;  /* The same for the domains of validation by e-mail. */
	size_t n_mails;
	const knot_dname_t *const *names;   /* All names above, each once, in canonical order. */
	size_t n_names;
	const knot_dname_t *const *mail_names;  /* Those of mails, each once, in canonical order. */
	size_t n_mail_names;
	const struct acml_partial *partials;
	size_t n_partials;
};

/* What concerns a zone: the part of a sorted array that is at or below its apex. */
size_t acml_inventory_refs(const struct acml_inventory *inventory, const knot_dname_t *apex,
                           const struct acml_cert_ref **out_first);
size_t acml_inventory_mails(const struct acml_inventory *inventory, const knot_dname_t *apex,
                            const struct acml_cert_ref **out_first);
size_t acml_inventory_needs(const struct acml_inventory *inventory, const knot_dname_t *apex,
                            const struct acml_need **out_first);

/* The need of a certificate's name, or NULL. */
const struct acml_need *acml_inventory_need(const struct acml_inventory *inventory,
                                            const struct acml_cert_name *name);

/* Where and why a document could not be read. */
struct acml_fault {
	char file[512];
	uint32_t line, column;          /* 0: not known. */
	char message[256];
};

/* Whether a file of this name is read in a folder: *.json, *.tfstate, not hidden. */
bool acml_inventory_takes(const char *name);

/* Reads files and folders (what is taken in them; not below). KNOT_EOK; KNOT_ENOMEM; KNOT_EMALF or
 * a file's negative errno, with *out_fault filled. */
int acml_inventory_read(const char *const *paths, size_t n_paths,
                        struct acml_inventory **out_inventory, struct acml_fault *out_fault);

/* The same for bytes, for tests and fuzzing. */
int acml_inventory_parse(const char *name, const char *bytes, size_t size,
                         struct acml_inventory **out_inventory, struct acml_fault *out_fault);

/* Accepts NULL. */
void acml_inventory_free(struct acml_inventory *inventory);
