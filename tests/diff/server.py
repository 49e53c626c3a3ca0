# SPDX-License-Identifier: GPL-2.0-or-later
"""One real knotd on a free port of the loopback interface, in a folder of its own."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import check
import client

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from loopback import die_with_parent, end, find, free_port  # noqa: E402

CONFIGURATION = """\
server:
    rundir: "{folder}"
    listen: 127.0.0.1@{port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 2
control:
    listen: "{folder}/control"
log:
  - target: stderr
    any: warning
database:
    storage: "{folder}/db"
template:
  - id: default
    storage: "{folder}/zones"
    zonefile-sync: -1
    journal-content: none
zone:
{zones}
"""


def version():
    """(3, 2) and the whole text."""
    text = subprocess.run([find("knotd"), "--version"], capture_output=True, text=True,
                          check=True).stdout.strip()
    return tuple(int(part) for part in re.search(r"(\d+)\.(\d+)", text).groups()), text


class Server:
    """Serves zones until the with statement ends, whatever happens inside."""

    def __init__(self, zones):
        self.zones = zones
        self.old = version()[0] < (3, 4)
        self.process = None
        self.client = None

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="acmlint-diff-")
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def query(self, zone, name, type_text, spell=lambda name: name):
        """knotd's response, as the newest versions would give it."""
        response = self.client.query(spell(name), type_text)
        if self.old:
            check.modernise(zone, response)
        return response

    def zone_file(self, zone):
        return os.path.join(self.folder, "zones", "%d.zone" % zone.number)

    def start(self):
        port = free_port()
        for sub in ("zones", "db"):
            os.mkdir(os.path.join(self.folder, sub))
        entries = []
        for zone in self.zones:
            with open(self.zone_file(zone), "w", encoding="ascii") as file:
                file.write(zone.text)
            entries.append("  - domain: \"%s\"\n    file: \"%d.zone\"" %
                           (zone.origin_text, zone.number))
        conf = os.path.join(self.folder, "knot.conf")
        with open(conf, "w", encoding="ascii") as file:
            file.write(CONFIGURATION.format(folder=self.folder, port=port,
                                            zones="\n".join(entries)))
        self.log = open(os.path.join(self.folder, "log"), "w+", encoding="utf-8")
        self.process = subprocess.Popen([find("knotd"), "-c", conf], stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log,
                                        preexec_fn=die_with_parent)
        self.client = client.Client(port)
        self.wait()

    def wait(self):
        """Until every zone answers. A zone that knotd refuses is a fault of the generator."""
        deadline = time.monotonic() + 60
        waiting = list(self.zones)
        while waiting:
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.log.seek(0)
                raise SystemExit("knotd does not serve %s:\n%s\n%s" % (
                    waiting[0].origin_text, self.log.read()[-3000:], waiting[0].text))
            try:
                if self.client.query(waiting[0].apex, "SOA").rcode == "NOERROR":
                    waiting.pop(0)
                    continue
            except OSError:
                pass
            time.sleep(0.05)

    def stop(self):
        if self.client is not None:
            self.client.close()
        if self.process is not None:
            end(self.process)
            self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
