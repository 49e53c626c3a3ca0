# SPDX-License-Identifier: GPL-2.0-or-later
"""The configuration file."""

import os

from harness import BAD, BROKEN, GOOD, USE, case, has


def broken(t):
    t.write("example.com.zone", BROKEN)
    return ["example.com.zone", "-f", "json"]


@case
def is_found_in_the_working_directory(t):
    t.write(".acmlint.conf", "acmlint:\n    rule: [CAA002=off, TOK018=off]\n")
    assert t.run(*broken(t), status=0).rules() == []


@case
def is_found_above_up_to_the_repository(t):
    t.write(".acmlint.conf", "acmlint:\n    rule: CAA002=off\n")
    t.write("repo/sub/example.com.zone", BROKEN)
    run = lambda folder: t.run("example.com.zone" if folder == "repo/sub" else
                               "sub/example.com.zone", cwd=t.path(folder))
    # Without a repository only the working directory counts.
    assert run("repo/sub").status == 1
    os.mkdir(t.path("repo/.git"))
    assert run("repo/sub").status == 1
    t.write("repo/.acmlint.conf", "acmlint:\n    rule: CAA002=off\n")
    assert run("repo/sub").status == 0
    assert run("repo").status == 0
    # The nearest one wins.
    t.write("repo/sub/.acmlint.conf", "acmlint:\n    fail-on: error\n")
    assert run("repo/sub").status == 1


@case
def a_worktree_has_a_file_named_git(t):
    t.write("repo/.git", "gitdir: elsewhere\n")
    t.write("repo/.acmlint.conf", "acmlint:\n    rule: CAA002=off\n")
    t.write("repo/sub/example.com.zone", BROKEN)
    t.run("example.com.zone", cwd=t.path("repo/sub"), status=0)


@case
def can_be_named(t):
    t.write("my.conf", "acmlint:\n    rule: CAA002=off\n")
    args = broken(t)
    t.run(*args, "-c", "my.conf", status=0)
    t.run(*args, "--config=my.conf", status=0)
    t.write(".acmlint.conf", "acmlint:\n    rule: CAA002=off\n")
    t.run(*args, "-c", "/dev/null", status=1)
    has(t.run(*args, "-c", "none.conf", status=3).err, "none.conf")
    has(t.run(*args, "-c", ".", status=3).err, "cannot be read")


@case
def the_command_line_wins(t):
    t.write(".acmlint.conf", "acmlint:\n    rule: CAA002=off\n    fail-on: never\n"
                             "    no-include: on\n    require-caa: on\n")
    args = broken(t)
    t.run(*args, status=0)
    t.run(*args, "--rule", "CAA002=error", status=0)
    t.run(*args, "--rule", "CAA002=error", "--fail-on", "error", status=1)
    t.write("inc", "a A 192.0.2.1\n")
    t.write("i.zone", GOOD + "$INCLUDE inc\n")
    t.run("i.zone", status=2)
    t.run("i.zone", "--no-include=off", status=0)


@case
def every_key_works(t):
    t.write("c", "# comment\nacmlint:\n    fail-on: warning  # and one here\n"
                 "    require-caa: off\n    name: [www.example.com, \"*.example.com\"]\n"
                 "    name: example.com\n    rule: [TOK018=off]\n    signed: no\n"
                 "    no-include: off\n")
    t.write("example.com.zone", BAD)
    ran = t.run("example.com.zone", "-c", "c", "-f", "json", status=1)
    assert "CAA002" in [rule for rule, _ in ran.rules()]


@case
def names_of_file_and_command_line_add_up(t):
    t.write(".acmlint.conf", "acmlint:\n    name: www.example.com\n")
    t.write("example.com.zone", BAD)
    ran = t.run("example.com.zone", "--name", "www.example.net", status=1)
    has(ran.err, "www.example.net belongs to no zone")


@case
def mistakes_are_named_with_file_and_line(t):
    t.write("example.com.zone", GOOD)
    for text, *said in (
            ("acmlint:\n    fail-no: error\n", "c:2:", "'fail-no'", "fail-on"),
            ("acmlint:\n    fail-on: eror\n", "c:2:", "'eror' is none of error"),
            ("acmlint:\n    fail-on: [error, info]\n", "c:2:", "more than one value"),
            ("acmlint:\n    fail-on: error\n    fail-on: info\n", "c:3:", "more than one"),
            ("acmlint:\n\n    progress: /etc\n", "c:3:", "not supported by this version"),
            ("acmlint:\n    rule: CAA02=off\n", "c:2:", "no rule 'CAA02'", "CAA002"),
            ("acmlint:\n    rule: CAA002=loud\n", "c:2:", "level"),
            ("acmlint:\n    rule: CAA002\n", "c:2:", "RULE=LEVEL"),
            ("acmlint:\n    name: a..b\n", "c:2:", "'a..b'"),
            ("acmlint:\n    require-caa: maybe\n", "c:2:", "neither on nor off"),
            ("acmlint:\n    signed: perhaps\n", "c:2:", "none of auto, yes, no"),
            ("acmlint:\n    no-include:\n", "c:2:", "no value"),
            ("acmlint:\n    name: []\n", "c:2:"),
            ("acmlint: x\n", "c:1:", "should follow"),
            ("acmlint:\n  - id: default\n", "c:2:", "identifier"),
            ("mod-acmlint:\n", "c:1:", "unknown section"),
            ("    fail-on: error\n", "c:1:", "outside"),
            ("acmlint:\n\tfail-on: error\n", "c:2:", "knot.conf"),
            ("acmlint:\n    fail-on error\n", "c:2:", "knot.conf"),
            ("acmlint:\n    name: [a\n", "knot.conf"),
            ("acmlint:\n    name: [a.com]\n  rule: TOK018=off\n", "c:3:", "indent")):
        t.write("c", text)
        ran = t.run("example.com.zone", "-c", "c", status=3)
        has(ran.err, *said)
        assert ran.out == "", text


@case
def an_empty_one_is_fine(t):
    t.write("example.com.zone", GOOD)
    for text in ("", "\n", "# nothing\n", "acmlint:\n", "acmlint:", "acmlint:\n    fail-on: error"):
        t.write("c", text)
        t.run("example.com.zone", "-c", "c", *USE, status=0)


@case
def a_huge_or_binary_one_is_refused(t):
    t.write("example.com.zone", GOOD)
    t.write("c", "#" * (2 << 20))
    has(t.run("example.com.zone", "-c", "c", status=3).err, "too large")
    t.write("c", bytes(range(256)) * 10)
    t.run("example.com.zone", "-c", "c", status=3)
    t.write("c", "acmlint:\n    name: [" + ", ".join(["a.example.com"] * 2000) + "]\n")
    t.run("example.com.zone", "-c", "c", status=0)
