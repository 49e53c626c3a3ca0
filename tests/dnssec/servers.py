# SPDX-License-Identifier: GPL-2.0-or-later
"""A real knotd that serves the zones, and a real unbound that validates them, on loopback."""

import ctypes
import os
import random
import signal
import socket
import struct
import subprocess
import time

from signing import stamp, wire

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "DNSKEY": 48, "CAA": 257}

KNOTD = """\
server:
    rundir: "{folder}"
    listen: 127.0.0.1@{port}
    udp-workers: 1
    tcp-workers: 4
    background-workers: 2
    udp-max-payload: 4096
control:
    listen: "{folder}/control"
log:
  - target: stderr
    any: error
database:
    storage: "{folder}/db"
template:
  - id: default
    storage: "{folder}"
    zonefile-sync: -1
    journal-content: none
    semantic-checks: off
zone:
"""

UNBOUND = """\
server:
    directory: "{folder}"
    chroot: ""
    username: ""
    pidfile: ""
    use-syslog: no
    logfile: ""
    verbosity: 0
    val-log-level: 2
    log-servfail: yes
    num-threads: 1
    do-daemonize: no
    interface: 127.0.0.1@{port}
    do-not-query-localhost: no
    access-control: 127.0.0.0/8 allow
    module-config: "validator iterator"
    val-override-date: "{date}"
    val-sig-skew-min: 0
    val-sig-skew-max: 0
    val-bogus-ttl: 1
    aggressive-nsec: no
    qname-minimisation: no
    harden-below-nxdomain: no
    harden-referral-path: no
    local-zone: "acmtest." nodefault
    trust-anchor-file: "{folder}/anchors"
    cache-min-ttl: 0
    outgoing-range: 200
    num-queries-per-thread: 100
    jostle-timeout: 5000
    infra-cache-max-rtt: 1000
    infra-keep-probing: yes
remote-control:
    control-enable: no
"""


def find(program):
    for folder in os.environ.get("PATH", "").split(":") + ["/usr/sbin", "/usr/local/sbin", "/sbin"]:
        path = os.path.join(folder, program)
        if os.access(path, os.X_OK):
            return path
    raise SystemExit(program + " is not installed")


def free_port():
    for port in random.SystemRandom().sample(range(20000, 60000), 200):
        try:
            for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                with socket.socket(socket.AF_INET, kind) as probe:
                    probe.bind(("127.0.0.1", port))
            return port
        except OSError:
            continue
    raise SystemExit("no free port")


def die_with_parent():
    """PR_SET_PDEATHSIG: servers do not outlive a test that was killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def ask(port, name, rrtype, timeout):
    """(rcode, authenticated, truncated) or None for silence."""
    number = random.randrange(65536)
    query = struct.pack("!HHHHHH", number, 0x0120, 1, 0, 0, 1) + wire(name)
    query += struct.pack("!HH", TYPES[rrtype], 1) + b"\0\0\x29\x10\0\0\0\x80\0\0\0"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(timeout)
        try:
            sock.connect(("127.0.0.1", port))
            sock.send(query)
            got, flags = struct.unpack("!HH", sock.recv(65535)[:4])
        except OSError:
            return None
    return (flags & 15, bool(flags & 0x20), bool(flags & 0x200)) if got == number else None


class Process:
    """One server until stop()."""

    def __init__(self, command, log):
        self.log = open(log, "w+", encoding="utf-8")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=self.log, preexec_fn=die_with_parent)

    def check(self, what):
        if self.process.poll() is not None:
            self.log.seek(0)
            raise SystemExit("%s ended: %s" % (what, self.log.read()[-3000:]))

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


class Resolver:
    """Both servers until the with statement ends."""

    def __init__(self, folder, cases, now):
        self.folder, self.cases, self.now = folder, cases, now
        self.processes, self.known = [], {}

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.stop()

    def start(self):
        authority = free_port()
        self.start_knotd(authority)
        self.port = free_port()
        self.start_unbound(authority)

    def start_knotd(self, port):
        folder = os.path.join(self.folder, "knotd")
        os.mkdir(folder)
        conf = KNOTD.format(folder=folder, port=port)
        for case in self.cases:
            with open(os.path.join(folder, case.origin + "zone"), "w", encoding="ascii") as file:
                file.write(case.text())
            conf += "  - domain: %s\n    file: \"%szone\"\n" % (case.origin, case.origin)
        with open(os.path.join(folder, "knot.conf"), "w", encoding="ascii") as file:
            file.write(conf)
        process = Process([find("knotd"), "-c", os.path.join(folder, "knot.conf")],
                          os.path.join(folder, "log"))
        self.processes.append(process)
        for case in self.cases:
            self.wait(process, port, case.origin)

    def start_unbound(self, authority):
        folder = os.path.join(self.folder, "unbound")
        os.mkdir(folder)
        conf = UNBOUND.format(folder=folder, port=self.port, date=stamp(self.now))
        with open(os.path.join(folder, "anchors"), "w", encoding="ascii") as file:
            for case in self.cases:
                file.writelines("%s 300 IN DS %s\n" % (case.origin, ds) for ds in case.ds)
                conf += "stub-zone:\n    name: %s\n    stub-addr: 127.0.0.1@%d\n" % (
                    case.origin, authority)
            # Whatever leads elsewhere is refused at once.
            conf += "stub-zone:\n    name: .\n    stub-addr: 127.0.0.1@%d\n" % authority
        with open(os.path.join(folder, "unbound.conf"), "w", encoding="ascii") as file:
            file.write(conf)
        process = Process([find("unbound"), "-d", "-c", os.path.join(folder, "unbound.conf")],
                          os.path.join(folder, "log"))
        self.processes.append(process)
        self.wait(process, self.port, self.cases[0].origin)

    @staticmethod
    def wait(process, port, name):
        deadline = time.monotonic() + 60
        while ask(port, name, "SOA", 0.5) is None:
            process.check(name)
            if time.monotonic() > deadline:
                raise SystemExit("no answer for " + name)
            time.sleep(0.05)

    def verdict(self, name, rrtype, again=False):
        """"secure", "insecure" or "bogus"; again: do not believe what was said before."""
        if again or (name, rrtype) not in self.known:
            answer = None
            for _ in range(8):
                answer = answer or ask(self.port, name, rrtype, 10)
            if answer is None:
                raise SystemExit("unbound does not answer %s %s" % (name, rrtype))
            self.known[name, rrtype] = ("bogus" if answer[0] == 2 else
                                        "secure" if answer[1] else "insecure")
        return self.known[name, rrtype]
