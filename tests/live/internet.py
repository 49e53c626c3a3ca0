# SPDX-License-Identifier: GPL-2.0-or-later
"""A small internet in a network of its own: root, TLDs and a first provider by a real knotd each,
a second provider by a real nsd, a resolver by a real unbound, and servers that behave badly."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[1:1] = [str(HERE.parent / name) for name in ("dnssec", "e2e", "support")]
import dns  # noqa: E402
from loopback import end, find  # noqa: E402
from signing import Signer, Spec  # noqa: E402

ROOT, TLD, FIRST, SECOND, RESOLVER, NOBODY = (f"198.51.100.{i}" for i in (1, 2, 3, 4, 5, 99))
STRICT = "198.51.100.6"         # A resolver that validates.
FIRST6, SECOND6, RESOLVER6 = "2001:db8::3", "2001:db8::4", "2001:db8::5"
BAD = {name: f"198.51.100.{20 + i}" for i, name in enumerate(
    ("slow", "silent", "garbage", "truncating", "endless", "lying", "servfail", "hangup",
     "chaos", "flooding"))}
SOA = "$TTL 60\n@ SOA ns.net. hostmaster.net. {serial} 3600 600 86400 60\n"
ADDRESSES = {"ns-a": [FIRST], "ns-b": [SECOND], "ns-a6": [FIRST6], "ns-b6": [SECOND6],
             "ns-nobody": [NOBODY], "ns-tld": [TLD],
             **{f"ns-{name}": [address] for name, address in BAD.items()}}

KNOTD = """\
server:
    rundir: "{folder}"
    listen: [{listen}]
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: error
database:
    storage: "{folder}/db"
    journal-db-max-size: 64M
    kasp-db-max-size: 64M
    timer-db-max-size: 64M
    catalog-db-max-size: 64M
acl:
  - id: anybody
    action: transfer
template:
  - id: default
    storage: "{folder}"
    acl: anybody
    zonefile-sync: -1
    journal-content: none
zone:
"""
NSD = """\
server:
    {listen}
    server-count: 1
    username: ""
    database: ""
    pidfile: ""
    zonesdir: "{folder}"
    xfrdfile: "{folder}/xfrd"
    zonelistfile: "{folder}/list"
    rrl-ratelimit: 0
remote-control:
    control-enable: no
"""
UNBOUND = """\
server:
    directory: "{folder}"
    chroot: ""
    username: ""
    pidfile: ""
    use-syslog: no
    num-threads: 1
    do-daemonize: no
    {interfaces}
    do-not-query-localhost: no
    access-control: 0.0.0.0/0 allow
    access-control: ::/0 allow
    root-hints: "{hints}"
    module-config: "{modules}"
    infra-host-ttl: 1
    {anchor}
remote-control:
    control-enable: no
"""


def alone():
    """Begins again in a network of its own, where port 53 is free and nothing can leave. Returns
    why that cannot be, or None."""
    if os.environ.get("ACMLINT_LIVE_ALONE") == "1":
        return None
    try:
        probe = subprocess.run(["unshare", "-n", "ip", "link", "set", "lo", "up"], text=True,
                               capture_output=True, check=False)
    except OSError as error:
        return str(error)
    if probe.returncode != 0:
        return "no network of its own: " + probe.stderr.strip()
    os.environ["ACMLINT_LIVE_ALONE"] = "1"
    os.execvp("unshare", ["unshare", "-n", sys.executable, "-B", *sys.argv])


def addresses():
    """Gives the loopback all addresses. Returns whether those of IPv6 are among them."""
    def give(lines):
        done = subprocess.run(["ip", "-batch", "-"], input="\n".join(lines) + "\n", text=True,
                              stderr=subprocess.PIPE, check=False)
        return done.returncode == 0, done.stderr
    good, said = give(["link set lo up"] +
                      [f"addr add {address}/32 dev lo" for address in
                       (ROOT, TLD, FIRST, SECOND, RESOLVER, STRICT, *BAD.values())])
    assert good, said
    return give([f"addr add {address}/128 dev lo nodad" for address in
                 (FIRST6, SECOND6, RESOLVER6)])[0]


def serves(address, zone):
    """Whether a server answers for a zone, in either protocol."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.5)
        try:
            sock.connect((address, 53))
            wire = dns.query_wire(zone, "SOA")
            sock.send(wire[:2] + b"\1" + wire[3:])     # A resolver wants to be asked to recurse.
            return dns.parse(sock.recv(65535)).rcode == 0
        except OSError:
            return False


class Internet:
    """Everything that runs, and the folder that it runs in."""

    def __init__(self, scenes):
        self.six = addresses()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="acmlint-live-"))
        self.processes, self.running, self.zones, self.scenes = [], {}, {}, scenes
        self.hints = self.folder / "hints"
        self.anchor = self.folder / "anchor"
        self.hints.write_text(f". 60 NS ns.\nns. 60 A {ROOT}\n", "ascii")

    def start(self):
        signer = Signer(str(self.folder), int(time.time()))
        first, second, net = {}, {}, self.tld("net.")
        for scene in self.scenes:
            net += self.place(scene, signer, first, second)
        signed, ds = signer.sign("net.", Spec(), content=net)
        self.anchor.write_text(f"net. IN DS {ds[2]}\n", "ascii")
        org = self.tld("org.") + '@ CAA 0 issue "letsencrypt.org"\n'
        for name in ("caa-above", "caa-above-own"):
            org += f"{name} NS ns-a.net.\n{name} NS ns-b.net.\n"
        self.knotd("root", [ROOT], {".": SOA.format(serial=1) + "@ NS ns.\n"
                                    f"ns. A {ROOT}\nnet. NS ns-tld.net.\norg. NS ns-tld.net.\n"
                                    f"ns-tld.net. A {TLD}\n"})
        self.knotd("tld", [TLD], {"net.": "".join(r.text() for r in signed), "org.": org})
        self.knotd("first", [FIRST] + [FIRST6] * self.six, first)
        self.nsd("second", [SECOND] + [SECOND6] * self.six, second)
        self.bad_servers()
        for address, zone in ((ROOT, "."), (TLD, "net."), (FIRST, "plain.net."),
                              (SECOND, "plain.net.")):
            self.wait(address, zone)
        self.unbound("resolver", [RESOLVER] + [RESOLVER6] * self.six, "iterator", "")
        self.unbound("strict", [STRICT], "validator iterator", f"trust-anchor-file: \"{self.anchor}\"")
        self.wait(RESOLVER, "net.")
        self.wait(STRICT, "net.")

    @staticmethod
    def tld(zone):
        text = SOA.format(serial=1) + "@ NS ns-tld.net.\n"
        if zone == "net.":
            for name, addresses in ADDRESSES.items():
                text += "".join(f"{name} {'AAAA' if ':' in a else 'A'} {a}\n" for a in addresses)
        return text

    @staticmethod
    def place(scene, signer, first, second):
        """Both providers' copies of a scene's zone; returns what its parent publishes."""
        bodies = (scene.body, scene.body if scene.second is None else scene.second)
        parent = ""
        for number, (zones, body) in enumerate(zip((first, second), bodies)):
            if body is False:
                continue
            apex = "".join(f"@ NS {ns}.net.\n" for ns in scene.own_ns)
            text = SOA.format(serial=scene.serials[number]) + apex + body
            if scene.sign is not None:
                records, ds = signer.sign(scene.zone, Spec(), content=text, **scene.sign)
                text = "".join(scene.spoil(r) for r in records)
                parent = f"{scene.zone} DS {ds[2]}\n"
            zones[scene.zone] = text
            if scene.child is not None:
                zones[f"child.{scene.zone}"] = SOA.format(serial=1) + apex + scene.child
        if not scene.zone.endswith(".net."):
            return ""
        parent = scene.ds if scene.ds is not None else parent
        return parent + "".join(f"{scene.zone} NS {ns}.net.\n" for ns in scene.ns)

    def server(self, name, conf, *words):
        folder = self.folder / name
        (folder / "conf").write_text(conf, "ascii")
        with open(folder / "log", "wb") as log:
            self.processes.append(subprocess.Popen(
                [find(words[0]), *words[1:], "-c", str(folder / "conf")], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log))
            self.running[name] = self.processes[-1]

    def write(self, name, zones):
        folder = self.folder / name
        folder.mkdir()
        self.zones[name] = zones
        for number, text in enumerate(zones.values()):
            (folder / f"{number}.zone").write_text(text, "ascii")
        return folder

    def knotd(self, name, addresses, zones):
        folder = self.write(name, zones)
        conf = KNOTD.format(folder=folder, listen=", ".join(f'"{a}@53"' for a in addresses))
        conf += "".join(f"  - domain: {zone}\n    file: {number}.zone\n"
                        for number, zone in enumerate(zones))
        self.server(name, conf, "knotd")

    def nsd(self, name, addresses, zones):
        folder = self.write(name, zones)
        conf = NSD.format(folder=folder, listen="\n    ".join(f"ip-address: {a}" for a in addresses))
        conf += "".join(f"zone:\n    name: {zone}\n    zonefile: {number}.zone\n"
                        for number, zone in enumerate(zones))
        self.server(name, conf, "nsd", "-d")

    def zone_file(self, name, zone):
        number = list(self.zones[name]).index(zone)
        return self.folder / name / f"{number}.zone"

    def reload(self, name):
        """A real knotd reads its zone files again when it is hung up on."""
        self.running[name].send_signal(signal.SIGHUP)

    def unbound(self, name, addresses, modules, anchor):
        (self.folder / name).mkdir()
        self.server(name, UNBOUND.format(folder=self.folder / name,
                                         interfaces="\n    ".join(f"interface: {a}"
                                                                  for a in addresses),
                                         hints=self.hints, modules=modules, anchor=anchor),
                    "unbound", "-d")

    def bad_servers(self):
        for name, address in BAD.items():
            self.processes.append(subprocess.Popen([sys.executable, "-B", str(HERE / "bad.py"), name,
                                                    address, FIRST]))
            if name != "silent":
                self.wait_tcp(address)

    def wait(self, address, zone, patience=60.0):
        end = time.monotonic() + patience
        while not serves(address, zone):
            if time.monotonic() > end:
                raise AssertionError(f"{address} does not serve {zone}:\n{self.logs()}")
            time.sleep(0.1)

    @staticmethod
    def wait_tcp(address, patience=30.0):
        end = time.monotonic() + patience
        while True:
            try:
                socket.create_connection((address, 53), timeout=1).close()
                return
            except OSError:
                assert time.monotonic() < end, f"nobody listens on {address}"
                time.sleep(0.1)

    def logs(self):
        return "\n".join(f"{p.parent.name}: {p.read_text('utf-8', errors='replace')[-2000:]}"
                         for p in sorted(self.folder.glob("*/log")))

    def stop(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            end(process)
        shutil.rmtree(self.folder)
