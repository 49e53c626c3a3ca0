# SPDX-License-Identifier: GPL-2.0-or-later
"""-f github: read back as the runner of GitHub Actions reads workflow commands."""

import re

from harness import BROKEN, GOOD, HEAD, USE, case, has

LEVEL = {"error": "error", "warning": "warning", "info": "notice"}


def decode(text, extra=()):
    for code, char in (("%0D", "\r"), ("%0A", "\n"), *extra, ("%25", "%")):
        text = text.replace(code, char)
    return text


def commands(out):
    """(command, properties, message) of each line; a line that is none breaks the test."""
    for line in out.split("\n")[:-1]:
        match = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line)
        assert match, line
        properties = {}
        for part in match.group(2).split(","):
            key, value = part.split("=", 1)
            properties[key] = decode(value, (("%3A", ":"), ("%2C", ",")))
        yield match.group(1), properties, decode(match.group(3))


@case
def github_annotates_what_json_finds(t):
    t.write("example.com.zone", BROKEN + "x A 1\n" + "; acmlint: allow SYN001 -- known\ny A 1\n")
    found = t.run("example.com.zone", "-f", "json", status=1).json["zones"][0]["findings"]
    told = list(commands(t.run("./example.com.zone", "-f", "github", status=1).out))
    assert [f for f in found if f["suppressed"]]
    wanted = [f for f in found if not f["suppressed"]]
    assert len(told) == len(wanted) + 1
    for finding, (command, properties, message) in zip(wanted, told):
        assert command == LEVEL[finding["severity"]]
        assert properties == {"file": "example.com.zone", "line": str(finding["line"]),
                              "title": f"{finding['rule']} {finding['name']}"}
        lines = message.split("\n")
        assert lines[0] == finding["message"]
        assert lines[1].startswith("fix: ")
        for edit in finding["fix"]:
            sign = "+" if edit["op"] == "add" else "-"
            assert f"{sign} {edit['record']}" in lines
    assert told[-1][:2] == ("notice", {"title": "acmlint"})
    has(told[-1][2], "1 zone, ", "1 suppressed")


@case
def github_of_a_clean_zone_is_the_closing_notice(t):
    t.write("example.com.zone", GOOD)
    told = list(commands(t.run("example.com.zone", *USE, "-f", "github", status=0).out))
    assert told == [("notice", {"title": "acmlint"},
                     "1 zone, 5 records: 0 errors, 0 warnings, 0 info")], told
    assert t.run("example.com.zone", *USE, "-f", "github", "-q", status=0).out == ""


@case
def github_lets_no_zone_write_commands(t):
    name = "a,b:c%0A%\n::error::x.zone"
    t.write(name, HEAD.encode() + b'x CAA 0 issue "\x1b[31m::error::%0A\xff"\n\r::warning::\x07\n')
    ran = t.run(name, "--name", "x.example.com", "-f", "github")
    told = list(commands(ran.out))
    assert told[-1][1] == {"title": "acmlint"}
    assert len(told) > 1
    for _, properties, _ in told[:-1]:
        assert properties["file"] == name
        assert set(properties) == {"file", "line", "title"}
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f]", ran.out)


@case
def github_tells_what_was_not_read(t):
    t.write("example.com.zone", GOOD)
    told = list(commands(t.run("none.zone", "example.com.zone", "-f", "github", status=2).out))
    assert told[0] == ("error", {"file": "none.zone", "title": "not read"}, "no such file")
    has(told[-1][2], "1 input problem")


@case
def github_begins_with_what_is_new(t):
    t.write("old.zone", BROKEN)
    t.write("example.com.zone", BROKEN + "x A 1\n")
    told = list(commands(t.run("example.com.zone", "--baseline", "old.zone", "-f", "github",
                               status=1).out))
    titles = [properties["title"][:6] for _, properties, _ in told[:-1]]
    assert "SYN001" in titles and "CAA002" in titles
    assert titles.index("SYN001") < titles.index("CAA002"), titles
    has(told[-1][2], " new")


@case
def github_of_certs_tells_which_are_blocked(t):
    t.write("example.com.zone", BROKEN)
    told = list(commands(t.run("certs", "example.com.zone", "-f", "github", status=1).out))
    command, properties, message = told[0]
    assert (command, properties) == ("error", {"title": "www.example.com is blocked"})
    has(message, "CAA: ")
