/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Ask: one question to one server, over UDP and where that is cut short over TCP. What comes back
 * is hostile: a message counts only if it parses, is a response, and has the question's id, name,
 * type and class. Nothing takes longer than the deadline.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include <libknot/packet/pkt.h>

#define ACML_SERVER_TEXT 80

struct acml_server {
	struct sockaddr_storage address;
	socklen_t size;
	char text[ACML_SERVER_TEXT];    /* "192.0.2.1", "192.0.2.1@5353". */
};

#define ACML_DNS_PORT 53

/* An IPv4 or IPv6 address as text. False: it is none. */
bool acml_server_parse(const char *address, uint16_t port, struct acml_server *out);

/* "ADDRESS" or "ADDRESS@PORT". */
bool acml_server_parse_port(const char *text, struct acml_server *out);

/* Milliseconds of a clock that only goes forward. */
int64_t acml_ask_clock(void);

/*
 * Parses a message in place: the packet lives no longer than the bytes, and knot_pkt_free() frees
 * it. KNOT_EOK, KNOT_ENOMEM, another code. Records of another class than IN are refused: of those
 * libknot takes even the ones without RDATA (RFC 2136 section 2.4), and its readers of RDATA would
 * read beyond.
 */
int acml_message_parse(uint8_t *wire, size_t size, knot_pkt_t **out);

/* How an answer came. */
struct acml_answer {
	knot_pkt_t *pkt;                /* Parsed; the caller frees it with acml_answer_clear(). */
	uint8_t *wire;
	bool tcp;                       /* UDP said too little. */
};

/*
 * deadline: of acml_ask_clock(). KNOT_EOK; KNOT_ETIMEOUT; KNOT_ECONN: nobody listens, or the
 * connection broke; KNOT_EMALF: no DNS message, or one about something else; KNOT_ENOMEM.
 */
int acml_ask(const struct acml_server *server, const knot_dname_t *name, uint16_t type,
             int64_t deadline, struct acml_answer *out);

/* Accepts a zeroed one. */
void acml_answer_clear(struct acml_answer *answer);

/* For transfers: a connection that has sent one question; -1 and *out_code. Messages are then
 * read one by one; *out_wire holds 64 KiB. */
#define ACML_MESSAGE_MAX 65535
int acml_ask_open(const struct acml_server *server, const knot_dname_t *name, uint16_t type,
                  int64_t deadline, uint16_t *out_id, int *out_code);
int acml_ask_next(int fd, int64_t deadline, uint8_t wire[ACML_MESSAGE_MAX], size_t *out_size);
