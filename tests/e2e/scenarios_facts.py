# SPDX-License-Identifier: GPL-2.0-or-later
"""What inventory and parent say: it decides, it is read again when it changes, and what cannot be
read changes nothing."""

import os
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


def test_inventory_read_later(machine):
    """a start that had no need of the inventory has read it all the same, before it is lost"""
    token = zones.TOKEN.replace(".www", "")
    server = given(machine, MISSING)
    write(server.source(), GOOD(2) + token)
    server.reload()
    holds(server, 2, GOOD(2) + token)
    rest()
    again(server, restart=False)
    again(server, restart=True)
    # Nobody hears of it, and it comes last.
    time.sleep(1.5)
    server.inventory.unlink()
    write(server.source(), GOOD(3))
    again(server, restart=False)
    holds(server, 2, GOOD(2) + token)
    expect_log(server, GONE + ", going on with what was read before", "rejected, keeping serial 2")
    return server


def test_inventory_folder(machine):
    """a folder: a file that comes, changes or goes counts, another one does not"""
    server = given(machine, None, name="acm")
    server.inventory.mkdir()
    write(server.inventory / "one.json", NEEDED)
    (server.inventory / "notes.txt").write_text("{")
    server.reload()
    expect_log(server, READ)
    write(server.inventory / "two.tfstate", zones.inventory("example.com", number=2))
    server.reload()
    expect_log(server, "inventory read, 2 certificates", MISSED)
    write(server.inventory / "two.tfstate", zones.inventory("www.example.com", number=3))
    server.reload()
    expect_log(server, "accepted, serial 1, already published")
    rest()
    server.reload()
    readings = said(server, "inventory read")
    (server.inventory / "notes.txt").unlink()
    server.reload()
    expect(server, said(server, "inventory read"), readings, "readings")
    (server.inventory / "two.tfstate").unlink()
    (server.inventory / "three.json").write_text("[")
    server.reload()
    expect_log(server, "acm/three.json', line 1, column 1", "going on with what was read before")
    (server.inventory / "three.json").unlink()
    server.reload()
    expect(server, said(server, READ), 2, "readings of one certificate")
    return server


def test_inventory_being_written(machine):
    """an inventory that somebody writes to is not read half, though what is there is sound"""
    server = given(machine)
    with open(server.inventory, "w") as file:
        file.write(NEEDED)
        file.flush()
        rest()
        server.reload()
        expect_log(server, "is being written", "going on with what was read before")
        file.write(zones.inventory("example.com", number=2))
    server.reload()
    expect_log(server, "inventory read, 2 certificates", "which is this very version")
    return server


def test_inventory_at_once(machine):
    """a second change at once, of the same size, is noticed"""
    server = given(machine)
    other = NEEDED.replace("www.example.com", "abc.example.com")
    for round_number in range(6):
        server.inventory.write_text((other, NEEDED)[round_number % 2])
        server.knotc("-f", "zone-reload", "example.com")
    missed = said(server, "INV001")
    expect(server, missed, 3, "findings")
    return server


def test_parent(machine):
    """a DS at the parent for a zone without keys: SEC001, rejected; without the DS it comes in"""
    server = Server(machine)
    parent = server.folder / "parent.ds"
    server.configure(parent=server.inside("parent.ds"))
    write(parent, NO_DS)
    write(server.source(), GOOD(1))
    server.start()
    holds(server, 1)
    write(parent, DS)
    write(server.source(), GOOD(2))
    server.reload()
    settle()
    holds(server, 1)
    expect_log(server, "parent read, 1 zones", "SEC001 ds-without-dnskey", "rejected, keeping serial 1")
    write(parent, NO_DS)
    server.reload()
    holds(server, 2)
    return server


def test_parent_signed(machine):
    """a zone that the server signs has a DS and no keys in its file: no alarm"""
    server = Server(machine)
    server.zone_options = {"dnssec-signing": "on", "zonefile-load": "difference-no-serial",
                           "journal-content": "all"}
    write(server.folder / "parent.ds", DS)
    server.configure(parent=server.inside("parent.ds"))
    write(server.source(), GOOD(1))
    server.start()
    settle()
    expect_log(server, "parent read", "accepted, serial 1")
    expect(server, said(server, " SEC0"), 0, "findings about DNSSEC")
    server.zone_options = {}
    server.configure()
    os.utime(server.source())
    write(server.source(), GOOD(2))
    server.reload()
    settle()
    expect_log(server, "SEC001", "rejected, keeping serial 1")
    return server


def test_parent_and_inventory(machine):
    """one of the two that cannot be read does not keep the other from being read"""
    server = given(machine)
    write(server.folder / "parent.ds", NO_DS)
    server.configure(parent="[%s]" % server.inside("parent.ds"))
    server.reload()
    expect_log(server, "parent read, 1 zones")
    server.inventory.unlink()
    write(server.folder / "parent.ds", DS)
    server.reload()
    settle()
    expect_log(server, GONE, "SEC001", "which is this very version")
    return server


def test_facts_mode_log(machine):
    """without a source: inventory and parent judge the zone's own file, again when they change"""
    server = Server(machine, source=None, mode="log")
    path = server.folder / "acm.json"
    write(path, NEEDED)
    server.configure(inventory=server.inside("acm.json"))
    write(server.published(), GOOD(1))
    server.start()
    server.wait_serial(1)
    write(path, MISSING)
    rest()
    server.reload()
    expect_log(server, MISSED, "accepted though mode reject would not, serial 1")
    path.unlink()
    server.reload()
    expect_log(server, GONE, "going on with what was read before")
    expect(server, said(server, "accepted though"), 1, "judgements")
    return server


def test_facts_in_background(machine):
    """zones that are linted in the background are so with the inventory, also while it changes"""
    server = Server(machine, source=None, mode="log", max_sync_size="1K")
    path = server.folder / "acm.json"
    write(path, MISSING)
    server.configure(inventory=server.inside("acm.json"))
    write(server.published(), GOOD(1, records=20000))
    server.start()
    for number in range(5):
        write(path, (NEEDED, MISSING)[number % 2])
        server.reload()
    write(path, MISSING)
    server.reload()
    server.wait_serial(1)
    end = time.monotonic() + 20
    while MISSED not in server.log() and time.monotonic() < end:
        time.sleep(0.05)
    expect_log(server, MISSED, "accepted though mode reject would not")
    return server
