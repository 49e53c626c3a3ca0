/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Remarks: comments that speak to acmlint. Private to zone/model. */

#pragma once

#include "model/build.h"

/* Finds "; acmlint: …" in a file's bytes and adds them to the build. KNOT_EOK or KNOT_ENOMEM. */
int acml_remarks_find(struct acml_build *build, uint16_t file, const char *bytes, size_t size);
