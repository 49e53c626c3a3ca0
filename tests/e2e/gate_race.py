# SPDX-License-Identifier: GPL-2.0-or-later
"""Updates of every kind racing reloads: what was accepted is published or its sender was told, what
was rejected never is, and nothing is leaked."""

import pathlib
import random
import re
import threading
import time

import zones
from gate_primary import KnotPrimary
from gate_server import CALM, GateServer, Load, Watch
from gate_edges import Crowd
from gate_ways import UPDATES, version_lines
from steps import write

TIMEOUT = 2             # Of external: what a reload costs that meets a waiting update.
PATIENCE = 60
WARM_UP = 3             # Updates of each zone before anything is counted.
FILES = ["file%d.example" % i for i in range(3)]
TRANSFERS = ["transfer%d.example" % i for i in range(3)]
DYNAMIC = ["dynamic%d.example" % i for i in range(3)]


class Sender(threading.Thread):
    """Sends versions of one zone, one after the other, and looks what became of each."""

    def __init__(self, race, zone, seed):
        super().__init__()
        self.race = race
        self.server = race.server
        self.zone = zone
        self.rng = random.Random(seed)
        self.good = {"v1"}
        self.bad = set()
        self.told = 0           # Good versions of which the sender was told that they failed.
        self.last = "v1"
        self.fault = None

    def run(self):
        self.send_many(range(WARM_UP + 2, WARM_UP + 2 + self.race.share))

    def send_many(self, versions):
        try:
            for version in versions:
                good = self.rng.random() < 0.7
                (self.good if good else self.bad).add("v%d" % version)
                self.send(version, good)
                got = self.server.text(self.zone)
                if got != self.last:
                    raise AssertionError("%s: %s is answered, not %s" % (self.zone, got, self.last))
        except Exception as fault:
            self.fault = fault

    def arrives(self, version, patience=PATIENCE):
        """Without the log of the whole race, should it not."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if self.server.text(self.zone) == "v%d" % version:
                self.last = "v%d" % version
                return
            time.sleep(0.005)
        own = [line for line in self.server.lines() if self.zone in line or "busy" in line]
        raise AssertionError("%s: version %d was never published\n%s" % (
            self.zone, version, "\n".join(own[-60:])))

    def text(self, version, good):
        return (zones.good if good else zones.bad)(version)


class FileSender(Sender):
    def send(self, version, good):
        mark = len(self.server.lines())
        write(self.server.file(self.zone), self.text(version, good))
        # Where the control socket is full, the sender of a zone file is told as well.
        while self.server.knotc("zone-reload", self.zone, check=False).returncode != 0:
            time.sleep(0.1)
        if good:
            self.arrives(version)
        else:
            self.race.wait_rejected(self.zone, version, mark)


class TransferSender(Sender):
    def send(self, version, good):
        mark = len(self.server.lines())
        write(self.race.primary.published(self.zone), self.text(version, good))
        self.race.primary.knotc("-b", "zone-reload", self.zone)
        if good:
            self.arrives(version)
        else:
            self.race.wait_rejected(self.zone, version, mark)


class DynamicSender(Sender):
    def send(self, version, good):
        told = self.server.update(*version_lines(version, self.zone),
                                  *(() if good else UPDATES["bad"](self.zone)), zone=self.zone)
        if not good:
            if told == "":
                raise AssertionError("%s: bad version %d was taken" % (self.zone, version))
        elif told == "":
            self.arrives(version, 5)
        else:
            self.told += 1
            self.good.discard("v%d" % version)
            self.bad.add("v%d" % version)


class ManyPrimary(KnotPrimary):
    ZONES = TRANSFERS


class Race:
    def __init__(self, machine, updates, reloads):
        self.server = GateServer(machine, zones=[*FILES, *TRANSFERS, *DYNAMIC], timeout=TIMEOUT)
        self.primary = ManyPrimary(machine, self.server.port, True)
        self.reloads = reloads
        self.took = []
        self.memory = []
        seed = random.randrange(1 << 32)
        print("      race: seed %d" % seed, flush=True)
        groups = ((FILES, FileSender), (TRANSFERS, TransferSender), (DYNAMIC, DynamicSender))
        self.share = -(-updates // 9)
        self.senders = [kind(self, zone, seed + at) for names, kind in groups
                        for at, zone in enumerate(names)]
        self.updates = 9 * self.share

    def start(self):
        server = self.server
        server.extra = ("remote:\n  - id: primary\n    address: 127.0.0.1@%d\n"
                        "acl:\n  - id: notify\n    address: 127.0.0.1\n    action: notify\n"
                        % self.primary.port)
        for zone in TRANSFERS:
            server.one_zone_options[zone] = ("    master: primary\n    acl: [notify, local]\n"
                                             "    zonefile-load: none\n    journal-content: all\n")
            write(self.primary.published(zone), zones.good(1))
        for zone in DYNAMIC:
            server.one_zone_options[zone] = ("    acl: [update, local]\n    journal-content: all\n"
                                             "    zonefile-load: difference-no-serial\n")
        server.configure()
        for zone in [*FILES, *DYNAMIC, CALM]:
            write(server.file(zone), zones.good(1))
        self.primary.start()
        server.start()
        for zone in server.zones:
            server.wait_text("v1", zone)

    def wait_rejected(self, zone, version, mark):
        """Until a verdict stands in the log, or the server has discarded the update unheard."""
        said = re.compile(r"\[%s\.\].*(rejected, .*serial %d\b|external validation failed)" % (
            re.escape(zone), version))
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if any(said.search(line) for line in self.server.lines()[mark:]):
                return
            time.sleep(0.02)
        raise AssertionError("%s: version %d was not rejected" % (zone, version))

    def reload_all(self):
        for number in range(self.reloads):
            begin = time.monotonic()
            self.server.knotc("-t", "60", "reload")
            self.took.append(time.monotonic() - begin)
            self.memory.append(anonymous(self.server))
            while (any(sender.is_alive() for sender in self.senders) and
                   self.progress() < (number + 1) / self.reloads):
                time.sleep(0.01)

    def progress(self):
        sent = sum(len(sender.good) + len(sender.bad) for sender in self.senders)
        return sent / self.updates - 9 * (WARM_UP + 1) / self.updates

    def warm_up(self):
        """Some of everything at the same time: threads of the server start when they are needed."""
        crowd = [threading.Thread(target=sender.send_many, args=(range(2, WARM_UP + 2),))
                 for sender in self.senders]
        for thread in crowd:
            thread.start()
        taken = Crowd(self.server, 7)
        time.sleep(0.5)
        taken.close()
        for thread in crowd:
            thread.join()

    def run(self):
        for sender in self.senders:
            sender.start()
        self.reload_all()
        for sender in self.senders:
            sender.join()


def anonymous(server):
    """Resident memory of its own, in KiB."""
    status = pathlib.Path("/proc/%d/status" % server.pid()).read_text()
    return int(re.search(r"RssAnon:\s+(\d+)", status).group(1))


def wait_resources(server, wanted):
    """Connections of a moment ago need a moment to go."""
    end = time.monotonic() + 20
    while True:
        now = server.resources()
        more = {kind: count for kind, count in now.items() if count > wanted.get(kind, 0)}
        if not more:
            return
        if time.monotonic() > end:
            raise AssertionError("more than before: %r, before %r" % (more, wanted))
        time.sleep(0.1)


def check(race, watch):
    server = race.server
    faults = [str(sender.fault) for sender in race.senders if sender.fault]
    if faults:
        raise AssertionError("\n".join(faults))
    for sender in race.senders:
        server.wait_text(sender.last, sender.zone)
        wrong = set(watch.texts[sender.zone]) - sender.good
        if wrong:
            raise AssertionError("%s: %r was answered" % (sender.zone, wrong))
        check_log(server, sender)
    if watch.failures:
        raise AssertionError("no answer: %r" % watch.failures[:5])


def check_log(server, sender):
    """The server says what it published; serials are the versions but for dynamic updates."""
    if isinstance(sender, DynamicSender):
        return
    for line in server.lines():
        said = re.search(r"\[%s\.\] .*(?:loaded, |zone updated, ).*-> (\d+)" % (
            re.escape(sender.zone)), line)
        if said and "v" + said.group(1) in sender.bad:
            raise AssertionError("a rejected version was published: " + line)


def run(machine, updates):
    """A tenth as many reloads as updates."""
    race = Race(machine, updates, updates // 10)
    server = race.server
    try:
        race.start()
        race.warm_up()
        before, memory = server.resources(), anonymous(server)
        with Load(server, *server.zones[:-1]), Watch(server, *server.zones) as watch:
            race.run()
        check(race, watch)
        wait_resources(server, before)
    finally:
        race.primary.close()
    stalls = sum(took > TIMEOUT * 0.9 for took in race.took)
    print("      %d updates, %d rejected, %d told to try again; %d reloads, %d of them stalled, "
          "the longest %.1f s; memory %d -> %d KiB" % (
              race.updates, sum(len(sender.bad) for sender in race.senders),
              sum(sender.told for sender in race.senders), len(race.took), stalls,
              max(race.took), memory, anonymous(server)), flush=True)
    return server
