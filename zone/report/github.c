/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Annotations of GitHub Actions: one workflow command a line, "::error file=…,line=…,title=…::…".
 * GitHub shows ten of a kind for each step, so what is new comes before what was there already.
 * What a zone says must not become a command or a property of its own: percent signs and ends of
 * lines are escaped, in properties also the colon and the comma, and control characters as
 * everywhere.
 */

#include <inttypes.h>
#include <string.h>

#include <libknot/errcode.h>

#include "lint/verdict.h"
#include "report/escape.h"
#include "report/report.h"
#include "rules/rule.h"

static void escaped(FILE *out, const char *text, const char *special)
{
	while (*text != '\0') {
		size_t len = strcspn(text, special);
		acml_escape_line(out, text, len);
		text += len;
		for (; *text != '\0' && strchr(special, *text) != NULL; text++) {
			fprintf(out, "%%%02X", (unsigned char)*text);
		}
	}
}

static void data(FILE *out, const char *text)
{
	escaped(out, text, "%\r\n");
}

static void property(FILE *out, const char *text)
{
	escaped(out, text, "%\r\n:,");
}

/* Up to the message. GitHub finds a file by its path in the repository, which has no "./". */
static void begin(FILE *out, const char *command, const char *file, uint32_t line)
{
	while (strncmp(file, "./", 2) == 0) {
		file += 2 + strspn(file + 2, "/");
	}
	fprintf(out, "::%s file=", command);
	property(out, file);
	if (line > 0) {
		fprintf(out, ",line=%" PRIu32, line);
	}
	fputs(",title=", out);
}

static void annotate(FILE *out, const struct acml_finding *finding)
{
	static const char *const commands[] = {
		[ACML_OFF] = "debug", [ACML_INFO] = "notice", [ACML_WARNING] = "warning",
		[ACML_ERROR] = "error",
	};
	begin(out, commands[finding->severity], finding->file, finding->line);
	property(out, finding->rule->id);
	fputc(' ', out);
	property(out, finding->rule->name);
	fputs("::", out);
	data(out, finding->message);
	const char *advice = finding->advice != NULL ? finding->advice : finding->rule->fix;
	if (advice != NULL && advice[0] != '\0') {
		fputs("%0Afix: ", out);
		data(out, advice);
	}
	for (const struct acml_fix *fix = finding->fixes; fix != NULL; fix = fix->next) {
		fputs(fix->op[0] == 'a' ? "%0A+ " : "%0A- ", out);
		data(out, fix->record);
	}
	fputc('\n', out);
}

static void annotate_all(FILE *out, const struct acml_run *run, bool is_new)
{
	for (size_t i = 0; i < run->n_zones; i++) {
		const struct acml_result *result = run->zones[i].result;
		for (size_t j = 0; j < result->n_findings; j++) {
			const struct acml_finding *finding = &result->findings[j];
			if (!finding->suppressed && finding->is_new == is_new) {
				annotate(out, finding);
			}
		}
	}
}

/* Names that ACM would not serve, with the step that stops it. */
static void annotate_certificate(FILE *out, const struct acml_cert_verdict *verdict)
{
	if (verdict->kind != ACML_VERDICT_BLOCKED) {
		return;
	}
	fputs("::error title=", out);
	property(out, verdict->domain);
	fputs(" is blocked::", out);
	const char *before = "";
	for (size_t i = 0; i < verdict->n_steps; i++) {
		const struct acml_verdict_step *step = &verdict->steps[i];
		if (step->kind == ACML_VERDICT_BLOCKED) {
			fprintf(out, "%s%s: ", before, step->what);
			data(out, step->text);
			before = "%0A";
		}
	}
	fputc('\n', out);
}

static int write_github(FILE *out, const struct acml_run *run, const struct acml_style *style)
{
	for (size_t i = 0; i < run->n_errors; i++) {
		const struct acml_run_error *error = &run->errors[i];
		begin(out, "error", error->file, error->line);
		fputs("not read::", out);
		data(out, error->message);
		fputc('\n', out);
	}
	for (size_t i = 0; i < run->n_certificates; i++) {
		annotate_certificate(out, run->certificates[i].verdict);
	}
	annotate_all(out, run, true);
	annotate_all(out, run, false);
	if (!style->quiet) {
		fputs("::notice title=acmlint::", out);
		acml_text_summary(out, run);
		fputc('\n', out);
	}
	return KNOT_EOK;
}

const struct acml_reporter acml_reporter_github = {
	.name = "github",
	.write = write_github,
};
