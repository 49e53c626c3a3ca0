#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether "acmlint fix" keeps what it promises, on every golden zone and on random ones.

    tests/fix/run.py [--zones N] [--seed S] [--no-server]

1. The patched zone, linted again, is clean of what was said to be fixed and has no error or warning
   that the old one had not; the exit status says whether errors remain; a second fix has nothing to
   do; what the edits are not about is byte for byte as it was.
2. The edits as input for nsupdate, sent to a real knotd, give the records of the patched zone.
3. The edits as knotc commands, run in a shell against a real knotd, do so too.

The program is $ACMLINT. Servers are skipped where there is no knotd.
"""

import argparse
import collections
import json
import os
import random
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "..", "golden"))

import run as golden  # noqa: E402  tests/golden/run.py
from random_zones import make_zone  # noqa: E402

GOLDENS = golden.HERE
NOW = golden.NOW
PROGRAM = os.path.abspath(os.environ.get("ACMLINT", "acmlint"))
SAID = re.compile(r"^acmlint: (.*?):(\d+): (fixed|not fixed): .* \[(\w+) [\w-]+\]$", re.M)


class Failure(Exception):
    """What is wrong, for people."""


def need(condition, text):
    if not condition:
        raise Failure(text)


def goldens():
    return sorted(file for file in os.listdir(GOLDENS) if file.endswith(".zone"))


def acmlint(*words, cwd=None):
    return subprocess.run([PROGRAM, *words], cwd=cwd, capture_output=True, timeout=120,
                          check=False)


def report(options, files, cwd):
    """Findings of each file."""
    ran = acmlint("check", "-c", "/dev/null", "-f", "json", "--now", NOW, *options, *files, cwd=cwd)
    need(ran.returncode in (0, 1, 2), f"check: {ran.stderr.decode()}")
    return {zone["file"]: zone["findings"] for zone in json.loads(ran.stdout)["zones"]}


def open_ones(findings, level):
    """What is not suppressed, at or above a level, as a multiset."""
    wanted = {"error": ("error",), "warning": ("error", "warning")}[level]
    return collections.Counter((f["rule"], f["owner"], f["type"], f["domain"]) for f in findings
                               if not f["suppressed"] and f["severity"] in wanted)


def compare_findings(before, after, said):
    """Nothing new; what is said to be fixed is gone."""
    new = open_ones(after, "warning") - open_ones(before, "warning")
    need(not new, f"new findings: {list(new.elements())}")
    fixed = collections.Counter(rule for _, _, kind, rule in said if kind == "fixed")
    gone = open_ones(before, "error") - open_ones(after, "error")
    by_rule = collections.Counter(key[0] for key in gone.elements())
    need(fixed == by_rule, f"said to be fixed {dict(fixed)}, but gone are {dict(by_rule)}")


def spans(lines):
    """Line numbers of each record, from its first to its last. Parentheses inside quotes and comments
    are none."""
    start, depth = 1, 0
    for number, line in enumerate(lines, 1):
        bare = re.sub(rb'\\.|"(?:\\.|[^"\\])*"', b"", line).split(b";")[0]
        depth = max(depth + bare.count(b"(") - bare.count(b")"), 0)
        if depth == 0:
            yield range(start, number + 1)
            start = number + 1


def deletions(options, file, cwd):
    """Type and data of what the edits remove, from the other form."""
    ran = acmlint("fix", "-c", "/dev/null", "--now", NOW, "-q", "--as", "nsupdate", *options, file,
                  cwd=cwd)
    return [(match.group(1), match.group(2).split()[-1].strip(b'"')[:24]) for match in
            re.finditer(rb"^update delete \S+ IN (\S+) (.*)$", ran.stdout, re.M)]


def untouched(old, new, gone):
    """Every line that no edit is about is still there, in order; one that inherited its owner may
    have got it written in front."""
    before, after = old.split(b"\n"), new.split(b"\n")
    free, serials = set(), 0
    for span in spans(before):
        text = b" ".join(before[number - 1] for number in span)
        if re.search(rb"\bSOA\b", text) and serials == 0:
            serials = 1
            free |= set(span)
        elif any(re.search(rb"\b%s\b" % kind, text) and data.lower() in text.lower()
                 for kind, data in gone):
            free |= set(span)
    at = 0
    for number, line in enumerate(before, 1):
        if number in free:
            continue
        while at < len(after) and after[at] != line and not (
                line[:1] in (b" ", b"\t") and after[at].endswith(line)):
            at += 1
        need(at < len(after), f"line {number} was touched: {line!r}")
        at += 1


def fix_golden(file):
    """One golden, one output."""
    options = golden.read_golden(os.path.join(GOLDENS, file))[0]
    if len([o for o in options if o.endswith((".zone", ".txt"))]) > 0:
        return None
    if not any(re.match(r"-o|--origin", option) for option in options):
        options += ["--origin", "example.com"]
    with open(os.path.join(GOLDENS, file), "rb") as zone:
        old = zone.read()
    before = report(options, [file], GOLDENS)[file]
    ran = acmlint("fix", "-c", "/dev/null", "--now", NOW, *options, file, cwd=GOLDENS)
    said = SAID.findall(ran.stderr.decode(errors="replace"))
    if ran.returncode == 2:
        need(ran.stdout == b"", "output for a zone that could not be read")
        return 0
    need(ran.returncode in (0, 1), ran.stderr.decode(errors="replace"))
    # Beside the golden, where its includes are.
    with tempfile.NamedTemporaryFile(dir=GOLDENS, prefix="fixed-", suffix=".tmp") as patched:
        patched.write(ran.stdout)
        patched.flush()
        name = os.path.basename(patched.name)
        after = report(options, [name], GOLDENS)[name]
        again = acmlint("fix", "-c", "/dev/null", "--now", NOW, *options, name, cwd=GOLDENS)
    compare_findings(before, after, said)
    need(again.stdout == ran.stdout, "a second fix changes something")
    need((ran.returncode == 0) == (not open_ones(after, "error")),
         f"exit status {ran.returncode}")
    untouched(old, ran.stdout, deletions(options, file, GOLDENS))
    fixed = sum(kind == "fixed" for _, _, kind, _ in said)
    need(fixed > 0 or ran.stdout == old, "changed without need")
    if any(f["fix"] for f in before if f["severity"] == "error" and not f["suppressed"]):
        need(fixed > 0 or b"left alone" in ran.stderr, "edits, but nothing done or said")
    return fixed


class Tally:
    def __init__(self):
        self.passed = self.failed = 0

    def case(self, name, function, *args):
        try:
            value = function(*args)
        except (Failure, OSError, KeyError, ValueError, subprocess.SubprocessError) as failure:
            self.failed += 1
            print(f"FAIL {name}\n    {failure}")
            return None
        self.passed += 1
        return value


def write_zones(folder, count, seed):
    """name of the file: bytes, of random zones and of the goldens under names of their own."""
    zones = {}
    for i in range(count):
        zones[f"r{i}.test.zone"] = make_zone(random.Random(seed * 1000003 + i), f"r{i}.test")
    for i, file in enumerate(goldens()):
        options = golden.read_golden(os.path.join(GOLDENS, file))[0]
        with open(os.path.join(GOLDENS, file), "rb") as zone:
            text = zone.read()
        if not options and b"$INCLUDE" not in text and b"example.com" in text:
            apex = b"g%d.test" % i
            zones[f"g{i}.test.zone"] = b"$ORIGIN %s.\n" % apex + text.replace(b"example.com", apex)
    for name in ("old", "new"):
        os.mkdir(os.path.join(folder, name))
        for file, text in zones.items():
            with open(os.path.join(folder, name, file), "wb") as zone:
                zone.write(text)
    return zones


def servable(folder, zones):
    """Without what no server takes: knotd 3.2 damages its memory over some such zones."""
    unfit = {"SYN001", "SYN002", "SYN003", "TOK008", "TOK009", "TOK010", "CAA011"}
    findings = report([], sorted(zones), os.path.join(folder, "old"))
    return [file for file in sorted(zones) if not unfit & {f["rule"] for f in findings[file]}]


def check_random(before, after, said, folder, file):
    with open(os.path.join(folder, "old", file), "rb") as zone:
        old = zone.read()
    with open(os.path.join(folder, "new", file), "rb") as zone:
        new = zone.read()
    compare_findings(before[file], after[file], [s for s in said if s[0] == file])
    untouched(old, new, deletions([], file, os.path.join(folder, "old")))
    need(sum(s[0] == file and s[2] == "fixed" for s in said) > 0 or old == new,
         "changed without need")


def fix_many(tally, folder, zones):
    """All of them in place, at once."""
    files = sorted(zones)
    before = report([], files, os.path.join(folder, "old"))
    ran = acmlint("fix", "-c", "/dev/null", "--now", NOW, "-i", *files,
                  cwd=os.path.join(folder, "new"))
    said = SAID.findall(ran.stderr.decode(errors="replace"))
    by_file = collections.defaultdict(list)
    for one in said:
        by_file[one[0]].append(one)
    after = report([], files, os.path.join(folder, "new"))
    for file in files:
        tally.case(file, check_random, before, after, by_file[file], folder, file)
    remain = any(open_ones(after[file], "error") for file in files)
    tally.case("exit status", need, ran.returncode in ((1, 2) if remain else (0,)),
               f"exit status {ran.returncode}")
    unpatched = ran.stderr.count(b"cannot be patched")
    tally.case("all can be patched", need, unpatched == 0, f"{unpatched} could not")
    kept = acmlint("fix", "-c", "/dev/null", "--now", NOW, "-q", "-i", *files,
                   cwd=os.path.join(folder, "new"))
    tally.case("a second fix has nothing to do", need,
               kept.returncode == ran.returncode and report([], files, os.path.join(folder, "new"))
               == after, kept.stderr.decode(errors="replace"))
    print(f"{len(files)} zones, {sum(s[2] == 'fixed' for s in said)} findings fixed, "
          f"{sum(s[2] != 'fixed' for s in said)} not, "
          f"{ran.stderr.count(b'left alone')} edits left alone")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--zones", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-server", action="store_true")
    options = parser.parse_args()
    tally = Tally()
    fixed = 0
    for file in goldens():
        fixed += tally.case(file, fix_golden, file) or 0
    print(f"goldens: {fixed} findings fixed")
    folder = tempfile.mkdtemp(prefix="acmlint-fix-")
    try:
        zones = write_zones(folder, options.zones, options.seed)
        fix_many(tally, folder, zones)
        if not options.no_server and shutil.which("knotd"):
            import servers
            servers.compare(tally, folder, servable(folder, zones), PROGRAM, NOW, need)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
