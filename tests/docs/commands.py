# SPDX-License-Identifier: GPL-2.0-or-later
"""Every block of commands in the documentation is run by a test.

A block ```sh is run here, in a copy of examples/, and has to end with status 0, unless SCENES knows of
more to do; those that cannot be run here stand in the file elsewhere, with the script that runs them.
Nothing is passed over: a block in no language, or in one that is not known, is a fault, and so is a
command in a block that is said to hold none.
"""

import json
import os
import re
import shlex
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.environ["ACMLINT"]
# Run: by this file, by run.py, by tests/migration/walk.py, and against --help.
COMMANDS = {"sh", "console", "session", "usage"}
OTHERS = {"c", "dns-zone", "json", "knot", "nsd", "text", "toml", "yaml"}
GOOD, BAD = "zones/example.com.zone", "zones/caa-excludes-amazon.zone"


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def fences(text):
    """(line, language, lines) of each fenced block."""
    for match in re.finditer(r"^```(.*)\n((?:.*\n)*?)```$", text, re.M):
        yield (text.count("\n", 0, match.start()) + 1, match.group(1),
               match.group(2).split("\n")[:-1])


def first_words(lines):
    """What is typed first, of commands; continued lines have none."""
    for before, line in zip([""] + lines, lines):
        match = re.match(r"(?:\$ )?([a-z][\w./-]*) ", line)
        if match and not before.endswith(("\\", "|", "&&")):
            yield match.group(1)


def programs(pages):
    """All that is typed anywhere."""
    typed = {"cd", "make", "systemctl"}
    for _, text in pages:
        for _, language, lines in fences(text):
            if language in COMMANDS:
                typed |= set(first_words([line for line in lines if language in ("sh", "usage") or
                                          line.startswith("$ ")]))
    return typed


def faults(page, text, typed):
    """What nobody would run, or check."""
    for start, language, lines in fences(text):
        generated = page.startswith("docs/rules/") and language == ""
        if not generated and language not in COMMANDS | OTHERS:
            yield "%s:%d: a block in no known language: %r" % (page, start, language)
        if language == "session" and page != "docs/migrations.md":
            yield "%s:%d: nobody runs this session" % (page, start)
        hidden = set() if language in COMMANDS | {"c"} else {
            line for line in lines if line.startswith("$ ")} | typed & set(first_words(lines))
        if hidden:
            yield "%s:%d: commands in a block that nobody runs: %s" % (page, start, sorted(hidden))
        if language == "console" and not lines[0].startswith("$ "):
            yield "%s:%d: it begins with no command" % (page, start)
    outside = re.sub(r"^```.*\n(?:.*\n)*?```$", "", text, flags=re.M)
    stray = re.search(r"^(?: {4,}|\t|~~~| *```).*", outside, re.M)
    if stray is not None:
        yield "%s: a block without fences or with wrong ones: %s" % (page, stray.group())


def check_languages(score, pages):
    typed = programs(pages)
    for page, text in pages:
        found = list(faults(page, text, typed))
        score.check(not found, "\n".join(found))
    for text in ("```\nls\n```\n", "```bash\nls\n```\n", "```session\n$ ls\n```\n",
                 "```text\n$ ls\n```\n", "```text\nacmlint check x\n```\n", "so\n\n    ls\n",
                 "~~~sh\nls\n~~~\n", "- so\n  ```sh\n  ls\n  ```\n", "```console\nls\n```\n"):
        score.check(list(faults("docs/new.md", text, typed)), "nobody runs this: " + text)
    literal = re.findall(r"^::\n\n((?:   .*\n|\n)+)", read("module", "mod-acmlint.rst"), re.M)
    for line in "".join(literal).split("\n"):
        score.check(re.match(r"( +(- )?[a-z-]+:.*)?$", line),
                    "mod-acmlint.rst: not configuration: %s" % line)
    score.check(len(literal) > 2, "mod-acmlint.rst has examples")


class Scene:
    """A folder with a copy of examples/, and what a reader has in PATH."""

    def __init__(self, folder, page):
        self.folder, self.page = folder, page
        self.work = os.path.join(folder, "work")
        shutil.copytree(os.path.join(ROOT, "examples"), self.work)
        os.mkdir(os.path.join(folder, "bin"))
        self.env = {name: value for name, value in os.environ.items()
                    if not name.startswith(("GIT_", "XDG_"))}
        self.env.update(
            HOME=folder, LC_ALL="C.UTF-8", GIT_CONFIG_NOSYSTEM="1", GIT_AUTHOR_NAME="A",
            GIT_AUTHOR_EMAIL="a@example.com", GIT_COMMITTER_NAME="A",
            GIT_COMMITTER_EMAIL="a@example.com", PATH=":".join([
                os.path.join(folder, "bin"), os.path.dirname(PROGRAM), os.environ["PATH"]]))

    def shell(self, text, where=None, status=0):
        """What it prints; it has to end with this status."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", text], cwd=where or self.work, env=self.env, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode != status:
            raise AssertionError("status %d, not %d:\n%s" % (done.returncode, status, done.stdout))
        return done.stdout

    def stand_in(self, name, text):
        path = os.path.join(self.folder, "bin", name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o755)

    def repository(self, *zones):
        """Zones in git, in their folder."""
        path = os.path.join(self.folder, "repository")
        os.makedirs(os.path.join(path, "zones"))
        for zone in zones:
            shutil.copy(os.path.join(self.work, zone), os.path.join(path, "zones"))
        self.shell("git init -q -b main && git add . && git commit -q -m zones", path)
        return path


def run_usage(scene, lines):
    """What may be typed, as --help of each command has it."""
    for line in lines:
        command, words = re.match(r"acmlint \[?([a-z]+)\]? *(.*?)(?:  .*)?$", line).groups()
        said = scene.shell("acmlint %s --help" % command)
        for word in re.findall(r"[A-Z0-9-]{3,}", words):
            assert word in said or "[OPTIONS]" in said and word.startswith("-"), (line, said)


def scene_usual(scene, text):
    scene.shell(text)


def scene_hook(scene, text):
    path = scene.repository(GOOD)
    assert text.count("YOUR-REPOSITORY") == 1, "the page names the repository"
    scene.shell(text.replace("YOUR-REPOSITORY", path), ROOT)
    scene.shell("echo '; fine' >>%s; git commit -a -q -m fine" % GOOD, path)
    said = scene.shell("sed -i /amazon.com/d %s; git commit -a -m broken" % GOOD, path, 1)
    assert "CAA002 caa-excludes-amazon" in said and "    fix: " in said, said
    assert scene.shell("git log --format=%s", path) == "fine\nzones\n"


def scene_compare(scene, text):
    """An old zone with an old sin, behind the hook."""
    path = scene.repository(BAD)
    scene.shell("cp examples/git-hooks/pre-commit %s/.git/hooks/" % path, ROOT)
    scene.shell("echo 'mail A 192.0.2.25' >>%s; git commit -a -m harmless" % BAD, path, 1)
    scene.shell(text, path)
    said = scene.shell("git commit -a -m harmless", path)
    assert "1 known before" in said, said
    said = scene.shell("sed -i /acm-validations/d %s; git commit -a -m loss" % BAD, path, 1)
    assert "MIG001" in said, said


def scene_ci(scene, text):
    path = scene.repository(GOOD)
    scene.shell(text, path)
    scene.shell("cp ../work/%s zones" % BAD, path)
    assert "CAA002" in scene.shell(text, path, 1)


def scene_ci_branch(scene, text):
    origin = scene.repository(BAD)
    for number, change, status in ((1, "echo 'mail A 192.0.2.25' >>%s", 0),
                                   (2, "sed -i /acm-validations/d %s", 1)):
        where = os.path.join(scene.folder, "job%d" % number)
        scene.shell("git clone -q %s %s/clone" % (origin, where), scene.folder)
        scene.shell(change % BAD, where + "/clone")
        said = scene.shell(text, where + "/clone", status)
        assert ("1 known before" if status == 0 else "MIG001") in said, said


AWS = """#!/bin/sh -eu
# Answers as the command line of AWS does, for two certificates, and to no other question.
case $* in
"acm list-certificates --includes keyTypes=RSA_2048,EC_prime256v1,EC_secp384r1 --query \
CertificateSummaryList[].CertificateArn --output text") printf 'arn:1\\tarn:2\\n' ;;
"acm describe-certificate --certificate-arn arn:"[12])
    sed "s,certificate/12345678,certificate/${4#arn:}2345678," acm/www.json ;;
*) echo "aws: $*" >&2; exit 252 ;;
esac
"""


def scene_inventory(scene, text):
    scene.stand_in("aws", AWS)
    scene.shell(text)
    said = scene.shell("acmlint certs -f json --now 2026-11-21T00:00:00Z --inventory acm/eu-west-1.json "
                       + GOOD, status=1)
    names = [(c["domain"], c["verdict"]) for c in json.loads(said)["certificates"]]
    assert sorted(names) == 2 * [("example.com", "blocked")] + 2 * [("www.example.com", "unknown")], names


def scene_completion(scene, text):
    with open(os.path.join(scene.folder, ".zshrc"), "w", encoding="utf-8") as file:
        file.write("autoload -Uz compinit && compinit -u\n")
    scene.shell(text)
    shells = {"bash": ". ~/.bashrc; complete -p acmlint", "zsh": ". ~/.zshrc; print $_comps[acmlint]",
              "fish": "complete -C 'acmlint expl'"}
    for shell in filter(shutil.which, shells):
        said = scene.shell("%s -c %s" % (shell, shlex.quote(shells[shell])))
        assert "acmlint" in said or "explain" in said, (shell, said)
    missing = [shell for shell in shells if not shutil.which(shell)]
    print("".join("skipped, no %s here\n" % shell for shell in missing), end="")
    return len(missing)


def scene_html(scene, text):
    scene.shell(text, status=1)
    with open(os.path.join(scene.work, "report.html"), encoding="utf-8") as file:
        page = file.read()
    assert page.startswith("<!doctype html>") and "caa-excludes-amazon.zone" in page, page[:500]


SCENES = {
    "README.md#before-a-commit 1": scene_hook,
    "docs/inventory.md#where-it-comes-from 1": scene_inventory,
    "docs/pre-commit.md#a-plain-git-hook 1": scene_hook,
    "docs/pre-commit.md#old-zones-with-old-sins 1": scene_compare,
    "docs/pre-commit.md#in-continuous-integration 1": scene_ci,
    "docs/pre-commit.md#in-continuous-integration 2": scene_ci_branch,
    "docs/reference.md#commands 1": scene_completion,
    "docs/reports.md#a-page-to-look-at--f-html 1": scene_html,
}


def elsewhere():
    """{block: script}"""
    lines = [line for line in read("tests/docs/elsewhere").split("\n") if line and line[0] != "#"]
    return {" ".join(line.split()[:2]): line.split()[2] for line in lines}


def block(*words):
    return subprocess.run([os.path.join(HERE, "block"), *words], text=True, check=True,
                          stdout=subprocess.PIPE).stdout


def check_blocks(score, scratch):
    """All blocks ```sh, each here or elsewhere, and no other names in the lists."""
    there = block("--list").split("\n")[:-1]
    moved = elsewhere()
    score.check(len(there) > 20 and len(set(there)) == len(there), "the list of blocks: %s" % there)
    for name in sorted((set(moved) | set(SCENES)) - set(there)):
        score.check(False, "%s: there is no such block" % name)
    for name in there:
        if name in moved:
            score.check(name not in SCENES, "%s: here or elsewhere?" % name)
            score.check(re.search(r"(?m)^(?!\s*#).*%s\b" % re.escape(name), read(moved[name])),
                        "%s: %s does not run it" % (name, moved[name]))
            continue
        folder = os.path.join(scratch, "block")
        shutil.rmtree(folder, ignore_errors=True)
        os.mkdir(folder)
        scene = Scene(folder, name)
        try:
            score.skipped += SCENES.get(name, scene_usual)(scene, block(*name.split())) or 0
            score.check(True, name)
        except AssertionError as error:
            score.check(False, "%s: %s" % (name, error))


def check_usage(score, scratch, pages):
    folder = os.path.join(scratch, "usage")
    os.mkdir(folder)
    scene = Scene(folder, "usage")
    for page, text in pages:
        for start, language, lines in fences(text):
            if language == "usage":
                try:
                    run_usage(scene, lines)
                    score.check(True, page)
                except AssertionError as error:
                    score.check(False, "%s:%d: %s" % (page, start, error))
