/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The mail rules: whether the five addresses that ACM writes to can get mail. Only for domains that
 * a certificate is validated by e-mail at: a zone without mail is nothing unusual. */

#include <string.h>

#include <libknot/descriptor.h>

#include "facts/inventory.h"
#include "model/lookup.h"
#include "rules/example.h"
#include "rules/judge.h"

#define GUIDE_EMAIL "ACM User Guide: Email validation (email-validation.html)"

/* A domain with the certificate name that depends on it, and where its mail goes. */
struct mail {
	struct acml_spot spot;
	struct acml_answer answer;
};

/* The first certificate that still wants mail to this domain; refs of one domain follow one
 * another. */
static const struct acml_cert_name *who_depends(const struct acml_inventory *inventory,
                                                const struct acml_cert_ref *refs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct acml_cert *cert = &inventory->certs[refs[i].cert];
		if (acml_cert_state(cert) >= ACML_CERT_FAILED) {
			return &cert->names[refs[i].index];
		}
	}
	return NULL;
}

/* What the rules do with each domain of this zone, once. */
static void each_domain(struct acml_judge *judge,
                        void (*check)(struct acml_judge *judge, const struct mail *mail))
{
	const struct acml_inventory *inventory = judge->facts->inventory;
	const struct acml_cert_ref *refs;
	size_t count = acml_inventory_mails(inventory, judge->zone->apex, &refs);
	for (size_t i = 0, end; i < count; i = end) {
		end = i + 1;
		while (end < count && acml_name_equal(refs[i].name, refs[end].name)) {
			end++;
		}
		const struct acml_cert_name *name = who_depends(inventory, refs + i, end - i);
		if (name == NULL) {
			continue;
		}
		struct mail mail = {
			.spot = {
				.owner = refs[i].name, .type = "MX", .domain = name->name,
				.wildcard = name->wildcard,
			},
		};
		acml_lookup(judge->zone, refs[i].name, KNOT_RRTYPE_MX, &mail.answer);
		check(judge, &mail);
	}
}

static struct acml_rrset found(const struct mail *mail)
{
	return mail->answer.outcome == ACML_ANSWER && mail->answer.n_steps > 0 ?
	       mail->answer.steps[mail->answer.n_steps - 1].set : (struct acml_rrset){ NULL, 0 };
}

/* Where an MX record leads to; false: nowhere that is a name. */
static bool exchange(const struct acml_rr *rr, knot_dname_storage_t out)
{
	if (rr->rdlen < 3 ||
	    knot_dname_wire_check(rr->rdata + 2, rr->rdata + rr->rdlen, NULL) <= 0) {
		return false;
	}
	acml_name_lower(rr->rdata + 2, out);
	return true;
}

/* RFC 7505 section 3: a null MX stands alone. */
static bool is_null(const struct acml_rrset *set)
{
	return set->count == 1 && set->rrs[0].rdlen == 3 && set->rrs[0].rdata[2] == 0;
}

static const char *sufferer(struct acml_judge *judge, const struct mail *mail)
{
	return acml_judge_host(judge, mail->spot.domain);
}

static void null_mx(struct acml_judge *judge, const struct mail *mail)
{
	struct acml_rrset set = found(mail);
	struct acml_spot spot = mail->spot;
	if (is_null(&set)) {
		spot.rr = set.rrs;
		spot.owner = NULL;
		acml_report(judge, ACML_ERROR, &spot, "%s MX says that %s takes no mail, and the "
		            "certificate for %s%s is validated by mail to it: nobody can approve it",
		            acml_judge_name(judge, set.rrs->owner),
		            acml_judge_name(judge, mail->spot.owner), spot.wildcard ? "*." : "",
		            sufferer(judge, mail));
	}
}

static void missing_mx(struct acml_judge *judge, const struct mail *mail)
{
	if (mail->answer.outcome == ACML_NODATA || mail->answer.outcome == ACML_NXDOMAIN) {
		acml_report(judge, ACML_WARNING, &mail->spot, "%s has no MX, and the certificate for %s%s "
		            "is validated by mail to admin@, administrator@, hostmaster@, postmaster@ "
		            "and webmaster@ there", acml_judge_name(judge, mail->spot.owner),
		            mail->spot.wildcard ? "*." : "", sufferer(judge, mail));
	}
}

/* What is wrong with a mail server's name in this zone, or NULL. */
static const char *fault_of(const struct acml_zone *zone, const knot_dname_t *server)
{
	struct acml_answer answer;
	if (!acml_name_within(server, zone->apex)) {
		return NULL;
	}
	acml_lookup(zone, server, KNOT_RRTYPE_A, &answer);
	if (answer.aliases > 0) {
		return "is an alias";
	}
	if (answer.outcome == ACML_NXDOMAIN) {
		return "does not exist";
	}
	if (answer.outcome != ACML_NODATA) {
		return NULL;
	}
	acml_lookup(zone, server, KNOT_RRTYPE_AAAA, &answer);
	return answer.outcome == ACML_NODATA ? "has no address" : NULL;
}

static void wrong_target(struct acml_judge *judge, const struct mail *mail)
{
	struct acml_rrset set = found(mail);
	for (size_t i = 0; i < set.count && !is_null(&set); i++) {
		knot_dname_storage_t server;
		const char *fault = exchange(&set.rrs[i], server) && server[0] != 0 ?
		                    fault_of(judge->zone, server) : NULL;
		if (fault == NULL) {
			continue;
		}
		struct acml_spot spot = mail->spot;
		spot.rr = &set.rrs[i];
		spot.owner = NULL;
		acml_report(judge, ACML_WARNING, &spot, "%s MX leads to %s, which %s: mail by which the "
		            "certificate for %s%s is validated may not arrive",
		            acml_judge_name(judge, set.rrs[i].owner),
		            acml_judge_name(judge, server), fault, spot.wildcard ? "*." : "", sufferer(judge, mail));
	}
}

static void check_null(struct acml_judge *judge)
{
	each_domain(judge, null_mx);
}

static void check_missing(struct acml_judge *judge)
{
	each_domain(judge, missing_mx);
}

static void check_target(struct acml_judge *judge)
{
	each_domain(judge, wrong_target);
}

#define INVENTORY \
	"{\"Certificate\": {\n" \
	" \"CertificateArn\": \"arn:aws:acm:eu-west-1:111122223333:certificate/1\",\n" \
	" \"DomainName\": \"example.com\", \"Status\": \"ISSUED\", \"Type\": \"AMAZON_ISSUED\",\n" \
	" \"DomainValidationOptions\": [{\"DomainName\": \"example.com\",\n" \
	"  \"ValidationMethod\": \"EMAIL\"}]}}\n"

/* INV008 has nothing to do with these. */
#define OPTIONS "--rule INV008=off"

#define HEAD ACML_EXAMPLE_HEAD "@ CAA 0 issue \"amazon.com\"\n"

static const struct acml_rule null_rule = {
	.id = "MX001",
	.name = "mx-null",
	.severity = ACML_ERROR,
	.needs = ACML_NEED_INVENTORY | ACML_NEED_WHOLE,
	.summary = "a null MX at a domain where a certificate is validated by e-mail",
	.why = "\"MX 0 .\" says that the domain takes no mail. Servers that send ACM's mail obey it and do not "
	       "try, so that none of the five addresses gets the link that approves the certificate, "
	       "neither when it is requested nor before each renewal.",
	.fix = "give the domain a mail server, or change the certificate to validation by DNS",
	.options = OPTIONS,
	.inventory = INVENTORY,
	.bad = HEAD "@ MX 0 .\n",
	.good = HEAD "@ MX 10 mail.example.net.\n",
	.sources = (const char *const[]){ "RFC 7505 section 3", GUIDE_EMAIL, NULL },
	.check = check_null,
};

static const struct acml_rule missing_rule = {
	.id = "MX002",
	.name = "mx-missing",
	.severity = ACML_WARNING,
	.needs = ACML_NEED_INVENTORY | ACML_NEED_WHOLE,
	.summary = "no MX at a domain where a certificate is validated by e-mail",
	.why = "ACM writes to five addresses at the domain, and AWS asks for an MX record there. Without one "
	       "mail goes to the address of the domain itself, if it has one, where seldom "
	       "anything listens.",
	.fix = "give the domain an MX record, or change the certificate to validation by DNS",
	.options = OPTIONS,
	.inventory = INVENTORY,
	.bad = HEAD,
	.good = HEAD "@ MX 10 mail.example.net.\n",
	.sources = (const char *const[]){
		"RFC 5321 section 5.1: without MX, the address of the domain",
		"ACM API Reference: FailureReason NO_AVAILABLE_CONTACTS",
		GUIDE_EMAIL,
		NULL
	},
	.check = check_missing,
};

static const struct acml_rule target_rule = {
	.id = "MX003",
	.name = "mx-target",
	.severity = ACML_WARNING,
	.needs = ACML_NEED_INVENTORY | ACML_NEED_WHOLE,
	.summary = "the MX of such a domain leads to an alias, or to a name of this zone without address",
	.why = "The name in an MX record must have addresses and must not be an alias. Many servers cope with "
	       "an alias, some do not; a name that does not exist takes no mail from anybody.",
	.fix = "let the MX lead to a name with A or AAAA records",
	.options = OPTIONS,
	.inventory = INVENTORY,
	.bad = HEAD "@ MX 10 mail\nmail CNAME host\nhost A 192.0.2.25\n",
	.good = HEAD "@ MX 10 mail\nmail A 192.0.2.25\n",
	.sources = (const char *const[]){
		"RFC 2181 section 10.3: an MX must not lead to an alias",
		GUIDE_EMAIL,
		NULL
	},
	.check = check_target,
};

const struct acml_rule *const acml_rules_mail[] = {
	&null_rule, &missing_rule, &target_rule, NULL
};
