#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether "acmlint --knot-conf" foretells what a real knotd with the module does.

    tests/knotconf/run.py [--rounds N] [--seed S]

Random configurations: templates, includes by name and by pattern, file names with formatters,
several sections of the module, also for one zone, with inventory and parent, and catalog zones with
members and groups, sound and broken. A server starts with good zones, some of them are replaced by others, good and bad, and it
reloads. For each zone that the module judged, its last verdict in the log, accepted or rejected,
must be the one that acmlint gave a moment before; and the members of catalog zones that acmlint
tells of must be those that the lists were made of, with the sections that the server gives them.

The program is $ACMLINT, the module $ACMLINT_MODULE.
"""

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "..", "fix"))

from servers import free_port, owner  # noqa: E402

PROGRAM = os.path.abspath(os.environ["ACMLINT"])
MODULE = os.path.abspath(os.environ["ACMLINT_MODULE"])
PATIENCE = 30.0

TARGET = "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws."
TOKEN = "_a79865eb4cd1a6ab990a45779b4e0b96.www{dot} CNAME " + TARGET[:-1] + "{end}\n"


def zone_text(serial, body):
    return (f"$TTL 300\n@ SOA ns1.example.net. hostmaster.example.net. {serial} 7200 3600 1209600 300\n"
            "@ NS ns1.example.net.\n@ NS ns2.example.org.\nwww A 192.0.2.1\n" + body)


BODIES = [
    "",
    '@ CAA 0 issue "amazon.com"\n' + TOKEN.format(dot="", end="."),
    '@ CAA 0 issue "letsencrypt.org"\n' + TOKEN.format(dot="", end="."),
    '@ CAA 0 issue "letsencrypt.org"\n',
    TOKEN.format(dot="", end=""),
    '@ CAA 0 issue "amazon"\n@ CAA 0 issue "amazon.com"\n' + TOKEN.format(dot="", end="."),
    '@ CAA 0 issue "pki.goog"\n@ CAA 0 isue "amazon.com"\n' + TOKEN.format(dot="", end="."),
    "www A 192.0.2.300\n",
    "www CNAME example.net.\n",
    "$INCLUDE there-is-no-such-file\n",
    "sub DNAME example.net.\na.sub A 192.0.2.1\n",
    '@ CAA 1 issue "amazon.com"\n' + TOKEN.format(dot="", end="."),
]
GOOD = 1

# What can be wrong with a catalog zone. Several groups of a member, which only servers before 3.4
# refuse, are a case of tests/cli.
FAULTS = {
    "no version": lambda text: text.replace('TXT "2"', 'TXT "1"'),
    "no version at all": lambda text: text.replace('version TXT "2"\n', ""),
    "two members": lambda text: text + "both.zones PTR x1.test.\nboth.zones PTR x2.test.\n",
    "group of strings": lambda text: text + ('odd.zones PTR x3.test.\n'
                                             'group.odd.zones TXT "other" "default"\n'),
    "syntax": lambda text: text + "bad.zones PTR ..\n",
}


class Catalog:
    """One catalog zone: what its file is to say, and what counts of it."""

    def __init__(self, rng, number, known):
        self.name, self.rng, self.known = f"catalog{number}.test", rng, known
        self.templates = rng.sample(["other", "default"], rng.randint(1, 2))
        self.pool = [f"m{i}.c{number}.test" for i in range(6)]
        self.groups = {zone: rng.choice(["", "", "other", "default", "OTHER", "none"])
                       for zone in self.pool}
        self.listed, self.fault = [], None

    def settings(self):
        return {"catalog-role": "interpret",
                "catalog-template": "[" + ", ".join(self.templates) + "]"}

    def change(self):
        """Another list. Members keep their groups, and where they stand."""
        self.listed = sorted(self.rng.sample(self.pool, self.rng.randint(0, 5)))
        self.fault = self.rng.choice(list(FAULTS)) if self.rng.random() < 0.3 else None

    def members(self):
        """zone: its settings, for all that may be listed."""
        return {zone: {"template": self.groups[zone] if self.groups[zone] in self.templates
                       else self.templates[0]} for zone in self.pool}

    def text(self):
        lines = ['version TXT "2"']
        for zone in self.listed:
            owner = f"u{self.pool.index(zone)}.zones"
            lines.append(f"{owner} PTR {zone}.")
            if self.groups[zone]:
                lines.append(f'group.{owner} TXT "{self.groups[zone]}"')
        # Listed twice, deeper, without a member, or configured: nothing of it counts.
        lines += [f"z.zones PTR {zone}." for zone in self.listed[:1]]
        lines += ['group.z.zones TXT "other"', "a.deep.zones PTR deep.test.", "zones PTR above.test.",
                  'group.gone.zones TXT "other" "other"', f"y.zones PTR {self.known}."]
        self.rng.shuffle(lines)
        text = "\n".join(lines) + "\n"
        return FAULTS[self.fault](text) if self.fault else text


class World:
    """One random configuration."""

    def __init__(self, rng, folder):
        self.rng, self.folder, self.port = rng, folder, free_port()
        self.conf = os.path.join(folder, "knot.conf")
        for name in ("run", "db", "a", "b", "src", "conf.d"):
            os.makedirs(os.path.join(folder, name))
        self.sections = {}
        for name in ("default", "loose", "strict")[:rng.randint(1, 3)]:
            self.sections[name] = self.section(name)
        self.templates = {name: self.template() for name in ("default", "other")}
        self.zones = {f"z{i}.{rng.choice(['test', 'example', 'co.test'])}": {}
                      for i in range(rng.randint(3, 12))}
        for zone in self.zones.values():
            if rng.random() < 0.4:
                zone["template"] = "other"
            if rng.random() < 0.3:
                zone["module"] = f"mod-acmlint/{rng.choice(list(self.sections))}"
            elif rng.random() < 0.2:
                some = rng.choices(list(self.sections), k=rng.randint(2, 3))
                zone["module"] = "[" + ", ".join(f"mod-acmlint/{name}" for name in some) + "]"
            if rng.random() < 0.2:
                zone["file"] = '"%s.special"'
            if rng.random() < 0.2:
                zone["storage"] = os.path.join(folder, "b")
            if rng.random() < 0.2:
                zone["semantic-checks"] = rng.choice(["on", "off"])
        self.catalogs = [Catalog(rng, i, rng.choice(list(self.zones)))
                         for i in range(rng.randint(0, 2))]
        for catalog in self.catalogs:
            self.zones[catalog.name] = catalog.settings()
        self.members, self.published = {}, {}
        for catalog in self.catalogs:
            self.members.update(catalog.members())
            catalog.change()
        self.write_facts()

    def write_facts(self):
        """An inventory whose records some zones have, and a parent with DS that none fits."""
        rng, names = self.rng, sorted(self.zones) + sorted(self.members)
        os.makedirs(os.path.join(self.folder, "acm"))
        for number, zone in enumerate(rng.sample(names, rng.randint(1, len(names)))):
            label = rng.choice(["a79865eb4cd1a6ab990a45779b4e0b96"] * 2 + ["00" * 16])
            with open(os.path.join(self.folder, "acm", f"{number}.json"), "w",
                      encoding="ascii") as file:
                json.dump({"Name": f"_{label}.www.{zone}.", "Type": "CNAME", "Value": TARGET}, file)
        with open(os.path.join(self.folder, "broken.json"), "w", encoding="ascii") as file:
            file.write("[{}")
        with open(os.path.join(self.folder, "parent.ds"), "w", encoding="ascii") as file:
            for zone in rng.sample(names, len(names) // 4):
                file.write(f"{zone}. 3600 IN DS 12345 13 2 {'ab' * 32}\n")

    def listed(self, told):
        """The members of which a server would know, with the verdicts that were told."""
        found = []
        for catalog in self.catalogs:
            if self.paths(catalog.name)[1]:
                # Without a good verdict, what was published stays.
                if "accepted" in [told.get((catalog.name, section))
                                  for section in self.sections_of(catalog.name)
                                  if "source" in self.sections[section]]:
                    self.published[catalog.name] = catalog.listed
                found += self.published.get(catalog.name, [])
            elif catalog.fault is None:
                found += catalog.listed
        return found

    def section(self, name):
        rng, options = self.rng, {}
        options["mode"] = rng.choice(["log", "reject", "reject"])
        if options["mode"] == "reject" and rng.random() < 0.4:
            options["first-load"] = rng.choice(["accept", "refuse"])
        if rng.random() < 0.8:
            options["source"] = '"%s"' % os.path.join(self.folder, "src", rng.choice(
                ["%s.zone", "%l[0]-%s." + name, "%c[0-1]%s"]))
        if rng.random() < 0.4:
            options["fail-on"] = rng.choice(["error", "warning"])
        if rng.random() < 0.3:
            options["require-caa"] = rng.choice(["on", "off"])
        if rng.random() < 0.3:
            options["rule"] = rng.choice(["[CAA002=off]", "[TOK002=info, CAA002=warning]",
                                          "[caa-missing=error]"])
        if rng.random() < 0.4:
            options["inventory"] = "[%s]" % os.path.join(self.folder, rng.choice(
                ["acm", "acm", "acm/0.json", "nothing", "broken.json"]))
            options["inventory-complete"] = rng.choice(["on", "off"])
        if rng.random() < 0.4:
            options["parent"] = os.path.join(self.folder, rng.choice(["parent.ds"] * 3 + ["nothing"]))
        return options

    def template(self):
        rng = self.rng
        options = {"storage": os.path.join(self.folder, rng.choice("ab"))}
        if rng.random() < 0.7:
            options["file"] = '"%s"' % rng.choice(["%s.zone", "%c[0-2]-%l[1].%l[0].db", "x-%c[0-9]%%"])
        if rng.random() < 0.85:
            options["module"] = rng.choice(["{0}", "[mod-stats, {0}]", "[{0}]"]).format(
                f"mod-acmlint/{rng.choice(list(self.sections))}")
        return options

    def write(self):
        """knot.conf and what it includes."""
        section = lambda key, name, options: f"  - {key}: {name}\n" + "".join(
            f"    {item}: {value}\n" for item, value in options.items())
        zones = [section("domain", name, {k: zone[k] for k in sorted(zone, reverse=True)})
                 for name, zone in self.zones.items()]
        cut = self.rng.randint(0, len(zones))
        with open(self.conf, "w", encoding="ascii") as conf:
            conf.write(
                f"server:\n    rundir: {self.folder}/run\n    user: {owner()}\n"
                f"    listen: 127.0.0.1@{self.port}\n    udp-workers: 1\n    tcp-workers: 1\n"
                f"    background-workers: 1\n    async-start: on\n"
                f"log:\n  - target: {self.folder}/log\n    any: info\n"
                f"database:\n    storage: {self.folder}/db\n    journal-db-max-size: 32M\n"
                f"module:\n  - id: mod-acmlint\n    file: {MODULE}\n"
                "mod-acmlint:\n" +
                "".join(section("id", name, s) for name, s in self.sections.items()) +
                "template:\n" +
                "".join(section("id", name, t) for name, t in self.templates.items()) +
                ("zone:\n" + "".join(zones[:cut]) if cut else "") + "include: conf.d/*.conf\n")
        if cut < len(zones):
            with open(os.path.join(self.folder, "conf.d", "more.conf"), "w",
                      encoding="ascii") as conf:
                conf.write("zone:\n" + "".join(zones[cut:]))

    def setting(self, zone, item):
        own = self.zones[zone] if zone in self.zones else self.members[zone]
        return own.get(item, self.templates[own.get("template", "default")].get(item))

    def sections_of(self, zone):
        return re.findall(r"mod-acmlint/(\w+)", self.setting(zone, "module") or "")

    def paths(self, zone):
        """The published file, and those that operators edit."""
        labels = zone.split(".")

        def name(pattern):
            pattern = pattern.strip('"')
            text = re.sub(r"%l\[(\d)\]", lambda m: labels[-1 - int(m.group(1))], pattern)
            text = re.sub(r"%c\[(\d)-(\d)\]", lambda m: (zone + ".")[int(m.group(1)):
                                                                  int(m.group(2)) + 1], text)
            return text.replace("%s", zone).replace("%%", "%")

        file = name(self.setting(zone, "file") or "%s.zone")
        sources = [self.sections[section].get("source") for section in self.sections_of(zone)]
        return (os.path.join(self.setting(zone, "storage"), file),
                [name(source) for source in sources if source])

    def fill(self, zone, serial, body):
        published, sources = self.paths(zone)
        for path in sources or [published]:
            with open(path, "w", encoding="ascii") as file:
                file.write(zone_text(serial, body))

    def fill_catalogs(self, serial):
        for catalog in self.catalogs:
            self.fill(catalog.name, serial, catalog.text())

    def log(self):
        path = os.path.join(self.folder, "log")
        with open(path, encoding="utf-8", errors="replace") as log:
            return log.read()


def knotc(world, *words):
    return subprocess.run(["knotc", "-c", world.conf, "-t", "30", *words], capture_output=True,
                          text=True, check=False, timeout=60)


def verdicts(text):
    """zone and section: what the module said last."""
    found = {}
    for zone, section, verdict in re.findall(
            r"\[(\S+)\.\] module 'mod-acmlint/(\w+)', (accepted|rejected)", text):
        found[zone, section] = verdict
    return found


def foretell(world):
    ran = subprocess.run([PROGRAM, "--knot-conf", world.conf, "-f", "json", "-q"],
                         capture_output=True, text=True, timeout=60, check=False, cwd="/")
    if ran.returncode not in (0, 1, 2):
        raise AssertionError(f"exit status {ran.returncode}: {ran.stderr}")
    return {(zone["origin"][:-1], zone["module"].split("/")[1]): zone["verdict"]
            for zone in json.loads(ran.stdout)["zones"] if "verdict" in zone}


def wait(condition, what):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(what)


def compare(world, told, text):
    """The verdicts in the log; raises where they differ from what was foretold."""
    said = verdicts(text)
    for zone, section in said:
        mine, theirs = told.get((zone, section)), said[zone, section]
        # Without a source a file that cannot be loaded is only logged; and what has not changed
        # may be passed over in silence. A member that is no more was there when the server began.
        if mine != theirs and (zone in world.zones or (zone, section) in told):
            raise AssertionError(f"{zone}: acmlint {mine}, knotd {theirs}, section {section} "
                                 f"{world.sections[section]}\n" +
                                 "".join(line + "\n" for line in text.splitlines()
                                         if f"[{zone}.]" in line))
    return said


def check_members(world, told):
    """Members as acmlint sees them, against what the lists were made of."""
    mine = {key for key in told if key[0] not in world.zones}
    expected = {(zone, section) for zone in world.listed(told)
                for section in world.sections_of(zone)}
    if mine != expected:
        raise AssertionError(f"members: acmlint {sorted(mine)}, expected {sorted(expected)}, "
                             f"faults {[catalog.fault for catalog in world.catalogs]}")
    return expected


def one_round(seed):
    """Returns the verdicts compared."""
    rng = random.Random(seed)
    folder = tempfile.mkdtemp(prefix="acmlint-conf-")
    process = None
    try:
        world = World(rng, folder)
        world.write()
        for zone in world.zones:
            if rng.random() < 0.9:
                world.fill(zone, 1, BODIES[GOOD] if rng.random() < 0.7 else rng.choice(BODIES))
        for zone in world.members:
            world.fill(zone, 1, BODIES[GOOD] if rng.random() < 0.5 else rng.choice(BODIES))
        world.fill_catalogs(1)
        told = foretell(world)
        members = check_members(world, told)
        with open(os.path.join(folder, "stderr"), "wb") as errors:
            process = subprocess.Popen(["knotd", "-c", world.conf], stderr=errors, stdout=errors)
        wait(lambda: knotc(world, "status").returncode == 0, "knotd does not come up: " +
             open(os.path.join(folder, "stderr"), encoding="utf-8", errors="replace").read())
        wait(lambda: members <= set(verdicts(world.log())), f"knotd does not have {members}")
        time.sleep(0.3)
        said = list(compare(world, told, world.log()).values())
        mark = len(world.log())
        # File times are looked at: what is to be seen has to be younger.
        time.sleep(0.1)
        for zone in world.zones:
            if rng.random() < 0.8:
                world.fill(zone, 2, rng.choice(BODIES))
        for catalog in world.catalogs:
            catalog.change()
        for zone in world.members:
            if rng.random() < 0.8:
                world.fill(zone, 2, rng.choice(BODIES))
        world.fill_catalogs(2)
        time.sleep(0.1)
        told = foretell(world)
        new = check_members(world, told) - members
        knotc(world, "reload")
        wait(lambda: new <= set(verdicts(world.log()[mark:])), f"knotd does not get {new}")
        time.sleep(0.5)
        return said + list(compare(world, told, world.log()[mark:]).values())
    except AssertionError:
        if "ACMLINT_KEEP" in os.environ:
            shutil.copytree(folder, os.environ["ACMLINT_KEEP"], ignore=shutil.ignore_patterns("run"))
        raise
    finally:
        if process is not None:
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    passed, failed, said = 0, 0, []
    for seed in range(options.seed, options.seed + options.rounds):
        try:
            said += one_round(seed)
            passed += 1
        except (AssertionError, OSError, KeyError, subprocess.SubprocessError) as error:
            failed += 1
            print(f"FAIL seed {seed}\n    {error}")
    print(f"{said.count('accepted')} accepted, {said.count('rejected')} rejected")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or len(said) < 10 else 0


if __name__ == "__main__":
    sys.exit(main())
