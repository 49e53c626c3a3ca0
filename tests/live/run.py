#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""acmlint live against a small internet of real servers: mistakes, healthy zones, bad servers.

Needs root, for a network of its own. The program is $ACMLINT.
"""

import concurrent.futures
import itertools
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
import traceback

from internet import (BAD as BAD_SERVERS, FIRST, NOBODY, RESOLVER, RESOLVER6, SECOND, STRICT, Internet,
                      alone)
from scenes import BAD, HEALTHY, MANY, MISTAKES, OWNER, WAITS

# How much longer than its timeouts a run may take on a machine that has other things to do.
SLACK = 20
PROGRAM = os.path.abspath(os.environ["ACMLINT"])
PROJECT = pathlib.Path(__file__).resolve().parent.parent.parent


class Suite:
    """Counts; shows what fails."""

    def __init__(self, internet):
        self.internet, self.passed, self.failed, self.skipped = internet, 0, 0, 0
        self.files = itertools.count()

    def check(self, name, good, *details):
        self.passed += bool(good)
        self.failed += not good
        if not good:
            print("FAIL", name, *details, sep="\n     ", flush=True)

    def run(self, *arguments, resolver=None, patience=300):
        where = (["--resolver", resolver] if resolver is not None else
                 ["--root-hints", str(self.internet.hints)])
        return subprocess.run(
            [PROGRAM, "live", "-c", "/dev/null", "--trust-anchor", str(self.internet.anchor),
             "--rate", "0", *where, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
            text=True, check=False, timeout=patience)

    def judge(self, scenes, *arguments, **settings):
        """{domain: certificate of the report} for scenes."""
        path = self.internet.folder / f"inventory-{next(self.files)}.json"
        path.write_text("\n".join(json.dumps(s.certificate()) for s in scenes if s.record), "ascii")
        words = ["--inventory", str(path)] if any(s.record for s in scenes) else []
        words += [s.domain for s in scenes if not s.record]
        done = self.run("-f", "json", *words, *arguments, **settings)
        assert done.stdout, (done.returncode, done.stderr)
        return {c["domain"]: c for c in json.loads(done.stdout)["certificates"]}, done

    def verdicts(self, title, scenes, *arguments, **settings):
        found, done = self.judge(scenes, *arguments, **settings)
        for scene in scenes:
            got = found.get(scene.domain)
            good = got is not None and got["verdict"] in scene.verdict.split("|") and \
                sorted(got["reasons"]) == sorted(scene.rules) and \
                any(scene.says in (step["text"] or "") for step in got["steps"])
            self.check(f"{title} {scene.zone}", good, f"expected {scene.verdict} {scene.rules} "
                       f"{scene.says!r}", json.dumps(got, indent=1))
        blocked = any(s.verdict == "blocked" for s in scenes)
        self.check(f"{title}: exit status", done.returncode == (1 if blocked else 0),
                   str(done.returncode), done.stderr)


def usual(suite):
    return [s for s in HEALTHY + MISTAKES if suite.internet.six or s.zone != "six.net."]


def test_from_the_root(suite):
    suite.verdicts("from the root:", usual(suite))


def test_through_a_resolver(suite):
    suite.verdicts("through a resolver:", usual(suite), resolver=RESOLVER)


def test_through_a_validating_resolver(suite):
    """It hides why something does not validate."""
    scenes = [s for s in HEALTHY + MISTAKES if s.sign is not None or s.ds is not None]
    assert len(scenes) >= 6
    suite.verdicts("through a validating resolver:", scenes, resolver=STRICT)


def test_ipv6(suite):
    if not suite.internet.six:
        print("skipped: no IPv6 here")
        suite.skipped += 1
        return
    suite.verdicts("a resolver by IPv6:", [s for s in HEALTHY if "six" in s.zone] + HEALTHY[:3],
                   resolver=RESOLVER6)


def test_many_names(suite):
    """One certificate for two names of a zone, and one that has expired: each is judged alone."""
    path = suite.internet.folder / "many.json"
    good, bad = MANY.certificate(), MANY.certificate()
    other = dict(good["Certificate"]["DomainValidationOptions"][0], DomainName="api.many.net")
    other["ResourceRecord"] = dict(other["ResourceRecord"], Name="_ffff" + OWNER[5:] + ".api.many.net.")
    good["Certificate"]["DomainValidationOptions"].append(other)
    bad["Certificate"].update(Status="EXPIRED", CertificateArn="arn:aws:acm:us-east-1:1:certificate/x")
    path.write_text(json.dumps(good) + json.dumps(bad), "ascii")
    done = suite.run("-f", "json", "--inventory", str(path))
    found = [(c["domain"], c["verdict"], c["reasons"])
             for c in json.loads(done.stdout)["certificates"]]
    suite.check("many names", found == [("www.many.net", "issuable", []),
                                        ("api.many.net", "blocked", ["INV001"])],
                done.stdout, done.stderr)


def test_text(suite):
    done = suite.run("www.plain.net", "*.excluded.net")
    lines = done.stdout.splitlines()
    suite.check("text", done.returncode == 1 and lines[0].split() == ["www.plain.net", "issuable"] and
                lines[-1] == "2 names: 1 issuable, 1 blocked, 0 unknown" and
                any(line.startswith("    servers     good    2 of 2 answer") for line in lines) and
                "[CAA002]" in done.stdout, done.stdout, done.stderr)
    quiet = suite.run("-q", "--fail-on", "never", "www.excluded.net")
    suite.check("fail-on never", quiet.returncode == 0 and "1 name:" not in quiet.stdout)
    off = suite.run("--rule", "CAA002=off", "-f", "json", "www.excluded.net")
    suite.check("rule off", json.loads(off.stdout)["certificates"][0]["verdict"] == "blocked",
                off.stdout)


def test_rate(suite):
    begin = time.monotonic()
    done = suite.run("--rate", "5", "www.plain.net")
    took = time.monotonic() - begin
    suite.check("rate", done.returncode == 0 and 2 < took < 30 + SLACK, f"{took:.1f} s", done.stderr)


def together(function, items):
    """Most of the time goes into waiting."""
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(function, items))


def test_bad_resolvers(suite):
    """Nobody has to recurse for us, least of all they; and some are not there."""
    def one(resolver):
        begin = time.monotonic()
        done = suite.run("--timeout", "2", "www.plain.net", resolver=resolver, patience=60)
        took = time.monotonic() - begin
        suite.check(f"{resolver} as resolver", done.returncode == 2 and not done.stdout and
                    resolver in done.stderr and took < 2 + SLACK,
                    f"{done.returncode} {took:.1f} s", done.stdout, done.stderr)
    together(one, [*BAD_SERVERS.values(), NOBODY, RESOLVER + "@5399"])


def test_bad_servers(suite):
    def one(scene):
        begin = time.monotonic()
        suite.verdicts("bad server:", [scene], "--timeout", "2")
        took = time.monotonic() - begin
        suite.check(f"bad server: {scene.zone} takes {took:.0f} s", took < 60 + SLACK)
    together(one, BAD)


def test_root_down(suite):
    hints = suite.internet.folder / "nobody"
    hints.write_text(f". 60 NS ns.\nns. 60 A {NOBODY}\n", "ascii")
    begin = time.monotonic()
    done = suite.run("--root-hints", str(hints), "--timeout", "2", "www.plain.net")
    took = time.monotonic() - begin
    suite.check("the root is down", done.returncode == 2 and "root of the DNS" in done.stderr and
                "--resolver ADDRESS" in done.stderr and
                took < 2 + SLACK, f"{done.returncode} {took:.1f} s", done.stderr)


def test_wait(suite):
    """A zone that is put right meanwhile; and one that never is."""
    begin = time.monotonic()
    done = suite.run("--wait", "3", "www.excluded.net")
    took = time.monotonic() - begin
    suite.check("wait: in vain", done.returncode == 1 and 3 <= took < 3 + 2 * SLACK and
                "0 of 1 issuable; looking again" in done.stderr, done.stdout, done.stderr)
    zone = suite.internet.zone_file("first", "waits.net.")
    process = subprocess.Popen(
        [PROGRAM, "live", "-c", "/dev/null", "--trust-anchor", str(suite.internet.anchor), "--rate",
         "0", "--root-hints", str(suite.internet.hints), "--wait", "120", "www.waits.net"], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True)
    time.sleep(2)
    zone.write_text(zone.read_text("ascii").replace("letsencrypt.org", "amazon.com")
                    .replace(" 1 3600", " 2 3600"), "ascii")
    suite.internet.reload("first")
    out, said = process.communicate(timeout=150)
    suite.check("wait: until it is right", process.returncode == 0 and "looking again" in said and
                "1 issuable" in out, out, said)


def test_wait_silent(suite):
    """A resolver that does not answer for a while."""
    resolver = suite.internet.running["resolver"]
    resolver.send_signal(signal.SIGSTOP)
    timer = threading.Timer(4, resolver.send_signal, (signal.SIGCONT,))
    timer.start()
    done = suite.run("--resolver", RESOLVER, "--timeout", "1", "--wait", "60", "www.plain.net")
    timer.join()
    suite.check("wait: for who is silent", done.returncode == 0 and
                "no answer; looking again" in done.stderr, done.returncode, done.stdout, done.stderr)


def test_usage(suite):
    folder = suite.internet.folder
    for name, text in (("empty", "; . IN DS 1 8 2 00\n"), ("broken", ". IN DS nonsense (\n")):
        (folder / name).write_text(text, "ascii")
    for words in ((), ("--resolver", "nonsense", "x.net"), ("--timeout", "0", "x.net"),
                  ("--rate", "x", "x.net"), ("--root-hints", "/nonexistent", "x.net"),
                  ("--root-hints", str(folder), "x.net"), ("--wait", "-1", "x.net"), ("a..b",),
                  ("--root-hints", str(folder / "broken"), "x.net"),
                  ("--trust-anchor", str(folder / "broken"), "x.net"),
                  ("--trust-anchor", str(folder / "empty"), "x.net"),
                  ("-f", "sarif", "x.net"), ("-f", "html", "x.net"),
                  ("--inventory", "/nonexistent")):
        done = suite.run(*words, patience=30)
        status = 2 if words[:1] == ("--inventory",) else 3
        suite.check(f"usage {words}", done.returncode == status and "acmlint: " in done.stderr,
                    str(done.returncode), done.stdout, done.stderr)


def test_nowhere(suite):
    for name in ("www.nowhere.net", "nowhere.nowhere"):
        done = suite.run(name)
        suite.check(f"nowhere {name}", done.returncode == 0 and done.stdout.split()[:2] ==
                    [name, "unknown"], str(done.returncode), done.stdout, done.stderr)


# Names, addresses and serials of docs/live.md, and whose they are on this internet.
SHOWN = {"www.example.com": "www.plain.net", "*.example.org": "*.wildcard.net"}
BEHIND = {"example.com": "stale-token.net", "ns1.example.net (192.0.2.1)": f"ns-a.net ({FIRST})",
          "ns2.example.org (198.51.100.1)": f"ns-b.net ({SECOND})", "(serial 7)": "(serial 2)",
          "(serial 6)": "(serial 1)"}
ACMLINT = """#!/bin/sh
shift
exec "{program}" live -c /dev/null --trust-anchor "{anchor}" --root-hints "{hints}" --rate 0 "$@"
"""
AWS = """#!/bin/sh
case "$*" in
"acm describe-certificate --certificate-arn arn:aws:acm:us-east-1:111122223333:certificate/1")
    cat certificate ;;
"acm request-certificate --domain-name www.plain.net --validation-method DNS") echo requested ;;
*) echo "aws: $*" >&2; exit 252 ;;
esac
"""


def page(names, *words):
    """A block of docs/live.md, with names of this internet."""
    text = subprocess.run([PROJECT / "tests/docs/block", *words], text=True, check=True,
                          stdout=subprocess.PIPE).stdout
    for there, here in names.items():
        assert there in text or names is SHOWN, (there, text)
        text = text.replace(there, here)
    return text


def test_documented(suite):
    """The commands of docs/live.md, typed here, and what it shows; aws is stood in for."""
    folder = suite.internet.folder / "typed"
    (folder / "bin").mkdir(parents=True)
    for name, text in (("aws", AWS), ("acmlint", ACMLINT.format(
            program=PROGRAM, anchor=suite.internet.anchor, hints=suite.internet.hints))):
        (folder / "bin" / name).write_text(text, "ascii")
        (folder / "bin" / name).chmod(0o755)
    certificate = next(s for s in MISTAKES if s.zone == "stale-token.net.").certificate()
    certificate["Certificate"]["CertificateArn"] = "arn:aws:acm:us-east-1:111122223333:certificate/1"
    (folder / "certificate").write_text(json.dumps(certificate), "ascii")

    def typed(name, text, status, shown):
        done = subprocess.run(["bash", "-euc", text], cwd=folder, capture_output=True, text=True,
                              check=False, timeout=300, stdin=subprocess.DEVNULL,
                              env=dict(os.environ, PATH=f"{folder}/bin:{os.environ['PATH']}"))
        suite.check(name, done.returncode == status and shown in done.stdout, done.returncode,
                    done.stdout, done.stderr)
    for name, status, shown in (
            ("docs/live.md#the-dns-as-it-is 1", 0, "2 names: 2 issuable"),
            ("docs/live.md#the-dns-as-it-is 2", 1, page(
                BEHIND, "docs/live.md#the-dns-as-it-is", "1", "text")),
            ("docs/live.md#options 1", 0, "1 name: 1 issuable, 0 blocked, 0 unknown\nrequested\n")):
        typed(name, page(SHOWN, *name.split()), status, shown)


TESTS = [value for name, value in globals().items() if name.startswith("test_")]


def main():
    refused = alone()
    if refused is not None:
        print(f"skipped: {refused}")
        print("0 passed, 0 failed, 1 skipped")
        return False
    chosen = [t for t in TESTS if len(sys.argv) < 2 or t.__name__[5:] in sys.argv[1:]]
    internet = Internet(HEALTHY + MISTAKES + BAD + [WAITS, MANY])
    suite = Suite(internet)
    try:
        internet.start()
        for test in chosen:
            begin = time.monotonic()
            try:
                test(suite)
                print(f"{test.__name__[5:]}: {time.monotonic() - begin:.1f} s", flush=True)
            except Exception:  # pylint: disable=broad-except
                suite.failed += 1
                print("FAIL", test.__name__)
                traceback.print_exc(file=sys.stdout)
    finally:
        internet.stop()
    skipped = f", {suite.skipped} skipped" if suite.skipped else ""
    print(f"{suite.passed} passed, {suite.failed} failed{skipped}")
    return suite.failed > 0


if __name__ == "__main__":
    sys.exit(main())
