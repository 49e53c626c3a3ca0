/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/knot_module.h"

#include <string.h>

#include "model/names.h"

const char *acml_knot_refers(const char *reference)
{
	const size_t len = sizeof(ACML_KNOT_MODULE) - 1;
	if (strncmp(reference, ACML_KNOT_MODULE, len) != 0) {
		return NULL;
	}
	return reference[len] == '/' ? reference + len + 1 :
	       reference[len] == '\0' ? "" : NULL;
}

/* Whether an item before this one refers to the same section: that changes nothing. */
static bool is_repeated(const struct acml_conf_item *items, size_t at, const char *id)
{
	for (size_t i = 0; i < at; i++) {
		const char *other = acml_knot_refers(items[i].value);
		if (other != NULL && strcmp(other, id) == 0) {
			return true;
		}
	}
	return false;
}

const struct acml_conf_item *acml_knot_module(const struct acml_knot_conf *conf, const char *zone,
                                              size_t number, const char **out_id)
{
	/* As many values of one item as there are lie behind one another. */
	size_t count;
	const struct acml_conf_item *items = acml_conf_zone(conf, zone, "module", &count);
	for (size_t i = 0; i < count; i++) {
		const char *id = acml_knot_refers(items[i].value);
		if (id != NULL && !is_repeated(items, i, id) && number-- == 0) {
			*out_id = id;
			return &items[i];
		}
	}
	*out_id = NULL;
	return NULL;
}

/* Puts a file's name together. */
static const char *name_file(const struct acml_conf_item *item, const char *pattern,
                             const char *storage, const knot_dname_t *zone,
                             char out_path[ACML_PATH_MAX], const struct acml_conf_item **out_item)
{
	*out_item = item;
	return acml_filename(pattern, storage, zone, out_path);
}

const char *acml_knot_files(const struct acml_knot_conf *conf, const char *zone, const char *id,
                            struct acml_knot_files *out, const struct acml_conf_item **out_item)
{
	size_t count;
	knot_dname_storage_t name;
	*out_item = NULL;
	if (!acml_name_parse(zone, name)) {
		return "no domain name";
	}
	const char *storage = acml_conf_zone_text(conf, zone, "storage", ACML_KNOT_STORAGE);
	const struct acml_conf_item *file = acml_conf_zone(conf, zone, "file", &count);
	const struct acml_conf_item *last = count > 0 ? &file[count - 1] : NULL;
	const char *fault = name_file(last, last != NULL ? last->value : "%s.zone", storage, name,
	                              out->published, out_item);
	const struct acml_conf_item *source = id == NULL ? NULL :
	        acml_conf_find(conf, ACML_KNOT_MODULE, id, "source", &count);
	last = source != NULL ? &source[count - 1] : NULL;
	out->has_source = last != NULL && last->value[0] != '\0';
	if (fault == NULL && out->has_source) {
		fault = name_file(last, last->value, storage, name, out->source, out_item);
	}
	return fault;
}
