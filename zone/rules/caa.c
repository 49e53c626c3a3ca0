/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The CAA rules' rows. The checks are in caa_verdict.c, caa_value.c and caa_place.c. */

#include "rules/caa.h"

#include "rules/example.h"

#define GUIDE_SETUP "ACM User Guide: (Optional) Configure a CAA record (setup.html#setup-caa)"
#define GUIDE_TROUBLE "ACM User Guide: Certification Authority Authorization (CAA) problems " \
	"(troubleshooting-caa.html)"

static const struct acml_rule missing = {
	.id = "CAA001",
	.name = "caa-missing",
	.severity = ACML_INFO,
	.severity_note = "error with require-caa, which also asks for CAA at the apex of every zone",
	.needs = ACML_NEED_WHOLE,
	.summary = "no CAA record from a name with ACM use up to the apex",
	.why = "This is not an error for ACM: without a CAA record any CA may issue, and AWS calls the "
	       "record optional. Whether a zone above this one has a CAA record is not known here; if "
	       "one has, it decides. A CAA record that names Amazon keeps other CAs from issuing for the "
	       "name, and makes the answer independent of the zones above.",
	.fix = "nothing needs to be done; to allow Amazon and nobody else, add 0 issue \"amazon.com\" at the "
	       "apex, with one record more for each other CA in use",
	.bad = ACML_EXAMPLE_HEAD
	       ACML_EXAMPLE_TOKEN,
	.good = ACML_EXAMPLE_HEAD
	        "@ CAA 0 issue \"amazon.com\"\n"
	        ACML_EXAMPLE_TOKEN,
	.sources = (const char *const[]){
		"RFC 8659 section 3: without a relevant CAA set any CA may issue",
		GUIDE_SETUP,
		NULL
	},
	.check = acml_caa_check_missing,
};

static const struct acml_rule excludes = {
	.id = "CAA002",
	.name = "caa-excludes-amazon",
	.severity = ACML_ERROR,
	.severity_note = "warning where only issuewild names Amazon and just a token tells of the use",
	.needs = ACML_NEED_WHOLE,
	.summary = "the CAA set that decides for a name with ACM use does not let Amazon issue",
	.why = "Before it issues or renews, ACM looks for CAA records at the name, then at each name "
	       "above; the first set found decides alone. If it has issue records and none names "
	       "amazon.com, amazontrust.com, awstrust.com or amazonaws.com, the request fails with "
	       "CAA_ERROR although the validation itself succeeded, and a certificate in use is not "
	       "renewed. One of the four is enough, and issue \";\" beside it does no harm.",
	.fix = "add 0 issue \"amazon.com\" to the set that decides; the other CAs' records can stay",
	.bad = ACML_EXAMPLE_HEAD
	       "@ CAA 0 issue \"letsencrypt.org\"\n"
	       ACML_EXAMPLE_TOKEN,
	.good = ACML_EXAMPLE_HEAD
	        "@ CAA 0 issue \"letsencrypt.org\"\n"
	        "@ CAA 0 issue \"amazon.com\"\n"
	        ACML_EXAMPLE_TOKEN,
	.sources = (const char *const[]){
		"RFC 8659 sections 3 and 4.2: the relevant set; issue",
		GUIDE_SETUP,
		GUIDE_TROUBLE,
		"ACM API Reference: FailureReason and RenewalStatusReason CAA_ERROR",
		NULL
	},
	.check = acml_caa_check_excludes,
};

static const struct acml_rule excludes_wildcard = {
	.id = "CAA003",
	.name = "caa-excludes-amazon-wildcard",
	.severity = ACML_ERROR,
	.severity_note = "information where no certificate is known to need \"*.\"",
	.needs = ACML_NEED_WHOLE,
	.summary = "issuewild shuts Amazon out where issue would let it in",
	.why = "For a name with \"*.\" the issuewild records of the deciding set count alone as soon as there "
	       "is one; what issue says no longer matters. If none of them names Amazon, ACM issues "
	       "for the name and refuses its wildcard, and a certificate that holds both fails as a "
	       "whole. issuewild \";\" beside issue \"amazon.com\" is a sound policy against wildcards, "
	       "so this is an error only where a wildcard is known to be wanted.",
	.fix = "add 0 issuewild \"amazon.com\", or leave it if ACM shall have no wildcards here",
	.options = "--name *.example.com",
	.bad = ACML_EXAMPLE_HEAD
	       "@ CAA 0 issue \"amazon.com\"\n"
	       "@ CAA 0 issuewild \";\"\n"
	       ACML_EXAMPLE_TOKEN,
	.good = ACML_EXAMPLE_HEAD
	        "@ CAA 0 issue \"amazon.com\"\n"
	        ACML_EXAMPLE_TOKEN,
	.sources = (const char *const[]){
		"RFC 8659 section 4.3: issuewild",
		GUIDE_SETUP,
		NULL
	},
	.check = acml_caa_check_excludes_wildcard,
};

static const struct acml_rule critical = {
	.id = "CAA004",
	.name = "caa-critical-unknown",
	.severity = ACML_ERROR,
	.severity_note = "warning on issuemail, issuevmc, contactemail, contactphone, and where no name "
	                 "with ACM use is decided",
	.summary = "the critical flag on a tag that no CA knows, or not every CA",
	.why = "Flag 128 says: whoever does not know this tag must not issue. On a tag that does not exist "
	       "it forbids every CA to issue, even one that another record of the set names; most "
	       "often the tag is a slip of the pen. The tags for mail, marks and contacts "
	       "are known to some CAs, and AWS does not say whether to Amazon; they have nothing to do "
	       "with certificates for servers, so the flag can only do harm on them.",
	.fix = "correct the tag, or set the flags to 0",
	.bad = ACML_EXAMPLE_HEAD
	       "@ CAA 0 issue \"amazon.com\"\n"
	       "@ CAA 128 tbs \"unknown\"\n"
	       ACML_EXAMPLE_TOKEN,
	.good = ACML_EXAMPLE_HEAD
	        "@ CAA 0 issue \"amazon.com\"\n"
	        "@ CAA 0 tbs \"unknown\"\n"
	        ACML_EXAMPLE_TOKEN,
	.sources = (const char *const[]){
		"RFC 8659 section 4.1: the issuer critical flag",
		"RFC 8659 section 4.5: an example with an unknown critical property",
		"CA/Browser Forum Baseline Requirements section 3.2.2.8: CAs must respect the critical flag",
		"RFC 9495: issuemail",
		NULL
	},
	.check = acml_caa_check_critical,
};

static const struct acml_rule malformed = {
	.id = "CAA005",
	.name = "caa-malformed",
	.severity = ACML_ERROR,
	.severity_note = "warning where it does not decide about a name with ACM use",
	.summary = "an issue or issuewild value outside the grammar: a list, a URL, quotes, a final dot",
	.why = "The value is one issuer's domain name, without a final dot, perhaps with parameters behind "
	       "a semicolon. Anything else authorises nobody, and does not count as absent either: "
	       "\"amazon.com, letsencrypt.org\" forbids both. It is an error where the value was meant "
	       "for Amazon or stands alone, so that ACM's request fails with CAA_ERROR; then CAA002 "
	       "does not repeat it.",
	.fix = "one record for each CA, the value just its domain name: 0 issue \"amazon.com\"",
	.bad = ACML_EXAMPLE_HEAD
	       "@ CAA 0 issue \"amazon.com, letsencrypt.org\"\n"
	       ACML_EXAMPLE_TOKEN,
	.good = ACML_EXAMPLE_HEAD
	        "@ CAA 0 issue \"amazon.com\"\n"
	        "@ CAA 0 issue \"letsencrypt.org\"\n"
	        ACML_EXAMPLE_TOKEN,
	.sources = (const char *const[]){
		"RFC 8659 section 4.2: the grammar; a malformed value is one that names no issuer",
		GUIDE_SETUP,
		NULL
	},
	.check = acml_caa_check_malformed,
};

static const struct acml_rule near_miss = {
	.id = "CAA006",
	.name = "caa-near-miss",
	.severity = ACML_WARNING,
	.needs = ACML_NEED_WHOLE,
	.summary = "a value that is nearly one of Amazon's four issuer names, and no right one beside it",
	.why = "A CA compares the value with its own names and nothing else: \"amazon\", \"aws.com\", "
	       "\"www.amazon.com\" and \"acm-validations.aws\" are names of nobody. Where such a set "
	       "decides about a name with ACM use, CAA002 reports the error and this says where it "
	       "comes from. \"Amazon.com\" is another matter: whether case counts is each CA's own "
	       "choice, some compare byte by byte, and AWS does not say what Amazon does, so "
	       "it counts as Amazon's with this warning.",
	.fix = "write the name as AWS does, in lower case: 0 issue \"amazon.com\"",
	.bad = ACML_EXAMPLE_HEAD
	       "@ CAA 0 issue \"Amazon.com\"\n"
	       ACML_EXAMPLE_TOKEN,
	.good = ACML_EXAMPLE_HEAD
	        "@ CAA 0 issue \"amazon.com\"\n"
	        ACML_EXAMPLE_TOKEN,
	.sources = (const char *const[]){
		"RFC 8659 section 4.2: the issuer-domain-name is of the CA's choice",
		GUIDE_SETUP,
		NULL
	},
	.check = acml_caa_check_near_miss,
};

static const struct acml_rule override = {
	.id = "CAA007",
	.name = "caa-override",
	.severity = ACML_WARNING,
	.severity_note = "information beside CAA002 for the same set",
	.needs = ACML_NEED_WHOLE,
	.summary = "a lower CAA set drops the Amazon that a higher one grants, with ACM use below",
	.why = "CAA sets do not add up: the lowest one on the way from the name to the apex decides alone. "
	       "A set at dev.example.com that leaves Amazon out takes away what example.com grants, "
	       "for everything at and below dev.example.com that has no set of its own, or is an alias "
	       "whose target has none. A name that is refused for it is CAA002's error, and this "
	       "then only tells how far the set reaches.",
	.fix = "add 0 issue \"amazon.com\" to the lower set, or remove the set",
	.bad = ACML_EXAMPLE_HEAD
	       "@ CAA 0 issue \"amazon.com\"\n"
	       "dev CAA 0 issue \"letsencrypt.org\"\n"
	       "www.dev A 192.0.2.25\n"
	       "www.dev CAA 0 issue \"amazon.com\"\n"
	       "_1b792c2153cf927328615e78010f7852.www.dev CNAME "
	       "_672e46231dca8c8a2e623dbbe513ce63.ltfvzjuylp.acm-validations.aws.\n",
	.good = ACML_EXAMPLE_HEAD
	        "@ CAA 0 issue \"amazon.com\"\n"
	        "dev CAA 0 issue \"letsencrypt.org\"\n"
	        "dev CAA 0 issue \"amazon.com\"\n"
	        "www.dev A 192.0.2.25\n"
	        "_1b792c2153cf927328615e78010f7852.www.dev CNAME "
	        "_672e46231dca8c8a2e623dbbe513ce63.ltfvzjuylp.acm-validations.aws.\n",
	.sources = (const char *const[]){
		"RFC 8659 section 3: the search stops at the first set",
		GUIDE_TROUBLE,
		NULL
	},
	.check = acml_caa_check_override,
};

static const struct acml_rule at_wildcard = {
	.id = "CAA008",
	.name = "caa-at-wildcard",
	.severity = ACML_WARNING,
	.summary = "CAA at *.X is not consulted for a certificate for *.X",
	.why = "For a certificate for *.example.com a CA looks for CAA at example.com and above, never at "
	       "the name *.example.com. Records at the wildcard only answer for names that do not exist "
	       "otherwise, and a validation record makes its name exist. So a grant there does not "
	       "let ACM issue the wildcard, and a ban does not keep it from doing so.",
	.fix = "move the records to the name without \"*.\"; there, issuewild speaks of wildcards alone",
	.bad = ACML_EXAMPLE_HEAD
	       "@ CAA 0 issue \"amazon.com\"\n"
	       "* CAA 0 issue \"amazon.com\"\n"
	       ACML_EXAMPLE_TOKEN,
	.good = ACML_EXAMPLE_HEAD
	        "@ CAA 0 issue \"amazon.com\"\n"
	        "@ CAA 0 issuewild \"amazon.com\"\n"
	        ACML_EXAMPLE_TOKEN,
	.sources = (const char *const[]){
		"RFC 8659 section 3: the search for a wildcard name starts at the name without \"*.\"",
		"RFC 4592 section 2.2: what a wildcard answers for",
		NULL
	},
	.check = acml_caa_check_wildcard,
};

static const struct acml_rule behind_alias = {
	.id = "CAA009",
	.name = "caa-behind-alias",
	.severity = ACML_ERROR,
	.severity_note = "information when the alias leaves the zone, warning when the aliases form a loop",
	.needs = ACML_NEED_WHOLE,
	.summary = "the name is an alias, and the CAA set at its target decides",
	.why = "The CAA look-up follows CNAME and DNAME: the set at the target counts as the name's own, "
	       "before anything above the name does. When the target stands in this zone "
	       "and its set does not let Amazon issue, ACM fails with CAA_ERROR for the alias, however "
	       "friendly the apex is. When the target is elsewhere, its operator decides: github.io for "
	       "instance publishes a set without Amazon. Only a look-up in the public DNS tells.",
	.fix = "add 0 issue \"amazon.com\" at the target, or replace the alias by address records and give "
	       "the name a CAA set of its own",
	.bad = ACML_EXAMPLE_HEAD
	       "@ CAA 0 issue \"amazon.com\"\n"
	       "www CNAME host\n"
	       "host A 192.0.2.25\n"
	       "host CAA 0 issue \"letsencrypt.org\"\n"
	       ACML_EXAMPLE_WWW_TOKEN,
	.good = ACML_EXAMPLE_HEAD
	        "@ CAA 0 issue \"amazon.com\"\n"
	        "www CNAME host\n"
	        "host A 192.0.2.25\n"
	        "host CAA 0 issue \"letsencrypt.org\"\n"
	        "host CAA 0 issue \"amazon.com\"\n"
	        ACML_EXAMPLE_WWW_TOKEN,
	.sources = (const char *const[]){
		"RFC 8659 section 3: CAA(X) is the answer to a look-up, aliases followed; the climb stays "
		"on the name's own parents",
		"AWS re:Post, Knowledge Center: acm-troubleshoot-caa-errors",
		NULL
	},
	.check = acml_caa_check_alias,
};

static const struct acml_rule parameters = {
	.id = "CAA010",
	.name = "caa-parameters",
	.severity = ACML_WARNING,
	.severity_note = "error from 2027-03-15 where a certificate needs it, ca-tbr-7 excepted",
	.needs = ACML_NEED_WHOLE,
	.summary = "accounturi or validationmethods on the only value that lets Amazon issue",
	.why = "RFC 8657 binds a grant to one account or to some methods of validation. CAs should obey it "
	       "now and must from 2027-03-15; AWS has not said which account URI an ACM customer would "
	       "write, and its method, a CNAME that stays, has the label ca-tbr-7 and not dns-01. A "
	       "grant that ACM does not match is none, so issuance and renewal fail with CAA_ERROR. A "
	       "value without these parameters beside it is enough to stay silent.",
	.fix = "take the parameters off Amazon's value: 0 issue \"amazon.com\"",
	.bad = ACML_EXAMPLE_HEAD
	       "@ CAA 0 issue \"amazon.com; validationmethods=dns-01\"\n"
	       ACML_EXAMPLE_TOKEN,
	.good = ACML_EXAMPLE_HEAD
	        "@ CAA 0 issue \"amazon.com\"\n"
	        ACML_EXAMPLE_TOKEN,
	.sources = (const char *const[]){
		"RFC 8657 sections 3 and 4: accounturi and validationmethods",
		"CA/Browser Forum ballot SC-098v2; Baseline Requirements 2.2.8 section 4.2.2.1.2: "
		"obligatory from 2027-03-15",
		NULL
	},
	.check = acml_caa_check_parameters,
};

static const struct acml_rule hidden = {
	.id = "CAA011",
	.name = "caa-hidden",
	.severity = ACML_WARNING,
	.summary = "CAA at or below a zone cut, below a DNAME, or beside a CNAME",
	.why = "Below a delegation the child's servers answer, below a DNAME its target does, and beside a "
	       "CNAME nothing else may stand. A CAA record in such a place is published to nobody: "
	       "the policy that it was written for does not exist, neither the grant for Amazon nor "
	       "the ban for others.",
	.fix = "put the record where the answer comes from: into the child zone, or at the alias's target",
	.bad = ACML_EXAMPLE_HEAD
	       "@ CAA 0 issue \"amazon.com\"\n"
	       "shop NS ns1.example.net.\n"
	       "shop CAA 0 issue \"amazon.com\"\n"
	       ACML_EXAMPLE_TOKEN,
	.good = ACML_EXAMPLE_HEAD
	        "@ CAA 0 issue \"amazon.com\"\n"
	        "shop NS ns1.example.net.\n"
	        ACML_EXAMPLE_TOKEN,
	.sources = (const char *const[]){
		"RFC 1034 sections 3.6.2 and 4.2.1: aliases; zone cuts",
		"RFC 6672 section 2.4: names below a DNAME",
		"RFC 8659 section 3: the look-up",
		NULL
	},
	.check = acml_caa_check_hidden,
};

static const struct acml_rule tag_typo = {
	.id = "CAA012",
	.name = "caa-tag-typo",
	.severity = ACML_WARNING,
	.summary = "a tag that is nearly issue, issuewild or iodef; flags other than 0 and 128",
	.why = "A property with an unknown tag is ignored: \"isue\" grants nothing, and \"issuewilde\" bans no "
	       "wildcard. Of the flags only 128 means something; 1 is often written for "
	       "\"critical\", which most CAs ignore and some obey. AWS asks for 0.",
	.fix = "correct the tag",
	.bad = ACML_EXAMPLE_HEAD
	       "@ CAA 0 isue \"amazon.com\"\n"
	       ACML_EXAMPLE_TOKEN,
	.good = ACML_EXAMPLE_HEAD
	        "@ CAA 0 issue \"amazon.com\"\n"
	        ACML_EXAMPLE_TOKEN,
	.sources = (const char *const[]){
		"RFC 8659 section 4.1: flags and tags",
		GUIDE_SETUP,
		NULL
	},
	.check = acml_caa_check_tag,
};

static const struct acml_rule as_other_type = {
	.id = "CAA013",
	.name = "caa-as-other-type",
	.severity = ACML_WARNING,
	.summary = "a TXT record that holds the text of a CAA record",
	.why = "CAs ask for records of type CAA (257) and for no other. A form of a provider that has no "
	       "such type, or a wrong choice in it, leaves a TXT record that reads like "
	       "the real thing and neither lets ACM issue nor keeps others from it.",
	.fix = "publish it as a CAA record, or as TYPE257 with \\# and the bytes in hexadecimal",
	.bad = ACML_EXAMPLE_HEAD
	       "@ TXT \"0 issue \\\"amazon.com\\\"\"\n"
	       ACML_EXAMPLE_TOKEN,
	.good = ACML_EXAMPLE_HEAD
	        "@ CAA 0 issue \"amazon.com\"\n"
	        ACML_EXAMPLE_TOKEN,
	.sources = (const char *const[]){
		"RFC 8659 section 4: the CAA resource record",
		"RFC 3597 section 5: the generic notation",
		NULL
	},
	.check = acml_caa_check_other_type,
};

const struct acml_rule *const acml_rules_caa[] = {
	&missing, &excludes, &excludes_wildcard, &critical, &malformed, &near_miss, &override,
	&at_wildcard, &behind_alias, &parameters, &hidden, &tag_typo, &as_other_type, NULL
};
