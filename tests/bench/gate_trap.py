#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a reload costs while an update waits for validation: ./tests/bench/gate_trap.py

Knot DNS 3.5 alone, without the module. An update waits for its verdict, and the server is told to
reload: the reload takes the control lock and waits for the update, and the verdict waits for the
lock. For each `timeout` of the section external: how long the reload took, what the verdict got
("busy" after `timeout` of the section control), whether the update was published, and how many
questions were answered meanwhile. docs/gates.md has the table.
"""

import argparse
import pathlib
import signal
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

import zones
from gate_server import CALM, GateServer, Watch
from server import Machine
from steps import write

WAITING = "waiting for external validation"
CATALOG = "catalog.example"


def prepare(server):
    """The first versions come in before the gate: with a catalogue on the server, its reload at
    the start may have the first version discarded."""
    server.modules = False
    server.behind = ["example.com"]
    server.zones.append(CATALOG)
    server.extra = "template:\n  - id: member\n    storage: %s\n" % server.inside("zones")
    server.one_zone_options = {
        CATALOG: "    catalog-role: interpret\n    catalog-template: member\n"}
    server.configure()
    write(server.file(), zones.good(1))
    write(server.file(CALM), zones.good(1))
    write(server.file(CATALOG), catalog(1))
    server.start()
    for zone, text in (("example.com", "v1"), (CALM, "v1"), (CATALOG, "2")):
        server.wait_text(text, zone)
    server.external = True
    server.configure()
    server.reload()


def catalog(version):
    return ("$TTL 60\n@ SOA a. b. %d 3600 600 86400 60\n@ NS invalid.\nversion TXT \"2\"\n"
            % version + "".join("m%d.zones PTR member%d.example.\n" % (i, i)
                                for i in range(version - 1)))


def by_knotc(server):
    knotc = server.knotc_start("-t", "600", "reload")
    return lambda: knotc.poll() is not None


def by_signal(server):
    before = server.count("configuration reloaded")
    server.process.send_signal(signal.SIGHUP)
    return lambda: server.count("configuration reloaded") > before


def by_catalog(server):
    write(server.file(CATALOG), catalog(2))
    before = server.count("catalog, updating")
    server.knotc("zone-reload", CATALOG)
    return lambda: server.count("catalog, updating") > before


REASONS = (("knotc reload", by_knotc), ("SIGHUP", by_signal), ("catalogue", by_catalog))


class Verdict(threading.Thread):
    """Says commit as soon as the reload is under way, once."""

    def __init__(self, server):
        super().__init__()
        self.server = server
        self.said = ""
        self.took = 0.0

    def run(self):
        begin = time.monotonic()
        said = self.server.knotc("-t", "600", "zone-commit", "example.com", check=False).stdout
        self.took = time.monotonic() - begin
        self.said = said.strip().split("(")[-1].rstrip(")") or "nothing"


def measure(machine, timeout, control, reason):
    """One row: seconds of the reload, of the verdict, its outcome, published, answers, failures."""
    server = GateServer(machine, timeout=timeout, external=False)
    server.control_timeout = control
    try:
        prepare(server)
        write(server.file(), zones.good(2))
        server.knotc("zone-reload", "example.com")
        server.wait_log(WAITING)
        with Watch(server, "example.com", CALM) as watch:
            begin = time.monotonic()
            ended = reason(server)
            time.sleep(0.2)
            verdict = Verdict(server)
            verdict.start()
            while not ended() and time.monotonic() - begin < timeout + 20:
                time.sleep(0.01)
            took = time.monotonic() - begin
            verdict.join()
            time.sleep(0.1)
        return (took, verdict.took, verdict.said, server.text() == "v2", watch.asked,
                len(watch.failures))
    finally:
        server.stop(hard=True)
        server.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", help="folder of a Debian that has Knot DNS 3.5")
    parser.add_argument("--timeouts", default="2,5,10,30", help="of external (2,5,10,30)")
    parser.add_argument("--control", default="5,2", help="timeouts of control (5,2)")
    arguments = parser.parse_args()
    machine = Machine(arguments.root)
    print("knotd %s" % machine.version())
    print("%-13s %8s %8s   %8s %8s %-28s %-9s %8s %7s" % (
        "reload by", "external", "control", "reload s", "verdict", "it got", "published", "answers",
        "failed"))
    try:
        for name, reason in REASONS:
            for control in map(int, arguments.control.split(",")):
                for timeout in map(int, arguments.timeouts.split(",")):
                    took, waited, said, published, asked, failed = measure(
                        machine, timeout, control, reason)
                    print("%-13s %8d %8d   %8.2f %8.2f %-28s %-9s %8d %7d" % (
                        name, timeout, control, took, waited, said, "yes" if published else "no",
                        asked, failed), flush=True)
    finally:
        machine.close()


if __name__ == "__main__":
    main()
