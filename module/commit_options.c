/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "commit_options.h"

#include <stdio.h>

#include "compat.h"

/* Since 3.5: asking an older server for one of these ends it. */
#define ZONE_VALIDATION "\x13""external-validation"
#define EXTERNAL        "\x08""external"
#define EXTERNAL_DUMP   "\x0d""dump-new-zone"
#define EXTERNAL_TIME   "\x07""timeout"
#define SINCE           0x0305

#define ZONE_SIGNING    "\x0e""dnssec-signing"
#define ZONE_STORAGE    "\x07""storage"
#define SERVER          "\x06""server"
#define SERVER_RUNDIR   "\x06""rundir"
#define SERVER_WORKERS  "\x12""background-workers"
#define CONTROL         "\x07""control"
#define CONTROL_LISTEN  "\x06""listen"
#define CONTROL_TIME    "\x07""timeout"

#define DEFAULT_SOCKET  "knot.sock"

bool acml_commit_asked(knotd_mod_t *mod)
{
	const char *version = knotd_conf_env(mod, KNOTD_CONF_ENV_VERSION).single.string;
	return acml_knot_version(version) >= SINCE &&
	       knotd_conf_zone(mod, ZONE_VALIDATION, knotd_mod_zone(mod)).count > 0;
}

static const char *join(const char *folder, const char *file, char out_path[ACML_PATH_MAX])
{
	int len = file[0] == '/' ? snprintf(out_path, ACML_PATH_MAX, "%s", file) :
	          snprintf(out_path, ACML_PATH_MAX, "%s/%s", folder != NULL ? folder : ".", file);
	return len > 0 && len < ACML_PATH_MAX ? NULL : "path of the control socket is too long";
}

/* The first of them: each takes the same commands. */
static const char *find_socket(knotd_mod_t *mod, char out_path[ACML_PATH_MAX],
                               size_t *out_count)
{
	const char *folder = knotd_conf(mod, SERVER, SERVER_RUNDIR, NULL).single.string;
	knotd_conf_t listen = knotd_conf(mod, CONTROL, CONTROL_LISTEN, NULL);
	/* Before some 3.5 there is one only. */
	const char *file = listen.multi != NULL && listen.count > 0 ? listen.multi[0].string :
	                   listen.single.string;
	const char *fault = join(folder, file != NULL ? file : DEFAULT_SOCKET, out_path);
	*out_count = listen.multi != NULL ? listen.count : 1;
	knotd_conf_free(&listen);
	return fault;
}

void acml_commit_options(knotd_mod_t *mod, struct acml_commit_options *out)
{
	const knot_dname_t *zone = knotd_mod_zone(mod);
	knotd_conf_t id = knotd_conf_zone(mod, ZONE_VALIDATION, zone);
	const char *pattern = knotd_conf(mod, EXTERNAL, EXTERNAL_DUMP, &id).single.string;
	out->setup = (struct acml_commit_setup){
		.dump = out->dump, .socket = out->socket,
		.timeout = knotd_conf(mod, EXTERNAL, EXTERNAL_TIME, &id).single.integer * 1000,
		.socket_timeout =
			knotd_conf(mod, CONTROL, CONTROL_TIME, NULL).single.integer * 1000,
		.workers = knotd_conf(mod, SERVER, SERVER_WORKERS, NULL).single.integer,
		.signs = knotd_conf_zone(mod, ZONE_SIGNING, zone).single.boolean,
	};
	if (pattern == NULL) {
		out->fault = "the section external that the zone names has no dump-new-zone";
		return;
	}
	const char *storage = pattern[0] == '/' ? "" :
	                      knotd_conf_zone(mod, ZONE_STORAGE, zone).single.string;
	out->fault = acml_filename(pattern, storage, zone, out->dump);
	if (out->fault == NULL) {
		out->fault = find_socket(mod, out->socket, &out->setup.sockets);
	}
}
