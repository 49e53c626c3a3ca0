/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Transfer: a zone from a server (AXFR, RFC 5936), written as zone text to a stream, so that the
 * one reader reads it. Records go to the stream message by message: memory does not grow with the
 * zone.
 */

#pragma once

#include <stdio.h>

#include "live/ask.h"

#define ACML_TRANSFER_WHY 160

/*
 * most: how many bytes of text at most. KNOT_EOK, or another code with why filled in: the server
 * cannot be reached, refuses, sends something else or stops in the middle; the stream then holds
 * nothing that is of use.
 */
int acml_transfer(const struct acml_server *server, const knot_dname_t *zone, int64_t deadline,
                  size_t most, FILE *stream, char out_why[ACML_TRANSFER_WHY]);
