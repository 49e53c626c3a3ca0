#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of the command line on the real program.

    tests/cli/run.py [PROGRAM] [WORD…]    all cases, or those whose name holds a WORD

PROGRAM defaults to $ACMLINT.
"""

import os
import sys

sys.dont_write_bytecode = True

import cases_certs     # noqa: E402,F401
import cases_config    # noqa: E402,F401
import cases_docs      # noqa: E402,F401
import cases_fix       # noqa: E402,F401
import cases_github    # noqa: E402,F401
import cases_inputs    # noqa: E402,F401
import cases_inventory  # noqa: E402,F401
import cases_knot      # noqa: E402,F401
import cases_options   # noqa: E402,F401
import cases_parent    # noqa: E402,F401
import cases_report    # noqa: E402,F401
import cases_speed     # noqa: E402,F401
import cases_migration  # noqa: E402,F401
import cases_suppress  # noqa: E402,F401
from harness import run_cases  # noqa: E402


def main():
    words = sys.argv[1:]
    binary = os.environ.get("ACMLINT")
    if words and os.access(words[0], os.X_OK):
        binary = words.pop(0)
    if not binary or not os.access(binary, os.X_OK):
        print("tests/cli/run.py PROGRAM: which acmlint is to be tested?", file=sys.stderr)
        return 3
    return 1 if run_cases(os.path.abspath(binary), words) else 0


if __name__ == "__main__":
    sys.exit(main())
