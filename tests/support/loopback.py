# SPDX-License-Identifier: GPL-2.0-or-later
"""What every test with real servers on the loopback interface needs."""

import ctypes
import os
import random
import shutil
import signal
import socket
import subprocess


def find(program):
    """A server's path; not everybody has the folders of an administrator in PATH."""
    path = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin:/sbin")
    if path is None:
        raise SystemExit(program + " is not installed")
    return path


def free_port():
    """Below those that the kernel gives to clients, who may take one before the server does."""
    for port in random.SystemRandom().sample(range(12000, 32000), 200):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
            try:
                udp.bind(("127.0.0.1", port))
                tcp.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise SystemExit("no free port")


def die_with_parent():
    """PR_SET_PDEATHSIG: servers do not outlive a test that was killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def end(process, patience=10):
    """Asks a process to end, and sees to it."""
    if process is not None and process.poll() is None:
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
