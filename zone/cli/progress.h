/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Progress: one line on a terminal's stderr for work that takes longer than two seconds, gone when
 * the work is done. Drawn by a thread of its own, which reads two counters and nothing else. It has
 * no colour, so NO_COLOR has nothing to forbid.
 */

#pragma once

#include <stdatomic.h>

#include "cli/options.h"

struct acml_progress;

/* zones: how many have been begun; bytes: how much of them was read, for where there is but one.
 * Both must live until the end. NULL where there is nothing to show: not asked for, quiet, no
 * terminal, or no memory for it. */
struct acml_progress *acml_progress_begin(const struct acml_options *options,
                                          const atomic_size_t *zones, const atomic_size_t *bytes);

/* Accepts NULL. */
void acml_progress_end(struct acml_progress *progress);
