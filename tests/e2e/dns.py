# SPDX-License-Identifier: GPL-2.0-or-later
"""A DNS client that is just enough to ask an authoritative server what it serves."""

import os
import socket
import struct

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "TXT": 16, "DS": 43, "DNSKEY": 48, "AXFR": 252, "CAA": 257}


class Answer:
    """Response code and the records of the answer section, as (owner, type, ttl, rdata bytes)."""

    def __init__(self, rcode, records):
        self.rcode = rcode
        self.records = records

    def rdata(self, rrtype):
        return [record[3] for record in self.records if record[1] == TYPES[rrtype]]


def encode_name(name):
    wire = b""
    for label in name.rstrip(".").split("."):
        wire += bytes([len(label)]) + label.encode()
    return wire + b"\0" if name != "." else b"\0"


def decode_name(message, at):
    labels, end = [], None
    while message[at]:
        if message[at] & 0xC0:
            end = end or at + 2
            at = struct.unpack("!H", message[at:at + 2])[0] & 0x3FFF
            continue
        labels.append(message[at + 1:at + 1 + message[at]].decode("latin-1").lower())
        at += 1 + message[at]
    return ".".join(labels) + ".", end or at + 1


def query_wire(name, rrtype):
    header = struct.pack("!HHHHHH", struct.unpack("!H", os.urandom(2))[0], 0, 1, 0, 0, 0)
    return header + encode_name(name) + struct.pack("!HH", TYPES[rrtype], 1)


def parse(message):
    _, flags, questions, answers, _, _ = struct.unpack("!HHHHHH", message[:12])
    at, records = 12, []
    for _ in range(questions):
        at = decode_name(message, at)[1] + 4
    for _ in range(answers):
        owner, at = decode_name(message, at)
        rrtype, _, ttl, length = struct.unpack("!HHIH", message[at:at + 10])
        data = message[at + 10:at + 10 + length]
        if rrtype == TYPES["SOA"]:
            data = message[at + 10 + length - 20:at + 10 + length]
        elif rrtype in (TYPES["NS"], TYPES["CNAME"]):
            data = decode_name(message, at + 10)[0].encode()
        records.append((owner, rrtype, ttl, data))
        at += 10 + length
    return Answer(flags & 15, records)


def ask(port, name, rrtype, timeout=1.0, tries=3):
    """None when nobody answers. A busy machine drops a datagram now and then, and so it is asked
    again, as resolvers do."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(timeout)
        for _ in range(tries):
            try:
                sock.connect(("127.0.0.1", port))
                sock.send(query_wire(name, rrtype))
                return parse(sock.recv(65535))
            except TimeoutError:
                continue
            except OSError:
                return None
    return None


def serial(port, zone, timeout=1.0):
    """The serial that is served: a number, the response code as "rcode N", or None for silence."""
    answer = ask(port, zone, "SOA", timeout)
    if answer is None:
        return None
    soa = answer.rdata("SOA")
    return struct.unpack("!I", soa[0][:4])[0] if soa else "rcode %d" % answer.rcode


def exactly(sock, size):
    data = b""
    while len(data) < size:
        more = sock.recv(size - len(data))
        if not more:
            raise OSError("connection closed")
        data += more
    return data


def transfer(port, zone):
    """Every record of the zone, sorted, or None when it is not to be had."""
    records, soas = [], 0
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=3) as sock:
            wire = query_wire(zone, "AXFR")
            sock.sendall(struct.pack("!H", len(wire)) + wire)
            while soas < 2:
                size = struct.unpack("!H", exactly(sock, 2))[0]
                answer = parse(exactly(sock, size))
                if answer.rcode != 0 or not answer.records:
                    return None
                records += answer.records
                soas += sum(record[1] == TYPES["SOA"] for record in answer.records)
    except OSError:
        return None
    return sorted(records[:-1])
