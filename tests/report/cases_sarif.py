# SPDX-License-Identifier: GPL-2.0-or-later
"""-f sarif: valid by the schema of OASIS, and it says what JSON says."""

import json
import os
import re
import subprocess
from urllib.parse import unquote

import jsonschema

from harness import BROKEN, GOOD, HEAD, NOW, TOKEN, USE, case, has

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(os.path.dirname(HERE), "golden")
LEVEL = {"error": "error", "warning": "warning", "info": "note"}

with open(os.path.join(HERE, "sarif-schema-2.1.0.json"), encoding="utf-8") as schema_file:
    VALIDATOR = jsonschema.Draft4Validator(json.load(schema_file),
                                           format_checker=jsonschema.draft4_format_checker)


def sarif(t, *args, status=None, stdin=None):
    """The one run of a valid log."""
    log = t.run(*args, "-f", "sarif", status=status, stdin=stdin).json
    errors = [f"{list(e.absolute_path)}: {e.message}" for e in VALIDATOR.iter_errors(log)]
    assert not errors, "\n".join(errors[:5])
    assert log["version"] == "2.1.0" and len(log["runs"]) == 1
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert re.fullmatch(r"[0-9a-f]{16}:\d+", result["partialFingerprints"]["acmlint/v1"])
    return run


def utf16(text):
    return len(text.encode("utf-16-le")) // 2


def apply(text, replacements):
    """The text with the replacements of one artifact change; places are of the text before."""
    lines = text.split("\n")

    def offset(line, column):
        at = sum(len(row) + 1 for row in lines[:line - 1])
        row = lines[line - 1] if line <= len(lines) else ""
        units = 0
        for i, char in enumerate(row + "\n"):
            if units == column - 1:
                return at + i
            units += utf16(char)
        raise AssertionError(f"no column {column} in line {line}")

    edits = [(offset(r["deletedRegion"]["startLine"], r["deletedRegion"]["startColumn"]),
              offset(r["deletedRegion"]["endLine"], r["deletedRegion"]["endColumn"]),
              r["insertedContent"]["text"]) for r in replacements]
    assert edits == sorted(edits)
    for start, end, new in reversed(edits):
        text = text[:start] + new + text[end:]
    return text


def records(t, name):
    """The records of a zone, without TTLs, in lower case."""
    done = subprocess.run([t.binary, "export", name], cwd=t.folder, capture_output=True,
                          check=True)
    found = set()
    for line in done.stdout.decode("utf-8", "surrogateescape").splitlines():
        if line and not line.startswith(";"):
            found.add(bare(line))
    return found


def bare(line):
    owner, _, _, kind, data = line.strip().split(" ", 4)
    return " ".join((owner, kind, data)).lower()


@case
def sarif_of_all_goldens_is_valid_and_says_what_json_says(t):
    with open(t.path("names"), "w", encoding="utf-8") as file:
        for folder, _, names in os.walk(GOLDEN):
            file.writelines(os.path.join(folder, n) + "\n" for n in sorted(names)
                            if n.endswith(".zone"))
    args = ("--files-from", "names", "--name", "www.example.com")
    run = sarif(t, *args)
    report = t.run(*args, "-f", "json").json
    found = [f for zone in report["zones"] for f in zone["findings"]]
    assert len(found) > 500 and len(found) == len(run["results"])
    for finding, result in zip(found, run["results"]):
        place = result["locations"][0]["physicalLocation"]
        assert result["ruleId"] == finding["rule"]
        assert result["level"] == LEVEL[finding["severity"]]
        assert result["message"]["text"].split("\nFix: ")[0] == finding["message"]
        assert unquote(place["artifactLocation"]["uri"]) == "file://" + finding["file"]
        assert place.get("region", {"startLine": 0})["startLine"] == finding["line"]
        assert len(result["suppressions"]) == finding["suppressed"]
        assert "baselineState" not in result
    assert len([r for r in run["results"] if "fixes" in r]) > 50
    assert run["properties"]["certificates"] == report["certificates"]
    assert [z["origin"] for z in run["properties"]["zones"]] == [
        z["origin"] for z in report["zones"]]
    prints = [(r["properties"]["zone"], r["partialFingerprints"]["acmlint/v1"], i)
              for i, z in enumerate(report["zones"]) for r in run["results"]
              if r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].endswith(
                  "/" + z["file"].rsplit("/", 1)[1])]
    assert len(prints) >= len(found)


@case
def sarif_tells_of_each_rule(t):
    t.write("example.com.zone", GOOD)
    rules = sarif(t, "example.com.zone")["tool"]["driver"]["rules"]
    table = t.run("rules", "-f", "json", now=False).json
    assert [r["id"] for r in rules] == [r["id"] for r in table]
    for rule, row in zip(rules, table):
        assert rule["name"] == row["name"]
        assert rule["shortDescription"]["text"] == row["summary"]
        assert rule["defaultConfiguration"]["level"] == LEVEL[row["severity"]]
        assert rule["helpUri"].startswith("https://")
        has(rule["help"]["text"], row["why"], row["fix"])
        has(rule["help"]["markdown"], "## Bad example", row["bad"])


@case
def sarif_changes_are_exact(t):
    """Applied to the text, they change the records of the fix and no others."""
    tried = 0
    for name in sorted(os.listdir(GOLDEN)):
        if not name.endswith(".zone") or name.startswith("syn"):
            continue
        with open(os.path.join(GOLDEN, name), encoding="utf-8", newline="",
                  errors="surrogateescape") as file:
            text = file.read()
        if "fix" not in t.run(os.path.join(GOLDEN, name), "-o", "example.com", "-f", "json").out:
            continue
        t.write("example.com.zone", text.encode("utf-8", "surrogateescape"))
        args = ("example.com.zone", "-o", "example.com", "--name", "www.example.com")
        log = t.run(*args, "-f", "sarif").json["runs"][0]
        found = t.run(*args, "-f", "json").json["zones"][0]["findings"]
        before = None
        for finding, result in zip(found, log["results"]):
            if "fixes" not in result:
                continue
            change, = result["fixes"][0]["artifactChanges"]
            assert change["artifactLocation"]["uri"] == "example.com.zone"
            before = before or records(t, "example.com.zone")
            wanted = set(before)
            for edit in finding["fix"]:
                (wanted.add if edit["op"] == "add" else wanted.discard)(bare(edit["record"]))
            t.write("patched.zone", apply(text, change["replacements"]).encode(
                "utf-8", "surrogateescape"))
            got = records(t, "patched.zone")
            assert got == wanted, (name, finding["rule"], got ^ wanted)
            tried += 1
    assert tried > 60, tried


@case
def sarif_counts_columns_in_utf_16(t):
    """A last line without an end is replaced up to its last column."""
    text = HEAD + TOKEN + '@ CAA 0 issue "Amazon.com" ; \U0001d11e ü'
    t.write("example.com.zone", text)
    run = sarif(t, "example.com.zone")
    assert run["columnKind"] == "utf16CodeUnits"
    result, = [r for r in run["results"] if r["ruleId"] == "CAA006"]
    replacements = result["fixes"][0]["artifactChanges"][0]["replacements"]
    last = text.split("\n")[-1]
    assert replacements[-1]["deletedRegion"] == {
        "startLine": 7, "startColumn": 1, "endLine": 7, "endColumn": utf16(last) + 1}
    assert utf16(last) == len(last) + 1
    patched = apply(text, replacements)
    assert patched == text.replace("Amazon", "amazon"), patched


@case
def sarif_offers_no_change_where_it_is_not_exact(t):
    latin = (HEAD + TOKEN + '@ CAA 0 issue "Amazon.com" ; f\xfcr\n').encode("latin-1")
    t.write("example.com.zone", latin)
    assert not [r for r in sarif(t, "example.com.zone")["results"] if "fixes" in r]
    t.write("part.inc", '@ CAA 0 issue "Amazon.com"\n')
    t.write("example.com.zone", HEAD + TOKEN + "$INCLUDE part.inc\n")
    run = sarif(t, "example.com.zone")
    assert run["results"] and not [r for r in run["results"] if "fixes" in r]


@case
def sarif_fingerprints_do_not_depend_on_lines_and_files(t):
    bad = BROKEN + "x A 1\nx A 2\n" + TOKEN.replace(".www", ".shop")
    t.write("example.com.zone", bad)
    t.write("moved/db.example.com", "; a line\n\n" + bad.replace("www A", "; more\n\nwww A"))

    def prints(name):
        return sorted((r["ruleId"], r["partialFingerprints"]["acmlint/v1"])
                      for r in sarif(t, name, status=1)["results"])
    first = prints("example.com.zone")
    assert len(set(first)) == len(first) > 4
    assert prints("moved/db.example.com") == first
    t.write("example.com.zone", bad.replace("_a79865", "_b79865"))
    assert prints("example.com.zone") != first


@case
def sarif_keeps_suppressed_findings_with_their_reason(t):
    t.write("example.com.zone", HEAD + TOKEN
            + '; acmlint: allow CAA002 -- parked, "for now"\n@ CAA 0 issue "letsencrypt.org"\n')
    results = sarif(t, "example.com.zone", status=0)["results"]
    caa, = [r for r in results if r["ruleId"] == "CAA002"]
    assert caa["suppressions"] == [{"kind": "inSource", "justification": 'parked, "for now"'}]
    assert all(r["suppressions"] == [] for r in results if r is not caa)
    found = t.run("example.com.zone", "-f", "json").json["zones"][0]["findings"]
    assert [f["reason"] for f in found if f["suppressed"]] == ['parked, "for now"']
    assert all(f["reason"] is None for f in found if not f["suppressed"])


@case
def sarif_tells_what_the_published_version_has(t):
    t.write("old.zone", BROKEN)
    t.write("example.com.zone", BROKEN + "x A 1\n")
    results = sarif(t, "example.com.zone", "--baseline", "old.zone", status=1)["results"]
    state = {r["ruleId"]: r["baselineState"] for r in results}
    assert state["CAA002"] == "unchanged" and state["SYN001"] == "new", state


@case
def sarif_has_the_verdicts_of_certificates(t):
    t.write("example.com.zone", BROKEN)
    run = sarif(t, "example.com.zone", *USE, status=1)
    assert run["properties"]["now"] == NOW
    certificate, = run["properties"]["certificates"]
    assert (certificate["domain"], certificate["verdict"]) == ("www.example.com", "blocked")
    assert run["properties"]["zones"][0]["skipped"]


@case
def sarif_tells_what_was_not_read(t):
    t.write("a b.zone", GOOD)
    run = sarif(t, "none 100%.zone", "a b.zone", "-o", "example.com", status=2)
    invocation, = run["invocations"]
    assert invocation["executionSuccessful"] is False
    note, = invocation["toolExecutionNotifications"]
    assert note["message"]["text"] == "no such file"
    assert note["locations"][0]["physicalLocation"]["artifactLocation"] == {
        "uri": "none%20100%25.zone", "uriBaseId": "%SRCROOT%"}


@case
def sarif_of_hostile_names_and_bytes(t):
    name = "a:b?#\xff\n\u202e.zone".encode("utf-8") + b"\xfe"
    t.write(os.fsdecode(name), HEAD.encode() + b'x CAA 0 issue "\x1b\xff\xc3\xa4"\n\\"> A 1\n')
    run = sarif(t, os.fsdecode(name), "-o", "example.com", "--name", "x.example.com")
    assert run["results"]
    for result in run["results"]:
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert uri == "a%3Ab%3F%23%C3%BF%0A%E2%80%AE.zone%FE", uri


@case
def sarif_of_standard_input_has_changes_too(t):
    run = sarif(t, "-", "-o", "example.com", stdin=BROKEN.encode(), status=1)
    result, = [r for r in run["results"] if r["ruleId"] == "CAA002"]
    change, = result["fixes"][0]["artifactChanges"]
    has(apply(BROKEN, change["replacements"]), 'issue "amazon.com"')
