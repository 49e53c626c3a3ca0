#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Random zones and random edits of them: acmlint check --baseline must report each token, CAA
permission and key that ACM relied on and that is gone, and nothing else, as the reference beside
this file finds them.

    tests/migration/run.py [--pairs N] [--seed N]

Without --seed half of the pairs come from a fixed seed and half from a fresh one, which is printed.
The program is $ACMLINT.
"""

import argparse
import collections
import json
import os
import random
import subprocess
import sys
import tempfile

import pairs
import reference

FIXED_SEED = 20261121
BATCH = 1000
SHOWN = 5
# Every run must have met these, or the generator has gone blind.
MUST_MEET = ["MIG001", "MIG002", "MIG003", "nothing lost"]


class Case:
    """One pair of versions and what the parent says."""

    def __init__(self, seed, number):
        chance = random.Random("%d/%d" % (seed, number))
        # What is below "known" has a parent that is given; what is below "silent" has not.
        known = chance.random() < 0.5
        self.name = "z%d.%s" % (number, "known" if known else "silent")
        self.apex = self.name + ".example."
        make = pairs.Generator(chance, self.apex)
        records = make.zone()
        self.old = make.text(records, 1)
        self.new = make.text(make.edit(records), 2)
        self.parent = None
        if known:
            self.parent = [reference.ds_of(self.apex, key) for key in pairs.KEYS
                           if chance.random() < 0.4]

    def expected(self):
        return reference.lost(reference.Zone(self.apex, self.old),
                              reference.Zone(self.apex, self.new), self.parent)


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def parent_zone(cases):
    """The zone above those whose parent is known."""
    lines = ["known.example. 3600 SOA ns1.example.net. host.example.net. 1 7200 3600 1209600 300",
             "known.example. 3600 NS ns1.example.net."]
    for case in cases:
        if case.parent is not None:
            lines.append("%s 3600 NS ns1.example.net." % case.apex)
            lines += ["%s 3600 DS %s" % (case.apex, ds) for ds in case.parent]
    return "\n".join(lines) + "\n"


def judge(program, cases, folder):
    """What acmlint finds, by the zone's name."""
    for part in ("old", "new"):
        os.makedirs(os.path.join(folder, part))
        for case in cases:
            write(os.path.join(folder, part, case.name + ".zone"), getattr(case, part))
    write(os.path.join(folder, "parent.zone"), parent_zone(cases))
    command = [program, "check", "-c", "/dev/null", "-f", "json", "--baseline", "old",
               "--parent", "parent.zone", "--now", "2026-11-21T00:00:00Z", "new"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=600)
    report = json.loads(done.stdout)
    if report["errors"]:
        raise SystemExit("acmlint: %s" % report["errors"][:3])
    found = {}
    for zone in report["zones"]:
        found[zone["origin"]] = {
            (f["rule"], (f["owner"] if f["rule"] != "MIG002" else f["domain"] + "."))
            for f in zone["findings"] if f["rule"] in ("MIG001", "MIG002", "MIG003")}
    return found


def show(case, want, got):
    print("FAIL %s: missing %s, too much %s\n--- old\n%s--- new\n%s--- DS: %s" % (
        case.apex, sorted(want - got), sorted(got - want), case.old, case.new, case.parent))


def run_batch(program, seed, first, count, met):
    """Returns how many cases failed."""
    cases = [Case(seed, number) for number in range(first, first + count)]
    with tempfile.TemporaryDirectory(prefix="acmlint-migration.") as folder:
        found = judge(program, cases, folder)
    failed = 0
    for case in cases:
        want, got = case.expected(), found[case.apex]
        met.update({rule for rule, _ in want} or {"nothing lost"})
        if want != got:
            failed += 1
            if failed <= SHOWN:
                show(case, want, got)
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--seed", type=int)
    options = parser.parse_args()
    program = os.path.abspath(os.environ["ACMLINT"])
    if options.seed is None:
        fresh = random.SystemRandom().randrange(1 << 32)
        plan = [(FIXED_SEED, options.pairs // 2), (fresh, options.pairs - options.pairs // 2)]
    else:
        plan = [(options.seed, options.pairs)]
    met = collections.Counter()
    failed = 0
    for seed, count in plan:
        wrong = 0
        for first in range(0, count, BATCH):
            wrong += run_batch(program, seed, first, min(BATCH, count - first), met)
        print("seed %d: %d pairs, %d wrong" % (seed, count, wrong))
        failed += wrong
    print("met: %s" % ", ".join("%s in %d" % (what, met[what]) for what in MUST_MEET))
    for what in MUST_MEET:
        if not met[what]:
            print("FAIL never met: %s" % what)
            failed += 1
    print("%d passed, %d failed" % (options.pairs - min(failed, options.pairs), failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
