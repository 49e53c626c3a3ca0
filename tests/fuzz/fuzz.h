/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Fuzz targets: what they share. One scanner for the whole process, as programs use it. */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libknot/dname.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct acml_scanner;

/* The scanner that all inputs of this process share. Never NULL. */
struct acml_scanner *fuzz_scanner(void);

/* "x." + name; false when that would be too long. */
bool fuzz_below(const knot_dname_t *name, knot_dname_storage_t out);
