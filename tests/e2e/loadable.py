# SPDX-License-Identifier: GPL-2.0-or-later
"""What the gate calls loadable, this knotd loads, and nothing else: random zones, many of which its
loader and its semantic checks refuse. In mode log the gate publishes all that is loadable."""

import random
import time

import dns
from server import Server

HASHES = ("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom", "2t7b4g4vsa5smi47k61mv5bv1a22bojr")
OWNERS = ("@", "a", "b", "a.b", "*.b", "c.a.b", "d", "x.d", "y.x.d", "*", "e.e.e")
SIGNATURE = "8 2 60 20300101000000 20200101000000 1 @ AAAA"
RECORDS = (
    "A 192.0.2.1", "A 192.0.2.1", 'TXT "x"', "CNAME t.example.", "CNAME T.Example.",
    "CNAME u.example.", "DNAME t.example.", "DNAME T.example.", "DNAME u.example.",
    "NS ns.example.", "NS in", "DS 1 8 2 00", "DS 1 8 9 0011", "NSEC a A", "RRSIG A " + SIGNATURE,
    "MX 1 m", "61 A 192.0.2.2", "CDS 0 0 0 00", "CDNSKEY 0 3 0 AA==", "KEY 0 3 8 AAAA",
    "TYPE65 \\# 5 0001000001", "TYPE41 \\# 0", "APL", "TYPE65280 \\# 0", 'CH TXT "x"',
    "0 A 192.0.2.1")
SOA = "@ SOA ns.example. h.example. %d 2 3 4 5"


def random_zone(rng):
    lines = []

    def maybe(chance, *choices):
        if rng.random() < chance:
            lines.append(rng.choice(choices))

    maybe(0.97, SOA % 1)
    maybe(0.06, SOA % 1, (SOA % 1).replace("ns", "NS"), SOA % 2)
    maybe(0.9, "@ NS ns.example.")
    for _ in range(rng.randrange(5)):
        lines.append(rng.choice(OWNERS) + " " + rng.choice(RECORDS))
    maybe(0.15, "@ NSEC3PARAM 1 0 0 -", "@ NSEC3PARAM 1 0 10 AABB", "@ NSEC3PARAM 2 0 0 -",
          "@ NSEC3PARAM 1 5 0 -", "@ NSEC3PARAM 1 0 65535 -", "@ NSEC3PARAM 0 0 0 -")
    maybe(0.15, *("%s NSEC3 1 0 0 - %s A" % (owner, HASHES[1])
                  for owner in HASHES + ("a", "@", "short")))
    maybe(0.05, "@ DNAME t.example.")
    maybe(0.03, "bad A 192.0.2.999")
    maybe(0.03, "other.test. A 192.0.2.1")
    rng.shuffle(lines)
    return "$TTL 60\n" + "\n".join(lines) + "\n"


def loads(server, name):
    """Whether the zone is served, once the server knows."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        serial = dns.serial(server.port, name)
        if serial is not None:
            return isinstance(serial, int)
    raise AssertionError("no answer for " + name)


def wait_decided(server, count):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        log = server.log()
        if log.count("] loaded, serial") + log.count("event 'load' failed") >= count:
            return
        time.sleep(0.05)
    raise AssertionError("not all zones were tried")


def run(machine, count):
    seed = random.randrange(1 << 32)
    print("      loadable: %d zones, seed %d" % (count, seed), flush=True)
    rng = random.Random(seed)
    names = ["z%05d.test" % i for i in range(count)]
    texts = {name: random_zone(rng) for name in names}

    plain = Server(machine, zones=names)
    plain.modules = False
    plain.configure()
    gated = Server(machine, zones=names, mode="log")
    for name in names:
        plain.published(name).write_text(texts[name])
        gated.source(name).write_text(texts[name])
    gated.start()
    gated.stop()
    plain.start()
    wait_decided(plain, count)
    different = [name for name in names
                 if gated.published(name).exists() != loads(plain, name)]
    plain.stop()
    for name in different:
        raise AssertionError("%s, seed %d: published %s\n%s%s" % (
            name, seed, gated.published(name).exists(), texts[name],
            "\n".join(line for server in (plain, gated) for line in server.log().splitlines()
                      if name in line)))
    plain.close()
    return gated
