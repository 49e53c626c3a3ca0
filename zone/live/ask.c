/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "live/ask.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include <libknot/errcode.h>

/* RFC 9715: what fits into a packet everywhere. */
#define UDP_SIZE 1232
#define QUESTION_SIZE 512
#define EDNS_DO 0x8000
#define EDNS_SIZE 11

bool acml_server_parse(const char *address, uint16_t port, struct acml_server *out)
{
	struct acml_server server = { .size = 0 };
	struct sockaddr_in *v4 = (struct sockaddr_in *)&server.address;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&server.address;
	if (inet_pton(AF_INET, address, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		server.size = sizeof(*v4);
	} else if (inet_pton(AF_INET6, address, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		server.size = sizeof(*v6);
	} else {
		return false;
	}
	snprintf(server.text, sizeof(server.text), port == ACML_DNS_PORT ? "%s" : "%s@%u", address,
	         port);
	*out = server;
	return true;
}

bool acml_server_parse_port(const char *text, struct acml_server *out)
{
	char address[INET6_ADDRSTRLEN];
	const char *at = strchr(text, '@');
	size_t len = at != NULL ? (size_t)(at - text) : strlen(text);
	unsigned long port = ACML_DNS_PORT;
	if (at != NULL) {
		char *end;
		port = strtoul(at + 1, &end, 10);
		if (at[1] < '0' || at[1] > '9' || *end != '\0' || port == 0 || port > UINT16_MAX) {
			return false;
		}
	}
	if (len >= sizeof(address)) {
		return false;
	}
	memcpy(address, text, len);
	address[len] = '\0';
	return acml_server_parse(address, port, out);
}

int64_t acml_ask_clock(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* KNOT_EOK once the socket is ready, KNOT_ETIMEOUT. */
static int wait_for(int fd, short events, int64_t deadline)
{
	for (;;) {
		int64_t left = deadline - acml_ask_clock();
		struct pollfd poll_fd = { .fd = fd, .events = events };
		if (left <= 0) {
			return KNOT_ETIMEOUT;
		}
		int ready = poll(&poll_fd, 1, left < INT32_MAX ? left : INT32_MAX);
		if (ready > 0) {
			return KNOT_EOK;
		}
		if (ready < 0 && errno != EINTR) {
			return KNOT_ECONN;
		}
	}
}

/* Connected, so that the kernel drops what comes from elsewhere and tells that nobody listens. */
static int open_socket(const struct acml_server *server, int type, int64_t deadline, int *out_code)
{
	int fd = socket(server->address.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int error = 0;
	socklen_t size = sizeof(error);
	*out_code = KNOT_ECONN;
	if (fd < 0) {
		return -1;
	}
	if (connect(fd, (const struct sockaddr *)&server->address, server->size) == 0) {
		*out_code = KNOT_EOK;
	} else if (errno == EINPROGRESS) {
		*out_code = wait_for(fd, POLLOUT, deadline);
		if (*out_code == KNOT_EOK &&
		    (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0)) {
			*out_code = KNOT_ECONN;
		}
	}
	if (*out_code != KNOT_EOK) {
		close(fd);
		return -1;
	}
	return fd;
}

static void write_u16(uint8_t *at, uint16_t value)
{
	at[0] = value >> 8;
	at[1] = value;
}

/* A question with EDNS and DO, by hand: RFC 1035 section 4.1, RFC 6891 section 6.1. */
static size_t write_question(uint8_t wire[QUESTION_SIZE], uint16_t id, const knot_dname_t *name,
                             uint16_t type)
{
	size_t name_size = knot_dname_size(name);
	uint8_t *at = wire + KNOT_WIRE_HEADER_SIZE;
	memset(wire, 0, QUESTION_SIZE);
	write_u16(wire, id);
	wire[5] = 1;
	wire[11] = 1;
	memcpy(at, name, name_size);
	at += name_size;
	write_u16(at, type);
	write_u16(at + 2, KNOT_CLASS_IN);
	at += 4;
	write_u16(at + 1, KNOT_RRTYPE_OPT);
	write_u16(at + 3, UDP_SIZE);
	write_u16(at + 7, EDNS_DO);
	return at + EDNS_SIZE - wire;
}

static int new_id(uint16_t *out)
{
	return getrandom(out, sizeof(*out), 0) == sizeof(*out) ? KNOT_EOK : KNOT_ERROR;
}

/* Whether bytes answer the question at all; the cheap test before they are parsed. */
static bool answers(const uint8_t *wire, size_t size, uint16_t id)
{
	return size >= KNOT_WIRE_HEADER_SIZE && knot_wire_get_id(wire) == id &&
	       knot_wire_get_qr(wire) && knot_wire_get_opcode(wire) == KNOT_OPCODE_QUERY;
}

static int ask_udp(const struct acml_server *server, const knot_dname_t *name, uint16_t type,
                   int64_t deadline, uint8_t wire[ACML_MESSAGE_MAX], size_t *out_size)
{
	uint8_t question[QUESTION_SIZE];
	uint16_t id;
	int ret;
	int fd = new_id(&id) == KNOT_EOK ? open_socket(server, SOCK_DGRAM, deadline, &ret) : -1;
	if (fd < 0) {
		return KNOT_ECONN;
	}
	size_t size = write_question(question, id, name, type);
	/* Twice: one packet may be lost. */
	int64_t again = acml_ask_clock();
	again += (deadline - again) / 2;
	bool sent = send(fd, question, size, 0) == (ssize_t)size;
	ret = sent ? KNOT_ETIMEOUT : KNOT_ECONN;
	for (int round = 0; round < 2 && ret == KNOT_ETIMEOUT; round++) {
		if (round > 0 && send(fd, question, size, 0) != (ssize_t)size) {
			ret = KNOT_ECONN;
			break;
		}
		while ((ret = wait_for(fd, POLLIN, round == 0 ? again : deadline)) == KNOT_EOK) {
			ssize_t got = recv(fd, wire, ACML_MESSAGE_MAX, 0);
			if (got < 0 && errno != EAGAIN && errno != EINTR) {
				ret = KNOT_ECONN;
				break;
			}
			if (got > 0 && answers(wire, got, id)) {
				*out_size = got;
				break;
			}
		}
	}
	close(fd);
	return ret;
}

int acml_ask_open(const struct acml_server *server, const knot_dname_t *name, uint16_t type,
                  int64_t deadline, uint16_t *out_id, int *out_code)
{
	uint8_t question[2 + QUESTION_SIZE];
	uint16_t id;
	int code = new_id(&id);
	int fd = code == KNOT_EOK ? open_socket(server, SOCK_STREAM, deadline, &code) : -1;
	if (fd < 0) {
		*out_code = code;
		return -1;
	}
	size_t size = write_question(question + 2, id, name, type);
	write_u16(question, size);
	/* A fresh connection takes this much at once. */
	if (send(fd, question, size + 2, MSG_NOSIGNAL) != (ssize_t)size + 2) {
		close(fd);
		*out_code = KNOT_ECONN;
		return -1;
	}
	*out_id = id;
	return fd;
}

static int read_all(int fd, int64_t deadline, uint8_t *to, size_t size)
{
	while (size > 0) {
		int ret = wait_for(fd, POLLIN, deadline);
		if (ret != KNOT_EOK) {
			return ret;
		}
		ssize_t got = recv(fd, to, size, 0);
		if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
			return KNOT_ECONN;
		}
		to += got > 0 ? got : 0;
		size -= got > 0 ? got : 0;
	}
	return KNOT_EOK;
}

int acml_ask_next(int fd, int64_t deadline, uint8_t wire[ACML_MESSAGE_MAX], size_t *out_size)
{
	uint8_t length[2];
	int ret = read_all(fd, deadline, length, sizeof(length));
	size_t size = length[0] << 8 | length[1];
	if (ret == KNOT_EOK) {
		ret = read_all(fd, deadline, wire, size);
	}
	if (ret == KNOT_EOK) {
		*out_size = size;
	}
	return ret;
}

static int ask_tcp(const struct acml_server *server, const knot_dname_t *name, uint16_t type,
                   int64_t deadline, uint8_t wire[ACML_MESSAGE_MAX], size_t *out_size)
{
	uint16_t id;
	int ret;
	int fd = acml_ask_open(server, name, type, deadline, &id, &ret);
	if (fd < 0) {
		return ret;
	}
	ret = acml_ask_next(fd, deadline, wire, out_size);
	close(fd);
	return ret != KNOT_EOK ? ret : answers(wire, *out_size, id) ? KNOT_EOK : KNOT_EMALF;
}

/* The question must have come back. Without one a server only says an error. */
static bool same_question(const knot_pkt_t *pkt, const knot_dname_t *name, uint16_t type)
{
	if (pkt->qname_size == 0) {
		return knot_wire_get_rcode(pkt->wire) != KNOT_RCODE_NOERROR;
	}
	return knot_pkt_qtype(pkt) == type && knot_pkt_qclass(pkt) == KNOT_CLASS_IN &&
	       knot_dname_is_case_equal(knot_pkt_wire_qname(pkt), name);
}

static bool only_internet(const knot_pkt_t *pkt, knot_section_t where)
{
	const knot_pktsection_t *section = knot_pkt_section(pkt, where);
	for (uint16_t i = 0; i < section->count; i++) {
		if (knot_pkt_rr(section, i)->rclass != KNOT_CLASS_IN) {
			return false;
		}
	}
	return true;
}

int acml_message_parse(uint8_t *wire, size_t size, knot_pkt_t **out)
{
	knot_pkt_t *pkt = knot_pkt_new(wire, size, NULL);
	if (pkt == NULL) {
		return KNOT_ENOMEM;
	}
	int ret = knot_pkt_parse(pkt, 0);
	if (ret == KNOT_EOK && !(only_internet(pkt, KNOT_ANSWER) &&
	                         only_internet(pkt, KNOT_AUTHORITY))) {
		ret = KNOT_EMALF;
	}
	if (ret != KNOT_EOK) {
		knot_pkt_free(pkt);
		return ret;
	}
	*out = pkt;
	return KNOT_EOK;
}

static int parse(uint8_t *wire, size_t size, const knot_dname_t *name, uint16_t type,
                 struct acml_answer *answer)
{
	knot_pkt_t *pkt;
	int ret = acml_message_parse(wire, size, &pkt);
	if (ret != KNOT_EOK) {
		return ret == KNOT_ENOMEM ? ret : KNOT_EMALF;
	}
	if (!same_question(pkt, name, type)) {
		knot_pkt_free(pkt);
		return KNOT_EMALF;
	}
	answer->pkt = pkt;
	return KNOT_EOK;
}

int acml_ask(const struct acml_server *server, const knot_dname_t *name, uint16_t type,
             int64_t deadline, struct acml_answer *out)
{
	struct acml_answer answer = { .wire = malloc(ACML_MESSAGE_MAX) };
	size_t size = 0;
	if (answer.wire == NULL) {
		return KNOT_ENOMEM;
	}
	int ret = ask_udp(server, name, type, deadline, answer.wire, &size);
	if (ret == KNOT_EOK && knot_wire_get_tc(answer.wire)) {
		answer.tcp = true;
		ret = ask_tcp(server, name, type, deadline, answer.wire, &size);
	}
	if (ret == KNOT_EOK) {
		ret = parse(answer.wire, size, name, type, &answer);
	}
	if (ret != KNOT_EOK) {
		free(answer.wire);
		return ret;
	}
	*out = answer;
	return KNOT_EOK;
}

void acml_answer_clear(struct acml_answer *answer)
{
	knot_pkt_free(answer->pkt);
	free(answer->wire);
	*answer = (struct acml_answer){ .pkt = NULL };
}
