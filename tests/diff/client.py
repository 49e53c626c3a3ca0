# SPDX-License-Identifier: GPL-2.0-or-later
"""A minimal DNS client for one server on the loopback interface: UDP, and TCP when truncated."""

import socket
import struct

import names

TYPES = {
    "A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "SRV": 33,
    "DNAME": 39, "DS": 43, "RRSIG": 46, "NSEC": 47, "DNSKEY": 48, "NSEC3": 50, "CAA": 257,
    "ANY": 255,
}
TYPE_TEXT = {number: text for text, number in TYPES.items()}
RCODES = {0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 5: "REFUSED", 6: "YXDOMAIN"}

ALIASES = ("CNAME", "DNAME")

# EDNS (RFC 6891) with a buffer large enough that no authority section is left out.
OPT = struct.pack("!BHHIH", 0, 41, 4096, 0, 0)


class Record:
    def __init__(self, owner, type_text, rdata, target):
        self.owner, self.type, self.rdata, self.target = owner, type_text, rdata, target


class Response:
    def __init__(self, rcode, truncated, answer, authority):
        self.rcode, self.truncated = rcode, truncated
        self.answer, self.authority = answer, authority

    def has_authority(self, type_text):
        return any(record.type == type_text for record in self.authority)

    def sets(self):
        """(owner, type) of each RRset in order. An alias has one record, so that each is a set."""
        result = []
        for record in self.answer:
            key = (record.owner, record.type)
            if not result or result[-1] != key or record.type in ALIASES:
                result.append(key)
        return result


def type_number(type_text):
    return int(type_text[4:]) if type_text.startswith("TYPE") else TYPES[type_text]


def read_name(packet, at):
    labels, end, hops = [], None, 0
    while True:
        length = packet[at]
        if length >= 0xC0:
            end = at + 2 if end is None else end
            at = struct.unpack_from("!H", packet, at)[0] & 0x3FFF
            hops += 1
            if hops > 128:
                raise ValueError("compression loop")
        elif length == 0:
            return tuple(labels), at + 1 if end is None else end
        else:
            labels.append(packet[at + 1:at + 1 + length].lower())
            at += 1 + length


def read_record(packet, at):
    owner, at = read_name(packet, at)
    rrtype, _, _, rdlen = struct.unpack_from("!HHIH", packet, at)
    at += 10
    type_text = TYPE_TEXT.get(rrtype, "TYPE%d" % rrtype)
    target = read_name(packet, at)[0] if type_text in ALIASES else None
    return Record(owner, type_text, packet[at:at + rdlen], target), at + rdlen


def parse_response(packet):
    _, flags, questions, answers, authorities, _ = struct.unpack_from("!HHHHHH", packet, 0)
    at = 12
    for _ in range(questions):
        at = read_name(packet, at)[1] + 4
    sections = []
    for count in (answers, authorities):
        records = []
        for _ in range(count):
            record, at = read_record(packet, at)
            records.append(record)
        sections.append(records)
    rcode = RCODES.get(flags & 0xF, str(flags & 0xF))
    return Response(rcode, bool(flags & 0x0200), *sections)


class Client:
    def __init__(self, port):
        self.address = ("127.0.0.1", port)
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.settimeout(2)
        self.udp.connect(self.address)
        self.id = 0

    def close(self):
        self.udp.close()

    def query(self, name, type_text):
        """name in any case."""
        self.id = (self.id + 1) & 0xFFFF
        packet = struct.pack("!HHHHHH", self.id, 0, 1, 0, 0, 1) + names.wire(name) + \
            struct.pack("!HH", type_number(type_text), 1) + OPT
        reply = self.over_udp(packet)
        # A server may leave out what does not fit into the authority section and not say so.
        if reply[2] & 0x02 or len(reply) > 800:
            reply = self.over_tcp(packet)
        response = parse_response(reply)
        if response.truncated:
            raise ValueError("truncated over TCP")
        return response

    def over_udp(self, packet):
        for _ in range(5):
            self.udp.send(packet)
            try:
                while True:
                    reply = self.udp.recv(65535)
                    if reply[:2] == packet[:2]:
                        return reply
            except (TimeoutError, socket.timeout):
                continue
        raise TimeoutError("no answer from knotd")

    def over_tcp(self, packet):
        with socket.create_connection(self.address, timeout=5) as tcp:
            tcp.sendall(struct.pack("!H", len(packet)) + packet)
            stream = tcp.makefile("rb")
            length, = struct.unpack("!H", stream.read(2))
            return stream.read(length)
