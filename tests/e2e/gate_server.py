# SPDX-License-Identifier: GPL-2.0-or-later
"""knotd whose zones stand behind the commit gate, and what watches it from outside."""

import os
import pathlib
import re
import signal
import subprocess
import threading
import time

import dns
from server import PATIENCE, Server

KEY = "hmac-sha256:updater:YWNtbGludC11cGRhdGVyLXNlY3JldC1mb3ItdGVzdHM="
# The good zone that is asked all the time, while others are updated.
CALM = "calm.example"


class GateServer(Server):
    """The zone's file is what operators edit: there is no source, so no load gate."""

    def __init__(self, machine, zones=("example.com",), timeout=10, external=True, **options):
        self.timeout = timeout
        self.external = external
        self.reading = threading.Lock()
        self.read_to = 0
        self.known = []
        self.behind = None      # Zones behind the gate; None: all.
        self.extra = ""
        self.control_timeout = 5
        options.setdefault("source", None)
        super().__init__(machine, [*zones, CALM], **options)

    def configure(self, **options):
        algorithm, name, secret = KEY.split(":")
        external = ("external:\n  - id: acmlint\n    timeout: %d\n    dump-new-zone: \"%s\"\n" % (
            self.timeout, self.inside("run/acmlint/%s.zone")))
        self.sections = (
            "control:\n    timeout: %d\n"
            "key:\n  - id: %s\n    algorithm: %s\n    secret: %s\n"
            "acl:\n  - id: update\n    key: %s\n    action: update\n"
            "%s%s" % (self.control_timeout, name, algorithm, secret, name,
                      external if self.external else "", self.extra))
        option = "    external-validation: acmlint\n"
        self.zone_options.pop("external-validation", None)
        if self.external and self.behind is None:
            self.zone_options["external-validation"] = "acmlint"
        for zone in self.zones:
            text = self.one_zone_options.get(zone, "").replace(option, "")
            if self.external and zone in (self.behind or ()):
                text += option
            self.one_zone_options[zone] = text
        super().configure(**options)

    def file(self, zone="example.com"):
        return self.folder / "zones" / (zone + ".zone")

    def update(self, *lines, zone="example.com", patience=30):
        """A signed dynamic update: "" when it was taken, else what the server answered."""
        script = "server 127.0.0.1 %d\nzone %s\n%s\nsend\n" % (
            self.port, zone, "\n".join("update " + line for line in lines))
        done = subprocess.run(self.machine.command("knsupdate", "-y", KEY, "-t", patience, "-r", 0),
                              input=script, capture_output=True, text=True)
        said = re.search(r"'(\w+)'", done.stdout + done.stderr)
        if done.returncode != 0 or said:
            return said.group(1) if said else done.stdout + done.stderr
        return ""

    def keymgr(self, *words):
        return subprocess.run(
            self.machine.command("keymgr", "-c", self.inside("knot.conf"), *words),
            capture_output=True, text=True, check=True, env=self.machine.environment()).stdout

    def lines(self):
        """The log so far, without a line for each question. It is read once: races write much."""
        with self.reading:
            path = self.folder / "log"
            if path.exists():
                with open(path, "rb") as file:
                    file.seek(self.read_to)
                    text, end, _ = file.read().rpartition(b"\n")
                self.read_to += len(text + end)
                self.known += [line for line in text.decode(errors="replace").splitlines()
                               if ", action query, " not in line]
            return self.known

    def log(self):
        errors = self.folder / "stderr"
        return ((errors.read_text(errors="replace") if errors.exists() else "") +
                "\n".join(self.lines()))

    def count(self, text):
        return sum(text in line for line in self.lines())

    def wait_log(self, text, times=1, patience=PATIENCE):
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if self.count(text) >= times:
                return
            time.sleep(0.01)
        raise AssertionError("%r wanted %d times in the log, found %d\n%s" % (
            text, times, self.count(text), self.log()))

    def wait_text(self, wanted, zone="example.com", patience=PATIENCE):
        """Until the version is answered. Serials may be the server's own."""
        end, got = time.monotonic() + patience, None
        while time.monotonic() < end:
            got = self.text(zone)
            if got == wanted:
                return
            time.sleep(0.01)
        raise AssertionError("%s wanted, %s answered\n%s" % (wanted, got, self.log()))

    def transaction(self, zone="example.com"):
        """"-", "open" or "open-external"."""
        said = self.knotc("zone-status", zone, "+transaction").stdout
        return re.search(r"transaction: (\S+)", said).group(1)

    def resources(self):
        """How many threads there are, and open files of each kind or name."""
        proc = pathlib.Path("/proc/%d" % self.pid())
        found = {"threads": len(list((proc / "task").iterdir()))}
        for link in (proc / "fd").iterdir():
            try:
                target = os.readlink(link)
            except OSError:
                continue
            kind = re.sub(r":?\[\d+\]$|^.*/", "", target)
            found[kind] = found.get(kind, 0) + 1
        return found

    def pid(self):
        """In a chroot, too, the process is the one that was started: chroot executes it."""
        return self.process.pid


class Watch:
    """Asks for a zone's serial and version all the time. What was ever answered is in texts and
    serials; whatever was no answer, in failures."""

    def __init__(self, server, *zones, pause=0.001):
        self.server = server
        self.zones = zones or ("example.com",)
        self.pause = pause
        self.texts = {zone: [] for zone in self.zones}
        self.serials = {zone: [] for zone in self.zones}
        self.failures = []
        self.asked = 0
        self.ends = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.look_at_all()
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ends.set()
        self.thread.join()
        self.look_at_all()

    def run(self):
        while not self.ends.is_set():
            self.look_at_all()
            time.sleep(self.pause)

    def look_at_all(self):
        for zone in self.zones:
            self.look(zone)

    def look(self, zone):
        text = self.server.text(zone)
        serial = dns.serial(self.server.port, zone)
        self.asked += 1
        if text is None or not isinstance(serial, int):
            self.failures.append((zone, text, serial))
            return
        for found, value in ((self.texts[zone], text), (self.serials[zone], serial)):
            if not found or found[-1] != value:
                found.append(value)

    def check(self, allowed, zone="example.com"):
        """Only these versions, in this order, and always an answer."""
        if self.failures:
            raise AssertionError("no answer: %r\n%s" % (self.failures[:5], self.server.log()))
        if self.texts[zone] != allowed:
            raise AssertionError("answered %r, not %r\n%s" % (
                self.texts[zone], allowed, self.server.log()))


class Load:
    """dnsperf, with questions whose answer is NOERROR as long as the zones are served."""

    RATE = 6000

    def __init__(self, server, *zones):
        self.server = server
        names = ["%s %s\n" % (prefix + zone, rrtype) for zone in (*zones, CALM)
                 for prefix, rrtype in (("", "SOA"), ("www.", "A"), ("version.", "TXT"))]
        self.questions = server.folder / "questions"
        self.questions.write_text("".join(names))
        self.process = None
        self.output = ""

    def __enter__(self):
        words = ("dnsperf", "-s", "127.0.0.1", "-p", self.server.port, "-d",
                 self.server.inside("questions"), "-Q", self.RATE, "-l", 600, "-c", 4, "-t", 5)
        self.process = subprocess.Popen(self.server.machine.command(*words), text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return self

    def __exit__(self, kind, *_):
        self.process.send_signal(signal.SIGINT)
        try:
            self.output = self.process.communicate(timeout=20)[0]
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        if kind is None:
            self.check()

    def number(self, pattern):
        return float(re.search(pattern, self.output).group(1))

    def check(self):
        codes = re.search(r"Response codes: +(.*)", self.output)
        lost = self.number(r"Queries lost: +(\d+)")
        if lost or codes is None or not re.fullmatch(r"NOERROR \d+ \(100.00%\)", codes.group(1)):
            raise AssertionError("failed answers\n%s\n%s" % (self.output, self.server.log()))

    def rate(self):
        return self.number(r"Queries per second: +([\d.]+)")
