/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Distance: how many slips of the fingers lie between two short texts. */

#pragma once

#include <stddef.h>

#define ACML_DISTANCE_MAX 48

/* Edits between two texts, case aside: a letter more, less or other, or two neighbours swapped.
 * ACML_DISTANCE_MAX when either is that long or longer. */
size_t acml_distance(const char *a, size_t a_len, const char *b, size_t b_len);
