#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the module costs a server of many zones: ./tests/bench/server.py [--zones N] [--pairs N]

Time from the start of knotd until every zone is loaded, with the module and without, in pairs that
run one after the other; the ratio is the median over the pairs. Cases: mode log, first publication
in mode reject, a restart with nothing changed; then resident memory over 100 reloads. --inventory has
the module judge by so many certificates, one a file, and at each reload by another one.
"""

import argparse
import os
import pathlib
import shutil
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

import dns
import zones
from server import Machine, Server

LIMITS = {"log": 1.25, "first": 2.0, "unchanged": 1.05}


def make_sources(folder, names, records):
    """One text for all, so that it is the server that is measured."""
    folder.mkdir(exist_ok=True)
    text = zones.good(1, records=records - 7).encode()
    for name in names:
        (folder / (name + ".zone")).write_bytes(text)


def make_inventory(server, count, number=0):
    """A certificate for each of the first zones; another one for the first, with each number."""
    folder = server.folder / "acm"
    folder.mkdir(exist_ok=True)
    for i, name in enumerate(server.zones[:1 if number else count]):
        (folder / (name + ".json")).write_text(
            zones.inventory("www." + name, number=1 + i + number * len(server.zones)))
    server.configure(inventory=server.inside("acm"))


def fresh_zones(server, template):
    """The old files stay until the end: ext4 is slow to hand out inodes that were just freed."""
    (server.folder / "zones").rename(server.folder / ("zones-%d" % time.monotonic_ns()))
    (server.folder / "zones").mkdir()
    if template is not None:
        for entry in os.scandir(template):
            shutil.copyfile(entry.path, server.folder / "zones" / entry.name)


def answers(server, name):
    return dns.serial(server.port, name, timeout=0.2) == 1


def wait_answered(server):
    """Until all zones answer: the last that does not, is asked again."""
    left = list(server.zones)
    while left:
        while left and answers(server, left[-1]):
            left.pop()
        if left:
            time.sleep(0.002)
        if server.process.poll() is not None:
            raise SystemExit("knotd ended\n" + server.log()[-3000:])


def timed_start(server, modules, **options):
    server.modules = modules
    server.configure(**options)
    (server.folder / "log").unlink(missing_ok=True)
    os.sync()
    start = time.monotonic()
    server.start(wait=False)
    wait_loaded(server)
    took = time.monotonic() - start
    wait_answered(server)
    return took


def wait_loaded(server):
    """The log says when the last zone was loaded; asking each would be a load of its own."""
    path, seen, tail = server.folder / "log", 0, b""
    wanted = len(server.zones)
    file = None
    while seen < wanted:
        time.sleep(0.002)
        if server.process.poll() is not None:
            raise SystemExit("knotd ended\n" + server.log()[-3000:])
        if file is None:
            if not path.exists():
                continue
            file = open(path, "rb")
        tail += file.read()
        lines = tail.split(b"\n")
        tail = lines.pop()
        seen += sum(b"] loaded, serial" in line for line in lines)
    file.close()


def case_log(server, sources):
    fresh_zones(server, sources)
    plain = timed_start(server, False)
    server.stop()
    forget(server)
    linted = timed_start(server, True, mode="log", source=None)
    server.stop()
    return linted, plain


def case_first(server, sources):
    fresh_zones(server, sources)
    plain = timed_start(server, False)
    server.stop()
    fresh_zones(server, None)
    forget(server)
    gated = timed_start(server, True, mode="reject", source=str(sources) + "/%s.zone")
    server.stop()
    return gated, plain


def case_unchanged(server, sources):
    """The first pair publishes, where no case before has."""
    if not any(os.scandir(server.folder / "zones")):
        timed_start(server, True, mode="reject", source=str(sources) + "/%s.zone")
        server.stop()
    plain = timed_start(server, False)
    server.stop()
    gated = timed_start(server, True, mode="reject", source=str(sources) + "/%s.zone")
    server.stop()
    if "accepted" in server.log():
        raise SystemExit("not unchanged")
    return gated, plain


def forget(server):
    (server.folder / "db/acmlint.state").unlink(missing_ok=True)


def resident(server):
    for line in pathlib.Path("/proc/%d/status" % server.process.pid).read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    return 0


def measure(name, case, server, sources, pairs):
    ratios = []
    for _ in range(pairs):
        gated, plain = case(server, sources)
        ratios.append(gated / plain)
        print("  %-10s with %.3f s, without %.3f s, ratio %.3f" % (name, gated, plain, ratios[-1]),
              flush=True)
    ratio = statistics.median(ratios)
    good = ratio <= LIMITS[name]
    print("%-4s %s: ratio %.3f, at most %.2f" % ("ok" if good else "FAIL", name, ratio,
                                                LIMITS[name]), flush=True)
    return good


def measure_memory(server, sources, reloads, inventory):
    """Reloads that find something to do and reloads that do not."""
    timed_start(server, True, mode="reject", source=str(sources) + "/%s.zone")
    sizes = []
    for number in range(reloads + 10):
        for name in server.zones[:10]:
            path = sources / (name + ".zone")
            path.write_bytes((zones.good, zones.bad)[number % 2](2 + number, records=23).encode())
        if inventory > 0:
            make_inventory(server, inventory, 1 + number)
        server.reload()
        sizes.append(resident(server))
    server.stop()
    settled = max(sizes[5:10])
    print("  resident: %d kB after 10 reloads, %d kB after %d" % (
        settled, sizes[-1], len(sizes)))
    good = min(sizes[-5:]) <= settled * 1.01
    print("%-4s memory: %+.2f %%" % ("ok" if good else "FAIL",
                                    100 * (min(sizes[-5:]) / settled - 1)))
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root")
    parser.add_argument("--module")
    parser.add_argument("--zones", type=int, default=10000)
    parser.add_argument("--records", type=int, default=30)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--reloads", type=int, default=100)
    parser.add_argument("--inventory", type=int, default=0)
    parser.add_argument("cases", nargs="*", help="log, first, unchanged, memory; without: all")
    arguments = parser.parse_args()
    machine = Machine(arguments.root, arguments.module)
    names = ["zone%05d.example" % i for i in range(arguments.zones)]
    server, results = None, []
    try:
        machine.build()
        print("knotd %s, %d zones of %d records" % (machine.version(), len(names),
                                                    arguments.records))
        server = Server(machine, zones=names)
        sources = server.folder / "source"
        make_sources(sources, names, arguments.records)
        if arguments.inventory > 0:
            make_inventory(server, arguments.inventory)
        wanted = arguments.cases or ["log", "first", "unchanged", "memory"]
        for name, case in (("log", case_log), ("first", case_first),
                           ("unchanged", case_unchanged)):
            if name in wanted:
                results.append(measure(name, case, server, sources, arguments.pairs))
        if "memory" in wanted:
            results.append(measure_memory(server, sources, arguments.reloads,
                                          arguments.inventory))
    finally:
        if server is not None:
            server.close()
        machine.close()
    print("%d passed, %d failed" % (results.count(True), results.count(False)))
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
