/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Files of inventory and parent: how they look, and what is in them. Knows no lock; what it is
 * given never changes.
 */

#pragma once

#include <stddef.h>
#include <stdint.h>

#include "facts/inventory.h"
#include "given.h"

struct acml_given_files {
	enum acml_given_kind kind;
	const char *const *paths;
	size_t n_paths;
};

/* A hash of the identities of all files, never 0; so young ones have another each time. What
 * cannot be found has one as well. */
uint64_t acml_given_look(const struct acml_given_files *files);

/* One reading, of one version, whole or not at all. */
struct acml_reading {
	int ret;                    /* KNOT_EOK, KNOT_EMALF: broken; or why it cannot be read. */
	uint64_t stamp;             /* How the files looked. */
	struct acml_known *known;   /* With a reference; NULL: the fault tells. */
	struct acml_fault fault;
	int64_t spent;              /* Nanoseconds. */
};

void acml_given_load(const struct acml_given_files *files, struct acml_reading *out);
