# SPDX-License-Identifier: GPL-2.0-or-later
"""Zones that Knot signs, and zones of a catalogue, behind the commit gate."""

import time

import dns
import zones
from gate_server import CALM, GateServer, Load, Watch
from gate_ways import KEEPING, FileWay, rejected
from steps import settle, write

ZONE = "example.com"
CATALOG = "catalog.example"
PARENT = "com"
WRONG = "example.com. 60 IN DS 4711 13 2 %s\n" % ("ab" * 32)
POLICY = ("policy:\n  - id: fast\n    propagation-delay: 1\n    dnskey-ttl: 1\n"
          "    zone-max-ttl: 1\n    ksk-lifetime: 0\n    zsk-lifetime: 0\n"
          "    delete-delay: 0\n    cds-cdnskey-publish: none\n    nsec3: off\n")
ACCEPTED = "accepted, serial"
READY = "KSK, public, ready, active+"
SIGNED = FileWay("difference-no-serial", "all",
                 **{"dnssec-signing": "on", "dnssec-policy": "fast"})


def start_signed(machine, *others):
    server = GateServer(machine, zones=(ZONE, *others))
    server.extra = POLICY
    server.zone_options.update(SIGNED.zone_options)
    server.configure()
    write(server.file(CALM), zones.good(1))
    write(server.file(), zones.good(1))
    if PARENT in others:
        write_parent(server, "")
    server.start()
    server.wait_text("v1")
    server.wait_text("v1", CALM)
    SIGNED.server = server
    submit(server, 0)
    return server


def submit(server, before):
    """Tells the server that the parent has the DS of the key that is ready: the next line of it."""
    server.wait_log(READY, before + 1)
    end = time.monotonic() + 20
    while server.knotc("zone-ksk-submitted", ZONE, check=False).returncode != 0:
        if time.monotonic() > end:
            raise AssertionError("no key is ready\n" + server.log())
        time.sleep(0.1)


def keys(server):
    """The DNSKEY records that are answered, as sorted data."""
    answer = dns.ask(server.port, ZONE, "DNSKEY")
    return sorted(answer.rdata("DNSKEY")) if answer else []


def wait_keys(server, condition, what):
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if condition(keys(server)):
            return
        time.sleep(0.05)
    raise AssertionError("%s: %d keys\n%s" % (what, len(keys(server)), server.log()))


def ds_of(server):
    """DS records of all keys that may sign the DNSKEY set."""
    return server.keymgr(ZONE, "ds")


def use_parent(server, text):
    write(server.folder / "parent.ds", text)
    server.configure(parent=server.inside("parent.ds"))
    server.reload()


def write_parent(server, ds):
    write(server.file(PARENT), "$TTL 60\n@ SOA a. b. 1 3600 600 86400 60\n@ NS ns1.example.net.\n"
          "@ NS ns2.example.net.\nexample NS ns1.example.net.\nexample NS ns2.example.net.\n" + ds)


def load_parent(server, ds):
    """The parent zone, on the same server, gets these DS records and no others."""
    write_parent(server, ds)
    server.knotc("-b", "zone-reload", PARENT)
    answer = dns.ask(server.port, ZONE, "DS")
    if len(answer.rdata("DS") if answer else []) != ds.count(" DS "):
        raise AssertionError("the DS is not published\n" + server.log())


def passes(server, version, ds_lines):
    """A good version is published, with so many lines about the DS."""
    before = server.count("SEC002")
    SIGNED.send(version, "good")
    server.wait_text("v%d" % version)
    settle()
    if server.count("SEC002") - before != ds_lines:
        raise AssertionError("%d lines about the DS\n%s" % (
            server.count("SEC002") - before, server.log()))


def sign(server, patience=30):
    """As often as it takes: while an update waits for its verdict, there is no second one."""
    end = time.monotonic() + patience
    while server.knotc("-b", "zone-sign", ZONE, check=False).returncode != 0:
        if time.monotonic() > end:
            raise AssertionError("the zone cannot be signed\n" + server.log())
        time.sleep(0.1)


def roll_too_early(server, old, tell_parent, text):
    """The key that the DS names goes before the parent knows the next one: rejected until it does.
    """
    ready = server.count(READY)
    server.knotc("zone-key-rollover", ZONE, "ksk")
    wait_keys(server, lambda now: len(now) == 3, "a new KSK")
    with Watch(server) as watch:
        before = server.count(KEEPING)
        submit(server, ready)
        server.wait_log(KEEPING, before + 1, patience=30)
        settle()
        if not set(old) <= set(keys(server)):
            raise AssertionError("the key that the DS names is gone\n" + server.log())
        tell_parent(server, ds_of(server))
        sign(server)
        wait_keys(server, lambda now: len(now) == 2, "the old KSK gone")
    watch.check([text])


def test_gate_parent_zone(machine):
    """the parent zone is on the same server: its DS counts; wrong before it is reported and blocks
    nothing; an update that breaks the chain is rejected; the option parent goes first"""
    server = start_signed(machine, PARENT)
    old = keys(server)
    right = ds_of(server)
    load_parent(server, WRONG)
    passes(server, 2, 1)
    use_parent(server, right)
    passes(server, 3, 0)
    server.configure(parent=None)
    server.reload()
    passes(server, 4, 1)
    load_parent(server, right)
    passes(server, 5, 0)
    roll_too_early(server, old, load_parent, "v5")
    return server


def test_gate_roll_over(machine):
    """key roll-overs by Knot's policy, ZSK and KSK: each step passes the gate, with the DS known"""
    server = start_signed(machine)
    old = keys(server)
    use_parent(server, ds_of(server))
    with Load(server, ZONE), Watch(server) as watch:
        server.knotc("zone-sign", ZONE)
        steps = server.count(ACCEPTED)
        server.knotc("zone-key-rollover", ZONE, "zsk")
        wait_keys(server, lambda now: len(now) == 3, "a new ZSK")
        wait_keys(server, lambda now: len(now) == 2 and now != old, "the old ZSK gone")
        ready = server.count(READY)
        server.knotc("zone-key-rollover", ZONE, "ksk")
        wait_keys(server, lambda now: len(now) == 3, "a new KSK")
        use_parent(server, ds_of(server))
        submit(server, ready)
        wait_keys(server, lambda now: len(now) == 2 and not set(now) & set(old), "the old KSK gone")
        SIGNED.send(2, "good")
        server.wait_text("v2")
        rejected(SIGNED, 3, "bad", "CAA002")
    watch.check(["v1", "v2"])
    if server.count(ACCEPTED) < steps + 6 or server.count(KEEPING) != 1:
        raise AssertionError("%d steps\n%s" % (server.count(ACCEPTED) - steps, server.log()))
    return server


def test_gate_wrong_ds(machine):
    """a wrong DS at the parent is reported and blocks nothing; an update that breaks the chain is
    rejected"""
    server = start_signed(machine)
    old = keys(server)
    right = ds_of(server)
    use_parent(server, WRONG)
    SIGNED.send(2, "good")
    server.wait_text("v2")
    if "SEC002" not in server.log():
        raise AssertionError("the wrong DS was not reported\n" + server.log())
    use_parent(server, right)
    roll_too_early(server, old, use_parent, "v2")
    return server


def catalog(server, version, members):
    write(server.file(CATALOG),
        "$TTL 60\n@ SOA a. b. %d 3600 600 86400 60\n@ NS invalid.\nversion TXT \"2\"\n" % version +
        "".join("m%d.zones PTR %s.\n" % item for item in enumerate(members)))


def test_gate_catalog(machine):
    """members of a catalogue, added, updated, removed, and all of them again at a restart"""
    members = ["member%d.example" % i for i in range(8)]
    server = GateServer(machine, timeout=2, first_load="refuse")
    server.behind = [ZONE, CALM]
    server.zones.append(CATALOG)
    server.extra = ("template:\n  - id: member\n    storage: %s\n    file: \"%%s.zone\"\n"
                    "    zonefile-sync: -1\n    module: mod-acmlint/default\n"
                    "    external-validation: acmlint\n" % server.inside("zones"))
    server.one_zone_options[CATALOG] = "    catalog-role: interpret\n    catalog-template: member\n"
    server.configure()
    for zone in (ZONE, CALM, *members):
        write(server.file(zone), zones.good(1))
    write(server.file("bad.example"), zones.bad(1))
    catalog(server, 1, members[:1])
    server.start()
    for zone in (ZONE, CALM, members[0]):
        server.wait_text("v1", zone)
    catalog(server, 2, [*members, "bad.example"])
    with Load(server, ZONE), Watch(server, ZONE, members[0]) as watch:
        server.knotc("zone-reload", CATALOG)
        for zone in members:
            server.wait_text("v1", zone)
        server.wait_log("rejected, nothing is published")
        write(server.file(members[0]), zones.good(2))
        server.knotc("-b", "zone-reload", members[0])
        server.wait_text("v2", members[0])
        before = server.count(KEEPING)
        write(server.file(members[0]), zones.bad(3))
        server.knotc("-b", "zone-reload", members[0], check=False)
        server.wait_log(KEEPING, before + 1)
    watch.check(["v1", "v2"], members[0])
    if dns.serial(server.port, "bad.example") != "rcode 2":
        raise AssertionError("the bad member is answered\n" + server.log())
    write(server.file(members[0]), zones.good(4))
    server.stop()
    server.start()
    for zone in members[1:]:
        server.wait_text("v1", zone, patience=30)
    server.wait_text("v4", members[0])
    return server
