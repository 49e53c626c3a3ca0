/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "live/transfer.h"

#include <stdlib.h>
#include <unistd.h>

#include <libknot/codes.h>
#include <libknot/errcode.h>
#include <libknot/error.h>

#include "live/line.h"

struct transfer {
	const knot_dname_t *zone;
	FILE *stream;
	size_t left;                    /* Bytes that may still be written. */
	struct acml_line line;
	unsigned soas;                  /* Of the zone: the first begins, the second ends it. */
	char *why;
};

#define WHY(transfer, code, ...) \
	(snprintf((transfer)->why, ACML_TRANSFER_WHY, __VA_ARGS__), (code))

static int write_record(struct transfer *transfer, const knot_rrset_t *set, uint16_t i)
{
	size_t len;
	int ret = acml_line_write(&transfer->line, set, i, &len);
	if (ret == KNOT_ENOMEM) {
		return WHY(transfer, ret, "out of memory");
	}
	if (ret != KNOT_EOK) {
		return WHY(transfer, ret, "a record cannot be written as text: %s", knot_strerror(ret));
	}
	if (len + 1 > transfer->left) {
		return WHY(transfer, KNOT_ERANGE, "the zone is larger than acmlint accepts");
	}
	transfer->left -= len + 1;
	return fprintf(transfer->stream, "%s\n", transfer->line.text) > 0 ? KNOT_EOK :
	       WHY(transfer, KNOT_ERROR, "no memory to keep it");
}

static int write_set(struct transfer *transfer, const knot_rrset_t *set)
{
	int ret = KNOT_EOK;
	for (uint16_t i = 0; i < set->rrs.count && ret == KNOT_EOK; i++) {
		ret = write_record(transfer, set, i);
	}
	return ret;
}

static int take_set(struct transfer *transfer, const knot_rrset_t *set)
{
	bool soa = set->type == KNOT_RRTYPE_SOA &&
	           knot_dname_is_case_equal(set->owner, transfer->zone);
	if (transfer->soas == 0 && !soa) {
		return WHY(transfer, KNOT_EMALF, "the transfer does not begin with the zone's SOA");
	}
	transfer->soas += soa;
	return soa && transfer->soas > 1 ? KNOT_EOK : write_set(transfer, set);
}

static int take_message(struct transfer *transfer, uint8_t *wire, size_t size, uint16_t id)
{
	if (size < KNOT_WIRE_HEADER_SIZE || knot_wire_get_id(wire) != id ||
	    !knot_wire_get_qr(wire)) {
		return WHY(transfer, KNOT_EMALF, "what the server sends is no answer");
	}
	unsigned rcode = knot_wire_get_rcode(wire);
	if (rcode != KNOT_RCODE_NOERROR) {
		const knot_lookup_t *name = knot_lookup_by_id(knot_rcode_names, rcode);
		return WHY(transfer, KNOT_EDENIED, "the server refuses the transfer: %s",
		           name != NULL ? name->name : "unknown error");
	}
	knot_pkt_t *pkt;
	int ret = acml_message_parse(wire, size, &pkt);
	if (ret != KNOT_EOK) {
		return ret == KNOT_ENOMEM ? WHY(transfer, ret, "out of memory") :
		       WHY(transfer, ret, "a message of the server is broken: %s",
		           knot_strerror(ret));
	}
	const knot_pktsection_t *answer = knot_pkt_section(pkt, KNOT_ANSWER);
	if (answer->count == 0) {
		ret = WHY(transfer, KNOT_EMALF, "a message of the transfer is empty");
	}
	for (uint16_t i = 0; ret == KNOT_EOK && transfer->soas < 2 && i < answer->count; i++) {
		ret = take_set(transfer, knot_pkt_rr(answer, i));
	}
	knot_pkt_free(pkt);
	return ret;
}

static int receive(struct transfer *transfer, int fd, uint16_t id, int64_t deadline)
{
	uint8_t *wire = malloc(ACML_MESSAGE_MAX);
	int ret = wire != NULL ? KNOT_EOK : WHY(transfer, KNOT_ENOMEM, "out of memory");
	while (ret == KNOT_EOK && transfer->soas < 2) {
		size_t size = 0;
		ret = acml_ask_next(fd, deadline, wire, &size);
		if (ret != KNOT_EOK) {
			ret = WHY(transfer, ret, ret == KNOT_ETIMEOUT ? "the transfer takes too long" :
			          transfer->soas == 0 ? "the server closes the connection" :
			          "the transfer stops in the middle");
		} else {
			ret = take_message(transfer, wire, size, id);
		}
	}
	free(wire);
	return ret;
}

int acml_transfer(const struct acml_server *server, const knot_dname_t *zone, int64_t deadline,
                  size_t most, FILE *stream, char out_why[ACML_TRANSFER_WHY])
{
	struct transfer transfer = {
		.zone = zone, .stream = stream, .left = most, .why = out_why,
	};
	uint16_t id;
	int ret;
	int fd = acml_ask_open(server, zone, KNOT_RRTYPE_AXFR, deadline, &id, &ret);
	if (fd < 0) {
		return WHY(&transfer, ret, ret == KNOT_ETIMEOUT ? "the server does not answer" :
		           "the server cannot be reached");
	}
	ret = receive(&transfer, fd, id, deadline);
	acml_line_clear(&transfer.line);
	close(fd);
	return ret;
}
