# SPDX-License-Identifier: GPL-2.0-or-later
"""
What ACM loses between two versions of a zone: slow, plain, and written from the RFCs rather than
from acmlint. Reads only what tests/migration/pairs.py writes: "owner TTL TYPE data" a line, absolute
names, no directives.
"""

import base64
import hashlib
import re
import struct

TOKEN = re.compile(r"_[0-9a-f]{32}")
TARGET = re.compile(r"_?([0-9a-f]{32}(?:\.[a-z]{10})?\.acm-validations\.aws\.)")
NEARLY = re.compile(r"\.acm-validation\.aws\.$")
AMAZON = {"amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"}
MOST_ALIASES = 11


class Zone:
    """Records by name and type."""

    def __init__(self, apex, text):
        self.apex = apex
        self.data = {}
        for line in text.splitlines():
            owner, _, kind, data = line.split(" ", 3)
            self.data.setdefault(owner.lower(), {}).setdefault(kind, []).append(data)

    def holds(self, name):
        return name == self.apex or name.endswith("." + self.apex)

    def exists(self, name):
        return any(n == name or n.endswith("." + name) for n in self.data)

    def get(self, name, kind):
        return self.data.get(name, {}).get(kind, [])

    def path(self, name):
        """The name's ancestors from the apex down, the name itself last."""
        out = [name]
        while out[-1] != self.apex:
            out.append(out[-1].split(".", 1)[1])
        return out[::-1]


def ask(zone, name, kind):
    """One step of RFC 1034 section 4.3.2: ("answer", data), ("alias", target), or another word."""
    path = zone.path(name)
    for place in path:
        if place != zone.apex and zone.get(place, "NS"):
            return "referral", place
        if place != name and zone.get(place, "DNAME"):
            return "alias", name[:-len(place)] + zone.get(place, "DNAME")[0]
    if not zone.exists(name):
        encloser = [p for p in path if zone.exists(p) or p == zone.apex][-1]
        name = "*." + encloser
        if not zone.exists(name):
            return "nothing", None
    if zone.get(name, kind):
        return "answer", zone.get(name, kind)
    if zone.get(name, "CNAME"):
        return "alias", zone.get(name, "CNAME")[0]
    return "nothing", None


def resolve(zone, name, kind):
    """As a resolver does: aliases followed. (word, data, number of aliases)"""
    aliases = 0
    while True:
        if not zone.holds(name):
            return "outside", name, aliases
        word, data = ask(zone, name, kind)
        if word != "alias":
            return word, data, aliases
        aliases += 1
        if aliases > MOST_ALIASES:
            return "broken", None, aliases
        name = data.lower()


def amazon(zone, name):
    """RFC 8659 sections 3 and 4: may Amazon issue for the name, and for "*." and the name?"""
    while True:
        word, data, aliases = resolve(zone, name, "CAA")
        if word in ("outside", "referral"):
            return None, None
        if word == "broken":
            return False, False
        if word == "answer":
            return permitted(data, False), permitted(data, True)
        if name == zone.apex:
            return True, True
        name = name.split(".", 1)[1]


def permitted(data, wildcard):
    values = {"issue": [], "issuewild": []}
    for record in data:
        flags, tag, value = record.split(" ", 2)
        value = value.strip('"').split(";")[0].strip()
        if tag in values:
            values[tag].append(value)
        elif int(flags) & 128 and tag != "iodef":
            return False
    use = values["issuewild"] if wildcard and values["issuewild"] else values["issue"]
    return not use or any(v in AMAZON for v in use)


def value_of(target):
    """What a token's target says, its underscore aside; None: it is no target of ACM's."""
    match = TARGET.fullmatch(target.lower())
    return match.group(1) if match else None


def leads_to(zone, owner):
    """Where a token's name leads."""
    word, data, aliases = resolve(zone, owner, "TXT")
    return value_of(data) if word == "outside" and aliases > 0 else None


def hidden(zone, owner):
    for place in zone.path(owner)[1:-1]:
        if zone.get(place, "NS") or zone.get(place, "DNAME"):
            return True
    return bool(zone.get(zone.apex, "DNAME"))


def working_tokens(zone):
    """Owner to value, for every token that ACM finds and that stands alone."""
    out = {}
    for owner, data in zone.data.items():
        label = owner.split(".", 1)[0]
        alone = set(data) == {"CNAME"} and len({t.lower() for t in data["CNAME"]}) == 1
        if TOKEN.fullmatch(label) and owner != zone.apex and alone and \
                "*" not in owner and not hidden(zone, owner) and leads_to(zone, owner):
            out[owner] = leads_to(zone, owner)
    return out


def used_names(zone):
    """Names that show ACM use: what tokens, or what were meant as tokens, are for."""
    out = set()
    for owner, data in zone.data.items():
        if owner == zone.apex or not owner.startswith("_"):
            continue
        for target in data.get("CNAME", []):
            word, end, _ = resolve(zone, target.lower(), "TXT")
            if NEARLY.search(target) or (word == "outside" and value_of(end)):
                out.add(owner.split(".", 1)[1])
    return out


def token_lost(zone, owner, value):
    for place in zone.path(owner)[1:-1]:
        if zone.get(place, "NS"):
            return True
    if not hidden(zone, owner) and any(value_of(t) == value for t in zone.get(owner, "CNAME")):
        return False
    return leads_to(zone, owner) != value


def rdata(key):
    flags, protocol, algorithm, public = key.split(" ", 3)
    return struct.pack("!HBB", int(flags), int(protocol), int(algorithm)) + \
        base64.b64decode(public)


def key_tag(key):
    total = 0
    for i, byte in enumerate(rdata(key)):
        total += byte if i & 1 else byte << 8
    return (total + (total >> 16)) & 0xffff


def wire(name):
    return b"".join(bytes([len(l)]) + l.encode() for l in name.rstrip(".").split(".")) + b"\0"


def ds_of(apex, key):
    """DS data with SHA-256 (RFC 4509)."""
    digest = hashlib.sha256(wire(apex) + rdata(key)).hexdigest().upper()
    return "%d %s 2 %s" % (key_tag(key), key.split()[2], digest)


def key_lost(old, new, parent):
    """parent: the list of DS there, or None where nothing is known."""
    keys, left = old.get(old.apex, "DNSKEY"), new.get(new.apex, "DNSKEY")
    if not keys or parent == []:
        return False
    if not left:
        return True
    points = old.get(old.apex, "CDS") if parent is None else parent
    before = [k for k in keys if ds_of(old.apex, k) in points]
    after = [k for k in left if ds_of(old.apex, k) in points]
    return bool(before) and not after


def lost(old, new, parent):
    """The set of (rule, certificate name or owner) that must be reported, and nothing else."""
    out = set()
    for owner, value in working_tokens(old).items():
        if token_lost(new, owner, value):
            out.add(("MIG001", owner))
    for name in used_names(old) | used_names(new):
        if amazon(old, name)[0] is True and amazon(new, name)[0] is False:
            out.add(("MIG002", name))
    if key_lost(old, new, parent):
        out.add(("MIG003", old.apex))
    return out
