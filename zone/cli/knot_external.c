/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/knot_external.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/command.h"
#include "cli/knot_section.h"
#include "model/names.h"

/* The item as the server takes it, NULL: there is none, or it is set to nothing. */
static const struct acml_conf_item *last_of(const struct acml_conf_item *items, size_t count)
{
	return count > 0 && items[count - 1].value[0] != '\0' ? &items[count - 1] : NULL;
}

static const struct acml_conf_item *find(const struct acml_knot_conf *conf, const char *id,
                                         const char *key)
{
	size_t count;
	const struct acml_conf_item *items = acml_conf_find(conf, "external", id, key, &count);
	return last_of(items, count);
}

/* The server and the module make folders that are not there; but not below what is none. */
static bool is_below_file(const char *path)
{
	char part[ACML_PATH_MAX];
	struct stat st;
	for (const char *slash = strchr(path + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		size_t len = (size_t)(slash - path);
		memcpy(part, path, len);
		part[len] = '\0';
		if (stat(part, &st) == 0 && !S_ISDIR(st.st_mode)) {
			return true;
		}
	}
	return false;
}

int acml_knot_external(const struct acml_knot_conf *conf, const char *zone,
                       const struct acml_knot_files *files)
{
	size_t count;
	knot_dname_storage_t name;
	char dump[ACML_PATH_MAX];
	const struct acml_conf_item *items = acml_conf_zone(conf, zone, "external-validation", &count);
	const struct acml_conf_item *reference = last_of(items, count);
	if (reference == NULL || !acml_name_parse(zone, name)) {
		return ACML_EXIT_OK;
	}
	const struct acml_conf_item *item = find(conf, reference->value, "dump-new-zone");
	const struct acml_conf_item *timeout = find(conf, reference->value, "timeout");
	if (item == NULL) {
		return acml_knot_wrong(reference, "names a section without dump-new-zone, where the "
		                       "module could judge nothing, nor answer");
	}
	const char *fault = acml_filename(item->value, acml_conf_zone_text(conf, zone, "storage",
	                                  ACML_KNOT_STORAGE), name, dump);
	if (fault != NULL) {
		return acml_knot_wrong(item, fault);
	} else if (strcmp(dump, files->published) == 0 ||
	           (files->has_source && strcmp(dump, files->source) == 0)) {
		return acml_knot_wrong(item, "is the zone's own file, each version would be written "
		                       "over it before it is judged");
	} else if (is_below_file(dump)) {
		return acml_knot_wrong(item, "lies below what is not a folder: the server could dump "
		                       "nothing there, nothing would be published");
	} else if (timeout != NULL && strtoul(timeout->value, NULL, 10) == 0) {
		return acml_knot_wrong(timeout, "leaves no time for a verdict, nothing would be "
		                       "published");
	}
	return ACML_EXIT_OK;
}
