/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The inventory rules' rows. The checks are in inventory_record.c and inventory_cert.c. */

#include "rules/inventory.h"

#include "rules/example.h"

#define GUIDE_DNS "ACM User Guide: DNS validation (dns-validation.html)"
#define GUIDE_RENEWAL "ACM User Guide: Renewal for domains validated by DNS " \
	"(dns-renewal-validation.html)"
#define API_DETAIL "ACM API Reference: CertificateDetail"

#define HEAD ACML_EXAMPLE_HEAD "@ CAA 0 issue \"amazon.com\"\n" "www A 192.0.2.25\n"

#define RECORD \
	"\"ResourceRecord\": {\"Type\": \"CNAME\",\n" \
	"   \"Name\": \"_1b792c2153cf927328615e78010f7852.www.example.com.\",\n" \
	"   \"Value\": \"_672e46231dca8c8a2e623dbbe513ce63.ltfvzjuylp.acm-validations.aws.\"}"

#define CERT(members, option) \
	"{\"Certificate\": {\n" \
	" \"CertificateArn\": \"arn:aws:acm:eu-west-1:111122223333:certificate/1\",\n" \
	" \"DomainName\": \"www.example.com\", \"Type\": \"AMAZON_ISSUED\",\n" \
	" " members ",\n" \
	" \"DomainValidationOptions\": [{\"DomainName\": \"www.example.com\",\n" \
	"  " option "}]}}\n"

#define ISSUED CERT("\"Status\": \"ISSUED\"", "\"ValidationMethod\": \"DNS\",\n  " RECORD)

static const struct acml_rule missing = {
	.id = "INV001",
	.name = "token-missing",
	.severity = ACML_ERROR,
	.severity_note = "information for a certificate that nobody uses and ACM does not renew",
	.needs = ACML_NEED_INVENTORY | ACML_NEED_WHOLE,
	.summary = "a record that ACM asks for is not in this zone, though its name belongs here",
	.why = "ACM issues and renews a certificate only while the validation record of every one of its "
	       "names is in public DNS. One record that is absent keeps the whole certificate from being "
	       "renewed, silently, until it expires. This is said only where no other rule tells "
	       "what became of the record.",
	.fix = "publish the record as ACM shows it, and leave it",
	.inventory = ISSUED,
	.late = true,
	.bad = HEAD,
	.good = HEAD ACML_EXAMPLE_WWW_TOKEN,
	.sources = (const char *const[]){ GUIDE_DNS, GUIDE_RENEWAL, NULL },
	.check = acml_inventory_check_missing,
};

static const struct acml_rule different = {
	.id = "INV002",
	.name = "token-different",
	.severity = ACML_ERROR,
	.severity_note = "information for a certificate that nobody uses and ACM does not renew",
	.needs = ACML_NEED_INVENTORY | ACML_NEED_WHOLE,
	.summary = "a record that ACM asks for is here with another target",
	.why = "ACM follows the record to the name that it made for this domain and account, and finds "
	       "something else. Case, a final dot and a leading underscore that is missing from the "
	       "target are no difference, nor are further CNAMEs of the zone that lead to the right one.",
	.fix = "set the target to what ACM shows",
	.inventory = ISSUED,
	.late = true,
	.bad = HEAD "_1b792c2153cf927328615e78010f7852.www CNAME "
	       "_0123456789abcdef0123456789abcdef.ltfvzjuylp.acm-validations.aws.\n",
	.good = HEAD ACML_EXAMPLE_WWW_TOKEN,
	.sources = (const char *const[]){ GUIDE_DNS, GUIDE_RENEWAL, NULL },
	.check = acml_inventory_check_different,
};

static const struct acml_rule by_wildcard = {
	.id = "INV003",
	.name = "token-answered-by-wildcard",
	.severity = ACML_ERROR,
	.severity_note = "information for a certificate that nobody uses and ACM does not renew",
	.needs = ACML_NEED_INVENTORY | ACML_NEED_WHOLE,
	.summary = "a record that ACM asks for is missing, and a wildcard answers instead",
	.why = "The look-up does not fail, so the name seems to be there: the wildcard's data is what ACM "
	       "gets, and it is not what it asked for. People who look with dig see an answer and search "
	       "for the fault elsewhere.",
	.fix = "publish the record: a name that exists is not answered by a wildcard",
	.inventory = ISSUED,
	.late = true,
	.bad = HEAD "*.www CNAME www\n",
	.good = HEAD "*.www CNAME www\n" ACML_EXAMPLE_WWW_TOKEN,
	.sources = (const char *const[]){ "RFC 4592 section 3.3.1", GUIDE_DNS, NULL },
	.check = acml_inventory_check_wildcard,
};

static const struct acml_rule elsewhere = {
	.id = "INV004",
	.name = "token-in-other-zone",
	.severity = ACML_WARNING,
	.severity_note = "information where the child zone is given too, and judged for itself",
	.needs = ACML_NEED_INVENTORY | ACML_NEED_WHOLE,
	.summary = "records that ACM asks for belong to a delegated child, or to another zone of the run",
	.why = "The names are below this zone and not in it: another zone answers for them. Whether the "
	       "records are there cannot be seen here. Adding them to this zone would do nothing.",
	.fix = "give acmlint that zone too",
	.inventory = ISSUED,
	.late = true,
	.bad = ACML_EXAMPLE_HEAD "www NS ns1.example.net.\nwww NS ns2.example.net.\n",
	.good = HEAD ACML_EXAMPLE_WWW_TOKEN,
	.sources = (const char *const[]){ "RFC 1034 section 4.2.1", GUIDE_DNS, NULL },
	.check = acml_inventory_check_elsewhere,
};

static const struct acml_rule stale = {
	.id = "INV005",
	.name = "token-stale",
	.severity = ACML_WARNING,
	.needs = ACML_NEED_COMPLETE_INVENTORY,
	.summary = "a validation record that no certificate of the complete inventory needs",
	.why = "It does no harm to any certificate. It proves control of the name to the account that it "
	       "was made for: whoever has that account can get a certificate for the name as long as the "
	       "record stands. An inventory is complete only with every account, Region and key "
	       "type in it; deleting a record that somebody needs ends renewals silently.",
	.fix = "make sure that the inventory has every account, Region and key type, then remove the record",
	.options = "--inventory-complete",
	.inventory = ISSUED,
	.late = true,
	.bad = HEAD ACML_EXAMPLE_WWW_TOKEN
	       "_0db4e790f89365ed50700dcf36927455.www CNAME "
	       "_cd6a7af6416d4d1e553b4a0369bf1054.jkddzztszm.acm-validations.aws.\n",
	.good = HEAD ACML_EXAMPLE_WWW_TOKEN,
	.sources = (const char *const[]){ GUIDE_DNS, NULL },
	.check = acml_inventory_check_stale,
};

static const struct acml_rule failed = {
	.id = "INV006",
	.name = "certificate-failed",
	.severity = ACML_ERROR,
	.severity_note = "warning where nothing in this zone explains it: the cause is elsewhere, or this "
	                 "version mends it; information where other certificates have its names by now",
	.needs = ACML_NEED_INVENTORY | ACML_NEED_WHOLE,
	.summary = "ACM gave up on a certificate, and what of this zone explains it",
	.why = "A request that failed or timed out after 72 hours is not taken up again, and the reason "
	       "that ACM gives is a word: CAA_ERROR tells neither which of the names nor which record it "
	       "was. The same zone makes the next request fail too.",
	.fix = "mend what explains it, then request the certificate anew",
	.inventory = CERT("\"Status\": \"FAILED\", \"FailureReason\": \"CAA_ERROR\"",
	                  "\"ValidationStatus\": \"SUCCESS\", \"ValidationMethod\": \"DNS\",\n  " RECORD),
	.late = true,
	.bad = HEAD ACML_EXAMPLE_WWW_TOKEN,
	.good = HEAD ACML_EXAMPLE_WWW_TOKEN
	        "; acmlint: allow-file INV006 -- requested anew after this inventory was made\n",
	.sources = (const char *const[]){
		API_DETAIL ": Status, FailureReason",
		"ACM User Guide: Troubleshoot certificate requests",
		NULL
	},
	.check = acml_inventory_check_failed,
};

static const struct acml_rule renewal = {
	.id = "INV007",
	.name = "renewal-blocked",
	.severity = ACML_ERROR,
	.severity_note = "warning where nothing in this zone explains it: the cause is elsewhere, or this "
	                 "version mends it",
	.needs = ACML_NEED_INVENTORY | ACML_NEED_WHOLE,
	.summary = "a renewal waits or has failed, or is due while one of its names has an error",
	.why = "ACM begins to renew 45 days before a certificate of 198 days expires, 60 days before one of "
	       "395 days. It tries again until the end; then whatever uses the certificate has none. What "
	       "is an error in this zone now is what stands between it and a renewal.",
	.fix = "mend what explains it; ACM tries again by itself",
	.inventory = CERT("\"Status\": \"ISSUED\", \"RenewalSummary\": {\"RenewalStatus\": "
	                  "\"PENDING_VALIDATION\"}", "\"ValidationMethod\": \"DNS\",\n  " RECORD),
	.late = true,
	.bad = HEAD ACML_EXAMPLE_WWW_TOKEN,
	.good = HEAD ACML_EXAMPLE_WWW_TOKEN
	        "; acmlint: allow-file INV007 -- mended, and ACM has renewed it since\n",
	.sources = (const char *const[]){
		GUIDE_RENEWAL,
		"ACM API Reference: RenewalSummary",
		NULL
	},
	.check = acml_inventory_check_renewal,
};

static const struct acml_rule email = {
	.id = "INV008",
	.name = "email-validation-ends",
	.severity = ACML_WARNING,
	.severity_note = "error from 2027-03-31",
	.needs = ACML_NEED_INVENTORY | ACML_NEED_WHOLE,
	.summary = "a certificate is validated by e-mail, which ACM ends",
	.why = "ACM issues no certificate that is validated by e-mail from 2027-03-31, and renews none from "
	       "2027-09-30. Since 2026-08-13 such a certificate can be changed to validation by DNS, and "
	       "keeps its ARN. Silent once the record of the change stands in this zone.",
	.fix = "aws acm update-certificate-options --options ValidationMethod=DNS, then publish the records "
	       "that aws acm list-certificate-domain-validations shows",
	.options = "--rule INV001=off",
	.inventory = "{\"DomainValidationSummaryList\": [{\"DomainName\": \"www.example.com\",\n"
	             " \"ActiveValidationConfiguration\": {\"ValidationMethod\": \"EMAIL\"},\n"
	             " \"RequestedValidationConfiguration\": {\"ValidationChallenge\": "
	             "{\"DnsValidationChallenge\": {\n"
	             "  " RECORD "}}}}]}\n",
	.late = true,
	.bad = HEAD "@ MX 10 mail.example.net.\n",
	.good = HEAD "@ MX 10 mail.example.net.\n" ACML_EXAMPLE_WWW_TOKEN,
	.sources = (const char *const[]){
		"AWS What's New, 2026-08-13: AWS Certificate Manager discontinues e-mail validation",
		"ACM API Reference: UpdateCertificateOptions, ListCertificateDomainValidations",
		NULL
	},
	.check = acml_inventory_check_email,
};

static const struct acml_rule partial = {
	.id = "INV009",
	.name = "inventory-partial",
	.severity = ACML_INFO,
	.needs = ACML_NEED_INVENTORY,
	.summary = "the inventory has gaps: further pages, names left out, one key type, one Region",
	.why = "list-certificates shows RSA keys of 2048 bits unless it is asked for more, up to 100 names of "
	       "a certificate, one page at a time, one Region and one account. What it leaves out is not "
	       "judged here. --inventory-complete says that one key type or one Region is all there is.",
	.fix = "make the list again with --includes keyTypes=RSA_2048,EC_prime256v1,EC_secp384r1, for every "
	       "Region in use, all pages",
	.inventory = "{\"CertificateSummaryList\": [\n"
	             " {\"CertificateArn\": \"arn:aws:acm:eu-west-1:111122223333:certificate/1\",\n"
	             "  \"DomainName\": \"www.example.com\", \"Status\": \"ISSUED\",\n"
	             "  \"SubjectAlternativeNameSummaries\": [\"www.example.com\"]}],\n"
	             " \"NextToken\": \"AAAA\"}\n",
	.late = true,
	.bad = HEAD ACML_EXAMPLE_WWW_TOKEN,
	.good = HEAD ACML_EXAMPLE_WWW_TOKEN
	        "; acmlint: allow-file INV009 -- one page is all that concerns this zone\n",
	.sources = (const char *const[]){ "ACM API Reference: ListCertificates", NULL },
	.check = acml_inventory_check_partial,
};

const struct acml_rule *const acml_rules_inventory[] = {
	&missing, &different, &by_wildcard, &elsewhere, &stale, &failed, &renewal, &email, &partial,
	NULL
};
