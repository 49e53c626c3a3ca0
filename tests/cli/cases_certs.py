# SPDX-License-Identifier: GPL-2.0-or-later
"""acmlint certs: verdicts."""

from harness import BAD, BROKEN, GOOD, TOKEN, case, has
from cases_inventory import RECORD, certificate

PARENT = """\
example.com. 3600 IN NS ns1.example.net.
example.com. 3600 IN NS ns2.example.org.
"""


def verdicts(ran):
    return {c["domain"]: c["verdict"] for c in ran.json["certificates"]}


def one(ran):
    entry, = ran.json["certificates"]
    return entry


@case
def issuable_when_everything_is_known(t):
    t.write("example.com.zone", GOOD + TOKEN)
    t.write("acm.json", certificate("www.example.com"))
    t.write("parent.zone", "$ORIGIN com.\n@ 3600 SOA a b 1 2 3 4 5\n@ 3600 NS a\n" + PARENT)
    ran = t.run("certs", "-f", "json", "--inventory", "acm.json", "--parent", "parent.zone",
                "example.com.zone", status=0)
    entry = one(ran)
    assert entry["verdict"] == "issuable", entry
    assert entry["arn"].endswith("certificate/www.example.com")
    assert entry["reasons"] == [] and entry["unknown"] == []
    assert [s["step"] for s in entry["steps"]] == ["zone", "record", "CAA", "DNSSEC", "delegation"]


@case
def blocked_names_the_rules(t):
    t.write("acm.json", certificate("www.example.com"))
    for zone, reasons in ((BAD + TOKEN, ["CAA002"]), (GOOD, ["INV001"]), (BAD, ["INV001", "CAA002"]),
                          (GOOD + TOKEN.replace("aws.\n", "aws\n"), ["TOK002"]),
                          (GOOD + TOKEN.replace("_424", "_525"), ["INV002"]),
                          (GOOD + "*.www A 192.0.2.1\n", ["INV003"]),
                          (GOOD.replace("0 issue", "128 tbs \"x\"\n@ CAA 0 issue") + TOKEN,
                           ["CAA004"]),
                          (GOOD.replace('"amazon.com"', '"amazon.com, x.org"') + TOKEN,
                           ["CAA005"])):
        t.write("example.com.zone", zone)
        ran = t.run("certs", "-f", "json", "--inventory", "acm.json", "example.com.zone", status=1)
        assert one(ran)["verdict"] == "blocked" and one(ran)["reasons"] == reasons, (zone, ran.out)


@case
def unknown_tells_what_would_settle_it(t):
    t.write("example.com.zone", GOOD.replace("www A 192.0.2.1", "www CNAME d1.cloudfront.net."))
    entry = one(t.run("certs", "-f", "json", "--name", "www.example.com", "example.com.zone",
                      status=0))
    assert entry["verdict"] == "unknown" and entry["arn"] is None
    has("\n".join(entry["unknown"]), "CAA of d1.cloudfront.net.", "DS of example.com.",
        "NS of example.com.")
    t.write("example.com.zone", GOOD.replace("@ CAA", "shop CAA"))
    entry = one(t.run("certs", "-f", "json", "--name", "www.example.com", "example.com.zone",
                      status=0))
    has("\n".join(entry["unknown"]), "zones above example.com.")


@case
def wildcards_have_a_verdict_of_their_own(t):
    t.write("example.com.zone", GOOD.replace("@ CAA", '@ CAA 0 issuewild ";"\n@ CAA'))
    ran = t.run("certs", "-f", "json", "--name", "*.example.com", "--name", "example.com",
                "example.com.zone", status=1)
    assert verdicts(ran) == {"*.example.com": "blocked", "example.com": "unknown"}
    assert ran.json["certificates"][0]["reasons"] == ["CAA003"]


@case
def names_of_tokens_where_nothing_is_asked(t):
    t.write("example.com.zone", BROKEN)
    ran = t.run("certs", "-f", "json", "example.com.zone", status=1)
    assert verdicts(ran) == {"www.example.com": "blocked"}
    assert t.run("-f", "json", "example.com.zone", status=1).json["certificates"] == []


@case
def check_has_the_same_verdicts(t):
    t.write("example.com.zone", BROKEN)
    t.write("acm.json", certificate("www.example.com"))
    for options in (["--inventory", "acm.json"], ["--name", "www.example.com"]):
        ran = t.run("-f", "json", *options, "example.com.zone", status=1)
        certs = t.run("certs", "-f", "json", *options, "example.com.zone", status=1)
        assert ran.raw == certs.raw
        assert one(ran)["reasons"] == ["CAA002"]


@case
def a_severity_that_is_changed_changes_no_verdict(t):
    t.write("example.com.zone", BROKEN)
    t.write("acm.json", certificate("www.example.com"))
    for rule in ("CAA002=off", "CAA002=info"):
        ran = t.run("certs", "-f", "json", "--rule", rule, "--inventory", "acm.json",
                    "example.com.zone", status=1)
        assert one(ran)["reasons"] == ["CAA002"]
    t.write("example.com.zone", GOOD)
    ran = t.run("certs", "-f", "json", "--rule", "INV001=off", "--inventory", "acm.json",
                "example.com.zone", status=1)
    assert one(ran)["reasons"] == ["INV001"]
    t.write("example.com.zone", BAD.replace("@ CAA", "; acmlint: allow CAA002 -- parked\n@ CAA") +
            TOKEN)
    ran = t.run("certs", "-f", "json", "--inventory", "acm.json", "example.com.zone", status=1)
    assert one(ran)["reasons"] == ["CAA002"]


@case
def the_closest_zone_decides(t):
    child = GOOD.replace("example.com.", "shop.example.com.", 1)
    record = dict(RECORD, Name=RECORD["Name"].replace("www", "www.shop"))
    t.write("acm.json", certificate("www.shop.example.com", record=record))
    t.write("a.zone", GOOD + "shop NS ns1.example.net.\n")
    entry = one(t.run("certs", "-f", "json", "--inventory", "acm.json", "a.zone", status=0))
    assert entry["verdict"] == "unknown" and entry["unknown"] == ["the zone file of shop.example.com."]
    t.write("b.zone", child)
    entry = one(t.run("certs", "-f", "json", "--inventory", "acm.json", "a.zone", "b.zone",
                      status=1))
    assert entry["reasons"] == ["INV001"] and entry["file"] == "b.zone"


@case
def names_that_no_zone_holds(t):
    t.write("example.com.zone", GOOD + TOKEN)
    t.write("acm.json", certificate("www.example.com", "www.example.org") +
            certificate("elsewhere.example.net"))
    ran = t.run("certs", "-f", "json", "--inventory", "acm.json", "--name", "foo.test",
                "example.com.zone", status=0)
    assert verdicts(ran) == {"www.example.com": "unknown", "www.example.org": "unknown",
                             "foo.test": "unknown"}
    assert [c["file"] for c in ran.json["certificates"]] == ["example.com.zone", None, None]


@case
def dead_certificates_are_not_asked_about(t):
    t.write("example.com.zone", GOOD)
    for members in ({"Status": "EXPIRED"}, {"Status": "REVOKED"}, {"Type": "IMPORTED"},
                    {"Type": "PRIVATE"}):
        t.write("acm.json", certificate("www.example.com", **members))
        ran = t.run("certs", "-f", "json", "--inventory", "acm.json", "example.com.zone", status=0)
        assert ran.json["certificates"] == []


@case
def exit_statuses(t):
    t.write("blocked.zone", BROKEN)
    t.write("unknown.zone", GOOD + TOKEN)
    t.write("broken.zone", GOOD + "$TTL x\n")
    for args, status in ((["blocked.zone"], 1), (["--fail-on", "never", "blocked.zone"], 0),
                         (["unknown.zone"], 0), (["--fail-on", "warning", "unknown.zone"], 1),
                         (["nowhere.zone"], 2), (["broken.zone"], 2), ([], 3), (["--nme", "x"], 3)):
        t.run("certs", *args, status=status)


@case
def table_for_people(t):
    t.write("example.com.zone", BROKEN)
    ran = t.run("certs", "example.com.zone", status=1)
    lines = ran.out.splitlines()
    assert lines[0] == "www.example.com  blocked"
    has(ran.out, "CAA         blocked", "[CAA002]", "would settle it: --parent")
    assert lines[-1] == "1 name: 0 issuable, 1 blocked, 0 unknown"
    assert not any(line != line.rstrip() for line in lines)
    assert "1 name" not in t.run("certs", "-q", "example.com.zone", status=1).out
    assert "\033[" in t.run("certs", "--color", "always", "example.com.zone", status=1).out
