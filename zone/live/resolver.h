/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Resolver: questions to the DNS as a CA asks it, through libunbound, with validation and without.
 * The library is loaded when the first resolver is made: nothing else in acmlint waits for it.
 * One thread. Every question ends within the timeout.
 */

#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <libknot/packet/pkt.h>

struct acml_resolver;

struct acml_resolver_options {
	const char *forward;            /* "ADDRESS[@PORT]": ask this resolver; NULL: from the root. */
	const char *root_hints;         /* File, or NULL: the root servers of the internet. */
	const char *trust_anchor;       /* File, or NULL: the root keys of the internet. */
	int timeout;                    /* Milliseconds for each question. */
};

#define ACML_LOOK_WHY 256

struct acml_look {
	bool bogus;                     /* Validation fails. */
	char why[ACML_LOOK_WHY];        /* ... because. */
	unsigned rcode;
	knot_pkt_t *pkt;                /* NULL: there is no answer. */
	uint8_t *wire;
};

/* KNOT_EOK, KNOT_ENOMEM; KNOT_ENOTSUP: no libunbound; KNOT_EINVAL: an option. out_why says more. */
int acml_resolver_new(const struct acml_resolver_options *options, struct acml_resolver **out,
                      char out_why[ACML_LOOK_WHY]);

/* KNOT_EOK, also for an answer that is bogus or an error of the DNS; KNOT_ETIMEOUT; KNOT_ENOMEM. */
int acml_resolve(struct acml_resolver *resolver, bool validate, const knot_dname_t *name,
                 uint16_t type, struct acml_look *out);

/* Accepts a zeroed one. */
void acml_look_clear(struct acml_look *look);

/* Accepts NULL. */
void acml_resolver_free(struct acml_resolver *resolver);
