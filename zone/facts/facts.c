/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "facts/facts.h"

#include "facts/parent.h"

const struct acml_child *acml_facts_ds(const struct acml_facts *facts, const knot_dname_t *apex)
{
	const struct acml_child *given = acml_parent_child(facts->parent, apex);
	const struct acml_child *kin = acml_parent_child(facts->kin, apex);
	return given != NULL && given->ds_known ? given :
	       kin != NULL && kin->ds_known ? kin : NULL;
}

const struct acml_child *acml_facts_ns(const struct acml_facts *facts, const knot_dname_t *apex)
{
	const struct acml_child *given = acml_parent_child(facts->parent, apex);
	const struct acml_child *kin = acml_parent_child(facts->kin, apex);
	return given != NULL && given->ns_known ? given :
	       kin != NULL && kin->ns_known ? kin : NULL;
}
