/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <inttypes.h>

#include <libknot/dname.h>

#include "model/names.h"
#include "report/diff.h"
#include "report/escape.h"
#include "rules/dnssec_keys.h"

const char *acml_permission_text(enum acml_permission permission)
{
	static const char *const texts[] = {
		[ACML_ALLOWED] = "allowed", [ACML_DENIED] = "denied", [ACML_UNKNOWN] = "unknown",
	};
	return texts[permission];
}

static void write_tokens(FILE *out, const struct acml_token_change *list, size_t count, char sign)
{
	for (size_t i = 0; i < count; i++) {
		const struct acml_token *token = list[i].token;
		char text[ACML_NAME_TEXT];
		fprintf(out, "  %c token %s", sign, acml_name_text(token->rr->owner, text));
		fprintf(out, " CNAME %s", acml_name_text(token->target, text));
		fprintf(out, " for %s\n", acml_name_host(token->base, text));
	}
}

static void write_caa(FILE *out, const struct acml_caa_change *change, const char *const *files)
{
	char text[ACML_NAME_TEXT];
	for (int wildcard = 0; wildcard < 2; wildcard++) {
		enum acml_permission before = change->before[wildcard];
		enum acml_permission after = change->after[wildcard];
		if (before == after) {
			continue;
		}
		fprintf(out, "  %c CAA %s%s: Amazon was %s, is %s",
		        before == ACML_ALLOWED ? '-' : after == ACML_ALLOWED ? '+' : ' ',
		        wildcard ? "*." : "", acml_name_host(change->name, text),
		        acml_permission_text(before), acml_permission_text(after));
		if (!change->used[wildcard]) {
			fputs(" (no certificate for it is known)", out);
		}
		if (change->decides != NULL) {
			fprintf(out, ", by the set of %s at ",
			        acml_name_text(change->decides->owner, text));
			acml_escape_write(out, files[change->decides->file]);
			fprintf(out, ":%" PRIu32, change->decides->line);
		}
		fputc('\n', out);
	}
}

static void write_keys(FILE *out, const struct acml_rr_list *list, char sign)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct acml_rr *rr = list->rrs[i];
		if (rr->rdlen >= 4) {
			fprintf(out, "  %c key %u, flags %u, algorithm %u\n", sign, acml_key_tag(rr),
			        rr->rdata[0] << 8 | rr->rdata[1], rr->rdata[3]);
		}
	}
}

static void write_servers(FILE *out, const struct acml_rr_list *list, char sign)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct acml_rr *rr = list->rrs[i];
		char text[ACML_NAME_TEXT];
		if (knot_dname_wire_check(rr->rdata, rr->rdata + rr->rdlen, NULL) > 0) {
			fprintf(out, "  %c NS %s\n", sign, acml_name_text(rr->rdata, text));
		}
	}
}

static void write_serial(FILE *out, const struct acml_compare *compare)
{
	if (!compare->serials) {
		fputs("no serial\n", out);
	} else if (compare->serial_old == compare->serial_new) {
		fprintf(out, "serial %" PRIu32 "%s\n", compare->serial_new,
		        compare->changed ? ", not advanced" : "");
	} else {
		fprintf(out, "serial %" PRIu32 " -> %" PRIu32 "%s\n", compare->serial_old,
		        compare->serial_new, compare->advanced ? "" : ", backwards");
	}
}

static void write_changes(FILE *out, const struct acml_difference *difference)
{
	const struct acml_compare *compare = difference->compare;
	write_tokens(out, compare->lost, compare->n_lost, '-');
	write_tokens(out, compare->gained, compare->n_gained, '+');
	for (size_t i = 0; i < compare->n_caa; i++) {
		write_caa(out, &compare->caa[i], difference->zone->files);
	}
	write_keys(out, &compare->keys_lost, '-');
	write_keys(out, &compare->keys_gained, '+');
	write_servers(out, &compare->ns_lost, '-');
	write_servers(out, &compare->ns_gained, '+');
}

static void write_move(FILE *out, const struct acml_move *move)
{
	fputs("safe order of the move:\n", out);
	for (size_t i = 0; i < move->n_steps; i++) {
		const struct acml_move_step *step = &move->steps[i];
		char when[ACML_TIME_TEXT];
		fprintf(out, "  %zu. %s  %s", i + 1, acml_time_text(step->at, when), step->text);
		if (step->wait > 0) {
			fprintf(out, " (%" PRIu32 " s later: %s)", step->wait, step->why);
		}
		fputc('\n', out);
	}
	if (move->ns_assumed || (move->chain && move->ds_assumed)) {
		fputs("  TTLs of the parent are assumed: --parent tells them\n", out);
	}
}

void acml_diff_text(FILE *out, const struct acml_difference *difference,
                    const struct acml_style *style)
{
	fprintf(out, "%s ", difference->zone->origin);
	write_serial(out, difference->compare);
	write_changes(out, difference);
	size_t losses = 0;
	for (size_t i = 0; i < difference->result->n_findings; i++) {
		const struct acml_finding *finding = &difference->result->findings[i];
		if (acml_difference_owns(finding) && !finding->suppressed) {
			acml_text_finding(out, style, finding);
			losses++;
		}
	}
	if (difference->compare->ns_replaced) {
		write_move(out, &difference->move);
	}
	if (!style->quiet && losses == 0) {
		fputs("ACM loses nothing\n", out);
	}
}
