#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What examples/monitoring/ asks for is there: a real knotd with the module, Knot's own exporter, Prometheus.

- Every counter that the rules and the dashboard name is one that the server has.
- Knot's exporter tells the same figures as knotc, by the names that the rules begin with.
- promtool takes the rules, and the alarms of alerts.yml sound when they should.
- A real Prometheus that asks the exporter has an answer to each question of the dashboard.

What is not installed is counted as skipped, unless --all is given. Needs $ACMLINT_MODULE.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.append(str(ROOT / "tests/support"))
from loopback import die_with_parent, end, find, free_port  # noqa: E402

RULES = ROOT / "examples/monitoring/acmlint.rules.yml"
DASHBOARD = ROOT / "examples/monitoring/dashboard.json"
PATIENCE = 60.0
ZONES = ("good.example", "bad.example")

CONFIGURATION = """
server:
    rundir: "{folder}"
    listen: 127.0.0.1@{port}
database:
    storage: "{folder}"
module:
  - id: mod-acmlint
    file: "{module}"
mod-acmlint:
  - id: default
    mode: reject
    source: "{folder}/%s.source"
template:
  - id: default
    storage: "{folder}"
    zonefile-sync: -1
    module: mod-acmlint/default
zone:
  - domain: good.example
  - domain: bad.example
"""


class Score:
    def __init__(self, strict):
        self.strict = strict
        self.passed = self.failed = self.skipped = 0

    def check(self, good, what):
        self.passed += bool(good)
        if not good:
            self.failed += 1
            print("FAIL " + what)
        return good

    def there(self, program):
        """Whether a program is installed."""
        found = shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin")
        if found is None and self.strict:
            self.check(False, program + " is not installed")
        elif found is None:
            self.skipped += 1
            print("skipped, no %s here" % program)
        return found


def wait(what, ready):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        got = ready()
        if got:
            return got
        time.sleep(0.2)
    raise SystemExit("waited in vain for " + what)


def fetch(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.read().decode()
    except OSError:
        return None


class Knot:
    """Two zones, published; then one of them as ACM could not live with it, rejected."""

    def __init__(self, folder):
        self.folder = folder
        for zone in ZONES:
            self.write(zone, "example.com.zone")
        (folder / "knot.conf").write_text(CONFIGURATION.format(
            folder=folder, port=free_port(), module=os.environ["ACMLINT_MODULE"]))
        self.process = subprocess.Popen(
            [find("knotd"), "-c", folder / "knot.conf"], preexec_fn=die_with_parent,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait("knotd", lambda: all("2026112101" in self.ask("zone-status", zone) for zone in ZONES))
        self.write("bad.example", "caa-excludes-amazon.zone")
        self.ask("reload")
        wait("the verdict", lambda: self.figures().get(("bad.example.", "zones-rejected")))

    def write(self, zone, example):
        text = (ROOT / "examples/zones" / example).read_text()
        (self.folder / (zone + ".source")).write_text(text.replace("example.com", zone))

    def ask(self, *words):
        done = subprocess.run([find("knotc"), "-s", self.folder / "knot.sock", *words], text=True,
                              capture_output=True, check=False)
        return done.stdout

    def figures(self, *options):
        """{(zone, counter): value}; without -f only what is not nought."""
        said = "".join(self.ask(*options, "zone-stats", zone) for zone in ZONES)
        return {(zone, name): int(value) for zone, name, value in re.findall(
            r"^\[(\S+)\] mod-acmlint\.lint\[(\S+)\] = (\d+)$", said, re.M)}


def questions():
    """(title, expression) of each panel, the variables of Grafana filled in."""
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        for target in panel["targets"]:
            text = re.sub(r"\$(job|instance|zone)\b", ".*", target["expr"])
            yield panel["title"], text.replace("$__rate_interval", "1m")


def check_names(score, counters):
    texts = {RULES.name: RULES.read_text()}
    texts.update(("dashboard, " + title, text) for title, text in questions())
    recorded = set(re.findall(r"record: (\S+)", texts[RULES.name]))
    for name, text in texts.items():
        used = {one for many in re.findall(r'\btype=~?"([^"]*)"', text) for one in many.split("|")}
        score.check(used <= counters, "%s: no counter of the module: %s" % (name, used - counters))
        score.check(set(re.findall(r"acmlint:[\w:]+", text)) <= recorded,
                    "%s: a name that no rule records" % name)
        # The exporter of Knot 3.5 puts "knot_zone_stats_" before a counter, that of 3.4 "knot_".
        score.check(set(re.findall(r"\bknot_\w+", text)) <= {"knot_zone_stats_lint", "knot_lint"},
                    "%s: a name that no exporter has" % name)


def check_exporter(score, page, figures):
    rows = {}
    for name, labels, value in re.findall(r"^(knot_(?:zone_stats_)?lint)\{(.*?)\} (\S+)$", page, re.M):
        labels = dict(re.findall(r'(\w+)="([^"]*)"', labels))
        where = "module" if name == "knot_zone_stats_lint" else "section"
        score.check(labels.get(where) == "mod-acmlint", "%s of %s" % (name, labels))
        rows[labels["zone"], labels["type"]] = int(float(value))
    score.check(rows == figures, "the exporter says %s, knotc %s" % (rows, figures))


def check_rules(score, promtool):
    for words in (["check", "rules", RULES], ["test", "rules", ROOT / "tests/monitoring/alerts.yml"]):
        done = subprocess.run([promtool, *words], text=True, capture_output=True, check=False)
        score.check(done.returncode == 0, "promtool %s: %s%s" % (
            words[0], done.stdout, done.stderr))


def check_dashboard(score, prometheus, folder, exporter):
    port = free_port()
    (folder / "prometheus.yml").write_text(
        "global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: [%s]\nscrape_configs:\n"
        "  - {job_name: knot, static_configs: [{targets: ['127.0.0.1:%d']}]}\n" % (RULES, exporter))
    process = subprocess.Popen(
        [prometheus, "--config.file=%s" % (folder / "prometheus.yml"),
         "--storage.tsdb.path=%s" % (folder / "tsdb"), "--web.listen-address=127.0.0.1:%d" % port],
        preexec_fn=die_with_parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def answers(expression):
        url = "http://127.0.0.1:%d/api/v1/query?%s" % (
            port, urllib.parse.urlencode({"query": expression}))
        said = fetch(url)
        return json.loads(said)["data"]["result"] if said else None
    try:
        wait("Prometheus", lambda: answers('increase(acmlint:zone_lint{type="zones-rejected"}[1m])'))
        for title, expression in questions():
            score.check(answers(expression), "the panel \"%s\" has no figures" % title)
        zones = {row["metric"]["zone"]: row["value"][1]
                 for row in answers('acmlint:zone_lint{type="zones-rejected"}')}
        score.check(zones == {"bad.example.": "1"}, "Prometheus has %s" % zones)
    finally:
        end(process)


def main():
    score = Score("--all" in sys.argv)
    with tempfile.TemporaryDirectory(prefix="acmlint-monitoring.") as name:
        folder = pathlib.Path(name)
        knot, exporter = Knot(folder), None
        try:
            check_names(score, {counter for _, counter in knot.figures("-f")})
            promtool = score.there("promtool")
            if promtool:
                check_rules(score, promtool)
            program, port = score.there("knot-exporter"), free_port()
            if program:
                exporter = subprocess.Popen(
                    [program, "--knot-socket-path", folder / "knot.sock", "--web-listen-port",
                     str(port)], preexec_fn=die_with_parent, stderr=subprocess.DEVNULL)
                page = wait("knot-exporter", lambda: fetch("http://127.0.0.1:%d/metrics" % port))
                check_exporter(score, page, knot.figures())
                prometheus = score.there("prometheus")
                if prometheus:
                    check_dashboard(score, prometheus, folder, port)
        finally:
            end(exporter)
            end(knot.process)
    print("%d passed, %d failed, %d skipped" % (score.passed, score.failed, score.skipped))
    return 1 if score.failed else 0


if __name__ == "__main__":
    sys.exit(main())
