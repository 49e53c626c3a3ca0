# SPDX-License-Identifier: GPL-2.0-or-later
"""acmlint rules, acmlint explain, and the pages that are made from them."""

import filecmp
import json
import os

from harness import case, has

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGES = os.path.join(ROOT, "docs", "rules")

MEMBERS = ["id", "name", "severity", "severity_note", "needs", "summary", "why", "fix", "options",
           "inventory", "parent", "good_parent", "baseline", "bad", "good", "sources"]

OPTIONAL = ("baseline", "good_parent", "inventory", "options", "parent", "severity_note")

PROMISED = (["SYN%03d" % i for i in range(1, 5)] + ["TOK%03d" % i for i in range(1, 19)] +
            ["CAA%03d" % i for i in range(1, 14)] + ["SEC%03d" % i for i in range(1, 15)] +
            ["DEL%03d" % i for i in range(1, 6)] +
            ["INV%03d" % i for i in range(1, 10)] + ["MX%03d" % i for i in range(1, 4)] +
            ["MIG%03d" % i for i in range(1, 6)])


def rules(t):
    return json.loads(t.run("rules", "--format", "json", now=False, status=0).raw)


@case
def every_promised_rule_is_there(t):
    assert sorted(r["id"] for r in rules(t)) == sorted(PROMISED)


@case
def ids_and_names_are_unique_and_ordered(t):
    ids = [r["id"] for r in rules(t)]
    assert ids == sorted(ids)
    names = [r["name"] for r in rules(t)]
    assert len(set(names + ids)) == 2 * len(ids)


@case
def every_field_is_filled(t):
    for rule in rules(t):
        assert list(rule) == MEMBERS, rule
        for member in MEMBERS:
            if member not in OPTIONAL:
                assert rule[member], (rule["id"], member)
        assert rule["needs"][0] == "zone"
        assert rule["severity"] in ("error", "warning", "info")
        assert "\n" not in rule["summary"]
        assert rule["bad"].endswith("\n") and rule["good"].endswith("\n"), rule["id"]


@case
def table_in_three_formats(t):
    ids = [r["id"] for r in rules(t)]
    text = t.run("rules", now=False, status=0).out.splitlines()
    assert [line.split()[0] for line in text] == ids
    table = t.run("rules", "-f", "markdown", now=False, status=0).out
    rows = [line for line in table.splitlines() if line.startswith("| [")]
    assert [row[3:row.index("]")] for row in rows] == ids
    # A bar inside a cell would shift the rest of the row.
    for row in rows:
        assert row.replace("\\|", "").count("|") == 6, row


@case
def explain_has_all_headings(t):
    for rule in rules(t):
        for word in (rule["id"], rule["name"].upper()):
            ran = t.run("explain", word, now=False, status=0)
            for heading in ("What", "Why ACM cares", "Bad example", "Good example", "Fix",
                            "Sources"):
                assert f"\n{heading}\n" in ran.out, (word, heading)
            # Zones are shown as they are; everything else keeps the margin.
            assert rule["bad"].splitlines()[0] in ran.out
        page = t.run("explain", "-f", "markdown", rule["id"], now=False, status=0).out
        has(page, f"# {rule['id']} {rule['name']}", "## Why ACM cares", "## Sources")
        one = json.loads(t.run("explain", "-f", "json", rule["id"], now=False, status=0).raw)
        assert one == rule


@case
def explain_refuses_what_it_does_not_know(t):
    has(t.run("explain", "CAA02", now=False, status=3).err, "'CAA02'", "'CAA002'")
    has(t.run("explain", now=False, status=3).err, "no rule given")
    has(t.run("explain", "CAA002", "CAA003", now=False, status=3).err, "one rule at a time")
    has(t.run("explain", "-f", "html", "CAA002", now=False, status=3).err, "text, json, markdown")
    has(t.run("rules", "CAA002", now=False, status=3).err, "acmlint explain CAA002")
    has(t.run("rules", "-f", "x", now=False, status=3).err, "text, json, markdown")
    has(t.run("rules", "--output", "x", now=False, status=3).err, "markdown")
    t.write("file", "")
    has(t.run("rules", "--output", "file/x", "-f", "markdown", now=False, status=2).err, "file/x")


@case
def pages_in_the_repository_are_up_to_date(t):
    t.run("rules", "--format", "markdown", "--output", "pages", now=False, status=0)
    made = sorted(os.listdir(t.path("pages")))
    kept = sorted(os.listdir(PAGES)) if os.path.isdir(PAGES) else []
    again = "make them with: acmlint rules --format markdown --output docs/rules"
    assert made == kept, f"docs/rules holds {len(kept)} pages, not {len(made)}; {again}"
    _, different, broken = filecmp.cmpfiles(t.path("pages"), PAGES, made, shallow=False)
    assert not different and not broken, f"{different + broken} are stale; {again}"
