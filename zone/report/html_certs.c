/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Certificates by checks. The blocked ones come first; where there are very many, the rest is counted. */

#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>

#include "lint/verdict.h"
#include "report/html.h"

#define MOST_ROWS 2500

/* More are in a part that is closed at first. */
#define FIRST_ROWS 250

/* Names of one certificate that are written out. */
#define MOST_NAMES 6

/* A row: the names of one certificate, or one that was asked for. */
struct group {
	const struct acml_run_certificate *first;
	size_t count;
	const struct acml_cert_verdict *worst;
};

static const char *const checks[] = { "zone", "record", "CAA", "DNSSEC", "delegation" };
#define N_CHECKS (sizeof(checks) / sizeof(checks[0]))

static const char *const classes[] = {
	[ACML_VERDICT_ISSUABLE] = "good",
	[ACML_VERDICT_UNKNOWN] = "warning",
	[ACML_VERDICT_BLOCKED] = "error",
};

static const char *const signs[] = {
	[ACML_VERDICT_ISSUABLE] = "&#10003; good",
	[ACML_VERDICT_UNKNOWN] = "? unknown",
	[ACML_VERDICT_BLOCKED] = "&#10007; blocked",
};

static int worst_first(const void *a, const void *b)
{
	const struct group *x = a, *y = b;
	if (x->worst->kind != y->worst->kind) {
		return x->worst->kind > y->worst->kind ? -1 : 1;
	}
	return x->first < y->first ? -1 : x->first > y->first;
}

static const struct acml_verdict_step *find_step(const struct acml_cert_verdict *verdict,
                                                 const char *what)
{
	for (size_t i = 0; i < verdict->n_steps; i++) {
		if (strcmp(verdict->steps[i].what, what) == 0) {
			return &verdict->steps[i];
		}
	}
	return NULL;
}

/* The worst of all its names. */
static const struct acml_verdict_step *worst_step(const struct group *group, const char *what)
{
	const struct acml_verdict_step *worst = NULL;
	for (size_t i = 0; i < group->count; i++) {
		const struct acml_verdict_step *step = find_step(group->first[i].verdict, what);
		if (step != NULL && (worst == NULL || step->kind > worst->kind)) {
			worst = step;
		}
	}
	return worst;
}

/* The step that decides, and what would settle it. */
static void reason(FILE *out, const struct acml_cert_verdict *verdict)
{
	for (size_t i = 0; i < verdict->n_steps; i++) {
		const struct acml_verdict_step *step = &verdict->steps[i];
		if (step->kind != verdict->kind || step->kind == ACML_VERDICT_ISSUABLE) {
			continue;
		}
		acml_html_text(out, step->text);
		if (step->rule != NULL) {
			fprintf(out, " <a href=\"#%s\">%s</a>", step->rule, step->rule);
		}
		if (step->kind == ACML_VERDICT_UNKNOWN && step->settle != NULL) {
			fputs(" <span class=soft>to settle it: ", out);
			acml_html_text(out, step->settle);
			fputs("</span>", out);
		}
		return;
	}
}

static void names(FILE *out, const struct group *group)
{
	for (size_t i = 0; i < group->count && i < MOST_NAMES; i++) {
		fputs(i > 0 ? "<br>" : "", out);
		acml_html_text(out, group->first[i].verdict->domain);
	}
	if (group->count > MOST_NAMES) {
		fprintf(out, "<br>and %zu more", group->count - MOST_NAMES);
	}
	if (group->first->verdict->arn != NULL) {
		fputs("<br><span class=\"soft mono\">", out);
		acml_html_text(out, group->first->verdict->arn);
		fputs("</span>", out);
	}
}

static void row(FILE *out, const struct group *group)
{
	const struct acml_cert_verdict *worst = group->worst;
	fputs("<tr><th scope=row>", out);
	names(out, group);
	fprintf(out, "</th><td class=%s>%s%s", classes[worst->kind],
	        worst->kind == ACML_VERDICT_ISSUABLE ? "&#10003; " :
	        worst->kind == ACML_VERDICT_BLOCKED ? "&#10007; " : "? ",
	        acml_verdict_text(worst->kind));
	for (size_t i = 0; i < N_CHECKS; i++) {
		const struct acml_verdict_step *step = worst_step(group, checks[i]);
		if (step != NULL) {
			fprintf(out, "<td class=%s>%s", classes[step->kind], signs[step->kind]);
		} else {
			fputs("<td class=soft>not reached", out);
		}
	}
	fputs("<td>", out);
	if (group->count > 1 && worst->kind != ACML_VERDICT_ISSUABLE) {
		acml_html_text(out, worst->domain);
		fputs(": ", out);
	}
	reason(out, worst);
	fputc('\n', out);
}

/* The table from its head on. */
static void rows(FILE *out, const struct group *groups, size_t count)
{
	fputs("<thead><tr><th scope=col>Names<th scope=col>Verdict", out);
	for (size_t i = 0; i < N_CHECKS; i++) {
		fprintf(out, "<th scope=col>%s", checks[i]);
	}
	fputs("<th scope=col>Why</tr></thead>\n<tbody>\n", out);
	for (size_t i = 0; i < count; i++) {
		row(out, &groups[i]);
	}
	fputs("</tbody></table>", out);
}

/* Names of one certificate stand together. */
static size_t make_groups(const struct acml_run *run, struct group *groups)
{
	size_t count = 0;
	for (size_t i = 0; i < run->n_certificates; i++) {
		const struct acml_run_certificate *certificate = &run->certificates[i];
		struct group *last = count > 0 ? &groups[count - 1] : NULL;
		if (last == NULL || certificate->verdict->cert == SIZE_MAX ||
		    last->first->verdict->cert != certificate->verdict->cert) {
			groups[count++] = (struct group){ certificate, 1, certificate->verdict };
			continue;
		}
		last->count++;
		if (certificate->verdict->kind > last->worst->kind) {
			last->worst = certificate->verdict;
		}
	}
	return count;
}

int acml_html_certificates(struct acml_html *html)
{
	FILE *out = html->out;
	if (html->run->n_certificates == 0) {
		return KNOT_EOK;
	}
	struct group *groups = calloc(html->run->n_certificates, sizeof(*groups));
	if (groups == NULL) {
		return KNOT_ENOMEM;
	}
	size_t n = make_groups(html->run, groups);
	qsort(groups, n, sizeof(*groups), worst_first);
	fputs("<section aria-labelledby=certificates><h2 id=certificates>Certificates</h2>\n"
	      "<div class=scroll><table class=\"certs sorts\">\n<caption>Would ACM issue or renew? The "
	      "names of a certificate go through the checks from left to right, and the worst counts; "
	      "the last column says what decides.</caption>\n", out);
	rows(out, groups, n < FIRST_ROWS ? n : FIRST_ROWS);
	fputs("</div>\n", out);
	if (n > FIRST_ROWS) {
		size_t more = (n < MOST_ROWS ? n : MOST_ROWS) - FIRST_ROWS;
		fprintf(out, "<details><summary>%zu more, none worse than those above</summary>\n"
		        "<div class=scroll><table class=\"certs sorts\">\n<caption>In the same order."
		        "</caption>\n", more);
		rows(out, groups + FIRST_ROWS, more);
		fputs("</div></details>\n", out);
	}
	if (n > MOST_ROWS) {
		fprintf(out, "<p>%zu more rows, none worse than the last one here, are left out: "
		        "<code>acmlint certs</code> has them all.</p>\n", n - MOST_ROWS);
	}
	fputs("</section>\n", out);
	free(groups);
	return KNOT_EOK;
}
