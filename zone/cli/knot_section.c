/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/knot_section.h"

#include <string.h>

#include <libknot/errcode.h>

#include "cli/command.h"
#include "cli/knot_module.h"

int acml_knot_wrong(const struct acml_conf_item *item, const char *text)
{
	acml_say("%s:%zu: %s: '%s' %s", item->file, item->line, item->key, item->value, text);
	return ACML_EXIT_USAGE;
}

/* Options of the module that are about the server; *out_known: this is one. */
static int set_own(struct acml_options *group, const struct acml_conf_item *item, bool *out_known)
{
	const char *key = item->key, *value = item->value;
	*out_known = true;
	if (strcmp(key, "mode") == 0) {
		group->reject = strcmp(value, "reject") == 0;
		return group->reject || strcmp(value, "log") == 0 ? ACML_EXIT_OK :
		       acml_knot_wrong(item, "is neither log nor reject");
	} else if (strcmp(key, "first-load") == 0) {
		group->refuse_first = strcmp(value, "refuse") == 0;
		return group->refuse_first || strcmp(value, "accept") == 0 ? ACML_EXIT_OK :
		       acml_knot_wrong(item, "is neither accept nor refuse");
	} else if (strcmp(key, "fail-on") == 0 && strcmp(value, "error") != 0 &&
	           strcmp(value, "warning") != 0) {
		return acml_knot_wrong(item, "is neither error nor warning");
	} else if ((strcmp(key, "inventory") == 0 || strcmp(key, "parent") == 0) &&
	           value[0] != '/') {
		return acml_knot_wrong(item, "is not written from / on");
	}
	*out_known = key[0] == '\0' || strcmp(key, "source") == 0 ||
	             strcmp(key, "max-sync-size") == 0 || strcmp(key, "comment") == 0;
	return ACML_EXIT_OK;
}

/* One that the command line has as well, by the same name. */
static int set_shared(struct acml_options *group, const struct acml_conf_item *item)
{
	static const char *const only_here[] = { "signed", "no-include" };
	const struct acml_key *key = acml_key_find(item->key);
	for (size_t i = 0; i < sizeof(only_here) / sizeof(only_here[0]); i++) {
		key = key != NULL && strcmp(item->key, only_here[i]) == 0 ? NULL : key;
	}
	if (key == NULL) {
		acml_say("%s:%zu: " ACML_KNOT_MODULE " has no option '%s'", item->file,
		         item->line, item->key);
		return ACML_EXIT_USAGE;
	}
	char wrong[ACML_WRONG];
	int ret = key->set(group, item->value, wrong);
	if (ret == KNOT_ENOMEM) {
		return acml_no_memory();
	} else if (ret != KNOT_EOK) {
		acml_say("%s:%zu: %s: %s", item->file, item->line, item->key, wrong);
		return ACML_EXIT_USAGE;
	}
	return ACML_EXIT_OK;
}

int acml_knot_section(const struct acml_knot_conf *conf, const struct acml_conf_item *reference,
                      const char *id, struct acml_options *group)
{
	size_t count;
	const struct acml_conf_item *item = acml_conf_section(conf, ACML_KNOT_MODULE, id,
	                                                      &count);
	if (count == 0 && id[0] != '\0') {
		return acml_knot_wrong(reference, "names a section of the module that is not there");
	}
	int status = ACML_EXIT_OK;
	for (size_t i = 0; i < count && status == ACML_EXIT_OK; i++) {
		bool known;
		status = set_own(group, &item[i], &known);
		if (status == ACML_EXIT_OK && !known) {
			status = set_shared(group, &item[i]);
		}
	}
	if (status == ACML_EXIT_OK && group->refuse_first && !group->reject) {
		item = acml_conf_find(conf, ACML_KNOT_MODULE, id, "first-load", &count);
		status = acml_knot_wrong(item, "needs mode: reject");
	}
	return status;
}
