/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "cli/manual.h"

/* Of check; others have some of them. */
static const struct acml_manual_option shared[] = {
	{ "origin", 'o', "NAME", NULL, "the zone's name, where the file does not say it",
	  "Without it: the owner of the SOA or $ORIGIN, else the file's name without .zone, .db, .txt or "
	  "db.; that guess is said on stderr.", false },
	{ "name", 0, "NAME", NULL, "a name that ACM must be able to serve (repeatable)",
	  "Certificate or not yet; *.example.com is allowed. It counts as ACM use.", false },
	{ "inventory", 0, "FILE", ACML_COMPLETE_FILES, "what ACM needs: JSON of aws acm or terraform",
	  "A file or a folder of them, repeatable: describe-certificate, list-certificates, "
	  "list-certificate-domain-validations, the ACME validations, terraform show -json, a state "
	  "file.", false },
	{ "parent", 0, "FILE", ACML_COMPLETE_FILES, "what the parent publishes, DS and NS",
	  "Zone text, dig's output, a dsset- file, the parent zone, or the JSON of route53domains "
	  "get-domain-detail, route53 get-dnssec or get-hosted-zone; repeatable.", false },
	{ "baseline", 0, "FILE", ACML_COMPLETE_FILES, "the version published now, or a folder of them",
	  "Findings that only the new version has are marked as new, and what ACM would lose is found.",
	  false },
	{ "only-new", 0, NULL, NULL, "what the baseline has as well is left out",
	  "Neither reported nor counted; the closing count says how many those were.", false },
	{ "knot-conf", 0, "FILE", ACML_COMPLETE_FILES, "the zones of a knotd; arguments are zones",
	  "What the server would load, with its module's options, and whether a reload would accept it.",
	  false },
	{ "rule", 0, "ID=LEVEL", ACML_COMPLETE_LEVELS, "off, info, warning or error (repeatable)",
	  "The rule is named by its id or its name.", false },
	{ "fail-on", 0, "LEVEL", "error warning info never", "error (default), warning, info, never",
	  "From which severity on findings make the exit status 1.", false },
	{ "config", 'c', "FILE", ACML_COMPLETE_FILES, "settings; default: .acmlint.conf, see its page",
	  "The default is searched here and above, up to the root of the repository.", false },
	{ "format", 'f', "FORMAT", "text json sarif github html", "text (default), json, sarif, github, html",
	  "SARIF is for code scanning, github for annotations in a workflow, html for a page to look at.",
	  false },
	{ "quiet", 'q', NULL, NULL, "findings and errors only", NULL, false },
	{ "inventory-complete", 0, NULL, NULL, "the inventory names every certificate",
	  "Of every account and region: only then is a token without certificate called stale.", true },
	{ "require-caa", 0, NULL, NULL, "names that use ACM must have CAA",
	  "So must the apex of any zone.", true },
	{ "signed", 0, "WHEN", "auto yes no", "auto (default), yes, no: is the file as it is served?",
	  "Whether the DNSSEC rules may read the absence of DNSKEY and RRSIG as a fault; no: the server "
	  "signs what it loads.", true },
	{ "now", 0, "TIME", NULL, "the clock for every date",
	  "2026-11-21T00:00:00Z, or @ and seconds since 1970.", true },
	{ "no-include", 0, NULL, NULL, "$INCLUDE is an error", NULL, true },
	{ "files-from", 0, "FILE", ACML_COMPLETE_FILES, "names of zone files, one a line",
	  "Or separated by NUL bytes; - is standard input.", true },
	{ "jobs", 'j', "N", NULL, "zones, and parts of large ones, in parallel",
	  "The default is the number of processors.", true },
	{ "progress", 0, NULL, NULL, "a bar on stderr for work over two seconds",
	  "Where that is a terminal; never with -q.", true },
	{ "color", 0, "WHEN", "auto always never", "auto (default), always, never",
	  "auto: on a terminal, unless NO_COLOR is set. Rule ids are links where the terminal is known "
	  "to show them; FORCE_HYPERLINK=1 and =0 decide it.", true },
	{ "help", 'h', NULL, NULL, "this text", NULL, false },
	{ "help-all", 0, NULL, NULL, "this text with all options", NULL, true },
	{ "version", 0, NULL, NULL, "the version", NULL, true },
	{ 0 },
};

static const struct acml_manual_option fix_options[] = {
	{ "as", 0, "FORM", "zone nsupdate knotc", "zone (default), nsupdate, knotc",
	  "The zone file with the edits made, input for nsupdate or knsupdate, or commands for a shell: a "
	  "transaction on a running knotd.", false },
	{ "in-place", 'i', NULL, NULL, "change the zone files themselves", NULL, false },
	{ "keep-serial", 0, NULL, NULL, "leave the SOA's serial alone",
	  "Else it grows where a zone file is changed.", false },
	{ 0 },
};

static const struct acml_manual_option rules_options[] = {
	{ "format", 'f', "FORMAT", "text json markdown", "text (default), json, markdown",
	  "JSON has the texts and examples.", false },
	{ "output", 0, "DIRECTORY", ACML_COMPLETE_FILES, "README.md and one page per rule",
	  "With --format markdown.", false },
	{ 0 },
};

static const struct acml_manual_option explain_options[] = {
	{ "format", 'f', "FORMAT", "text json markdown", "text (default), json, markdown", NULL, false },
	{ 0 },
};

static const struct acml_manual_option verify_options[] = {
	{ "timeout", 0, "SECONDS", NULL, "for a transfer from the server (60)", NULL, false },
	{ 0 },
};

static const struct acml_manual_option live_options[] = {
	{ "resolver", 0, "ADDRESS", NULL, "ask this resolver; default: from the root down",
	  "ADDRESS@PORT where it is not 53. What it answers is validated here as well.", false },
	{ "root-hints", 0, "FILE", ACML_COMPLETE_FILES, "other root servers than the internet's",
	  "NS and addresses as zone text.", false },
	{ "trust-anchor", 0, "FILE", ACML_COMPLETE_FILES, "DS or DNSKEY to validate from",
	  "The default is the internet's root, with its keys of 2017 and 2024.", false },
	{ "timeout", 0, "SECONDS", NULL, "for each question (5)", NULL, false },
	{ "rate", 0, "N", NULL, "questions to servers in a second (50)",
	  "0: as fast as they answer.", false },
	{ "wait", 0, "SECONDS", NULL, "look again until all is issuable",
	  "After a second at first, then every ten, for at most this long; for use after publishing.", false },
	{ "format", 'f', "FORMAT", "text json", "text (default), json", NULL, false },
	{ 0 },
};

static const struct acml_manual manuals[] = {
	{
		.command = "check",
		.synopsis = "[OPTIONS] ZONEFILE|DIRECTORY|-...",
		.about = "Reads zones and tells what would stop AWS Certificate Manager from issuing or renewing "
		"a certificate.\n\nA directory stands for every *.zone and db.* in it and below. - is standard "
		"input. Zones are master files (RFC 1035) or the JSON of aws route53 "
		"list-resource-record-sets. It is the default command: acmlint ZONEFILE does the same.",
		.brief = "A directory stands for every *.zone and db.* in it and below.",
		.shared = "*",
		.status = { "nothing at or above --fail-on", "findings",
		            "some input could not be read or parsed", "wrong usage or configuration" },
	}, {
		.command = "certs",
		.synopsis = "[OPTIONS] ZONEFILE...",
		.about = "One verdict for each certificate name: issuable, blocked, or unknown with what would "
		"settle it. Without --inventory and --name the names are judged that validation records in the "
		"zones stand for.",
		.shared = "origin name inventory parent fail-on config format quiet jobs now rule signed color "
		"no-include files-from baseline only-new require-caa inventory-complete",
		.status = { "nothing is blocked (with --fail-on warning or info: nor unknown)",
		            "something is", "some input could not be read or parsed",
		            "wrong usage or configuration" },
	}, {
		.command = "diff",
		.synopsis = "[OPTIONS] OLD NEW",
		.about = "OLD and NEW are zone files, Route 53's JSON, or two folders with the same file names. "
		"Printed are the tokens, the permissions that CAA gives to Amazon, keys and name servers that "
		"go and come, the findings about what is lost, and, where all name servers are replaced, the "
		"safe order of the move, with dates from --now on.",
		.own = (const struct acml_manual_option[]){
			{ "format", 'f', "FORMAT", "text json", "text (default), json", NULL, false }, { 0 } },
		.shared = "parent fail-on quiet origin config name rule inventory inventory-complete signed now "
		"no-include color require-caa",
		.status = { "nothing lost at or above --fail-on", "something is",
		            "some input could not be read or parsed", "wrong usage or configuration" },
	}, {
		.command = "export",
		.synopsis = "[OPTIONS] ZONEFILE",
		.about = "Writes a zone as plain text for a name server: one record a line, absolute names, no "
		"directives, included files in their places. ZONEFILE may be the JSON of aws route53 "
		"list-resource-record-sets; - is standard input. What no zone file can say (Route 53's "
		"aliases to names elsewhere, routing policies) becomes a comment, and is said on stderr.",
		.shared = "origin no-include",
		.status = { "everything is written", "record sets were left out",
		            "the input could not be read or parsed, and nothing is written", "wrong usage" },
	}, {
		.command = "fix",
		.synopsis = "[OPTIONS] ZONEFILE...",
		.about = "Only edits that are certain are made, and only if the zone is the better for them; what "
		"is left to be done is said on stderr. Nothing else in the zone file changes.",
		.own = fix_options,
		.shared = "fail-on quiet origin config name rule require-caa signed now no-include files-from "
		"inventory parent inventory-complete baseline",
		.status = { "everything at or above --fail-on is cleared", "findings remain",
		            "some input could not be read or parsed, or output not be written",
		            "wrong usage or configuration" },
	}, {
		.command = "live",
		.synopsis = "[OPTIONS] NAME...|--inventory FILE",
		.about = "The verdicts of certs against the DNS as it is now. Every authoritative server of a "
		"name's zone is asked directly, and the servers of the zone above, over IPv4 and IPv6; the "
		"worst of them counts, because a CA looks from several places. CAA and DNSSEC are seen through "
		"a validating resolver, from the root down. libunbound 8 does that, and has to be installed.",
		.brief = "Every authoritative server of a name's zone is asked; the worst of them counts.",
		.own = live_options,
		.shared = "inventory name rule fail-on config quiet now color",
		.status = { "nothing is blocked (with --fail-on warning or info: nor unknown)",
		            "something is", "the DNS or some input could not be read",
		            "wrong usage or configuration" },
		.words = "",
	}, {
		.command = "lookup",
		.synopsis = "[OPTIONS] ZONEFILE NAME TYPE",
		.about = "Prints what an authoritative server answers from this zone, as JSON, and the CAA set that "
		"decides whether Amazon may issue for NAME. ZONEFILE - is standard input. NAME is absolute when "
		"it ends in a dot or in the zone's name, else relative to the zone; @ is the zone's name.",
		.shared = "origin no-include",
		.status = { "answered", NULL, "the zone could not be read or parsed", "wrong usage" },
	}, {
		.command = "verify",
		.synopsis = "[OPTIONS]",
		.about = "May this version of a zone be published? For NSD's verifier and Cascade's review hook. "
		"The server says in the environment which zone waits: VERIFY_ZONE and how to get it, or "
		"CASCADE_ZONE and CASCADE_SERVER. The zone is read from standard input (VERIFY_ZONE_ON_STDIN) "
		"or transferred. The verdict goes to stderr. An inventory or parent file that cannot be read "
		"is said, and the zone is judged without it.",
		.brief = "For NSD's verifier and Cascade's review hook, whose environment names the zone.",
		.own = verify_options,
		.shared = "name inventory inventory-complete parent baseline only-new rule fail-on signed "
		"require-caa now config format quiet color",
		.status = { "publish it", "do not: findings", "do not: the zone could not be read",
		            "do not: wrong usage or configuration" },
		.words = "",
	}, {
		.command = "rules",
		.synopsis = "[OPTIONS]",
		.about = "Prints the table of rules. 'acmlint explain RULE' shows one of them.",
		.own = rules_options,
		.shared = "",
		.status = { "printed", NULL, "it could not be written", "wrong usage" },
		.words = "",
	}, {
		.command = "explain",
		.synopsis = "[OPTIONS] RULE",
		.about = "What a rule means, why ACM cares, a bad and a good zone, the fix, the sources. RULE is an "
		"id (CAA002) or a name (caa-excludes-amazon); 'acmlint rules' lists them.",
		.own = explain_options,
		.shared = "",
		.status = { "printed", NULL, "it could not be written", "wrong usage" },
		.words = ACML_COMPLETE_RULES,
	}, {
		.command = "manual",
		.synopsis = "[COMMAND|acmlint.conf]",
		.about = "Prints the source of a man page: acmlint manual fix | man -l -",
		.shared = "",
		.status = { "printed", NULL, "it could not be written", "wrong usage" },
		.words = "check certs diff export fix live lookup verify rules explain manual completion acmlint.conf",
	}, {
		.command = "completion",
		.synopsis = "bash|zsh|fish",
		.about = "Prints the completion of commands, options and rules for a shell:\n\n"
		"eval \"$(acmlint completion bash)\"",
		.shared = "",
		.status = { "printed", NULL, "it could not be written", "wrong usage" },
		.words = "bash zsh fish",
	},
};

#define N_MANUALS (sizeof(manuals) / sizeof(manuals[0]))

const struct acml_manual *acml_manual_at(size_t i)
{
	return i < N_MANUALS ? &manuals[i] : NULL;
}

const struct acml_manual *acml_manual_find(const char *command)
{
	for (size_t i = 0; i < N_MANUALS; i++) {
		if (strcmp(manuals[i].command, command) == 0) {
			return &manuals[i];
		}
	}
	return NULL;
}

const struct acml_manual_option *acml_manual_shared(const char *name)
{
	for (size_t i = 0; shared[i].name != NULL; i++) {
		if (strcmp(shared[i].name, name) == 0) {
			return &shared[i];
		}
	}
	return NULL;
}

static bool has_word(const char *words, const char *word)
{
	size_t len = strlen(word);
	for (const char *at = strstr(words, word); at != NULL; at = strstr(at + len, word)) {
		bool begins = at == words || at[-1] == ' ';
		if (begins && (at[len] == ' ' || at[len] == '\0')) {
			return true;
		}
	}
	return false;
}

/* Everything but rules, explain and the like has these three as check does. */
static bool is_shared(const struct acml_manual *manual, const struct acml_manual_option *option)
{
	return strcmp(manual->shared, "*") == 0 || strcmp(option->name, "help") == 0 ||
	       has_word(manual->shared, option->name);
}

const struct acml_manual_option *acml_manual_option(const struct acml_manual *manual, size_t i)
{
	size_t own = 0;
	while (manual->own != NULL && manual->own[own].name != NULL) {
		if (own == i) {
			return &manual->own[own];
		}
		own++;
	}
	i -= own;
	for (size_t j = 0; shared[j].name != NULL; j++) {
		if (is_shared(manual, &shared[j]) && i-- == 0) {
			return &shared[j];
		}
	}
	return NULL;
}
