/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/run.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>

#include "cli/baseline.h"
#include "cli/certificates.h"
#include "cli/command.h"
#include "cli/given.h"
#include "cli/kin.h"
#include "cli/problems.h"
#include "cli/progress.h"
#include "cli/source.h"
#include "facts/inventory.h"
#include "lint/lint.h"
#include "lint/verdict.h"
#include "model/parallel.h"
#include "model/read.h"

/* One input on its way. */
struct job {
	const char *file;
	const char *given;              /* The origin that goes with the file, or NULL. */
	char *bytes;                    /* Of what can be read only once, else NULL. */
	size_t size;
	int code;                       /* KNOT_EOK or why there is no result. */
	knot_dname_t *apex;
	char *origin;
	struct acml_run_zone zone;
	struct acml_result *result;
	struct acml_run_error *problems;    /* What made the zone incomplete. */
	size_t n_problems;
	struct acml_arena arena;        /* Of the problems; empty as a rule. */
};

/* Who a zone is judged together with. */
struct company {
	const struct acml_input *inputs;    /* NULL: the zone alone. */
	size_t n_inputs;
	size_t self;
	const struct acml_parent *above;    /* What the zone above says, or NULL. */
	const knot_dname_t *const *names;   /* Names whose records matter, or NULL: the work's. */
	size_t n_names;
};

struct acml_work {
	const struct acml_options *options;
	const knot_dname_t **names;
	struct acml_inventory *inventory;   /* NULL: not given, or not to be read. */
	struct acml_parent *parent;         /* The same. */
	struct acml_fault parent_fault;
	struct acml_fault fault;            /* Why it cannot be read; message "": it can. */
	struct acml_baselines *baselines;   /* NULL: not asked for. */
	struct job *jobs;
	size_t n_jobs;
	atomic_size_t next;
	atomic_size_t bytes;                /* Read of them so far. */
	struct acml_run_zone *zones;
	struct acml_run_error *errors;
	struct acml_certificates certificates;
};

/* Processors that have no zone of their own help with a large one. */
static unsigned threads(struct acml_work *work)
{
	size_t jobs = work->options->jobs;
	return (unsigned)(jobs > work->n_jobs && work->n_jobs > 0 ? jobs / work->n_jobs : 1);
}

static struct acml_read_options read_options(struct acml_work *work,
                                             const struct company *company)
{
	const struct acml_inventory *stock = work->inventory;
	return (struct acml_read_options) {
		.origin = work->options->origin,
		.keep = work->options->visitor != NULL ? ACML_KEEP_ALL : ACML_KEEP_RELEVANT,
		.interest = &acml_lint_interest,
		.names = company->names != NULL ? company->names : work->names,
		.n_names = company->names != NULL ? company->n_names : work->options->n_wanted,
		.sorted_names = stock != NULL ? stock->names : NULL,
		.n_sorted_names = stock != NULL ? stock->n_names : 0,
		.mail_names = stock != NULL ? stock->mail_names : NULL,
		.n_mail_names = stock != NULL ? stock->n_mail_names : 0,
		.no_include = work->options->no_include,
		.digest = work->baselines != NULL,
		.route53 = true,
		.progress = &work->bytes,
		.threads = threads(work),
	};
}

static int read_zone(struct acml_work *work, struct acml_scanner *scanner,
                     const struct job *job, const struct company *company,
                     struct acml_zone **out_zone)
{
	struct acml_read_options options = read_options(work, company);
	options.origin = job->given != NULL ? job->given : options.origin;
	if (job->bytes != NULL) {
		return acml_zone_read_bytes(scanner, job->file, job->bytes, job->size, &options,
		                            out_zone);
	}
	return acml_zone_read_file(scanner, job->file, &options, out_zone);
}

static int keep_zone(const struct acml_options *options, struct job *job,
                     const struct acml_pair *pair)
{
	const struct acml_zone *zone = pair->zone;
	job->apex = knot_dname_copy(zone->apex, NULL);
	job->origin = strdup(zone->origin);
	if (job->apex == NULL || job->origin == NULL) {
		return KNOT_ENOMEM;
	}
	job->zone = (struct acml_run_zone) {
		.file = job->file,
		.origin = job->origin,
		.origin_guessed = zone->origin_guessed,
		.records = zone->records,
		.complete = zone->complete,
		.baseline_missing = options->has_baseline && pair->baseline == NULL &&
		                    pair->fault == NULL,
	};
	for (size_t i = 0; job->zone.baseline_missing && i < job->result->n_findings; i++) {
		job->result->findings[i].is_new = true;
	}
	if (options->only_new) {
		acml_result_keep_new(job->result);
	}
	job->zone.has_serial = acml_zone_serial(zone, &job->zone.serial);
	return acml_problems_copy(&job->arena, pair, job->file, &job->problems, &job->n_problems);
}

/* Reads and lints one input. */
static void do_job(struct acml_work *work, struct acml_scanner *scanner, struct job *job,
                   const struct company *company)
{
	const struct acml_options *options = work->options;
	struct acml_pair pair = { .zone = NULL };
	if (job->code == KNOT_EOK && options->visitor != NULL && job->bytes == NULL) {
		job->code = acml_slurp(job->file, 0, &job->bytes, &job->size);
	}
	if (job->code == KNOT_EOK) {
		job->code = read_zone(work, scanner, job, company, &pair.zone);
	}
	if (job->code == KNOT_EOK && work->baselines != NULL) {
		const struct acml_read_options reading = read_options(work, company);
		job->code = acml_baselines_join(work->baselines, scanner, &reading, job->file,
		                                job->bytes, job->size, work->n_jobs == 1, &pair);
	}
	if (job->code != KNOT_EOK) {
		acml_zone_free(pair.zone);
		acml_zone_free(pair.baseline);
		return;
	}
	struct acml_input alone = { .apex = pair.zone->apex, .file = job->file };
	struct acml_facts facts = {
		.now = options->now,
		.signing = options->signing,
		.require_caa = options->require_caa,
		.wanted = options->wanted,
		.n_wanted = options->n_wanted,
		.inputs = company->inputs,
		.n_inputs = company->n_inputs,
		.self = company->self,
		.inventory = work->inventory,
		.inventory_complete = options->inventory_complete,
		.parent = work->parent,
		.kin = company->above,
		.baseline = pair.baseline,
	};
	if (company->inputs == NULL && work->n_jobs > 1) {
		/* Zones of the same name are judged again, together. */
		facts.inputs = &alone;
		facts.n_inputs = 1;
	}
	job->code = acml_lint(pair.zone, &facts, &options->settings, &job->result);
	if (job->code == KNOT_EOK && acml_certificates_wanted(options)) {
		job->code = acml_verdicts(pair.zone, &facts, &options->settings, job->result);
	}
	if (job->code == KNOT_EOK && options->visitor != NULL) {
		const struct acml_visitor *visitor = options->visitor;
		job->code = visitor->visit(visitor->context, job->file, job->bytes, job->size,
		                           pair.zone, &facts, &options->settings);
	}
	if (job->code == KNOT_EOK) {
		job->code = keep_zone(options, job, &pair);
	}
	acml_zone_free(pair.zone);
	acml_zone_free(pair.baseline);
}

/* Back to what it was before it was done. */
static void reset_job(struct job *job)
{
	struct job fresh = {
		.file = job->file, .given = job->given, .bytes = job->bytes, .size = job->size,
	};
	knot_dname_free(job->apex, NULL);
	free(job->origin);
	acml_result_free(job->result);
	acml_arena_clear(&job->arena);
	*job = fresh;
}

static void worker(void *context)
{
	struct acml_work *work = context;
	struct acml_scanner *scanner = acml_scanner_new();
	const struct company alone = { 0 };
	/* Neighbours share lines of the processors' caches: of many, some are taken at once. */
	const size_t batch = 1 + work->n_jobs / work->options->jobs / 256;
	size_t first;
	while ((first = atomic_fetch_add(&work->next, batch)) < work->n_jobs) {
		for (size_t i = first; i < first + batch && i < work->n_jobs; i++) {
			struct job *job = &work->jobs[i];
			job->code = scanner != NULL ? job->code : KNOT_ENOMEM;
			do_job(work, scanner, job, &alone);
		}
	}
	acml_scanner_free(scanner);
}

static void run_workers(struct acml_work *work)
{
	size_t jobs = work->options->jobs;
	acml_parallel((unsigned)(jobs < work->n_jobs ? jobs : work->n_jobs), worker, work);
}

static int by_apex(const void *a, const void *b)
{
	struct job *const *x = a;
	struct job *const *y = b;
	size_t size = knot_dname_size((*x)->apex);
	size_t size_y = knot_dname_size((*y)->apex);
	if (size != size_y) {
		return size < size_y ? -1 : 1;
	}
	int order = memcmp((*x)->apex, (*y)->apex, size);
	return order != 0 ? order : (*x < *y ? -1 : *x > *y);
}

/* Judges zones of one name again with the knowledge of each other. */
static int judge_together(struct acml_work *work, struct job **jobs, size_t n)
{
	struct acml_scanner *scanner = acml_scanner_new();
	struct acml_input *inputs = calloc(n, sizeof(*inputs));
	knot_dname_t *apex = knot_dname_copy(jobs[0]->apex, NULL);
	int ret = scanner != NULL && inputs != NULL && apex != NULL ? KNOT_EOK : KNOT_ENOMEM;
	for (size_t i = 0; i < n && ret == KNOT_EOK; i++) {
		inputs[i] = (struct acml_input) { .apex = apex, .file = jobs[i]->file };
	}
	for (size_t i = 0; i < n && ret == KNOT_EOK; i++) {
		const struct company company = { .inputs = inputs, .n_inputs = n, .self = i };
		reset_job(jobs[i]);
		do_job(work, scanner, jobs[i], &company);
	}
	knot_dname_free(apex, NULL);
	free(inputs);
	acml_scanner_free(scanner);
	return ret;
}

static int find_kin(struct acml_work *work, struct job **jobs, size_t count);

/* Zones that are judged better together: of one name, or one below the other. */
static int find_company(struct acml_work *work)
{
	if (work->options->visitor != NULL) {
		return KNOT_EOK; /* It sees each zone once. */
	}
	struct job **sorted = calloc(work->n_jobs + 1, sizeof(*sorted));
	if (sorted == NULL) {
		return KNOT_ENOMEM;
	}
	size_t n = 0;
	for (size_t i = 0; i < work->n_jobs; i++) {
		if (work->jobs[i].code == KNOT_EOK) {
			sorted[n++] = &work->jobs[i];
		}
	}
	qsort(sorted, n, sizeof(*sorted), by_apex);
	int ret = KNOT_EOK;
	size_t single = 0;
	for (size_t first = 0, end; first < n && ret == KNOT_EOK; first = end) {
		end = first + 1;
		while (end < n && knot_dname_is_equal(sorted[first]->apex, sorted[end]->apex)) {
			end++;
		}
		if (end - first > 1) {
			ret = judge_together(work, &sorted[first], end - first);
		} else {
			sorted[single++] = sorted[first];
		}
	}
	if (ret == KNOT_EOK && single > 1) {
		ret = find_kin(work, sorted, single);
	}
	free(sorted);
	return ret;
}

/* The names that matter in a zone, its kin's among them; malloc()ed. */
static const knot_dname_t **kin_names(struct acml_work *work,
                                      const struct acml_kinsman *kinsman, size_t *out_count)
{
	size_t wanted = work->options->n_wanted;
	const knot_dname_t **names = calloc(wanted + kinsman->n_below + 1, sizeof(*names));
	if (names == NULL) {
		return NULL;
	}
	memcpy(names, work->names, wanted * sizeof(*names));
	for (size_t i = 0; i < kinsman->n_below; i++) {
		names[wanted + i] = kinsman->below[i];
	}
	*out_count = wanted + kinsman->n_below;
	return names;
}

static int learn_zone(struct acml_work *work, struct acml_scanner *scanner,
                      const struct job *job, struct acml_kinsman *kinsman)
{
	struct company company = { 0 };
	struct acml_zone *zone = NULL;
	const knot_dname_t **names = kin_names(work, kinsman, &company.n_names);
	company.names = names;
	int ret = names == NULL ? KNOT_ENOMEM :
	          read_zone(work, scanner, job, &company, &zone);
	if (ret == KNOT_EOK) {
		ret = acml_kin_learn(kinsman, zone);
		acml_zone_free(zone);
	}
	free(names);
	/* A file that is gone meanwhile is found when it is judged. */
	return ret == KNOT_ENOMEM ? ret : KNOT_EOK;
}

/* Judges a zone again, with what its kin say and want to know. */
static int judge_kinsman(struct acml_work *work, struct acml_scanner *scanner,
                         struct job *job, const struct acml_kinsman *kin, size_t count, size_t self)
{
	struct company company = { .n_inputs = 1 };
	if (kin[self].above != SIZE_MAX) {
		company.above = kin[kin[self].above].says;
	}
	const knot_dname_t **names = kin_names(work, &kin[self], &company.n_names);
	struct acml_input *inputs = calloc(1 + kin[self].n_below, sizeof(*inputs));
	if (names == NULL || inputs == NULL) {
		free(names);
		free(inputs);
		return KNOT_ENOMEM;
	}
	company.names = names;
	company.inputs = inputs;
	inputs[0] = (struct acml_input) { .apex = kin[self].apex, .file = kin[self].file };
	for (size_t i = self + 1; i < count && company.n_inputs <= kin[self].n_below; i++) {
		if (kin[i].above == self) {
			inputs[company.n_inputs++] = (struct acml_input) {
				.apex = kin[i].apex,
				.file = kin[i].file,
				.delegated = kin[i].known,
				.has_dnssec = kin[i].has_dnssec,
				.keys = kin[i].keys,
				.n_keys = kin[i].n_keys,
			};
		}
	}
	reset_job(job);
	do_job(work, scanner, job, &company);
	free(names);
	free(inputs);
	return KNOT_EOK;
}

static int judge_kin(struct acml_work *work, struct job **jobs, struct acml_kinsman *kin,
                     size_t count)
{
	struct acml_scanner *scanner = acml_scanner_new();
	int ret = scanner != NULL ? KNOT_EOK : KNOT_ENOMEM;
	for (size_t i = 0; i < count && ret == KNOT_EOK; i++) {
		if (kin[i].above != SIZE_MAX || kin[i].n_below > 0) {
			ret = learn_zone(work, scanner, jobs[i], &kin[i]);
		}
	}
	for (size_t i = 0; i < count && ret == KNOT_EOK; i++) {
		if (kin[i].above != SIZE_MAX || kin[i].n_below > 0) {
			ret = judge_kinsman(work, scanner, jobs[i], kin, count, i);
		}
	}
	acml_scanner_free(scanner);
	return ret;
}

/* Zones of which one is below the other. jobs: by apex, each apex once. */
static int find_kin(struct acml_work *work, struct job **jobs, size_t count)
{
	struct acml_kinsman *kin = calloc(count + 1, sizeof(*kin));
	struct acml_arena names = { 0 };
	int ret = kin != NULL ? KNOT_EOK : KNOT_ENOMEM;
	for (size_t i = 0; i < count && ret == KNOT_EOK; i++) {
		kin[i].file = jobs[i]->file;
		/* Of their own: jobs that are done again lose theirs. */
		kin[i].apex = acml_arena_dup(&names, jobs[i]->apex,
		                             knot_dname_size(jobs[i]->apex));
		ret = kin[i].apex != NULL ? KNOT_EOK : KNOT_ENOMEM;
	}
	if (ret == KNOT_EOK && !acml_kin_relate(kin, count)) {
		ret = KNOT_ENOMEM;
	}
	if (ret == KNOT_EOK) {
		ret = judge_kin(work, jobs, kin, count);
	}
	acml_kin_clear(kin, count);
	acml_arena_clear(&names);
	free(kin);
	return ret;
}

/* Brings jobs and input errors into the run's shape. */
static int collect(struct acml_work *work, struct acml_run *run)
{
	const struct acml_inputs *inputs = &work->options->inputs;
	const struct acml_inputs *baseline = &work->options->baseline;
	const struct acml_fault *parent_fault = &work->parent_fault;
	size_t n_errors = inputs->n_errors + baseline->n_errors + (work->fault.message[0] != '\0') +
	                  (parent_fault->message[0] != '\0');
	for (size_t i = 0; i < work->n_jobs; i++) {
		n_errors += work->jobs[i].code != KNOT_EOK ? 1 : work->jobs[i].n_problems;
	}
	work->zones = calloc(work->n_jobs + 1, sizeof(*work->zones));
	work->errors = calloc(n_errors + 1, sizeof(*work->errors));
	if (work->zones == NULL || work->errors == NULL) {
		return KNOT_ENOMEM;
	}
	for (size_t i = 0; i < inputs->n_errors; i++) {
		work->errors[run->n_errors++] = inputs->errors[i];
	}
	for (size_t i = 0; i < baseline->n_errors; i++) {
		work->errors[run->n_errors++] = baseline->errors[i];
	}
	if (work->fault.message[0] != '\0') {
		work->errors[run->n_errors++] = (struct acml_run_error) {
			.file = work->fault.file,
			.line = work->fault.line,
			.message = work->fault.message,
		};
	}
	if (parent_fault->message[0] != '\0') {
		work->errors[run->n_errors++] = (struct acml_run_error) {
			.file = parent_fault->file,
			.line = parent_fault->line,
			.message = parent_fault->message,
		};
	}
	for (size_t i = 0; i < work->n_jobs; i++) {
		struct job *job = &work->jobs[i];
		if (job->code != KNOT_EOK) {
			work->errors[run->n_errors++] = (struct acml_run_error) {
				.file = job->file,
				.message = acml_input_error(job->code),
			};
			continue;
		}
		for (size_t j = 0; j < job->n_problems; j++) {
			work->errors[run->n_errors++] = job->problems[j];
		}
		job->zone.result = job->result;
		work->zones[run->n_zones++] = job->zone;
		run->suppressed += job->result->suppressed;
		run->known += job->result->known;
		for (size_t j = 0; j < ACML_SEVERITIES; j++) {
			run->count[j] += job->result->count[j];
		}
	}
	run->zones = work->zones;
	run->errors = work->errors;
	return acml_certificates_collect(work->options, work->inventory, run,
	                                 &work->certificates);
}

/* What the parent publishes; a fault is an error of the run. */
static int read_parent(struct acml_work *work)
{
	struct acml_given_zone *zones = calloc(work->n_jobs + 1, sizeof(*zones));
	if (zones == NULL) {
		return KNOT_ENOMEM;
	}
	for (size_t i = 0; i < work->n_jobs; i++) {
		const struct job *job = &work->jobs[i];
		zones[i] = (struct acml_given_zone) {
			.file = job->file, .bytes = job->bytes, .size = job->size,
		};
	}
	int ret = acml_given_parent(work->options, zones, work->n_jobs, &work->parent,
	                            &work->parent_fault);
	free(zones);
	return ret == KNOT_ENOMEM ? ret : KNOT_EOK;
}

static int prepare(struct acml_work *work)
{
	const struct acml_options *options = work->options;
	work->n_jobs = options->inputs.n_files;
	work->jobs = calloc(work->n_jobs + 1, sizeof(*work->jobs));
	work->names = calloc(options->n_wanted + 1, sizeof(*work->names));
	if (work->jobs == NULL || work->names == NULL) {
		return KNOT_ENOMEM;
	}
	for (size_t i = 0; i < options->n_wanted; i++) {
		work->names[i] = options->wanted[i].name;
	}
	for (size_t i = 0; i < work->n_jobs; i++) {
		const struct acml_input_file *file = &options->inputs.files[i];
		struct job *job = &work->jobs[i];
		job->file = file->path;
		job->given = file->origin;
		if (file->once) {
			job->code = acml_slurp(file->path, 0, &job->bytes, &job->size);
		}
	}
	return options->has_baseline ? acml_baselines_new(&options->baseline, &work->baselines) :
	       KNOT_EOK;
}

static int read_source(const void *context, const char *file, char **out_bytes, size_t *out_size)
{
	const struct acml_work *work = context;
	size_t i = 0;
	while (i < work->n_jobs && (work->jobs[i].bytes == NULL ||
	                            strcmp(work->jobs[i].file, file) != 0)) {
		i++;
	}
	bool kept = i < work->n_jobs;
	return acml_source_read(file, kept ? work->jobs[i].bytes : NULL,
	                        kept ? work->jobs[i].size : 0, out_bytes, out_size);
}

int acml_run_check(const struct acml_options *options, struct acml_run *out_run,
                   struct acml_work **out_work)
{
	struct acml_work *work = calloc(1, sizeof(*work));
	if (work == NULL) {
		return KNOT_ENOMEM;
	}
	work->options = options;
	struct acml_run run = {
		.version = ACML_VERSION, .now = options->now, .has_baseline = options->has_baseline,
		.source = { read_source, work, options->no_include },
	};
	struct acml_progress *progress = acml_progress_begin(options, &work->next, &work->bytes);
	int ret = prepare(work);
	if (ret == KNOT_EOK) {
		ret = acml_given_inventory(options, &work->inventory, &work->fault);
	}
	if (ret == KNOT_EOK) {
		ret = read_parent(work);
	}
	if (ret == KNOT_EOK) {
		run_workers(work);
		ret = find_company(work);
	}
	if (ret == KNOT_EOK) {
		ret = collect(work, &run);
	}
	acml_progress_end(progress);
	if (ret != KNOT_EOK) {
		acml_work_free(work);
		return ret;
	}
	*out_run = run;
	*out_work = work;
	return KNOT_EOK;
}

void acml_work_free(struct acml_work *work)
{
	if (work == NULL) {
		return;
	}
	for (size_t i = 0; work->jobs != NULL && i < work->n_jobs; i++) {
		reset_job(&work->jobs[i]);
		free(work->jobs[i].bytes);
	}
	free(work->jobs);
	free(work->names);
	acml_inventory_free(work->inventory);
	acml_parent_free(work->parent);
	acml_baselines_free(work->baselines);
	acml_certificates_clear(&work->certificates);
	free(work->zones);
	free(work->errors);
	free(work);
}
