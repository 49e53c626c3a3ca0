#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The n-th allocation fails, for every n of a look at the DNS and of a transfer: as tests/alloc.

Needs root, $ACMLINT and $ACMLINT_BUILD.
"""

import json
import os
import pathlib
import sys
import time

from internet import FIRST, HERE, RESOLVER, Internet, alone
from scenes import GOOD, OTHER, Scene

sys.path.insert(0, str(HERE.parent / "alloc"))
import run as alloc  # noqa: E402

SCENES = [Scene("plain", "issuable", GOOD), Scene("signed", "issuable", GOOD, sign={}),
          Scene("stale", "blocked", GOOD, ["CAA002"], second=OTHER, serials=(2, 1))]


def document(scene):
    """jansson 2.14 reads on where there is no room for a closing quote, its 16th byte: a longer
    string comes first, so that there is room."""
    certificate = scene.certificate()["Certificate"]
    options = {"DomainValidationOptions": certificate.pop("DomainValidationOptions")}
    return json.dumps({"Certificate": {**options, **certificate}})


def main():
    refused = alone()
    if refused is not None:
        print(f"skipped: {refused}")
        print("0 passed, 0 failed, 1 skipped")
        return False
    internet = Internet(SCENES)
    try:
        internet.start()
        folder = pathlib.Path(internet.folder)
        (folder / "acm.json").write_text("\n".join(document(s) for s in SCENES), "ascii")
        common = ["live", "-c", "/dev/null", "--rate", "0", "--now", f"@{int(time.time())}",
                  "--trust-anchor", str(internet.anchor)]
        passed, complaints = alloc.judge_commands(folder, [
            common + ["--root-hints", str(internet.hints), "www.signed.net"],
            common + ["--resolver", RESOLVER, "-f", "json", "--inventory", "acm.json"],
            ["verify", "-c", "/dev/null"],
        ], {"CASCADE_ZONE": "plain.net", "CASCADE_SERVER_IP": FIRST, "CASCADE_SERVER_PORT": "53"})
    finally:
        internet.stop()
    return alloc.report(passed, complaints)


if __name__ == "__main__":
    sys.exit(main())
