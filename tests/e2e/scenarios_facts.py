# SPDX-License-Identifier: GPL-2.0-or-later
"""What inventory and parent say: it decides, it is read again when it changes, and what cannot be
read changes nothing."""

import os
import shutil
import time

import zones
from server import Server
from steps import GOOD, expect, expect_log, holds, published_with, settle, write

# DS of no key at all: the leftover of a provider move.
DS = "example.com. 3600 IN DS 12345 13 2 %s\n" % ("ab" * 32)
NO_DS = ("; <<>> DiG 9.18 <<>> example.com DS\n;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n"
         ";; flags: qr aa; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 0\n\n"
         ";; QUESTION SECTION:\n;example.com. IN DS\n\n;; AUTHORITY SECTION:\n"
         "com. 900 IN SOA a.gtld-servers.net. nstld.verisign-grs.com. 1 1800 900 604800 900\n")
NEEDED = zones.inventory("www.example.com")
MISSING = zones.inventory("www.example.com", "example.com")
READ, MISSED = "inventory read, 1 certificates", "INV001 token-missing"


def given(machine, text=NEEDED, name="acm.json", **options):
    """A server that serves version 1, judged with an inventory (text None: it is not there)."""
    server = Server(machine, **options)
    server.inventory = server.folder / name
    server.configure(inventory="[%s]" % server.inside(name))
    if text is not None:
        server.inventory.parent.mkdir(exist_ok=True)
        write(server.inventory, text)
        rest()
    write(server.source(), GOOD(1))
    server.start()
    server.wait_serial(1)
    return server


def rest():
    """Older than a file system's clock is coarse, files are known by their times."""
    time.sleep(0.1)


def said(server, text):
    return server.log().count(text)


def again(server, restart):
    """A reload or a restart, and time for what it should not do."""
    if restart:
        server.stop()
        server.start()
    else:
        server.reload()
    settle()


def test_inventory_missing_token(machine):
    """a record that ACM asks for is not there: rejected, INV001; with the record it comes in"""
    server = given(machine, MISSING)
    expect_log(server, READ, MISSED, "for want of a better version")
    token = zones.TOKEN.replace(".www", "")
    write(server.source(), GOOD(2) + token)
    server.reload()
    holds(server, 2, GOOD(2) + token)
    write(server.source(), GOOD(3))
    server.reload()
    settle()
    holds(server, 2, GOOD(2) + token)
    expect_log(server, "rejected, keeping serial 2")
    return server


def test_inventory_changes(machine):
    """another inventory: the same source is judged anew, at reload, zone reload and restart"""
    server = given(machine)
    write(server.inventory, MISSING)
    server.reload()
    settle()
    expect_log(server, "keeping serial 1, which is this very version")
    write(server.inventory, NEEDED)
    server.knotc("-f", "zone-reload", "example.com")
    expect_log(server, "accepted, serial 1, already published")
    write(server.inventory, MISSING)
    rest()
    again(server, restart=True)
    expect(server, said(server, "which is this very version"), 2, "rejections")
    holds(server, 1)
    return server


def test_inventory_unchanged(machine):
    """nothing changed: neither inventory nor source is read, at restart, nor said"""
    server = given(machine)
    rest()
    again(server, restart=True)
    server.stop()
    before = server.log()
    server.start()
    holds(server, 1)
    expect(server, said(server, READ), before.count(READ), "readings of the inventory")
    expect(server, said(server, "accepted"), before.count("accepted"), "verdicts")
    return server


def test_inventory_option(machine):
    """the option comes and goes: the same source is judged anew"""
    server = published_with(machine)
    path = server.folder / "acm.json"
    write(path, MISSING)
    server.configure(inventory=server.inside("acm.json"))
    server.reload()
    settle()
    expect_log(server, MISSED, "which is this very version")
    server.configure(inventory=None)
    server.reload()
    settle()
    expect_log(server, "accepted, serial 1, already published")
    return server


def spoil(server, how):
    """Makes the inventory unreadable."""
    if how == "gone":
        server.inventory.unlink()
    elif how == "broken":
        write(server.inventory, MISSING[:-20])
    elif how == "fifo":
        server.inventory.unlink()
        os.mkfifo(server.inventory)
    elif how == "empty":
        write(server.inventory, "")


def keeps_verdicts(how, reason, restart):
    """What was accepted stays accepted, what was rejected stays rejected, the fault is said, and
    with the inventory back all is judged by it."""
    def test(machine):
        server = given(machine)
        write(server.inventory, MISSING)
        rest()
        server.reload()
        settle()
        expect_log(server, "which is this very version")
        rest()
        server.reload()
        spoil(server, how)
        again(server, restart)
        expect_log(server, reason)
        expect(server, said(server, "accepted"), 1, "acceptances")
        expect(server, said(server, "which is this very version"), 1, "rejections")
        # Another version of what only the inventory spoke against.
        write(server.source(), GOOD(2))
        again(server, restart)
        holds(server, 1)
        if server.inventory.exists():
            server.inventory.unlink()
        write(server.inventory, NEEDED)
        again(server, restart)
        holds(server, 2)
        # And of what it did not speak against.
        rest()
        again(server, restart)
        spoil(server, how)
        again(server, restart)
        holds(server, 2)
        write(server.source(), GOOD(3))
        again(server, restart)
        holds(server, 3)
        return server
    test.__doc__ = "an inventory that is %s at a %s changes no verdict" % (
        how, "start" if restart else "reload")
    return test


GONE = "No such file or directory"
test_inventory_gone = keeps_verdicts("gone", GONE, restart=False)
test_inventory_gone_start = keeps_verdicts("gone", GONE, restart=True)
test_inventory_broken = keeps_verdicts("broken", "acm.json', line 1, column", restart=False)
test_inventory_broken_start = keeps_verdicts("broken", "acm.json', line 1, column", restart=True)
test_inventory_fifo = keeps_verdicts("fifo", "is not a regular file", restart=False)
test_inventory_fifo_start = keeps_verdicts("fifo", "is not a regular file", restart=True)
test_inventory_empty_start = keeps_verdicts("empty", "no JSON in it", restart=True)
