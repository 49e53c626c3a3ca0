/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Origin: which zone a file is about, when nobody says. Private to zone/model. */

#pragma once

#include <stdbool.h>

#include <libknot/dname.h>

#include "model/scanner.h"

/*
 * The owner of the first SOA where the file fixes it (absolute, or under $ORIGIN); else the first
 * $ORIGIN; else the file's name without its folder and without .zone, .db, .txt, .json or a leading
 * "db.", for which *out_guessed is set. False: none of these gives a name.
 */
bool acml_origin_find(struct acml_scanner *scanner, const char *name, const char *bytes,
                      size_t size, knot_dname_storage_t out_origin, bool *out_guessed);

/* The last of these: what the file's name says. */
bool acml_origin_from_name(const char *name, knot_dname_storage_t out);
