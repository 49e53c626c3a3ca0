/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Keys: whether the chain of trust from the parent still leads to a key. */

#pragma once

#include "rules/compare.h"

/* Fills in trust, key and ds_known. */
void acml_compare_keys(const struct acml_judge *judge, struct acml_compare *compare);
