/* SPDX-License-Identifier: GPL-2.0-or-later */

/* acmlint fix: the edits that clear the findings, as zone text, for nsupdate or for knotc. */

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>

#include "cli/command.h"
#include "cli/fix_write.h"
#include "cli/run.h"
#include "lint/edits.h"
#include "lint/patch.h"
#include "rules/rule.h"

enum { OPT_AS = ACML_OWN_OPTION, OPT_KEEP_SERIAL };

enum form { FORM_ZONE, FORM_NSUPDATE, FORM_KNOTC };

static const struct option own_options[] = {
	{ "as", required_argument, NULL, OPT_AS },
	{ "in-place", no_argument, NULL, 'i' },
	{ "keep-serial", no_argument, NULL, OPT_KEEP_SERIAL },
	{ NULL, 0, NULL, 0 },
};

struct fix {
	struct acml_options options;
	enum form form;
	bool in_place;
	bool keep_serial;
	int status;
};

static int take(void *context, int option, const char *value)
{
	static const char *const forms[] = {
		[FORM_ZONE] = "zone", [FORM_NSUPDATE] = "nsupdate", [FORM_KNOTC] = "knotc",
	};
	struct fix *fix = context;
	if (option == 'i') {
		fix->in_place = true;
	} else if (option == OPT_KEEP_SERIAL) {
		fix->keep_serial = true;
	} else {
		for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
			if (strcmp(value, forms[i]) == 0) {
				fix->form = i;
				return ACML_EXIT_OK;
			}
		}
		return acml_usage("fix", "--as: '%s' is none of zone, nsupdate, knotc", value);
	}
	return ACML_EXIT_OK;
}

/* Statuses by weight: what could not be read or written wins over what remains. */
static void worsen(struct fix *fix, int status)
{
	fix->status = status > fix->status ? status : fix->status;
}

static void say_remaining(const struct acml_remaining *remaining)
{
	const struct acml_finding *finding = remaining->finding;
	const char *advice = finding->advice != NULL ? finding->advice : finding->rule->fix;
	acml_say("%s:%u: not fixed: %s [%s %s]", finding->file, finding->line, finding->message,
	         finding->rule->id, finding->rule->name);
	if (remaining->why != NULL) {
		acml_say("    the edit was left alone: %s", remaining->why);
	}
	acml_say("    to do: %s", advice);
}

static void say_outcome(const struct fix *fix, const char *file, const struct acml_edits *edits)
{
	for (size_t i = 0; i < edits->n_cleared && !fix->options.quiet; i++) {
		const struct acml_finding *finding = edits->cleared[i];
		acml_say("%s:%u: fixed: %s [%s %s]", finding->file, finding->line, finding->message,
		         finding->rule->id, finding->rule->name);
	}
	for (size_t i = 0; i < edits->n_remaining; i++) {
		say_remaining(&edits->remaining[i]);
	}
	if (edits->serial_kept) {
		acml_say("%s: note: the serial was not advanced, there is no one SOA record in the file",
		         file);
	}
	if (acml_edits_any(edits) && fix->form == FORM_ZONE && edits->base->has_dnssec) {
		acml_say("%s: note: the zone holds keys or signatures: sign it again", file);
	}
}

/* The patched file; the old one where there was nothing to do. */
static int write_zone(struct fix *fix, const char *file, const char *bytes, size_t size,
                      const struct acml_edits *edits)
{
	char *patched = NULL;
	size_t patched_size = 0;
	if (!acml_edits_any(edits)) {
		if (!fix->in_place) {
			fwrite(bytes, 1, size, stdout);
		}
		return KNOT_EOK;
	}
	if (edits->base->from_json) {
		acml_say("%s: not changed: it is no text of a zone; --as nsupdate shows the edits", file);
		worsen(fix, ACML_EXIT_INPUT);
		return KNOT_EOK;
	}
	int ret = acml_patch(edits, bytes, size, &patched, &patched_size);
	if (ret == KNOT_EMALF) {
		acml_say("%s: not changed: it is written in a way that cannot be patched safely; "
		         "--as nsupdate and --as knotc show the edits", file);
		worsen(fix, ACML_EXIT_INPUT);
		return KNOT_EOK;
	} else if (ret != KNOT_EOK) {
		return ret;
	}
	const char *fault = NULL;
	if (fix->in_place) {
		fault = acml_fix_in_place(file, bytes, size, patched, patched_size);
	} else {
		fwrite(patched, 1, patched_size, stdout);
	}
	free(patched);
	if (fault != NULL) {
		acml_say("%s: cannot be changed: %s", file, fault);
		worsen(fix, ACML_EXIT_INPUT);
		return KNOT_EOK;
	}
	say_outcome(fix, file, edits);
	return KNOT_EOK;
}

static int write_edits(struct fix *fix, const char *file, const char *bytes, size_t size,
                       const struct acml_edits *edits)
{
	int ret = KNOT_EOK;
	if (fix->form == FORM_ZONE) {
		ret = write_zone(fix, file, bytes, size, edits);
	} else if (acml_edits_any(edits)) {
		(fix->form == FORM_KNOTC ? acml_fix_knotc : acml_fix_nsupdate)(stdout, edits);
	}
	if (ret == KNOT_EOK && (fix->form != FORM_ZONE || !acml_edits_any(edits))) {
		say_outcome(fix, file, edits);
	}
	if (edits->n_remaining > 0 && fix->options.fail_on != ACML_OFF) {
		worsen(fix, ACML_EXIT_FINDINGS);
	}
	return ret;
}

static int visit(void *context, const char *file, const char *bytes, size_t size,
                 const struct acml_zone *zone, const struct acml_facts *facts,
                 const struct acml_settings *settings)
{
	struct fix *fix = context;
	if (!zone->complete || zone->records == 0) {
		/* The run says so; what was not read may be what is missing. */
		worsen(fix, ACML_EXIT_INPUT);
		return KNOT_EOK;
	}
	const struct acml_options *options = &fix->options;
	struct acml_edits_options how = {
		.level = options->fail_on == ACML_OFF ? ACML_ERROR : options->fail_on,
		.own_file = fix->form == FORM_ZONE,
		.keep_serial = fix->keep_serial,
		.now = options->now,
	};
	struct acml_edits *edits = NULL;
	int ret = acml_edits_plan(zone, facts, settings, &how, &edits);
	if (ret == KNOT_EOK) {
		ret = write_edits(fix, file, bytes, size, edits);
	}
	acml_edits_free(edits);
	return ret;
}

/* What cannot be asked for together. */
static int check_usage(const struct fix *fix)
{
	const struct acml_inputs *inputs = &fix->options.inputs;
	if (fix->in_place && fix->form != FORM_ZONE) {
		return acml_usage("fix", "--in-place changes zone files: it goes with --as zone only");
	}
	for (size_t i = 0; i < inputs->n_files && fix->in_place; i++) {
		if (inputs->files[i].once) {
			return acml_usage("fix", "%s cannot be changed in place", inputs->files[i].path);
		}
	}
	if (fix->form == FORM_ZONE && !fix->in_place && inputs->n_files > 1) {
		return acml_usage("fix", "several zones do not fit on standard output: --in-place, or "
		                  "--as nsupdate, or --as knotc");
	}
	return ACML_EXIT_OK;
}

static int fix_all(struct fix *fix)
{
	const struct acml_visitor visitor = { .visit = visit, .context = fix };
	struct acml_run run;
	struct acml_work *work = NULL;
	fix->options.visitor = &visitor;
	fix->options.jobs = 1;
	if (acml_run_check(&fix->options, &run, &work) != KNOT_EOK) {
		return acml_no_memory();
	}
	for (size_t i = 0; i < run.n_errors; i++) {
		const struct acml_run_error *error = &run.errors[i];
		if (error->line > 0) {
			acml_say("%s:%u: %s", error->file, error->line, error->message);
		} else {
			acml_say("%s: %s", error->file, error->message);
		}
		worsen(fix, ACML_EXIT_INPUT);
	}
	acml_work_free(work);
	return acml_finish(stdout, fix->status);
}

static int run_fix(int argc, char **argv)
{
	struct fix fix = { .status = ACML_EXIT_OK };
	const struct acml_dialect dialect = {
		.command = "fix", .letters = "i", .options = own_options,
		.take = take, .context = &fix,
	};
	bool done = false;
	int status = acml_options_parse_as(&dialect, argc, argv, &fix.options, &done);
	if (status == ACML_EXIT_OK && !done) {
		status = check_usage(&fix);
	}
	if (status == ACML_EXIT_OK && !done) {
		status = fix_all(&fix);
	}
	acml_options_clear(&fix.options);
	return status;
}

const struct acml_command acml_cmd_fix = {
	.name = "fix",
	.summary = "the edits that clear the findings: zone text, nsupdate, knotc",
	.run = run_fix,
};
