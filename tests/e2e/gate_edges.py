# SPDX-License-Identifier: GPL-2.0-or-later
"""The commit gate's modes and what happens around it: first versions, restarts, people's own
transactions, reloads, kills, a control socket in trouble, a clock that jumps."""

import copy
import glob
import os
import pathlib
import random
import signal
import socket
import threading
import time
from concurrent import futures

import dns
import zones
from gate_server import CALM, GateServer, Load, Watch
from gate_ways import KEEPING, FileWay, UpdateWay, rejected, version_lines
from steps import expect, expect_log, settle, write

ZONE = "example.com"
FILES = FileWay("whole", "changes")
UPDATES = UpdateWay()
BOTH = FileWay("whole", "changes", acl="[update, local]")


def test_gate_log_mode(machine):
    """mode log: every version is published, and the log says which would have been rejected"""
    server = UPDATES.start(machine, mode="log")
    with Load(server, ZONE), Watch(server) as watch:
        UPDATES.send(2, "good")
        server.wait_text("v2")
        told = server.update(*version_lines(3), "delete example.com. CAA",
                             'add example.com. 60 CAA 0 issue "letsencrypt.org"')
        expect(server, told, "", "what the sender was told")
        server.wait_text("v3")
        write(server.file(), zones.bad(4))
        server.knotc("-b", "zone-reload", ZONE)
        server.wait_text("v4")
    watch.check(["v1", "v2", "v3", "v4"])
    expect_log(server, "CAA002", "accepted in mode log, would have been rejected")
    return server


def first(machine, text, **options):
    server = GateServer(machine, **options)
    write(server.file(CALM), zones.good(1))
    write(server.file(), text)
    server.start()
    server.wait_text("v1", CALM)
    return server


def test_gate_first_accept(machine):
    """first-load: accept: a bad first version is answered, loudly, and a good one replaces it"""
    server = first(machine, zones.bad(1))
    server.wait_text("v1")
    expect_log(server, "CAA002", "accepted for want of a better version")
    FILES.server = server
    write(server.file(), zones.good(2))
    server.knotc("-b", "zone-reload", ZONE)
    server.wait_text("v2")
    rejected(FILES, 3, "bad", "CAA002")
    server.wait_text("v2")
    return server


def test_gate_first_refuse(machine):
    """first-load: refuse: SERVFAIL until a good version comes"""
    server = first(machine, zones.bad(1), first_load="refuse")
    server.wait_log("rejected, nothing is published")
    settle()
    expect(server, dns.serial(server.port, ZONE), "rcode 2", "the answer")
    write(server.file(), zones.good(2))
    server.knotc("-b", "zone-reload", ZONE)
    server.wait_text("v2")
    return server


def test_gate_restart(machine):
    """a restart with a rejected version in the zone file: the gate alone has no last good version"""
    for first_load, answer in (("accept", "v2"), ("refuse", None)):
        server = FILES.start(machine, first_load=first_load)
        rejected(FILES, 2, "bad", "CAA002")
        server.wait_text("v1")
        server.stop()
        server.start()
        server.wait_text("v1", CALM)
        server.wait_text(answer)
        server.stop()
        server.close()


def test_gate_both(machine):
    """both gates: a rejected source survives a restart, and updates are judged as well"""
    server = GateServer(machine)
    server.configure(source=server.inside("source/%s.zone"))
    write(server.source(), zones.good(1))
    write(server.source(CALM), zones.good(1))
    server.start()
    server.wait_text("v1")
    write(server.source(), zones.bad(2))
    server.reload()
    server.wait_log(KEEPING)
    server.stop()
    server.start()
    server.wait_text("v1")
    write(server.source(), zones.good(3))
    server.reload()
    server.wait_text("v3")
    return server


def test_gate_own_transaction(machine):
    """a person's transaction is neither committed nor aborted, and what it holds is not judged"""
    server = UPDATES.start(machine)
    server.knotc("zone-begin", ZONE)
    server.knotc("zone-unset", ZONE, "version")
    server.knotc("zone-set", ZONE, "version", "60", "TXT", "v2")
    # Dumps appear, as if an update had been given up that the gate still judges.
    for text in (zones.good(3), zones.bad(3)) * 5:
        write(server.folder / "run/acmlint/example.com.zone", "$ORIGIN example.com.\n" + text)
        time.sleep(0.05)
    settle()
    expect(server, server.transaction(), "open", "the transaction")
    server.wait_text("v1")
    # An update waits for it, and is judged then.
    sender = threading.Thread(target=UPDATES.send, args=(4, "bad"))
    sender.start()
    settle()
    expect(server, server.transaction(), "open", "the transaction")
    server.knotc("zone-commit", ZONE)
    server.wait_text("v2")
    sender.join()
    server.wait_log(KEEPING)
    server.wait_text("v2")
    # What is not guarded: a person may publish anything.
    server.knotc("zone-begin", ZONE)
    server.knotc("zone-unset", ZONE, "@", "CAA")
    server.knotc("zone-set", ZONE, "@", "60", "CAA", '0 issue "letsencrypt.org"')
    server.knotc("zone-commit", ZONE)
    settle()
    answer = dns.ask(server.port, ZONE, "CAA")
    expect(server, b"letsencrypt.org" in answer.rdata("CAA")[0], True, "the person's CAA")
    server.knotc("zone-begin", ZONE)
    server.knotc("zone-abort", ZONE)
    return server


def test_gate_storm(machine):
    """reloads racing zone-reloads: in the end the last good version is published, and no bad one"""
    server = FILES.start(machine, timeout=2)
    with Load(server, ZONE), Watch(server) as watch:
        for version in range(2, 10):
            good = version % 2 == 1
            write(server.file(), (zones.good if good else zones.bad)(version))
            loads = [server.knotc_start("zone-reload", ZONE), server.knotc_start("reload")]
            for knotc in loads:
                knotc.wait()
        server.wait_text("v9", patience=30)
    bad = {"v%d" % version for version in range(2, 10, 2)} & set(watch.texts[ZONE])
    expect(server, (bad, watch.failures), (set(), []), "bad versions and failed answers")
    return server


def test_gate_kill(machine):
    """kill -9 in the middle of updates: what comes back is good, and later ones are still judged"""
    server = UPDATES.start(machine, first_load="refuse")
    rng = random.Random(4)
    for version in range(2, 22, 4):
        senders = [threading.Thread(target=server.update, args=version_lines(version + i),
                                    kwargs={"patience": 2})
                   for i in range(2)]
        for sender in senders:
            sender.start()
        time.sleep(rng.random() * 0.03)
        server.stop(hard=True)
        for sender in senders:
            sender.join()
        server.start()
        server.wait_text("v1", CALM)
        text = wait_any_text(server)
        # The file was loaded first, and the journal on top of it.
        expect(server, text in ["v%d" % i for i in range(1, version + 2)], True, text)
        UPDATES.server = server
        UPDATES.send(version + 2, "bad")
        expect(server, server.text(), text, "the version after a bad one")
        UPDATES.send(version + 3, "good")
        server.wait_text("v%d" % (version + 3))
    return server


def wait_any_text(server, zone=ZONE):
    end = time.monotonic() + 20
    while time.monotonic() < end:
        text = server.text(zone)
        if text is not None:
            return text
        time.sleep(0.01)
    raise AssertionError("no answer\n" + server.log())


# As many connections to the control socket as the server talks to at a time.
TALKS = 8


class Crowd:
    """Connections to the control socket that say nothing: each holds one of the server's threads
    for control.timeout. Without a count they are as many as the threads and the queue take."""

    def __init__(self, server, count=None):
        self.path = str(server.folder / "run/knot.sock")
        self.socks = []
        end = time.monotonic() + 20
        while len(self.socks) != count:
            if time.monotonic() > end:
                raise AssertionError("%d connections\n%s" % (len(self.socks), server.log()))
            if not self.add():
                if not count and self.talks() >= TALKS:
                    return
                time.sleep(0.01)

    def add(self):
        sock = socket.socket(socket.AF_UNIX)
        sock.setblocking(False)
        try:
            sock.connect(self.path)
        except BlockingIOError:     # The queue is full.
            sock.close()
            return False
        self.socks.append(sock)
        return True

    def talks(self):
        """Those that the server has accepted: they have an inode, and do not listen themselves."""
        lines = (line.split() for line in pathlib.Path("/proc/net/unix").read_text().splitlines())
        return sum(words[-1].endswith(self.path[-30:]) and words[3] == "00000000" and
                   words[6] != "0" for words in lines if len(words) == 8)

    def close(self):
        for sock in self.socks:
            sock.close()


def test_gate_socket_slow(machine):
    """a control socket whose threads are all taken for a while: the update waits, then comes in"""
    server = UPDATES.start(machine)
    with Watch(server) as watch, futures.ThreadPoolExecutor() as pool:
        crowd = Crowd(server)
        told = pool.submit(server.update, *version_lines(2))
        time.sleep(2)
        server.wait_text("v1")
        crowd.close()
        expect(server, told.result(), "", "what the sender of an update was told")
        server.wait_text("v2")
    watch.check(["v1", "v2"])
    return server


def test_gate_socket_full(machine):
    """too many connections for longer than an update waits: discarded, then asked for again"""
    server = UPDATES.start(machine, timeout=2)
    crowd = Crowd(server)
    with Watch(server) as watch:
        told = server.update(*version_lines(2))
        expect(server, told, "SERVFAIL", "what the sender of an update was told")
        crowd.close()
        UPDATES.send(3, "good")
        server.wait_text("v3")
    watch.check(["v1", "v3"])
    server.close()
    server = FILES.start(machine, timeout=2)
    write(server.file(), zones.good(2))
    crowd = Crowd(server)
    os.kill(server.pid(), signal.SIGHUP)
    server.wait_log("external validation failed")
    crowd.close()
    server.wait_text("v2", patience=30)
    rejected(FILES, 3, "bad", "CAA002")
    server.wait_text("v2")
    return server


def test_gate_file_behind_updates(machine):
    """a file edited before two dynamic updates, loaded behind them and discarded: asked for again"""
    server = BOTH.start(machine, timeout=2)
    write(server.file(), zones.good(9))
    for version in (2, 3):
        told = server.update(*version_lines(version))
        expect(server, told, "", "what the sender of an update was told")
        server.wait_text("v%d" % version)
    time.sleep(0.1)     # The gate keeps its connection for a moment.
    crowd = Crowd(server)
    with Watch(server) as watch:
        os.kill(server.pid(), signal.SIGHUP)
        server.wait_log("external validation failed")
        crowd.close()
        server.wait_text("v9", patience=30)
    watch.check(["v3", "v9"])
    return server


def test_gate_socket_gone(machine):
    """the control socket is gone: no update comes in, the sender is told, the log says why"""
    server = UPDATES.start(machine, timeout=2)
    path = server.folder / "run/knot.sock"
    path.rename(server.folder / "run/elsewhere")
    told = server.update(*version_lines(2))
    expect(server, told, "SERVFAIL", "what the sender was told")
    server.wait_text("v1")
    expect_log(server, "run/knot.sock")
    (server.folder / "run/elsewhere").rename(path)
    UPDATES.send(3, "good")
    server.wait_text("v3")
    return server


def test_gate_folder_gone(machine):
    """the folder of the dumps is removed while the server runs: updates are judged all the same"""
    server = UPDATES.start(machine)
    folder = server.folder / "run/acmlint"
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    UPDATES.send(2, "good")
    server.wait_text("v2")
    rejected(UPDATES, 3, "bad", "CAA002")
    server.wait_text("v2")
    return server


def test_gate_cannot_start(machine):
    """a folder of dumps that cannot be made is named in the log; nothing is published unjudged"""
    server = GateServer(machine, timeout=2)
    (server.folder / "run/acmlint").write_text("a file")
    write(server.file(CALM), zones.good(1))
    write(server.file(), zones.good(1))
    server.start()
    server.wait_log("updates cannot be checked, the folder of dump-new-zone '%s" %
                    server.inside("run/acmlint"))
    server.wait_log("external validation failed", 2)
    expect(server, dns.serial(server.port, ZONE), "rcode 2", "the answer")
    return server


def test_gate_conf_check(machine):
    """conf-check finds a section external that is not there, and takes others that can publish
    nothing; without dumps the module says so in the log, and nothing is published unjudged"""
    server = GateServer(machine, timeout=1)
    path = server.folder / "knot.conf"
    whole = path.read_text()
    dump = next(line for line in whole.splitlines(True) if "dump-new-zone" in line)
    for conf, valid in ((whole.replace("- id: acmlint", "- id: other"), False),
                        (whole.replace(dump, ""), True),
                        (whole.replace("timeout: 1\n" + dump, "timeout: 0\n" + dump), True),
                        (whole.replace(server.inside("run/acmlint/"), server.inside("zones/")), True),
                        (whole.replace(server.inside("run/acmlint/"), "/dev/null/"), True),
                        (whole, True)):
        write(path, conf)
        done = server.knotc("conf-check", check=False)
        expect(server, done.returncode == 0, valid, "the check: " + done.stderr)
    write(path, whole.replace(dump, ""))
    write(server.file(CALM), zones.good(1))
    write(server.file(), zones.good(1))
    server.start()
    server.wait_log("updates cannot be checked, the section external that the zone names has no "
                    "dump-new-zone")
    server.wait_log("external validation failed", 2)
    expect(server, dns.serial(server.port, ZONE), "rcode 2", "the answer")
    return server


def test_gate_clock(machine):
    """the clock jumps by days, forth and back, while updates come in: each is judged"""
    clock = os.path.join(machine.scratch, "clock")
    found = glob.glob(machine.outside("/usr/lib/*/faketime/libfaketimeMT.so.1"))
    if not found:
        raise AssertionError("the package libfaketime is missing")
    set_clock(clock, 0)
    jumpy = copy.copy(machine)
    jumpy.preload = ":".join(filter(None, (machine.preload, machine.inside(found[0]))))
    jumpy.variables = {"FAKETIME_TIMESTAMP_FILE": machine.inside(clock), "FAKETIME_NO_CACHE": "1",
                       "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    server = FILES.start(jumpy)
    version = 1
    with Watch(server) as watch:
        for days in (3, -3, 400, 0):
            sender = threading.Thread(target=FILES.send, args=(version + 1, "good"))
            sender.start()
            set_clock(clock, days)
            sender.join()
            server.wait_text("v%d" % (version + 1))
            rejected(FILES, version + 2, "bad", "CAA002")
            version += 2
    watch.check(["v1", "v2", "v4", "v6", "v8"])
    return server


def set_clock(path, days):
    with open(path + ".new", "w") as file:
        file.write("%+dd\n" % days)
    os.rename(path + ".new", path)


def test_gate_sections(machine):
    """two sections of the module, zone by zone in turn: each zone is judged by its own, also after a
    reload"""
    others = ["other%d.example" % i for i in range(3)]
    strict = ["strict%d.example" % i for i in range(3)]
    turns = [zone for pair in zip(others, strict) for zone in pair]
    server = GateServer(machine, zones=(ZONE, *turns))
    server.extra = "mod-acmlint:\n  - id: other\n    mode: log\n"
    for zone in others:
        server.one_zone_options[zone] = "    module: mod-acmlint/other\n"
    server.configure()
    for zone in (CALM, ZONE, *turns):
        write(server.file(zone), zones.good(1))
    server.start()
    for zone in turns:
        server.wait_text("v1", zone)
    for version in (2, 3):
        kept = server.count(KEEPING)
        for zone in turns:
            write(server.file(zone), zones.bad(version))
            server.knotc("-b", "zone-reload", zone, check=False)
        server.wait_log(KEEPING, kept + len(strict))
        for zone in others:
            server.wait_text("v%d" % version, zone)
        for zone in strict:
            expect(server, server.text(zone), "v1", "what %s answers" % zone)
        for zone in strict:
            write(server.file(zone), zones.good(1))
        server.reload()
    return server


def test_gate_first_journal(machine):
    """journal-content: all: the server publishes a first version without asking; the next is judged"""
    server = GateServer(machine, first_load="refuse")
    server.zone_options["journal-content"] = "all"
    server.configure()
    write(server.file(CALM), zones.good(1))
    write(server.file(), zones.bad(1))
    server.start()
    server.wait_text("v1")
    FILES.server = server
    FILES.send(2, "good")
    server.wait_text("v2")
    rejected(FILES, 3, "bad", "CAA002")
    server.wait_text("v2")
    return server


def test_gate_parent_gap(machine):
    """a parent zone on the same server, with nothing at the names between: no update waits for it
    """
    child, parent = "a.example.com", "com"
    for number, lines in enumerate(["a.example NS ns1.example.net.\na.example NS ns2.example.net.\n",
                                    "x.a.example NS ns1.example.net.\n"]):
        server = GateServer(machine, zones=(child, parent))
        write(server.file(CALM), zones.good(1))
        write(server.file(child), zones.good(1))
        write(server.file(parent), "$TTL 60\n@ SOA a. b. 1 3600 600 86400 60\n"
              "@ NS ns1.example.net.\n@ NS ns2.example.net.\n" + lines)
        server.start()
        server.wait_text("v1", child)
        write(server.file(child), zones.good(2))
        server.knotc("-b", "zone-reload", child)
        server.wait_text("v2", child)
        expect(server, server.count("does not answer"), 0, "complaints")
        if number == 0:
            server.close()
    return server


def test_gate_bulk(machine):
    """dynamic updates that the server takes together are one version: one bad one refuses all"""
    server = UPDATES.start(machine)
    server.knotc("zone-begin", ZONE)
    told = {}
    lines = {"good": version_lines(2),
             "bad": ("delete example.com. CAA", 'add example.com. 60 CAA 0 issue "ca.example"')}

    def send(kind):
        told[kind] = server.update(*lines[kind])

    # The first is taken up alone, and waits for the transaction; the others wait for the first.
    senders = [threading.Thread(target=server.update, args=version_lines(9))]
    senders += [threading.Thread(target=send, args=(kind,)) for kind in lines]
    for sender in senders:
        sender.start()
        time.sleep(0.2)
    server.knotc("zone-abort", ZONE)
    for sender in senders:
        sender.join()
    expect(server, told, {"good": "SERVFAIL", "bad": "SERVFAIL"}, "what the senders were told")
    expect(server, server.text(), "v9", "the version answered")
    return server
