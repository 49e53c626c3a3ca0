# SPDX-License-Identifier: GPL-2.0-or-later
"""Random zones, and random edits of them."""

import reference

KEYS = ["257 3 13 " + key for key in (
    "TslmRiPQ+Q9Kug/4X2XzyPtHl42USjEI23P3h4Yr2oHfp77BA1gXvB9C7th2eVl68IAyUlfAQf/GsPQhaVAgSQ==",
    "LzuHwCTxwj84cp5OWnaOcOqUvZPSO5RSabFNYykS6YsV193gTvUUEDxlZnzE/VUgdKVEfpErAMagQYqr+BoXtA==",
    "sWyXVaCsCKUJrwLefuYfbOfYjvtMk9sPip9Dk/Wuf0nKLHyBigCqhcHHt38JGFyu9eFyU964Asvy/Pb7n8kVYg==")]
PLACES = ["", "www.", "shop.", "a.shop.", "b.a.shop.", "x.y.", "*.", "*.shop."]
TOKEN_PLACES = ["", "www.", "shop.", "a.shop.", "b.a.shop.", "x.y."]
CAA = ['0 issue "amazon.com"', '0 issue "amazonaws.com"', '0 issue "letsencrypt.org"', '0 issue ";"',
       '0 issuewild ";"', '0 issuewild "amazon.com"', '0 iodef "mailto:a@example.net"',
       '128 tbs "x"', '0 issue "amazon.com; a=b"']
LABELS = ["_" + "%032x" % (i * 0x1234567890abcdef1234567) for i in range(1, 5)]
TARGETS = ["_" + "%032x.jkddzztszm.acm-validations.aws." % (i * 0xfedcba9876543210fedcba987)
           for i in range(1, 4)]


class Generator:
    """Draws from one source of chance for one zone."""

    def __init__(self, chance, apex):
        self.chance = chance
        self.apex = apex
        self.ttl = 3600

    def pick(self, choices):
        return self.chance.choice(choices)

    def target(self):
        kind = self.chance.random()
        target = self.pick(TARGETS)
        if kind < 0.7:
            return target
        if kind < 0.8:
            return target[1:]
        if kind < 0.85:
            return target.replace("validations", "validation")
        if kind < 0.93:
            return "via." + self.apex
        return "token.example.net."

    def record(self):
        """(owner, type, data) of one random record."""
        kind = self.chance.random()
        place = self.pick(PLACES) + self.apex
        if kind < 0.35:
            return self.pick(LABELS) + "." + self.pick(TOKEN_PLACES) + self.apex, "CNAME", \
                self.target()
        if kind < 0.55:
            return place, "CAA", self.pick(CAA)
        if kind < 0.70:
            return place, "A", "192.0.2.%d" % self.chance.randint(1, 9)
        if kind < 0.80 and place != self.apex:
            return place, "CNAME", self.pick(
                [self.pick(PLACES[1:6]) + self.apex, "host." + self.apex, "www.example.net."])
        if kind < 0.84 and not place.startswith("*") and place != self.apex:
            return place, "NS", "ns1.example.net."
        if kind < 0.88 and not place.startswith("*") and place != self.apex:
            return place, "DNAME", self.pick(["shop." + self.apex, "host." + self.apex,
                                              "other.example.net."])
        if kind < 0.92:
            return "via." + self.apex, "CNAME", self.pick(TARGETS)
        if kind < 0.96:
            key = self.pick(KEYS)
            return self.apex, "DNSKEY", key
        return self.apex, "CDS", self.pick([reference.ds_of(self.apex, self.pick(KEYS)),
                                            "0 0 0 00"])

    def settle(self, records):
        """Without what no server would take: an alias beside other data, except that a token may
        stand there twice."""
        out = []
        for record in records:
            owner, kind, _ = record
            same = [r for r in out if r[0] == owner]
            token = owner.startswith("_")
            if kind == "CNAME" and (any(r[1] != "CNAME" for r in same) or (same and not token)):
                continue
            if kind != "CNAME" and any(r[1] == "CNAME" for r in same):
                continue
            if kind == "DNAME" and any(r[1] in ("DNAME", "NS") for r in same):
                continue
            if kind == "NS" and any(r[1] == "DNAME" for r in same):
                continue
            if record not in out:
                out.append(record)
        return out

    def zone(self):
        count = self.chance.randint(2, 16)
        return self.settle([self.record() for _ in range(count)])

    def edit(self, records):
        """Another version: some records gone, changed, or new."""
        out = list(records)
        for _ in range(self.chance.randint(0, 4)):
            kind = self.chance.random()
            if out and kind < 0.45:
                out.pop(self.chance.randrange(len(out)))
            elif out and kind < 0.65:
                owner, kind_of, data = out.pop(self.chance.randrange(len(out)))
                if kind_of == "CNAME" and owner.startswith("_"):
                    data = self.pick([self.target(), data.upper(), data[1:]])
                elif kind_of == "CAA":
                    data = self.pick(CAA)
                out.append((owner, kind_of, data))
            else:
                out.append(self.record())
        self.chance.shuffle(out)
        return self.settle(out)

    def text(self, records, serial):
        lines = ["%s %d SOA ns1.example.net. host.example.net. %d 7200 3600 1209600 300" % (
                     self.apex, self.ttl, serial)]
        lines += ["%s %d NS ns%d.example.net." % (self.apex, self.ttl, i) for i in (1, 2)]
        lines += ["%s %d %s %s" % (o, self.ttl, k, d) for o, k, d in records]
        return "\n".join(lines) + "\n"
