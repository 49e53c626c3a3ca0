/* SPDX-License-Identifier: GPL-2.0-or-later */

/* acmlint live: the verdicts of certs against the public DNS. */

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libknot/errcode.h>

#include "cli/command.h"
#include "cli/given.h"
#include "cli/output.h"
#include "facts/inventory.h"
#include "live/ask.h"
#include "live/live.h"
#include "model/build.h"
#include "model/names.h"
#include "report/certs.h"

enum {
	OPT_RESOLVER = ACML_OWN_OPTION, OPT_ROOT_HINTS, OPT_TRUST_ANCHOR, OPT_TIMEOUT, OPT_RATE,
	OPT_WAIT
};

static const struct option own_options[] = {
	{ "resolver", required_argument, NULL, OPT_RESOLVER },
	{ "root-hints", required_argument, NULL, OPT_ROOT_HINTS },
	{ "trust-anchor", required_argument, NULL, OPT_TRUST_ANCHOR },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "rate", required_argument, NULL, OPT_RATE },
	{ "wait", required_argument, NULL, OPT_WAIT },
	{ NULL, 0, NULL, 0 },
};

#define WAIT_STEP 10000                 /* Milliseconds, at most; the first is of a second. */

struct own {
	struct acml_resolver_options resolver;
	unsigned rate;
	unsigned wait;
};

static int take_number(const char *name, const char *value, unsigned least, unsigned most,
                       unsigned *out)
{
	char *end;
	unsigned long number = strtoul(value, &end, 10);
	if (value[0] < '0' || value[0] > '9' || *end != '\0' || number < least || number > most) {
		return acml_usage("live", "--%s: '%s' is no number from %u to %u", name, value, least,
		                  most);
	}
	*out = number;
	return ACML_EXIT_OK;
}

/* libunbound reads on for ever in what is no file. */
static int take_file(const char *path)
{
	struct stat about;
	if (access(path, R_OK) != 0 || stat(path, &about) != 0 || !S_ISREG(about.st_mode)) {
		acml_say("%s: cannot be read, or is no file", path);
		return ACML_EXIT_USAGE;
	}
	return ACML_EXIT_OK;
}

static int take_option(void *context, int option, const char *value)
{
	struct own *own = context;
	struct acml_server server;
	unsigned number = 0;
	int status = ACML_EXIT_OK;
	switch (option) {
	case OPT_RESOLVER:
		own->resolver.forward = value;
		return acml_server_parse_port(value, &server) ? ACML_EXIT_OK :
		       acml_usage("live", "--resolver: '%s' is no address: write 192.0.2.53 or "
		                  "192.0.2.53@5353", value);
	case OPT_ROOT_HINTS:
	case OPT_TRUST_ANCHOR:
		*(option == OPT_ROOT_HINTS ? &own->resolver.root_hints :
		  &own->resolver.trust_anchor) = value;
		return take_file(value);
	case OPT_TIMEOUT:
		status = take_number("timeout", value, 1, 600, &number);
		own->resolver.timeout = (int)number * 1000;
		return status;
	case OPT_RATE:
		return take_number("rate", value, 0, 1000, &own->rate);
	default:
		return take_number("wait", value, 1, 7 * 86400, &own->wait);
	}
}

/* The verdicts of one look; the arrays grow. */
struct look {
	struct acml_live live;
	struct acml_cert_verdict *verdicts;
	size_t count, max;
	char why[ACML_LOOK_WHY];        /* There is no resolver. */
};

static size_t count_names(const struct acml_options *options,
                          const struct acml_inventory *inventory)
{
	size_t count = options->n_wanted;
	for (size_t i = 0; inventory != NULL && i < inventory->n_certs; i++) {
		const struct acml_cert *cert = &inventory->certs[i];
		count += acml_cert_state(cert) != ACML_CERT_DEAD ? cert->n_names : 0;
	}
	return count;
}

static int judge(struct look *look, const struct acml_wanted *wanted, const struct acml_cert *cert,
                 const struct acml_cert_name *name)
{
	if (!ACML_ROOM(look->verdicts, look->count, look->max)) {
		return KNOT_ENOMEM;
	}
	int ret = acml_live_judge(&look->live, wanted, cert, name, &look->verdicts[look->count]);
	look->count += ret == KNOT_EOK;
	return ret;
}

static int judge_all(const struct acml_options *options, const struct acml_inventory *inventory,
                     struct look *look)
{
	int ret = KNOT_EOK;
	for (size_t i = 0; i < options->n_wanted && ret == KNOT_EOK; i++) {
		ret = judge(look, &options->wanted[i], NULL, NULL);
	}
	for (size_t i = 0; inventory != NULL && i < inventory->n_certs && ret == KNOT_EOK; i++) {
		const struct acml_cert *cert = &inventory->certs[i];
		for (size_t j = 0; j < cert->n_names && ret == KNOT_EOK &&
		     acml_cert_state(cert) != ACML_CERT_DEAD; j++) {
			const struct acml_wanted wanted = {
				.name = cert->names[j].name, .wildcard = cert->names[j].wildcard,
			};
			ret = judge(look, &wanted, cert, &cert->names[j]);
		}
	}
	return ret;
}

static enum acml_verdict_kind worst(const struct look *look)
{
	enum acml_verdict_kind kind = ACML_VERDICT_ISSUABLE;
	for (size_t i = 0; i < look->count; i++) {
		kind = look->verdicts[i].kind > kind ? look->verdicts[i].kind : kind;
	}
	return kind;
}

static void clear(struct look *look)
{
	acml_arena_clear(&look->live.arena);
	free(look->verdicts);
	*look = (struct look){ .count = 0 };
}

static int report(const struct acml_options *options, const struct look *look,
                  const struct acml_run_error *errors, size_t n_errors)
{
	struct acml_run_certificate *list = calloc(look->count + 1, sizeof(*list));
	if (list == NULL) {
		return acml_no_memory();
	}
	for (size_t i = 0; i < look->count; i++) {
		list[i].verdict = &look->verdicts[i];
	}
	const struct acml_run run = {
		.version = ACML_VERSION, .now = options->now, .certificates = list,
		.n_certificates = look->count, .errors = errors, .n_errors = n_errors,
	};
	enum acml_verdict_kind kind = worst(look);
	bool fails = options->fail_on != ACML_OFF &&
	             (kind == ACML_VERDICT_BLOCKED ||
	              (kind == ACML_VERDICT_UNKNOWN && options->fail_on < ACML_ERROR));
	acml_output_problems(options, &run);
	int status = acml_output_report(options, &run,
	        options->reporter == &acml_reporter_text ? &acml_reporter_certs : options->reporter,
	        n_errors > 0 ? ACML_EXIT_INPUT : fails ? ACML_EXIT_FINDINGS : ACML_EXIT_OK);
	free(list);
	return status;
}

/* With a resolver of its own, which remembers nothing of the look before. */
static int look_once(const struct acml_options *options, const struct own *own,
                     struct acml_live_options *live, struct look *look)
{
	struct acml_resolver *resolver = NULL;
	*look = (struct look){ .live = { .options = live } };
	int ret = acml_resolver_new(&own->resolver, &resolver, look->why);
	live->resolver = resolver;
	if (ret == KNOT_EOK) {
		ret = acml_live_probe(&look->live);
	}
	if (ret == KNOT_EOK) {
		ret = judge_all(options, live->inventory, look);
	}
	acml_resolver_free(resolver);
	live->resolver = NULL;
	return ret;
}

static void say_progress(const struct look *look, bool silent, int64_t left)
{
	size_t good = 0;
	for (size_t i = 0; i < look->count; i++) {
		good += look->verdicts[i].kind == ACML_VERDICT_ISSUABLE;
	}
	if (silent) {
		acml_say("no answer; looking again, for %lld s more", (long long)left / 1000);
	} else {
		acml_say("%zu of %zu issuable; looking again, for %lld s more", good, look->count,
		         (long long)left / 1000);
	}
}

/* Looks, and looks again while there is time and something is not issuable. */
static int look_until(const struct acml_options *options, const struct own *own,
                      struct acml_live_options *live, struct look *look)
{
	int64_t end = acml_ask_clock() + (int64_t)own->wait * 1000;
	for (int64_t step = 1000; ; step = step * 2 < WAIT_STEP ? step * 2 : WAIT_STEP) {
		int ret = look_once(options, own, live, look);
		int64_t left = end - acml_ask_clock();
		/* Who does not answer now may do so later. */
		bool silent = ret != KNOT_EOK && ret != KNOT_ENOMEM && look->why[0] == '\0';
		if ((ret != KNOT_EOK && !silent) || left <= 0 ||
		    (!silent && worst(look) == ACML_VERDICT_ISSUABLE)) {
			return ret;
		}
		if (!options->quiet) {
			say_progress(look, silent, left);
		}
		clear(look);
		acml_live_nap(left < step ? left : step);
	}
}

static int say_failure(const struct own *own, const struct look *look, int code)
{
	if (code == KNOT_ENOMEM) {
		return acml_no_memory();
	}
	if (look->why[0] != '\0') {
		acml_say("%s", look->why);
		return code == KNOT_EINVAL ? ACML_EXIT_USAGE : ACML_EXIT_INPUT;
	}
	if (own->resolver.forward != NULL) {
		acml_say("%s does not answer: nothing can be said of the DNS", own->resolver.forward);
	} else {
		acml_say("the root of the DNS does not answer: nothing can be said of the DNS; where a "
		         "firewall keeps you from it, ask a resolver with --resolver ADDRESS");
	}
	return ACML_EXIT_INPUT;
}

static int look_with(const struct acml_options *options, const struct own *own,
                     const struct acml_inventory *inventory, const struct acml_fault *fault)
{
	struct acml_live_options live = {
		.timeout = own->resolver.timeout, .rate = own->rate, .now = options->now,
		.inventory = inventory, .settings = &options->settings,
	};
	const struct acml_run_error error = {
		.file = fault->file, .line = fault->line, .message = fault->message,
	};
	struct look look = { .count = 0 };
	size_t count = count_names(options, inventory);
	if (count > ACML_LIVE_NAMES) {
		acml_say("%zu names are too many for one run: at most %d", count, ACML_LIVE_NAMES);
		return ACML_EXIT_INPUT;
	}
	int ret = look_until(options, own, &live, &look);
	int status = ret != KNOT_EOK ? say_failure(own, &look, ret) :
	             report(options, &look, &error, fault->message[0] != '\0');
	clear(&look);
	return status;
}

static int run_live(int argc, char **argv)
{
	struct acml_options options = { .fail_on = ACML_ERROR };
	struct own own = { .resolver = { .timeout = 5000 }, .rate = 50 };
	const struct acml_dialect dialect = {
		.command = "live", .letters = "", .options = own_options,
		.take = take_option, .context = &own, .names = true,
	};
	struct acml_inventory *inventory = NULL;
	struct acml_fault fault = { .line = 0 };
	bool done = false;
	int status = acml_options_parse_as(&dialect, argc, argv, &options, &done);
	if (status == ACML_EXIT_OK && !done && options.n_wanted == 0 &&
	    options.inventories.count == 0) {
		status = acml_usage("live", "no name given");
	} else if (status == ACML_EXIT_OK && !done && options.reporter != &acml_reporter_text &&
	           options.reporter != &acml_reporter_json) {
		status = acml_usage("live", "-f %s: only text and json tell of verdicts alone",
		                    options.reporter->name);
	} else if (status == ACML_EXIT_OK && !done) {
		status = acml_given_inventory(&options, &inventory, &fault) != KNOT_EOK ?
		         acml_no_memory() : look_with(&options, &own, inventory, &fault);
	}
	acml_inventory_free(inventory);
	acml_options_clear(&options);
	return status;
}

const struct acml_command acml_cmd_live = {
	.name = "live",
	.summary = "the same verdicts against the public DNS, every server asked",
	.run = run_live,
};
