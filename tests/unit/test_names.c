/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Our comparisons of names against libknot's own, over names that are nearly the same: bytes that
 * are lengths elsewhere, and the end of one in the middle of another's label. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/names.h"

#define PAIRS 300000

static uint64_t dice_state = 1;

static unsigned roll(unsigned sides)
{
	dice_state = dice_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(dice_state >> 33) % sides;
}

static uint8_t *add_labels(uint8_t *at, unsigned count)
{
	static const uint8_t bytes[] = { 'a', 'A', 'b', 0, 1, 2, '@', '[', 0xc1 };
	while (count-- > 0) {
		*at = (uint8_t)(roll(60) == 0 ? 63 : 1 + roll(3));
		for (unsigned i = 1; i <= *at; i++) {
			at[i] = bytes[roll(sizeof(bytes))];
		}
		at += 1 + *at;
	}
	return at;
}

/* Two names in memory of their exact size, so that a byte too many is seen. */
static void make_pair(uint8_t **out_a, uint8_t **out_b)
{
	uint8_t a[512], b[512], tail[256];
	size_t tail_size = (size_t)(add_labels(tail, roll(3)) - tail);
	tail[tail_size++] = 0;
	uint8_t *a_end = add_labels(a, roll(2)), *b_end = add_labels(b, roll(3));
	memcpy(a_end, tail, tail_size);
	memcpy(b_end, tail, tail_size);
	size_t a_size = (size_t)(a_end - a) + tail_size, b_size = (size_t)(b_end - b) + tail_size;
	*out_a = test_malloc(a_size);
	*out_b = test_malloc(b_size);
	memcpy(*out_a, a, a_size);
	memcpy(*out_b, b, b_size);
}

static void test_compare(void **state)
{
	(void)state;
	size_t equal = 0, below = 0;
	for (unsigned i = 0; i < PAIRS; i++) {
		uint8_t *a, *b;
		make_pair(&a, &b);
		int depth = knot_dname_in_bailiwick(b, a);
		assert_int_equal(acml_name_size(a), knot_dname_size(a));
		assert_int_equal(acml_name_equal(a, b), knot_dname_is_equal(a, b));
		assert_int_equal(acml_name_within(b, a), depth >= 0);
		assert_int_equal(acml_name_below(b, a), depth > 0);
		equal += acml_name_equal(a, b);
		below += acml_name_below(b, a);
		test_free(a);
		test_free(b);
	}
	assert_true(equal > PAIRS / 100 && below > PAIRS / 100);
}

static void test_lower(void **state)
{
	(void)state;
	for (unsigned i = 0; i < PAIRS / 10; i++) {
		uint8_t *a, *b;
		make_pair(&a, &b);
		knot_dname_storage_t ours, theirs;
		acml_name_lower(b, ours);
		acml_name_copy(b, theirs);
		knot_dname_to_lower(theirs);
		assert_memory_equal(ours, theirs, knot_dname_size(b));
		test_free(a);
		test_free(b);
	}
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_lower),
	};
	return cmocka_run_group_tests_name("names", all, NULL, NULL);
}
