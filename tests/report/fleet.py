# SPDX-License-Identifier: GPL-2.0-or-later
"""Fleets of zones with all kinds of findings, the same for the same number."""

import json
import os
import random

TOKEN = "_%032x.%s CNAME _%032x.hkmpvcwbzw.acm-validations.aws%s\n"


def zone(rng, name):
    """Text of a zone, and the names of its certificates with their records."""
    lines = ["; %s\n$ORIGIN %s.\n$TTL 3600\n" % (name, name),
             "@ SOA ns1.example.net. hostmaster %d 7200 3600 1209600 300\n" % rng.randint(1, 9999)]
    lines += ["@ NS ns%d.example.net.\n" % i for i in range(1, rng.choice((2, 3, 3, 3, 3)))]
    caa = rng.choice(("amazon.com",) * 6 + ("letsencrypt.org", "Amazon.com", "amazon.de", None))
    if caa:
        lines.append('@ CAA 0 issue "%s"\n' % caa)
    names = []
    for host in rng.sample(("www", "shop", "api", "mail", "cdn", "login"), rng.randint(1, 4)):
        lines.append("%s A 192.0.2.%d\n" % (host, rng.randint(1, 254)))
        token, target = rng.getrandbits(128), rng.getrandbits(128)
        names.append((host + "." + name, token, target))
        kind = rng.random()
        if kind < .05:
            lines.append(TOKEN % (token, host, target, ""))
        elif kind < .08:
            lines.append(TOKEN % (token, host + "." + name, target, "."))
        elif kind > .12:
            lines.append(TOKEN % (token, host, target, "."))
    if rng.random() < .1:
        lines.append("old A 192.0.2.256\n")
    if rng.random() < .1:
        lines.insert(3, "; acmlint: allow-file CAA001 -- <b>parked</b>\n")
    return "".join(lines), names


def make(folder, count):
    """Zones in folder/zones, certificates in folder/acm.json."""
    rng = random.Random(count)
    os.makedirs(os.path.join(folder, "zones"))
    certificates = []
    for i in range(count):
        name = "%s-%d.example" % (rng.choice(("harbour", "meadow", "orchard", "lantern")), i)
        text, names = zone(rng, name)
        with open(os.path.join(folder, "zones", name + ".zone"), "w", encoding="ascii") as file:
            file.write(text)
        if rng.random() < .5:
            certificates.append({"Certificate": {
                "CertificateArn": "arn:aws:acm:eu-west-1:123456789012:certificate/%d" % i,
                "DomainName": names[0][0], "Status": "PENDING_VALIDATION",
                "DomainValidationOptions": [{
                    "DomainName": host, "ValidationStatus": "PENDING_VALIDATION",
                    "ValidationMethod": "DNS", "ResourceRecord": {
                        "Name": "_%032x.%s." % (token, host), "Type": "CNAME",
                        "Value": "_%032x.hkmpvcwbzw.acm-validations.aws." % target}}
                    for host, token, target in names]}})
    with open(os.path.join(folder, "acm.json"), "w", encoding="ascii") as file:
        json.dump(certificates, file)
