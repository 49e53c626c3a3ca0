# SPDX-License-Identifier: GPL-2.0-or-later
"""The module's options, its log and its figures."""

import subprocess
import time

import zones
from server import Server
from steps import GOOD, BAD, expect, expect_log, holds, published_with, settle, write


def test_no_source(machine):
    """mode reject without a source: says that it cannot reject, lints the file, takes nothing away"""
    server = Server(machine, source=None)
    write(server.published(), GOOD(1))
    server.start()
    server.wait_serial(1)
    write(server.published(), BAD(2))
    server.reload()
    server.wait_serial(2)
    expect_log(server, "error: [example.com.] module 'mod-acmlint/default', mode reject needs a source",
               "CAA002", "accepted though mode reject would not")
    return server


def test_no_source_once(machine):
    """mode reject without a source: it says once for each zone that it cannot reject, also of a
    zone that comes later, and again when the mode was another in between"""
    needs = "[%s.] module 'mod-acmlint/default', mode reject needs a source"
    names = ["example.com", "example.net", "example.org"]
    server = Server(machine, names[:2], source=None)
    for number, zone in enumerate(names):
        write(server.published(zone), (GOOD, BAD)[number % 2](1))
    server.start()

    def told(*counts):
        settle()
        got = tuple(server.log().count(needs % zone) for zone in names)
        expect(server, got, counts, "how often it was said")

    told(1, 1, 0)
    for serial in (2, 3):
        write(server.published(), GOOD(serial))
        server.reload()
        server.wait_serial(serial)
        server.knotc("-f", "zone-reload", names[1])
    told(1, 1, 0)
    server.zones.append(names[2])
    server.configure()
    server.reload()
    told(1, 1, 1)
    server.configure(mode="log")
    server.reload()
    told(1, 1, 1)
    server.configure(mode="reject")
    server.reload()
    told(2, 2, 2)
    return server


def test_large_in_background(machine):
    """a zone over max-sync-size is linted in the background, also while instances come and go"""
    server = Server(machine, source=None, mode="log", max_sync_size="1K")
    write(server.published(), BAD(1, records=20000))
    server.start()
    for _ in range(5):
        server.reload()
    server.wait_serial(1)
    end = time.monotonic() + 20
    while "accepted though" not in server.log() and time.monotonic() < end:
        time.sleep(0.05)
    expect_log(server, "CAA002", "accepted though mode reject would not")
    server.reload()
    server.stop()
    return server


def test_options(machine):
    """fail-on, rule, name and suppression decide as they do on the command line"""
    server = published_with(machine, rule="[caa-excludes-amazon=off]")
    write(server.source(), BAD(2))
    server.reload()
    holds(server, 2, BAD(2))
    server.configure(rule=None)
    write(server.source(), BAD(3))
    server.reload()
    settle()
    holds(server, 2, BAD(2))
    remark = "; acmlint: allow-file CAA002 -- moving to another authority\n"
    write(server.source(), remark + BAD(4))
    server.reload()
    holds(server, 4, remark + BAD(4))
    server.configure(name="[www.example.com]")
    write(server.source(), zones.plain(5) + '@ 60 CAA 0 issue "ca.example"\n')
    server.reload()
    settle()
    server.wait_serial(4)
    server.configure(name=None)
    server.reload()
    server.wait_serial(5)
    return server


def test_many_findings(machine):
    """at most twenty lines for one zone, then a count"""
    server = published_with(machine)
    write(server.source(), GOOD(2) + "".join("x%d 60 BADTYPE x\n" % i for i in range(100)))
    server.reload()
    settle()
    expect(server, server.log().count(" SYN001 "), 20, "lines about findings")
    expect_log(server, "80 more findings")
    return server


def test_stats(machine):
    """knotc stats has the counters, and reloads do not reset them"""
    server = published_with(machine)
    write(server.source(), BAD(2))
    server.reload()
    server.reload()
    said = server.knotc("zone-stats", "example.com").stdout
    for counter, value in (("zones-linted", 2), ("zones-accepted", 1), ("zones-rejected", 1)):
        line = "mod-acmlint.lint[%s] = " % counter
        found = [int(text.split(" = ")[1]) for text in said.splitlines() if line in text]
        if not found or found[0] < value:
            raise AssertionError("%s at least %d wanted\n%s" % (counter, value, said))
    return server


def check_conf(machine, wanted, **options):
    server = Server(machine, **options)
    done = server.knotc("conf-check", check=False)
    said = done.stdout + done.stderr
    if wanted is None:
        expect(server, done.returncode, 0, "the check: " + said)
    elif done.returncode == 0 or wanted not in said:
        raise AssertionError("%r wanted: %s" % (wanted, said))
    server.close()


def test_conf_check(machine):
    """knotc conf-check reports wrong options"""
    check_conf(machine, None, rule="[TOK018=off, caa-missing=error]", name='["*.example.com"]',
               fail_on="warning", first_load="refuse", require_caa="on", max_sync_size="2M")
    check_conf(machine, "rule", rule="[NOPE01=off]")
    check_conf(machine, "level", rule="[TOK018=loud]")
    check_conf(machine, "folder", source="/nonexistent/%s.zone")
    check_conf(machine, "formatter", source="/tmp/%x.zone")
    check_conf(machine, "first-load", mode="log", first_load="refuse")
    check_conf(machine, "mode", mode="loud")
    check_conf(machine, "fail-on", fail_on="info")
    check_conf(machine, None, inventory="[/etc, /etc/passwd]", inventory_complete="on",
               parent="/etc/passwd")
    check_conf(machine, "file or folder of the inventory is not there", inventory="/nonexistent")
    check_conf(machine, "file or folder of the inventory is not there", inventory="[/etc, /dev/null]")
    check_conf(machine, "the parent's file is not there", parent="/etc")
    check_conf(machine, "from / on", parent="parent.ds")


def test_start_without_files(machine):
    """what conf-check finds missing does not keep a server from starting, nor from reloading"""
    server = Server(machine)
    write(server.published(), GOOD(1))
    missing = {"inventory": "/nonexistent/acm", "parent": "/nonexistent/ds",
               "source": "/nonexistent/%s.zone"}
    server.configure(**missing)
    done = server.knotc("conf-check", check=False)
    expect(server, done.returncode != 0, True, "the check fails")
    # As systemd calls it before a start.
    done = subprocess.run(["sh", "-c", 'SYSTEMD_EXEC_PID=$$ exec "$@"', "sh"] + machine.command(
        "knotc", "-c", server.inside("knot.conf"), "conf-check"), capture_output=True, text=True,
        env=machine.environment())
    expect(server, done.returncode, 0, "the check before a start: " + done.stderr)
    server.start()
    server.wait_serial(1)
    expect_log(server, "source '/nonexistent/example.com.zone'", "keeping serial 1")
    server.reload()
    server.wait_serial(1)
    return server
