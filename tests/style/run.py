#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The style sheet of CONTRIBUTING.md, as far as a script can hold it."""

import os
import re
import shutil
import statistics
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SPDX = "SPDX-License-Identifier: GPL-2.0-or-later"

FILE_LINES = 600        # hard; tables (initialisers at the top level) do not count
FUNCTION_LINES = 80     # hard
FUNCTION_P90 = 50       # nine of ten functions
WIDTH = 100             # columns of code
WIDTH_COMMENT = 110     # with the comment behind it

SKIP = {".git", "build", "__pycache__", ".github"}
BINARY = (".png", ".gz")

# Who may include whom: model <- facts <- rules <- lint <- report <- cli, and module -> lint.
# Findings and their levels are the vocabulary of the rules.
MAY_INCLUDE = {
    "model": {"model"},
    "facts": {"facts", "model"},
    "rules": {"rules", "facts", "model", "lint/finding.h", "lint/settings.h"},
    "lint": {"lint", "rules", "facts", "model"},
    "report": {"report", "lint", "rules", "facts", "model"},
    "live": {"live", "lint", "facts", "model"},
    "cli": {"cli", "live", "report", "lint", "rules", "facts", "model"},
    "module": {"module", "lint", "rules", "facts", "model"},
}

SPEAKS = re.compile(r"\b(printf|puts|putchar|perror|vprintf|err|errx|warn|warnx)\s*\(|\bstd(out|err)\b")
LEAVES = re.compile(r"\b(_?exit|abort|quick_exit)\s*\(")
CLOCK = re.compile(r"\b(time|gettimeofday|clock_gettime|getenv|rand|random|srand)\s*\(")
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def files():
    for folder, names, found in os.walk(ROOT):
        names[:] = sorted(n for n in names if n not in SKIP)
        for name in sorted(found):
            path = os.path.join(folder, name)
            if not name.endswith(BINARY) and not os.path.islink(path):
                yield os.path.relpath(path, ROOT), path


def without_comments(text):
    """C text with comments and string literals blanked, line for line."""
    pattern = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
    return pattern.sub(lambda m: "\n" * m.group().count("\n"), text)


def code_lines(lines):
    """Lines that count: all but the insides of initialisers at the top level."""
    count, inside = 0, False
    for line in lines:
        if inside:
            inside = not line.startswith("}")
        else:
            count += 1
            inside = line.rstrip().endswith("= {") and not line[:1].isspace()
    return count


def check_text(name, lines, complain):
    data = name.endswith((".zone", ".golden", ".txt")) or "/golden/" in name
    if lines and not lines[-1].endswith("\n") and not data:
        complain(len(lines), "no newline at the end of the file")
    for number, line in enumerate(lines, 1):
        if INVISIBLE.search(line) and not data:
            complain(number, "an invisible character")
        if not data and re.search(r"[ \t]+\n$", line):
            complain(number, "trailing blanks")


def check_licence(name, lines, complain):
    first = "".join(lines[:3])
    if name.endswith((".c", ".h")):
        if lines[:1] != ["/* %s */\n" % SPDX]:
            complain(1, "the first line is not /* %s */" % SPDX)
    elif (name.endswith((".py", ".sh")) or first.startswith("#!")) and SPDX not in first:
        complain(1, "no %s in the first three lines" % SPDX)


def check_c(name, lines, complain):
    before = ""
    for number, line in enumerate(lines, 1):
        # Blanks align what continues a line; they never indent.
        if line.startswith("        ") and before.rstrip().endswith((";", "{", "}")):
            complain(number, "indented with blanks, not with tabs")
        before = line
        code = re.sub(r"\s*/\*[^*]*\*/\s*$", "", line.rstrip("\n")).expandtabs(8)
        if len(code) > WIDTH and '"' not in line:
            complain(number, "%d columns wide, %d are the limit" % (len(code), WIDTH))
        elif len(line.rstrip("\n").expandtabs(8)) > WIDTH_COMMENT and '"' not in line:
            complain(number, "wider than %d columns with its comment" % WIDTH_COMMENT)
    count = code_lines(lines)
    if count > FILE_LINES:
        complain(1, "%d lines outside tables, %d are the limit" % (count, FILE_LINES))


def check_rooms(name, lines, complain):
    """Boundaries between the rooms of the house."""
    parts = name.split("/")
    room = parts[1] if parts[0] == "zone" and len(parts) > 2 else parts[0]
    if room not in MAY_INCLUDE:
        return
    allowed = MAY_INCLUDE[room]
    for number, line in enumerate(lines, 1):
        include = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if include and "/" in include.group(1):
            other = include.group(1)
            if other.split("/")[0] not in allowed and other not in allowed:
                complain(number, "%s/ may not include %s" % (room, other))

    code = without_comments("".join(lines)).split("\n")
    for number, line in enumerate(code, 1):
        if room not in ("cli", "report") and SPEAKS.search(line):
            complain(number, "only cli/ and report/ print")
        if name != "zone/cli/main.c" and LEAVES.search(line):
            complain(number, "only main.c ends the program")
        if room in ("model", "facts", "rules", "lint") and CLOCK.search(line):
            complain(number, "no clock, no environment and no chance below report/")


def check_functions(names):
    """Lengths of functions, from ctags; None without a ctags that knows where they end."""
    ctags = shutil.which("ctags")
    if ctags is None or "Universal" not in subprocess.run(
            [ctags, "--version"], capture_output=True, text=True, check=False).stdout:
        return None
    output = subprocess.run(
        [ctags, "-x", "--c-kinds=f", "--_xformat=%{end} %n %N %F", "-L", "-"],
        input="\n".join(names), capture_output=True, text=True, cwd=ROOT, check=True).stdout
    found = []
    for row in output.splitlines():
        end, start, function, name = row.split(" ", 3)
        found.append((int(end) - int(start) + 1, function, name, int(start)))
    return found


def main():
    passed, complaints, sources = 0, [], []
    for name, path in files():
        with open(path, encoding="utf-8", newline="", errors="surrogateescape") as handle:
            lines = handle.read().splitlines(keepends=True)
        before = len(complaints)

        def complain(number, message, name=name):
            complaints.append("%s:%d: %s" % (name, number, message))

        check_text(name, lines, complain)
        check_licence(name, lines, complain)
        if name.endswith((".c", ".h")):
            sources.append(name)
            check_c(name, lines, complain)
            check_rooms(name, lines, complain)
        passed += len(complaints) == before

    skipped = 0
    functions = check_functions([n for n in sources if n.endswith(".c")])
    if functions is None:
        print("skipped, no universal ctags here: lengths of functions")
        skipped = 1
    elif functions:
        lengths = sorted(f[0] for f in functions)
        p90 = lengths[len(lengths) * 9 // 10]
        print("%d functions: median %d lines, p90 %d, longest %d" % (
            len(lengths), statistics.median(lengths), p90, lengths[-1]))
        before = len(complaints)
        for length, function, name, start in functions:
            if length > FUNCTION_LINES:
                complaints.append("%s:%d: %s() is %d lines long, %d are the limit" % (
                    name, start, function, length, FUNCTION_LINES))
        if p90 > FUNCTION_P90:
            complaints.append("one function in ten is longer than %d lines" % FUNCTION_P90)
        passed += len(complaints) == before

    for complaint in complaints:
        print(complaint)
    print("%d passed, %d failed, %d skipped" % (passed, len(complaints), skipped))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
