# SPDX-License-Identifier: GPL-2.0-or-later
"""Each way into a zone behind the commit gate, and what is published of good, bad and broken
versions while 6,000 questions a second are asked. Each test needs Knot 3.5."""

import re
import socket
import struct
import time

import dns
import zones
from gate_primary import KnotPrimary, LyingPrimary, NamedPrimary, issue, record
from gate_server import CALM, GateServer, Load, Watch
from steps import settle, write

ZONE = "example.com"
KEEPING = "rejected, keeping serial"
# A version that drops the token which the published one has.
LOST = "MIG001"


def lost(version):
    return zones.plain(version) + '@ CAA 0 issue "amazon.com"\n'


def calm(server):
    write(server.file(CALM), zones.good(1))


class FileWay:
    """zone-reload of a zone file."""

    def __init__(self, load, journal, **extra):
        self.zone_options = {"zonefile-load": load, "journal-content": journal, **extra}

    def prepare(self, server):
        server.zone_options.update(self.zone_options)

    def start(self, machine, **options):
        server = GateServer(machine, **options)
        self.prepare(server)
        server.configure()
        calm(server)
        write(server.file(), zones.good(1))
        server.start()
        server.wait_text("v1")
        server.wait_text("v1", CALM)
        self.server = server
        return server

    def send(self, version, kind):
        write(self.server.file(), {"good": zones.good, "bad": zones.bad, "lost": lost}[kind](version))
        self.server.knotc("-b", "zone-reload", ZONE, check=False)

    def send_broken(self, version):
        before = self.server.count("failed to parse zone file")
        write(self.server.file(), zones.unparsable(version))
        self.server.knotc("-b", "zone-reload", ZONE, check=False)
        self.server.wait_log("failed to parse zone file", before + 1)

    def stop(self):
        pass


class TransferWay:
    """A secondary that is notified; the zone's own file is never read."""

    def __init__(self, primary, ixfr):
        self.make = primary
        self.ixfr = ixfr

    def start(self, machine, **options):
        server = GateServer(machine, **options)
        self.primary = self.make(machine, server.port, self.ixfr)
        secondary(server, self.primary.port)
        calm(server)
        self.primary.publish(zones.good(1))
        server.start()
        server.wait_text("v1")
        server.wait_text("v1", CALM)
        self.server = server
        return server

    def send(self, version, kind):
        self.primary.publish({"good": zones.good, "bad": zones.bad, "lost": lost}[kind](version))

    def send_broken(self, version):
        """A primary that reads files publishes nothing of a broken one."""
        self.primary.publish(zones.unparsable(version))
        settle()

    def stop(self):
        self.primary.stop()
        self.primary.close()
        kind = "IXFR" if self.ixfr else "AXFR"
        if not re.search(r"%s, incoming, .*(finished|started)" % kind, self.server.log()):
            raise AssertionError("no %s\n%s" % (kind, self.server.log()))


def secondary(server, primary):
    server.extra = ("remote:\n  - id: primary\n    address: 127.0.0.1@%d\n"
                    "acl:\n  - id: notify\n    address: 127.0.0.1\n    action: notify\n" % primary)
    server.one_zone_options[ZONE] = ("    master: primary\n    acl: [notify, local]\n"
                                     "    zonefile-load: none\n    journal-content: all\n")
    server.configure()


class UpdateWay(FileWay):
    """Dynamic updates signed with TSIG."""

    def __init__(self):
        super().__init__("difference-no-serial", "all")

    def prepare(self, server):
        super().prepare(server)
        # Who asks from 127.0.0.3 need not sign: the broken update comes from there.
        server.extra = "acl:\n  - id: raw\n    address: 127.0.0.3\n    action: update\n"
        server.one_zone_options[ZONE] = "    acl: [update, raw, local]\n"

    def send(self, version, kind):
        told = self.server.update(*version_lines(version), *UPDATES[kind](ZONE))
        wanted = "" if kind == "good" else "SERVFAIL"
        if told != wanted:
            raise AssertionError("told %r, not %r\n%s" % (told, wanted, self.server.log()))

    def send_broken(self, version):
        """The server takes CAA data without a tag, and its dump of them cannot be parsed."""
        text = b"v%d" % version
        rcode = raw_update(self.server.port, [
            record("version.example.com", "TXT", bytes([len(text)]) + text),
            record("example.com", "CAA", b"\0\0")])
        if rcode != 2:
            raise AssertionError("rcode %d for a broken update\n%s" % (rcode, self.server.log()))


def version_lines(version, zone=ZONE):
    return ("delete version.%s. TXT" % zone,
            'add version.%s. 60 TXT "v%d"' % (zone, version))


UPDATES = {
    "good": lambda zone: (),
    "bad": lambda zone: ("delete %s. CAA" % zone,
                         'add %s. 60 CAA 0 issue "letsencrypt.org"' % zone),
    "lost": lambda zone: ("delete %s.%s. CNAME" % (zones.TOKEN.split()[0], zone),),
}


def raw_update(port, records):
    """Response code of an unsigned update."""
    message = struct.pack("!HHHHHH", 4711, 5 << 11, 1, 0, len(records), 0)
    message += dns.encode_name(ZONE) + struct.pack("!HH", dns.TYPES["SOA"], 1) + b"".join(records)
    with socket.socket() as sock:
        sock.settimeout(20)
        sock.bind(("127.0.0.3", 0))
        sock.connect(("127.0.0.1", port))
        sock.sendall(struct.pack("!H", len(message)) + message)
        size = struct.unpack("!H", dns.exactly(sock, 2))[0]
        return dns.exactly(sock, size)[3] & 15


def rejected(way, version, kind, reason):
    server = way.server
    before = server.count(KEEPING)
    way.send(version, kind)
    server.wait_log(KEEPING, before + 1)
    settle()
    if reason not in server.log():
        raise AssertionError("no %s\n%s" % (reason, server.log()))


def through(way, what):
    def test(machine):
        server = way.start(machine)
        with Load(server, ZONE) as load, Watch(server) as watch:
            way.send(2, "good")
            server.wait_text("v2")
            rejected(way, 3, "bad", "CAA002")
            rejected(way, 4, "lost", LOST)
            way.send_broken(5)
            settle()
            way.send(6, "good")
            server.wait_text("v6")
        watch.check(["v1", "v2", "v6"])
        print("      %d answers a second, none failed" % load.rate(), flush=True)
        way.stop()
        return server
    test.__doc__ = what + ": good in, bad and broken out, the last good version answered throughout"
    return test


test_gate_file_whole = through(FileWay("whole", "changes"), "zone file, whole")
test_gate_file_whole_no_journal = through(FileWay("whole", "none"), "zone file, no journal")
test_gate_file_whole_all = through(FileWay("whole", "all"), "zone file, whole, all in the journal")
test_gate_file_difference = through(FileWay("difference", "changes"), "zone file, difference")
test_gate_file_difference_all = through(FileWay("difference", "all"), "zone file, difference, all")
test_gate_file_no_serial = through(FileWay("difference-no-serial", "all"),
                                   "zone file, difference-no-serial")
test_gate_file_signed = through(
    FileWay("difference-no-serial", "all", **{"dnssec-signing": "on"}), "zone file, signed by Knot")
test_gate_axfr_knotd = through(TransferWay(KnotPrimary, False), "AXFR from knotd, by NOTIFY")
test_gate_ixfr_knotd = through(TransferWay(KnotPrimary, True), "IXFR from knotd, by NOTIFY")
test_gate_axfr_named = through(TransferWay(NamedPrimary, False), "AXFR from named, by NOTIFY")
test_gate_ixfr_named = through(TransferWay(NamedPrimary, True), "IXFR from named, by NOTIFY")
test_gate_update = through(UpdateWay(), "dynamic updates with TSIG")

# What no honest primary sends. The second item is what the server or the gate says to it.
LIES = (
    ({"caa": issue("letsencrypt.org")}, KEEPING),
    ({"caa": b""}, "refresh, failed"),
    ({"caa": b"\0"}, "refresh, failed"),
    ({"caa": b"\0\0"}, KEEPING),
    ({"caa": issue("ca.example\0\xff\n; allow-file CAA002 -- x")}, KEEPING),
    ({"torn": True}, "refresh, failed"),
    ({"extra": [record("www.example.com", "CNAME", dns.encode_name("a.example.net"))]}, ""),
    ({"extra": [record("b.example.com", "A", b"\1\2\3")]}, ""),
)


def test_gate_lying_primary(machine):
    """AXFR from a primary that sends bad, torn and malformed zones: none is ever answered"""
    server = GateServer(machine, timeout=2)
    primary = LyingPrimary()
    try:
        secondary(server, primary.port)
        calm(server)
        primary.say(1)
        server.start()
        server.wait_text("v1")
        server.wait_text("v1", CALM)
        with Load(server, ZONE), Watch(server) as watch:
            for version, (lie, said) in enumerate(LIES, 2):
                before = server.count(said)
                primary.say(version, **lie)
                server.knotc("-b", "zone-refresh", ZONE, check=False)
                if said:
                    server.wait_log(said, before + 1)
            primary.say(90)
            server.knotc("-b", "zone-refresh", ZONE)
            server.wait_text("v90")
        watch.check(["v1", "v90"])
    finally:
        primary.stop()
    return server
