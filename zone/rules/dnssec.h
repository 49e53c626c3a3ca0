/* SPDX-License-Identifier: GPL-2.0-or-later */

/* DNSSEC rules: what the reader asks them about records of a large zone. */

#pragma once

#include <stdbool.h>

#include "model/zone.h"

/* Whether an NSEC3 record is one that SEC011 complains about: cheap. */
bool acml_nsec3_interesting(const struct acml_rr *rr);
