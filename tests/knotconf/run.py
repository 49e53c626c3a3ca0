#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether "acmlint --knot-conf" foretells what a real knotd with the module does.

    tests/knotconf/run.py [--rounds N] [--seed S]

Random configurations: templates, includes by name and by pattern, file names with formatters,
several sections of the module. A server starts with good zones, some of them are replaced by others,
good and bad, and it reloads. For each zone that the module judged, its last verdict in the log,
accepted or rejected, must be the one that acmlint gave a moment before.

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

TOKEN = ("_a79865eb4cd1a6ab990a45779b4e0b96.www{dot} CNAME "
         "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws{end}\n")


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
            if rng.random() < 0.2:
                zone["file"] = '"%s.special"'
            if rng.random() < 0.2:
                zone["storage"] = os.path.join(folder, "b")
            if rng.random() < 0.2:
                zone["semantic-checks"] = rng.choice(["on", "off"])

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
        return options

    def template(self):
        rng = self.rng
        options = {"storage": os.path.join(self.folder, rng.choice("ab"))}
        if rng.random() < 0.7:
            options["file"] = '"%s"' % rng.choice(["%s.zone", "%l[1].%l[0].db", "x-%c[0-9]%%"])
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
        own = self.zones[zone]
        return own.get(item, self.templates[own.get("template", "default")].get(item))

    def section_of(self, zone):
        found = re.search(r"mod-acmlint/(\w+)", self.setting(zone, "module") or "")
        return self.sections[found.group(1)] if found else None

    def paths(self, zone):
        """The published file, and the one that operators edit or None."""
        labels = zone.split(".")

        def name(pattern):
            pattern = pattern.strip('"')
            text = re.sub(r"%l\[(\d)\]", lambda m: labels[-1 - int(m.group(1))], pattern)
            text = re.sub(r"%c\[(\d)-(\d)\]", lambda m: (zone + ".")[int(m.group(1)):
                                                                  int(m.group(2)) + 1], text)
            return text.replace("%s", zone).replace("%%", "%")

        section = self.section_of(zone) or {}
        file = name(self.setting(zone, "file") or "%s.zone")
        source = section.get("source")
        return os.path.join(self.setting(zone, "storage"), file), source and name(source)

    def fill(self, zone, serial, body):
        published, source = self.paths(zone)
        with open(source or published, "w", encoding="ascii") as file:
            file.write(zone_text(serial, body))

    def log(self):
        path = os.path.join(self.folder, "log")
        with open(path, encoding="utf-8", errors="replace") as log:
            return log.read()


def knotc(world, *words):
    return subprocess.run(["knotc", "-c", world.conf, "-t", "30", *words], capture_output=True,
                          text=True, check=False, timeout=60)


def verdicts(text):
    """zone: what the module said last."""
    found = {}
    for zone, verdict in re.findall(r"\[(\S+)\.\] module 'mod-acmlint\S*', (accepted|rejected)", text):
        found[zone] = verdict
    return found


def foretell(world):
    ran = subprocess.run([PROGRAM, "--knot-conf", world.conf, "-f", "json", "-q"],
                         capture_output=True, text=True, timeout=60, check=False, cwd="/")
    if ran.returncode not in (0, 1, 2):
        raise AssertionError(f"exit status {ran.returncode}: {ran.stderr}")
    return {zone["origin"][:-1]: zone.get("verdict") for zone in json.loads(ran.stdout)["zones"]}


def wait(condition, what):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(what)


def compare(world, told, text):
    """How many zones; raises where they differ."""
    said = verdicts(text)
    for zone in world.zones:
        section = world.section_of(zone)
        mine, theirs = told.get(zone), said.get(zone)
        # Without a source a file that cannot be loaded is only logged; and what has not changed
        # may be passed over in silence.
        if theirs is not None and mine != theirs:
            raise AssertionError(f"{zone}: acmlint {mine}, knotd {theirs}, section {section}\n" +
                                 "".join(line + "\n" for line in text.splitlines()
                                         if f"[{zone}.]" in line))
    return said


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
        told = foretell(world)
        with open(os.path.join(folder, "stderr"), "wb") as errors:
            process = subprocess.Popen(["knotd", "-c", world.conf], stderr=errors, stdout=errors)
        wait(lambda: knotc(world, "status").returncode == 0, "knotd does not come up: " +
             open(os.path.join(folder, "stderr"), encoding="utf-8", errors="replace").read())
        time.sleep(0.3)
        said = list(compare(world, told, world.log()).values())
        mark = len(world.log())
        # File times are looked at: what is to be seen has to be younger.
        time.sleep(0.1)
        for zone in world.zones:
            if rng.random() < 0.8:
                world.fill(zone, 2, rng.choice(BODIES))
        time.sleep(0.1)
        told = foretell(world)
        knotc(world, "reload")
        time.sleep(0.5)
        return said + list(compare(world, told, world.log()[mark:]).values())
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
