# SPDX-License-Identifier: GPL-2.0-or-later
"""What the source may be, and what keeps it out."""

import os

import dns
import zones
from server import Server
from steps import GOOD, UNPARSABLE, expect, expect_log, holds, published_with, settle, write


def keeps_for(text, reason, mode="reject"):
    def test(machine):
        server = published_with(machine, mode=mode)
        write(server.source(), text)
        server.reload()
        settle()
        holds(server, 1)
        expect_log(server, reason)
        server.stop()
        server.start()
        holds(server, 1)
        return server
    return test


test_unparsable = keeps_for(UNPARSABLE(2), "SYN001")
test_unparsable.__doc__ = "a source that does not parse: kept out, also after a restart"
test_unparsable_log = keeps_for(UNPARSABLE(2), "the server could not load it", mode="log")
test_unparsable_log.__doc__ = "mode log: what the server could not load is kept out as well"
test_torn = keeps_for(GOOD(2)[:50], "rejected, the server could not load it")
test_torn.__doc__ = "half a zone file is kept out"
test_empty = keeps_for("", "is empty, keeping serial 1")
test_empty.__doc__ = "an empty source is kept out"
test_no_soa = keeps_for("$ORIGIN example.com.\n@ 60 NS ns1\n", "no SOA at the apex", mode="log")
test_no_soa.__doc__ = "a source without SOA is kept out, in mode log too"
test_cname = keeps_for(GOOD(2) + "version 60 CNAME a\n", "other records beside a CNAME", mode="log")
test_cname.__doc__ = "what knotd's semantic checks refuse is kept out, in mode log too"


def test_missing(machine):
    """no source: the published copy answers, also after a restart"""
    server = published_with(machine)
    server.source().unlink()
    server.reload()
    settle()
    holds(server, 1)
    expect_log(server, "is not there, keeping serial 1")
    server.stop()
    server.start()
    holds(server, 1)
    return server


def test_not_a_file(machine):
    """a FIFO or a folder in the place of the source does not hold up the server"""
    server = published_with(machine)
    server.source().unlink()
    os.mkfifo(server.source())
    server.reload()
    holds(server, 1)
    server.source().unlink()
    server.source().mkdir()
    server.reload()
    settle()
    holds(server, 1)
    expect(server, server.log().count("is not a regular file"), 2, "lines about it")
    return server


def test_symlink(machine):
    """a source may be a symbolic link, and its change is noticed"""
    server = Server(machine)
    for version in (1, 2):
        (server.folder / "source" / ("v%d" % version)).write_text(GOOD(version))
    server.source().symlink_to("v1")
    server.start()
    holds(server, 1)
    server.source().unlink()
    server.source().symlink_to("v2")
    server.reload()
    holds(server, 2)
    return server


def test_being_written(machine):
    """a source that somebody writes to is left alone until it is done"""
    server = published_with(machine)
    with open(server.source(), "w") as file:
        file.write(GOOD(2))
        file.flush()
        server.reload()
        settle()
        holds(server, 1)
        expect_log(server, "is being written", "keeping serial 1")
    server.reload()
    holds(server, 2)
    return server


def test_same_size_same_second(machine):
    """a second change at once, of the same size, is noticed"""
    server = published_with(machine)
    for version in range(2, 8):
        server.source().write_text(GOOD(version))
        server.reload_zone()
        holds(server, version)
    return server


def test_includes(machine):
    """a source with $INCLUDE is published whole, and a change of the included file is noticed"""
    server = Server(machine)
    folder = server.source().parent
    write(folder / "hosts", "host 60 A 192.0.2.1\nversion 60 TXT \"v1\"\n")
    write(server.source(), zones.head(1) + "$INCLUDE hosts\n")
    server.start()
    server.wait_serial(1)
    published = server.published().read_text()
    if "$INCLUDE" in published:
        raise AssertionError("the published copy does not stand alone\n" + published)
    records = dns.transfer(server.port, "example.com")
    write(folder / "hosts", "host 60 A 192.0.2.1\n@ 60 CAA 0 issue \"ca.example\"\n")
    server.reload()
    settle()
    expect(server, dns.transfer(server.port, "example.com"), records, "the records")
    expect_log(server, "rejected, keeping serial 1")
    (folder / "hosts").unlink()
    server.reload()
    settle()
    server.stop()
    server.start()
    server.wait_serial(1)
    expect(server, dns.transfer(server.port, "example.com"), records, "the records")
    write(folder / "hosts", "version 60 TXT \"v2\"\n")
    write(server.source(), zones.head(2) + "$INCLUDE hosts\n")
    server.reload()
    server.wait_serial(2)
    expect(server, server.text(), "v2", "the version served")
    return server


def test_crlf(machine):
    """a source with CRLF line ends is published so that the server reads it"""
    server = Server(machine)
    write(server.source(), GOOD(1).replace("\n", "\r\n"))
    server.start()
    server.wait_serial(1)
    expect(server, server.text(), "v1", "the version served")
    return server


def test_no_final_newline(machine):
    """a source without a final newline is published and served whole"""
    server = Server(machine)
    write(server.source(), GOOD(1) + "last 60 A 192.0.2.9")
    server.start()
    server.wait_serial(1)
    answer = dns.ask(server.port, "last.example.com", "A")
    expect(server, answer.rdata("A"), [bytes([192, 0, 2, 9])], "the last record")
    return server


def test_relative_source(machine):
    """a relative source is below the zone's storage, as file is"""
    server = Server(machine, source="edit/%s.zone")
    (server.folder / "zones/edit").mkdir()
    write(server.folder / "zones/edit/example.com.zone", GOOD(1))
    server.start()
    holds(server, 1)
    return server


def test_source_is_file(machine):
    """a source that is the zone's own file cannot be a gate: said"""
    server = Server(machine)
    server.configure(source=server.inside("zones/%s.zone"))
    write(server.published(), GOOD(1))
    server.start()
    server.wait_serial(1)
    expect_log(server, "is the zone's own file")
    return server
