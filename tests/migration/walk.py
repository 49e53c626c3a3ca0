#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Walks the path of docs/migrations.md: every line behind "$ " in its blocks ```session is run, one
after the other in one copy of examples/migration, and must print what stands below it; "…" stands
for anything, on a line or for any number of lines. knotd is real, on a free port of the loopback
interface; aws and dig are stood in for.

Needs $ACMLINT. --update rewrites what does not match: review the diff.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PAGE = os.path.join(ROOT, "docs", "migrations.md")
PORT = "5300"

sys.path.append(os.path.join(ROOT, "tests", "support"))
from loopback import free_port  # noqa: E402


def commands(text):
    """(line, command, expected lines) of all sessions, in order."""
    out = []
    for match in re.finditer(r"^```session\n(.*?)^```$", text, re.M | re.S):
        number = text.count("\n", 0, match.start()) + 2
        for line in match.group(1).split("\n")[:-1]:
            if line.startswith("$ "):
                out.append((number, line[2:], []))
            else:
                out[-1][2].append(line)
            number += 1
    return out


def matches(expected, got):
    pattern = re.escape("\n".join(expected)).replace("…", "(?:.|\n)*")
    return re.fullmatch(pattern, got) is not None


def run(command, folder, port):
    env = dict(os.environ, LC_ALL="C.UTF-8", ACMLINT_REFERENCE=HERE, PATH=":".join([
        os.path.join(HERE, "fake"), os.path.dirname(os.path.abspath(os.environ["ACMLINT"])),
        os.environ["PATH"], "/usr/sbin", "/sbin"]))
    done = subprocess.run(["bash", "-c", command.replace(PORT, port)], cwd=folder, env=env, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, timeout=60, check=False)
    return done.stdout.replace(port, PORT).rstrip("\n")


def walk(folder, port, update):
    """Whether each command printed what it should."""
    with open(PAGE, encoding="utf-8") as file:
        text = file.read()
    lines, score = text.split("\n"), []
    moved = 0
    for number, command, expected in commands(text):
        got = run(command, folder, port)
        score.append(matches(expected, got))
        if not score[-1]:
            print("FAIL docs/migrations.md:%d: $ %s\nprints:\n%s" % (number, command, got))
            if update:
                fresh = got.split("\n") if got else []
                lines[number + moved:number + moved + len(expected)] = fresh
                moved += len(fresh) - len(expected)
    if update:
        with open(PAGE, "w", encoding="utf-8") as file:
            file.write("\n".join(lines))
    return score


def main():
    score = []
    port = str(free_port())
    with tempfile.TemporaryDirectory(prefix="acmlint-walk.") as scratch:
        folder = os.path.join(scratch, "migration")
        shutil.copytree(os.path.join(ROOT, "examples", "migration"), folder)
        conf = os.path.join(folder, "knot.conf")
        with open(conf, encoding="utf-8") as file:
            text = file.read().replace(PORT, port)
        with open(conf, "w", encoding="utf-8") as file:
            file.write(text)
        try:
            score = walk(folder, port, "--update" in sys.argv)
        finally:
            if os.path.exists(os.path.join(folder, "knot.sock")):
                run("knotc -c knot.conf stop", folder, port)
    print("%d passed, %d failed" % (sum(score), len(score) - sum(score)))
    return 0 if score and all(score) else 1


if __name__ == "__main__":
    sys.exit(main())
