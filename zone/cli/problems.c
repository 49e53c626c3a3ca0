/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/problems.h"

#include <libknot/errcode.h>

#include "cli/command.h"

static int add(struct acml_arena *arena, struct acml_run_error *list, size_t *count,
               const char *file, uint32_t line, const char *message)
{
	struct acml_run_error *error = &list[*count];
	error->file = acml_arena_strdup(arena, file);
	error->line = line;
	error->message = acml_arena_strdup(arena, message);
	if (error->file == NULL || error->message == NULL) {
		return KNOT_ENOMEM;
	}
	(*count)++;
	return KNOT_EOK;
}

int acml_problems_copy(struct acml_arena *arena, const struct acml_pair *pair, const char *file,
                       struct acml_run_error **out_list, size_t *out_count)
{
	const struct acml_zone *zone = pair->zone;
	size_t fatal = 0, count = 0;
	for (size_t i = 0; i < zone->n_problems; i++) {
		fatal += zone->problems[i].fatal;
	}
	bool empty = zone->records == 0 && zone->n_problems == 0;
	if (fatal == 0 && !empty && pair->fault == NULL) {
		return KNOT_EOK;
	}
	struct acml_run_error *list = acml_arena_alloc(arena, (fatal + 2) * sizeof(*list));
	int ret = list != NULL ? KNOT_EOK : KNOT_ENOMEM;
	for (size_t i = 0; ret == KNOT_EOK && i < zone->n_problems; i++) {
		const struct acml_problem *problem = &zone->problems[i];
		if (problem->fatal) {
			ret = add(arena, list, &count, zone->files[problem->file], problem->line,
			          problem->message);
		}
	}
	if (ret == KNOT_EOK && empty) {
		/* Nothing to find fault with is no clean zone. */
		ret = add(arena, list, &count, file, 0, "the file holds no records");
	}
	if (ret == KNOT_EOK && pair->fault != NULL) {
		ret = add(arena, list, &count, pair->file, pair->fault_line,
		          pair->code == KNOT_EOK ? pair->fault : acml_input_error(pair->code));
	}
	*out_list = list;
	*out_count = count;
	return ret;
}
