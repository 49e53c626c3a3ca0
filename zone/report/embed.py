#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Style and script of the HTML report as C: embed.py OUTPUT CSS JS.

The hashes let the page's policy allow these two and nothing else.
"""

import base64
import hashlib
import sys


def literal(text):
    for line in text.splitlines(keepends=True):
        yield '\t"%s"' % line.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def main():
    output, *names = sys.argv[1:]
    with open(output, "w", encoding="ascii") as out:
        out.write('/* Made by embed.py. */\n\n#include "report/html.h"\n')
        for kind, name in zip(("style", "script"), names):
            with open(name, encoding="ascii") as file:
                text = file.read()
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            out.write('\nconst char acml_html_%s[] =\n%s;\n' % (kind, "\n".join(literal(text))))
            out.write('const char acml_html_%s_hash[] = "sha256-%s";\n' % (kind, digest))


if __name__ == "__main__":
    main()
