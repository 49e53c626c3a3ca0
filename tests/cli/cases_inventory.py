# SPDX-License-Identifier: GPL-2.0-or-later
"""--inventory: what is read, from where, and what happens when it cannot be."""

import json
import os

from harness import GOOD, HEAD, TOKEN, case, has

RECORD = {"Name": "_a79865eb4cd1a6ab990a45779b4e0b96.www.example.com.", "Type": "CNAME",
          "Value": "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws."}


def certificate(*names, record=RECORD, **members):
    """A certificate as describe-certificate shows it, as text."""
    options = [{"DomainName": name, "ValidationMethod": "DNS", "ResourceRecord": record}
               for name in names]
    detail = {"CertificateArn": "arn:aws:acm:eu-west-1:111122223333:certificate/" + names[0],
              "DomainName": names[0], "SubjectAlternativeNames": list(names), "Status": "ISSUED",
              "Type": "AMAZON_ISSUED", "DomainValidationOptions": options}
    detail.update(members)
    return json.dumps({"Certificate": detail}, indent=1)


def files(t, zone=GOOD):
    t.write("example.com.zone", zone)
    t.write("acm.json", certificate("www.example.com"))


def skipped(ran, zone=0):
    return {s["rule"]: s["needs"] for s in ran.json["zones"][zone]["skipped"]}


@case
def a_missing_record_is_an_error_with_its_edit(t):
    files(t)
    ran = t.run("-f", "json", "--inventory", "acm.json", "example.com.zone", status=1)
    finding, = ran.json["zones"][0]["findings"]
    assert finding["rule"] == "INV001" and finding["domain"] == "www.example.com"
    assert finding["fix"] == [{"op": "add", "record": RECORD["Name"] + " 300 IN CNAME " +
                               RECORD["Value"]}]
    t.write("example.com.zone", GOOD + TOKEN)
    t.run("--inventory", "acm.json", "example.com.zone", status=0)


@case
def without_it_its_rules_are_skipped(t):
    files(t)
    ran = t.run("-f", "json", "example.com.zone", status=0)
    wanted = {rule: needs for rule, needs in skipped(ran).items() if rule[:2] in ("IN", "MX")}
    assert len(wanted) == 12 and set(wanted.values()) == {"inventory"}, wanted


@case
def a_broken_one_is_an_input_that_cannot_be_read(t):
    files(t)
    for text, *said in (('{"Certificate": ', "broken.json:1: column"), ("", "no JSON"),
                        ('{\n "a": 1,\n "a": 2}', "broken.json:3: column 4"),
                        ("[" * 100000, "column 20"), ('{"HostedZones": []}', "neither"),
                        ('{"Certificate": {"DomainName": "a..b"}}', "no domain name"),
                        (b"\xff\xfe{\x00}\x00", "UTF-16"), (b"\x00", "column 1")):
        t.write("broken.json", text)
        ran = t.run("-f", "json", "--inventory", "acm.json", "--inventory", "broken.json",
                    "example.com.zone", status=2)
        has(ran.err, *said, "the inventory is left out")
        assert skipped(ran)["INV001"] == "inventory", "half an inventory was used"
        error, = ran.json["errors"]
        assert error["file"] == "broken.json"


@case
def files_that_are_not_there(t):
    files(t)
    os.mkdir(t.path("empty"))
    for path, said in (("nowhere.json", "no such file"), ("empty", "holds no *.json"),
                       ("/dev/null", "not a regular file")):
        ran = t.run("-f", "json", "--inventory", path, "example.com.zone", status=2)
        has(ran.err, path, said)
        assert "INV001" in skipped(ran)
    has(t.run("--inventory", "", "example.com.zone", status=3).err, "no file is named")


@case
def a_folder_is_read_with_all_its_json(t):
    files(t)
    t.write("acm/b.json", certificate("www.example.com"))
    t.write("acm/a.tfstate", json.dumps({"version": 4, "resources": []}))
    t.write("acm/notes.json", "{}")
    t.write("acm/.hidden.json", "broken")
    t.write("acm/notes.txt", "broken")
    ran = t.run("-f", "json", "--inventory", "acm", "example.com.zone", status=1)
    assert [rule for rule, _ in ran.rules()] == ["INV001"]
    t.write("acm/c.json", "broken")
    has(t.run("--inventory", "acm", "example.com.zone", status=2).err, "acm/c.json:1:")


@case
def a_folder_that_names_no_certificate_is_partial(t):
    files(t)
    t.write("acm/notes.json", "{}")
    ran = t.run("-f", "json", "--inventory", "acm", "--name", "www.example.com",
                "example.com.zone", status=0)
    assert [rule for rule, _ in ran.rules()] == ["INV009"]


@case
def a_pipe_and_standard_output_of_other_tools(t):
    files(t)
    read, write = os.pipe()
    os.write(write, certificate("www.example.com").encode())
    os.close(write)
    t.write("fifo", "")
    os.remove(t.path("fifo"))
    os.mkfifo(t.path("fifo"))
    pid = os.fork()
    if pid == 0:
        with open(t.path("fifo"), "w", encoding="ascii") as fifo:
            fifo.write(certificate("www.example.com"))
        os._exit(0)
    ran = t.run("-f", "json", "--inventory", "fifo", "example.com.zone", status=1)
    os.waitpid(pid, 0)
    os.close(read)
    assert [rule for rule, _ in ran.rules()] == ["INV001"]


@case
def the_configuration_file_names_it_from_its_own_folder(t):
    files(t)
    t.write("acm/cert.json", certificate("www.example.com"))
    t.write(".acmlint.conf", "acmlint:\n    inventory: [acm]\n    inventory-complete: on\n")
    os.mkdir(t.path(".git"))
    t.write("zones/example.com.zone", GOOD)
    for folder, zone in (("", "example.com.zone"), ("zones", "example.com.zone")):
        ran = t.run("-f", "json", zone, status=1, cwd=t.path(folder))
        assert [rule for rule, _ in ran.rules()] == ["INV001"], folder
        assert "INV005" not in skipped(ran)


@case
def complete_makes_tokens_stale(t):
    files(t, GOOD + TOKEN)
    t.write("acm.json", certificate("other.example.org", record=None))
    options = ["-f", "json", "--inventory", "acm.json", "example.com.zone"]
    assert skipped(t.run(*options, status=0))["INV005"] == "complete inventory"
    ran = t.run("--inventory-complete", *options, status=0)
    assert [rule for rule, _ in ran.rules()] == ["INV005"]


@case
def zones_of_one_run_know_whose_records_they_are(t):
    child = GOOD.replace("example.com.", "shop.example.com.", 1)
    record = dict(RECORD, Name=RECORD["Name"].replace("www", "www.shop"))
    t.write("example.com.zone", GOOD + "shop NS ns1.example.net.\nshop NS ns2.example.org.\n")
    t.write("acm.json", certificate("www.shop.example.com", record=record))
    options = ["-f", "json", "--inventory", "acm.json", "example.com.zone"]
    ran = t.run(*options, status=0)
    assert [(f["rule"], f["severity"]) for f in ran.json["zones"][0]["findings"]] == \
        [("INV004", "warning")]
    t.write("shop.example.com.zone", child)
    ran = t.run(*options, "shop.example.com.zone", status=1)
    assert [(f["rule"], f["severity"]) for f in ran.json["zones"][0]["findings"]] == \
        [("INV004", "info")]
    assert [rule for rule, _ in ran.rules(1)] == ["INV001"]


@case
def many_zones_and_a_large_inventory(t):
    names = [f"host{i}.zone{i % 40}.example" for i in range(4000)]
    listed = [{"CertificateArn": f"arn:aws:acm:eu-west-1:1:certificate/{i}", "DomainName": name,
               "Status": "ISSUED", "KeyAlgorithm": "EC_prime256v1"} for i, name in enumerate(names)]
    t.write("list.json", json.dumps({"CertificateSummaryList": listed}))
    for i in range(40):
        t.write(f"zones/zone{i}.example.zone", HEAD.replace("example.com.", f"zone{i}.example.") +
                '@ CAA 0 issue "letsencrypt.org"\n')
    ran = t.run("-f", "json", "--inventory", "list.json", "zones", status=1)
    for zone in range(40):
        assert sum(rule == "CAA002" for rule, _ in ran.rules(zone)) == 100
    assert len(ran.json["certificates"]) == 4000
    again = t.run("-f", "json", "-j", "1", "--inventory", "list.json", "zones", status=1)
    assert ran.raw == again.raw
