#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the commit gate costs: ./tests/bench/gate.py [--root CHROOT] [start] [verdict] [queries]

start      seconds from the start of knotd until all zones are loaded: with the gate, without it, and
           with a validator that reads nothing (blind.c), by turns; the ratios are medians over the
           turns. Dumps are in memory, as below /run
verdict    from the dump of a small zone to the server's next line in its log, which says that the
           update is published: milliseconds, by inotify and a pipe, for dynamic updates and files
queries    answers a second of a server with the gate and of one without the module, each freshly
           started, turn by turn; the ratio is that of the sums

Needs root and Knot DNS 3.5; the module is $ACMLINT_MODULE, or is built in the chroot.
"""

import argparse
import ctypes
import os
import pathlib
import re
import shutil
import statistics
import struct
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

import zones
from gate_server import CALM, GateServer
from gate_ways import version_lines
from server import Machine
from steps import write

START_LIMIT = 1.3
VERDICT_LIMIT = 2.0
QUERIES_LIMIT = 0.99
IN_MOVED_TO = 0x80
ZONE = "example.com"


def verdict_line(name, value, good, limit):
    print("%-4s %s: %s, %s" % ("ok" if good else "FAIL", name, value, limit), flush=True)
    return good


def wait_loaded(server):
    """The log says when the last zone was loaded: asking each would be a load of its own."""
    path, seen, tail = server.folder / "log", 0, b""
    while not path.exists():
        time.sleep(0.002)
    with open(path, "rb") as file:
        while seen < len(server.zones):
            time.sleep(0.002)
            if server.process.poll() is not None:
                raise SystemExit("knotd ended")
            tail += file.read()
            *lines, tail = tail.split(b"\n")
            seen += sum(b"] loaded, serial" in line for line in lines)


def blind_validator(machine, server):
    """What publishes every update unread, as a process."""
    binary = server.folder / "blind"
    if not binary.exists():
        shutil.copy(HERE / "blind.c", server.folder)
        subprocess.run(machine.command("cc", "-O2", "-o", machine.inside(binary),
                                       machine.inside(server.folder / "blind.c"), "-lknot"),
                       check=True)
    return subprocess.Popen(machine.command(
        machine.inside(binary), server.inside("run/acmlint"), server.inside("run/knot.sock")))


def timed_start(machine, server, kind):
    """kind: "gate", "blind" or "none"."""
    server.external, server.modules = kind != "none", kind != "blind"
    server.configure()
    for name in ("log", "db/acmlint.state"):
        (server.folder / name).unlink(missing_ok=True)
    (server.folder / "run/acmlint").mkdir(exist_ok=True)
    validator = blind_validator(machine, server) if kind == "blind" else None
    os.sync()
    begin = time.monotonic()
    server.start(wait=False)
    wait_loaded(server)
    took = time.monotonic() - begin
    server.wait_up()
    for zone in (server.zones[0], server.zones[-1]):
        server.wait_text("v1", zone)
    server.stop()
    if validator is not None:
        validator.kill()
        validator.wait()
    return took


def measure_start(machine, arguments):
    names = ["zone%04d.example" % i for i in range(arguments.zones - 1)]
    server = GateServer(machine, zones=names)
    server.one_zone_options = {}
    server.workers = arguments.workers
    text = zones.good(1, records=23).encode()
    for zone in server.zones:
        server.file(zone).write_bytes(text)
    run = server.folder / "run"
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", run], check=True)
    kinds, ratios = ["gate", "blind", "none"], {"none": [], "blind": []}
    try:
        for number in range(arguments.pairs):
            shift = number % len(kinds)
            took = {kind: timed_start(machine, server, kind)
                    for kind in kinds[shift:] + kinds[:shift]}
            for kind, found in ratios.items():
                found.append(took["gate"] / took[kind])
            print("  with %.3f s, without %.3f s, blind %.3f s" % (
                took["gate"], took["none"], took["blind"]), flush=True)
    finally:
        server.close()
        subprocess.run(["umount", run], check=True)
    ratio, floor = (statistics.median(ratios[kind]) for kind in ("none", "blind"))
    print("  over a validator that reads nothing: %.3f" % floor)
    return verdict_line("start of %d zones, background-workers %d" % (
        len(server.zones), arguments.workers), "%.3f" % ratio, ratio <= START_LIMIT,
        "at most %.1f" % START_LIMIT)


class Dumps(threading.Thread):
    """When dumps came, by inotify."""

    def __init__(self, folder):
        super().__init__(daemon=True)
        libc = ctypes.CDLL(None, use_errno=True)
        self.fd = libc.inotify_init1(0)
        if libc.inotify_add_watch(self.fd, str(folder).encode(), IN_MOVED_TO) < 0:
            raise OSError(ctypes.get_errno(), "inotify_add_watch")
        self.times = []

    def run(self):
        while True:
            data = os.read(self.fd, 65536)
            now = time.monotonic()
            at = 0
            while at < len(data):
                length = struct.unpack_from("iIII", data, at)[3]
                name = data[at + 16:at + 16 + length].rstrip(b"\0")
                if name == ZONE.encode() + b".zone":
                    self.times.append(now)
                at += 16 + length


class PipedServer(GateServer):
    """Its log is a pipe, so that each line has the time at which it was written."""

    def start(self, wait=True):
        os.mkfifo(self.folder / "log")
        self.stamped = []
        threading.Thread(target=self.read_log, daemon=True).start()
        super().start(wait)

    def read_log(self):
        with open(self.folder / "log", "rb", buffering=0) as pipe:
            tail = b""
            while data := pipe.read(65536):
                now = time.monotonic()
                *lines, tail = (tail + data).split(b"\n")
                self.stamped += [(now, line.decode()) for line in lines]

    def lines(self):
        return [line for _, line in self.stamped]


def one_verdict(server, dumps, number, send):
    """Milliseconds from the dump to the line that says that it is published."""
    before, mark = len(dumps.times), len(server.stamped)
    send(number)
    server.wait_text("v%d" % number)
    end = time.monotonic() + 5
    while time.monotonic() < end:
        found = [at for at, line in server.stamped[mark:]
                 if "[%s.]" % ZONE in line and re.search(r"\] (loaded|DDNS, finished), ", line)]
        if found and len(dumps.times) > before:
            return (found[0] - dumps.times[before]) * 1000
        time.sleep(0.001)
    raise SystemExit("version %d is not in the log" % number)


def measure_verdict(machine, arguments):
    server = PipedServer(machine)
    server.one_zone_options[ZONE] = "    acl: [update, local]\n    zonefile-load: whole\n"
    server.configure()
    write(server.file(CALM), zones.good(1))
    write(server.file(), zones.good(1))
    server.start()
    server.wait_text("v1")
    dumps = Dumps(server.folder / "run/acmlint")
    dumps.start()

    def by_update(number):
        if server.update(*version_lines(number)) != "":
            raise SystemExit("an update was refused")

    def by_file(number):
        write(server.file(), zones.good(number))
        server.knotc("-b", "zone-reload", ZONE)

    good, number = True, 1
    for name, send in (("file", by_file), ("update", by_update)):
        times = []
        for _ in range(arguments.verdicts):
            number += 1
            times.append(one_verdict(server, dumps, number, send))
        times.sort()
        print("  %s: median %.2f ms, nine of ten within %.2f ms, longest %.2f ms" % (
            name, statistics.median(times), times[len(times) * 9 // 10], times[-1]))
        good &= verdict_line("verdict by " + name, "%.2f ms" % statistics.median(times),
                             statistics.median(times) < VERDICT_LIMIT,
                             "under %.0f ms" % VERDICT_LIMIT)
    server.stop()
    return good


def answers(machine, server, questions, seconds):
    """Answers in one turn of dnsperf, and the processor time of the server for each."""
    stat = pathlib.Path("/proc/%d/stat" % server.pid())

    def spent():
        fields = stat.read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    before = spent()
    done = subprocess.run(machine.command(
        "dnsperf", "-s", "127.0.0.1", "-p", server.port, "-d", machine.inside(questions),
        "-l", seconds, "-c", 4, "-q", 40, "-t", 1), capture_output=True, text=True, check=True)
    count = int(re.search(r"Queries completed: +(\d+)", done.stdout).group(1))
    # Not by dnsperf's own run time: that goes on until the last lost question is given up.
    return count / seconds, (spent() - before) / count


def turn(machine, arguments, gate):
    """A server of its own: two that run side by side do not get the same from the machine."""
    server = GateServer(machine, external=gate)
    server.modules = gate
    server.configure()
    for zone in server.zones:
        write(server.file(zone), zones.good(1))
    server.start()
    server.wait_text("v1")
    questions = server.folder / "questions"
    questions.write_text("%s SOA\nwww.%s A\nversion.%s TXT\nnone.%s A\n" % ((ZONE,) * 4))
    answers(machine, server, questions, 1)
    found = answers(machine, server, questions, arguments.seconds)
    server.stop()
    server.close()
    return found


def measure_queries(machine, arguments):
    found = {True: [], False: []}
    for number in range(arguments.turns):
        for gate in (number % 2 == 0, number % 2 == 1):
            found[gate].append(turn(machine, arguments, gate))
    rates = {gate: sum(rate for rate, _ in found[gate]) for gate in found}
    for gate, name in ((True, "with"), (False, "without")):
        print("  %-8s %8.0f answers a second, %.2f us of processor each" % (
            name, rates[gate] / arguments.turns,
            statistics.mean(each for _, each in found[gate]) * 1e6))
    ratio = rates[True] / rates[False]
    return verdict_line("answers a second", "%.4f" % ratio, ratio >= QUERIES_LIMIT,
                        "at least %.2f" % QUERIES_LIMIT)


CASES = {"start": measure_start, "verdict": measure_verdict, "queries": measure_queries}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", help="folder of a Debian that has Knot DNS 3.5")
    parser.add_argument("--module", help="the module, as the machine sees it")
    parser.add_argument("--zones", type=int, default=2000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2, help="background-workers at the start (2)")
    parser.add_argument("--verdicts", type=int, default=200)
    parser.add_argument("--turns", type=int, default=20, help="of each server (20)")
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("cases", nargs="*", help="start, verdict, queries; without: all")
    arguments = parser.parse_args()
    machine = Machine(arguments.root, arguments.module)
    results = []
    try:
        machine.build()
        print("knotd %s" % machine.version())
        for name in arguments.cases or CASES:
            results.append(CASES[name](machine, arguments))
    finally:
        machine.close()
    print("%d passed, %d failed" % (results.count(True), results.count(False)))
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
