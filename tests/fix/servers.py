# SPDX-License-Identifier: GPL-2.0-or-later
"""The edits against a real knotd: as nsupdate input, as knotc commands, as patched zones."""

import os
import re
import shutil
import subprocess
import sys
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from loopback import end, free_port  # noqa: E402

PATIENCE = 60.0


class Server:
    """knotd with some zones, in a folder of its own, that lets itself be updated."""

    def __init__(self, folder, zones, source):
        self.folder, self.port = folder, free_port()
        self.zones = {name[:-len(".zone")]: os.path.join(source, name) for name in zones}
        for name in ("run", "db", "zones"):
            os.makedirs(os.path.join(folder, name))
        for name, path in self.zones.items():
            # libzscanner reads no CRLF.
            with open(path, "rb") as old, \
                    open(os.path.join(folder, "zones", name + ".zone"), "wb") as new:
                new.write(old.read().replace(b"\r\n", b"\n"))
        self.conf = os.path.join(folder, "knot.conf")
        with open(self.conf, "w", encoding="ascii") as conf:
            conf.write(
                f"server:\n    rundir: {folder}/run\n    user: {owner()}\n"
                f"    listen: 127.0.0.1@{self.port}\n    udp-workers: 1\n    tcp-workers: 1\n"
                "    background-workers: 2\n    async-start: on\n"
                f"log:\n  - target: {folder}/log\n    any: info\n"
                f"database:\n    storage: {folder}/db\n    journal-db-max-size: 64M\n"
                "acl:\n  - id: local\n    address: 127.0.0.1\n    action: [transfer, update]\n"
                f"template:\n  - id: default\n    storage: {folder}/zones\n    acl: local\n"
                "    zonefile-sync: -1\n    journal-content: none\n    semantic-checks: off\n"
                "zone:\n" + "".join(f"  - domain: {name}\n" for name in self.zones))
        with open(os.path.join(folder, "stderr"), "wb") as errors:
            self.process = subprocess.Popen(["knotd", "-c", self.conf], stdout=errors,
                                            stderr=errors)

    def knotc(self, *words):
        return subprocess.run(["knotc", "-c", self.conf, "-t", "60", *words], capture_output=True,
                              text=True, errors="replace", check=False, timeout=120)

    def wait(self):
        """Until all zones are loaded, or have failed, as the log tells."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            text = self.log()
            settled = set(re.findall(r"\[(\S+)\.\] (?:loaded, serial|zone event 'load' failed)", text))
            if settled >= set(self.zones) and self.knotc("status").returncode == 0:
                return
            time.sleep(0.2)
        raise OSError(f"knotd does not come up ({self.process.poll()}): " + self.log()[-2000:])

    def log(self):
        text = ""
        for name in ("stderr", "log"):
            path = os.path.join(self.folder, name)
            if os.path.exists(path):
                with open(path, encoding="utf-8", errors="replace") as log:
                    text += log.read()
        return text

    def records(self):
        """zone: its records, the SOA aside."""
        found = {}
        for line in self.knotc("zone-read", "--").stdout.splitlines():
            match = re.match(r"\[(\S+?)\.?\] (.*)$", line)
            if match and not re.match(r"\S+ \d+ SOA ", match.group(2)):
                found.setdefault(match.group(1), set()).add(match.group(2))
        return found

    def close(self):
        end(self.process, 60)


def owner():
    """The user that runs this: knotd started by root would become another one."""
    return subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()


def edits(program, now, form, files, cwd):
    """What fix prints for each zone."""
    ran = subprocess.run([program, "fix", "-c", "/dev/null", "-q", "--now", now, "--as", form,
                          *files], cwd=cwd, capture_output=True, text=True, check=False,
                         timeout=300)
    return ran.stdout


def send_updates(server, text):
    """One message for each zone."""
    tool = shutil.which("nsupdate") or shutil.which("knsupdate")
    input_text = "".join(f"server 127.0.0.1 {server.port}\n{part}\n" for part in
                         re.findall(r"^zone .*?^send$", text, re.M | re.S))
    return subprocess.run([tool, "-t", "20"], input=input_text, capture_output=True, text=True,
                          check=False, timeout=300)


def run_commands(server, text):
    """In a shell, where knotc means this server's."""
    script = f"knotc() {{ command knotc -c {server.conf} -t 60 \"$@\"; }}\n" + text
    return subprocess.run(["sh"], input=script, capture_output=True, text=True, check=False,
                          timeout=3600)


def loadable(folder, files, source):
    """The zones that the server takes as they are."""
    server = Server(os.path.join(folder, "loadable.d"), files, source)
    try:
        server.wait()
        loaded = set(re.findall(r"\[(\S+)\.\] loaded, serial", server.log()))
    finally:
        server.close()
    return [file for file in files if file[:-len(".zone")] in loaded]


def read_back(folder, name, files, source, change):
    """What a server has in its zones once they were changed."""
    server = Server(os.path.join(folder, name + ".d"), files, source)
    try:
        server.wait()
        if change is not None:
            done = change(server)
            if done.stderr.strip():
                print(f"{name}: {done.stderr.strip()[:600]}")
        return server.records()
    finally:
        server.close()


def compare(tally, folder, files, program, now, need):
    """Each form on a server of its own, against the patched zones on a third one."""
    old, new = os.path.join(folder, "old"), os.path.join(folder, "new")
    loaded = loadable(folder, files, old)
    before = read_back(folder, "before", loaded, old, None)
    wanted = read_back(folder, "patched", loaded, new, None)
    for form, apply in (("nsupdate", send_updates), ("knotc", run_commands)):
        text = edits(program, now, form, loaded, old)
        got = read_back(folder, form, loaded, old, lambda server: apply(server, text))
        for file in loaded:
            zone = file[:-len(".zone")]
            tally.case(f"{form} {file}", need, zone in got and got[zone] == wanted.get(zone),
                       f"{form}: only by it {sorted(got.get(zone, set()) - wanted.get(zone, set()))}, "
                       f"only patched {sorted(wanted.get(zone, set()) - got.get(zone, set()))}")
    changed = sum(before[file[:-5]] != wanted.get(file[:-5]) for file in loaded)
    print(f"{len(loaded)} of {len(files)} zones can be loaded by the server, {changed} were changed")
    tally.case("most zones can be loaded", need, len(loaded) > len(files) / 2, "too few")
