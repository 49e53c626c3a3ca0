#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the golden zones, or the examples of the rules.

    run.py [ACMLINT] [CASE...]            every *.zone here, or these
    run.py --update [ACMLINT] [CASE...]   rewrites what the zones expect: review the diff
    run.py --rules [ACMLINT] [RULE...]    each rule's bad and good example

The program is ACMLINT, or $ACMLINT. A golden zone begins with comment lines

    ; golden: options --name www.example.com
    ; golden: CAA002 error 9

options (any number of lines), "also FILE" for further zones of the run (each then says its own
origin), and one line per finding: rule, severity, line. They are the exact set
of findings; none means silence. "FILE:LINE" stands for a line of an included file, "suppressed"
behind the line for a finding that a comment in the zone allows. The origin is example.com unless an
option says otherwise.
"""

import collections
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
NOW = "2026-11-21T00:00:00Z"
HEADER = re.compile(r"^;\s*golden:\s*(.*?)\s*$")
TIMEOUT = 60
# The zone below example.com in the examples of the rule that needs one.
CHILD = """$ORIGIN sub.example.com.
$TTL 3600
@ SOA ns1.example.net. hostmaster 1 7200 3600 1209600 3600
@ NS ns1.example.net.
@ NS ns2.example.net.
@ DNSKEY 257 3 15 5q1zeTR8zTioutTWDL6OEPkxVVTzuMTkzbBIJSW9Hl4=
"""


class Failure(Exception):
    """A case that failed, with what to show."""


def check(program, options, files, folder):
    """The report on some files, parsed."""
    command = [program, "check", "--format", "json", "--now", NOW]
    if len(files) == 1 and not any(re.match(r"-o|--origin", option) for option in options):
        command += ["--origin", "example.com"]
    command += options + files
    run = subprocess.run(command, cwd=folder, capture_output=True, timeout=TIMEOUT, check=False)
    errors = run.stderr.decode(errors="replace")
    if run.returncode not in (0, 1, 2):
        raise Failure(f"exit status {run.returncode}\n{shlex.join(command)}\n{errors}")
    try:
        report = json.loads(run.stdout)
    except ValueError as error:
        raise Failure(f"no JSON: {error}\n{shlex.join(command)}\n{errors}") from error
    verify_status(run.returncode, report)
    return report


def verify_status(status, report):
    """The exit status says what the report says."""
    findings = [f for zone in report["zones"] for f in zone["findings"] if not f["suppressed"]]
    broken = report["errors"] or any(f["rule"] in ("SYN001", "SYN002") for f in findings)
    wanted = {1} if any(f["severity"] == "error" for f in findings) else {0}
    if broken:
        wanted.add(2)
    if status not in wanted:
        raise Failure(f"exit status {status}, the findings ask for {sorted(wanted)}")


def zone_of(report, file):
    """The part of the report about one file."""
    for zone in report["zones"]:
        if zone["file"] == file:
            return zone
    raise Failure(f"the report says nothing about {file}: {report['errors']}")


def describe(finding, file):
    """A finding as a golden line."""
    place = str(finding["line"])
    if finding["file"] != file:
        place = f"{os.path.basename(finding['file'])}:{place}"
    text = f"{finding['rule']} {finding['severity']} {place}"
    return text + " suppressed" if finding["suppressed"] else text


def show(findings):
    """Findings as a person reads them."""
    return "".join(f"      {f['file']}:{f['line']}: {f['severity']}: {f['message']} "
                   f"[{f['rule']}]\n" for f in findings)


def read_golden(path):
    """Options, expected findings and further zones of a golden zone."""
    options, expected, also = [], [], []
    with open(path, encoding="utf-8", errors="surrogateescape") as zone:
        for line in zone:
            match = HEADER.match(line)
            if match is None:
                break
            text = match.group(1)
            if text.startswith("options"):
                options += shlex.split(text[len("options"):])
            elif text.startswith("also "):
                also += text.split()[1:]
            elif text:
                expected.append(" ".join(text.split()))
    return options, expected, also


def run_golden(program, file):
    """Compares one golden; returns the rules that it expects."""
    options, expected, also = read_golden(os.path.join(HERE, file))
    zone = zone_of(check(program, options, [file] + also, HERE), file)
    got = collections.Counter(describe(f, file) for f in zone["findings"])
    want = collections.Counter(expected)
    if got != want:
        text = "".join(f"    - {line}\n" for line in sorted((want - got).elements()))
        text += "".join(f"    + {line}\n" for line in sorted((got - want).elements()))
        raise Failure(text + show(zone["findings"]))
    return {line.split()[0] for line in expected}


def update_golden(program, file):
    """Rewrites the expectations until they describe themselves: they move the lines they name."""
    path = os.path.join(HERE, file)
    for _ in range(4):
        options, expected, also = read_golden(path)
        zone = zone_of(check(program, options, [file] + also, HERE), file)
        got = [describe(f, file) for f in zone["findings"]]
        if sorted(got) == sorted(expected):
            return
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as old:
            lines = old.readlines()
        head = 0
        while head < len(lines) and HEADER.match(lines[head]):
            head += 1
        kept = [line for line in lines[:head]
                if re.match("options|also ", HEADER.match(line).group(1))]
        with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="") as new:
            new.writelines(kept + [f"; golden: {line}\n" for line in got] + lines[head:])
    raise Failure("the expectations do not settle")


def all_rules(program):
    """The table of rules."""
    run = subprocess.run([program, "rules", "--format", "json"], capture_output=True,
                         timeout=TIMEOUT, check=True)
    table = json.loads(run.stdout)
    return table if isinstance(table, list) else table["rules"]


def run_example(program, rule, kind):
    """Lints one example of a rule; raises Failure when it does not do what it is there for."""
    options = shlex.split(rule["options"] or "")
    with tempfile.TemporaryDirectory() as folder:
        files = ["example.com.zone"]
        # The one mistake that a single file cannot show.
        if rule["id"] == "DEL003" and kind == "bad":
            files.append("copy.zone")
        for file in files:
            with open(os.path.join(folder, file), "w", encoding="utf-8") as zone:
                zone.write(rule[kind])
        if rule["id"] == "SEC014":
            files.append("sub.example.com.zone")
            with open(os.path.join(folder, files[1]), "w", encoding="utf-8") as zone:
                zone.write(CHILD)
        parent = kind == "good" and rule.get("good_parent") or rule.get("parent")
        if parent:
            with open(os.path.join(folder, "parent.txt"), "w", encoding="utf-8") as file:
                file.write(parent)
            options += ["--parent", "parent.txt"]
        if rule.get("inventory"):
            with open(os.path.join(folder, "inventory.json"), "w", encoding="utf-8") as inventory:
                inventory.write(rule["inventory"])
            options += ["--inventory", "inventory.json"]
        if rule.get("baseline"):
            with open(os.path.join(folder, "published"), "w", encoding="utf-8") as zone:
                zone.write(rule["baseline"])
            options += ["--baseline", "published"]
        findings = zone_of(check(program, options, files, folder), files[0])["findings"]
    findings = [f for f in findings if not f["suppressed"]]
    own = [f for f in findings if f["rule"] == rule["id"]]
    # What lost a permission is also a set that excludes Amazon.
    expected = {rule["id"], "CAA002"} if rule["id"] == "MIG002" else {rule["id"]}
    others = [f for f in findings if f["rule"] not in expected and f["severity"] != "info"]
    if kind == "bad" and not own:
        raise Failure("does not fire the rule\n" + show(findings))
    if kind == "good" and own:
        raise Failure("fires the rule\n" + show(findings))
    if others:
        raise Failure("has another fault\n" + show(others))


def verify_row(rule):
    """Every field says something."""
    for field in ("id", "name", "severity", "summary", "why", "fix", "bad", "good", "sources"):
        if not rule.get(field):
            raise Failure(f"empty field: {field}")
    if not rule["bad"].endswith("\n") or not rule["good"].endswith("\n"):
        raise Failure("an example does not end with a new line")


class Tally:
    """Counts cases and prints them."""

    def __init__(self):
        self.passed = self.failed = 0

    def case(self, name, function, *args):
        """Runs one case; returns its value, or None when it failed."""
        try:
            value = function(*args)
        except (Failure, OSError, subprocess.SubprocessError, KeyError) as failure:
            self.failed += 1
            print(f"FAIL {name}\n    {str(failure).strip()}")
            return None
        self.passed += 1
        print(f"ok   {name}")
        return value

    def close(self):
        """The closing line and the exit status."""
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed > 0 or self.passed == 0 else 0


def run_goldens(program, cases, function):
    """All goldens, and whether every rule has one."""
    tally = Tally()
    files = cases or sorted(f for f in os.listdir(HERE) if f.endswith(".zone"))
    covered = set()
    for file in files:
        covered |= tally.case(file, function, program, os.path.basename(file)) or set()
    if not cases and function is run_golden:
        for rule in all_rules(program):
            tally.case(f"{rule['id']} has a golden zone", require, rule["id"] in covered)
    return tally.close()


def require(condition):
    """Fails unless the condition holds."""
    if not condition:
        raise Failure("no golden zone expects it")


def run_rules(program, ids):
    """Each rule's row and examples."""
    tally = Tally()
    for rule in all_rules(program):
        if not ids or rule["id"] in ids:
            tally.case(f"{rule['id']} row", verify_row, rule)
            tally.case(f"{rule['id']} bad", run_example, program, rule, "bad")
            tally.case(f"{rule['id']} good", run_example, program, rule, "good")
    return tally.close()


def main(args):
    """The command line."""
    modes = [arg for arg in args if arg.startswith("-")]
    rest = [arg for arg in args if not arg.startswith("-")]
    if any(mode not in ("--rules", "--examples", "--update") for mode in modes):
        print(__doc__.strip(), file=sys.stderr)
        return 3
    program = os.environ.get("ACMLINT")
    if rest and os.path.isfile(rest[0]) and os.access(rest[0], os.X_OK):
        program = rest.pop(0)
    if program is None:
        print("which acmlint? give its path, or set ACMLINT", file=sys.stderr)
        return 3
    program = os.path.abspath(program)
    if "--rules" in modes or "--examples" in modes:
        return run_rules(program, rest)
    return run_goldens(program, rest, update_golden if "--update" in modes else run_golden)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
