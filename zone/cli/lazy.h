/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Lazy: libdnssec, loaded when a rule verifies something for the first time.
 *
 * GnuTLS behind it takes longer to load than a small zone to lint. So the program is linked with
 * the objects of libknot that it needs, which need no cryptography, and with functions here that
 * bear the names of libdnssec's and hand over to them. Built only where libknot's archive is
 * installed; elsewhere, and in the module, whose server has it, libdnssec is linked as usual.
 */

#pragma once

/* main.c: a library that the program needs is not there. As if it had been linked, that is the end. */
_Noreturn void acml_library_missing(const char *why);
