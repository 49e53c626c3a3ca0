# SPDX-License-Identifier: GPL-2.0-or-later
"""Options, commands and exit statuses."""

import os
import pty
import subprocess

from harness import BAD, BROKEN, GOOD, HEAD, NOW, TOKEN, USE, Skip, case, has


def zone(t, text=BAD):
    return t.write("example.com.zone", text)


@case
def help_fits_a_screen(t):
    for args in (["--help"], ["-h"], ["help"], ["check", "--help"], ["check", "-h"],
                 ["rules", "--help"], ["explain", "-h"], ["lookup", "--help"], ["fix", "--help"]):
        ran = t.run(*args, now=False, status=0)
        lines = ran.out.splitlines()
        assert 0 < len(lines) <= 30, args
        assert max(map(len, lines)) <= 90, args
        assert ran.err == ""
    has(t.run("--help", now=False).out, "check", "certs", "lookup", "rules", "explain")


@case
def version(t):
    for args in (["--version"], ["check", "--version"], ["-q", "--version"]):
        out = t.run(*args, now=False, status=0).out
        assert out.startswith("acmlint 0."), out


@case
def check_is_the_default_command(t):
    zone(t)
    plain = t.run("example.com.zone", *USE, status=1)
    named = t.run("check", "example.com.zone", *USE, status=1)
    options_first = t.run(*USE, "example.com.zone", status=1)
    assert plain.raw == named.raw == options_first.raw


@case
def a_file_that_is_called_like_a_command(t):
    t.write("rules", BAD)
    t.write("later", BAD)
    has(t.run("rules", now=False, status=0).out, "CAA002")
    t.run("check", "rules", *USE, status=1)
    t.run("./rules", *USE, status=1)
    t.run("later", *USE, status=1)


@case
def unknown_commands_get_a_hint(t):
    for word in ("later", "move"):
        ran = t.run(word, "a", "b", now=False, status=3)
        has(ran.err, f"unknown command '{word}'", "check, certs, diff, export, fix, lookup, live, verify, rules, explain")
        assert ran.out == ""
    has(t.run("chek", now=False, status=3).err, "did you mean 'check'?")
    has(t.run(now=False, status=3).err, "no zone file", "--help")
    has(t.run("check", now=False, status=3).err, "no zone file")


@case
def unknown_options_get_a_hint(t):
    zone(t)
    for args, *said in ((["--nam", "x"], "no zone file"),
                        (["--nme", "x"], "unknown option --nme", "'name'"),
                        (["--formt=json"], "unknown option --formt", "'format'"),
                        (["-z"], "unknown option -z"), (["-qz"], "unknown option -z"),
                        (["--quiet=1"], "--quiet takes no value"),
                        (["-o"], "-o needs a value"), (["--origin"], "--origin needs a value"),
                        (["--progress=x"], "--progress is not supported"),
                        (["--" + "x" * 200], "unknown option")):
        if args[0] != "--nam":
            args = ["example.com.zone", *args]
        ran = t.run(*args, now=False, status=3)
        has(ran.err, *said, "--help")
        assert ran.out == ""


@case
def wrong_values_say_what_is_right(t):
    zone(t)
    for args, *said in ((["-f", "xml"], "no format 'xml'", "text, json"),
                        (["--fail-on", "loud"], "error, warning, info, never"),
                        (["--fail-on", "off"], "error, warning, info, never"),
                        (["--signed", "maybe"], "auto, yes, no"),
                        (["--color", "red"], "auto, always, never"),
                        (["-j", "0"], "1 to 1024"), (["-j", "-1"], "1 to 1024"),
                        (["-j", "x"], "1 to 1024"), (["-j", "99999999999999999999"], "1 to"),
                        (["-o", "a..b"], "no domain name"), (["-o", ""], "no domain name"),
                        (["--name", ""], "no name"), (["--name", "*"], "no name"),
                        (["--name", "*.*.example.com"], "no name"),
                        (["--name", "a." * 200], "no name"), (["--name", "."], "no name"),
                        (["--name", "bücher.example"], "xn--"),
                        (["--rule", "CAA02=off"], "'CAA02'", "CAA002"),
                        (["--rule", "caa-exclude-amazon=off"], "caa-excludes-amazon"),
                        (["--rule", "CAA002"], "RULE=LEVEL"), (["--rule", "=off"], "no rule"),
                        (["--rule", "CAA002=loud"], "level"),
                        (["--require-caa=x"], "neither on nor off")):
        ran = t.run("example.com.zone", *args, status=3)
        has(ran.err, *said, "--help")
        assert ran.out == "", args


@case
def clock(t):
    zone(t)
    for text, shown in (("2026-11-21T00:00:00Z", "2026-11-21T00:00:00Z"),
                        ("2026-11-21t01:30:00.25+01:30", "2026-11-21T00:00:00Z"),
                        ("2026-11-20 22:00:00-02:00", "2026-11-21T00:00:00Z"),
                        ("2026-11-21", "2026-11-21T00:00:00Z"),
                        ("2026-11-21T00:00:00", "2026-11-21T00:00:00Z"),
                        ("@0", "1970-01-01T00:00:00Z"),
                        ("@1795219200", "2026-11-21T00:00:00Z"),
                        ("2028-02-29T23:59:59Z", "2028-02-29T23:59:59Z"),
                        ("@253402300799", "9999-12-31T23:59:59Z")):
        ran = t.run("example.com.zone", "-f", "json", "--now", text, now=False, status=0)
        assert ran.json["now"] == shown, (text, ran.json["now"])
    for text in ("", "now", "@", "@-1", "@1x", "@ 1", "@253402300800", "2026-13-01T00:00:00Z",
                 "2026-02-30T00:00:00Z", "2026-11-21T24:00:00Z",
                 "2026-11-21T00:00Z", "2026-11-21T00:00:00Zx", "2026-11-21T00:00:00.Z",
                 "1969-12-31T23:59:59Z", "1970-01-01T00:00:00+01:00", "20261121T000000Z"):
        has(t.run("example.com.zone", "--now", text, now=False, status=3).err, "--now")


@case
def clock_is_the_real_one_without_the_option(t):
    zone(t)
    env = {"TZ": "Pacific/Kiritimati"}
    now = t.run("example.com.zone", "-f", "json", now=False, env=env).json["now"]
    assert now.endswith("Z") and now[:4] >= "2025", now


@case
def clock_and_severity_change_together(t):
    zone(t, GOOD.replace('"amazon.com"', '"amazon.com; accounturi=https://x.example/1"'))
    t.run("example.com.zone", *USE, status=0)
    t.run("example.com.zone", *USE, "--now", "2027-03-15T00:00:00Z", now=False, status=1)


@case
def fail_on_and_exit_status(t):
    zone(t)
    t.run("example.com.zone", status=0)
    t.run("example.com.zone", *USE, status=1)
    t.run("example.com.zone", *USE, "--fail-on", "never", status=0)
    for level, expected in (("info", [1, 0, 0]), ("warning", [1, 1, 0]), ("error", [1, 1, 1])):
        for fail_on, status in zip(("info", "warning", "error"), expected):
            t.run("example.com.zone", *USE, "--rule", f"CAA002={level}", "--fail-on", fail_on,
                  status=status)
    t.run("example.com.zone", "none.zone", *USE, status=2)
    t.run("example.com.zone", "none.zone", *USE, "--fail-on", "never", status=2)


@case
def rule_levels(t):
    zone(t)
    for text in ("CAA002=off", "caa-excludes-amazon=off", "caa002=OFF"):
        ran = t.run("example.com.zone", *USE, "--rule", text, "-f", "json", status=0)
        assert ran.rules() == []
    ran = t.run("example.com.zone", *USE, "--rule", "CAA002=info", "-f", "json", status=0)
    assert ran.json["summary"]["info"] == 1
    ran = t.run("example.com.zone", *USE, "--rule=CAA002=off", "--rule=CAA002=warning", "-f",
                "json", status=0)
    assert ran.json["summary"]["warning"] == 1


@case
def names(t):
    zone(t)
    for name in ("www.example.com", "WWW.example.COM.", "example.com", "new.example.com",
                 "*.example.com"):
        ran = t.run("example.com.zone", "--name", name, "-f", "json", status=1)
        assert "CAA002" in [rule for rule, _ in ran.rules()], name
        assert ran.err == ""
    ran = t.run("example.com.zone", "--name", "www.example.net", "--name=x.example.com", status=1)
    has(ran.err, "www.example.net belongs to no zone")
    assert "x.example.com" not in ran.err


@case
def origin(t):
    bare = BAD.replace("$ORIGIN example.com.\n", "")
    t.write("zonefile", bare)
    for name in ("example.com", "example.com.", "EXAMPLE.com"):
        ran = t.run("zonefile", "-o", name, *USE, "-f", "json", status=1)
        assert ran.json["zones"][0]["origin"] == "example.com."
        assert ran.json["zones"][0]["origin_guessed"] is False


@case
def require_caa(t):
    zone(t, HEAD + "www A 192.0.2.1\n")
    t.run("example.com.zone", status=0)
    t.run("example.com.zone", "--require-caa", status=1)
    t.run("example.com.zone", "--require-caa=off", status=0)
    zone(t, GOOD)
    t.run("example.com.zone", "--require-caa", status=0)


@case
def signed(t):
    zone(t, GOOD + TOKEN)
    skipped = lambda *args: [s["rule"] for s in t.run(
        "example.com.zone", "-f", "json", *args).json["zones"][0]["skipped"]]
    assert "TOK016" in skipped()
    assert "TOK016" in skipped("--signed", "auto")
    assert "TOK016" in skipped("--signed", "no")
    assert "TOK016" not in skipped("--signed", "yes")


@case
def options_end_at_two_dashes(t):
    t.write("-z.zone", BAD)
    t.run("--now", NOW, *USE, "--", "-z.zone", now=False, status=1)


def on_terminal(t, *args, env=None):
    """What the program prints on a terminal."""
    try:
        master, slave = pty.openpty()
    except OSError as error:
        raise Skip(error) from error
    full = dict(os.environ, TERM="xterm")
    full.pop("NO_COLOR", None)
    full.update(env or {})
    subprocess.run([t.binary, *args, "--now", NOW], stdout=slave, stderr=subprocess.PIPE,
                   stdin=subprocess.DEVNULL, cwd=t.folder, env=full, check=False)
    os.close(slave)
    out = b""
    try:
        while piece := os.read(master, 65536):
            out += piece
    except OSError:
        pass
    os.close(master)
    return out


@case
def color_when_it_is_asked_for(t):
    zone(t)
    args = ["example.com.zone", *USE]
    assert "\x1b" not in t.run(*args).out
    assert "\x1b" in t.run(*args, "--color=always").out
    assert "\x1b" in t.run(*args, "--color=always", env={"NO_COLOR": "1"}).out
    assert "\x1b" not in t.run(*args, "--color=always", "-f", "json").out


@case
def color_on_terminals_only(t):
    zone(t)
    args = ["example.com.zone", *USE]
    assert b"\x1b" in on_terminal(t, *args)
    assert b"\x1b" in on_terminal(t, *args, env={"NO_COLOR": ""})
    assert b"\x1b" not in on_terminal(t, *args, env={"NO_COLOR": "1"})
    assert b"\x1b" not in on_terminal(t, *args, env={"TERM": "dumb"})
    assert b"\x1b" not in on_terminal(t, *args, "--color", "never")
    assert b"\x1b" in on_terminal(t, *args, "--color", "always", env={"NO_COLOR": "1"})


@case
def quiet(t):
    zone(t, BAD.replace("$ORIGIN example.com.\n", ""))
    ran = t.run("example.com.zone", "-q", status=0)
    assert (ran.out, ran.err) == ("", "")
    ran = t.run("example.com.zone", *USE, "--quiet", status=1)
    has(ran.out, "[CAA002 caa-excludes-amazon]")
    has(t.run("none.zone", "-q", status=2).err, "none.zone")


@case
def token_alone_is_acm_use(t):
    zone(t, BROKEN)
    ran = t.run("example.com.zone", "-f", "json", status=1)
    assert ("CAA002", 6) in ran.rules()
