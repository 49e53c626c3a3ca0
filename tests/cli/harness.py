# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs cases against the real program, each in a folder of its own. Python's standard library only."""

import json
import os
import shutil
import subprocess
import tempfile
import traceback

NOW = "2026-11-21T00:00:00Z"

HEAD = """\
$ORIGIN example.com.
$TTL 300
@ SOA ns1.example.net. hostmaster 2026112101 7200 3600 1209600 300
@ NS ns1.example.net.
@ NS ns2.example.org.
"""

# Line 6 is the CAA record. With --name www.example.com the bad one has exactly one finding: CAA002.
GOOD = HEAD + '@ CAA 0 issue "amazon.com"\nwww A 192.0.2.1\n'
BAD = HEAD + '@ CAA 0 issue "letsencrypt.org"\nwww A 192.0.2.1\n'
USE = ["--name", "www.example.com"]

# Always one finding, CAA002 at line 8.
TOKEN = ("_a79865eb4cd1a6ab990a45779b4e0b96.www CNAME "
         "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n")
BROKEN = BAD + TOKEN


class Skip(Exception):
    """This machine lacks what the case needs."""


class Ran:
    """What one run of the program did."""

    def __init__(self, done):
        self.status = done.returncode
        self.raw = done.stdout
        self.out = done.stdout.decode("utf-8", "surrogateescape") if done.stdout else ""
        self.err = done.stderr.decode("utf-8", "surrogateescape") if done.stderr else ""

    @property
    def json(self):
        return json.loads(self.raw.decode("utf-8"))

    def rules(self, zone=0):
        return [(f["rule"], f["line"]) for f in self.json["zones"][zone]["findings"]
                if not f["suppressed"]]


class Case:
    """A folder and the program."""

    def __init__(self, binary, folder):
        self.binary = binary
        self.folder = folder

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        mode = "wb" if isinstance(text, bytes) else "w"
        with open(path, mode) as file:
            file.write(text)
        return name

    def run(self, *args, status=None, stdin=None, env=None, cwd=None, now=True, stdout=None):
        full = dict(os.environ, LC_ALL="C.UTF-8")
        full.pop("NO_COLOR", None)
        full.update(env or {})
        line = [self.binary, *args]
        if now:
            line += ["--now", NOW]
        done = subprocess.run(line, input=stdin if stdin is not None else b"",
                              stdout=stdout or subprocess.PIPE, stderr=subprocess.PIPE,
                              env=full, cwd=cwd or self.folder, timeout=60, check=False)
        ran = Ran(done)
        assert status is None or ran.status == status, (
            f"{args}: status {ran.status}, not {status}\nstdout: {ran.out}\nstderr: {ran.err}")
        return ran


CASES = []


def case(function):
    """Registers a case; its name is the sentence that it proves."""
    CASES.append(function)
    return function


def has(text, *parts):
    """All parts are in the text."""
    for part in parts:
        assert part in text, f"{part!r} is not in:\n{text}"


def run_cases(binary, only):
    passed = failed = skipped = 0
    for function in CASES:
        if only and not any(word in function.__name__ for word in only):
            continue
        folder = tempfile.mkdtemp(prefix="acmlint-cli-")
        try:
            function(Case(binary, folder))
            passed += 1
        except Skip as reason:
            skipped += 1
            print(f"skipped {function.__module__}.{function.__name__}: {reason}")
        except Exception:  # A case that breaks has failed, whatever the reason.
            failed += 1
            print(f"FAILED {function.__module__}.{function.__name__}")
            traceback.print_exc(limit=-2)
        finally:
            for root, folders, _ in os.walk(folder):
                for name in folders:
                    os.chmod(os.path.join(root, name), 0o700)
            shutil.rmtree(folder, ignore_errors=True)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return failed
