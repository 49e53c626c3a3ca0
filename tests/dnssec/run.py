#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds the DNSSEC rules against a validating resolver: zones signed by dnssec-signzone and
kzonesign, broken in all ways that happen, are served by a real knotd and asked for through a real
unbound, whose trust anchor is the DS that --parent gives to acmlint. For each name, what ACM's CA
looks up is bogus exactly when a DNSSEC rule finds an error.

    run.py [ACMLINT] [--seed N] [--all] [--only TEXT]

A run takes a part of the cases, other ones with another seed (which it prints); --all takes more.
"""

import argparse
import concurrent.futures
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time

import faults
import servers
import signing
from signing import Spec

SPECS = [
    Spec(13, "nsec"), Spec(13, "nsec3"), Spec(13, "optout"), Spec(8, "nsec"), Spec(8, "nsec3"),
    Spec(14, "nsec"), Spec(15, "nsec3"), Spec(16, "nsec"), Spec(13, "nsec", split=False),
    Spec(15, "optout", split=False), Spec(13, "nsec3", salt="aabbccdd", iterations=10),
    Spec(13, "nsec3", iterations=150), Spec(13, "nsec3", "knot", iterations=151),
    Spec(13, "nsec", "knot"), Spec(13, "nsec3", "knot"), Spec(8, "nsec3", "knot"),
    Spec(14, "optout", "knot"), Spec(15, "nsec", "knot", split=False), Spec(16, "nsec3", "knot"),
]
# So many zones one resolver validates without losing track on a busy machine.
BATCH = 40
# Faults of signatures need to sign again, which kzonesign does with its own keys and dates.
BIND_ONLY = faults.SIGNED + faults.TOKENS


def plan(rng, everything):
    """(spec, title, change) of the cases."""
    cases = []
    for spec in SPECS:
        intact = [fault for fault in faults.RECORDS if fault[0] == "intact"]
        known = faults.PARENT + faults.RECORDS
        known = known + (BIND_ONLY if spec.signer == "bind" else [])
        if spec.iterations > 150:
            # Resolvers do not count so far and call the zone insecure; SEC011 calls it an error.
            known = faults.PARENT + intact
        count = len(known) if spec is SPECS[0] or spec is SPECS[1] else 9
        count = count if everything else 3
        chosen = rng.sample(known, count)
        cases += [(spec, *fault) for fault in dict(intact + chosen).items()]
    return cases


def prepare(signer, rng, cases):
    out = []
    for number, (spec, title, change) in enumerate(cases):
        case = faults.Case(signer, rng, spec, "z%d.acmtest." % number)
        change(case)
        case.title += ": " + title
        out.append(case)
    return out


def parent_text(case):
    """What dig says of the DS."""
    head = ";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n;; QUESTION SECTION:\n"
    head += ";%s IN DS\n\n" % case.origin
    if not case.ds:
        return head + ";; AUTHORITY SECTION:\nacmtest. 60 IN SOA a. b. 1 2 3 4 5\n"
    return head + ";; ANSWER SECTION:\n" + "".join(
        "%s 300 IN DS %s\n" % (case.origin, ds) for ds in case.ds)


def lint(program, folder, case, name, now):
    """The report on the zone, asked for one name."""
    path = os.path.join(folder, case.origin + "zone")
    command = [program, "check", "--format", "json", "--now", "@%d" % now, "--parent",
               path + ".parent", "--signed", "yes", "-o", case.origin]
    if name:
        command += ["--name", name]
    done = subprocess.run(command + [path], capture_output=True, text=True, check=False, timeout=60)
    if done.returncode not in (0, 1):
        raise SystemExit("%s: exit status %d\n%s" % (" ".join(command), done.returncode,
                                                     done.stderr))
    return json.loads(done.stdout)["zones"][0]


def climbs_on(program, folder, case, name):
    """Whether the CAA look-up at a name leads to the one above it."""
    if name not in case.climbs:
        path = os.path.join(folder, case.origin + "zone")
        done = subprocess.run([program, "lookup", "-o", case.origin, path, name, "CAA"],
                              capture_output=True, text=True, check=True, timeout=60)
        answer = json.loads(done.stdout)
        case.climbs[name] = not (any(step.endswith(" CAA") for step in answer["answer"]) or
                                 answer["outside"] or answer["referral"])
    return case.climbs[name] and name != case.origin


def look_ups(program, folder, case, name):
    """(name, type) of everything that is looked up for a certificate."""
    out = [(case.origin, kind) for kind in ("SOA", "NS", "DNSKEY")]
    if name is None:
        name = "www." + case.origin
        out.append((signing.TOKEN.split()[0] + "." + case.origin, "CNAME"))
    out.append((name, "CAA"))
    while climbs_on(program, folder, case, name):
        name = name.split(".", 1)[1]
        out.append((name, "CAA"))
    return out


def errors(zone):
    return [f for f in zone["findings"] if f["severity"] == "error" and
            (re.match(r"SEC0(0\d|10)", f["rule"]) or f["rule"] == "TOK016")]


def compare(program, folder, resolver, case, label, now):
    """None, or what differs."""
    name = None if label is None else label + "." + case.origin if label else case.origin
    zone = lint(program, folder, case, name, now)
    verdicts = {ask: resolver.verdict(*ask) for ask in look_ups(program, folder, case, name)}
    found = errors(zone)
    # On a busy machine a look-up may also fail for want of time; what is bogus stays so.
    for _ in range(5):
        bogus = [ask for ask, verdict in verdicts.items() if verdict == "bogus"]
        if not bogus or found:
            break
        time.sleep(2)
        verdicts.update((ask, resolver.verdict(*ask, again=True)) for ask in bogus)
    rules = {f["rule"] for f in zone["findings"]}
    secure = all(verdict == "secure" for verdict in verdicts.values())
    weak = [f for f in zone["findings"] if f["rule"] == "SEC006" and "ignore" in f["message"] and
            "insecure, its" in f["message"]]
    if bool(bogus) == bool(found) and not (secure and (weak or not case.ds)) and \
            not (weak and "secure" in verdicts.values()):
        return None, "bogus" if bogus else "secure" if secure else "insecure", rules
    text = "%s, %s\n    unbound: %s\n" % (case.title, name, ", ".join(
        "%s %s %s" % (ask + (verdict,)) for ask, verdict in verdicts.items()))
    text += "".join("    acmlint: %s %s\n" % (f["rule"], f["message"]) for f in found)
    return text, "bogus" if bogus else "other", rules


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", nargs="?", default=os.environ.get("ACMLINT"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--only", default="", help="cases whose title has this in it")
    parser.add_argument("--keep", action="store_true", help="keep the folder")
    args = parser.parse_args()
    if args.program is None:
        sys.exit("which acmlint? give its path, or set ACMLINT")
    program = os.path.abspath(args.program)
    now = int(time.time())
    rng = random.Random(args.seed)
    folder = tempfile.mkdtemp(prefix="acmlint-dnssec-")
    try:
        return run(program, folder, now, rng, args)
    finally:
        if not args.keep:
            subprocess.run(["rm", "-rf", folder], check=False)
        else:
            print(folder)


def judge(program, folder, zones, cases, now):
    """All comparisons of some cases, with servers of their own."""
    place = tempfile.mkdtemp(dir=folder)
    with servers.Resolver(place, cases, now) as resolver, \
            concurrent.futures.ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda case: [compare(program, zones, resolver, case, label, now)
                                              for label in case.names], cases))
    return [result for case in results for result in case]


def run(program, folder, now, rng, args):
    begin = time.monotonic()
    chosen = [case for case in plan(rng, args.all)
              if args.only in "%s: %s" % (case[0].text(), case[1])]
    cases = prepare(signing.Signer(folder, now), rng, chosen)
    zones = os.path.join(folder, "zones")
    os.mkdir(zones)
    for case in cases:
        path = os.path.join(zones, case.origin + "zone")
        with open(path, "w", encoding="ascii") as file:
            file.write(case.text())
        with open(path + ".parent", "w", encoding="ascii") as file:
            file.write(parent_text(case))
    signed = time.monotonic()
    passed, failed, counts, seen = 0, 0, {}, set()
    for first in range(0, len(cases), BATCH):
        for text, verdict, rules in judge(program, folder, zones, cases[first:first + BATCH], now):
            counts[verdict] = counts.get(verdict, 0) + 1
            seen |= {rule for rule in rules if rule.startswith("SEC")}
            if text is None:
                passed += 1
            else:
                failed += 1
                print("FAIL " + text)
    print("seed %d: %d zones, signed in %.1f s, judged in %.1f s; %s; rules seen: %s" % (
        args.seed, len(cases), signed - begin, time.monotonic() - signed,
        ", ".join("%d %s" % (counts[key], key) for key in sorted(counts)), " ".join(sorted(seen))))
    print("%d passed, %d failed" % (passed, failed))
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
