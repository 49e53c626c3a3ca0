#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""mod-acmlint.rst as a man page: manual.py INPUT OUTPUT VERSION DATE.

Knows what that file uses: titles, paragraphs, lists, literal blocks, notes, references.
"""

import re
import sys
import textwrap


def escape(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("–", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text)


def inline(text):
    """A paragraph on one line each word group; marks become fonts."""
    text = re.sub(r":ref:`([^<`]*?)\s*(<[^`]*>)?`", lambda m: "*%s*" % m.group(1).split(
        "mod-acmlint_")[-1], text)
    found = []
    for line in textwrap.wrap(text, 72, break_on_hyphens=False, break_long_words=False):
        line = escape(line)
        line = re.sub(r"``(.+?)``", r"\\fB\1\\fR", line)
        found.append(re.sub(r"\*(\S.*?)\*", r"\\fI\1\\fR", line))
    return found


def is_under(line):
    return re.fullmatch(r"(=+|-+|\.+|~+)", line) is not None


def convert(lines):
    out, i = [], 0
    while i < len(lines):
        line = lines[i]
        if line.startswith(".. _") or not line.strip():
            i += 1
        elif i + 1 < len(lines) and is_under(lines[i + 1]) and len(lines[i + 1]) >= len(line):
            kind = ".SH " if lines[i + 1][0] == "-" else ".SS "
            out.append(kind + escape(line.upper() if kind == ".SH " else line))
            i += 2
        elif line.strip() in ("::", ".. NOTE::"):
            literal = line.strip() == "::"
            i += 1
            block = []
            while i < len(lines) and (not lines[i].strip() or lines[i].startswith("   ")):
                block.append(lines[i])
                i += 1
            text = textwrap.dedent("\n".join(block)).strip("\n")
            if literal:
                out += [".PP", ".nf", *(escape(row) if row else "\\&" for row in text.split("\n")),
                        ".fi"]
            else:
                out += [".PP", *inline("*Note:* " + " ".join(text.split()))]
        else:
            item = line.startswith("- ")
            block = [line[2:] if item else line]
            i += 1
            while i < len(lines) and lines[i].strip() and not lines[i].startswith(("- ", ".. ")):
                block.append(lines[i].strip())
                i += 1
            out += [".IP \\(bu 3" if item else ".PP", *inline(" ".join(block))]
    # A paragraph needs no request behind a title, nor does a title behind one.
    return [row for before, row in zip([""] + out, out)
            if not (row == ".PP" and before.startswith((".SH", ".SS")))]


def main():
    source, target, version, date = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        lines = file.read().split("\n")
    begin = next(i for i, line in enumerate(lines) if line.startswith("==="))
    with open(target, "w", encoding="ascii", errors="replace") as out:
        out.write('.\\" Made from mod-acmlint.rst. Do not edit.\n'
                  '.TH MOD\\-ACMLINT 7 "%s" "acmlint %s" "Knot DNS"\n.SH NAME\nmod\\-acmlint \\-\n'
                  "keep zones usable for AWS Certificate Manager\n.SH DESCRIPTION\n" % (
                      date, version))
        rows = convert(lines[begin + 1:])
        out.write("\n".join(rows[1:] if rows[0] == ".PP" else rows))
        out.write("\n.SH SEE ALSO\n.BR acmlint (1),\n.BR knotd (8),\n.BR knot.conf (5)\n")


if __name__ == "__main__":
    main()
