/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Nearest: what somebody probably meant. */

#pragma once

#include <stddef.h>

/* Candidates: the i-th, NULL behind the last. */
typedef const char *(*acml_words_f)(const void *context, size_t i);

/* The candidate that differs least from word, case aside, if it differs little; else NULL. */
const char *acml_nearest(const char *word, acml_words_f at, const void *context);

/* " (did you mean 'X'?)" or "". The text lives in buffer. */
#define ACML_HINT 96
const char *acml_hint(const char *word, acml_words_f at, const void *context,
                      char buffer[ACML_HINT]);

/* Ids and names of all rules; no context. */
const char *acml_rule_words(const void *context, size_t i);
