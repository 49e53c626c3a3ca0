/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The DNSSEC rules' rows, one file for each group of them; dnssec.c lists them. */

#pragma once

#include "rules/rule.h"

extern const struct acml_rule acml_sec001, acml_sec002, acml_sec003, acml_sec004, acml_sec005,
	acml_sec006, acml_sec007, acml_sec008, acml_sec009, acml_sec010, acml_sec014;
