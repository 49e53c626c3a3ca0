#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What is written down is true: the pages about rules, the examples, the commands, the links.

- docs/rules/ is what `acmlint rules` writes.
- Each zone in examples/zones raises what its "; expect:" lines say, and nothing else.
- A block ```sh is run, and there is no block of commands that nobody runs: commands.py.
- A block ```console in README.md or docs/ is run in a copy of examples/; lines behind "$ " are
  commands, the others are what they print, and "…" stands for any number of lines.
- A block ```knot, and examples/knot.conf, passes `knotc conf-check`; one with external-validation
  where Knot is at least 3.5, and is counted as skipped where it is not; ```nsd passes nsd-checkconf.
- Behind "Tests:" stand names of tests that there are in tests/e2e.
- Options of the module are documented in mod-acmlint.rst, and no others are.
- A block ```c is an excerpt of the sources, "…" stands for what is left out.
- Links to files lead somewhere; the README has one to each page; rules that are named exist.

Needs $ACMLINT and $ACMLINT_MODULE, as tests/run sets them. --update rewrites docs/rules.
"""

import filecmp
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap

import commands

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "support"))
from loopback import find  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.environ["ACMLINT"]
MODULE = os.environ["ACMLINT_MODULE"]


class Score:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def check(self, good, what):
        if good:
            self.passed += 1
        else:
            self.failed += 1
            print("FAIL " + what)


def pages():
    found = [os.path.join(ROOT, n) for n in sorted(os.listdir(ROOT)) if n.endswith(".md")]
    for folder, _, names in os.walk(os.path.join(ROOT, "docs")):
        found += [os.path.join(folder, n) for n in sorted(names) if n.endswith(".md")]
    for path in found:
        with open(path, encoding="utf-8") as file:
            yield os.path.relpath(path, ROOT), file.read()


def blocks(text, language):
    """(line, lines) of each fenced block of this language."""
    for match in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S):
        if match.group(1) == language:
            yield text.count("\n", 0, match.start()) + 1, match.group(2).rstrip("\n").split("\n")


def check_rules(score, scratch, update):
    fresh = os.path.join(scratch, "rules")
    subprocess.run([PROGRAM, "rules", "--format", "markdown", "--output", fresh], check=True)
    stored = os.path.join(ROOT, "docs", "rules")
    if update:
        shutil.rmtree(stored, ignore_errors=True)
        shutil.copytree(fresh, stored)
    there = set(os.listdir(stored)) if os.path.isdir(stored) else set()
    for name in sorted(set(os.listdir(fresh)) | there):
        a, b = os.path.join(fresh, name), os.path.join(stored, name)
        good = os.path.exists(a) and os.path.exists(b) and filecmp.cmp(a, b, shallow=False)
        score.check(good, "docs/rules/%s is not what acmlint writes: "
                    "tests/docs/run.py --update" % name)


def check_zones(score):
    folder = os.path.join(ROOT, "examples", "zones")
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        with open(path, encoding="utf-8") as file:
            expected = sorted(re.findall(r"^; expect: (\S+) (\S+)$", file.read(), re.M))
        done = subprocess.run([PROGRAM, "check", "-c", "/dev/null", "-f", "json", path],
                              capture_output=True, text=True, check=False)
        report = json.loads(done.stdout)
        found = sorted((f["rule"], f["severity"]) for f in report["zones"][0]["findings"])
        score.check(found == expected, "examples/zones/%s: %s, not %s" % (name, found, expected))


def matches(expected, got):
    """Whether lines match, "…" standing for any number of them."""
    pattern = "\n".join(re.escape(line) for line in expected)
    pattern = pattern.replace("…", "(?:.|\n)*")
    return re.fullmatch(pattern, "\n".join(got)) is not None


def check_console(score, scratch):
    for page, text in pages():
        for start, lines in blocks(text, "console"):
            where = os.path.join(scratch, "console")
            shutil.rmtree(where, ignore_errors=True)
            shutil.copytree(os.path.join(ROOT, "examples"), where)
            commands = []
            for line in lines:
                if line.startswith("$ "):
                    commands.append((line[2:], []))
                elif commands:
                    commands[-1][1].append(line)
            for command, expected in commands:
                env = dict(os.environ, LC_ALL="C.UTF-8",
                           PATH=os.path.dirname(PROGRAM) + ":" + os.environ["PATH"])
                done = subprocess.run(["bash", "-c", command], cwd=where, env=env, text=True,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                      stdin=subprocess.DEVNULL, check=False)
                got = done.stdout.rstrip("\n").split("\n") if done.stdout else []
                score.check(matches(expected, got), "%s:%d: $ %s\nprints:\n%s" % (
                    page, start, command, done.stdout))


def check_configurations(score, scratch):
    found = [("%s:%d" % (page, start), "\n".join(lines) + "\n")
             for page, text in pages() for start, lines in blocks(text, "knot")]
    with open(os.path.join(ROOT, "examples", "knot.conf"), encoding="utf-8") as file:
        found.append(("examples/knot.conf", file.read()))
    with open(os.path.join(ROOT, "module", "mod-acmlint.rst"), encoding="utf-8") as file:
        example = re.search(r"^::\n\n((?:   .*\n|\n)+)", file.read(), re.M).group(1)
    found.append(("module/mod-acmlint.rst", textwrap.dedent(example)))
    version = subprocess.run(["knotc", "--version"], text=True, capture_output=True, check=False)
    numbers = re.search(r"(\d+)\.(\d+)", version.stdout).groups()
    for name, text in found:
        if "external-validation" in text and tuple(map(int, numbers)) < (3, 5):
            score.skipped += 1
            continue
        # Folders and users of a real server, moved to where this test may look.
        for place in ("etc/knot/zones", "etc/knot/acm", "var/lib/knot/published", "run/knot"):
            os.makedirs(os.path.join(scratch, place), exist_ok=True)
        with open(os.path.join(scratch, "etc/knot/parent.ds"), "w", encoding="utf-8"):
            pass
        text = re.sub(r"(?m)^(\s+file: )\S*acmlint\.so$", lambda m: m.group(1) + '"%s"' % MODULE,
                      text)
        text = re.sub(r"(?m)^\s+user: .*\n", "", text)
        text = re.sub(r"(: )(/(?:etc|var/lib|run)/knot)", lambda m: m.group(1) + scratch + m.group(2),
                      text)
        path = os.path.join(scratch, "knot.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        done = subprocess.run(["knotc", "-c", path, "conf-check"], text=True,
                              capture_output=True, check=False)
        score.check(done.returncode == 0 and "Configuration is valid" in done.stdout,
                    "%s: %s%s" % (name, done.stdout, done.stderr))


def check_verifier(score, scratch):
    for page, text in pages():
        for start, lines in blocks(text, "nsd"):
            path = os.path.join(scratch, "nsd.conf")
            with open(path, "w", encoding="utf-8") as file:
                file.write("\n".join(lines) + "\n")
            done = subprocess.run([find("nsd-checkconf"), path], text=True, capture_output=True,
                                  check=False)
            score.check(done.returncode == 0, "%s:%d: %s" % (page, start, done.stderr))


def check_module_options(score):
    code = ""
    for name in sorted(os.listdir(os.path.join(ROOT, "module"))):
        if name.endswith(".c"):
            with open(os.path.join(ROOT, "module", name), encoding="utf-8") as file:
                code += file.read()
    schema = set(re.findall(r'^#define MOD_\w+\s+"\\x[0-9a-f]{2}""([a-z-]+)"', code, re.M))
    with open(os.path.join(ROOT, "module", "mod-acmlint.rst"), encoding="utf-8") as file:
        page = file.read()
    headings = set(re.findall(r"^\.\. _mod-acmlint_([a-z-]+):$", page, re.M)) - {"id"}
    reference = set(re.findall(r"^       ([a-z-]+): ", page.split("Module reference")[1], re.M))
    score.check(schema != set(), "no options found in module/")
    score.check(schema == headings, "options of the module and mod-acmlint.rst: %s" % (
        sorted(schema ^ headings)))
    score.check(schema == reference, "options of the module and the reference: %s" % (
        sorted(schema ^ reference)))


def check_excerpts(score):
    sources = ""
    for folder, _, names in os.walk(os.path.join(ROOT, "zone")):
        for name in names:
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                sources += file.read() + "\0"
    for page, text in pages():
        for start, lines in blocks(text, "c"):
            for part in "\n".join(lines).split("…"):
                score.check(part.strip("\n") in sources,
                            "%s:%d: no longer in the sources: %s" % (page, start, part))


def check_tests(score):
    there = set()
    folder = os.path.join(ROOT, "tests", "e2e")
    for name in os.listdir(folder):
        if name.endswith(".py"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                there |= set(re.findall(r'^(?:def )?test_(\w+)|\("(gate_race)"', file.read(), re.M))
    there = {name for pair in there for name in pair}
    for page, text in pages():
        for names in re.findall(r"Tests:((?:\s+`\w+`[,.])+)", text):
            for name in re.findall(r"`(\w+)`", names):
                score.check(name in there, "%s: there is no test %s" % (page, name))


def check_links(score):
    for page, text in pages():
        folder = os.path.dirname(os.path.join(ROOT, page))
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
            if not re.match(r"[a-z]+:", target):
                score.check(os.path.exists(os.path.join(folder, target)),
                            "%s: the link %s leads nowhere" % (page, target))


def check_reachable(score):
    """From the README's table every page is one step away."""
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        linked = set(re.findall(r"\]\((docs/[^)#\s]+)\)", file.read()))
    there = {"docs/" + name for name in os.listdir(os.path.join(ROOT, "docs"))
             if name.endswith(".md")}
    for page in sorted(there - linked):
        score.check(False, "README.md has no link to %s" % page)
    score.check("docs/rules/README.md" in linked and there, "README.md leads to the pages")


def check_rule_ids(score):
    listed = subprocess.run([PROGRAM, "rules", "--format", "json"], capture_output=True, text=True,
                            check=True).stdout
    ids = set(re.findall(r'"id": "([A-Z]+\d{3})"', listed))
    families = "|".join(sorted({rule[:-3] for rule in ids}))
    for page, text in pages():
        named = set(re.findall(r"\b(?:%s)\d{3}\b" % families, text))
        score.check(named <= ids, "%s: no such rules: %s" % (page, sorted(named - ids)))


def main():
    score = Score()
    with tempfile.TemporaryDirectory(prefix="acmlint-docs.") as scratch:
        check_rules(score, scratch, "--update" in sys.argv)
        check_zones(score)
        check_console(score, scratch)
        commands.check_languages(score, list(pages()))
        commands.check_blocks(score, scratch)
        commands.check_usage(score, scratch, pages())
        check_configurations(score, scratch)
        check_verifier(score, scratch)
        check_module_options(score)
        check_excerpts(score)
        check_tests(score)
        check_links(score)
        check_reachable(score)
        check_rule_ids(score)
    skipped = ", %d skipped" % score.skipped if score.skipped else ""
    print("%d passed, %d failed%s" % (score.passed, score.failed, skipped))
    return 1 if score.failed else 0


if __name__ == "__main__":
    sys.exit(main())
