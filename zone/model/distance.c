/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "model/distance.h"

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c;
}

size_t acml_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	if (a_len >= ACML_DISTANCE_MAX || b_len >= ACML_DISTANCE_MAX) {
		return ACML_DISTANCE_MAX;
	}
	size_t rows[3][ACML_DISTANCE_MAX];
	for (size_t j = 0; j <= b_len; j++) {
		rows[0][j] = j;
	}
	for (size_t i = 1; i <= a_len; i++) {
		size_t *row = rows[i % 3];
		const size_t *above = rows[(i + 2) % 3];
		const size_t *before = rows[(i + 1) % 3];
		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			char x = fold(a[i - 1]), y = fold(b[j - 1]);
			row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == fold(b[j - 2]) && y == fold(a[i - 2])) {
				row[j] = least(row[j], before[j - 2] + 1);
			}
		}
	}
	return rows[a_len % 3][b_len];
}
