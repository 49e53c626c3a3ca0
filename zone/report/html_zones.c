/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The table of zones, and the findings of each. The page stays one that a browser opens at once:
 * behind a budget, findings come without the zone's text, and at last they are only counted. Zones
 * and findings are sorted by weight, so it is the least that is left out. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>

#include "report/html.h"

/* Bytes of findings up to which they have everything, and up to which they are written. */
#define WHOLE_BYTES 1200000
#define MOST_BYTES  2000000

#define MOST_ZONES 6000

/* More are in a part that is closed at first: laying out a table takes a browser its time. */
#define FIRST_ZONES 400

/* Zones whose findings are seen without a click. */
#define OPEN_ZONES 20

static enum acml_severity worst(const struct acml_run_zone *zone)
{
	for (int severity = ACML_ERROR; severity > ACML_OFF; severity--) {
		if (zone->result->count[severity] > 0) {
			return (enum acml_severity)severity;
		}
	}
	return ACML_OFF;
}

/* What the row's filter knows of the zone beside its text: ids of rules, each once. */
static void rule_ids(FILE *out, const struct acml_result *result)
{
	bool seen[256] = { false };
	const char *before = "";
	for (size_t i = 0; i < result->n_findings; i++) {
		const struct acml_rule *rule = result->findings[i].rule;
		size_t index = acml_rule_index(rule);
		if (index < 256 && !seen[index]) {
			fprintf(out, "%s%s", before, rule->id);
			before = " ";
			seen[index] = true;
		}
	}
}

static void zone_row(const struct acml_html *html, size_t index)
{
	const struct acml_run_zone *zone = html->zones[index];
	const struct acml_result *result = zone->result;
	FILE *out = html->out;
	fprintf(out, "<tr data-z=%zu data-s=%s data-r=\"", index, acml_severity_text(worst(zone)));
	rule_ids(out, result);
	fputs("\"><th scope=row>", out);
	if (result->n_findings > 0) {
		fprintf(out, "<a href=\"#z%zu\">", index);
	}
	acml_html_text(out, zone->origin);
	fprintf(out, "%s</th><td class=mono>", result->n_findings > 0 ? "</a>" : "");
	acml_html_text(out, zone->file);
	fputs(zone->complete ? "" : " <span class=\"tag error\">read in part</span>", out);
	if (zone->verdict != NULL) {
		fprintf(out, " <span class=tag>%s</span>", zone->verdict);
	}
	fprintf(out, "<td class=\"n%s\">%zu<td class=\"n%s\">%zu<td class=n>%zu<td class=n>%zu"
	        "<td class=n>%" PRIu64 "\n", result->count[ACML_ERROR] > 0 ? " error" : "",
	        result->count[ACML_ERROR], result->count[ACML_WARNING] > 0 ? " warning" : "",
	        result->count[ACML_WARNING], result->count[ACML_INFO], result->suppressed,
	        zone->records);
}

/* The table from its head on. */
static void zone_rows(const struct acml_html *html, size_t from, size_t to)
{
	fputs("<thead><tr><th scope=col>Zone<th scope=col>File<th scope=col class=n>Errors"
	      "<th scope=col class=n>Warnings<th scope=col class=n>Info<th scope=col class=n>Suppressed"
	      "<th scope=col class=n>Records</tr></thead>\n<tbody>\n", html->out);
	for (size_t i = from; i < to; i++) {
		zone_row(html, i);
	}
	fputs("</tbody></table>", html->out);
}

void acml_html_zones(struct acml_html *html)
{
	FILE *out = html->out;
	size_t n = html->run->n_zones;
	fputs("<section aria-labelledby=zonelist><h2 id=zonelist>Zones</h2>\n"
	      "<div id=tools class=tools hidden>\n"
	      "<label>Zone, file or rule<input id=words type=search></label>\n"
	      "<label>Worst finding<select id=level><option value=\"\">any"
	      "<option value=error>error<option value=warning>warning<option value=info>info"
	      "<option value=off>none</select></label>\n<p id=shown class=soft role=status></p>\n</div>\n"
	      "<div class=scroll><table id=zones class=sorts>\n<caption>The worst first.</caption>\n",
	      out);
	zone_rows(html, 0, n < FIRST_ZONES ? n : FIRST_ZONES);
	fputs("</div>\n", out);
	if (n > FIRST_ZONES) {
		fprintf(out, "<details id=morezones><summary>%zu more zones, none worse than those above"
		        "</summary>\n<div class=scroll><table>\n<caption>In the same order.</caption>\n",
		        (n < MOST_ZONES ? n : MOST_ZONES) - FIRST_ZONES);
		zone_rows(html, FIRST_ZONES, n < MOST_ZONES ? n : MOST_ZONES);
		fputs("</div></details>\n", out);
	}
	if (n > MOST_ZONES) {
		fprintf(out, "<p>%zu more zones, none worse than the last one here, are left out: "
		        "<code>-f json</code> lists them.</p>\n", n - MOST_ZONES);
	}
	fputs("</section>\n", out);
}

static int by_weight(const void *a, const void *b)
{
	const struct acml_finding *x = *(const struct acml_finding *const *)a;
	const struct acml_finding *y = *(const struct acml_finding *const *)b;
	if (x->suppressed != y->suppressed) {
		return x->suppressed ? 1 : -1;
	}
	if (x->severity != y->severity) {
		return x->severity > y->severity ? -1 : 1;
	}
	return x < y ? -1 : x > y;
}

static void write_edits(FILE *out, const struct acml_finding *finding)
{
	if (finding->fixes == NULL) {
		return;
	}
	fputs("<pre>", out);
	for (const struct acml_fix *fix = finding->fixes; fix != NULL; fix = fix->next) {
		bool add = fix->op[0] == 'a';
		fputs(add ? "<ins>+ " : "<del>- ", out);
		acml_html_text(out, fix->record);
		fputs(add ? "</ins>\n" : "</del>\n", out);
	}
	fputs("</pre>\n", out);
}

static bool same_edits(const struct acml_fix *a, const struct acml_fix *b)
{
	while (a != NULL && b != NULL && a->op[0] == b->op[0] &&
	       strcmp(a->record, b->record) == 0) {
		a = a->next;
		b = b->next;
	}
	return a == NULL && b == NULL;
}

/* Whether two neighbours show the same lines and ask for the same: said once, that is enough. */
static bool same_place(const struct acml_finding *a, const struct acml_finding *b)
{
	return a->rule == b->rule && a->line == b->line && a->line > 0 &&
	       strcmp(a->file, b->file) == 0 && same_edits(a->fixes, b->fixes);
}

static int write_finding(struct acml_html *html, FILE *out, const struct acml_finding *finding,
                         bool whole)
{
	int ret = KNOT_EOK;
	const char *advice = finding->advice != NULL ? finding->advice : finding->rule->fix;
	fprintf(out, "<div class=\"finding%s\"><p><b class=%s>%s</b> ",
	        finding->suppressed ? " off" : "", acml_severity_text(finding->severity),
	        acml_severity_text(finding->severity));
	fprintf(out, "<a href=\"#%s\">%s</a> ", finding->rule->id, finding->rule->id);
	fputs(finding->is_new ? "<span class=tag>new</span> " : "", out);
	acml_html_text(out, finding->message);
	fputs(" <span class=\"soft mono\">", out);
	acml_html_text(out, finding->file);
	if (finding->line > 0) {
		fprintf(out, ":%" PRIu32, finding->line);
	}
	fputs("</span></p>\n", out);
	if (finding->suppressed) {
		fputs("<p>Suppressed: ", out);
		acml_html_text(out, finding->excuse != NULL ? finding->excuse : "");
		fputs("</p>\n", out);
	}
	if (whole) {
		ret = acml_html_excerpt(html, out, finding->file, finding->line);
	}
	if (whole && !finding->suppressed && advice != NULL && advice[0] != '\0') {
		fputs("<p><b>Fix:</b> ", out);
		acml_html_text(out, advice);
		fputs("</p>\n", out);
		write_edits(out, finding);
	}
	fputs("</div>\n", out);
	return ret;
}

/* Everything about one zone. */
static int write_zone(struct acml_html *html, size_t index)
{
	FILE *out = html->out;
	const struct acml_run_zone *zone = html->zones[index];
	const struct acml_result *result = zone->result;
	const struct acml_finding **list = calloc(result->n_findings + 1, sizeof(*list));
	int ret = list != NULL ? KNOT_EOK : KNOT_ENOMEM;
	for (size_t i = 0; ret == KNOT_EOK && i < result->n_findings; i++) {
		list[i] = &result->findings[i];
	}
	if (ret == KNOT_EOK) {
		qsort(list, result->n_findings, sizeof(*list), by_weight);
	}
	fprintf(out, "<details data-z=%zu%s><summary><b>", index, index < OPEN_ZONES ? " open" : "");
	acml_html_text(out, zone->origin);
	fprintf(out, "</b> <span class=soft>%zu error%s, %zu warning%s, %zu info</span></summary>\n"
	        "<div id=z%zu>\n", result->count[ACML_ERROR], result->count[ACML_ERROR] == 1 ? "" : "s",
	        result->count[ACML_WARNING], result->count[ACML_WARNING] == 1 ? "" : "s",
	        result->count[ACML_INFO], index);
	size_t i = 0;
	for (; ret == KNOT_EOK && i < result->n_findings; i++) {
		fflush(out);
		size_t spent = html->written - html->before_findings;
		if (spent > MOST_BYTES) {
			break;
		}
		bool last = i + 1 == result->n_findings || !same_place(list[i], list[i + 1]);
		ret = write_finding(html, out, list[i], last && spent < WHOLE_BYTES);
	}
	if (i < result->n_findings) {
		fprintf(out, "<p class=soft>%zu more: <code>acmlint check ", result->n_findings - i);
		acml_html_text(out, zone->file);
		fputs("</code></p>\n", out);
	}
	fputs("</div></details>\n", out);
	free(list);
	return ret;
}

int acml_html_findings(struct acml_html *html)
{
	FILE *out = html->out;
	int ret = KNOT_EOK;
	size_t with = 0;
	fflush(out);
	html->before_findings = html->written;
	fputs("<section aria-labelledby=findings id=findings><h2>Findings</h2>\n"
	      "<p id=buttons class=tools hidden><button type=button id=open>Open all</button> "
	      "<button type=button id=close>Close all</button></p>\n", out);
	for (size_t i = 0; i < html->run->n_zones && i < MOST_ZONES && ret == KNOT_EOK; i++) {
		if (html->zones[i]->result->n_findings > 0) {
			ret = write_zone(html, i);
			with++;
		}
	}
	fputs(with == 0 ? "<p>None.</p>\n</section>\n" : "</section>\n", out);
	return ret;
}
