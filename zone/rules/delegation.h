/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The delegation rules' rows that need the parent; delegation.c lists them. */

#pragma once

#include "rules/rule.h"

extern const struct acml_rule acml_del001, acml_del002;
