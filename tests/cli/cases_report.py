# SPDX-License-Identifier: GPL-2.0-or-later
"""The reports: text and JSON, and what happens when they cannot be written."""

import os
import re
import subprocess

from harness import BAD, BROKEN, GOOD, NOW, USE, case, has

FINDING = {"rule": str, "name": str, "severity": str, "file": str, "line": int, "owner": str,
           "type": str, "message": str, "domain": (str, type(None)), "new": bool,
           "suppressed": bool, "fix": list}


@case
def json_has_every_promised_member(t):
    t.write("example.com.zone", BROKEN)
    ran = t.run("example.com.zone", "none.zone", "-f", "json", status=2)
    run = ran.json
    assert list(run) == ["acmlint", "now", "zones", "certificates", "errors", "summary"]
    assert run["now"] == NOW
    assert re.fullmatch(r"\d+\.\d+\.\d+", run["acmlint"])
    assert run["certificates"] == []
    zone = run["zones"][0]
    assert zone["file"] == "example.com.zone"
    assert zone["origin"] == "example.com."
    assert zone["serial"] == 2026112101
    assert zone["records"] == 6
    assert zone["complete"] is True
    for finding in zone["findings"]:
        for member, kind in FINDING.items():
            assert isinstance(finding[member], kind), (member, finding)
    caa = [f for f in zone["findings"] if f["rule"] == "CAA002"][0]
    assert caa["name"] == "caa-excludes-amazon"
    assert caa["severity"] == "error"
    assert (caa["line"], caa["owner"], caa["type"]) == (6, "example.com.", "CAA")
    assert caa["domain"] == "www.example.com"
    for edit in caa["fix"]:
        assert edit["op"] in ("add", "remove")
        assert isinstance(edit["record"], str)
    for skip in zone["skipped"]:
        assert set(skip) == {"rule", "needs"}
    assert run["errors"] == [{"file": "none.zone", "line": 0, "message": "no such file"}]
    count = {"zones": 1, "error": 0, "warning": 0, "info": 0, "suppressed": 0, "known": 0}
    for finding in zone["findings"]:
        count[finding["severity"]] += 1
    assert run["summary"] == count
    assert ran.out.endswith("}\n")


@case
def json_without_a_serial(t):
    t.write("example.com.zone", "www A 192.0.2.1\n")
    zone = t.run("example.com.zone", "-f", "json").json["zones"][0]
    assert zone["serial"] is None


@case
def json_is_written_for_no_zone_at_all(t):
    run = t.run("none.zone", "-f", "json", status=2).json
    assert run["zones"] == []
    assert run["summary"]["zones"] == 0


@case
def findings_are_sorted(t):
    t.write("example.com.zone", BROKEN + "x A 1\n" * 20 + BROKEN.splitlines()[-1] + "2\n")
    found = t.run("example.com.zone", "-f", "json", status=1).json["zones"][0]["findings"]
    keys = [(f["file"], f["line"], f["owner"], f["rule"]) for f in found]
    assert keys == sorted(keys)
    assert len(keys) > 20


@case
def twice_the_same_bytes(t):
    t.write("example.com.zone", BROKEN + "x A 1\n" * 20)
    for form in ("text", "json"):
        assert t.run("example.com.zone", "-f", form).raw == t.run("example.com.zone", "-f",
                                                                  form).raw


@case
def text_is_what_editors_follow(t):
    t.write("example.com.zone", BAD)
    lines = t.run("example.com.zone", *USE, status=1).out.splitlines()
    assert re.fullmatch(r"example\.com\.zone:6: error: [^A-Z].*[^.] \[CAA002 caa-excludes-amazon\]",
                        lines[0]), lines[0]
    assert lines[1].startswith("    fix: "), lines[1]
    assert lines[-1] == "1 zone, 5 records: 1 error, 0 warnings, 0 info", lines[-1]
    for line in lines[2:-1]:
        assert line.startswith("         "), line


@case
def an_issuer_is_named_once(t):
    again = '@ CAA 0 issue "letsencrypt.org; validationmethods=dns-01"\n'
    t.write("example.com.zone", BAD + again + '@ CAA 0 issue "encrypt.org"\n' + again)
    out = t.run("example.com.zone", *USE, status=1).out
    assert "lets only letsencrypt.org, encrypt.org issue" in out, out


@case
def text_of_a_clean_zone_is_the_count(t):
    t.write("example.com.zone", GOOD)
    out = t.run("example.com.zone", *USE, status=0).out
    assert out == "1 zone, 5 records: 0 errors, 0 warnings, 0 info\n", out


@case
def a_full_disk_is_an_error(t):
    t.write("example.com.zone", GOOD)
    for args in (["example.com.zone"], ["example.com.zone", "-f", "json"], ["rules"],
                 ["example.com.zone", "-f", "sarif"], ["example.com.zone", "-f", "html"],
                 ["example.com.zone", "-f", "github"], ["completion", "bash"], ["manual"],
                 ["rules", "-f", "json"], ["explain", "CAA002"], ["--version"], ["--help"],
                 ["lookup", "example.com.zone", "www", "A"], ["check", "--help"]):
        with open("/dev/full", "wb") as full:
            ran = t.run(*args, now="example.com.zone" == args[0], stdout=full, status=2)
        has(ran.err, "could not be written", "No space left")


@case
def a_closed_pipe_is_an_error(t):
    t.write("example.com.zone", GOOD)
    for args in (["example.com.zone"], ["rules", "-f", "json"]):
        read, write = os.pipe()
        os.close(read)
        with os.fdopen(write, "wb") as pipe:
            ran = t.run(*args, now=False, stdout=pipe, status=2)
        has(ran.err, "could not be written", "Broken pipe")


@case
def closed_descriptors_do_no_harm(t):
    t.write("example.com.zone", GOOD)
    for closed in (">&-", "<&- >&-", "<&- >&- 2>&-"):
        done = subprocess.run(["sh", "-c", f'"$0" example.com.zone {closed}', t.binary],
                              cwd=t.folder, capture_output=True, check=False)
        assert done.returncode == 2, (closed, done)
    done = subprocess.run(["sh", "-c", '"$0" example.com.zone 2>&-', t.binary], cwd=t.folder,
                          capture_output=True, check=False)
    assert done.returncode == 0, done
    done = subprocess.run(["sh", "-c", '"$0" - <&-', t.binary], cwd=t.folder,
                          capture_output=True, check=False)
    assert done.returncode == 2, done
    with open(t.path("example.com.zone"), encoding="utf-8") as file:
        assert file.read() == GOOD


@case
def a_large_report_that_is_cut_does_not_look_whole(t):
    t.write("example.com.zone", GOOD + "x TXT y ; acmlint: allow CAA002 -- z\n" * 10000)
    for form in ("json", "text"):
        done = subprocess.run(
            ["sh", "-c", f'"$0" example.com.zone -f {form}; echo $? >status', t.binary],
            cwd=t.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        assert len(done.stdout) > 1000000
        done = subprocess.run(
            ["sh", "-c", f'("$0" example.com.zone -f {form}; echo $? >status) | head -c 1000',
             t.binary], cwd=t.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        with open(t.path("status"), encoding="ascii") as file:
            assert file.read() == "2\n"
        assert b"summary" not in done.stdout and b"1 zone" not in done.stdout
