# SPDX-License-Identifier: GPL-2.0-or-later
"""Versions that come and go through the load gate."""

import os
import time

import dns
from server import Server
from steps import GOOD, BAD, UNPARSABLE, expect, expect_log, holds, published_with, settle, write


def test_start_good(machine):
    """start with a good source: published byte for byte, and served"""
    server = published_with(machine)
    holds(server, 1)
    expect_log(server, "accepted, serial 1")
    return server


def test_reload_bad_then_mended(machine):
    """reload: a bad source is kept out with the reason, a mended one comes in"""
    server = published_with(machine)
    write(server.source(), BAD(2))
    server.reload()
    settle()
    holds(server, 1)
    expect_log(server, "CAA002 caa-excludes-amazon", "rejected, keeping serial 1")
    write(server.source(), GOOD(3))
    server.reload()
    holds(server, 3)
    return server


def test_reload_unchanged(machine):
    """reload of an unchanged source: silent when accepted, one line when rejected"""
    server = published_with(machine)
    time.sleep(0.1)
    server.reload()
    before = server.log().count("mod-acmlint/default")
    server.reload()
    expect(server, server.log().count("mod-acmlint/default"), before, "lines about an accepted source")
    write(server.source(), BAD(2))
    time.sleep(0.1)
    server.reload()
    before = server.log().count("mod-acmlint/default")
    server.reload()
    expect(server, server.log().count("mod-acmlint/default"), before + 1, "lines about a rejected source")
    expect_log(server, "unchanged, still rejected, keeping serial 1")
    holds(server, 1)
    return server


def test_zone_reload(machine):
    """a single zone: forced zone-reload runs the gate, then zone-reload loads"""
    server = published_with(machine)
    write(server.source(), BAD(2))
    server.reload_zone()
    settle()
    holds(server, 1)
    write(server.source(), GOOD(3))
    server.reload_zone()
    holds(server, 3)
    return server


def test_plain_zone_reload(machine):
    """a plain zone-reload reads the published copy again: no harm, no change"""
    server = published_with(machine)
    write(server.source(), BAD(2))
    server.knotc("-b", "zone-reload", "example.com")
    settle()
    holds(server, 1)
    return server


def test_restart_bad(machine):
    """restart with a bad source: the last good version answers"""
    server = published_with(machine)
    write(server.source(), BAD(2))
    server.stop()
    server.start()
    holds(server, 1)
    expect_log(server, "rejected, keeping serial 1")
    return server


def test_restart_unchanged(machine):
    """restart with nothing changed: nothing is linted"""
    server = published_with(machine)
    server.stop()
    time.sleep(0.1)
    server.start()
    server.wait_serial(1)
    server.stop()
    (server.folder / "log").unlink()
    server.start()
    holds(server, 1)
    if "accepted" in server.log():
        raise AssertionError("an unchanged source was read\n" + server.log())
    return server


def test_mode_log(machine):
    """mode log with a source: findings are logged, the version is published"""
    server = published_with(machine, mode="log")
    write(server.source(), BAD(2))
    server.reload()
    holds(server, 2, BAD(2))
    expect_log(server, "CAA002", "accepted though mode reject would not, serial 2")
    return server


def test_log_to_reject(machine):
    """mode log, then reject: what is published stays, the next bad version does not come in"""
    server = published_with(machine, mode="log")
    write(server.source(), BAD(2))
    server.reload()
    holds(server, 2, BAD(2))
    server.configure(mode="reject")
    server.reload()
    settle()
    holds(server, 2, BAD(2))
    expect_log(server, "keeping serial 2, which is this very version")
    write(server.source(), BAD(3))
    server.reload()
    settle()
    holds(server, 2, BAD(2))
    return server


def test_first_load_accept(machine):
    """first-load: accept publishes a bad first version, loudly, and takes a good one"""
    server = Server(machine)
    write(server.source(), BAD(1))
    server.start()
    holds(server, 1, BAD(1))
    expect_log(server, "CAA002", "accepted for want of a better version, serial 1")
    write(server.source(), BAD(2))
    server.reload()
    settle()
    holds(server, 1, BAD(1))
    write(server.source(), GOOD(3))
    server.reload()
    holds(server, 3)
    return server


def test_first_load_refuse(machine):
    """first-load: refuse publishes nothing before the first good version"""
    server = Server(machine, first_load="refuse")
    write(server.source(), BAD(1))
    server.start()
    settle()
    if server.published().exists():
        raise AssertionError("published\n" + server.log())
    expect_log(server, "rejected, nothing is published")
    expect(server, dns.serial(server.port, "example.com"), "rcode 2", "the answer")
    write(server.source(), GOOD(2))
    server.reload()
    holds(server, 2)
    return server


def test_first_load_unloadable(machine):
    """a first version that the server could not load is never published"""
    server = Server(machine)
    write(server.source(), UNPARSABLE(1))
    server.start()
    settle()
    if server.published().exists():
        raise AssertionError("published\n" + server.log())
    return server


def test_several_zones(machine):
    """a bad zone keeps none of the others back"""
    server = Server(machine, zones=["example.com", "example.net", "1/2.example.org"])
    write(server.source(), BAD(1))
    write(server.source("example.net"), GOOD(1))
    write(server.source("1_2.example.org"), GOOD(1))
    server.configure(first_load="refuse")
    server.start()
    server.wait_serial(1, "example.net")
    server.wait_serial(1, "1/2.example.org")
    expect(server, server.published("1_2.example.org").exists(), True, "a slash in a zone's name")
    expect(server, dns.serial(server.port, "example.com"), "rcode 2", "the answer")
    return server


def test_signed(machine):
    """a zone that the server signs: the gate works, and the signed file is not taken for a change"""
    server = Server(machine)
    server.zone_options = {"dnssec-signing": "on", "zonefile-sync": "0",
                           "zonefile-load": "difference-no-serial", "journal-content": "all"}
    server.configure()
    write(server.source(), GOOD(1))
    server.start()
    settle()
    server.reload()
    settle()
    before = dns.serial(server.port, "example.com")
    write(server.source(), BAD(2))
    server.reload()
    settle()
    expect(server, server.text(), "v1", "the version served")
    write(server.source(), GOOD(3))
    server.reload()
    end = time.monotonic() + 20
    while server.text() != "v3" and time.monotonic() < end:
        time.sleep(0.02)
    expect(server, server.text(), "v3", "the version served")
    if dns.serial(server.port, "example.com") <= before:
        raise AssertionError("the serial went back\n" + server.log())
    return server


def test_module_dropped(machine):
    """the module taken out of the configuration and put back while the server runs"""
    server = published_with(machine)
    for _ in range(3):
        server.modules = False
        server.configure()
        server.reload()
        server.wait_serial(1)
        server.modules = True
        server.configure()
        server.reload()
        holds(server, 1)
    return server


def test_state_lost(machine):
    """a state file that is lost, torn or full of rubbish costs nothing but reading"""
    server = published_with(machine)
    state = server.folder / "db/acmlint.state"
    server.stop()
    whole = state.read_bytes()
    for text in (None, whole[:-30], os.urandom(5000), b"\n" * 1000 + whole[:50] + whole):
        if text is None:
            state.unlink()
        else:
            state.write_bytes(text)
        write(server.source(), BAD(2))
        server.start()
        holds(server, 1)
        server.stop()
    server.start()
    return server
