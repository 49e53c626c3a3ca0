/* SPDX-License-Identifier: GPL-2.0-or-later */

/* INV006 to INV009: what ACM says of certificates, and what of this zone explains it. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "rules/blame.h"
#include "rules/inventory.h"

#define DAY INT64_C(86400)

/* ACM User Guide, "Managed certificate renewal": 45 days before the end of 198, 60 of 395. */
#define LONG_LIFE (300 * DAY)
#define WINDOW (45 * DAY)
#define LONG_WINDOW (60 * DAY)

/* 2027-03-31T00:00:00Z: ACM issues no more certificates that are validated by e-mail. */
#define EMAIL_ENDS 1806451200

static bool is(const char *text, const char *word)
{
	return text != NULL && strcmp(text, word) == 0;
}

static struct acml_spot spot_of(const struct acml_cert_name *name)
{
	return (struct acml_spot){
		.owner = name->name, .type = "", .domain = name->name, .wildcard = name->wildcard,
	};
}

/* Whether ACM says that it could not validate this name. */
static bool is_pending(const struct acml_cert_name *name)
{
	return name->status != NULL && strcmp(name->status, "SUCCESS") != 0;
}

/* Where it says so of none, every name may be the cause. */
static bool says_which(const struct acml_cert *cert)
{
	for (size_t i = 0; i < cert->n_names; i++) {
		if (is_pending(&cert->names[i])) {
			return true;
		}
	}
	return false;
}

/* What of this zone explains that ACM cannot validate a certificate. */
struct cause {
	const struct acml_cert_name *name;      /* Of this zone; NULL: none is. */
	const struct acml_finding *error;       /* What is wrong with it here, or NULL. */
	const char *elsewhere;                  /* The name of another zone that ACM speaks of. */
};

/* A name that ACM could not validate and that has an error here explains it best, then any that
 * has. Without an error, what ACM speaks of. */
static struct cause find_cause(const struct acml_judge *judge, const struct acml_cert *cert)
{
	struct cause cause = { .name = NULL };
	bool accused_here = false;
	bool which = says_which(cert);
	for (size_t i = 0; i < cert->n_names; i++) {
		const struct acml_cert_name *name = acml_zone_cert_name(judge, cert, i);
		bool accused = !which || is_pending(&cert->names[i]);
		if (name == NULL) {
			cause.elsewhere = accused && cause.elsewhere == NULL ?
			                  cert->names[i].text : cause.elsewhere;
			continue;
		}
		const struct acml_finding *error;
		error = acml_blame_name(judge, name->name, name->wildcard);
		bool alike = (error != NULL) == (cause.error != NULL);
		if (cause.name == NULL || (error != NULL && cause.error == NULL) ||
		    (accused && !accused_here && alike)) {
			cause.name = name;
			cause.error = error;
		}
		accused_here |= accused;
	}
	if (accused_here) {
		cause.elsewhere = NULL;
	}
	return cause;
}

/* "CAA002 at line 6 explains it". */
static const char *cause_text(struct acml_judge *judge, const struct cause *cause)
{
	const struct acml_finding *error = cause->error;
	if (error != NULL && error->line > 0) {
		return acml_judge_text(judge, "%s at line %" PRIu32 " explains it", error->rule->id,
		                       error->line);
	}
	if (error != NULL) {
		return acml_judge_text(judge, "%s explains it", error->rule->id);
	}
	return cause->elsewhere == NULL ? "nothing in this zone explains it" :
	       acml_judge_text(judge, "ACM waits for %s, which is not in this zone",
	                       cause->elsewhere);
}

static void say_failed(struct acml_judge *judge, const struct acml_cert *cert)
{
	struct cause cause = find_cause(judge, cert);
	const struct acml_finding *error = cause.error;
	if (cause.name == NULL) {
		return;
	}
	bool superseded = acml_cert_is_superseded(judge->facts->inventory, cert);
	struct acml_spot spot = spot_of(cause.name);
	enum acml_severity severity = superseded ? ACML_INFO :
	                              error != NULL ? ACML_ERROR : ACML_WARNING;
	acml_report(judge, severity, &spot, "the certificate for %s (%s) is %s%s%s: %s", cert->domain,
	            acml_cert_text(judge, cert), cert->status,
	            cert->failure != NULL ? ", " : "", cert->failure != NULL ? cert->failure : "",
	            superseded ? "other certificates have its names by now" :
	            cause_text(judge, &cause));
	if (superseded) {
		acml_report_advice(judge, "delete the failed request in ACM");
	} else if (error != NULL) {
		acml_report_advice(judge, "mend %s, then request the certificate anew: ACM does not "
		                   "take a failed request up again", error->rule->id);
	} else {
		acml_report_advice(judge, "look in the zones of its other names and at the parent; once "
		                   "the cause is gone, request the certificate anew");
	}
}

void acml_inventory_check_failed(struct acml_judge *judge)
{
	size_t count;
	const struct acml_cert_ref *certs = acml_zone_certs(judge, &count);
	if (certs == NULL || acml_blame(judge) == NULL) {
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const struct acml_cert *cert = &judge->facts->inventory->certs[certs[i].cert];
		bool expired = is(cert->status, "EXPIRED") && cert->in_use == 1 &&
		               !is(cert->type, "IMPORTED") && !is(cert->type, "PRIVATE");
		if (acml_cert_state(cert) == ACML_CERT_FAILED || expired) {
			say_failed(judge, cert);
		}
	}
}

/* "2026-12-01". */
#define DATE 16
static const char *date_text(int64_t when, char buffer[DATE])
{
	time_t seconds = when;
	struct tm tm;
	if (gmtime_r(&seconds, &tm) == NULL || strftime(buffer, DATE, "%Y-%m-%d", &tm) == 0) {
		strcpy(buffer, "?");
	}
	return buffer;
}

static bool in_window(const struct acml_cert *cert, int64_t now)
{
	bool lasts = cert->not_before != ACML_NO_TIME && cert->not_after != ACML_NO_TIME &&
	             cert->not_after - cert->not_before > LONG_LIFE;
	return cert->not_after != ACML_NO_TIME &&
	       now >= cert->not_after - (lasts ? LONG_WINDOW : WINDOW);
}

/* ", which expires on 2026-12-01". */
#define ENDING 64
static const char *ending_text(const struct acml_cert *cert, int64_t now, char buffer[ENDING])
{
	char date[DATE];
	if (cert->not_after == ACML_NO_TIME) {
		return "";
	}
	snprintf(buffer, ENDING, now < cert->not_after ? ", which expires on %s," :
	         ", which expired on %s,", date_text(cert->not_after, date));
	return buffer;
}

static void say_renewal(struct acml_judge *judge, const struct acml_cert *cert, bool stuck)
{
	struct cause cause = find_cause(judge, cert);
	const struct acml_finding *error = cause.error;
	int64_t now = judge->facts->now;
	char ending[ENDING];
	if (cause.name == NULL || (error == NULL && !stuck)) {
		return;
	}
	struct acml_spot spot = spot_of(cause.name);
	const char *who = acml_cert_text(judge, cert);
	if (stuck) {
		acml_report(judge, error != NULL ? ACML_ERROR : ACML_WARNING, &spot,
		            "the renewal of the certificate for %s (%s)%s is %s%s%s: %s", cert->domain,
		            who, ending_text(cert, now, ending), cert->renewal,
		            cert->renewal_reason != NULL ? ", " : "",
		            cert->renewal_reason != NULL ? cert->renewal_reason : "",
		            cause_text(judge, &cause));
	} else {
		acml_report(judge, ACML_ERROR, &spot, "the certificate for %s (%s)%s is due for renewal "
		            "and cannot be renewed: %s", cert->domain, who,
		            ending_text(cert, now, ending), cause_text(judge, &cause));
	}
	if (error != NULL) {
		acml_report_advice(judge, "mend %s; ACM tries again by itself until the certificate "
		                   "expires", error->rule->id);
	} else {
		acml_report_advice(judge, "look in the zones of its other names and at the parent; ACM "
		                   "tries again by itself once the cause is gone");
	}
}

void acml_inventory_check_renewal(struct acml_judge *judge)
{
	size_t count;
	const struct acml_cert_ref *certs = acml_zone_certs(judge, &count);
	if (certs == NULL || acml_blame(judge) == NULL) {
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const struct acml_cert *cert = &judge->facts->inventory->certs[certs[i].cert];
		bool stuck = is(cert->renewal, "PENDING_VALIDATION") || is(cert->renewal, "FAILED");
		if (acml_cert_state(cert) == ACML_CERT_LIVE && !cert->is_acme &&
		    (stuck || in_window(cert, judge->facts->now))) {
			say_renewal(judge, cert, stuck);
		}
	}
}

/* Validated by e-mail, and its change to DNS not prepared in this zone. */
static bool by_email(const struct acml_judge *judge, const struct acml_cert_name *name)
{
	const knot_dname_t *child;
	const struct acml_need *need = acml_inventory_need(judge->facts->inventory, name);
	return name->method == ACML_METHOD_EMAIL &&
	       (need == NULL || acml_need_stand(judge, need, &child) != ACML_NEED_PRESENT);
}

static void say_email(struct acml_judge *judge, const struct acml_cert *cert,
                      const struct acml_cert_name *name)
{
	struct acml_spot spot = spot_of(name);
	bool over = judge->facts->now >= EMAIL_ENDS;
	acml_report(judge, over ? ACML_ERROR : ACML_WARNING, &spot, "the certificate for %s (%s) is "
	            "validated by e-mail, which ACM ends on 2027-03-31 for new certificates and on "
	            "2027-09-30 for renewals", cert->domain, acml_cert_text(judge, cert));
	if (name->need != SIZE_MAX) {
		acml_report_advice(judge, "the change to DNS is requested: publish the record that ACM "
		                   "asks for within 72 hours");
	} else if (cert->arn != NULL) {
		acml_report_advice(judge, "aws acm update-certificate-options --certificate-arn %s "
		                   "--options ValidationMethod=DNS, then publish what aws acm "
		                   "list-certificate-domain-validations --certificate-arn %s shows, "
		                   "within 72 hours", cert->arn, cert->arn);
	}
}

void acml_inventory_check_email(struct acml_judge *judge)
{
	size_t count;
	const struct acml_cert_ref *certs = acml_zone_certs(judge, &count);
	for (size_t i = 0; certs != NULL && i < count; i++) {
		const struct acml_cert *cert = &judge->facts->inventory->certs[certs[i].cert];
		enum acml_cert_state state = acml_cert_state(cert);
		const struct acml_cert_name *found = NULL;
		for (size_t j = 0; j < cert->n_names && found == NULL; j++) {
			const struct acml_cert_name *name = acml_zone_cert_name(judge, cert, j);
			found = name != NULL && by_email(judge, name) ? name : NULL;
		}
		if (found != NULL && (state == ACML_CERT_LIVE || state == ACML_CERT_IDLE)) {
			say_email(judge, cert, found);
		}
	}
}

void acml_inventory_check_partial(struct acml_judge *judge)
{
	const struct acml_inventory *inventory = judge->facts->inventory;
	const struct acml_partial *first = NULL;
	size_t count = 0;
	for (size_t i = 0; i < inventory->n_partials; i++) {
		const struct acml_partial *partial = &inventory->partials[i];
		if (!partial->assumed || !judge->facts->inventory_complete) {
			first = first == NULL ? partial : first;
			count++;
		}
	}
	/* In every other zone it would only be repeated. */
	if (first == NULL || judge->n_uses == 0) {
		return;
	}
	const struct acml_spot spot = { .owner = judge->zone->apex, .type = "" };
	char more[48] = "";
	if (count > 1) {
		snprintf(more, sizeof(more), " (and %zu more signs of it)", count - 1);
	}
	acml_report(judge, ACML_INFO, &spot, "the inventory may not be whole: %s: %s%s", first->file,
	            first->why, more);
}
