/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The signatures and denials that ACM's look-ups need: SEC008 to SEC010. */

#include <string.h>
#include <time.h>

#include <libknot/descriptor.h>

#include "rules/dnssec_rules.h"
#include "rules/dnssec_survey.h"
#include "rules/example_signed.h"

/* So many findings of one kind say it; then a count follows. */
#define MOST 50

#define SOURCE_BR \
	"CA/Browser Forum Baseline Requirements section 3.2.2.8: DNSSEC validation of CAA " \
	"look-ups, since 2026-03-15 (ballot SC-085v2)"

#define REFUSES "the look-up fails for validating resolvers, and CAs must refuse"

typedef bool (*fault_is)(const struct acml_dnssec_fault *fault);
typedef void (*fault_say)(struct acml_judge *judge, const struct acml_dnssec_fault *fault,
                          enum acml_severity severity);

/* Where nobody follows the chain, a fault in it blocks nobody. */
static enum acml_severity severity_in(const struct acml_dnssec *dnssec)
{
	return dnssec->trust == ACML_TRUST_INSECURE ? ACML_WARNING : ACML_ERROR;
}

/* Says the faults of one kind; each place once, however many names suffer. */
static void say_faults(struct acml_judge *judge, fault_is is, fault_say say)
{
	const struct acml_dnssec *dnssec = acml_dnssec_survey(judge);
	size_t count = 0;
	if (dnssec == NULL) {
		return;
	}
	for (const struct acml_dnssec_fault *f = dnssec->faults; f != NULL; f = f->next) {
		if (is(f) && count++ < MOST) {
			say(judge, f, severity_in(dnssec));
		}
	}
	if (count > MOST) {
		const struct acml_spot spot = { .owner = judge->zone->apex, .type = "" };
		acml_report(judge, severity_in(dnssec), &spot, "%zu further records of %s have the same "
		            "fault", count - MOST, acml_judge_name(judge, judge->zone->apex));
	}
}

static const char *type_of(struct acml_judge *judge, uint16_t type)
{
	char text[32];
	return knot_rrtype_to_string(type, text, sizeof(text)) < 0 ? "" :
	       acml_judge_text(judge, "%s", text);
}

static const char *time_text(struct acml_judge *judge, int64_t when)
{
	char text[40] = "";
	time_t seconds = (time_t)when;
	struct tm parts;
	if (gmtime_r(&seconds, &parts) != NULL) {
		(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
	}
	return acml_judge_text(judge, "%s", text);
}

static bool is_dated(const struct acml_dnssec_fault *fault)
{
	return !fault->denial && (fault->sig.state == ACML_SIG_EXPIRED ||
	                          fault->sig.state == ACML_SIG_EARLY ||
	                          fault->sig.state == ACML_SIG_SOON);
}

static void say_dated(struct acml_judge *judge, const struct acml_dnssec_fault *fault,
                      enum acml_severity severity)
{
	int64_t from, until;
	acml_rrsig_dates(fault->sig.rrsig, judge->facts->now, &from, &until);
	const struct acml_spot spot = {
		.rr = fault->sig.rrsig, .domain = fault->domain, .wildcard = fault->wildcard,
	};
	const char *type = type_of(judge, fault->set.rrs->type);
	const char *owner = acml_judge_name(judge, fault->set.rrs->owner);
	if (fault->sig.state == ACML_SIG_SOON) {
		acml_report(judge, ACML_WARNING, &spot, "the signature of %s %s expires at %s, in less than "
		            "twelve hours: from then on " REFUSES, owner, type, time_text(judge, until));
	} else if (fault->sig.state == ACML_SIG_EXPIRED) {
		acml_report(judge, severity, &spot, "the signature of %s %s expired at %s: " REFUSES, owner,
		            type, time_text(judge, until));
	} else {
		acml_report(judge, severity, &spot, "the signature of %s %s is not valid before %s: "
		            REFUSES, owner, type, time_text(judge, from));
	}
}

static void check_dated(struct acml_judge *judge)
{
	say_faults(judge, is_dated, say_dated);
}

const struct acml_rule acml_sec008 = {
	.id = "SEC008",
	.name = "rrsig-expired",
	.severity = ACML_ERROR,
	.severity_note = "warning under twelve hours before, and where the parent has no DS",
	.needs = ACML_NEED_SERVED | ACML_NEED_SIGNED,
	.summary = "a signature that ACM's look-ups need has expired or is not yet valid",
	.why = "ACM's look-ups need SOA, NS and DNSKEY of the zone, the validation records, CAA, and the proof "
	       "that there is no CAA at each step up to the zone's top. A signature out of its dates is no "
	       "signature: a validating resolver answers SERVFAIL, and a CAA look-up that fails is "
	       "no permission. Signatures expire when signing stops without anybody noticing: a "
	       "job that no longer runs, a file that is signed by hand. Only these records are looked at, not "
	       "the whole zone.",
	.fix = "sign the zone again; let the server do it (dnssec-signing in Knot DNS), so that it goes on by "
	       "itself",
	.bad = ACML_EXAMPLE_HEAD ACML_EXAMPLE_KEY ACML_EXAMPLE_KEY_SIG ACML_EXAMPLE_SOA_SIG
	       ACML_EXAMPLE_NS_OLD ACML_EXAMPLE_NSEC,
	.good = ACML_EXAMPLE_SIGNED,
	.sources = (const char *const[]){
		"RFC 4035 section 5.3.1: when an RRSIG is valid",
		"RFC 4034 section 3.1.5: inception and expiration",
		SOURCE_BR,
		NULL
	},
	.check = check_dated,
};

static bool is_forged(const struct acml_dnssec_fault *fault)
{
	return !fault->denial && (fault->sig.state == ACML_SIG_FORGED ||
	                          fault->sig.state == ACML_SIG_NONE);
}

static void say_forged(struct acml_judge *judge, const struct acml_dnssec_fault *fault,
                       enum acml_severity severity)
{
	bool none = fault->sig.state == ACML_SIG_NONE;
	const struct acml_spot spot = {
		.rr = none ? fault->set.rrs : fault->sig.rrsig,
		.domain = fault->domain,
		.wildcard = fault->wildcard,
	};
	acml_report(judge, severity, &spot, "%s %s %s: " REFUSES,
	            acml_judge_name(judge, fault->set.rrs->owner),
	            type_of(judge, fault->set.rrs->type),
	            none ? "has no signature in a zone that is signed" :
	            "has a signature that no DNSKEY of the zone has made over these records");
}

static void check_forged(struct acml_judge *judge)
{
	say_faults(judge, is_forged, say_forged);
}

const struct acml_rule acml_sec009 = {
	.id = "SEC009",
	.name = "rrsig-bogus",
	.severity = ACML_ERROR,
	.severity_note = "warning where the parent has no DS",
	.needs = ACML_NEED_SERVED | ACML_NEED_SIGNED,
	.summary = "a signature that ACM's look-ups need does not verify, or is missing",
	.why = "A record changed after the zone was signed, a key taken out while its signatures are still in "
	       "use, two versions of a file mixed: the signature does not belong to what is served. A "
	       "validating resolver takes the answer for forged and answers SERVFAIL. Amazon and the "
	       "CAs must validate what they look up, and a failed CAA look-up is no permission to "
	       "issue. Verified are SOA, NS and DNSKEY, validation records, CAA and the proofs that there is "
	       "none, with the zone's own keys.",
	.fix = "sign the zone again after every change, from the file without signatures; keep a key in the "
	       "zone until its last signature has expired from all caches",
	.bad = ACML_EXAMPLE_SIGNED
	       "@ NS ns3.example.net.\n",
	.good = ACML_EXAMPLE_SIGNED,
	.sources = (const char *const[]){
		"RFC 4035 section 5.3: authenticating an RRset with an RRSIG",
		"RFC 4035 section 2.2: every authoritative RRset is signed",
		"RFC 6781 section 4.1: rolling keys",
		SOURCE_BR,
		NULL
	},
	.check = check_forged,
};

static bool is_denial(const struct acml_dnssec_fault *fault)
{
	return fault->denial;
}

static void say_denial(struct acml_judge *judge, const struct acml_dnssec_fault *fault,
                       enum acml_severity severity)
{
	const struct acml_spot spot = {
		.owner = fault->name, .type = "CAA", .domain = fault->domain, .wildcard = fault->wildcard,
	};
	acml_report(judge, severity, &spot, "that there is no CAA at %s cannot be proven, no NSEC or NSEC3 "
	            "%s: " REFUSES, acml_judge_name(judge, fault->name), fault->gap);
}

static void check_denial(struct acml_judge *judge)
{
	say_faults(judge, is_denial, say_denial);
}

const struct acml_rule acml_sec010 = {
	.id = "SEC010",
	.name = "denial-missing",
	.severity = ACML_ERROR,
	.severity_note = "warning where the parent has no DS",
	.needs = ACML_NEED_WHOLE | ACML_NEED_SERVED | ACML_NEED_SIGNED,
	.summary = "\"no CAA here\" cannot be proven: no NSEC or NSEC3 that covers the name",
	.why = "Most names have no CAA, so that what a CA looks up first is usually not there; in a signed zone "
	       "that must be proven too, at the name and at each step up. Where the NSEC or NSEC3 "
	       "record is missing (a name added after signing, a chain that was cut, records lost in "
	       "a transfer or an export), a validating resolver answers SERVFAIL, and a CAA look-up that "
	       "fails is no permission: ACM cannot issue although nobody forbade it.",
	.fix = "sign the zone again as a whole, so that the NSEC or NSEC3 chain is closed",
	.bad = ACML_EXAMPLE_HEAD ACML_EXAMPLE_KEY ACML_EXAMPLE_KEY_SIG ACML_EXAMPLE_SOA_SIG
	       ACML_EXAMPLE_NS_SIG,
	.good = ACML_EXAMPLE_SIGNED,
	.sources = (const char *const[]){
		"RFC 4035 section 5.4: authenticated denial of existence",
		"RFC 5155 section 8: what validators want of NSEC3",
		"RFC 8659 section 3: the climb from the name to the top",
		SOURCE_BR,
		NULL
	},
	.check = check_denial,
};
