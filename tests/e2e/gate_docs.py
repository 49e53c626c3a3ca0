# SPDX-License-Identifier: GPL-2.0-or-later
"""What docs/gates.md shows: its knot.conf runs, and the server's log has the lines that it quotes."""

import re

import zones
from gate_server import CALM, GateServer
from gate_ways import FileWay, rejected
from server import PROJECT
from steps import write

PAGE = PROJECT / "docs/gates.md"


def configuration(server):
    """The page's knot.conf, with the folders of this test, and what a server needs besides."""
    text = re.search(r"^```knot\n(.*?)^```$", PAGE.read_text(), re.M | re.S).group(1)
    text = re.sub(r"(?m)^(\s+file: )/.*acmlint\.so$", r"\1" + server.machine.module, text)
    text = text.replace("/run/knot", server.inside("run"))
    text = text.replace("/var/lib/knot/published", server.inside("zones"))
    return ("server:\n    rundir: %s\n    user: root:root\n    listen: 127.0.0.1@%d\n"
            "log:\n  - target: %s\n    any: info\ndatabase:\n    storage: %s\n%s  - domain: %s\n" % (
                server.inside("run"), server.port, server.inside("log"), server.inside("db"),
                text, CALM))


def quoted():
    """The log lines of the page: numbers may differ, and … stands for anything."""
    for line in re.findall(r"^((?:info|error): \[example.com.*)$", PAGE.read_text(), re.M):
        yield re.sub(r"\d+(\.\d+)?", r"[\\d.]+", re.escape(line).replace("…", ".*")
                     .replace("\\.", "."))


def test_gate_docs(machine):
    """the knot.conf of docs/gates.md does what the page says, and the log lines are as quoted"""
    server = GateServer(machine)
    (server.folder / "knot.conf").write_text(configuration(server))
    server.knotc("conf-check")
    for zone in server.zones:
        write(server.file(zone), zones.good(1))
    server.start()
    server.wait_text("v1")
    way = FileWay("whole", "changes")
    way.server = server
    way.send(2, "good")
    server.wait_text("v2")
    rejected(way, 3, "bad", "external validation failed")
    patterns = list(quoted())
    missing = [pattern for pattern in patterns
               if not any(re.search(pattern, line) for line in server.lines())]
    if len(patterns) < 3 or missing:
        raise AssertionError("not in the log: %r\n%s" % (missing or patterns, server.log()))
    return server
