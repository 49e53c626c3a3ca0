/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * acmlint verify: the verdict for another server's own door. NSD's verifier and Cascade's review
 * hook tell in the environment which zone waits, and take the exit status for the answer.
 */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <libknot/errcode.h>

#include "cli/command.h"
#include "cli/manual.h"
#include "cli/output.h"
#include "cli/run.h"
#include "live/transfer.h"
#include "model/names.h"

#define MOST_TEXT ((size_t)2 << 30)
#define DEFAULT_SECONDS 60
#define OPT_TIMEOUT ACML_OWN_OPTION

/* What the environment says. */
struct request {
	const char *zone;
	bool on_stdin;
	struct acml_server server;
};

static const char *env(const char *name)
{
	const char *value = getenv(name);
	return value != NULL && value[0] != '\0' ? value : NULL;
}

static bool parse_place(const char *address, const char *port, struct acml_server *out)
{
	char text[ACML_SERVER_TEXT];
	return address != NULL && port != NULL &&
	       (size_t)snprintf(text, sizeof(text), "%s@%s", address, port) < sizeof(text) &&
	       acml_server_parse_port(text, out);
}

/* nsd.conf(5): the zone on standard input, or on the addresses for verifiers. */
static bool ask_nsd(struct request *request)
{
	const char *on_stdin = env("VERIFY_ZONE_ON_STDIN");
	request->on_stdin = on_stdin != NULL && strcmp(on_stdin, "yes") == 0;
	return request->on_stdin ||
	       parse_place(env("VERIFY_IP_ADDRESS"), env("VERIFY_PORT"), &request->server) ||
	       parse_place(env("VERIFY_IPV4_ADDRESS"), env("VERIFY_IPV4_PORT"), &request->server) ||
	       parse_place(env("VERIFY_IPV6_ADDRESS"), env("VERIFY_IPV6_PORT"), &request->server);
}

/* cascaded-policy.toml(5): address and port apart, and before 0.1.0-alpha2 only together. */
static bool ask_cascade(struct request *request)
{
	const char *both = env("CASCADE_SERVER");
	if (parse_place(env("CASCADE_SERVER_IP"), env("CASCADE_SERVER_PORT"), &request->server)) {
		return true;
	}
	char address[ACML_SERVER_TEXT];
	const char *colon = both != NULL ? strrchr(both, ':') : NULL;
	size_t len = colon != NULL ? (size_t)(colon - both) : sizeof(address);
	if (len >= sizeof(address)) {
		return false;
	}
	bool bracket = len > 1 && both[0] == '[' && both[len - 1] == ']';
	snprintf(address, sizeof(address), "%.*s", (int)(bracket ? len - 2 : len),
	         both + bracket);
	return parse_place(address, colon + 1, &request->server);
}

static int read_environment(struct request *out)
{
	const char *nsd = env("VERIFY_ZONE");
	const char *cascade = env("CASCADE_ZONE");
	knot_dname_storage_t name;
	if (nsd == NULL && cascade == NULL) {
		return acml_usage("verify", "neither VERIFY_ZONE nor CASCADE_ZONE is in the "
		                  "environment: this command is for NSD's verifier and Cascade's "
		                  "review hook");
	}
	struct request request = { .zone = nsd != NULL ? nsd : cascade };
	if (!acml_name_parse(request.zone, name)) {
		return acml_usage("verify", "%s: '%s' is no domain name",
		                  nsd != NULL ? "VERIFY_ZONE" : "CASCADE_ZONE", request.zone);
	}
	if (!(nsd != NULL ? ask_nsd : ask_cascade)(&request)) {
		return acml_usage("verify", nsd != NULL ?
		        "the environment says neither VERIFY_ZONE_ON_STDIN=yes nor VERIFY_IP_ADDRESS "
		        "and VERIFY_PORT" :
		        "the environment says neither CASCADE_SERVER_IP and CASCADE_SERVER_PORT nor "
		        "CASCADE_SERVER");
	}
	*out = request;
	return ACML_EXIT_OK;
}

/* The zone in memory in the place of standard input, where the one path reads it. */
static int fetch(const struct request *request, unsigned seconds)
{
	char why[ACML_TRANSFER_WHY] = "no memory to keep it";
	knot_dname_storage_t zone;
	acml_name_parse(request->zone, zone);
	int fd = memfd_create("acmlint-zone", MFD_CLOEXEC);
	FILE *stream = fd >= 0 ? fdopen(fd, "w+") : NULL;
	int ret = stream == NULL ? KNOT_ENOMEM :
	          acml_transfer(&request->server, zone,
	                        acml_ask_clock() + (int64_t)seconds * 1000, MOST_TEXT, stream, why);
	if (ret == KNOT_EOK && (fflush(stream) != 0 || lseek(fd, 0, SEEK_SET) != 0 ||
	                        dup2(fd, STDIN_FILENO) < 0)) {
		ret = KNOT_ERROR;
		snprintf(why, sizeof(why), "no memory to keep it");
	}
	if (stream != NULL) {
		fclose(stream);
	} else if (fd >= 0) {
		close(fd);
	}
	if (ret != KNOT_EOK) {
		acml_say("%s: not accepted: transfer from %s: %s", request->zone,
		         request->server.text, why);
		return ACML_EXIT_INPUT;
	}
	return ACML_EXIT_OK;
}

static void say_verdict(const struct request *request, const struct acml_run *run, bool good)
{
	const struct acml_run_zone *zone = run->n_zones == 1 ? &run->zones[0] : NULL;
	char serial[32] = "";
	if (zone != NULL && zone->has_serial) {
		snprintf(serial, sizeof(serial), " serial %u", zone->serial);
	}
	if (zone == NULL || !zone->complete || !zone->has_serial) {
		acml_say("%s%s: not accepted: %s", request->zone, serial,
		         zone != NULL && zone->complete ? "there is no SOA record in it" :
		         "the zone could not be read whole");
		return;
	}
	acml_say("%s%s: %s: %zu error%s, %zu warning%s", request->zone, serial,
	         good ? "accepted" : "not accepted", run->count[ACML_ERROR],
	         run->count[ACML_ERROR] == 1 ? "" : "s", run->count[ACML_WARNING],
	         run->count[ACML_WARNING] == 1 ? "" : "s");
}

/* What else could not be read takes no version away: only the zone decides. */
static int judge(const struct acml_options *options, const struct request *request)
{
	struct acml_run run;
	struct acml_work *work = NULL;
	if (acml_run_check(options, &run, &work) != KNOT_EOK) {
		return acml_no_memory();
	}
	bool whole = run.n_zones == 1 && run.zones[0].complete && run.zones[0].has_serial;
	bool good = whole && !acml_result_fails(run.zones[0].result, options->fail_on);
	acml_output_problems(options, &run);
	int status = acml_output_report(options, &run, options->reporter,
	                                good ? ACML_EXIT_OK :
	                                whole ? ACML_EXIT_FINDINGS : ACML_EXIT_INPUT);
	say_verdict(request, &run, good);
	acml_work_free(work);
	return status;
}

static int take_option(void *context, int option, const char *value)
{
	unsigned *seconds = context;
	char *end;
	unsigned long parsed = strtoul(value, &end, 10);
	(void)option;
	if (value[0] < '0' || value[0] > '9' || *end != '\0' || parsed == 0 || parsed > 86400) {
		return acml_usage("verify", "--timeout: '%s' is no number of seconds from 1 to 86400",
		                  value);
	}
	*seconds = parsed;
	return ACML_EXIT_OK;
}

/* The zone as the command line of check would name it, around what the user gave. */
static char **complete_arguments(int argc, char **argv, const char *zone)
{
	char **all = calloc(argc + 4, sizeof(*all));
	if (all == NULL) {
		return NULL;
	}
	all[0] = argv[0];
	all[1] = (char *)"--origin";
	all[2] = (char *)zone;
	memcpy(&all[3], &argv[1], (argc - 1) * sizeof(*all));
	all[argc + 2] = (char *)"-";
	return all;
}

static const struct option own_options[] = {
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ NULL, 0, NULL, 0 },
};

static int verify(const struct request *request, int argc, char **argv)
{
	struct acml_options options = { .fail_on = ACML_ERROR };
	unsigned seconds = DEFAULT_SECONDS;
	const struct acml_dialect dialect = {
		.command = "verify", .letters = "", .options = own_options,
		.take = take_option, .context = &seconds,
	};
	bool done = false;
	char **all = complete_arguments(argc, argv, request->zone);
	int status = all == NULL ? acml_no_memory() :
	             acml_options_parse_as(&dialect, argc + 3, all, &options, &done);
	if (status == ACML_EXIT_OK && !done &&
	    (options.inputs.n_files != 1 || options.origin != request->zone)) {
		status = acml_usage("verify", "the server tells the zone and its name: neither files nor "
		                    "--origin can be given");
	} else if (status == ACML_EXIT_OK && !done) {
		status = request->on_stdin ? ACML_EXIT_OK : fetch(request, seconds);
		status = status != ACML_EXIT_OK ? status : judge(&options, request);
	}
	acml_options_clear(&options);
	free(all);
	return status;
}

static int run_verify(int argc, char **argv)
{
	struct request request = { .zone = "." };
	for (int i = 1; i < argc; i++) {
		bool whole = strcmp(argv[i], "--help-all") == 0;
		if (whole || strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0) {
			return acml_manual_help("verify", whole);
		}
	}
	int status = read_environment(&request);
	return status == ACML_EXIT_OK ? verify(&request, argc, argv) : status;
}

const struct acml_command acml_cmd_verify = {
	.name = "verify",
	.summary = "the verdict for the review of NSD and Cascade: may it be published?",
	.run = run_verify,
};
