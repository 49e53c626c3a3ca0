/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Parallel: work that several threads take from until none is left. */

#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Calls work(context) in that many threads, the caller's among them, and returns when all have
 * returned. A thread that cannot be started is one fewer. */
void acml_parallel(unsigned threads, void (*work)(void *context), void *context);

/* Whether the byte is one of these bytes. */
bool acml_parallel_has(unsigned threads, const char *bytes, size_t size, char byte);
