# SPDX-License-Identifier: GPL-2.0-or-later
"""Zones signed by the real signers, dnssec-signzone and kzonesign, as lists of records."""

import base64
import glob
import hashlib
import os
import re
import struct
import subprocess
import tempfile
import threading
import time

ALGORITHMS = {8: "RSASHA256", 13: "ECDSAP256SHA256", 14: "ECDSAP384SHA384", 15: "ED25519",
              16: "ED448"}
KSK_BITS = {8: ["-b", "2048"]}

# What each zone holds, below its apex. Names without records of their own are asked for too.
CONTENT = """\
@ SOA ns1 hostmaster 1 7200 3600 1209600 300
@ NS ns1
@ NS ns2
ns1 A 127.0.0.1
ns2 A 127.0.0.1
www A 192.0.2.1
caa CAA 0 issue "amazon.com"
caa CAA 0 issue ";"
below.caa A 192.0.2.2
*.wild A 192.0.2.3
*.wcaa CAA 0 issue "amazon.com"
a.ent.deep A 192.0.2.4
alias CNAME www
alias2 CNAME x.wild
alias3 CNAME below.caa
dn DNAME deep
sub NS ns.elsewhere.example.
zz TXT "last"
"""
TOKEN = ("_a79865eb4cd1a6ab990a45779b4e0b96.www CNAME "
         "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n")

NAMES = ["", "www", "below.caa", "x.wild", "y.x.wild", "x.wcaa", "ent.deep", "a.ent.deep", "nothing",
         "no.such.deep", "alias", "alias2", "alias3", "a.ent.dn", "zz", "0"]


def run(command, **options):
    """Runs a tool of the distribution, which may stand where users' PATH does not lead."""
    env = dict(os.environ, PATH=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False, **options)
    if done.returncode != 0:
        raise SystemExit("%s\n%s%s" % (" ".join(command), done.stdout, done.stderr))
    return done.stdout


def stamp(when):
    return time.strftime("%Y%m%d%H%M%S", time.gmtime(when))


class Record:
    """One record of a signed zone."""

    def __init__(self, owner, ttl, rrtype, data):
        self.owner, self.ttl, self.type, self.data = owner.lower(), ttl, rrtype, data

    @property
    def covers(self):
        """The type that an RRSIG covers, or the record's own."""
        return self.data.split()[0] if self.type == "RRSIG" else self.type

    def text(self):
        return "%s %s IN %s %s\n" % (self.owner, self.ttl, self.type, self.data)

    def copy(self):
        return Record(self.owner, self.ttl, self.type, self.data)


def parse(text):
    """Records with absolute owners, one a line."""
    records = []
    for line in text.splitlines():
        match = re.match(r"(\S+)\s+(\d+)\s+(?:IN\s+)?(\S+)\s+(.*)$", line)
        if match and not line.startswith(";"):
            records.append(Record(*match.groups()))
    return records


def wire(name):
    return b"".join(bytes([len(label)]) + label.lower().encode()
                    for label in name.split(".") if label) + b"\0"


def key_wire(data):
    flags, protocol, algorithm, key = data.split(None, 3)
    return (struct.pack("!HBB", int(flags), int(protocol), int(algorithm)) +
            base64.b64decode("".join(key.split())))


def key_tag(rdata):
    """RFC 4034 appendix B."""
    total = sum(byte if i & 1 else byte << 8 for i, byte in enumerate(rdata))
    return (total + (total >> 16)) & 0xffff


def ds_of(origin, key):
    """The DS of a DNSKEY: {digest type: "tag algorithm type digest"}"""
    rdata = key_wire(key)
    return {number: "%d %d %d %s" % (key_tag(rdata), rdata[3], number,
                                     make(wire(origin) + rdata).hexdigest())
            for number, make in ((1, hashlib.sha1), (2, hashlib.sha256), (4, hashlib.sha384))}


class Keys:
    """Keys are slow to make, and do not depend on the zone's name: they are made once."""

    def __init__(self, folder):
        self.folder, self.made, self.lock = folder, {}, threading.Lock()
        os.mkdir(folder)

    def make(self, algorithm, ksk, number):
        """(key file's text without owner, private file's text, tag)"""
        with self.lock:
            return self.make_alone(algorithm, ksk, number)

    def make_alone(self, algorithm, ksk, number):
        known = self.made.get((algorithm, ksk, number))
        if known is None:
            bits = KSK_BITS.get(algorithm, [])
            flags = ["-f", "KSK"] if ksk else []
            name = run(["dnssec-keygen", "-q", "-K", self.folder, "-a", ALGORITHMS[algorithm]] +
                       bits + flags + ["k."]).strip()
            path = os.path.join(self.folder, name)
            with open(path + ".key", encoding="ascii") as public:
                key = public.read()
            with open(path + ".private", encoding="ascii") as private:
                secret = private.read()
            data = re.search(r"^k\. (?:\d+ )?IN DNSKEY (.*)$", key, re.M).group(1)
            known = (data, secret, int(name.rsplit("+", 1)[1]))
            self.made[(algorithm, ksk, number)] = known
        return known

    def place(self, folder, origin, algorithm, ksk, number):
        """The key for a zone; returns its path without the ending."""
        data, secret, tag = self.make(algorithm, ksk, number)
        path = os.path.join(folder, "K%s+%03d+%05d" % (origin, algorithm, tag))
        with open(path + ".key", "w", encoding="ascii") as public:
            public.write("%s 300 IN DNSKEY %s\n" % (origin, data))
        with open(path + ".private", "w", encoding="ascii") as private:
            private.write(secret)
        os.chmod(path + ".private", 0o600)
        return path


class Spec:
    """How a zone is signed."""

    def __init__(self, algorithm=13, denial="nsec", signer="bind", split=True, iterations=0,
                 salt="-"):
        self.algorithm, self.denial, self.signer = algorithm, denial, signer
        self.split, self.iterations, self.salt = split, iterations, salt

    def text(self):
        text = "%s %s %s" % (ALGORITHMS[self.algorithm], self.denial, self.signer)
        if self.iterations:
            text += " iterations %d" % self.iterations
        return text + (" salted" if self.salt != "-" else "")


class Signer:
    """Signs in a folder of its own."""

    def __init__(self, folder, now):
        self.folder, self.now = folder, now
        self.keys = Keys(os.path.join(folder, "keys"))

    def sign(self, origin, spec, extra="", begin=-86400, end=30 * 86400, number=0, revoke=False,
             second=None, content=CONTENT):
        """(records, DS texts by digest type) of a zone; times relative to now."""
        folder = tempfile.mkdtemp(prefix="sign-", dir=self.folder)
        zone = "$ORIGIN %s\n$TTL 300\n%s%s" % (origin, content, extra)
        if spec.signer == "knot":
            records = self.kzonesign(folder, origin, spec, zone)
            key = [r.data for r in records if r.type == "DNSKEY" and r.data.startswith("257 ")][0]
            return records, ds_of(origin, key)
        keys = [self.keys.place(folder, origin, spec.algorithm, True, number)]
        if spec.split:
            keys.append(self.keys.place(folder, origin, spec.algorithm, False, number))
        if second is not None:
            keys.append(self.keys.place(folder, origin, second, True, 0))
            keys.append(self.keys.place(folder, origin, second, False, 0))
        ds = ds_of(origin, self.keys.make(spec.algorithm, True, number)[0])
        if revoke:
            name = run(["dnssec-revoke", "-K", folder, "-r", os.path.basename(keys[0])]).strip()
            keys[0] = os.path.join(folder, os.path.basename(name))
        with open(os.path.join(folder, "zone"), "w", encoding="ascii") as file:
            file.write(zone)
            for key in keys:
                with open(key + ".key", encoding="ascii") as public:
                    file.write("\n".join(line for line in public.read().splitlines()
                                         if not line.startswith(";")) + "\n")
        denial = []
        if spec.denial != "nsec":
            denial = ["-3", spec.salt, "-H", str(spec.iterations)]
            denial += ["-A"] if spec.denial == "optout" else []
        run(["dnssec-signzone", "-q", "-P", "-O", "full", "-o", origin, "-f", "signed"] +
            ([] if spec.split else ["-z"]) + denial +
            ["-s", stamp(self.now + begin), "-e", stamp(self.now + end), "zone"] +
            [os.path.basename(key) for key in keys], cwd=folder)
        with open(os.path.join(folder, "signed"), encoding="ascii") as file:
            return parse(file.read()), ds

    def kzonesign(self, folder, origin, spec, zone):
        with open(os.path.join(folder, "zone"), "w", encoding="ascii") as file:
            file.write(zone)
        nsec3 = "on" if spec.denial != "nsec" else "off"
        with open(os.path.join(folder, "knot.conf"), "w", encoding="ascii") as file:
            file.write("database:\n    storage: \"%s/db\"\n"
                       "policy:\n  - id: p\n    algorithm: %s\n    nsec3: %s\n"
                       "    nsec3-iterations: %d\n    nsec3-opt-out: %s\n    nsec3-salt-length: %d\n"
                       "    single-type-signing: %s\n    cds-cdnskey-publish: none\n"
                       "zone:\n  - domain: %s\n    file: \"%s/zone\"\n    dnssec-signing: on\n"
                       "    dnssec-policy: p\n    journal-content: none\n" %
                       (folder, ALGORITHMS[spec.algorithm].lower(), nsec3, spec.iterations,
                        "on" if spec.denial == "optout" else "off", 0 if spec.salt == "-" else 4,
                        "off" if spec.split else "on", origin, folder))
        os.mkdir(os.path.join(folder, "out"))
        os.mkdir(os.path.join(folder, "db"))
        run(["kzonesign", "-c", os.path.join(folder, "knot.conf"), "-o", os.path.join(folder, "out"),
             origin])
        path = glob.glob(os.path.join(folder, "out", "*"))[0]
        with open(path, encoding="ascii") as file:
            return parse(file.read())
