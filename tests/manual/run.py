#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""--help, man pages and completion: they name what the program takes, and the shells understand them.

Needs $ACMLINT and $ACMLINT_BUILD, as tests/run sets them; mandoc, man, zsh and fish where they are
installed.
"""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.environ["ACMLINT"]
BUILD = os.environ["ACMLINT_BUILD"]


class Skip(Exception):
    """This machine lacks what the test needs."""


def run(*arguments, status=0, **settings):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, **settings)
    assert status is None or done.returncode == status, (arguments, done.stdout, done.stderr)
    return done


def need(tool):
    if shutil.which(tool) is None:
        raise Skip(tool + " is not installed")


def commands():
    found = re.findall(r"^  (\w+) ", run("--help").stdout, re.M)
    assert len(found) >= 10
    return found


def options(command):
    """{name: value or None}, as --help-all has them."""
    text = run(command, "--help-all" if command in ("check", "certs", "diff", "fix", "verify") else
               "--help").stdout
    found = {}
    for name, value in re.findall(r"^  (?:-\w, |    )--([a-z-]+)( [A-Z=]+)?", text, re.M):
        found[name] = value.strip() or None
    assert "help" in found
    return found


def test_help_fits_a_screen():
    texts = {c: run(c, "--help").stdout for c in commands()}
    texts[""] = run("--help").stdout
    for command, text in texts.items():
        lines = text.splitlines()
        assert len(lines) <= 24, (command, len(lines))
        assert max(len(line) for line in lines) <= 80, (command, max(lines, key=len))


def test_help_names_only_what_is_taken():
    for command in commands():
        for name, value in options(command).items():
            words = [command, "--" + name] + (["x=y"] if value else []) + ["--no-such-option"]
            if name.startswith("help") or name == "version" or command in ("manual", "completion"):
                continue
            said = run(*words, status=3).stderr
            for wrong in ("unknown option --%s" % name, "takes no value", "needs a value"):
                assert wrong not in said, (words, said)


def test_help_names_all_that_is_taken():
    for name in os.listdir(os.path.join(ROOT, "zone", "cli")):
        command = {"options.c": "check"}.get(name, name[4:-2])
        if not name.endswith(".c") or command not in commands():
            continue
        with open(os.path.join(ROOT, "zone", "cli", name), encoding="utf-8") as file:
            taken = re.findall(r'{ "([a-z-]+)", (?:no|required|optional)_argument', file.read())
        known = options(command)
        for option in taken:
            assert option in known, "%s --%s is not in the manual" % (command, option)


def pages():
    for name in ["acmlint", "acmlint.conf"] + commands():
        yield name, run("manual", name).stdout


def test_pages_name_all_options_and_settings():
    for name, text in pages():
        if name in commands():
            for option in options(name):
                assert "\\-\\-" + option.replace("-", "\\-") in text, (name, option)
            for status in re.findall(r"(?:,|:) (\d) ", run(name, "--help").stdout.replace("\n", " ")):
                assert ".B %s\n" % status in text
    with open(os.path.join(ROOT, "zone", "cli", "keys.c"), encoding="utf-8") as file:
        keys = re.findall(r'{ \.name = "([a-z-]+)"', file.read())
    assert len(keys) > 8
    text = dict(pages())["acmlint.conf"]
    for key in keys:
        assert ".B " + key.replace("-", "\\-") + "\n" in text, key


def install(folder):
    subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", folder],
                   check=True, capture_output=True)
    found = {}
    for where, _, names in os.walk(folder):
        found.update({name: os.path.join(where, name) for name in names})
        for name in names:
            found[os.path.basename(where) + "/" + name] = os.path.join(where, name)
    return found


def test_pages_are_installed_and_clean():
    need("mandoc")
    need("man")
    with tempfile.TemporaryDirectory(prefix="acmlint-manual.") as folder:
        found = install(folder)
        wanted = ["man1/acmlint.1", "man5/acmlint.conf.5", "man7/mod-acmlint.7"]
        wanted += ["man1/acmlint-%s.1" % c for c in commands()]
        for page in wanted:
            assert page in found, page + " is not installed"
            done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", found[page]],
                                  capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout
            done = subprocess.run(
                ["man", "--warnings", "-E", "UTF-8", "-l", found[page]], text=True,
                capture_output=True, check=True, env=dict(
                    os.environ, MANWIDTH="80", LC_ALL="C.UTF-8", MANPAGER="cat"))
            assert not done.stderr, (page, done.stderr)
            assert len(done.stdout) > 500, page
        for path in ("completions/acmlint", "site-functions/_acmlint",
                     "vendor_completions.d/acmlint.fish"):
            assert path in found, path


def test_module_page_has_all_its_options():
    with tempfile.TemporaryDirectory(prefix="acmlint-manual.") as folder:
        with open(install(folder)["mod-acmlint.7"], encoding="ascii") as file:
            text = file.read()
    with open(os.path.join(ROOT, "module", "mod-acmlint.rst"), encoding="utf-8") as file:
        names = re.findall(r"^\.\. _mod-acmlint_([a-z-]+):$", file.read(), re.M)
    assert len(names) > 8
    for name in names:
        assert ".SS " + name.replace("-", "\\-") + "\n" in text, name


COMPLETE = [
    (["ce"], {"certs"}),
    ([""], {"check", "fix", "explain"}),
    (["check", "--only"], {"--only-new"}),
    (["fix", "--as", ""], {"zone", "nsupdate", "knotc"}),
    (["x.zone", "--format", "s"], {"sarif"}),
    (["diff", "-f", "j"], {"json"}),
    (["explain", "SEC01"], {"SEC010", "SEC011", "SEC012", "SEC013", "SEC014"}),
    (["check", "--rule", "TOK018"], {"TOK018=off"}),
    (["completion", "f"], {"fish"}),
]


def test_bash_completes():
    script = run("completion", "bash").stdout
    for words, wanted in COMPLETE + [(["check", "--format", "=", "sa"], {"sarif"})]:
        words = ["acmlint"] + words
        code = script + "COMP_WORDS=(%s); COMP_CWORD=%d; _acmlint; printf '%%s\\n' \"${COMPREPLY[@]}\"" % (
            " ".join("'%s'" % w for w in words), len(words) - 1)
        done = subprocess.run(["bash", "--norc", "-c", code], capture_output=True, text=True,
                              check=True)
        assert not done.stderr, done.stderr
        got = set(done.stdout.split())
        assert got == wanted or (words[-1] == "" and wanted <= got), (words, got)
    code = script + "COMP_WORDS=(acmlint check x); COMP_CWORD=2; _acmlint; echo ${#COMPREPLY[@]}"
    assert subprocess.run(["bash", "-c", code], capture_output=True, text=True,
                          check=True).stdout == "0\n"    # Then bash completes files.


def test_fish_completes():
    need("fish")
    with tempfile.TemporaryDirectory(prefix="acmlint-fish.") as folder:
        script = os.path.join(folder, "acmlint.fish")
        with open(script, "w", encoding="utf-8") as file:
            file.write(run("completion", "fish").stdout)
        for words, wanted in COMPLETE:
            done = subprocess.run(
                ["fish", "--no-config", "-c", "source %s; complete -C 'acmlint %s'" % (
                    script, " ".join(words))], cwd=folder, capture_output=True, text=True,
                check=True, env=dict(os.environ, HOME=folder))
            assert not done.stderr, done.stderr
            got = {line.split("\t")[0] for line in done.stdout.splitlines()}
            assert got - {"acmlint.fish"} == wanted or (words[-1] == "" and wanted <= got), (
                words, got)


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, *command, env):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], list(command), env)

    def read(self, until, seconds=20):
        text, end = "", time.time() + seconds
        while until not in text and time.time() < end:
            if select.select([self.fd], [], [], .2)[0]:
                try:
                    text += os.read(self.fd, 65536).decode("utf-8", "replace")
                except OSError:
                    break
        return text

    def write(self, text):
        os.write(self.fd, text.encode())

    def close(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)


def test_zsh_completes():
    need("zsh")
    with tempfile.TemporaryDirectory(prefix="acmlint-zsh.") as folder:
        with open(os.path.join(folder, "_acmlint"), "w", encoding="utf-8") as file:
            file.write(run("completion", "zsh").stdout)
        terminal = Terminal("zsh", "-f", "-i", env=dict(
            os.environ, HOME=folder, TERM="dumb", PS1="> ", LC_ALL="C.UTF-8",
            PATH=os.path.dirname(PROGRAM) + ":" + os.environ["PATH"]))
        try:
            terminal.write("cd %s; fpath=(%s $fpath); autoload -U compinit; compinit -D -u; "
                           "echo rea''dy\n" % (folder, folder))
            assert "ready\r\n" in terminal.read("ready\r\n")
            for typed, wanted in (("acmlint ce\t", "certs "),
                                  ("acmlint check --only\t", "--only-new "),
                                  ("acmlint fix --as nsu\t", "nsupdate "),
                                  ("acmlint --format sar\t", "sarif "),
                                  ("acmlint explain CAA00\t", "CAA003"),
                                  ("acmlint completion fi\t", "fish "),
                                  ("acmlint _ac\t", "_acmlint ")):
                terminal.write(typed)
                got, end = "", time.time() + 20
                while wanted not in got and time.time() < end:
                    got += terminal.read("\0", .3)
                    got = re.sub("\x1b\\[[^a-zA-Z]*[a-zA-Z]|[\x07\t\r]", "", got)
                assert wanted in got, (typed, got)
                terminal.write("\x15")      # Takes the line away.
                terminal.read("\0", .3)
        finally:
            terminal.write("\x15exit\n")
            terminal.close()


def test_rule_ids_are_links_where_the_terminal_shows_them():
    zone = os.path.join(ROOT, "examples", "zones", "caa-excludes-amazon.zone")
    link = "\x1b]8;;https://www.rfc-editor.org/rfc/rfc8659"
    plain = {k: v for k, v in os.environ.items() if k not in (
        "NO_COLOR", "FORCE_HYPERLINK", "VTE_VERSION", "KITTY_WINDOW_ID", "WT_SESSION",
        "KONSOLE_VERSION", "WEZTERM_PANE", "DOMTERM")}
    plain["TERM"] = "xterm-256color"

    def shown(**more):
        terminal = Terminal(PROGRAM, zone, env=dict(plain, **more))
        text = terminal.read("1 zone, ")
        terminal.close()
        assert "CAA002" in text
        return text
    text = shown(VTE_VERSION="7006")
    assert link in text and "\x1b\\CAA002\x1b]8;;\x1b\\ " in text, text
    assert link not in shown()
    assert link not in shown(VTE_VERSION="7006", FORCE_HYPERLINK="0")
    assert link not in shown(VTE_VERSION="7006", NO_COLOR="1")
    assert link in run(zone, status=1, env=dict(plain, FORCE_HYPERLINK="1")).stdout
    assert "\x1b" not in run(zone, status=1, env=dict(plain, VTE_VERSION="7006")).stdout


def main():
    passed = failed = skipped = 0
    for name, function in list(globals().items()):
        if not name.startswith("test_") or (sys.argv[1:] and name not in sys.argv[1:]):
            continue
        try:
            function()
            print("ok   " + name)
            passed += 1
        except Skip as reason:
            print("skip %s: %s" % (name, reason))
            skipped += 1
        except Exception:
            print("FAIL " + name)
            traceback.print_exc(file=sys.stdout)
            failed += 1
    print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
