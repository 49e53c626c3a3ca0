# SPDX-License-Identifier: GPL-2.0-or-later
"""What goes wrong with signed zones: each fault takes a freshly signed zone apart the way it
happens. A fault is a title and a function that changes a case."""

import base64

from signing import NAMES, TOKEN, Record, Spec, ds_of


class Case:
    """A zone to be served, and the DS that its parent has (none: the parent says so)."""

    def __init__(self, signer, rng, spec, origin):
        self.signer, self.rng, self.spec, self.origin = signer, rng, spec, origin
        self.names, self.title = NAMES, spec.text()
        self.records, self.all_ds = signer.sign(origin, spec)
        self.ds = [self.all_ds[2]]
        self.root = None                # The zone above, where that is served, too.
        self.denial = "NSEC" if spec.denial == "nsec" else "NSEC3"

    def anchors(self):
        """The DS that the resolver trusts."""
        return [] if self.root else self.ds

    def text(self):
        return "".join(record.text() for record in self.records)

    def sign(self, **options):
        """Signs again, otherwise."""
        return self.signer.sign(self.origin, self.spec, **options)

    def drop(self, choose):
        self.records = [r for r in self.records if not choose(r)]

    def edit(self, choose, change):
        for record in self.records:
            if choose(record):
                record.data = change(record.data)

    def take(self, others, choose):
        """Records that choose() picks, from another signing."""
        self.records = [r for r in self.records if not choose(r)] + [r for r in others if choose(r)]

    def other_ds(self):
        """The DS of a key that is not in the zone."""
        return ds_of(self.origin, self.signer.keys.make(self.spec.algorithm, True, 1)[0])


class Root:
    """The zone above: it delegates to the zones of some cases, and has their DS."""

    def __init__(self, signer, cases):
        self.origin = "."
        content = "@ SOA a.root hostmaster 1 7200 3600 1209600 300\n@ NS a.root\na.root A 127.0.0.1\n"
        for case in cases:
            content += "".join("%s NS %s%s\n%s%s A 127.0.0.1\n" % (
                case.origin, ns, case.origin, ns, case.origin) for ns in ("ns1.", "ns2."))
            content += "".join("%s DS %s\n" % (case.origin, ds) for ds in case.ds)
            case.root = self
        self.records, ds = signer.sign(".", Spec(8, "nsec"), content=content)
        self.ds = [ds[2]]

    def anchors(self):
        return self.ds

    def text(self):
        return "".join(record.text() for record in self.records)


def sig(covers):
    return lambda r: r.type == "RRSIG" and r.covers == covers


def flip(data):
    """A signature with one bit changed."""
    parts = data.split()
    raw = bytearray(base64.b64decode("".join(parts[8:])))
    raw[len(raw) // 2] ^= 1
    return " ".join(parts[:8] + [base64.b64encode(bytes(raw)).decode()])


def wrong(ds):
    """A DS with one digit changed."""
    return ds[:-1] + ("0" if ds[-1] != "0" else "1")


def with_part(ds, place, value):
    parts = ds.split()
    parts[place] = str(value)
    return " ".join(parts)


def set_ds(make):
    def change(case):
        case.ds = make(case.all_ds, case.other_ds())
        case.names = ["", "www", "nothing"]
    return change


PARENT = [(title, set_ds(make)) for title, make in [
    ("no DS", lambda ds, other: []),
    ("DS of another key", lambda ds, other: [other[2]]),
    ("two DS of other keys", lambda ds, other: [other[2], with_part(other[2], 0, 4711)]),
    ("wrong digest", lambda ds, other: [wrong(ds[2])]),
    ("a further DS", lambda ds, other: [other[2], ds[2]]),
    ("a further DS with a wrong digest", lambda ds, other: [wrong(ds[2]), ds[2]]),
    ("SHA-1 only", lambda ds, other: [ds[1]]),
    ("SHA-1 only, wrong", lambda ds, other: [wrong(ds[1])]),
    ("SHA-384", lambda ds, other: [ds[4]]),
    ("SHA-1 and SHA-256", lambda ds, other: [ds[1], ds[2]]),
    ("SHA-1 right, SHA-256 wrong", lambda ds, other: [ds[1], wrong(ds[2])]),
    ("SHA-1 right, SHA-256 of another key", lambda ds, other: [ds[1], other[2]]),
    ("SHA-1 wrong, SHA-256 right", lambda ds, other: [wrong(ds[1]), ds[2]]),
    ("SHA-256 right, SHA-384 right", lambda ds, other: [ds[2], ds[4]]),
    ("SHA-256 right, SHA-384 wrong", lambda ds, other: [ds[2], wrong(ds[4])]),
    ("SHA-256 wrong, SHA-384 right", lambda ds, other: [wrong(ds[2]), ds[4]]),
    ("unknown algorithm", lambda ds, other: [with_part(ds[2], 1, 200)]),
    ("unknown digest", lambda ds, other: [with_part(ds[2], 2, 200)]),
    ("unknown algorithm beside the right DS",
     lambda ds, other: [with_part(ds[2], 1, 200), ds[2]]),
    ("unknown digest beside a wrong one", lambda ds, other: [with_part(ds[2], 2, 200), wrong(ds[2])]),
    ("unknown algorithm beside another key's DS",
     lambda ds, other: [with_part(ds[2], 1, 200), other[2]]),
    ("another algorithm", lambda ds, other: [with_part(ds[2], 1, 14 if " 13 " in ds[2] else 13)]),
    ("tag of another key", lambda ds, other: [with_part(ds[2], 0, 4711)]),
]]


def flip_type(kind):
    return lambda case: case.edit(sig(case.denial if kind == "denial" else kind), flip)


def drop_sig(kind):
    return lambda case: case.drop(sig(case.denial if kind == "denial" else kind))


def drop_one_denial(case):
    one = case.rng.choice([r for r in case.records if r.type == case.denial])
    case.drop(lambda r: r.owner == one.owner and r.covers == case.denial)


def flip_one_denial(case):
    one = case.rng.choice([r for r in case.records if r.type == case.denial])
    case.edit(lambda r: r.owner == one.owner and sig(case.denial)(r), flip)


def drop_apex_denial(case):
    if case.denial == "NSEC":
        case.drop(lambda r: r.owner == case.origin and r.covers == "NSEC")
    else:
        case.drop(lambda r: r.type == "NSEC3PARAM")


def strip(case):
    case.drop(lambda r: r.type in ("RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "DNSKEY", "CDS", "CDNSKEY"))


def strip_without_ds(case):
    strip(case)
    case.ds = []


def add_name(case):
    case.records.append(Record("0." + case.origin, "300", "A", "192.0.2.9"))


def add_caa(case):
    case.records.append(Record("0." + case.origin, "300", "CAA", '0 issue "amazon.com"'))
    case.names = ["0"]


def add_token(case):
    owner, _, data = TOKEN.split()
    case.records.append(Record(owner + "." + case.origin, "300", "CNAME", data))
    case.names = [None]


def add_ns(case):
    case.records.append(Record(case.origin, "300", "NS", "ns3." + case.origin))


def reverse(case):
    case.records.reverse()


def shuffle(case):
    case.rng.shuffle(case.records)


def upper(case):
    for record in case.records:
        record.owner = record.owner.upper()


def no_zone_flag(case):
    case.edit(lambda r: r.type == "DNSKEY" and r.data.startswith("257 "),
              lambda data: "1" + data[3:])
    key = [r.data for r in case.records if r.type == "DNSKEY" and r.data.startswith("1 ")][0]
    case.ds = [ds_of(case.origin, key)[2]]


RECORDS = [
    ("intact", lambda case: None),
    ("no DS, expired", lambda case: (setattr(case, "ds", []), expire("SOA")(case))),
    ("not signed", strip),
    ("not signed, no DS", strip_without_ds),
    ("no keys", lambda case: case.drop(lambda r: r.covers == "DNSKEY")),
    ("key set not signed", drop_sig("DNSKEY")),
    ("no zone flag", no_zone_flag),
    ("signing key removed", lambda case: case.drop(
        lambda r: r.type == "DNSKEY" and r.data.startswith("256 "))),
    ("one denial removed", drop_one_denial),
    ("one denial removed, another time", drop_one_denial),
    ("one denial removed, a third time", drop_one_denial),
    ("one denial forged", flip_one_denial),
    ("one denial forged, another time", flip_one_denial),
    ("no denials", lambda case: case.drop(lambda r: r.covers == case.denial)),
    ("no denial at the apex", drop_apex_denial),
    ("CAA changed", lambda case: case.edit(
        lambda r: r.type == "CAA", lambda data: data.replace("amazon.com", "amazonaws.com"))),
    ("SOA changed", lambda case: case.edit(
        lambda r: r.type == "SOA", lambda data: data.replace(" 7200 ", " 7300 "))),
    ("A changed", lambda case: case.edit(
        lambda r: r.type == "A", lambda data: data.replace("192.0.2.", "198.51.100."))),
    ("NS added", add_ns),
    ("name added", add_name),
    ("CAA added", add_caa),
    ("token added", add_token),
    ("order reversed", reverse),
    ("order shuffled", shuffle),
    ("upper case", upper),
] + [("%s %s" % (what, kind), make(kind)) for kind in
     ("SOA", "NS", "DNSKEY", "CAA", "CNAME", "DNAME", "A", "denial")
     for what, make in (("forged", flip_type), ("no signature of", drop_sig))]


def everything(begin, end):
    def change(case):
        case.records = case.sign(begin=begin, end=end)[0]
    return change


def expire(kind, begin=-30 * 86400, end=-86400):
    def change(case):
        if case.spec.signer == "knot":
            return
        case.take(case.sign(begin=begin, end=end)[0], sig(case.denial if kind == "denial" else kind))
    return change


def beside_expired(case):
    case.records += [r for r in case.sign(begin=-30 * 86400, end=-86400)[0] if r.type == "RRSIG"]


def rolled(case):
    case.records = case.sign(number=1)[0]


def revoked(case):
    case.records, _ = case.sign(revoke=True)


def rolling(case):
    """Two versions mixed: the old key set, signatures of new keys."""
    others = case.sign(number=1)[0]
    case.take(others, lambda r: r.type == "RRSIG" and r.covers not in ("DNSKEY",))


def second_algorithm(case):
    case.records = case.sign(second=15 if case.spec.algorithm != 15 else 13)[0]


def second_algorithm_broken(case):
    second_algorithm(case)
    case.edit(lambda r: r.type == "RRSIG" and
              r.data.split()[1] != str(case.spec.algorithm), flip)


def second_algorithm_only(case):
    second_algorithm(case)
    case.drop(lambda r: r.type == "RRSIG" and r.covers != "DNSKEY" and
              r.data.split()[1] == str(case.spec.algorithm))


SIGNED = [
    ("all expired", everything(-30 * 86400, -86400)),
    ("all early", everything(3600, 30 * 86400)),
    ("all expire soon", everything(-3600, 3600)),
    ("expired beside valid", beside_expired),
    ("keys rolled, DS forgotten", rolled),
    ("key revoked", revoked),
    ("signed by keys that are not here", rolling),
    ("two algorithms", second_algorithm),
    ("two algorithms, the second broken", second_algorithm_broken),
    ("two algorithms, the DS's gone", second_algorithm_only),
] + [("expired " + kind, expire(kind)) for kind in
     ("SOA", "NS", "DNSKEY", "CAA", "CNAME", "DNAME", "A", "denial")] + [
    ("early " + kind, expire(kind, 3600, 30 * 86400)) for kind in ("SOA", "CAA", "denial")]


def token(change):
    """The same with a validation record, whose own look-up counts."""
    def wrapped(case):
        case.records = case.sign(extra=TOKEN)[0]
        case.names = [None]
        change(case)
    return wrapped


TOKENS = [("token, " + title, token(change)) for title, change in [
    ("intact", lambda case: None),
    ("forged", flip_type("CNAME")),
    ("without signature", drop_sig("CNAME")),
    ("one denial removed", drop_one_denial),
    ("no denials", lambda case: case.drop(lambda r: r.covers == case.denial)),
]]
