# SPDX-License-Identifier: GPL-2.0-or-later
"""What people do to their zones, and what acmlint live must say of it."""

OWNER = "_a79865eb4cd1a6ab990a45779b4e0b96"
TARGET = "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws."
TOKEN = f"{OWNER}.www CNAME {TARGET}\n"
SITE = "www A 192.0.2.1\n"
AMAZON = '@ CAA 0 issue "amazon.com"\n'
GOOD = SITE + AMAZON + TOKEN
OTHER = GOOD.replace("amazon.com", "letsencrypt.org")


class Scene:
    """One zone, and the certificate for a name in it. rules: all that stand among the reasons."""

    def __init__(self, label, verdict, body, rules=(), **more):
        self.zone = label if label.endswith(".") else label + ".net."
        self.verdict, self.body, self.rules = verdict, body, list(rules)
        self.domain = more.pop("domain", "www") + "." + self.zone.rstrip(".")
        self.owner = more.pop("owner", f"{OWNER}.www") + "." + self.zone
        self.method = more.pop("method", "DNS")
        self.record = more.pop("record", True)      # False: a name, and no certificate yet.
        self.second = more.pop("second", None)      # False: the second server lacks the zone.
        self.child = more.pop("child", None)
        self.ns = more.pop("ns", ("ns-a", "ns-b"))
        self.own_ns = more.pop("own_ns", self.ns)
        self.serials = more.pop("serials", (1, 1))
        self.sign, self.ds = more.pop("sign", None), more.pop("ds", None)
        self.says = more.pop("says", "")            # Stands in the text of a step.
        self.spoils = more.pop("spoils", None)
        assert not more, more

    def spoil(self, record):
        text = record.text()
        return text if self.spoils is None else self.spoils(record, text)

    def certificate(self):
        """As aws acm describe-certificate has it."""
        option = {"DomainName": self.domain, "ValidationMethod": self.method,
                  "ValidationStatus": "SUCCESS"}
        if self.method == "DNS":
            option["ResourceRecord"] = {"Name": self.owner, "Type": "CNAME", "Value": TARGET}
        else:
            option["ValidationDomain"] = self.zone.rstrip(".")
        return {"Certificate": {
            "CertificateArn": f"arn:aws:acm:us-east-1:111122223333:certificate/{self.zone}",
            "DomainName": self.domain, "Status": "ISSUED", "Type": "AMAZON_ISSUED",
            "InUseBy": ["arn:aws:cloudfront::111122223333:distribution/E1"],
            "RenewalEligibility": "ELIGIBLE", "DomainValidationOptions": [option]}}


def bad_signature(record, text):
    """The CAA is another one than what was signed."""
    return text.replace("amazon.com", "amazonaws.com") if record.type == "CAA" else text


HEALTHY = [
    Scene("plain", "issuable", GOOD),
    Scene("no-caa", "issuable", SITE + TOKEN, says="no CAA from the name up to the root"),
    Scene("amazontrust", "issuable", GOOD.replace("amazon.com", "amazontrust.com")),
    Scene("awstrust", "issuable", GOOD.replace("amazon.com", "awstrust.com")),
    Scene("amazonaws", "issuable", GOOD.replace("amazon.com", "amazonaws.com")),
    Scene("two-issuers", "issuable", GOOD + '@ CAA 0 issue "letsencrypt.org"\n'),
    Scene("stripped", "issuable", GOOD.replace(" _424c", " 424c")),
    Scene("two-tokens", "issuable", GOOD + TOKEN.replace("_a7", "_b7").replace("_42", "_52")),
    Scene("serials", "issuable", GOOD, serials=(7, 8), says="has serial 7"),
    Scene("wildcard", "issuable", "* A 192.0.2.1\n@ CAA 0 issue \";\"\n"
          f'@ CAA 0 issuewild "amazon.com"\n{OWNER} CNAME {TARGET}\n', domain="*", owner=OWNER),
    Scene("wildcard-issue", "issuable", f"{AMAZON}{OWNER} CNAME {TARGET}\n", domain="*", owner=OWNER),
    Scene("wildcard-refused", "issuable", GOOD + '@ CAA 0 issuewild ";"\n'),
    Scene("alias", "issuable", "www CNAME plain.net.\n@ CAA 0 issue \";\"\n" + TOKEN),
    Scene("lower-set", "issuable", GOOD.replace("amazon.com", "letsencrypt.org") +
          'www CAA 0 issue "amazon.com"\n'),
    Scene("signed", "issuable", GOOD, sign={}),
    Scene("signed-no-ds", "issuable", GOOD, sign={}, ds=""),
    Scene("signed-no-caa", "issuable", SITE + TOKEN, sign={}),
    Scene("six", "issuable", GOOD, ns=("ns-a6", "ns-b6"), says="2 of 2 answer"),
    Scene("in-child", "issuable", AMAZON + "child NS ns-a.net.\nchild NS ns-b.net.\n",
          child=f"www A 192.0.2.1\n{OWNER}.www CNAME {TARGET}\n", domain="www.child",
          owner=f"{OWNER}.www.child"),
    Scene("caa-above-own.org.", "issuable", GOOD),
    Scene("new-name", "issuable", SITE + AMAZON, record=False),
]

MISTAKES = [
    Scene("doubled", "blocked", SITE + AMAZON + f"{OWNER}.www.doubled.net CNAME {TARGET}\n",
          ["INV001"]),
    Scene("relative", "blocked", GOOD.replace("aws.\n", "aws\n"), ["TOK002"]),
    Scene("no-underscore", "blocked", GOOD.replace("_a7", "a7"), ["INV001"]),
    Scene("stray", "blocked", GOOD.replace(" _424c", " n_424c"), ["TOK004"]),
    Scene("singular", "blocked", GOOD.replace("validations.aws", "validation.aws"), ["TOK003"]),
    Scene("below-cut", "blocked", SITE + AMAZON + "child NS ns-a.net.\nchild NS ns-b.net.\n"
          f"{OWNER}.www.child CNAME {TARGET}\n", ["INV001"], child=SITE, domain="www.child",
          owner=f"{OWNER}.www.child"),
    Scene("as-txt", "blocked", SITE + AMAZON + f"{OWNER}.www TXT {TARGET}\n", ["TOK011"]),
    Scene("another", "blocked", GOOD.replace("_424c", "_524c"), ["INV002"]),
    Scene("missing", "blocked", SITE + AMAZON, ["INV001"]),
    Scene("by-wildcard", "blocked", AMAZON + "www A 192.0.2.1\n*.www CNAME www.plain.net.\n",
          ["INV002"]),
    Scene("flattened", "blocked", SITE + AMAZON + f"{OWNER}.www A 192.0.2.1\n", ["INV001"]),
    Scene("star-left", "blocked", f"{AMAZON}{OWNER}.* CNAME {TARGET}\n", ["INV001"], domain="*",
          owner=OWNER),
    Scene("dname", "blocked", AMAZON + "sub DNAME elsewhere.plain.net.\n", ["INV001"],
          domain="www.sub", owner=f"{OWNER}.www.sub"),
    Scene("stale-token", "blocked", GOOD, ["INV001"], second=SITE + AMAZON, serials=(2, 1),
          says="ns-b.net (198.51.100.4): "),
    Scene("stale-caa", "blocked", GOOD, ["CAA002"], second=OTHER, serials=(2, 1),
          says="ns-b.net (198.51.100.4): "),
    Scene("stale-first", "blocked", SITE + AMAZON, ["INV001"], second=GOOD, serials=(1, 2),
          says="ns-a.net (198.51.100.3): "),
    Scene("duplicate", "blocked", SITE + AMAZON, ["INV001"], second=GOOD, ns=("ns-a",)),
    Scene("ns-differ", "blocked", GOOD, ["DEL001"], ns=("ns-a",), own_ns=("ns-b",)),
    Scene("lame", "blocked", False, ["DEL001"], second=False, says="does not serve the zone"),
    Scene("lame-tld", "blocked", False, ["DEL001"], second=False, ns=("ns-tld",)),
    Scene("no-address", "blocked", False, ["INV001"], second=False, ns=("ns-missing",)),
    Scene("one-lame", "issuable", GOOD, second=False, says="1 of 2 answer for the zone; ns-b.net"),
    Scene("excluded", "blocked", OTHER, ["CAA002"]),
    Scene("nobody", "blocked", GOOD.replace("amazon.com", ";"), ["CAA002"]),
    Scene("near-miss", "blocked", GOOD.replace("amazon.com", "aws.com"), ["CAA002"]),
    Scene("final-dot", "blocked", GOOD.replace("amazon.com", "amazon.com."), ["CAA005"]),
    Scene("critical", "blocked", GOOD + '@ CAA 128 strange "x"\n', ["CAA004"]),
    Scene("wild-excluded", "blocked", f"{AMAZON}@ CAA 0 issuewild \";\"\n{OWNER} CNAME {TARGET}\n",
          ["CAA003"], domain="*", owner=OWNER),
    Scene("override", "blocked", GOOD + 'www CAA 0 issue "letsencrypt.org"\n', ["CAA002"]),
    Scene("alias-excluded", "blocked", "www CNAME excluded.net.\n" + AMAZON +
          TOKEN, ["CAA009"]),
    Scene("caa-above.org.", "blocked", SITE + TOKEN, ["CAA002"]),
    Scene("bogus", "blocked", GOOD, ["SEC009"], sign={}, spoils=bad_signature),
    Scene("expired", "blocked", GOOD, ["SEC008"], sign={"begin": -20 * 86400, "end": -10 * 86400}),
    Scene("ds-left", "blocked", GOOD, ["SEC001"],
          ds=f"ds-left.net. DS 12345 13 2 {'ab' * 32}\n"),
    Scene("ds-other", "blocked", GOOD, ["SEC002"], sign={},
          ds=f"ds-other.net. DS 12345 13 2 {'ab' * 32}\n"),
    Scene("mail", "unknown", AMAZON + "@ MX 10 mx.plain.net.\n" + SITE, method="EMAIL"),
    Scene("mail-null", "blocked", AMAZON + "@ MX 0 .\n" + SITE, ["MX001"], method="EMAIL"),
]

# Servers that behave badly, each beside a good one, and alone. A resolver may ask the one that lets
# it wait and have no answer in time; what must not come out is "blocked".
DOUBT = "issuable|unknown"
BAD = [
    Scene("slow", DOUBT, GOOD, ns=("ns-a", "ns-slow"), says="does not answer in time"),
    Scene("silent", DOUBT, GOOD, ns=("ns-a", "ns-silent"), says="does not answer in time"),
    Scene("nobody-there", "issuable", GOOD, ns=("ns-a", "ns-nobody"), says="ns-nobody.net"),
    Scene("garbage", "issuable", GOOD, ns=("ns-a", "ns-garbage"), says="ns-garbage.net"),
    Scene("truncating", "issuable", GOOD, ns=("ns-a", "ns-truncating"), says="2 of 2 answer"),
    Scene("endless", DOUBT, GOOD, ns=("ns-a", "ns-endless"), says="does not answer in time"),
    Scene("hangup", "issuable", GOOD, ns=("ns-a", "ns-hangup"), says="cannot be reached"),
    Scene("servfail", "issuable", GOOD, ns=("ns-a", "ns-servfail"), says="fails to answer"),
    Scene("lying", "issuable", GOOD, ns=("ns-a", "ns-lying"), says="ns-lying.net"),
    Scene("chaos", DOUBT, GOOD, ns=("ns-a", "ns-chaos"), says="with what is no answer"),
    Scene("flooding", "issuable", GOOD, ns=("ns-a", "ns-flooding"),
          says="more than acmlint listens to"),
    Scene("only-chaos", "blocked", GOOD, ["DEL001"], ns=("ns-chaos",)),
    Scene("only-silent", "unknown", False, ns=("ns-silent",), second=False),
    Scene("only-lying", "blocked", OTHER, ["INV001"], ns=("ns-lying",)),
    Scene("only-servfail", "blocked", GOOD, ["INV001"], ns=("ns-servfail",),
          says="0 of 1 answer for the zone"),
    Scene("only-servfail-name", "unknown", GOOD, ns=("ns-servfail",), record=False),
]

# Put right while acmlint waits.
WAITS = Scene("waits", "blocked", OTHER, ["CAA002"], ns=("ns-a",), second=False, record=False)
# A zone of two names, one of which has its record.
MANY = Scene("many", "issuable", GOOD)
