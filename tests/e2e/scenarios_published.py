# SPDX-License-Identifier: GPL-2.0-or-later
"""The published copy: how it is written, where it cannot be, and what others do to it."""

import os
import shutil
import subprocess

import dns
from server import Server
from steps import GOOD, BAD, expect, expect_log, holds, published_with, settle, write


def test_mode(machine):
    """a new version keeps the mode of the published file, and its owner where knotd may"""
    server = published_with(machine)
    os.chmod(server.published(), 0o604)
    before = server.published().stat()
    write(server.source(), GOOD(2))
    server.reload()
    holds(server, 2)
    after = server.published().stat()
    expect(server, (after.st_mode, after.st_uid, after.st_gid),
           (before.st_mode, before.st_uid, before.st_gid), "mode, owner, group")
    # knotd has given up the right to give files away.
    os.chown(server.published(), 1, 1)
    write(server.source(), GOOD(3))
    server.reload()
    holds(server, 3)
    return server


def test_other_user(machine):
    """knotd as its own user, with a source that only root may write"""
    server = published_with(machine, user="knot")
    write(server.source(), BAD(2))
    server.reload()
    settle()
    holds(server, 1)
    write(server.source(), GOOD(3))
    server.reload()
    holds(server, 3)
    os.chmod(server.source(), 0o600)
    os.utime(server.source())
    server.reload()
    settle()
    holds(server, 3)
    expect_log(server, "Permission denied, keeping serial 3")
    return server


def test_read_only_folder(machine):
    """published files in a folder that the server cannot write: said, and kept"""
    server = published_with(machine, user="knot")
    os.chown(server.published().parent, 0, 0)
    write(server.source(), GOOD(2))
    server.reload()
    settle()
    holds(server, 1)
    expect_log(server, "accepted, but not published", "keeping serial 1")
    server.stop()
    server.start()
    holds(server, 1)
    os.chmod(server.published().parent, 0o777)
    server.reload()
    holds(server, 2)
    return server


def mounted(folder, *words):
    subprocess.run(["mount", *words, str(folder)], check=True)


def test_read_only_mount(machine):
    """published files on a file system that is read-only: said, and kept"""
    server = published_with(machine)
    folder = server.published().parent
    mounted(folder, "--bind", str(folder))
    try:
        mounted(folder, "-o", "remount,bind,ro")
        write(server.source(), GOOD(2))
        server.reload()
        settle()
        holds(server, 1)
        expect_log(server, "Read-only file system", "keeping serial 1")
    finally:
        subprocess.run(["umount", str(folder)], check=True)
    server.reload()
    holds(server, 2)
    return server


def test_full_disk(machine):
    """published files on a full disk: said, kept, nothing left over, and published once there is room"""
    server = Server(machine)
    folder = server.published().parent
    mounted(folder, "-t", "tmpfs", "-o", "size=128k", "tmpfs")
    try:
        write(server.source(), GOOD(1, records=100))
        server.start()
        holds(server, 1, GOOD(1, records=100))
        filler = folder / "filler"
        with open(filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 1024)
            except OSError:
                pass
        write(server.source(), GOOD(2, records=100))
        server.reload()
        settle()
        holds(server, 1, GOOD(1, records=100))
        expect_log(server, "No space left on device", "keeping serial 1")
        expect(server, sorted(os.listdir(folder)), ["example.com.zone", "filler"], "files")
        server.stop()
        server.start()
        holds(server, 1, GOOD(1, records=100))
        filler.unlink()
        server.reload()
        holds(server, 2, GOOD(2, records=100))
        server.stop()
    finally:
        server.close()
        subprocess.run(["umount", str(folder)], check=False)
    return server


def test_missing_folder(machine):
    """the folder of the published files is gone: said, and the server goes on"""
    server = published_with(machine)
    shutil.rmtree(server.published().parent)
    write(server.source(), GOOD(2))
    server.reload()
    settle()
    server.wait_serial(1)
    expect_log(server, "is in a folder that is not there")
    server.published().parent.mkdir()
    server.reload()
    holds(server, 2)
    return server


def test_published_lost(machine):
    """a published copy that is lost, emptied or damaged is made again from the good source"""
    server = published_with(machine)
    for damage in (None, b"", GOOD(1).encode()[:50], BAD(1).encode()):
        server.published().unlink()
        if damage is not None:
            server.published().write_bytes(damage)
        server.stop()
        server.start()
        holds(server, 1)
    return server


def test_published_bad(machine):
    """a bad version put over the published copy by hand: mode reject publishes the source again"""
    server = published_with(machine)
    write(server.published(), BAD(7))
    server.reload()
    holds(server, 1)
    expect_log(server, "published copy was changed and would be rejected, publishing the source again")
    write(server.published(), BAD(8))
    server.stop()
    server.start()
    holds(server, 1)
    return server


def test_published_bad_log(machine):
    """the same in mode log: it is served, and said, until the source changes"""
    server = published_with(machine, mode="log")
    write(server.published(), BAD(7))
    server.reload()
    holds(server, 7, BAD(7))
    expect_log(server, "changed by the server or by hand, left as it is until the source changes, "
               "serial 7")
    write(server.source(), GOOD(8))
    server.reload()
    holds(server, 8)
    return server


def test_published_unreadable(machine):
    """a published copy that cannot be read at the moment is not replaced by a bad version"""
    server = published_with(machine)
    write(server.source(), BAD(2))
    with open(server.published(), "r+"):
        server.stop()
        (server.folder / "db/acmlint.state").unlink()
        server.start()
        expect_log(server, "rejected, keeping what is published")
    holds(server, 1)
    return server


def test_published_changed(machine):
    """a published copy that the server itself has written is left as it is"""
    server = published_with(machine)
    server.knotc("-b", "zone-begin", "example.com")
    server.knotc("zone-set", "example.com", "extra", "60", "A", "192.0.2.77")
    server.knotc("zone-commit", "example.com")
    server.knotc("-b", "-f", "zone-flush", "example.com")
    server.reload()
    settle()
    expect_log(server, "was changed by the server or by hand")
    answer = dns.ask(server.port, "extra.example.com", "A")
    expect(server, answer.rdata("A"), [bytes([192, 0, 2, 77])], "the added record")
    return server
