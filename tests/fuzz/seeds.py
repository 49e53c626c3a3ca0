#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Seeds for a fuzz target, made from the goldens, and the inputs that once broke something.

    seeds.py TARGET FOLDER             writes one file per seed
    seeds.py TARGET FOLDER PROGRAM     and runs PROGRAM once over all of them
"""

import hashlib
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(os.path.dirname(HERE), "golden")
INVENTORIES = (os.path.join(os.path.dirname(HERE), "inventory"), os.path.join(GOLDEN, "inventory"))

CAA_VALUES = [
    b"", b";", b"amazon.com", b"amazon.com.", b"Amazon.com", b" amazon.com ; ", b"amazon.com;a=b",
    b"amazon.com; accounturi=https://a.example/1; validationmethods=dns-01", b"amazon.com; a",
    b"amazon.com, letsencrypt.org", b"https://amazon.com", b"'amazon.com'", b"a" * 300,
    b"amazon.com; a = b ; c=d", b"\x00\xff", b"-a.com", b"a-.com", b"a..com", b"amazon.com;;",
]
CAA_TAGS = [b"issue", b"ISSUE", b"issuewild", b"iodef", b"issuemail", b"x", b"a" * 15, b"a" * 16, b""]


def zones():
    for folder, _, names in sorted(os.walk(GOLDEN)):
        for name in sorted(names):
            if name.endswith(".zone"):
                with open(os.path.join(folder, name), "rb") as file:
                    yield file.read()


def zone_seeds():
    for zone in zones():
        # The first byte chooses how the zone is read; the golden's header is only noise.
        body = re.sub(rb"(?m)^; golden:[^\n]*\n", b"", zone)
        for choice in (b"\x01", b"\x12"):
            yield choice + body


def caa_seeds():
    for flags in (0, 1, 128):
        for tag in CAA_TAGS:
            for value in CAA_VALUES:
                yield bytes([flags, len(tag)]) + tag + value
    yield b""
    yield b"\x00\x05iss"


def inventory_seeds():
    for folder in INVENTORIES:
        for name in sorted(os.listdir(folder)):
            if name.endswith((".json", ".tfstate")):
                with open(os.path.join(folder, name), "rb") as file:
                    yield file.read()


def parent_seeds():
    folder = os.path.join(GOLDEN, "parent")
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            text = file.read()
        yield b"\x00" + text
        yield b"\x03" + text


ROUTE53 = [
    b"[]", b"{}", b"[1]", b"{\"ResourceRecordSets\":{}}", b"{\"ResourceRecordSets\":[]} [", b"[[[[[[[[[[",
    b"{\"IsTruncated\":true,\"ResourceRecordSets\":[]}\n{\"ResourceRecordSets\":[{}]}",
    b"[{\"Name\":\"\\\\052.a.\",\"Type\":\"TXT\",\"ResourceRecords\":[{\"Value\":\"\\\"\\\\344\\\"\"}]}]",
    b"[{\"Name\":\"a.\",\"Type\":\"CNAME\",\"SetIdentifier\":\"x\",\"Weight\":0,\"TTL\":-1,"
    b"\"ResourceRecords\":[{\"Value\":\"@\"}]},{\"Name\":\"b.\",\"Type\":\"A\",\"AliasTarget\":"
    b"{\"DNSName\":\"b.\"}}]",
]


def route53_seeds():
    folder = os.path.join(os.path.dirname(os.path.dirname(HERE)), "examples", "migration")
    texts = list(ROUTE53)
    for name in sorted(os.listdir(folder)):
        if name.endswith(".json"):
            with open(os.path.join(folder, name), "rb") as file:
                texts.append(file.read())
    for text in texts:
        yield b"\x00" + text
        yield b"\x01" + text
        yield b"\x02" + text[:len(text) // 2]


def commit_seeds():
    # Kinds of events: 0 dumped, 1 judged, 2 status, 3 based, 4 answered, 5 rescued, 6 ticked.
    dumped, judged, ticked = b"\x00\x01\x00\x02", b"\x01\x11\x00\x02", b"\x06\x00\x00\x04"
    halted, none, done = b"\x02\x01\x08\x02", b"\x02\x01\x00\x02", b"\x04\x00\x00\x02"
    lost, rescued, bad = b"\x04\x00\x04\x02", b"\x05\x00\x00\x02", b"\x01\x15\x00\x02"
    for rules in range(16):
        head = bytes([rules])
        yield head + dumped + judged + halted + done
        yield head + dumped + bad + halted + done
        yield head + dumped + judged + none + ticked + halted + done
        yield head + dumped + judged + halted + lost + ticked + none + rescued
        yield head + dumped + judged + (none + ticked) * 8 + rescued + ticked + halted + done


def once_broken(target):
    folder = os.path.join(HERE, "broken", target)
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        with open(os.path.join(folder, name), "rb") as file:
            yield file.read()


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    target, folder = sys.argv[1], sys.argv[2]
    os.makedirs(folder, exist_ok=True)
    paths = []
    seeds = {"caa": caa_seeds, "commit": commit_seeds, "inventory": inventory_seeds,
             "parent": parent_seeds, "route53": route53_seeds}.get(target, zone_seeds)
    for seed in list(seeds()) + list(once_broken(target)):
        path = os.path.join(folder, hashlib.sha256(seed).hexdigest()[:20])
        with open(path, "wb") as file:
            file.write(seed)
        paths.append(path)
    if not paths:
        sys.exit("no seeds for %s: are there no goldens?" % target)
    if len(sys.argv) == 4:
        sys.exit(subprocess.run([sys.argv[3]] + paths, check=False).returncode)


if __name__ == "__main__":
    main()
