/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What the rules that have findings mean, and which could not be judged. */

#include "report/html.h"
#include "report/rules_doc.h"

static void rule(const struct acml_html *html, size_t index)
{
	const struct acml_rule *row = acml_rule_at(index);
	const struct acml_html_rule *had = &html->rules[index];
	FILE *out = html->out;
	char link[ACML_RULE_LINK];
	fprintf(out, "<h3 id=%s>%s %s</h3>\n<p class=soft>%s; %zu error%s, %zu warning%s, %zu info</p>\n<p>",
	        row->id, row->id, row->name, acml_severity_text(row->severity),
	        had->count[ACML_ERROR], had->count[ACML_ERROR] == 1 ? "" : "s",
	        had->count[ACML_WARNING], had->count[ACML_WARNING] == 1 ? "" : "s",
	        had->count[ACML_INFO]);
	acml_html_text(out, row->why);
	fputs("</p>\n<p><b>Fix:</b> ", out);
	acml_html_text(out, row->fix);
	fputs("</p>\n<ul class=soft>\n", out);
	for (size_t i = 0; row->sources[i] != NULL; i++) {
		fputs("<li>", out);
		acml_html_text(out, row->sources[i]);
		fputc('\n', out);
	}
	fputs("</ul>\n<p><a rel=\"noopener noreferrer\" href=\"", out);
	acml_html_text(out, acml_rule_link(row, link));
	fprintf(out, "\">%s on the web</a>; <code>acmlint explain %s</code> shows a bad and a good zone.</p>\n",
	        row->id, row->id);
}

static void skipped(const struct acml_html *html)
{
	FILE *out = html->out;
	bool any = false;
	fputs("<section aria-labelledby=skipped><h2 id=skipped>Not judged</h2>\n", out);
	for (size_t i = 0; i < acml_rules_count(); i++) {
		any |= html->rules[i].skipped > 0;
	}
	if (!any) {
		fputs("<p>All rules were judged for all zones.</p>\n</section>\n", out);
		return;
	}
	fputs("<div class=scroll><table>\n<caption>A rule that lacks what it needs is skipped, and never "
	      "counts as passed.</caption>\n<thead><tr><th scope=col>Rule<th scope=col>What it finds"
	      "<th scope=col>Needs<th scope=col class=n>Zones</tr></thead>\n<tbody>\n", out);
	for (size_t i = 0; i < acml_rules_count(); i++) {
		const struct acml_rule *row = acml_rule_at(i);
		if (html->rules[i].skipped > 0) {
			fprintf(out, "<tr><th scope=row>%s<td>", row->id);
			acml_html_text(out, row->summary);
			fprintf(out, "<td>%s<td class=n>%zu\n", html->rules[i].needs,
			        html->rules[i].skipped);
		}
	}
	fputs("</tbody></table></div>\n</section>\n", out);
}

void acml_html_rules(struct acml_html *html)
{
	FILE *out = html->out;
	bool any = false;
	fputs("<section aria-labelledby=rules><h2 id=rules>Rules with findings</h2>\n", out);
	for (size_t i = 0; i < acml_rules_count(); i++) {
		if (html->rules[i].shown) {
			rule(html, i);
			any = true;
		}
	}
	fputs(any ? "</section>\n" : "<p>None.</p>\n</section>\n", out);
	skipped(html);
}
