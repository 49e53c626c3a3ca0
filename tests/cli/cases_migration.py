# SPDX-License-Identifier: GPL-2.0-or-later
"""--baseline, acmlint diff, and Route 53's JSON in the place of a zone file."""

import json

from harness import BAD, BROKEN, GOOD, HEAD, TOKEN, USE, case, has

NEXT = HEAD.replace("2026112101", "2026112102")
MOVED = NEXT.replace("ns1.example.net.\n", "a.example.com.\n").replace("ns2.example.org", "b.example.com")
KEEPS = '@ CAA 0 issue "amazon.com"\nwww A 192.0.2.1\n'


def findings(ran, zone=0):
    return {(f["rule"], f["new"]) for f in ran.json["zones"][zone]["findings"]}


def sets(*more):
    """A hosted zone as aws route53 list-resource-record-sets prints it."""
    out = [{"Name": "example.com.", "Type": "SOA", "TTL": 900, "ResourceRecords": [
                {"Value": "ns-1.awsdns-01.org. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 300"}]},
           {"Name": "example.com.", "Type": "NS", "TTL": 172800, "ResourceRecords": [
                {"Value": "ns-1.awsdns-01.org."}, {"Value": "ns-2.awsdns-02.net."}]}]
    return json.dumps({"ResourceRecordSets": out + list(more)}, indent=1)


def record(name, kind, value, **more):
    return dict({"Name": name, "Type": kind, "TTL": 300, "ResourceRecords": [{"Value": value}]}, **more)


ACM = record("_a79865eb4cd1a6ab990a45779b4e0b96.www.example.com.", "CNAME",
             "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws")


@case
def findings_of_both_versions_are_not_new(t):
    t.write("old", BAD)
    t.write("example.com.zone", NEXT + '; one line more\n@ CAA 0 issue "letsencrypt.org"\nwww A 192.0.2.1\n')
    ran = t.run("-f", "json", "--baseline", "old", *USE, "example.com.zone", status=1)
    assert findings(ran) == {("CAA002", False)}, ran.out
    text = t.run("--baseline", "old", *USE, "example.com.zone", status=1).out
    has(text, "[CAA002 caa-excludes-amazon]\n", ", 0 new")


@case
def findings_of_the_new_version_alone_are_new(t):
    t.write("old", GOOD)
    t.write("example.com.zone", BAD.replace("2026112101", "2026112102"))
    ran = t.run("-f", "json", "--baseline", "old", *USE, "example.com.zone", status=1)
    assert findings(ran) == {("CAA002", True), ("MIG002", True)}, ran.out
    text = t.run("--baseline", "old", *USE, "example.com.zone", status=1).out
    has(text, "[CAA002 caa-excludes-amazon] (new)", "[MIG002 baseline-caa-lost] (new)", ", 2 new")


@case
def without_a_baseline_nothing_is_new_and_the_rules_are_skipped(t):
    t.write("example.com.zone", BAD)
    ran = t.run("-f", "json", *USE, "example.com.zone", status=1)
    assert findings(ran) == {("CAA002", False)}
    skipped = {(s["rule"], s["needs"]) for s in ran.json["zones"][0]["skipped"]}
    assert {("MIG%03d" % i, "baseline") for i in range(1, 6)} <= skipped


@case
def two_of_a_kind_where_there_was_one_make_one_new(t):
    t.write("old", GOOD + "a A 192.0.2.300\n")
    t.write("example.com.zone", NEXT + KEEPS + "a A 192.0.2.300\na A 192.0.2.301\n")
    ran = t.run("-f", "json", "--baseline", "old", "example.com.zone")
    assert sorted(f["new"] for f in ran.json["zones"][0]["findings"] if f["rule"] == "SYN001") == [
        False, True], ran.out


@case
def baselines_in_a_folder_are_found_by_name(t):
    t.write("old/a.zone", GOOD.replace("example.com", "a.example"))
    t.write("old/b.zone", GOOD.replace("example.com", "b.example") +
            TOKEN.replace("example.com", "b.example"))
    t.write("new/a.zone", NEXT.replace("example.com", "a.example") + KEEPS)
    t.write("new/b.zone", NEXT.replace("example.com", "b.example") + KEEPS)
    t.write("new/c.zone", NEXT.replace("example.com", "c.example") + KEEPS)
    ran = t.run("-f", "json", "--baseline", "old", "new", status=1)
    assert [findings(ran, i) for i in range(3)] == [set(), {("MIG001", True)}, set()], ran.out
    has(ran.err, "new/c.zone: no baseline for c.example.")


@case
def baselines_are_found_by_their_zones_name(t):
    t.write("old/db.one", GOOD.replace("example.com", "a.example"))
    t.write("old/db.two", GOOD.replace("example.com", "b.example") + TOKEN)
    t.write("a.zone", NEXT.replace("example.com", "a.example") + KEEPS)
    t.write("b.zone", NEXT.replace("example.com", "b.example") + KEEPS)
    ran = t.run("-f", "json", "--baseline", "old", "a.zone", "b.zone", status=1)
    assert [findings(ran, i) for i in range(2)] == [set(), {("MIG001", True)}], ran.out
    ran = t.run("-f", "json", "--baseline", "old/db.two", "a.zone", "b.zone", status=1)
    assert [findings(ran, i) for i in range(2)] == [set(), {("MIG001", True)}], ran.out


@case
def a_baseline_that_cannot_be_used_is_an_input_problem(t):
    t.write("example.com.zone", GOOD)
    t.write("other", GOOD.replace("example.com", "example.org"))
    t.write("cut", GOOD + "$INCLUDE nowhere\n")
    t.write("empty", "")
    for file, why in (("other", "another zone's"), ("cut", "to its end"), ("empty", "no records"),
                      ("missing", "no such file"), ("cut.json", "no such file")):
        ran = t.run("-f", "json", "--baseline", file, "example.com.zone", status=2)
        has(ran.json["errors"][0]["message"].lower(), why)
        has(ran.json["errors"][0]["file"], file)


@case
def names_that_are_guessed_do_not_part_the_versions(t):
    plain = GOOD.replace("$ORIGIN example.com.\n", "")
    t.write("old.zone", plain + TOKEN)
    t.write("new.zone", plain.replace("2026112101", "2026112102"))
    has(t.run("diff", "old.zone", "new.zone", status=1).out, "[MIG001", "www.new.")
    t.write("old.zone", GOOD + TOKEN)
    has(t.run("diff", "old.zone", "new.zone", status=1).out, "[MIG001", "www.example.com.")


@case
def baseline_from_a_pipe(t):
    t.write("example.com.zone", NEXT + KEEPS)
    ran = t.run("--baseline", "-", "example.com.zone", stdin=(GOOD + TOKEN).encode(), status=1)
    has(ran.out, "[MIG001 baseline-token-lost] (new)")


@case
def diff_says_what_goes_and_comes(t):
    t.write("old", GOOD + TOKEN)
    t.write("new", NEXT + '@ CAA 0 issue "letsencrypt.org"\nwww A 192.0.2.1\n')
    out = t.run("diff", "old", "new", status=1).out
    has(out, "example.com. serial 2026112101 -> 2026112102", "- token _a79865eb4cd1a6ab990a45779b4e0b96.www",
        "- CAA www.example.com: Amazon was allowed, is denied, by the set of example.com. at new:6",
        "[MIG001 ", "[MIG002 ")
    t.run("diff", "--fail-on", "never", "old", "new", status=0)
    t.run("diff", "--rule", "MIG001=warning", "--rule", "MIG002=off", "old", "new", status=0)
    back = t.run("diff", "new", "old", status=0)
    has(back.out, "serial 2026112102 -> 2026112101, backwards", "+ token", "is allowed", "[MIG005 ")


@case
def diff_of_equal_versions_is_quiet(t):
    t.write("old", GOOD + TOKEN)
    assert t.run("diff", "old", "old", status=0).out == (
        "example.com. serial 2026112101\nACM loses nothing\n")
    assert t.run("diff", "-q", "old", "old", status=0).out == (
        "example.com. serial 2026112101\n")


@case
def diff_as_json(t):
    t.write("old", GOOD + TOKEN)
    t.write("new", MOVED + KEEPS)
    ran = t.run("diff", "-f", "json", "old", "new", status=1)
    zone = ran.json["zones"][0]
    assert ran.json["errors"] == []
    assert zone["old"] == {"file": "old", "serial": 2026112101}
    assert zone["tokens"]["lost"][0]["domain"] == "www.example.com"
    assert zone["ns"] == {"lost": ["ns1.example.net.", "ns2.example.org."],
                          "gained": ["a.example.com.", "b.example.com."]}
    assert {"domain": "www.example.com", "used": True, "old": "allowed", "new": "allowed"} in zone["caa"]
    assert [f["rule"] for f in zone["findings"]] == ["MIG001", "MIG004"]
    assert [s["at"] for s in zone["order"]] == ["2026-11-21T00:00:00Z", "2026-11-21T00:00:00Z",
                                                "2026-11-23T00:00:00Z"]


@case
def diff_prints_the_safe_order_with_the_parents_ttls(t):
    key = "@ DNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==\n"
    t.write("old", GOOD + key)
    t.write("new", MOVED + KEEPS)
    t.write("parent", "example.com. 7200 IN NS ns1.example.net.\nexample.com. 3600 IN DS 2371 13 2 "
            "1F987CC6583E92DF0890718C42A2A5F5B8C2D7C3F4A0A3A4A5A6A7A8A9AAABAC\n")
    out = t.run("diff", "--parent", "parent", "old", "new", status=1).out
    has(out, "[MIG003 ", "[MIG004 ", "  2. 2026-11-21T00:00:00Z  remove the DS",
        "  3. 2026-11-21T01:00:00Z  replace the NS records", "  4. 2026-11-21T03:00:00Z  stop signing",
        "  6. 2026-11-21T03:05:00Z  publish the DS record")
    assert "assumed" not in out, out


@case
def diff_refuses_what_it_cannot_do(t):
    t.write("old", GOOD)
    has(t.run("diff", "old", status=3).err, "two files")
    has(t.run("diff", "old", "old", "old", status=3).err, "two files")
    has(t.run("diff", "-", "-", status=3).err, "standard input")
    has(t.run("diff", "--baseline", "old", "old", "old", status=3).err, "--baseline")
    has(t.run("diff", "old", "nowhere", status=2).err, "nowhere")
    has(t.run("diff", "nowhere", "old", status=2).err, "nowhere")
    has(t.run("diff", "--help", now=False, status=0).out, "OLD NEW")


@case
def route53_json_in_the_place_of_a_zone(t):
    t.write("zone.json", sets(ACM, record("example.com.", "CAA", '0 issue "letsencrypt.org"'),
                              record("www.example.com.", "A", "192.0.2.1")))
    ran = t.run("-f", "json", "zone.json", status=1)
    assert [f["rule"] for f in ran.json["zones"][0]["findings"]] == ["CAA002"], ran.out
    lines = t.path("zone.json")
    with open(lines, encoding="utf-8") as file:
        text = file.read().split("\n")
    line = ran.json["zones"][0]["findings"][0]["line"]
    assert text[line - 1].strip() == "{" and '"CAA"' in text[line + 1], line
    assert ran.json["zones"][0]["origin"] == "example.com."
    t.write("good.json", sets(ACM, record("example.com.", "CAA", '0 issue "amazon.com"')))
    has(t.run("diff", "good.json", "zone.json", status=1).out, "[MIG002 ")
    has(t.run("--baseline", "good.json", "zone.json", status=1).out, "[MIG002 ")
    assert json.loads(t.run("lookup", "good.json", "@", "CAA", now=False).raw)["caa"]["amazon"] == "allowed"


@case
def route53_routing_and_aliases_are_no_faults(t):
    turns = [record("w.example.com.", "CNAME", "x%d.example.net" % i, SetIdentifier=str(i), Weight=i)
             for i in range(3)]
    alias = {"Name": "www.example.com.", "Type": "A", "AliasTarget": {
        "HostedZoneId": "Z2FDTNDATAQYW2", "DNSName": "d111111abcdef8.cloudfront.net.",
        "EvaluateTargetHealth": False}}
    wild = record("\\052.example.com.", "A", "192.0.2.1")
    t.write("zone.json", sets(*turns, alias, wild, ACM, record("example.com.", "CAA", '0 issue "amazon.com"')))
    ran = t.run("-f", "json", "zone.json", status=0)
    assert findings(ran) == set(), ran.out
    answer = json.loads(t.run("lookup", "zone.json", "www", "A", now=False).raw)
    assert answer["answer"] == ["www.example.com. A"]


@case
def record_sets_of_route53_say_nothing_of_its_keys(t):
    t.write("zone.json", sets())
    t.write("parent", "example.com. 86400 IN DS 2371 13 2 "
            "1F987CC6583E92DF0890718C42A2A5F5B8C2D7C3F4A0A3A4A5A6A7A8A9AAABAC\n")
    assert findings(t.run("-f", "json", "--parent", "parent", "zone.json", status=0)) == set()


@case
def exported_zones_are_what_was_exported(t):
    txt = record("t.example.com.", "TXT", '"a;b \\"q\\" \\344 \\050" "zwei"')
    mail = record("example.com.", "MX", "10 mx.example.net")
    t.write("zone.json", sets(ACM, txt, mail, record("\\052.w.example.com.", "A", "192.0.2.1"),
                              record("example.com.", "CAA", '0 issue "amazon.com"')))
    ran = t.run("export", "zone.json", now=False, status=0)
    has(ran.out, "*.w.example.com. 300 IN A 192.0.2.1\n", "MX 10 mx.example.net.\n",
        'TXT "a;b (c) '.replace("(c) ", '\\"q\\" \\228 (" "zwei"\n'))
    t.write("example.com.zone", ran.out)
    has(t.run("diff", "zone.json", "example.com.zone", status=0).out, "ACM loses nothing")
    assert t.run("export", "example.com.zone", now=False, status=0).out == ran.out


@case
def export_says_what_it_leaves_out(t):
    alias = {"Name": "www.example.com.", "Type": "A", "AliasTarget": {"DNSName": "d1.cloudfront.net."}}
    t.write("zone.json", sets(alias, record("a.example.com.", "CNAME", "x.example.net", SetIdentifier="x"),
                              record("a.example.com.", "CNAME", "y.example.net", SetIdentifier="y")))
    ran = t.run("export", "zone.json", now=False, status=1)
    has(ran.out, "; www.example.com. A is an alias of d1.cloudfront.net.: left out",
        "; a.example.com. CNAME takes turns with others as y: left out",
        "a.example.com. 300 IN CNAME x.example.net.\n")
    assert "0.0.0.0" not in ran.out
    has(ran.err, "zone.json:", "left out")


@case
def export_writes_nothing_of_half_a_zone(t):
    t.write("broken.zone", GOOD + "a A 192.0.2.300\n")
    ran = t.run("export", "broken.zone", now=False, status=2)
    assert ran.out == "" and "nothing is written" in ran.err
    t.run("export", "nowhere", now=False, status=2)
    t.run("export", now=False, status=3)


@case
def broken_json_is_said_with_its_line(t):
    text = sets(ACM)
    t.write("example.com.json", text[:text.rindex("CNAME")])
    ran = t.run("-f", "json", "example.com.json", status=2)
    assert [f["rule"] for f in ran.json["zones"][0]["findings"]][0] == "SYN002"
    assert ran.json["zones"][0]["records"] == 0
    has(ran.json["errors"][0]["message"], "broken JSON")
    assert ran.json["errors"][0]["line"] == text[:text.rindex("CNAME")].count("\n") + 1


@case
def json_is_not_patched_as_a_zone(t):
    t.write("zone.json", sets(ACM, record("example.com.", "CAA", '0 issue "letsencrypt.org"')))
    ran = t.run("fix", "zone.json", status=2)
    assert ran.out == "" and "no text of a zone" in ran.err, ran.err
    has(t.run("fix", "--as", "nsupdate", "zone.json", status=0).out, "amazon.com")


@case
def only_new_leaves_out_what_is_published(t):
    t.write("old.zone", BROKEN + "; acmlint: allow SYN001 -- known\nx A 1\n")
    t.write("example.com.zone", BROKEN + "; acmlint: allow SYN001 -- known\nx A 1\ny A 2\n")
    args = ("example.com.zone", "--baseline", "old.zone")
    everything = t.run(*args, "-f", "json", status=1).json
    new = [f for f in everything["zones"][0]["findings"] if f["new"]]
    run = t.run(*args, "--only-new", "-f", "json", status=1).json
    assert run["zones"][0]["findings"] == new and new
    before, after = everything["summary"], run["summary"]
    assert after["known"] == sum(before[s] - after[s] for s in ("error", "warning", "info")) > 0
    assert (before["known"], before["suppressed"], after["suppressed"]) == (0, 1, 0)
    t.write("example.com.zone", BROKEN + "; acmlint: allow SYN001 -- known\nx A 1\n")
    has(t.run(*args, "--only-new", status=0).out, ": 0 errors, 0 warnings, 0 info, 0 new, ",
        " known before\n")


@case
def only_new_of_a_new_zone_is_everything(t):
    for name in ("example.org", "example.net"):
        t.write(f"old/{name}.zone", BROKEN.replace("example.com", name))
    t.write("example.com.zone", BROKEN)
    found = t.run("example.com.zone", "--baseline", "old", "--only-new", "-f", "json", status=1)
    assert ("CAA002", 6) in found.rules()


@case
def only_new_needs_a_baseline(t):
    t.write("example.com.zone", BROKEN)
    has(t.run("example.com.zone", "--only-new", status=3).err, "--only-new needs --baseline")


@case
def only_new_does_not_change_a_verdict(t):
    t.write("example.com.zone", BROKEN)
    run = t.run("certs", "example.com.zone", "--baseline", "example.com.zone", "--only-new",
                "-f", "json", status=1).json
    assert run["certificates"][0]["verdict"] == "blocked" and run["summary"]["error"] == 0
