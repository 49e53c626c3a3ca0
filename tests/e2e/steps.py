# SPDX-License-Identifier: GPL-2.0-or-later
"""What the scenarios have in common. Each function test_… in scenarios_*.py is a test; its first line
says what it holds. expect() compares and tells the server's log where it fails."""

import time

import zones
from server import Server

GOOD, BAD, UNPARSABLE = zones.good, zones.bad, zones.unparsable


def expect(server, got, wanted, what):
    if got != wanted:
        raise AssertionError("%s: %r, not %r\n%s" % (what, got, wanted, server.log()))


def expect_log(server, *texts):
    log = server.log()
    for text in texts:
        if text not in log:
            raise AssertionError("the log lacks %r\n%s" % (text, log))


def write(path, text):
    """As a careful operator does: beside, then renamed."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_bytes(text.encode() if isinstance(text, str) else text)
    fresh.rename(path)


def published_with(machine, version=1, **options):
    """A server that serves a good version from its source."""
    server = Server(machine, **options)
    write(server.source(), GOOD(version))
    server.start()
    server.wait_serial(version)
    return server


def holds(server, version, text=None):
    """The version is served, and its file is byte for byte what was its source."""
    server.wait_serial(version)
    expect(server, server.text(), "v%d" % version, "the version served")
    expect(server, server.published().read_bytes(), (text or GOOD(version)).encode(),
           "the published file")


def settle():
    """Long enough for the server to have done what it should not do."""
    time.sleep(0.3)
