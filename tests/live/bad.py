# SPDX-License-Identifier: GPL-2.0-or-later
"""A name server that behaves badly in one way: bad.py HOW ADDRESS GOOD-SERVER

slow answers after 30 seconds, silent never; garbage sends bytes that are no DNS; truncating answers
properly, but only over TCP; endless says over UDP that TCP has the answer, and over TCP a byte a
second; lying answers another question, then what nobody asked it; servfail fails on everything but
the SOA; hangup closes every connection; chaos answers with records of class CH that have no RDATA;
flooding says over TCP, to everything but the SOA, as much as a message holds.
"""

import os
import socket
import struct
import sys
import threading
import time

HOW, ADDRESS, GOOD = sys.argv[1:4]
SOA, TYPE_A = 6, 1


def honest(wire):
    """What the good server says."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(3)
        sock.connect((GOOD, 53))
        sock.send(wire)
        return sock.recv(65535)


def question(wire):
    """(the question's bytes, its type)"""
    at = 12
    while wire[at]:
        at += 1 + wire[at]
    return wire[12:at + 5], struct.unpack("!H", wire[at + 1:at + 3])[0]


def head(wire, flags, answers=0):
    return wire[:2] + struct.pack("!HHHHH", flags, 1, answers, 0, 0)


def lie(wire):
    """An answer to the question, full of names and lengths that lead astray."""
    asked, rrtype = question(wire)
    if rrtype == SOA:
        return honest(wire)
    if rrtype == 257:
        # Amazon may issue, says a record that belongs to somebody else, and one of type A.
        caa = b"\x00\x05issueamazon.com"
        stranger = b"\x05other\x03net\x00" + struct.pack("!HHIH", 257, 1, 60, len(caa)) + caa
        return head(wire, 0x8400, 1) + asked + stranger
    if rrtype == TYPE_A:
        return head(wire, 0x8400, 1) + asked + b"\xc0\xff" + struct.pack("!HHIH", 1, 1, 60, 400)
    return head(wire, 0x8400, 0) + b"\x05wrong\x00\x00\x01\x00\x01"


def chaos(wire):
    asked, rrtype = question(wire)
    record = b"\xc0\x0c" + struct.pack("!HHIH", rrtype, 3, 60, 0)
    return head(wire, 0x8400, 1) + asked + record


def flood(wire):
    """CAA at a name far below, which every other record points at: two megabytes of text."""
    asked, rrtype = question(wire)
    if rrtype == SOA:
        return honest(wire)
    caa = b"\x00\x05issue"
    below = (b"\x3f" + b"\xff" * 63) * 3 + b"\xc0\x0c"
    said = below + struct.pack("!HHIH", 257, 1, 60, len(caa)) + caa
    number = (65000 - len(said)) // (12 + len(caa) + 2)
    pointer = struct.pack("!H", 0xc000 | 12 + len(asked))
    for index in range(number):
        value = caa + struct.pack("!H", index)
        said += pointer + struct.pack("!HHIH", 257, 1, 60, len(value)) + value
    return head(wire, 0x8400, 1 + number) + asked + said


def answer(wire):
    """What goes back over UDP, or None."""
    asked, rrtype = question(wire)
    if HOW == "silent":
        return None
    if HOW == "slow":
        time.sleep(30)
        return honest(wire)
    if HOW == "garbage":
        return wire[:2] + b"\x84\x00" + os.urandom(40)
    if HOW == "chaos":
        return chaos(wire)
    if HOW in ("truncating", "endless", "hangup", "flooding"):
        return head(wire, 0x8600) + asked
    if HOW == "servfail":
        return honest(wire) if rrtype == SOA else head(wire, 0x8402) + asked
    return lie(wire)


def udp():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((ADDRESS, 53))

    def one(wire, peer):
        try:
            said = answer(wire)
            if said is not None:
                sock.sendto(said, peer)
        except (OSError, IndexError, struct.error):
            pass
    while True:
        threading.Thread(target=one, args=sock.recvfrom(65535), daemon=True).start()


def serve_tcp(connection):
    with connection:
        try:
            size = struct.unpack("!H", connection.recv(2))[0]
            wire = connection.recv(size)
            if HOW == "hangup":
                return
            said = flood(wire) if HOW == "flooding" else honest(wire)
            if HOW == "endless":
                for byte in struct.pack("!H", len(said)) + said:
                    connection.sendall(bytes([byte]))
                    time.sleep(1)
            connection.sendall(struct.pack("!H", len(said)) + said)
        except (OSError, IndexError, struct.error):
            pass


def tcp():
    sock = socket.create_server((ADDRESS, 53))
    while True:
        threading.Thread(target=serve_tcp, args=(sock.accept()[0],), daemon=True).start()


threading.Thread(target=tcp, daemon=True).start()
udp()
