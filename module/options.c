/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "compat.h"
#include "model/names.h"

#define MOD_MODE       "\x04""mode"
#define MOD_SOURCE     "\x06""source"
#define MOD_FIRST_LOAD "\x0a""first-load"
#define MOD_FAIL_ON    "\x07""fail-on"
#define MOD_REQUIRE    "\x0b""require-caa"
#define MOD_INVENTORY  "\x09""inventory"
#define MOD_COMPLETE   "\x12""inventory-complete"
#define MOD_PARENT     "\x06""parent"
#define MOD_NAME       "\x04""name"
#define MOD_RULE       "\x04""rule"
#define MOD_SYNC_SIZE  "\x0d""max-sync-size"

/* Items of Knot's own sections, in the schema of every version since 3.2. */
#define ZONE_FILE      "\x04""file"
#define ZONE_STORAGE   "\x07""storage"
#define ZONE_CHECKS    "\x0f""semantic-checks"
#define ZONE_SIGNING   "\x0e""dnssec-signing"
#define ZONE_CATALOG   "\x0c""catalog-role"
#define ZONE_MODULE    "\x06""module"
#define DATABASE       "\x08""database"
#define DB_STORAGE     "\x07""storage"

#define CHECKS_SOFT    2   /* Of Knot's enum behind semantic-checks. */
#define CATALOG_TAKEN  1   /* Of the one behind catalog-role: interpret. */
#define DEFAULT_FILE   "%s.zone"
#define STATE_FILE     "acmlint.state"
#define MEBIBYTE       (INT64_C(1) << 20)

/* Load callbacks further apart may see different configurations. */
#define BURST_GAP      INT64_C(1000000)

/* A busy machine may stop the server for as long as this between two zones. */
#define SPENDING_GAP   INT64_C(200000000)

/* For so long at most, what the scout saw is not looked at again. */
#define OPENING_GAP    INT64_C(1000000000)

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

/* What is not there is a mistake in the eyes of whoever asks for a check. It is none for a server:
 * that starts, and goes on with what it has. */
static int check_there(knotd_conf_check_args_t *args, const char *path, bool folder, bool file,
                       const char *wrong)
{
	struct stat st;
	if (!acml_conf_is_checked() ||
	    (stat(path, &st) == 0 && ((folder && S_ISDIR(st.st_mode)) ||
	                              (file && S_ISREG(st.st_mode))))) {
		return KNOT_EOK;
	}
	args->err_str = wrong;
	return KNOT_EINVAL;
}

/* The folder up to the first formatter; a relative one is below a storage that is not known
 * here. */
static int check_source(knotd_conf_check_args_t *args)
{
	const char *source = (const char *)args->data;
	char path[ACML_PATH_MAX];
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
	return check_there(args, path, true, false, "the folder of the source is not there");
}

/* The server's working directory is nobody's business. */
static int check_absolute(knotd_conf_check_args_t *args)
{
	if (args->data[0] == '/') {
		return KNOT_EOK;
	}
	args->err_str = "write the path from / on";
	return KNOT_EINVAL;
}

static int check_inventory(knotd_conf_check_args_t *args)
{
	int ret = check_absolute(args);
	return ret != KNOT_EOK ? ret :
	       check_there(args, (const char *)args->data, true, true,
	                   "the file or folder of the inventory is not there");
}

static int check_parent(knotd_conf_check_args_t *args)
{
	int ret = check_absolute(args);
	return ret != KNOT_EOK ? ret :
	       check_there(args, (const char *)args->data, false, true,
	                   "the parent's file is not there");
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
	{ MOD_INVENTORY,  YP_TSTR,   YP_VNONE, YP_FMULTI, { check_inventory } },
	{ MOD_COMPLETE,   YP_TBOOL,  YP_VNONE },
	{ MOD_PARENT,     YP_TSTR,   YP_VNONE, YP_FMULTI, { check_parent } },
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

static void copy_rules(knotd_mod_t *mod, struct acml_section *section)
{
	knotd_conf_t rules = knotd_conf_mod(mod, MOD_RULE);
	for (size_t i = 0; i < rules.count; i++) {
		/* A wrong one is refused by the configuration check. */
		(void)acml_settings_rule(&section->settings, rules.multi[i].string);
		section->hash = hash_text(section->hash, rules.multi[i].string);
	}
	knotd_conf_free(&rules);
}

/* "*.example.com" asks for the wildcard certificate of example.com. */
static bool copy_names(knotd_mod_t *mod, struct acml_section *section)
{
	knotd_conf_t names = knotd_conf_mod(mod, MOD_NAME);
	struct acml_arena *arena = &section->arena;
	struct acml_wanted *wanted = acml_arena_alloc(arena, names.count * sizeof(*wanted) + 1);
	section->names = acml_arena_alloc(arena, names.count * sizeof(*section->names) + 1);
	bool copied = wanted != NULL && section->names != NULL;
	for (size_t i = 0; copied && i < names.count; i++) {
		const knot_dname_t *name = acml_name_dup(arena, names.multi[i].dname);
		copied = name != NULL;
		if (copied) {
			section->hash = acml_hash(section->hash, name, knot_dname_size(name));
			wanted[i].wildcard = acml_name_is_wildcard(name);
			wanted[i].name = wanted[i].wildcard ? acml_name_parent(name) : name;
			section->names[i] = wanted[i].name;
		}
	}
	section->wanted = wanted;
	section->n_wanted = names.count;
	knotd_conf_free(&names);
	return copied;
}

/* The files that an option names, once for all sections that name the same. */
static bool find_given(knotd_mod_t *mod, const yp_name_t *option, enum acml_given_kind kind,
                       struct acml_givens *givens, struct acml_section *section)
{
	knotd_conf_t conf = knotd_conf_mod(mod, option);
	const char **paths = calloc(conf.count + 1, sizeof(*paths));
	section->hash = hash_number(section->hash, conf.count);
	for (size_t i = 0; paths != NULL && i < conf.count; i++) {
		paths[i] = conf.multi[i].string;
		section->hash = hash_text(section->hash, paths[i]);
	}
	if (paths != NULL && conf.count > 0) {
		section->given[kind] = acml_given_find(givens, kind, paths, conf.count);
	}
	bool found = paths != NULL && (conf.count == 0 || section->given[kind] != NULL);
	free(paths);
	knotd_conf_free(&conf);
	return found;
}

static bool copy_source(knotd_mod_t *mod, struct acml_section *section)
{
	const char *source = knotd_conf_mod(mod, MOD_SOURCE).single.string;
	if (source == NULL) {
		return true;
	}
	section->source = acml_arena_strdup(&section->arena, source);
	return section->source != NULL;
}

struct acml_section *acml_options_section(knotd_mod_t *mod, struct acml_givens *givens)
{
	struct acml_section *section = calloc(1, sizeof(*section));
	if (section == NULL) {
		return NULL;
	}
	section->refs = 1;
	section->reject = knotd_conf_mod(mod, MOD_MODE).single.option == MODE_REJECT;
	section->refuse_first = knotd_conf_mod(mod, MOD_FIRST_LOAD).single.option == FIRST_REFUSE;
	section->fail_on = knotd_conf_mod(mod, MOD_FAIL_ON).single.option;
	section->require_caa = knotd_conf_mod(mod, MOD_REQUIRE).single.boolean;
	section->sync_limit = knotd_conf_mod(mod, MOD_SYNC_SIZE).single.integer;
	section->inventory_complete = knotd_conf_mod(mod, MOD_COMPLETE).single.boolean;
	section->hash = hash_text(ACML_HASH, ACML_VERSION);
	section->hash = hash_number(section->hash, section->reject | section->refuse_first << 1 |
	                            section->require_caa << 2 | section->fail_on << 3 |
	                            section->inventory_complete << 8);
	copy_rules(mod, section);
	if (!copy_names(mod, section) || !copy_source(mod, section) ||
	    !find_given(mod, MOD_INVENTORY, ACML_GIVEN_INVENTORY, givens, section) ||
	    !find_given(mod, MOD_PARENT, ACML_GIVEN_PARENT, givens, section)) {
		acml_section_release(section);
		return NULL;
	}
	return section;
}

bool acml_options_has_source(knotd_mod_t *mod)
{
	return knotd_conf_mod(mod, MOD_SOURCE).single.string != NULL;
}

/* Each has its own copy of the host's name. */
const void *acml_options_configuration(knotd_mod_t *mod)
{
	return knotd_conf_env(mod, KNOTD_CONF_ENV_HOSTNAME).single.string;
}

void acml_options_files(knotd_mod_t *mod, const struct acml_section *section,
                        const knot_dname_t *zone, struct acml_files *out)
{
	const char *file = knotd_conf_zone(mod, ZONE_FILE, zone).single.string;
	const char *source = section->source;
	file = file != NULL ? file : DEFAULT_FILE;
	bool relative = file[0] != '/' || (source != NULL && source[0] != '/');
	const char *storage = relative ? knotd_conf_zone(mod, ZONE_STORAGE, zone).single.string : "";

	out->policy = (struct acml_policy){ .section = section, .hash = section->hash };
	out->source[0] = '\0';
	out->fault = acml_filename(file, storage, zone, out->published);
	if (out->fault == NULL && source != NULL) {
		out->fault = acml_filename(source, storage, zone, out->source);
	}
	if (out->fault == NULL) {
		out->policy.hash = hash_text(out->policy.hash, out->published);
		out->policy.hash = hash_text(out->policy.hash, out->source);
	}
}

void acml_options_detail(knotd_mod_t *mod, const knot_dname_t *zone, struct acml_policy *policy)
{
	const char *version = knotd_conf_env(mod, KNOTD_CONF_ENV_VERSION).single.string;
	policy->server.version = acml_knot_version(version);
	policy->server.soft_checks =
		knotd_conf_zone(mod, ZONE_CHECKS, zone).single.option == CHECKS_SOFT;
	policy->server.catalog =
		knotd_conf_zone(mod, ZONE_CATALOG, zone).single.option == CATALOG_TAKEN;
	/* The file of a zone that the server signs holds neither keys nor signatures. */
	policy->signing = knotd_conf_zone(mod, ZONE_SIGNING, zone).single.boolean ?
	                  ACML_SIGNED_NO : ACML_SIGNED_AUTO;
	policy->detailed = true;
}

/* A module's reference is its section's name, length first, and the id. */
static bool is_acmlint(const knotd_conf_val_t *module)
{
	static const char name[] = "\x0b""mod-acmlint";
	return module->data_len >= sizeof(name) - 1 &&
	       memcmp(module->data, name, sizeof(name) - 1) == 0;
}

size_t acml_options_modules(knotd_mod_t *mod, const knot_dname_t *zone,
                            uint8_t out_modules[ACML_MODULES_MAX])
{
	knotd_conf_t modules = knotd_conf_zone(mod, ZONE_MODULE, zone);
	size_t size = 0, mine = 0;
	for (size_t i = 0; i < modules.count; i++) {
		const knotd_conf_val_t *module = &modules.multi[i];
		if (module->data_len > 255 || size + 1 + module->data_len > ACML_MODULES_MAX) {
			mine = 0;
			break;
		}
		out_modules[size++] = module->data_len;
		memcpy(out_modules + size, module->data, module->data_len);
		size += module->data_len;
		mine += is_acmlint(module);
	}
	knotd_conf_free(&modules);
	return mine == 1 ? size : 0;
}

/*
 * Which section an instance has, the API does not tell; but the zone names it, among its modules.
 * Configurations are told apart by an address, as two exist during a reload. A third one could have
 * the first one's, but not within the same burst.
 */
struct acml_section *acml_options_shared(knotd_mod_t *mod, struct acml_burst *burst)
{
	const void *configuration = acml_options_configuration(mod);
	uint8_t modules[ACML_MODULES_MAX];
	size_t n_modules = acml_options_modules(mod, knotd_mod_zone(mod), modules);
	acml_givens_configure(&burst->givens, configuration);
	if (n_modules == 0) {
		return acml_options_section(mod, &burst->givens);
	}
	if (burst->section == NULL || burst->configuration != configuration ||
	    burst->n_modules != n_modules || memcmp(burst->modules, modules, n_modules) != 0) {
		acml_section_release(burst->section);
		burst->section = acml_options_section(mod, &burst->givens);
		burst->configuration = configuration;
		burst->n_modules = n_modules;
		memcpy(burst->modules, modules, n_modules);
	}
	if (burst->section != NULL) {
		burst->section->refs++;
	}
	return burst->section;
}

void acml_options_state(knotd_mod_t *mod, char out_path[ACML_PATH_MAX])
{
	const char *folder = knotd_conf(mod, DATABASE, DB_STORAGE, NULL).single.string;
	snprintf(out_path, ACML_PATH_MAX, "%s/"STATE_FILE, folder != NULL ? folder : ".");
}

int64_t acml_burst_clock(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

void acml_burst_begin(struct acml_burst *burst)
{
	int64_t gap = acml_burst_clock() - burst->end;
	if (gap > OPENING_GAP) {
		burst->opening = NULL;
	}
	if (gap > SPENDING_GAP) {
		burst->spent = 0;
	}
	if (gap > BURST_GAP) {
		acml_section_release(burst->section);
		burst->section = NULL;
		acml_givens_turn(&burst->givens);
	}
}

void acml_burst_end(struct acml_burst *burst)
{
	burst->end = acml_burst_clock();
}
