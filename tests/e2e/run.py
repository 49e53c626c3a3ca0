#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The module in a real knotd: ./tests/e2e/run.py [--root CHROOT] [--kills N] [TEST…]

Needs root. The module is $ACMLINT_MODULE, or is built: in the chroot, so that it fits its knotd.
"""

import argparse
import glob
import importlib
import os
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import gate_race
import kills
import loadable
from server import Machine


# The first version of Knot that has external validation, which the commit gate answers.
GATE_SINCE = (3, 5)


def tests_of(pattern):
    found = []
    for path in sorted(glob.glob(os.path.join(HERE, pattern))):
        module = importlib.import_module(os.path.basename(path)[:-3])
        found += [(name[5:], function) for name, function in vars(module).items()
                  if name.startswith("test_")]
    return found


def cases(arguments, version):
    """(name, function); no function for what this version of Knot cannot do."""
    found = tests_of("scenarios_*.py")
    found.append(("loadable", lambda machine: loadable.run(machine, arguments.zones)))
    found.append(("kills", lambda machine: kills.run(machine, arguments.kills)))
    gate = tests_of("gate_*.py")
    gate.append(("gate_race", lambda machine: gate_race.run(machine, arguments.updates)))
    if tuple(map(int, version.split(".")[:2])) < GATE_SINCE:
        gate = [(name, None) for name, _ in gate]
    wanted = arguments.tests
    return [case for case in found + gate if not wanted or case[0] in wanted or
            ("gate" in wanted and case[0].startswith("gate_"))]


def run_case(machine, name, function):
    """True, False, or None for what was not run."""
    if function is None:
        print("skip  %-24s needs Knot DNS 3.5" % name, flush=True)
        return None
    start = time.monotonic()
    try:
        server = function(machine)
        if server is not None:
            server.stop()
            server.close()
        print("ok    %-24s %5.1f s" % (name, time.monotonic() - start), flush=True)
        return True
    except Exception:
        print("FAIL  %s\n%s" % (name, traceback.format_exc()), flush=True)
        return False
    finally:
        machine.end_servers()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", help="folder of a Debian that has knotd and a compiler")
    parser.add_argument("--module", help="the module, as the machine sees it")
    parser.add_argument("--preload", help="library for knotd and knotc to start with")
    parser.add_argument("--kills", type=int, default=20, help="how often to kill knotd (20)")
    parser.add_argument("--zones", type=int, default=500, help="random zones to load (500)")
    parser.add_argument("--updates", type=int, default=90,
                        help="how many updates race a tenth of it of reloads (90)")
    parser.add_argument("tests", nargs="*", help="names of tests, or gate: all of the commit gate")
    arguments = parser.parse_args()
    if os.geteuid() != 0:
        print("these tests start servers and mount file systems: root only", file=sys.stderr)
        return 1
    machine = Machine(arguments.root, arguments.module, arguments.preload)
    try:
        machine.build()
        version = machine.version()
        print("knotd %s" % version, flush=True)
        results = [run_case(machine, *case) for case in cases(arguments, version)]
    finally:
        machine.close()
    skipped = ", %d skipped" % results.count(None) if None in results else ""
    print("%d passed, %d failed%s" % (results.count(True), results.count(False), skipped))
    return 0 if True in results and False not in results else 1


if __name__ == "__main__":
    sys.exit(main())
