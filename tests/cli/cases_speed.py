# SPDX-License-Identifier: GPL-2.0-or-later
"""What makes the program quick, as far as it shows from outside."""

import os
import shutil
import subprocess

from harness import GOOD, Skip, case

HERE = os.path.dirname(os.path.abspath(__file__))
SIGNED = os.path.join(os.path.dirname(HERE), "golden", "sec010-good-nsec.zone")


def loaded(t, *args):
    """What the dynamic loader brought in."""
    return t.run(*args, env={"LD_DEBUG": "files"}).err


def needed(program):
    if shutil.which("readelf") is None:
        raise Skip("no readelf")
    return subprocess.run(["readelf", "-d", program], stdout=subprocess.PIPE, check=True).stdout


@case
def cryptography_is_loaded_when_something_is_verified(t):
    if b"libdnssec" in needed(t.binary) or b"libknot" in needed(t.binary):
        raise Skip("built without libknot's archive")
    zone = t.write("example.com.zone", GOOD)
    assert "libzscanner" in loaded(t, zone), "LD_DEBUG says nothing here"
    assert "libgnutls" not in loaded(t, zone)
    assert "libgnutls" not in loaded(t, "rules")
    assert "libgnutls" in loaded(t, SIGNED)
