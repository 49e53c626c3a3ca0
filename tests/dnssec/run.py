#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds the DNSSEC rules against a validating resolver: zones signed by dnssec-signzone and
kzonesign, broken in all ways that happen, are served by real servers and asked for through a real
unbound, whose trust anchor is the DS that --parent gives to acmlint. For each name, what ACM's CA
looks up is bogus exactly when a DNSSEC rule finds an error. Then the same for zones right below a
signed root zone, which has their DS and is what --parent gives, and whose DS is the trust anchor.

    run.py [ACMLINT] [--seed N] [--zones N] [--only TEXT] [--keep]

Each fault is made in N zones, signed in different ways that the seed chooses.
"""

import argparse
import collections
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
# So many zones one resolver has at a time.
BATCH = 100
# And so many names of each are asked for.
NAMES = 6
# Faults of signatures need to sign again, which kzonesign does with its own keys and dates.
BIND_ONLY = faults.SIGNED + faults.TOKENS
ALONE = faults.PARENT + faults.RECORDS + BIND_ONLY
BELOW_ROOT = faults.PARENT + [fault for fault in faults.RECORDS if fault[0] in (
    "intact", "not signed", "not signed, no DS", "no keys", "key set not signed")]


def plan(rng, zones, known, origin):
    """(spec, title, change, origin) of the cases: the specs are dealt like cards."""
    deck, cases = [], []
    for title, change in known:
        fit = {spec for spec in SPECS
               if spec.signer == "bind" or (title, change) not in BIND_ONLY}
        for _ in range(min(zones, len(fit))):
            if not fit.intersection(deck):
                deck += rng.sample(SPECS, len(SPECS))
            spec = next(spec for spec in deck if spec in fit)
            deck.remove(spec)
            fit.remove(spec)
            cases.append((spec, title, change, origin))
    return cases


def prepare(signer, seed, number, spec, title, change, origin):
    rng = random.Random("%d %d" % (seed, number))
    case = faults.Case(signer, rng, spec, origin % number)
    case.title += ": " + title
    change(case)
    if len(case.names) > NAMES:
        case.names = ["", "www"] + rng.sample(sorted(set(case.names) - {"", "www"}), NAMES - 2)
    return case


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
               case.parent, "--signed", "yes", "-o", case.origin]
    if name:
        command += ["--name", name]
    done = subprocess.run(command + [path], capture_output=True, text=True, check=False, timeout=60)
    if done.returncode not in (0, 1):
        raise SystemExit("%s: exit status %d\n%s" % (" ".join(command), done.returncode,
                                                     done.stderr))
    return json.loads(done.stdout)["zones"][0]


def look_up(resolver, case, name):
    """What unbound says of everything that is looked up for a certificate:
    {(name, type): (verdict, reason)}"""
    out = {}

    def verdict(owner, kind):
        word, found, reason = resolver.verdict(case, owner, kind)
        out[owner, kind] = (word, reason)
        return word, found

    for kind in ("SOA", "NS", "DNSKEY"):
        verdict(case.origin, kind)
    if name is None:
        name = "www." + case.origin
        verdict(signing.TOKEN.split()[0] + "." + case.origin, "CNAME")
    # RFC 8659 section 3: to the first set; a look-up that fails ends it, too.
    while verdict(name, "CAA") in (("secure", False), ("insecure", False)) and name != case.origin:
        name = name.split(".", 1)[1]
    return out


def errors(zone):
    return [f for f in zone["findings"] if f["severity"] == "error" and
            (re.match(r"SEC0(0\d|10)", f["rule"]) or f["rule"] == "TOK016")]


Result = collections.namedtuple("Result", "text verdict rules")


def compare(program, folder, resolver, case, label, now):
    """Whether both say the same of a name; a text: what differs."""
    name = None if label is None else label + "." + case.origin if label else case.origin
    zone = lint(program, folder, case, name, now)
    said = look_up(resolver, case, name)
    words = [word for word, _ in said.values()]
    found = errors(zone)
    weak = any(f["rule"] == "SEC006" and "insecure, its" in f["message"] for f in zone["findings"])
    trusted = said[case.origin, "SOA"][0]
    verdict = "bogus" if "bogus" in words else "insecure" if "insecure" in words else "secure"
    rules = {f["rule"] for f in zone["findings"]}
    if (verdict == "bogus") == bool(found) and (trusted == "bogus" or
                                                (trusted == "secure") == bool(case.ds and not weak)):
        return Result(None, verdict, rules)
    text = "%s, %s (%s)\n" % (case.title, name, case.server)
    text += "".join("    unbound: %s %s %s %s\n" % (ask + what) for ask, what in said.items())
    text += "".join("    acmlint: %s %s %s\n" % (f["rule"], f["severity"], f["message"])
                    for f in zone["findings"] if f["rule"][:3] in ("SEC", "TOK"))
    return Result(text, verdict, rules)


def judge(program, folder, zones, cases, now):
    """All comparisons of some cases, with servers of their own."""
    place = tempfile.mkdtemp(dir=folder)
    roots = list({case.root for case in cases if case.root})
    with servers.Resolver(place, cases + roots, now) as resolver:
        pool = concurrent.futures.ThreadPoolExecutor(4)
        try:
            jobs = [pool.submit(compare, program, zones, resolver, case, label, now)
                    for case in cases for label in case.names]
            return [job.result() for job in jobs]
        finally:
            pool.shutdown(cancel_futures=True)


def sign_all(folder, seed, chosen, now):
    """The cases in batches, and the folder of their files."""
    signer = signing.Signer(folder, now)
    zones = os.path.join(folder, "zones")
    os.mkdir(zones)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(prepare, signer, seed, number, *one)
                for number, one in enumerate(chosen)]
        cases = [job.result() for job in jobs]
    alone = [case for case in cases if case.origin.endswith(".acmtest.")]
    below = [case for case in cases if case not in alone]
    batches = [part[first:first + BATCH] for part in (alone, below)
               for first in range(0, len(part), BATCH)]
    for batch in batches:
        root = faults.Root(signer, batch) if batch[0] in below else None
        for case in batch:
            path = os.path.join(zones, case.origin + "zone")
            case.parent = path + ".parent" if root is None else batch[0].origin + "root"
            case.parent = os.path.join(zones, case.parent)
            servers.write(path, case.text())
            servers.write(case.parent, parent_text(case) if root is None else root.text())
    return zones, batches


def counted(items):
    return ", ".join("%d %s" % (count, what)
                     for what, count in sorted(collections.Counter(items).items()))


def run(program, folder, now, args):
    begin = time.monotonic()
    rng = random.Random(args.seed)
    chosen = [one for one in plan(rng, args.zones, ALONE, "z%d.acmtest.") +
              plan(rng, args.zones, BELOW_ROOT, "z%d.")
              if args.only in "%s: %s" % (one[0].text(), one[1])]
    zones, batches = sign_all(folder, args.seed, chosen, now)
    signed = time.monotonic()
    results = [result for batch in batches
               for result in judge(program, folder, zones, batch, now)]
    cases = [case for batch in batches for case in batch]
    failed = [result.text for result in results if result.text]
    for text in failed:
        print("FAIL " + text)
    seen = sorted({rule for result in results for rule in result.rules if rule[:3] == "SEC"})
    print("seed %d: %d zones (%s), signed in %.1f s, judged in %.1f s" % (
        args.seed, len(cases), counted(
            case.server + (" below a root" if case.root else "") for case in cases), signed - begin,
        time.monotonic() - signed))
    print("unbound: %s; rules seen: %s" % (counted(result.verdict for result in results),
                                           " ".join(seen)))
    print("%d passed, %d failed" % (len(results) - len(failed), len(failed)))
    return 0 if results and not failed else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", nargs="?", default=os.environ.get("ACMLINT"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--zones", type=int, default=1, help="of each fault")
    parser.add_argument("--only", default="", help="cases whose title has this in it")
    parser.add_argument("--keep", action="store_true", help="keep the folder")
    args = parser.parse_args()
    if args.program is None:
        sys.exit("which acmlint? give its path, or set ACMLINT")
    folder = tempfile.mkdtemp(prefix="acmlint-dnssec-")
    try:
        return run(os.path.abspath(args.program), folder, int(time.time()), args)
    finally:
        if not args.keep:
            subprocess.run(["rm", "-rf", folder], check=False)
        else:
            print(folder)


if __name__ == "__main__":
    sys.exit(main())
