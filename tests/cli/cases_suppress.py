# SPDX-License-Identifier: GPL-2.0-or-later
"""Suppressions in zone files."""

from harness import BROKEN, HEAD, TOKEN, USE, case, has

CAA = '@ CAA 0 issue "letsencrypt.org"'


def lint(t, text, *args, status):
    t.write("example.com.zone", text)
    return t.run("-f", "json", "--rule", "TOK018=off", "example.com.zone", *args, status=status)


@case
def on_the_line_of_the_record(t):
    ran = lint(t, BROKEN.replace(CAA, CAA + " ; acmlint: allow CAA002 -- parked"), status=0)
    assert ran.rules() == []
    assert ran.json["summary"]["suppressed"] == 1
    found = ran.json["zones"][0]["findings"]
    assert [f["rule"] for f in found if f["suppressed"]] == ["CAA002"]


@case
def on_the_line_above(t):
    ran = lint(t, BROKEN.replace(CAA, "; acmlint: allow CAA002 -- parked\n" + CAA), status=0)
    assert ran.rules() == []


@case
def by_name_and_any_case(t):
    ran = lint(t, BROKEN.replace(CAA, CAA + " ; acmlint: allow Caa-Excludes-Amazon -- x"),
               status=0)
    assert ran.rules() == []


@case
def a_list_of_rules(t):
    text = BROKEN.replace(CAA, CAA + " ; acmlint: allow TOK001, CAA002 -- x")
    ran = lint(t, text, status=0)
    assert ran.rules() == [("SYN004", 6)]


@case
def two_lines_above(t):
    above = "; acmlint: allow CAA002 -- parked\n; acmlint: allow TOK017 -- long\n"
    long = CAA.replace("@ CAA", "@ 100000 CAA")
    ran = lint(t, BROKEN.replace(CAA, above + long), status=0)
    assert ran.rules() == []
    assert ran.json["summary"]["suppressed"] == 2


@case
def not_across_another_line(t):
    ran = lint(t, BROKEN.replace(CAA, "; acmlint: allow CAA002 -- parked\n;\n" + CAA), status=1)
    assert ran.rules() == [("SYN004", 6), ("CAA002", 8)]


@case
def a_comment_behind_a_record_speaks_of_no_other(t):
    text = BROKEN.replace("@ NS ns2.example.org.",
                          "@ NS ns2.example.org. ; acmlint: allow CAA002 -- x")
    ran = lint(t, text, status=1)
    assert ran.rules() == [("SYN004", 5), ("CAA002", 6)]


@case
def anywhere_in_a_record_of_several_lines(t):
    for lines in (["@ CAA ( 0 issue{}", '"letsencrypt.org"', ")"],
                  ["@ CAA ( 0 issue", '"letsencrypt.org"{}', ")"],
                  ["@ CAA ( 0 issue", '"letsencrypt.org"', "{}", ")"],
                  ["@ CAA ( 0 issue", '"letsencrypt.org"', "){}"]):
        record = "\n".join(lines).format(" ; acmlint: allow CAA002 -- x")
        ran = lint(t, BROKEN.replace(CAA, record), status=0)
        assert ran.rules() == [], record


@case
def for_the_whole_file(t):
    ran = lint(t, BROKEN + "; acmlint: allow-file CAA002 -- parked\n", status=0)
    assert ran.rules() == []


@case
def of_a_file_only_the_file_it_stands_in(t):
    t.write("inc", CAA + "\n")
    text = HEAD + "; acmlint: allow-file CAA002 -- parked\n$INCLUDE inc\nwww A 192.0.2.1\n" + TOKEN
    ran = lint(t, text, status=1)
    assert sorted(ran.rules()) == [("CAA002", 1), ("SYN004", 6)]
    t.write("inc", CAA + " ; acmlint: allow-file CAA002 -- parked\n")
    ran = lint(t, text.replace("; acmlint", "; no"), status=0)
    assert ran.rules() == []


@case
def without_a_reason_nothing_is_suppressed(t):
    for end in ("", " --", " -- ", " - parked"):
        ran = lint(t, BROKEN.replace(CAA, CAA + " ; acmlint: allow CAA002" + end), status=1)
        assert sorted(ran.rules()) == [("CAA002", 6), ("SYN004", 6)], end
        has(ran.out, "without a reason")


@case
def unused_unknown_and_forbidden_are_reported(t):
    for text, said in (("allow TOK001 -- x", "suppression of TOK001"),
                       ("allow CAA999 -- x", "unknown rule 'CAA999'"),
                       ("allow SYN002 -- x", "SYN002 incomplete-zone cannot be suppressed"),
                       ("allow SYN004 -- x", "SYN004 unused-suppression cannot be suppressed"),
                       ("allow -- x", "names no rule"),
                       ("alow CAA002 -- x", "'alow' is no directive"),
                       ("", "is no directive"),
                       ("allow", "without a reason")):
        ran = lint(t, BROKEN + f"txt TXT x ; acmlint: {text}\n", status=1)
        assert ("SYN004", 9) in ran.rules(), text
        has(ran.out, said)


@case
def unused_is_not_said_of_what_was_not_judged(t):
    text = BROKEN.replace(CAA, CAA + " ; acmlint: allow CAA002 -- x")
    assert lint(t, text, "--rule", "CAA002=off", status=0).rules() == []
    # TOK016 needs a signed zone.
    text = text.replace("www A 192.0.2.1", "www A 192.0.2.1 ; acmlint: allow TOK016 -- x")
    assert lint(t, text, status=0).rules() == []
    ran = lint(t, BROKEN + "; acmlint: allow TOK001 -- x\n$INCLUDE none\n", status=2)
    assert "SYN004" not in [rule for rule, _ in ran.rules()]


@case
def a_mark_in_data_is_no_comment(t):
    ran = lint(t, BROKEN + 'a TXT "; acmlint: allow X"\nb TXT x\\; acmlint: y\n', status=1)
    assert ran.rules() == [("CAA002", 6)]


@case
def level_of_syn004_can_be_set(t):
    text = BROKEN.replace(CAA, CAA + " ; acmlint: allow CAA002 -- x") + "; acmlint: what\n"
    assert lint(t, text, status=0).rules() == [("SYN004", 9)]
    assert lint(t, text, "--rule", "SYN004=off", status=0).rules() == []
    lint(t, text, "--rule", "SYN004=error", status=1)


@case
def suppressed_is_not_printed_but_counted(t):
    t.write("z.zone", BROKEN.replace(CAA, CAA + " ; acmlint: allow CAA002 -- x"))
    ran = t.run("z.zone", "--rule", "TOK018=off", *USE, status=0)
    assert ran.out.count("\n") == 1
    has(ran.out, "1 suppressed")


@case
def very_many_suppressions_end(t):
    many = "".join(f"t{i} TXT x ; acmlint: allow CAA002, TOK001 -- x\n" for i in range(20000))
    ran = lint(t, BROKEN + many, status=1)
    assert ran.json["summary"]["warning"] == 40000
    words = " ".join(["CAA002"] * 50000)
    ran = lint(t, BROKEN.replace(CAA, CAA + f" ; acmlint: allow {words} -- x"), status=0)
    assert ran.json["summary"]["suppressed"] == 1
