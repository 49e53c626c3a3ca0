/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "live/live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libknot/errcode.h>

#include "facts/parent.h"
#include "lint/lint.h"
#include "live/climb.h"
#include "live/live_zone.h"
#include "model/names.h"
#include "model/read.h"

/* What one name is judged by. */
struct trial {
	struct acml_live *live;
	const struct acml_wanted *wanted;
	const struct acml_cert *cert;
	const struct acml_cert_name *cert_name;
	struct acml_live_zone *zone;
	struct acml_parent *parent;
	struct acml_cert_verdict verdict;
	bool unreachable;               /* No server says anything, as seen from here. */
};

/* Rules that reason from the whole of a zone, of which a view has only some names. */
static const char *const partial[] = {
	"TOK014=off", "TOK016=off", "TOK018=off", "SEC010=off", "DEL003=off", "SYN004=off",
};

/* Text of a step for good. A view has no lines that anybody could look at. */
static const char *keep_text(struct acml_live *live, const char *text, const char *file)
{
	char *copy = text != NULL ? acml_arena_strdup(&live->arena, text) : NULL;
	char *at = copy != NULL && file != NULL ? strstr(copy, file) : NULL;
	if (at != NULL && at[strlen(file)] == ':') {
		at += strlen(file);
		size_t skip = 1 + strspn(at + 1, "0123456789");
		memmove(at, at + skip, strlen(at + skip) + 1);
	}
	return copy;
}

static struct acml_verdict_step *find_step(struct acml_cert_verdict *verdict, const char *what)
{
	for (size_t i = 0; i < verdict->n_steps; i++) {
		if (strcmp(verdict->steps[i].what, what) == 0) {
			return &verdict->steps[i];
		}
	}
	/* As many kinds of steps as there is room for, and no others. */
	verdict->steps[verdict->n_steps].what = what;
	return &verdict->steps[verdict->n_steps++];
}

static void set_step(struct trial *trial, const char *what, enum acml_verdict_kind kind,
                     const char *text, const char *rule)
{
	struct acml_verdict_step *step = find_step(&trial->verdict, what);
	*step = (struct acml_verdict_step){
		.what = what, .kind = kind, .text = text, .rule = rule,
	};
}

/* The worst view counts: each perspective of a CA may meet any of the servers. */
static int merge(struct trial *trial, const struct acml_cert_verdict *from, const char *file)
{
	for (size_t i = 0; i < from->n_steps; i++) {
		const struct acml_verdict_step *step = &from->steps[i];
		struct acml_verdict_step *to = find_step(&trial->verdict, step->what);
		if (to->text != NULL && to->kind >= step->kind) {
			continue;
		}
		const char *text = keep_text(trial->live, step->text, file);
		if (text != NULL && step->kind == ACML_VERDICT_BLOCKED && file != NULL) {
			text = acml_arena_printf(&trial->live->arena, "%s: %s", file, text);
		}
		*to = (struct acml_verdict_step){
			.what = step->what, .kind = step->kind, .rule = step->rule, .text = text,
			.settle = keep_text(trial->live, step->settle, NULL),
		};
		if (text == NULL) {
			return KNOT_ENOMEM;
		}
	}
	return KNOT_EOK;
}

static bool is_ours(const struct trial *trial, const struct acml_cert_verdict *verdict,
                    const char *domain)
{
	bool same_cert = trial->cert == NULL ? verdict->cert == SIZE_MAX :
	                 verdict->cert != SIZE_MAX &&
	                 &trial->live->options->inventory->certs[verdict->cert] == trial->cert;
	return same_cert && strcmp(verdict->domain, domain) == 0;
}

/* The one path, for one view. */
static int judge_text(struct trial *trial, const char *file, const char *origin, char *bytes,
                      size_t size, struct acml_cert_verdict *out, struct acml_result **out_result)
{
	const struct acml_live_options *options = trial->live->options;
	struct acml_settings settings = *options->settings;
	char domain[ACML_NAME_TEXT + 2], host[ACML_NAME_TEXT];
	for (size_t i = 0; i < sizeof(partial) / sizeof(partial[0]); i++) {
		acml_settings_rule(&settings, partial[i]);
	}
	snprintf(domain, sizeof(domain), "%s%s", trial->wanted->wildcard ? "*." : "",
	         acml_name_host(trial->wanted->name, host));
	const struct acml_read_options reading = { .origin = origin, .keep = ACML_KEEP_ALL,
	                                           .no_include = true };
	const struct acml_facts facts = {
		.now = options->now, .signing = ACML_SIGNED_YES, .parent = trial->parent,
		.wanted = trial->wanted, .n_wanted = 1,
		.inventory = trial->cert != NULL ? options->inventory : NULL,
	};
	struct acml_scanner *scanner = acml_scanner_new();
	struct acml_zone *zone = NULL;
	struct acml_result *result = NULL;
	int ret = scanner == NULL ? KNOT_ENOMEM :
	          acml_zone_read_bytes(scanner, file, bytes, size, &reading, &zone);
	if (ret == KNOT_EOK) {
		ret = acml_lint(zone, &facts, &settings, &result);
	}
	if (ret == KNOT_EOK) {
		ret = acml_verdicts(zone, &facts, &settings, result);
	}
	acml_zone_free(zone);
	acml_scanner_free(scanner);
	for (size_t i = 0; ret == KNOT_EOK && i < result->n_verdicts; i++) {
		if (is_ours(trial, &result->verdicts[i], domain)) {
			*out = result->verdicts[i];
		}
	}
	*out_result = result;
	return ret;
}

static int judge_view(struct trial *trial, struct acml_live_server *server)
{
	char origin[ACML_NAME_TEXT];
	char *bytes = NULL;
	size_t size = 0;
	struct acml_cert_verdict verdict = { .n_steps = 0 };
	struct acml_result *result = NULL;
	int ret = acml_view_text(&server->view, false, &bytes, &size);
	if (ret == KNOT_EOK) {
		acml_name_text(trial->zone->apex, origin);
		ret = judge_text(trial, server->name, origin, bytes, size, &verdict, &result);
	}
	if (ret == KNOT_EOK) {
		ret = merge(trial, &verdict, server->name);
	}
	acml_result_free(result);
	free(bytes);
	return ret;
}

/* Whether two servers say the same, serials and signatures apart. */
static int same_view(struct acml_live_server *a, struct acml_live_server *b, bool *out_same)
{
	char *x = NULL, *y = NULL;
	size_t x_size = 0, y_size = 0;
	int ret = acml_view_text(&a->view, true, &x, &x_size);
	if (ret == KNOT_EOK) {
		ret = acml_view_text(&b->view, true, &y, &y_size);
	}
	*out_same = ret == KNOT_EOK && x_size == y_size && memcmp(x, y, x_size) == 0;
	free(x);
	free(y);
	return ret;
}

/* What is to be said of the servers together. */
static int judge_servers(struct trial *trial)
{
	struct acml_live_zone *zone = trial->zone;
	struct acml_live_server *first = NULL;
	const char *note = NULL, *differ = NULL;
	struct acml_arena *arena = &trial->live->arena;
	size_t good = 0, lame = 0, silent = 0;
	bool lost = false;
	for (size_t i = 0; i < zone->n_servers; i++) {
		struct acml_live_server *server = &zone->servers[i];
		if (server->state != ACML_LIVE_GOOD) {
			lame += server->state == ACML_LIVE_LAME;
			silent += server->state == ACML_LIVE_SILENT;
			note = acml_arena_printf(arena, "%s %s", server->name, server->why);
			lost |= note == NULL;
			continue;
		}
		bool same = true;
		good++;
		if (first == NULL) {
			first = server;
		} else if (same_view(first, server, &same) != KNOT_EOK) {
			return KNOT_ENOMEM;
		} else if (!same) {
			differ = acml_arena_printf(arena, "%s (serial %u) and %s (serial %u) say different "
			                         "things", first->name, first->serial, server->name,
			                         server->serial);
			lost |= differ == NULL;
		} else if (first->serial != server->serial && note == NULL) {
			note = acml_arena_printf(arena, "%s has serial %u and %s %u", first->name,
			                         first->serial, server->name, server->serial);
			lost |= note == NULL;
		}
	}
	if (lost) {
		return KNOT_ENOMEM;
	}
	note = differ != NULL ? differ : note;
	const char *text = acml_arena_printf(arena, "%zu of %zu answer for the zone%s%s", good,
	                                     zone->n_servers, note != NULL ? "; " : "",
	                                     note != NULL ? note : "");
	set_step(trial, "servers", good > 0 ? ACML_VERDICT_ISSUABLE :
	         lame > 0 ? ACML_VERDICT_BLOCKED : ACML_VERDICT_UNKNOWN, text,
	         good == 0 && lame > 0 ? "DEL001" : NULL);
	if (good == 0 && lame == 0) {
		find_step(&trial->verdict, "servers")->settle =
			silent > 0 ? "a place from where the zone's servers can be reached" :
			"name servers that answer what ACM asks";
	}
	trial->unreachable = good == 0 && lame == 0 && silent > 0;
	return text != NULL ? KNOT_EOK : KNOT_ENOMEM;
}

static int read_parent(struct trial *trial)
{
	char *bytes = NULL;
	size_t size = 0;
	struct acml_fault fault;
	if (!trial->zone->parent_known) {
		return KNOT_EOK;
	}
	int ret = acml_view_text(&trial->zone->parent, false, &bytes, &size);
	if (ret == KNOT_EOK) {
		const struct acml_parent_options options = { .for_zone = trial->zone->apex };
		ret = acml_parent_parse("the parent", bytes, size, &options, &trial->parent, &fault);
	}
	free(bytes);
	return ret == KNOT_ENOMEM ? ret : KNOT_EOK;
}

/* The set that was found is the one that decides only if every look-up was answered. */
static void caa_step(struct trial *trial, const struct acml_climb *climb,
                     const struct acml_verdict_step *step, struct acml_verdict_step *to)
{
	bool none = step->kind == ACML_VERDICT_UNKNOWN && strstr(step->text, "none up to") != NULL;
	bool failed = climb->failed && step->kind != ACML_VERDICT_BLOCKED;
	*to = (struct acml_verdict_step){ .what = "CAA", .rule = step->rule, .kind = step->kind };
	if (failed) {
		to->kind = ACML_VERDICT_UNKNOWN;
		to->text = "not every look-up of the climb is answered";
		to->settle = "look-ups that are answered";
	} else if (none) {
		to->kind = ACML_VERDICT_ISSUABLE;
		to->text = "no CAA from the name up to the root: any CA may issue";
	} else {
		to->text = keep_text(trial->live, step->text, "the public DNS");
		to->settle = keep_text(trial->live, step->settle, NULL);
	}
}

/* The step about CAA, from the whole tree. */
static int judge_caa(struct trial *trial, struct acml_climb *climb)
{
	char *bytes = NULL;
	size_t size = 0;
	struct acml_cert_verdict verdict = { .n_steps = 0 };
	struct acml_result *result = NULL;
	struct acml_parent *parent = trial->parent;
	trial->parent = NULL;
	int ret = acml_view_text(&climb->view, false, &bytes, &size);
	if (ret == KNOT_EOK) {
		ret = judge_text(trial, "the public DNS", ".", bytes, size, &verdict, &result);
	}
	trial->parent = parent;
	for (size_t i = 0; ret == KNOT_EOK && i < verdict.n_steps; i++) {
		const struct acml_verdict_step *step = &verdict.steps[i];
		struct acml_verdict_step *to = find_step(&trial->verdict, "CAA");
		if (strcmp(step->what, "CAA") != 0 || to->kind == ACML_VERDICT_BLOCKED) {
			continue;
		}
		caa_step(trial, climb, step, to);
		ret = to->text != NULL ? KNOT_EOK : KNOT_ENOMEM;
	}
	acml_result_free(result);
	free(bytes);
	return ret;
}

/* Baseline Requirements section 3.2.2.8: a look-up that fails validation is no permission. */
static int judge_validation(struct trial *trial, const struct acml_climb *climb)
{
	struct acml_arena *arena = &trial->live->arena;
	struct acml_verdict_step *step = find_step(&trial->verdict, "DNSSEC");
	if (!climb->failed) {
		if (step->text == NULL || step->kind == ACML_VERDICT_UNKNOWN) {
			set_step(trial, "DNSSEC", ACML_VERDICT_ISSUABLE,
			         "the resolver validates what ACM asks for", NULL);
		}
		return KNOT_EOK;
	}
	/* Where no server can be reached from here, failing look-ups prove nothing more. */
	bool silent = climb->silent || (!climb->bogus && trial->unreachable);
	const char *text;
	if (climb->bogus) {
		text = acml_arena_printf(arena, "look-ups of %s do not validate: %s", climb->at,
		                         climb->why);
	} else {
		text = acml_arena_printf(arena, silent ? "look-ups of %s get no answer in time" :
		                         "look-ups of %s fail", climb->at);
	}
	/* Of an insecure zone a CA may take a CAA look-up that fails for a permission; whether
	 * Amazon does is not known. */
	bool doubt = silent || !(climb->bogus || climb->unseen);
	bool told = find_step(&trial->verdict, "servers")->kind == ACML_VERDICT_BLOCKED;
	if (step->text == NULL || step->kind != ACML_VERDICT_BLOCKED) {
		set_step(trial, "DNSSEC", doubt ? ACML_VERDICT_UNKNOWN : ACML_VERDICT_BLOCKED,
		         text, climb->bogus ? "SEC009" : doubt || told ? NULL : "INV001");
		step = find_step(&trial->verdict, "DNSSEC");
		step->settle = doubt ? "a look-up that is answered" : NULL;
	}
	return text != NULL ? KNOT_EOK : KNOT_ENOMEM;
}

/* In a TLD itself, or in the root, nobody can put a record: the name is misspelt, or not yet bought. */
static int judge_place(struct trial *trial)
{
	const struct acml_live_zone *zone = trial->zone;
	struct acml_arena *arena = &trial->live->arena;
	char name[ACML_NAME_TEXT], apex[ACML_NAME_TEXT];
	if (knot_dname_labels(zone->apex, NULL) > 1 ||
	    !acml_name_below(trial->wanted->name, zone->apex)) {
		return KNOT_EOK;
	}
	const char *text = acml_arena_printf(arena, "no domain of %s is delegated: it lies in %s "
	                                     "itself", acml_name_text(trial->wanted->name, name),
	                                     acml_name_text(zone->apex, apex));
	set_step(trial, "zone", ACML_VERDICT_UNKNOWN, text, NULL);
	find_step(&trial->verdict, "zone")->settle = "a domain that is registered and delegated";
	return text != NULL ? KNOT_EOK : KNOT_ENOMEM;
}

static int judge_zone(struct trial *trial)
{
	const struct acml_cert_name *name = trial->cert_name;
	const struct acml_need *need = name == NULL ? NULL :
	        acml_inventory_need(trial->live->options->inventory, name);
	const knot_dname_t *token = need != NULL ? need->owner : NULL;
	const knot_dname_t *mail = name == NULL || name->method != ACML_METHOD_EMAIL ? NULL :
	        name->validation_domain != NULL ? name->validation_domain : name->name;
	struct acml_live_zone *zone = trial->zone;
	struct acml_climb *climb = calloc(1, sizeof(*climb));
	int ret = climb != NULL ? acml_live_find(trial->live, zone) : KNOT_ENOMEM;
	if (ret == KNOT_EOK) {
		ret = acml_live_gather(trial->live, zone, trial->wanted->name, token, mail);
	}
	if (ret == KNOT_EOK) {
		ret = read_parent(trial);
	}
	if (ret == KNOT_EOK) {
		ret = judge_servers(trial);
	}
	for (size_t i = 0; i < zone->n_servers && ret == KNOT_EOK; i++) {
		if (zone->servers[i].state == ACML_LIVE_GOOD) {
			ret = judge_view(trial, &zone->servers[i]);
		}
	}
	if (ret == KNOT_EOK) {
		ret = judge_place(trial);
	}
	if (ret == KNOT_EOK) {
		ret = acml_climb(trial->live, trial->wanted->name, token, climb);
	}
	if (ret == KNOT_EOK) {
		ret = judge_caa(trial, climb);
	}
	if (ret == KNOT_EOK) {
		ret = judge_validation(trial, climb);
	}
	if (climb != NULL) {
		acml_climb_clear(climb);
	}
	free(climb);
	return ret;
}

int acml_live_judge(struct acml_live *live, const struct acml_wanted *wanted,
                    const struct acml_cert *cert, const struct acml_cert_name *cert_name,
                    struct acml_cert_verdict *out)
{
	char text[ACML_NAME_TEXT];
	struct trial trial = {
		.live = live, .wanted = wanted, .cert = cert, .cert_name = cert_name,
		.zone = calloc(1, sizeof(*trial.zone)),
	};
	trial.verdict.domain = acml_arena_printf(&live->arena, "%s%s", wanted->wildcard ? "*." : "",
	                                         acml_name_host(wanted->name, text));
	trial.verdict.arn = cert != NULL ? cert->arn : NULL;
	trial.verdict.cert = trial.verdict.index = SIZE_MAX;
	int ret = trial.zone == NULL || trial.verdict.domain == NULL ? KNOT_ENOMEM :
	          acml_live_apex(live, wanted->name, trial.zone->apex);
	if (ret == KNOT_EOK) {
		ret = acml_live_descend(live, trial.zone, wanted->name);
	}
	if (ret == KNOT_EOK) {
		ret = judge_zone(&trial);
	} else if (ret != KNOT_ENOMEM) {
		set_step(&trial, "zone", ACML_VERDICT_UNKNOWN, "the resolver does not answer", NULL);
		ret = KNOT_EOK;
	}
	for (size_t i = 0; i < trial.verdict.n_steps; i++) {
		enum acml_verdict_kind kind = trial.verdict.steps[i].kind;
		trial.verdict.kind = kind > trial.verdict.kind ? kind : trial.verdict.kind;
	}
	if (ret == KNOT_EOK) {
		*out = trial.verdict;
	}
	if (trial.zone != NULL) {
		acml_live_zone_clear(trial.zone);
	}
	acml_parent_free(trial.parent);
	free(trial.zone);
	return ret;
}
