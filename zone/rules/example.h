/* SPDX-License-Identifier: GPL-2.0-or-later */

/* What the examples of the rules' rows begin with, so that each shows its one mistake. */

#pragma once

#define ACML_EXAMPLE_HEAD \
	"$ORIGIN example.com.\n" \
	"$TTL 3600\n" \
	"@ SOA ns1.example.net. hostmaster 1 7200 3600 1209600 3600\n" \
	"@ NS ns1.example.net.\n" \
	"@ NS ns2.example.net.\n"

/* The certificate is for example.com. */
#define ACML_EXAMPLE_TOKEN \
	"_a79865eb4cd1a6ab990a45779b4e0b96 CNAME " \
	"_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n"

/* The certificate is for www.example.com. */
#define ACML_EXAMPLE_WWW_TOKEN \
	"_1b792c2153cf927328615e78010f7852.www CNAME " \
	"_672e46231dca8c8a2e623dbbe513ce63.ltfvzjuylp.acm-validations.aws.\n"
