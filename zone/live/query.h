/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Query: a question to a server, no faster than the user allows, and not to a server that has let
 * us wait before: many names share a silent server, and it must not cost a timeout for each.
 * Private to zone/live.
 */

#pragma once

#include "live/ask.h"
#include "live/live.h"

/* As acml_ask(), within the timeout of the options. */
int acml_live_ask(struct acml_live *live, const struct acml_server *server,
                  const knot_dname_t *name, uint16_t type, struct acml_answer *out);
