/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Date: points in time as people and AWS write them. Pure; knows no clock and no local time zone. */

#pragma once

#include <stdbool.h>
#include <stdint.h>

/* 9999-12-31T23:59:59Z: what RFC 3339 can write. */
#define ACML_LAST_SECOND INT64_C(253402300799)

/* RFC 3339 section 5.6, and what the AWS CLI and Terraform make of it: a blank for the T, an offset
 * as "+0100" or "+01", none for UTC, a date alone for its first second. Seconds since 1970, up to
 * ACML_LAST_SECOND. */
bool acml_date_parse(const char *text, int64_t *out_when);
