# SPDX-License-Identifier: GPL-2.0-or-later
"""What makes the program quick, as far as it shows from outside."""

import os
import pty
import shutil
import subprocess
import threading
import time

from harness import BAD, GOOD, NOW, USE, Skip, case

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
    assert "libjansson" in loaded(t, zone), "LD_DEBUG says nothing here"
    assert "libgnutls" not in loaded(t, zone)
    assert "libgnutls" not in loaded(t, "rules")
    assert "libgnutls" in loaded(t, SIGNED)


def on_terminal(t, *args, wait):
    """Status, stdout, and what stderr, a terminal, was shown; the zone comes through a pipe and
    is whole only after some seconds."""
    os.path.exists(t.path("slow")) or os.mkfifo(t.path("slow"))

    def feed():
        with open(t.path("slow"), "w", encoding="ascii") as pipe:
            pipe.write(BAD[:40])
            pipe.flush()
            time.sleep(wait)
            pipe.write(BAD[40:])

    feeder = threading.Thread(target=feed)
    feeder.start()
    master, slave = pty.openpty()
    env = dict(os.environ, TERM="xterm", NO_COLOR="1", LC_ALL="C.UTF-8")
    child = subprocess.Popen([t.binary, "slow", *USE, "--now", NOW, *args], cwd=t.folder, env=env,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=slave)
    os.close(slave)
    out = child.communicate()[0].decode()
    feeder.join()
    shown = b""
    try:
        while chunk := os.read(master, 4096):
            shown += chunk
    except OSError:     # How Linux says that nobody has the other side.
        pass
    os.close(master)
    return child.returncode, out, shown.decode()


@case
def a_bar_for_work_that_takes_long(t):
    status, out, shown = on_terminal(t, "--progress", wait=2.6)
    assert status == 1 and "CAA002" in out, out
    assert "[....." in shown and "0 of 1 zones" in shown, shown
    assert "\x1b[3" not in shown, "NO_COLOR"
    assert "\r\x1b[K" in shown[shown.rindex("zones"):], "it stays behind"
    assert "zones" not in out.splitlines()[0]
    for args, wait in (([], 2.6), (["--progress", "-q"], 2.6), (["--progress"], 0.1)):
        status, out, shown = on_terminal(t, *args, wait=wait)
        assert status == 1 and "[" not in shown, (args, shown)
    t.write("example.com.zone", BAD)
    assert "[" not in t.run("example.com.zone", *USE, "--progress", status=1).err
