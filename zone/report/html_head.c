/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The top of the page: the verdict, the figures, and what is to be done next. */

#include <string.h>

#include "lint/verdict.h"
#include "report/html.h"

/* So many rules make a list that can be worked through. */
#define NEXT_STEPS 7

static bool is_unread(const struct acml_html *html)
{
	return html->run->n_errors > 0 || html->incomplete > 0;
}

static void figure(FILE *out, const char *class, size_t count, const char *what)
{
	fprintf(out, "<div><dt>%s</dt><dd class=\"%s\">%zu</dd></div>\n", what, class, count);
}

static void figures(const struct acml_html *html)
{
	const struct acml_run *run = html->run;
	FILE *out = html->out;
	fputs("<dl class=figures>\n", out);
	figure(out, "", run->n_zones, "zones");
	figure(out, run->count[ACML_ERROR] > 0 ? "error" : "", run->count[ACML_ERROR], "errors");
	figure(out, run->count[ACML_WARNING] > 0 ? "warning" : "", run->count[ACML_WARNING],
	       "warnings");
	figure(out, "", run->count[ACML_INFO], "info");
	figure(out, "", run->suppressed, "suppressed");
	if (run->has_baseline) {
		figure(out, "", html->n_new, "new");
	}
	if (run->known > 0) {
		figure(out, "", run->known, "known before, left out");
	}
	if (run->n_certificates > 0) {
		figure(out, html->verdicts[ACML_VERDICT_BLOCKED] > 0 ? "error" : "",
		       html->verdicts[ACML_VERDICT_BLOCKED], "names blocked");
		figure(out, "", html->verdicts[ACML_VERDICT_UNKNOWN], "names unknown");
		figure(out, "", html->verdicts[ACML_VERDICT_ISSUABLE], "names issuable");
	}
	fputs("</dl>\n", out);
}

/* How many zones have which worst finding. The words below say the same. */
static void bar(const struct acml_html *html)
{
	static const struct {
		enum acml_severity severity;
		const char *class, *text;
	} parts[] = {
		{ ACML_ERROR, "error", "with errors" },
		{ ACML_WARNING, "warning", "with warnings" },
		{ ACML_INFO, "info", "with info only" },
		{ ACML_OFF, "good", "without findings" },
	};
	FILE *out = html->out;
	double at = 0;
	if (html->run->n_zones == 0) {
		return;
	}
	fputs("<svg class=bar viewBox=\"0 0 1000 20\" preserveAspectRatio=none aria-hidden=true>", out);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		double width = 1000.0 * (double)html->with[parts[i].severity] /
		               (double)html->run->n_zones;
		if (width > 0) {
			fprintf(out, "<rect class=%s x=%.1f y=0 width=%.1f height=20 />", parts[i].class,
			        at, width);
		}
		at += width;
	}
	fputs("</svg>\n<p class=soft>Zones: ", out);
	const char *before = "";
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (html->with[parts[i].severity] > 0) {
			fprintf(out, "%s<span class=%s>&#9632;</span> %zu %s", before, parts[i].class,
			        html->with[parts[i].severity], parts[i].text);
			before = " · ";
		}
	}
	fputs("</p>\n", out);
}

static void verdict(const struct acml_html *html)
{
	const struct acml_run *run = html->run;
	FILE *out = html->out;
	size_t blocked = html->verdicts[ACML_VERDICT_BLOCKED];
	bool bad = run->count[ACML_ERROR] > 0 || blocked > 0;
	bool doubt = run->count[ACML_WARNING] > 0 || html->verdicts[ACML_VERDICT_UNKNOWN] > 0;
	fprintf(out, "<div class=\"verdict %s\">\n<h1>%s</h1>\n<p>",
	        bad || is_unread(html) ? "error" : doubt ? "warning" : "",
	        bad ? "ACM would be stopped" :
	        is_unread(html) ? "Not everything could be read" :
	        run->n_zones == 0 ? "There was nothing to read" : "Nothing here stops ACM");
	if (run->count[ACML_ERROR] > 0) {
		acml_html_count(out, run->count[ACML_ERROR], "error");
		fprintf(out, " in %zu of ", html->with[ACML_ERROR]);
		acml_html_count(out, run->n_zones, "zone");
		fputs(". ", out);
	} else {
		fputs("No errors in ", out);
		acml_html_count(out, run->n_zones, "zone");
		fprintf(out, ", %zu warning%s. ", run->count[ACML_WARNING],
		        run->count[ACML_WARNING] == 1 ? "" : "s");
	}
	if (run->n_certificates > 0) {
		fprintf(out, "Of %zu certificate name%s %zu blocked, %zu unknown, %zu issuable. ",
		        run->n_certificates, run->n_certificates == 1 ? "" : "s", blocked,
		        html->verdicts[ACML_VERDICT_UNKNOWN],
		        html->verdicts[ACML_VERDICT_ISSUABLE]);
	}
	if (is_unread(html)) {
		fputs("Some input could not be read to its end: what is missing here proves nothing.",
		      out);
	}
	fputs("</p>\n</div>\n", out);
}

/* The rule with most errors, then warnings, of those that are not done. */
static size_t next_rule(const struct acml_html *html, const bool *done)
{
	size_t best = SIZE_MAX, errors = 0, warnings = 0;
	for (size_t i = 0; i < acml_rules_count(); i++) {
		const size_t *count = html->rules[i].count;
		bool more = count[ACML_ERROR] > errors ||
		            (count[ACML_ERROR] == errors && count[ACML_WARNING] > warnings);
		if (!done[i] && more) {
			best = i;
			errors = count[ACML_ERROR];
			warnings = count[ACML_WARNING];
		}
	}
	return best;
}

static void step(const struct acml_html *html, size_t index)
{
	const struct acml_rule *rule = acml_rule_at(index);
	const struct acml_html_rule *had = &html->rules[index];
	FILE *out = html->out;
	fprintf(out, "<li><a href=\"#%s\">%s</a> %s: ", rule->id, rule->id, rule->name);
	acml_html_text(out, rule->fix);
	fputs(" <span class=soft>(", out);
	if (had->count[ACML_ERROR] > 0) {
		acml_html_count(out, had->count[ACML_ERROR], "error");
	}
	if (had->count[ACML_WARNING] > 0) {
		fputs(had->count[ACML_ERROR] > 0 ? ", " : "", out);
		acml_html_count(out, had->count[ACML_WARNING], "warning");
	}
	fputs(" in ", out);
	acml_html_count(out, had->zones, "zone");
	fputs(")</span>\n", out);
}

static void next_steps(const struct acml_html *html)
{
	FILE *out = html->out;
	bool done[256] = { false };
	size_t index, steps = 0;
	fputs("<section aria-labelledby=next><h2 id=next>What to do next</h2>\n<ol class=next>\n", out);
	if (is_unread(html)) {
		fputs("<li><a href=\"#unread\">Make the inputs readable</a> that are listed below, and run "
		      "acmlint again.\n", out);
		steps++;
	}
	while (steps < NEXT_STEPS && (index = next_rule(html, done)) != SIZE_MAX && index < 256) {
		step(html, index);
		done[index] = true;
		steps++;
	}
	if (next_rule(html, done) != SIZE_MAX) {
		fputs("<li>Then what is left: <a href=\"#rules\">all rules with findings</a>.\n", out);
	}
	if (html->verdicts[ACML_VERDICT_UNKNOWN] > 0) {
		fprintf(out, "<li>Settle %zu unknown verdict%s: <a href=\"#certificates\">each says "
		        "what would</a>.\n", html->verdicts[ACML_VERDICT_UNKNOWN],
		        html->verdicts[ACML_VERDICT_UNKNOWN] == 1 ? "" : "s");
		steps++;
	}
	if (steps == 0) {
		fputs("<li>Nothing. Run acmlint again before the zones change.\n", out);
	}
	fputs("</ol>\n", out);
	if (html->n_fixable > 0) {
		fprintf(out, "<p><code>acmlint fix</code> can make edits for %zu of the findings.</p>\n",
		        html->n_fixable);
	}
	fputs("</section>\n", out);
}

static void unread(const struct acml_html *html)
{
	const struct acml_run *run = html->run;
	FILE *out = html->out;
	if (!is_unread(html)) {
		return;
	}
	fputs("<section aria-labelledby=unread><h2 id=unread>Not read</h2>\n<ul>\n", out);
	for (size_t i = 0; i < run->n_errors; i++) {
		fputs("<li><code>", out);
		acml_html_text(out, run->errors[i].file);
		if (run->errors[i].line > 0) {
			fprintf(out, ":%u", run->errors[i].line);
		}
		fputs("</code>: ", out);
		acml_html_text(out, run->errors[i].message);
		fputc('\n', out);
	}
	fputs("</ul>\n</section>\n", out);
}

void acml_html_head(struct acml_html *html)
{
	const struct acml_run *run = html->run;
	FILE *out = html->out;
	char now[ACML_TIME_TEXT];
	fprintf(out, "<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
	        "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src '%s'; "
	        "script-src '%s'; base-uri 'none'; form-action 'none'\">\n"
	        "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n"
	        "<meta name=referrer content=no-referrer>\n<title>acmlint: ",
	        acml_html_style_hash, acml_html_script_hash);
	acml_html_count(out, run->count[ACML_ERROR], "error");
	fputs(", ", out);
	acml_html_count(out, run->n_zones, "zone");
	fprintf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n"
	        "<a class=skip href=\"#main\">To the report</a>\n<header>\n"
	        "<p class=soft>acmlint %s · <time datetime=\"%s\">%.10s, %.5s UTC</time></p>\n</header>\n"
	        "<nav aria-label=Contents><ul>\n<li><a href=\"#next\">What to do next</a>\n",
	        acml_html_style, run->version, acml_time_text(run->now, now), now, now + 11);
	fputs(is_unread(html) ? "<li><a href=\"#unread\">Not read</a>\n" : "", out);
	fputs(run->n_certificates > 0 ? "<li><a href=\"#certificates\">Certificates</a>\n" : "", out);
	fputs("<li><a href=\"#zonelist\">Zones</a>\n<li><a href=\"#findings\">Findings</a>\n"
	      "<li><a href=\"#rules\">Rules</a>\n<li><a href=\"#skipped\">Not judged</a>\n</ul></nav>\n"
	      "<main id=main>\n", out);
	verdict(html);
	figures(html);
	bar(html);
	next_steps(html);
	unread(html);
}
