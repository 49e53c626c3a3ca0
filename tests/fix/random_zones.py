# SPDX-License-Identifier: GPL-2.0-or-later
"""Random zones with mistakes in them, written in every way in which master files are written."""

HEX = "0123456789abcdef"
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Writer:
    """One zone file, line by line."""

    def __init__(self, rng, apex):
        self.rng = rng
        self.apex = apex
        self.newline = rng.choice(["\n", "\n", "\n", "\r\n"])
        self.last = None
        self.lines = []
        self.long = {}

    def owner(self, name):
        """A name of the zone, as text: inherited, relative or absolute."""
        if name == self.last and self.rng.random() < 0.6:
            return self.rng.choice([" ", "\t", "    "])
        self.last = name
        absolute = self.rng.random() < 0.25
        if name == "":
            return self.apex + "." if absolute else "@"
        return f"{name}.{self.apex}." if absolute else name

    def record(self, name, kind, data, owner=None):
        """Adds a record; owner: written so whatever it means."""
        rng = self.rng
        text = owner if owner is not None else self.owner(name)
        if owner is not None:
            self.last = None
        # RFC 2181 section 5.2: a set has one TTL, and a server makes it so.
        long = self.long.setdefault((name, kind), rng.random() < 0.3)
        ttl = rng.choice(["1h ", "1h IN ", "IN 3600 "] if long else ["", "", "300 ", "IN 300 ", "IN "])
        comment = rng.choice(["", "", "", f" ; note {len(self.lines)} (\"odd\"", "\t; x;y"])
        gap = rng.choice([" ", "  ", "\t"])
        if rng.random() < 0.15:
            inner = rng.choice(["", f" ; inner {len(self.lines)}"])
            self.lines += [f"{text}{gap}{ttl}{kind} ({inner}", f"   {data}", f"   ){comment}"]
        else:
            self.lines.append(f"{text}{gap}{ttl}{kind}{gap}{data}{comment}")

    def text(self):
        """The file's bytes."""
        end = "" if self.rng.random() < 0.2 else self.newline
        return (self.newline.join(self.lines) + end).encode()


def token(rng):
    return "_" + "".join(rng.choice(HEX) for _ in range(32))


def value(rng):
    return token(rng) + "." + "".join(rng.choice(LETTERS) for _ in range(10))


def add_token(writer, base):
    """A validation record for a name, more often wrong than not."""
    rng = writer.rng
    label, target = token(rng), value(rng)
    if rng.random() < 0.1:
        target = target[1:]
    name = f"{label}.{base}" if base else label
    absolute = f"{name}.{writer.apex}"
    kind = rng.randrange(14)
    good = target + ".acm-validations.aws."
    if kind == 0:
        writer.record(None, "CNAME", good, owner=absolute)
    elif kind == 1:
        writer.record(name, "CNAME", good[:-1])
    elif kind == 2:
        suffix = rng.choice(["acm-validation.aws.", "acm-validations.aws.com.",
                             "acm-validations.amazonaws.com.", "acm-validatons.aws."])
        writer.record(name, "CNAME", f"{target}.{suffix}")
    elif kind == 3:
        writer.record(name, "CNAME", rng.choice("nxd") + good)
    elif kind == 4:
        writer.record(name[1:], "CNAME", good)
    elif kind == 5:
        writer.record(name, "TXT", f'"{good}"')
    elif kind == 6:
        writer.record(f"{label}.*.{base}" if base else f"{label}.*", "CNAME", good)
    else:
        writer.record(name, "CNAME", good)


CAA = [
    '0 issue "letsencrypt.org"', '0 issue "amazon.com"', '0 issue ";"', '0 issue "amazon"',
    '0 issuewild ";"', '0 issue "amazon.com."', '0 issue "amazon.com, letsencrypt.org"',
    '0 iodef "mailto:hostmaster@example.net"', '0 isue "amazon.com"', '1 issue "digicert.com"',
    '128 tbs "unknown"', '0 issue "https://www.amazon.com/"', '0 issue "Amazon.com"',
    '0 issuewild "pki.goog"', '0 issue "amazontrust.com; a=b"', '0 issuewilde "amazon.com"',
]


def add_caa(writer, name):
    for _ in range(writer.rng.choice([1, 1, 2, 3])):
        writer.record(name, "CAA", writer.rng.choice(CAA))


def make_zone(rng, apex):
    """The bytes of a zone that a server can load."""
    writer = Writer(rng, apex)
    writer.lines += [f"$ORIGIN {apex}.", "$TTL 300"] if rng.random() < 0.8 else \
                    ["; without an origin", "$TTL 300", f"$ORIGIN {apex}."]
    writer.record("", "SOA", "ns1.example.net. hostmaster.example.net. "
                  f"{rng.choice([1, 7, 2026112101, 2026112099, 4294967295, 1795219200])} "
                  "7200 3600 1209600 300")
    writer.record("", "NS", "ns1.example.net.")
    writer.record("", "NS", "ns2.example.org.")
    names = rng.sample(["www", "shop", "mail", "a.b", "deep.a.b", "api", "x"], rng.randint(1, 5))
    if rng.random() < 0.7:
        add_caa(writer, "")
    for name in names:
        for _ in range(rng.randint(1, 3)):
            writer.record(name, *rng.choice([
                ("A", "192.0.2.1"), ("AAAA", "2001:db8::1"), ("TXT", '"v=1; (not) a comment"'),
                ("MX", "10 mail.example.net."), ("TXT", '"a" "b \\" c"'), ("CAA", CAA[1])]))
        if rng.random() < 0.3:
            add_caa(writer, name)
        if rng.random() < 0.2:
            writer.lines.append(rng.choice(["", "; a comment alone", "   ; another (", "$TTL 300"]))
    for name in rng.sample([""] + names, rng.randint(1, len(names) + 1)):
        add_token(writer, name)
    if rng.random() < 0.5:
        writer.record("tail", "A", "192.0.2.9")
    return writer.text()
