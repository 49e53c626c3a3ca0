#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Holds acmlint's look-ups against a real knotd: random zones, random questions, and both must agree
on the rcode, on referral or not, on each RRset of the answer in order, on where aliases leave the
zone, on the wildcard, and on the CAA set that decides.

    tests/diff/run.py [--seed N] [--zones N] [--queries N]

Without --seed it runs a fixed seed and a fresh one, which it prints. The build folder comes from
ACMLINT_BUILD (default: build/tests). One difference between versions is known: Knot 3.2 and 3.3
send the DNAME of a wildcard under the name asked for, 3.4 and newer under its own; acmlint follows
the newer ones.
"""

import argparse
import collections
import json
import os
import random
import signal
import subprocess
import sys
import time

import check
import names
import server
import zones

FIXED_SEED = 20261121
# Kinds of answers that every run must have met, or the generator has gone blind.
MUST_MEET = ["answer", "nodata", "nxdomain", "referral", "outside", "out-of-zone", "loop", "limit",
             "too long", "wildcard", "synthesised", "chain of five", "CAA found", "CAA none",
             "CAA outside", "CAA delegated", "CAA broken", "CAA behind an alias"]
SHOWN_MISMATCHES = 5


def root_folder():
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def build_folder():
    return os.environ.get("ACMLINT_BUILD") or os.path.join(root_folder(), "build", "tests")


def program(variable, *path):
    place = os.environ.get(variable) or os.path.join(build_folder(), *path)
    if not os.access(place, os.X_OK):
        raise SystemExit("%s is not there: build first" % place)
    return place


class Tally:
    def __init__(self):
        self.passed = self.failed = 0
        self.met = collections.Counter()

    def compare(self, what, zone, mine, theirs, detail):
        if mine == theirs:
            self.passed += 1
            return
        self.failed += 1
        if self.failed <= SHOWN_MISMATCHES:
            print("MISMATCH %s in zone %s\n%s\nacmlint: %s\nknotd:   %s\nwhole:   %s\n" % (
                what, zone.origin_text, zone.text, mine, theirs, detail))

    def note(self, result):
        outcome = result["outcome"]
        self.met[outcome] += 1
        self.met["CAA " + result["caa"]["decision"]] += 1
        owners = [step.rsplit(" ", 1) for step in result["answer"]]
        aliases = sum(rrtype == "CNAME" for _, rrtype in owners)
        self.met["too long"] += result["rcode"] == "YXDOMAIN"
        self.met["wildcard"] += result["wildcard"] is not None
        self.met["synthesised"] += any(rrtype == "DNAME" for _, rrtype in owners) and aliases > 0
        self.met["chain of five"] += aliases == 5 and outcome == "answer"


def question_text(name, type_text):
    return "%s %s" % (names.text(name), type_text)


def look_up(zone, zone_file, questions):
    """acmlint's answers, in order."""
    run = subprocess.run(
        [program("ACMLINT_LOOKUP_BATCH", "tests", "diff", "lookup_batch"), zone.origin_text,
         zone_file],
        input="".join(question_text(*question) + "\n" for question in questions),
        capture_output=True, text=True, check=False)
    lines = run.stdout.splitlines()
    if run.returncode != 0 or len(lines) != len(questions):
        raise SystemExit("lookup_batch failed (%d): %s\n%s" % (run.returncode, run.stderr,
                                                               zone.text))
    return lines


def check_cli(tally, zone, zone_file, question, line):
    """The command prints what lookup_batch prints."""
    name, type_text = question
    run = subprocess.run([program("ACMLINT", "zone", "acmlint"), "lookup", "-o", zone.origin_text,
                          zone_file, names.text(name), type_text],
                         capture_output=True, text=True, check=False)
    tally.compare("command %s" % question_text(*question), zone, run.stdout.rstrip("\n"), line,
                  run.stderr)


def check_queries(tally, served, zone, asker, count):
    questions = [asker.question() for _ in range(count)]
    zone_file = served.zone_file(zone)
    lines = look_up(zone, zone_file, questions)
    for question, line in zip(questions, lines):
        result = json.loads(line)
        tally.note(result)
        response = served.query(zone, question[0], question[1], asker.spell)
        theirs = check.expectation(zone, *question, response)
        tally.compare(question_text(*question), zone, check.ours(result), theirs, line)
    check_cli(tally, zone, zone_file, questions[0], lines[0])


def check_caa(tally, served, zone, asker, count):
    wanted = [asker.question()[0] for _ in range(count)]
    resolver = check.Resolver(served.query, zone)
    lines = look_up(zone, served.zone_file(zone), [(name, "CAA") for name in wanted])
    for name, line in zip(wanted, lines):
        result = json.loads(line)
        # The set for "*.name" is looked up at name.
        base = name[1:] if name[:1] == (b"*",) else name
        theirs = check.caa_expectation(resolver, base)
        mine = check.ours_caa(result)
        tally.met["CAA behind an alias"] += mine["decision"] == "found" and \
            not names.within(name, names.parse(mine["owner"]))
        tally.compare("CAA set of %s" % names.text(name), zone, mine, theirs, line)


def run_seed(tally, seed, options):
    begin, before = time.monotonic(), tally.passed + tally.failed
    rng = random.Random(seed)
    everything = [zones.make_zone(rng, number) for number in range(options.zones)]
    # The root zone would answer for all others: it gets a server of its own.
    for group in (everything[:1], everything[1:]):
        if not group:
            continue
        with server.Server(group) as served:
            for zone in group:
                asker = zones.Asker(rng, zone)
                check_queries(tally, served, zone, asker, options.queries)
                check_caa(tally, served, zone, asker, max(4, options.queries // 6))
    print("seed %d: %d zones, %d queries, %d comparisons in %.1f s" % (
        seed, len(everything), len(everything) * options.queries,
        tally.passed + tally.failed - before, time.monotonic() - begin), flush=True)


def parse_options():
    parser = argparse.ArgumentParser(description="look-ups against a real knotd")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--zones", type=int, default=400)
    parser.add_argument("--queries", type=int, default=60, help="for each zone")
    return parser.parse_args()


def main():
    options = parse_options()
    # An exception, so that the server is stopped and its folder removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    fresh = random.SystemRandom().randrange(1 << 32)
    seeds = [FIXED_SEED, fresh] if options.seed is None else [options.seed]
    print("%s; seeds: %s" % (server.version()[1], ", ".join(map(str, seeds))), flush=True)
    tally = Tally()
    for seed in seeds:
        run_seed(tally, seed, options)
    missed = [kind for kind in MUST_MEET if not tally.met[kind]] if options.zones >= 400 else []
    for kind in missed:
        print("never met: %s" % kind)
    print(", ".join("%s %d" % pair for pair in sorted(tally.met.items())))
    print("%d passed, %d failed" % (tally.passed, tally.failed + len(missed)))
    return 1 if tally.failed or missed else 0


if __name__ == "__main__":
    sys.exit(main())
