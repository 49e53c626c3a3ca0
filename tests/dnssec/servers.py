# SPDX-License-Identifier: GPL-2.0-or-later
"""Real servers on loopback: knotd serves the zones, nsd those that crash it, and a real unbound
validates them."""

import os
import subprocess
import sys
import time

from message import SERVFAIL, TYPES, ask
from signing import stamp

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from loopback import die_with_parent, end, find, free_port  # noqa: E402

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

NSD = """\
server:
    zonesdir: "{folder}"
    database: ""
    pidfile: "{folder}/pid"
    xfrdfile: "{folder}/xfrd"
    zonelistfile: "{folder}/list"
    username: ""
    ip-address: 127.0.0.1@{port}
    server-count: 1
remote-control:
    control-enable: no
"""

# The least round trip keeps unbound from giving up on a server that waits for a processor: it
# remembers for a minute that a zone has no keys then, and calls bogus what is not. Of the DS that
# are trust anchors only those with the strongest digest type count, as acmlint has it; of those
# that a parent has, only where harden-algo-downgrade says so.
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
    ede: yes
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
    harden-algo-downgrade: {strict}
    trust-anchor-file: "{folder}/anchors"
    cache-min-ttl: 0
    outgoing-range: 200
    num-queries-per-thread: 100
    jostle-timeout: 5000
    edns-buffer-size: 4096
    unknown-server-time-limit: 5000
    infra-cache-min-rtt: 5000
remote-control:
    control-enable: no
"""


class Process:
    """One server until stop()."""

    def __init__(self, command, log):
        self.name = os.path.basename(command[0])
        self.log = open(log, "w+", encoding="utf-8")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=self.log, preexec_fn=die_with_parent)

    def check(self, doing):
        status = self.process.poll()
        if status is not None:
            self.log.seek(0)
            raise SystemExit("%s ended (status %d) at %s\n%s" % (self.name, status, doing,
                                                                self.log.read()[-3000:]))

    def stop(self):
        end(self.process)
        self.log.close()


def crashes_knotd(case):
    """knotd (3.2.6) looks for the closest encloser that has an NSEC3 record, and above the zone's
    top where that has none: it crashes on zones that have NSEC3PARAM and lack the top's NSEC3."""
    return (any(r.type == "NSEC3PARAM" for r in case.records) and
            not any(r.type == "NSEC3" and "NSEC3PARAM" in r.data.split() for r in case.records))


class Resolver:
    """All servers until the with statement ends."""

    def __init__(self, folder, cases, now):
        self.folder, self.cases, self.now = folder, cases, now
        self.processes, self.known, self.ports = [], {}, {}

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
        by_nsd = [case for case in self.cases if crashes_knotd(case)]
        by_knotd = [case for case in self.cases if case not in by_nsd]
        for cases, start in ((by_knotd, self.start_knotd), (by_nsd, self.start_nsd)):
            if cases:
                start(cases, free_port())
        self.port = free_port()
        self.start_unbound()

    def start_authority(self, server, command, cases, port, conf):
        """A server of zones, whose configuration says of each zone what conf() returns."""
        folder = os.path.join(self.folder, server)
        os.mkdir(folder)
        text = (KNOTD if server == "knotd" else NSD).format(folder=folder, port=port)
        for number, case in enumerate(cases):
            file = "%d.zone" % number
            write(os.path.join(folder, file), case.text())
            text += conf(case.origin, file)
            case.server = server
            self.ports[case.origin] = port
        write(os.path.join(folder, "conf"), text)
        process = Process([find(server)] + command + ["-c", os.path.join(folder, "conf")],
                          os.path.join(folder, "log"))
        self.processes.append(process)
        for case in cases:
            self.wait(process, port, case.origin)

    def start_knotd(self, cases, port):
        self.start_authority("knotd", [], cases, port, "  - domain: {}\n    file: {}\n".format)

    def start_nsd(self, cases, port):
        self.start_authority("nsd", ["-d"], cases, port,
                             "zone:\n    name: {}\n    zonefile: {}\n".format)

    def start_unbound(self):
        folder = os.path.join(self.folder, "unbound")
        os.mkdir(folder)
        conf = UNBOUND.format(folder=folder, port=self.port, date=stamp(self.now),
                              strict="yes" if "." in self.ports else "no")
        stubs = dict(self.ports)
        # Whatever leads elsewhere is refused at once.
        stubs.setdefault(".", next(iter(stubs.values())))
        for origin, port in stubs.items():
            conf += "stub-zone:\n    name: %s\n    stub-addr: 127.0.0.1@%d\n" % (origin, port)
        write(os.path.join(folder, "anchors"), "".join(
            "%s 300 IN DS %s\n" % (case.origin, ds) for case in self.cases
            for ds in case.anchors()))
        write(os.path.join(folder, "conf"), conf)
        process = Process([find("unbound"), "-d", "-c", os.path.join(folder, "conf")],
                          os.path.join(folder, "log"))
        self.processes.append(process)
        self.wait(process, self.port, None)

    @staticmethod
    def wait(process, port, name):
        """Until the server has the zone; None: until it answers."""
        deadline = time.monotonic() + 60
        while True:
            answer = ask(port, name or ".", "SOA", 0.5)
            if answer is not None and (name is None or answer.rcode == 0):
                return
            process.check("the start")
            if time.monotonic() > deadline:
                raise SystemExit("%s does not serve %s" % (process.name, name))
            time.sleep(0.02)

    def ask(self, port, name, rrtype, checking=True):
        """An answer; servers that do not answer have crashed, or the machine is beyond use."""
        for _ in range(8):
            answer = ask(port, name, rrtype, 10, checking)
            if answer is not None:
                return answer
            self.check("%s %s" % (name, rrtype))
        raise SystemExit("no answer to %s %s" % (name, rrtype))

    def check(self, doing):
        for process in self.processes:
            process.check(doing)

    def verdict(self, case, name, rrtype):
        """("secure", "insecure" or "bogus", whether the answer has the type, what unbound says)"""
        if (name, rrtype) not in self.known:
            answer = self.ask(self.port, name, rrtype)
            verdict = "secure" if answer.authentic else "insecure"
            if answer.rcode == SERVFAIL:
                self.confirm(case, name, rrtype, answer)
                verdict = "bogus"
            self.known[name, rrtype] = (verdict, TYPES[rrtype] in answer.types,
                                        "; ".join(answer.reasons))
        return self.known[name, rrtype]

    def confirm(self, case, name, rrtype, answer):
        """A look-up that fails is bogus when it succeeds without validation, or when the server of
        the zone cannot answer it. Everything else is a fault of the test."""
        self.check("%s %s" % (name, rrtype))
        if self.ask(self.port, name, rrtype, checking=False).rcode != SERVFAIL:
            return
        if self.ask(self.ports[case.origin], name, rrtype).rcode != SERVFAIL:
            raise SystemExit("%s %s of \"%s\" fails, and not for DNSSEC: %s" % (
                name, rrtype, case.title, "; ".join(answer.reasons)))


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
