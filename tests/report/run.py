#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of the reports for machines and browsers, on the real program.

    tests/report/run.py [WORD…]    all cases, or those whose name holds a WORD

Needs $ACMLINT, as tests/run sets it, and Debian's python3-jsonschema.
"""

import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "cli"))

try:
    import jsonschema  # noqa: F401
except ImportError:
    # Another Python stands before Debian's in the PATH.
    if os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3"):
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B", __file__, *sys.argv[1:]])

import cases_html  # noqa: E402,F401
import cases_sarif  # noqa: E402,F401
from harness import run_cases  # noqa: E402

if __name__ == "__main__":
    sys.exit(1 if run_cases(os.path.abspath(os.environ["ACMLINT"]), sys.argv[1:]) else 0)
