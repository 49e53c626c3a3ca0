# SPDX-License-Identifier: GPL-2.0-or-later
"""Real knotd, nsd and named on loopback, each in a folder of its own."""

import pathlib
import socket
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
import dns  # noqa: E402
sys.path.append(str(HERE.parent / "support"))
from loopback import end, find, free_port  # noqa: E402

PATIENCE = 15.0


def user():
    return subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()


def until(condition, what, patience=PATIENCE):
    """Waits for something; SystemExit names what never came."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {patience:g} s")


def serial(port, zone):
    """The serial that a server answers, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(1)
        sock.connect(("127.0.0.1", port))
        try:
            sock.send(dns.query_wire(zone, "SOA"))
            answer = dns.parse(sock.recv(4096))
        except OSError:
            return None
    soas = answer.rdata("SOA")
    return int.from_bytes(soas[0][:4], "big") if soas else None


class Process:
    """One server; its output and log are in the folder."""

    def __init__(self, folder, name):
        self.folder = pathlib.Path(folder, name)
        self.folder.mkdir()
        self.process = None

    def start(self, *words):
        with open(self.folder / "stderr", "wb") as errors:
            self.process = subprocess.Popen([find(words[0]), *words[1:]], stdin=subprocess.DEVNULL,
                                            stdout=errors, stderr=errors)

    def log(self):
        text = ""
        for name in ("stderr", "log"):
            if (self.folder / name).exists():
                text += (self.folder / name).read_text(encoding="utf-8", errors="replace")
        return text

    def close(self):
        end(self.process)


class Knot(Process):
    """A primary: one zone, and notifies to a secondary."""

    def __init__(self, folder, zone, text, notify_port):
        super().__init__(folder, "knot")
        self.zone, self.port = zone, free_port()
        self.write(text)
        self.conf = self.folder / "knot.conf"
        self.conf.write_text(
            f"server:\n    rundir: {self.folder}\n    user: {user()}\n"
            f"    listen: 127.0.0.1@{self.port}\n    udp-workers: 1\n    tcp-workers: 1\n"
            "    background-workers: 1\n"
            f"log:\n  - target: {self.folder}/log\n    any: info\n"
            f"database:\n    storage: {self.folder}/db\n    journal-db-max-size: 64M\n"
            f"remote:\n  - id: second\n    address: 127.0.0.1@{notify_port}\n"
            "acl:\n  - id: local\n    address: 127.0.0.1\n    action: transfer\n"
            f"zone:\n  - domain: {zone}\n    file: {self.folder}/zone\n    acl: local\n"
            "    notify: second\n    zonefile-sync: -1\n    journal-content: none\n", "ascii")
        self.start("knotd", "-c", str(self.conf))
        until(lambda: serial(self.port, zone) is not None, "knotd comes up")

    def write(self, text):
        new = self.folder / "zone.new"
        new.write_text(text, encoding="utf-8")
        new.rename(self.folder / "zone")

    def publish(self, text, number):
        self.write(text)
        subprocess.run(["knotc", "-c", str(self.conf), "zone-reload", self.zone], check=True,
                       capture_output=True)
        until(lambda: serial(self.port, self.zone) == number, f"knotd serves {number}")


class Nsd(Process):
    """A secondary that asks a verifier."""

    def __init__(self, folder, zone, primary_port, port, verifier, feed):
        super().__init__(folder, "nsd")
        self.zone, self.port = zone, port
        conf = self.folder / "nsd.conf"
        conf.write_text(
            f"server:\n  ip-address: 127.0.0.1@{port}\n  username: \"\"\n  server-count: 1\n"
            f"  zonesdir: \"{self.folder}\"\n  database: \"\"\n  pidfile: \"{self.folder}/pid\"\n"
            f"  xfrdfile: \"{self.folder}/xfrd\"\n  zonelistfile: \"{self.folder}/list\"\n"
            f"  logfile: \"{self.folder}/log\"\n  verbosity: 2\n  xfrd-reload-timeout: 0\n"
            "remote-control:\n  control-enable: no\n"
            f"verify:\n  enable: yes\n  ip-address: 127.0.0.1\n  port: {free_port()}\n"
            f"  verify-zones: yes\n  verifier: {verifier}\n  verifier-timeout: 20\n"
            f"  verifier-feed-zone: {feed}\n"
            f"zone:\n  name: {zone}\n  zonefile: zone\n"
            f"  request-xfr: AXFR 127.0.0.1@{primary_port} NOKEY\n"
            "  allow-notify: 127.0.0.1 NOKEY\n  provide-xfr: 127.0.0.1 NOKEY\n", "ascii")
        self.start("nsd", "-d", "-c", str(conf))
        self.conf = conf


class Named(Process):
    """A primary that rndc reloads."""

    def __init__(self, folder, zone, text):
        super().__init__(folder, "named")
        self.zone, self.port, control = zone, free_port(), free_port()
        (self.folder / "zone").write_text(text, encoding="utf-8")
        key = "key rndc-key { algorithm hmac-sha256; secret \"c2VjcmV0IG9mIHRoZSB0ZXN0\"; };\n"
        (self.folder / "rndc.conf").write_text(
            key + "options { default-key rndc-key; default-server 127.0.0.1; "
            f"default-port {control}; }};\n", "ascii")
        self.conf = self.folder / "named.conf"
        self.conf.write_text(
            key + f"controls {{ inet 127.0.0.1 port {control} allow {{ 127.0.0.1; }} "
            "keys { rndc-key; }; };\n"
            f"options {{ directory \"{self.folder}\"; pid-file \"{self.folder}/pid\"; "
            f"listen-on port {self.port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; "
            "recursion no; dnssec-validation no; session-keyfile none; };\n"
            f"zone \"{zone}\" {{ type primary; file \"{self.folder}/zone\"; }};\n", "ascii")
        self.start("named", "-g", "-c", str(self.conf), "-n", "1")
        until(lambda: serial(self.port, zone) is not None, "named comes up")
