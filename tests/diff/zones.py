# SPDX-License-Identifier: GPL-2.0-or-later
"""
Random zones that knotd loads, with everything in them that makes look-ups hard: delegations with
glue and DS, alias chains and loops, DNAMEs (at the apex, looping, growing, too long), wildcards of
every kind and depth, empty non-terminals, CAA sets everywhere, odd labels in odd spelling.

No label holds a NUL byte: knotd confuses it with the end of a label (3.2) or takes such names for
missing (3.4 and newer), and says so in its source.
"""

import names

PLAIN = [b"a", b"b", b"c", b"www", b"mail", b"x", b"sub"]
ODD = [b"a.b", b"sp ace", b"back\\slash", b'qu"ote', b"semi;colon", b"@", b"\xff\xe9", b"\x07",
       b"*x", b"(paren)", b"_token", b"**", b"l" * 63]
OUTSIDE = [(b"example", b"net"), (b"www", b"example", b"net"), (b"d111", b"cloudfront", b"net"),
           (b"com",), (b"l" * 63, b"example", b"net")]

CAA_TAGS = ["issue"] * 8 + ["issuewild"] * 4 + ["iodef", "issuemail", "issuevmc", "contactemail",
                                                "ISSUE", "IssueWild", "tbs", "policy", "isue"]
CAA_VALUES = [
    b"amazon.com", b"amazon.com", b"amazontrust.com", b"awstrust.com", b"amazonaws.com", b";", b"",
    b"letsencrypt.org", b"letsencrypt.org", b"sectigo.com", b"Amazon.com", b"amazon.com.",
    b"amazon.com, letsencrypt.org", b"amazon.com letsencrypt.org", b"https://amazon.com",
    b"'amazon.com'", b" amazon.com ", b"amazon.com;", b"amazon.com; a=b", b"amazon.com; a=b;",
    b"amazon.com; accounturi=https://x/1", b"amazon.com;validationmethods=dns-01", b";;", b"-",
    b"a--b.org", b"amazon-.com", b"amaz\xc3\xb6n.com", b'amazon"com', b"amazon\\com", b"mailto:a@b",
]


class Zone:
    def __init__(self, number, apex):
        self.number, self.apex = number, apex
        self.origin_text = names.text(apex)
        self.nodes = {}         # owner: {type: [RDATA text]}
        self.targets = []       # Of every alias.
        self.text = ""

    def exists(self, name):
        """Owns records, or a name below it does."""
        return any(names.within(owner, name) for owner in self.nodes)

    def has(self, name, type_text):
        return type_text in self.nodes.get(name, {})

    def may_add(self, owner, type_text):
        if not names.within(owner, self.apex) or names.size(owner) > 255:
            return False
        node = self.nodes.get(owner, {})
        above = names.ancestors(owner[1:], self.apex) if owner != self.apex else ()
        if "CNAME" in node or any(self.has(name, "DNAME") for name in above):
            return False
        if type_text == "CNAME":
            return not node and owner != self.apex
        if type_text == "DNAME":
            return not (node.keys() & {"DNAME", "NS"} and owner != self.apex) and \
                "DNAME" not in node and not any(names.below(name, owner) for name in self.nodes)
        if type_text == "NS" and owner != self.apex:
            return "DNAME" not in node
        return True

    def add(self, owner, type_text, rdata):
        if not self.may_add(owner, type_text):
            return False
        rdatas = self.nodes.setdefault(owner, {}).setdefault(type_text, [])
        if rdata not in rdatas:
            rdatas.append(rdata)
        return True

    def add_alias(self, owner, type_text, target):
        if names.size(target) > 255 or not self.add(owner, type_text, names.text(target)):
            return False
        self.targets.append(target)
        return True


class Maker:
    def __init__(self, rng, number):
        self.rng = rng
        tag = b"z%d" % number
        apex = rng.choice([(tag,), (tag, b"test"), (b"deep", tag, b"test"), (tag, b"odd.label"),
                           (b"*", tag), (tag, b"test")]) if number else ()
        self.zone = Zone(number, apex)

    def label(self):
        pick = self.rng.random()
        if pick < 0.72:
            return self.rng.choice(PLAIN)
        return b"*" if pick < 0.87 else self.rng.choice(ODD)

    def owner(self):
        """Often below a name that is there, so that depth and empty non-terminals come about."""
        start = self.zone.apex
        if self.rng.random() < 0.5:
            start = self.rng.choice(list(self.zone.nodes))
            if self.rng.random() < 0.3 and start != self.zone.apex:
                start = start[1:]
        for _ in range(self.rng.choice([1, 1, 1, 2, 2, 3])):
            start = (self.label(),) + start
        return start

    def target(self):
        rng, zone = self.rng, self.zone
        known = rng.choice(list(zone.nodes))
        pick = rng.random()
        if pick < 0.45:
            return known
        if pick < 0.62:
            return (self.label(),) + known
        if pick < 0.72 and known != zone.apex:
            return (self.label(),) + known[1:]
        if pick < 0.78 and known != zone.apex:
            return known[1:]
        if pick < 0.9:
            return rng.choice(OUTSIDE)
        return self.owner()

    def address(self, owner):
        self.zone.add(owner, "A", "192.0.2.%d" % self.rng.randrange(1, 255))

    def caa(self, owner):
        flags = self.rng.choice([0] * 8 + [128, 128, 1])
        for _ in range(self.rng.choice([1, 1, 2, 3])):
            value = "".join("\\%03d" % b if b < 32 or b > 126 else
                            "\\" + chr(b) if b in b'"\\' else chr(b)
                            for b in self.rng.choice(CAA_VALUES))
            self.zone.add(owner, "CAA",
                          '%d %s "%s"' % (flags, self.rng.choice(CAA_TAGS), value))

    def delegation(self, owner):
        if owner == self.zone.apex:
            return
        server = self.rng.choice([(b"ns",) + owner, (b"ns", b"deep") + owner, OUTSIDE[0]])
        if names.size(server) > 255 or not self.zone.add(owner, "NS", names.text(server)):
            return
        if names.within(server, owner):
            self.address(server)
        if self.rng.random() < 0.4:
            self.zone.add(owner, "DS", "%d 13 2 %s" % (self.rng.randrange(65536), "AB" * 32))
        if self.rng.random() < 0.5:     # Hidden data.
            self.random_record((self.label(),) + owner)
        if self.rng.random() < 0.3:
            self.caa(owner)

    def random_record(self, owner):
        rng, zone = self.rng, self.zone
        kind = rng.choices(["A", "AAAA", "TXT", "MX", "SRV", "PTR", "TYPE65280", "CAA", "CNAME",
                            "DNAME", "NS"], [18, 4, 8, 5, 2, 1, 1, 16, 18, 5, 7])[0]
        if kind == "A":
            self.address(owner)
        elif kind == "CAA":
            self.caa(owner)
        elif kind in ("CNAME", "DNAME"):
            zone.add_alias(owner, kind, self.target())
        elif kind == "NS":
            self.delegation(owner)
        else:
            zone.add(owner, kind, {
                "AAAA": "2001:db8::%x" % rng.randrange(1, 65536), "TXT": '"text %d"' % rng.randrange(9),
                "MX": "10 mail.example.net.", "SRV": "0 0 443 www.example.net.",
                "PTR": "www.example.net.", "TYPE65280": "\\# 2 ABCD"}[kind])

    # One function for each hard thing.

    def chain(self):
        length, base = self.rng.choice([3, 4, 5, 6, 6, 6, 7, 8, 11, 12, 13, 14]), self.owner()
        links = [(b"c%d" % i,) + base for i in range(length)]
        for one, next_one in zip(links, links[1:]):
            self.zone.add_alias(one, "CNAME", next_one)
        end = self.rng.random()
        if end < 0.3:
            self.zone.add_alias(links[-1], "CNAME", self.target())
        elif end < 0.6:
            self.random_record(links[-1])
        else:
            self.address(links[-1])
            self.caa(links[-1])

    def loop(self):
        length, base = self.rng.randrange(1, 9), self.owner()
        links = [(b"o%d" % i,) + base for i in range(length)]
        for one, next_one in zip(links, links[1:] + links[:1]):
            self.zone.add_alias(one, "CNAME", next_one)

    def wildcard_loop(self):
        base = self.owner()
        other = (b"w",) + base
        self.zone.add_alias((b"*",) + base, "CNAME", (b"q",) + self.rng.choice([base, other]))
        self.zone.add_alias((b"*",) + other, "CNAME", (b"r",) + base)

    def wildcard_gap(self):
        """A wildcard above an empty non-terminal, one below it, and one that is itself empty."""
        base = self.owner()
        self.random_record((b"*",) + base)
        self.random_record((b"leaf", b"gap") + base)
        self.random_record((b"leaf", b"*") + base)
        self.random_record((b"x", b"*", b"gap2") + base)

    def wildcard_delegation(self):
        self.delegation((b"*",) + self.owner())

    def wildcard_dname(self):
        base = self.owner()
        self.zone.add_alias((b"*",) + base, "DNAME", self.target())
        self.zone.add_alias((b"alias",) + base, "CNAME", (b"q",) + base)
        self.zone.add_alias((b"star",) + base, "CNAME", (b"q", b"*") + base)

    def dname_loop(self):
        base = self.owner()
        one, two = (b"d1",) + base, (b"d2",) + base
        kind = self.rng.randrange(3)
        if kind == 0:
            self.zone.add_alias(one, "DNAME", one)
        elif kind == 1:
            self.zone.add_alias(one, "DNAME", (b"g",) + one)
        else:
            self.zone.add_alias(one, "DNAME", two)
            self.zone.add_alias(two, "DNAME", one)

    def dname_long(self):
        base = self.owner()
        self.random_record((b"t" * 63, b"t" * 63) + base)
        self.zone.add_alias((b"dl",) + base, "DNAME", self.rng.choice(
            [(b"t" * 63, b"t" * 63) + base, (b"u" * 63, b"u" * 63) + base,
             (b"u" * 63, b"u" * 63, b"example", b"net")]))

    def dname_tree(self):
        base = self.owner()
        for _ in range(3):
            self.random_record((self.label(), b"dt") + base)
        self.zone.add_alias((b"df",) + base, "DNAME", (b"dt",) + base)
        self.zone.add_alias((b"dg",) + base, "DNAME", (b"df",) + base)

    def make(self):
        rng, zone = self.rng, self.zone
        zone.add(zone.apex, "SOA", "ns.example.net. admin.example.net. 1 3600 900 86400 300")
        zone.add(zone.apex, "NS", "ns.example.net.")
        if rng.random() < 0.5:
            self.caa(zone.apex)
        if zone.number % 16 == 5:
            # Nothing may stand below an apex with a DNAME.
            self.address(zone.apex)
            zone.add_alias(zone.apex, "DNAME", rng.choice(OUTSIDE + [(b"sub",) + zone.apex]))
        else:
            hard = [self.chain, self.loop, self.wildcard_loop, self.wildcard_gap,
                    self.wildcard_delegation, self.wildcard_dname, self.dname_loop, self.dname_long,
                    self.dname_tree]
            jobs = rng.sample(hard, rng.randrange(2, 5))
            jobs += [lambda: self.random_record(self.owner())] * rng.randrange(15, 45)
            rng.shuffle(jobs)
            for job in jobs:
                job()
        zone.text = self.write()
        return zone

    # Spelling.

    def spell(self, name):
        """Mixed case, needless escapes, relative or absolute."""
        rng, apex = self.rng, self.zone.apex
        relative = names.below(name, apex) and rng.random() < 0.5
        if name == apex and rng.random() < 0.5:
            return "@"
        shown = name[:len(name) - len(apex)] if relative else name
        if rng.random() < 0.3:
            shown = tuple(bytes(b - 32 if 97 <= b <= 122 and rng.random() < 0.5 else b for b in label)
                          for label in shown)
        rate = rng.choice([0, 0, 0, 0.3])
        text = names.text(shown, lambda byte: rng.random() < rate)
        return text[:-1] if relative else text

    def write(self):
        lines = []
        for owner, node in self.zone.nodes.items():
            for type_text, rdatas in node.items():
                for rdata in rdatas:
                    if type_text in ("CNAME", "DNAME", "NS"):
                        rdata = self.spell(names.parse(rdata))
                    lines.append("%s %s %s\n" % (self.spell(owner), type_text, rdata))
        head, tail = lines[:1], lines[1:]
        self.rng.shuffle(tail)
        return "$TTL 300\n$ORIGIN %s\n" % names.text(self.zone.apex) + "".join(head + tail)


class Asker:
    """Random questions to a zone."""

    TYPES = ["A"] * 8 + ["CAA"] * 6 + ["CNAME"] * 4 + ["DNAME"] * 2 + ["NS"] * 3 + ["DS"] * 3 + \
        ["ANY"] * 3 + ["TXT"] * 3 + ["AAAA", "MX", "SOA", "SRV", "PTR", "RRSIG", "NSEC", "DNSKEY",
                                    "TYPE65280", "TYPE65281"]

    def __init__(self, rng, zone):
        self.rng, self.zone = rng, zone
        self.owners = sorted(zone.nodes)
        self.aliases = [name for name in self.owners
                        if zone.nodes[name].keys() & {"CNAME", "DNAME"}]

    def label(self):
        return self.rng.choice(PLAIN + ODD[:9] + [b"*", b"*", b"nothing", b"q", b"gap", b"leaf"])

    def name(self):
        rng, zone = self.rng, self.zone
        known = rng.choice(self.aliases if self.aliases and rng.random() < 0.3 else self.owners)
        pick = rng.random()
        if pick < 0.3:
            return known
        if pick < 0.4:      # An ancestor, often an empty non-terminal.
            return known[rng.randrange(len(known) - len(zone.apex) + 1):]
        if pick < 0.6:
            return (self.label(),) + known
        if pick < 0.68:
            return (self.label(), self.label()) + known
        if pick < 0.82 and known != zone.apex:
            return (self.label(),) + known[1:]
        if pick < 0.86 and zone.targets:
            return rng.choice(zone.targets)
        if pick < 0.92:
            return self.long_name(known)
        if pick < 0.94:
            return rng.choice(OUTSIDE)
        return (self.label(),) + zone.apex

    def long_name(self, known):
        while names.size(known) < 190:
            known = (b"v" * self.rng.choice([1, 20, 63]),) + known
        return known

    def question(self):
        while True:
            name = self.name()
            if names.size(name) <= 255:
                return name, self.rng.choice(self.TYPES)

    def spell(self, name):
        """For the wire: mixed case."""
        if self.rng.random() < 0.7:
            return name
        return tuple(label.upper() if self.rng.random() < 0.5 else label for label in name)


def make_zone(rng, number):
    """number 0 is the root zone."""
    return Maker(rng, number).make()
