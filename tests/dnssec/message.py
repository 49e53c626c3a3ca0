# SPDX-License-Identifier: GPL-2.0-or-later
"""Questions to a name server and what its answers say."""

import random
import socket
import struct

from signing import wire

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "DNSKEY": 48, "CAA": 257}
OPT, EDE = 41, 15
SERVFAIL = 2


class Answer:
    """What a message says."""

    def __init__(self, data):
        _, flags, questions, *counts = struct.unpack("!6H", data[:12])
        self.rcode, self.authentic = flags & 15, bool(flags & 0x20)
        self.truncated = bool(flags & 0x200)
        self.types, self.reasons = set(), []
        at = 12
        for _ in range(questions):
            at = skip_name(data, at) + 4
        for section, count in enumerate(counts):
            for _ in range(count):
                at = skip_name(data, at)
                rrtype, _, _, size = struct.unpack("!HHIH", data[at:at + 10])
                at += 10
                if rrtype == OPT:
                    self.reasons += extended_errors(data[at:at + size])
                elif section == 0:
                    self.types.add(rrtype)
                at += size


def skip_name(data, at):
    while data[at] and data[at] < 0xc0:
        at += 1 + data[at]
    return at + (2 if data[at] else 1)


def extended_errors(options):
    """Numbers and texts of RFC 8914."""
    out = []
    while len(options) >= 4:
        code, size = struct.unpack("!HH", options[:4])
        if code == EDE:
            out.append("%d %s" % (struct.unpack("!H", options[4:6])[0],
                                  options[6:4 + size].decode("utf-8", "replace")))
        options = options[4 + size:]
    return out


def question(number, name, rrtype, checking):
    flags = 0x0120 if checking else 0x0130
    return (struct.pack("!HHHHHH", number, flags, 1, 0, 0, 1) + wire(name) +
            struct.pack("!HH", TYPES[rrtype], 1) + b"\0\0\x29\xf0\0\0\0\x80\0\0\0")


def ask(port, name, rrtype, timeout, checking=True):
    """The answer of a server on loopback, None for silence. Not checking: the resolver is to say
    what it got, forged or not."""
    number = random.randrange(65536)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(timeout)
        try:
            sock.connect(("127.0.0.1", port))
            sock.send(question(number, name, rrtype, checking))
            data = sock.recv(65535)
        except OSError:
            return None
    return Answer(data) if len(data) >= 12 and data[:2] == struct.pack("!H", number) else None
