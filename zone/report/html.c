/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * One page for a fleet or a migration: verdict, what to do, certificates by checks, zones by
 * severity, each finding with its place, explanation and fix. It needs no network, and no script to
 * be read.
 */

#include "report/html.h"

#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>

#include "lint/verdict.h"
#include "report/stream.h"

static int worst_first(const void *a, const void *b)
{
	const struct acml_run_zone *x = *(const struct acml_run_zone *const *)a;
	const struct acml_run_zone *y = *(const struct acml_run_zone *const *)b;
	for (int severity = ACML_ERROR; severity > ACML_OFF; severity--) {
		size_t m = x->result->count[severity], n = y->result->count[severity];
		if (m != n) {
			return m > n ? -1 : 1;
		}
	}
	return x < y ? -1 : x > y;
}

/* last: the zone that each rule was counted for, by index and from 1. */
static void count_zone(struct acml_html *html, const struct acml_run_zone *zone, size_t number,
                       size_t *last)
{
	const struct acml_result *result = zone->result;
	enum acml_severity worst = ACML_OFF;
	for (size_t i = 0; i < result->n_findings; i++) {
		const struct acml_finding *finding = &result->findings[i];
		size_t index = acml_rule_index(finding->rule);
		struct acml_html_rule *rule = &html->rules[index];
		rule->shown = true;
		if (finding->suppressed) {
			continue;
		}
		rule->count[finding->severity]++;
		rule->zones += last[index] != number;
		last[index] = number;
		html->n_new += finding->is_new;
		html->n_fixable += finding->fixes != NULL;
		worst = finding->severity > worst ? finding->severity : worst;
	}
	html->with[worst]++;
	html->incomplete += !zone->complete;
	for (size_t i = 0; i < result->n_skipped; i++) {
		const struct acml_skip *skip = &result->skipped[i];
		struct acml_html_rule *rule = &html->rules[acml_rule_index(skip->rule)];
		if (rule->skipped++ == 0) {
			rule->needs = skip->needs;
		}
	}
}

static int prepare(struct acml_html *html)
{
	const struct acml_run *run = html->run;
	size_t *last = calloc(acml_rules_count() + 1, sizeof(*last));
	html->zones = calloc(run->n_zones + 1, sizeof(*html->zones));
	html->rules = calloc(acml_rules_count() + 1, sizeof(*html->rules));
	if (last == NULL || html->zones == NULL || html->rules == NULL) {
		free(last);
		return KNOT_ENOMEM;
	}
	for (size_t i = 0; i < run->n_zones; i++) {
		html->zones[i] = &run->zones[i];
		count_zone(html, &run->zones[i], i + 1, last);
	}
	for (size_t i = 0; i < run->n_certificates; i++) {
		html->verdicts[run->certificates[i].verdict->kind]++;
	}
	if (run->n_zones > 1) {
		qsort(html->zones, run->n_zones, sizeof(*html->zones), worst_first);
	}
	free(last);
	return KNOT_EOK;
}

static int write_html(FILE *out, const struct acml_run *run, const struct acml_style *style)
{
	(void)style;
	struct acml_html html = { .run = run };
	html.out = acml_stream_count(out, &html.written);
	int ret = html.out != NULL ? prepare(&html) : KNOT_ENOMEM;
	if (ret == KNOT_EOK) {
		acml_html_head(&html);
		ret = acml_html_certificates(&html);
	}
	if (ret == KNOT_EOK) {
		acml_html_zones(&html);
		ret = acml_html_findings(&html);
	}
	if (ret == KNOT_EOK) {
		acml_html_rules(&html);
		fprintf(html.out, "</main>\n<footer><p>Written by acmlint %s. An error means that ACM would not "
		        "issue or renew a certificate for a name; a warning, that it may not.</p></footer>\n"
		        "<script>%s</script>\n</body>\n</html>\n", run->version, acml_html_script);
	}
	if (html.out != NULL) {
		fclose(html.out); /* Its errors are those of out. */
	}
	acml_html_file_clear(&html.file);
	free(html.rules);
	free(html.zones);
	return ret;
}

const struct acml_reporter acml_reporter_html = {
	.name = "html",
	.certificates = true,
	.write = write_html,
};
