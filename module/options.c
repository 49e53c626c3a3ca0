/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compat.h"
#include "model/names.h"

#define MOD_MODE       "\x04""mode"
#define MOD_SOURCE     "\x06""source"
#define MOD_FIRST_LOAD "\x0a""first-load"
#define MOD_FAIL_ON    "\x07""fail-on"
#define MOD_REQUIRE    "\x0b""require-caa"
#define MOD_NAME       "\x04""name"
#define MOD_RULE       "\x04""rule"
#define MOD_SYNC_SIZE  "\x0d""max-sync-size"

/* Items of Knot's own sections, in the schema of every version since 3.2. */
#define ZONE_FILE      "\x04""file"
#define ZONE_STORAGE   "\x07""storage"
#define ZONE_CHECKS    "\x0f""semantic-checks"
#define ZONE_SIGNING   "\x0e""dnssec-signing"
#define DATABASE       "\x08""database"
#define DB_STORAGE     "\x07""storage"

#define CHECKS_SOFT    2   /* Of Knot's enum behind semantic-checks. */
#define DEFAULT_FILE   "%s.zone"
#define STATE_FILE     "acmlint.state"
#define MEBIBYTE       (INT64_C(1) << 20)

enum { MODE_LOG, MODE_REJECT };
enum { FIRST_ACCEPT, FIRST_REFUSE };

static const knot_lookup_t modes[] = {
	{ MODE_LOG,    "log" },
	{ MODE_REJECT, "reject" },
	{ 0, NULL }
};

static const knot_lookup_t first_loads[] = {
	{ FIRST_ACCEPT, "accept" },
	{ FIRST_REFUSE, "refuse" },
	{ 0, NULL }
};

static const knot_lookup_t levels[] = {
	{ ACML_ERROR,   "error" },
	{ ACML_WARNING, "warning" },
	{ 0, NULL }
};

/* The folder up to the first formatter; a relative one is below a storage that is not known
 * here. */
static int check_source(knotd_conf_check_args_t *args)
{
	const char *source = (const char *)args->data;
	char path[ACML_PATH_MAX];
	struct stat st;
	/* Any name shows whether the formatters are sound. */
	const char *fault = acml_filename(source, "/", (const uint8_t *)"\x07""example\x03""com", path);
	if (fault != NULL) {
		args->err_str = fault;
		return KNOT_EINVAL;
	}
	size_t fixed = strcspn(source, "%");
	while (fixed > 0 && source[fixed - 1] != '/') {
		fixed--;
	}
	if (source[0] != '/' || fixed >= sizeof(path)) {
		return KNOT_EOK;
	}
	memcpy(path, source, fixed);
	path[fixed] = '\0';
	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
		args->err_str = "the folder of the source is not there";
		return KNOT_EINVAL;
	}
	return KNOT_EOK;
}

static int check_rule(knotd_conf_check_args_t *args)
{
	struct acml_settings settings = { 0 };
	args->err_str = acml_settings_rule(&settings, (const char *)args->data);
	return args->err_str == NULL ? KNOT_EOK : KNOT_EINVAL;
}

const yp_item_t acml_options_schema[] = {
	{ MOD_MODE,       YP_TOPT,   YP_VOPT = { modes, MODE_LOG } },
	{ MOD_SOURCE,     YP_TSTR,   YP_VNONE, YP_FNONE, { check_source } },
	{ MOD_FIRST_LOAD, YP_TOPT,   YP_VOPT = { first_loads, FIRST_ACCEPT } },
	{ MOD_FAIL_ON,    YP_TOPT,   YP_VOPT = { levels, ACML_ERROR } },
	{ MOD_REQUIRE,    YP_TBOOL,  YP_VNONE },
	{ MOD_NAME,       YP_TDNAME, YP_VNONE, YP_FMULTI },
	{ MOD_RULE,       YP_TSTR,   YP_VNONE, YP_FMULTI, { check_rule } },
	{ MOD_SYNC_SIZE,  YP_TINT,   YP_VINT = { 0, INT64_MAX, 8 * MEBIBYTE, YP_SSIZE } },
	{ NULL }
};

int acml_options_check(knotd_conf_check_args_t *args)
{
	knotd_conf_t mode = knotd_conf_check_item(args, MOD_MODE);
	knotd_conf_t first = knotd_conf_check_item(args, MOD_FIRST_LOAD);
	if (first.count > 0 && first.single.option == FIRST_REFUSE &&
	    mode.single.option != MODE_REJECT) {
		args->err_str = "first-load: refuse needs mode: reject";
		return KNOT_EINVAL;
	}
	return KNOT_EOK;
}

static uint64_t hash_number(uint64_t hash, uint64_t number)
{
	return acml_hash(hash, &number, sizeof(number));
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
	return acml_hash(hash, text, strlen(text) + 1);
}

/* "*.example.com" asks for the wildcard certificate of example.com. */
static void want(const knot_dname_t *name, knot_dname_storage_t lower, struct acml_wanted *out)
{
	acml_name_lower(name, lower);
	out->wildcard = acml_name_is_wildcard(lower);
	out->name = out->wildcard ? acml_name_parent(lower) : lower;
}

/* The names that are in this zone. */
static int read_names(knotd_mod_t *mod, struct acml_options *options)
{
	struct acml_policy *policy = &options->policy;
	options->names = knotd_conf_mod(mod, MOD_NAME);
	size_t count = options->names.count;
	if (count == 0) {
		return KNOT_EOK;
	}
	options->wanted = calloc(count, sizeof(*options->wanted));
	options->storage = calloc(count, sizeof(*options->storage));
	options->wanted_names = calloc(count, sizeof(*options->wanted_names));
	if (options->wanted == NULL || options->storage == NULL || options->wanted_names == NULL) {
		return KNOT_ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		size_t n = policy->n_wanted;
		struct acml_wanted *wanted = &options->wanted[n];
		want(options->names.multi[i].dname, options->storage[n], wanted);
		if (acml_name_within(wanted->name, knotd_mod_zone(mod))) {
			options->wanted_names[n] = wanted->name;
			policy->hash = acml_hash(policy->hash, options->storage[n],
			                         knot_dname_size(options->storage[n]));
			policy->n_wanted++;
		}
	}
	policy->wanted = options->wanted;
	policy->names = options->wanted_names;
	return KNOT_EOK;
}

static int read_rules(knotd_mod_t *mod, struct acml_options *options)
{
	struct acml_policy *policy = &options->policy;
	options->rules = knotd_conf_mod(mod, MOD_RULE);
	size_t count = options->rules.count;
	if (count == 0) {
		return KNOT_EOK;
	}
	options->rule_texts = calloc(count, sizeof(*options->rule_texts));
	if (options->rule_texts == NULL) {
		return KNOT_ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		options->rule_texts[i] = options->rules.multi[i].string;
		policy->hash = hash_text(policy->hash, options->rule_texts[i]);
	}
	policy->rules = options->rule_texts;
	policy->n_rules = count;
	return KNOT_EOK;
}

static const char *read_files(knotd_mod_t *mod, struct acml_options *options)
{
	const knot_dname_t *zone = knotd_mod_zone(mod);
	const char *storage = knotd_conf_zone(mod, ZONE_STORAGE, zone).single.string;
	const char *file = knotd_conf_zone(mod, ZONE_FILE, zone).single.string;
	const char *source = knotd_conf_mod(mod, MOD_SOURCE).single.string;
	struct acml_policy *policy = &options->policy;

	const char *fault = acml_filename(file != NULL ? file : DEFAULT_FILE, storage, zone,
	                                  options->published);
	if (fault == NULL && source != NULL) {
		options->has_source = true;
		fault = acml_filename(source, storage, zone, options->source);
	}
	if (fault == NULL) {
		policy->hash = hash_text(policy->hash, options->published);
		policy->hash = hash_text(policy->hash, options->source);
	}
	return fault;
}

static void read_policy(knotd_mod_t *mod, struct acml_policy *policy)
{
	const knot_dname_t *zone = knotd_mod_zone(mod);
	const char *version = knotd_conf_env(mod, KNOTD_CONF_ENV_VERSION).single.string;
	policy->reject = knotd_conf_mod(mod, MOD_MODE).single.option == MODE_REJECT;
	policy->refuse_first = knotd_conf_mod(mod, MOD_FIRST_LOAD).single.option == FIRST_REFUSE;
	policy->fail_on = knotd_conf_mod(mod, MOD_FAIL_ON).single.option;
	policy->require_caa = knotd_conf_mod(mod, MOD_REQUIRE).single.boolean;
	policy->sync_limit = knotd_conf_mod(mod, MOD_SYNC_SIZE).single.integer;
	policy->server.version = acml_knot_version(version);
	policy->server.soft_checks =
		knotd_conf_zone(mod, ZONE_CHECKS, zone).single.option == CHECKS_SOFT;
	/* The file of a zone that the server signs holds neither keys nor signatures. */
	policy->signing = knotd_conf_zone(mod, ZONE_SIGNING, zone).single.boolean ?
	                  ACML_SIGNED_NO : ACML_SIGNED_AUTO;

	policy->hash = hash_text(ACML_HASH, ACML_VERSION);
	policy->hash = hash_number(policy->hash, policy->reject | policy->refuse_first << 1 |
	                           policy->require_caa << 2 | policy->server.soft_checks << 3 |
	                           policy->fail_on << 4 | policy->signing << 8 |
	                           policy->server.version << 12);
}

int acml_options_read(knotd_mod_t *mod, struct acml_options *out)
{
	memset(out, 0, sizeof(*out));
	read_policy(mod, &out->policy);
	out->fault = read_files(mod, out);
	int ret = read_names(mod, out);
	return ret == KNOT_EOK ? read_rules(mod, out) : ret;
}

void acml_options_clear(struct acml_options *options)
{
	knotd_conf_free(&options->names);
	knotd_conf_free(&options->rules);
	free(options->wanted);
	free(options->storage);
	free(options->wanted_names);
	free(options->rule_texts);
	memset(options, 0, sizeof(*options));
}

void acml_options_state(knotd_mod_t *mod, char out_path[ACML_PATH_MAX])
{
	const char *folder = knotd_conf(mod, DATABASE, DB_STORAGE, NULL).single.string;
	snprintf(out_path, ACML_PATH_MAX, "%s/"STATE_FILE, folder != NULL ? folder : ".");
}
