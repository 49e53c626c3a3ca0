/* SPDX-License-Identifier: GPL-2.0-or-later */

/* In place of resolver.c where acmlint is built without libunbound: there are no look-ups. */

#include "live/resolver.h"

#include <stdio.h>

#include <libknot/errcode.h>

int acml_resolver_new(const struct acml_resolver_options *options, struct acml_resolver **out,
                      char out_why[ACML_LOOK_WHY])
{
	(void)options;
	(void)out;
	snprintf(out_why, ACML_LOOK_WHY, "this acmlint is built without libunbound: install "
	         "libunbound-dev, and build it again with -Dlive=enabled");
	return KNOT_ENOTSUP;
}

int acml_resolve(struct acml_resolver *resolver, bool validate, const knot_dname_t *name,
                 uint16_t type, struct acml_look *out)
{
	(void)resolver;
	(void)validate;
	(void)name;
	(void)type;
	(void)out;
	return KNOT_ENOTSUP;
}

void acml_look_clear(struct acml_look *look)
{
	(void)look;
}

void acml_resolver_free(struct acml_resolver *resolver)
{
	(void)resolver;
}
