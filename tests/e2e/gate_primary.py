# SPDX-License-Identifier: GPL-2.0-or-later
"""Where zones are transferred from: a knotd, a named, and one of our own that lies."""

import socket
import struct
import subprocess
import threading
import time

import dns
import zones
from server import Server, free_port
from steps import write


class KnotPrimary(Server):
    """A knotd without the module, that notifies the secondary of each change."""

    ZONES = ("example.com",)

    def __init__(self, machine, secondary, ixfr):
        self.secondary = secondary
        self.ixfr = ixfr
        super().__init__(machine, self.ZONES)
        self.modules = False
        self.sections = "remote:\n  - id: secondary\n    address: 127.0.0.1@%d\n" % secondary
        self.zone_options = {"notify": "secondary", "zonefile-load": "difference",
                             "journal-content": "changes", "provide-ixfr": "on" if ixfr else "off"}
        self.configure()

    def publish(self, text):
        write(self.published(), text)
        if self.process is None:
            self.start()
        else:
            self.knotc("-b", "zone-reload", "example.com", check=False)


class NamedPrimary:
    """BIND, the same."""

    def __init__(self, machine, secondary, ixfr):
        self.machine = machine
        machine.servers.append(self)
        self.port = free_port()
        self.folder = Server.make_folder(machine, "named")
        self.zone = self.folder / "example.com.zone"
        self.process = None
        (self.folder / "named.conf").write_text(
            "options {\n"
            "directory \"%s\"; pid-file none; session-keyfile none;\n"
            "listen-on port %d { 127.0.0.1; }; listen-on-v6 { none; };\n"
            "recursion no; dnssec-validation no; empty-zones-enable no;\n"
            "notify explicit; notify-delay 0; also-notify { 127.0.0.1 port %d; };\n"
            "allow-transfer { any; }; provide-ixfr %s; serial-query-rate 1000;\n"
            "startup-notify-rate 1000; notify-rate 1000;\n"
            "};\n"
            "controls { };\n"
            "zone \"example.com\" { type primary; file \"%s\"; ixfr-from-differences yes; };\n" % (
                machine.inside(self.folder), self.port, secondary, "yes" if ixfr else "no",
                machine.inside(self.zone)))

    def publish(self, text):
        write(self.zone, text)
        if self.process is None:
            self.start()
        else:
            self.process.send_signal(1)

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                self.machine.command("named", "-g", "-c",
                                     self.machine.inside(self.folder / "named.conf")),
                stdout=log, stderr=log)
        end = time.monotonic() + 20
        while dns.serial(self.port, "example.com", 0.2) is None:
            if time.monotonic() > end or self.process.poll() is not None:
                raise AssertionError("named does not come up\n" +
                                     (self.folder / "log").read_text())
            time.sleep(0.05)

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)
            self.process = None

    def close(self):
        self.stop()


def record(owner, rrtype, data, ttl=60):
    return (dns.encode_name(owner) + struct.pack("!HHIH", dns.TYPES[rrtype], 1, ttl, len(data)) +
            data)


def soa(version):
    return record("example.com", "SOA", dns.encode_name("ns1.example.net") +
                  dns.encode_name("hostmaster.example.net") +
                  struct.pack("!IIIII", version, 3600, 600, 86400, 60))


def content(version, caa):
    """zones.good(), as records, with this CAA record."""
    owner, _, _, target = zones.TOKEN.split()
    text = b"v%d" % version
    return [record("example.com", "NS", dns.encode_name("ns1.example.net")),
            record("example.com", "NS", dns.encode_name("ns2.example.net")),
            record("www.example.com", "A", bytes([192, 0, 2, 80])),
            record(owner + ".example.com", "CNAME", dns.encode_name(target)),
            record("version.example.com", "TXT", bytes([len(text)]) + text),
            record("example.com", "CAA", caa)]


def issue(value):
    return b"\0\5issue" + value.encode()


class LyingPrimary:
    """Serves SOA, and AXFR to whoever asks for any transfer, from what it is told to say: a list
    of records, or bytes that end the connection."""

    def __init__(self):
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.port = self.tcp.getsockname()[1]
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", self.port))
        self.serial = 0
        self.records = []
        self.torn = False
        self.threads = [threading.Thread(target=loop, daemon=True)
                        for loop in (self.serve_udp, self.serve_tcp)]
        for thread in self.threads:
            thread.start()

    def say(self, version, caa=issue("amazon.com"), extra=(), torn=False):
        self.records = [soa(version), *content(version, caa), *extra]
        self.torn = torn
        self.serial = version

    def answer(self, query, records):
        ident, flags = struct.unpack("!HH", query[:4])
        end = dns.decode_name(query, 12)[1] + 4
        return (struct.pack("!HHHHHH", ident, 0x8400 | flags & 0x7900, 1, len(records), 0, 0) +
                query[12:end] + b"".join(records))

    def serve_udp(self):
        while True:
            try:
                query, peer = self.udp.recvfrom(4096)
            except OSError:
                return
            if query == b"":        # Shut down.
                return
            self.udp.sendto(self.answer(query, [soa(self.serial)]), peer)

    def serve_tcp(self):
        while True:
            try:
                client, _ = self.tcp.accept()
            except OSError:
                return
            with client:
                client.settimeout(5)
                try:
                    self.converse(client)
                except OSError:
                    pass

    def converse(self, client):
        while True:
            size = struct.unpack("!H", dns.exactly(client, 2))[0]
            query = dns.exactly(client, size)
            at = dns.decode_name(query, 12)[1]
            if struct.unpack("!H", query[at:at + 2])[0] in (251, 252):
                self.transfer(client, query)
            else:
                self.send(client, self.answer(query, [soa(self.serial)]))

    def transfer(self, client, query):
        message = self.answer(query, [*self.records, self.records[0]])
        if self.torn:
            client.sendall((struct.pack("!H", len(message)) + message)[:len(message) // 2])
            raise OSError("torn")
        self.send(client, message)

    @staticmethod
    def send(client, message):
        client.sendall(struct.pack("!H", len(message)) + message)

    def stop(self):
        """shutdown() wakes the threads that wait."""
        for sock in (self.tcp, self.udp):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            sock.close()

    def close(self):
        pass
