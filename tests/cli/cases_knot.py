# SPDX-License-Identifier: GPL-2.0-or-later
"""acmlint --knot-conf."""

import os

from harness import BROKEN, GOOD, HEAD, Skip, case, has

CONF = """\
mod-acmlint:
  - id: default
    mode: reject
    source: {0}/src/%s.zone
  - id: quiet
    rule: [CAA002=off, TOK018=off]
include: more/*.conf
template:
  - id: default
    storage: {0}/pub
    module: [mod-stats, mod-acmlint/default]
  - id: plain
    storage: {0}/pub
    file: "%l[1]-x.%%"
zone:
  - domain: Example.com
"""


def knot(t):
    t.write("src/example.com.zone", BROKEN)
    t.write("pub/example.com.zone", GOOD)
    t.write("pub/example-x.%", BROKEN.replace("example.com", "example.net"))
    t.write("pub/b.org.zone", BROKEN.replace("example.com", "b.org"))
    t.write("more/a.conf", "zone:\n  - domain: example.net\n    template: plain\n"
                           "  - domain: b.org\n    module: mod-acmlint/quiet\n"
                           "  - domain: secondary.example\n    module: mod-acmlint/quiet\n"
                           "    master: primary\n")
    return t.write("knot.conf", CONF.format(t.folder))


@case
def knot_conf_lints_what_the_server_would_load(t):
    conf = knot(t)
    ran = t.run("--knot-conf", conf, "-f", "json", status=1)
    got = {z["origin"]: (os.path.relpath(z["file"], t.folder), z.get("verdict"),
                         [f["rule"] for f in z["findings"] if f["severity"] == "error"])
           for z in ran.json["zones"]}
    assert got == {"example.com.": ("src/example.com.zone", "rejected", ["CAA002"]),
                   "example.net.": ("pub/example-x.%", None, ["CAA002"]),
                   "b.org.": ("pub/b.org.zone", "accepted", [])}, got
    has(ran.err, "secondary.example.", "not linted", "the server would reject: example.com.")
    t.run("--knot-conf", conf, "b.org", status=0)
    t.run("--knot-conf", conf, "example.com.", "--rule", "CAA002=off", status=0)
    os.unlink(t.path("pub/example.com.zone"))
    one = t.run("--knot-conf", conf, "example.com", "-f", "json", status=1)
    assert one.json["zones"][0]["verdict"] == "accepted"    # first-load: accept


@case
def knot_conf_tells_what_the_server_could_not_load(t):
    conf = knot(t)
    t.write("src/example.com.zone", GOOD + "www CNAME example.net.\n")
    ran = t.run("--knot-conf", conf, "example.com", status=2)
    has(ran.err, "could not load example.com.", "CNAME", "would reject")


@case
def knot_conf_mistakes_are_named(t):
    conf = knot(t)
    has(t.run("--knot-conf", conf, "c.org", status=3).err, "no zone 'c.org'")
    has(t.run("--knot-conf", "none.conf", status=3).err, "none.conf", "no such file")
    has(t.run("fix", "--knot-conf", conf, status=3).err, "acmlint check only")
    has(t.run("--knot-conf", conf, "-o", "b.org", status=3).err, "--origin")
    for text, *said in (
            ("zone:\n  - domain: a.b\n    module: mod-acmlint/x\n", "k:3:", "not there"),
            ("mod-acmlint:\n  - id: x\n    mode: loud\nzone:\n  - domain: a.b\n    module: mod-acmlint/x\n",
             "k:3:", "neither log nor reject"),
            ("mod-acmlint:\n  - id: x\n    modes: log\nzone:\n  - domain: a.b\n    module: mod-acmlint/x\n",
             "k:3:", "no option 'modes'"),
            ("mod-acmlint:\n  - id: x\n    rule: [X=off]\nzone:\n  - domain: a.b\n    module: mod-acmlint/x\n",
             "k:3:", "no rule 'X'"),
            ("mod-acmlint:\n  - id: x\n    fail-on: info\nzone:\n  - domain: a.b\n    module: mod-acmlint/x\n",
             "k:3:", "neither error nor warning"),
            ("mod-acmlint:\n  - id: x\n    first-load: refuse\nzone:\n  - domain: a.b\n    module: mod-acmlint/x\n",
             "k:3:", "needs mode: reject"),
            ("mod-acmlint:\n  - id: x\n    source: /x%q\nzone:\n  - domain: a.b\n    module: mod-acmlint/x\n",
             "k:3:", "the file of a.b.: unknown formatter"),
            ("zone:\n  - domain: a.b\n    file: x%q\n", "k:3:", "formatter"),
            ("template:\n  - id: default\n    file: \"%c[1\"\nzone:\n  - domain: a.b\n", "k:3:", "%c needs"),
            ("zone:\n  - domain: a.b\n    template: x\n", "k:3:", "'x' names a template that is not there"),
            ("zone:\n  - domain: a.b\n    catalog-template: [x, y]\n", "k:3:", "a template that is not there"),
            ("mod-acmlint:\n  - id: x\n    inventory: [/tmp, acm]\nzone:\n  - domain: a.b\n"
             "    module: mod-acmlint/x\n", "k:3:", "'acm' is not written from / on"),
            ("zone:\n  - domain: a.b\n  - domain: A.b\n", "k:3:", "defined twice"),
            ("include: none.conf\n", "k:1: cannot include", "none.conf: no such file"),
            ("include: k\n", "k:1:", "too deep"),
            ("server:\n    rundir: x\n", "there is no zone"),
            ("template:\n  - id: default\n    global-module: [mod-stats, mod-acmlint/x]\n",
             "k:3:", "out of scope"),
            ("zone:\n  - domain: a.b\n    catalog-role: interpret\n", "k:2:", "catalog-template"),
            ("zone:\n  - domain: a..b\n", "k:2:"), ("zone\n", "k:1:")):
        t.write("k", text)
        has(t.run("--knot-conf", "k", status=3).err, *said)


CATALOG = """\
mod-acmlint:
  - id: gate
    mode: reject
    source: {0}/src/%s.zone
  - id: quiet
    rule: [CAA002=off, TOK018=off]
template:
  - id: default
    storage: {0}/pub
  - id: gate
    storage: {0}/pub
    module: mod-acmlint/gate
  - id: quiet
    storage: {0}/pub
    module: mod-acmlint/quiet
zone:
  - domain: own.test
  - domain: list.test
    catalog-role: interpret
    catalog-template: [gate, quiet]
"""
LIST = HEAD.replace("$ORIGIN example.com.\n", "") + """\
version TXT "2"
a.zones PTR A.test.
group.a.zones TXT "quiet"
b.zones PTR b.test.
group.b.zones TXT "none"
c.zones PTR own.test.
d.zones PTR a.test.
e.zones PTR gone.test.
"""


def catalog(t, text):
    zone = BROKEN.replace("$ORIGIN example.com.\n", "")
    for path in ("pub/a.test.zone", "src/b.test.zone", "pub/own.test.zone"):
        t.write(path, zone)
    t.write("pub/b.test.zone", GOOD.replace("$ORIGIN example.com.\n", ""))
    t.write("pub/list.test.zone", text)
    return t.write("knot.conf", CATALOG.format(t.folder))


def told(ran):
    return {z["origin"]: (z.get("module"), z.get("verdict")) for z in ran.json["zones"]}


@case
def members_of_catalog_zones_are_linted(t):
    conf = catalog(t, LIST)
    ran = t.run("--knot-conf", conf, "-f", "json", status=2)
    assert told(ran) == {"own.test.": (None, None), "list.test.": (None, None),
                         "a.test.": ("mod-acmlint/quiet", "accepted"),
                         "b.test.": ("mod-acmlint/gate", "rejected")}, ran.out
    # One without a source is only not there; one with a source should be.
    assert [e["file"] for e in ran.json["errors"]] == [t.path("src/gone.test.zone")], ran.out
    has(ran.err, "pub/list.test.zone:10: own.test. is in the configuration as well")
    t.run("--knot-conf", conf, "a.test", status=0)
    has(t.run("--knot-conf", conf, "f.test", status=3).err, "no zone 'f.test'")


@case
def a_list_that_no_server_takes_is_an_error(t):
    for old, new, line, what in (
            ('TXT "2"', 'TXT "1"', 0, 'a catalog zone without TXT "2"'),
            ("d.zones PTR a.test.", "b.zones PTR c.test.", 11, "two members"),
            ('TXT "quiet"', 'TXT "quiet" "gate"', 7, "a group of several strings")):
        conf = catalog(t, LIST.replace(old, new))
        ran = t.run("--knot-conf", conf, "-f", "json", status=2)
        assert set(told(ran)) == {"own.test.", "list.test."}, ran.out
        error = ran.json["errors"][0]
        assert (error["file"], error["line"]) == (t.path("pub/list.test.zone"), line), error
        has(error["message"], "could not load list.test.", what)
    # Only to old servers.
    conf = catalog(t, LIST + 'group.a.zones TXT "quieter"\n')
    ran = t.run("--knot-conf", conf, "-f", "json", status=2)
    assert told(ran)["a.test."][0] == "mod-acmlint/quiet", ran.out
    has(ran.json["errors"][0]["message"], "several groups, which Knot takes since 3.4")
    os.unlink(t.path("pub/list.test.zone"))
    has(t.run("--knot-conf", conf).err, "pub/list.test.zone is not there, its members are")


@case
def a_list_comes_from_what_would_be_published(t):
    t.write("src/list.test.zone", LIST.replace("a.zones PTR A.test.", "a.zones PTR own2.test."))
    conf = catalog(t, LIST)
    with open(t.path(conf), "a", encoding="ascii") as file:
        file.write("    module: mod-acmlint/gate\n")
    t.write("pub/own2.test.zone", GOOD.replace("$ORIGIN example.com.\n", ""))
    assert "own2.test." in told(t.run("--knot-conf", conf, "-f", "json"))
    t.write("src/list.test.zone", LIST.replace('"2"', '"3"'))
    ran = t.run("--knot-conf", conf, "-f", "json", status=2)
    got = told(ran)
    assert got["list.test."] == ("mod-acmlint/gate", "rejected") and "a.test." in got, got
    assert sum("list.test." in e["message"] for e in ran.json["errors"]) == 1, ran.out


@case
def each_section_of_a_zone_has_its_verdict(t):
    conf = knot(t)
    with open(t.path(conf), "a", encoding="ascii") as file:
        file.write("    module: [mod-acmlint/quiet, mod-acmlint/default, mod-stats, mod-acmlint/quiet]\n")
    os.unlink(t.path("pub/example.com.zone"))
    ran = t.run("--knot-conf", conf, "-f", "json", status=1)
    # Nothing is published yet: the first one has nothing to lint, and the second accepts.
    assert [(z["module"], z["verdict"]) for z in ran.json["zones"]
            if z["origin"] == "example.com."] == [("mod-acmlint/default", "accepted")], ran.out
    # The other way round, the second one sees what the first one publishes.
    turned = t.write("turned.conf", open(t.path(conf), encoding="ascii").read().replace(
        "[mod-acmlint/quiet, mod-acmlint/default,", "[mod-acmlint/default, mod-acmlint/quiet,"))
    ran = t.run("--knot-conf", turned, "example.com", "-f", "json", status=1)
    assert [(z["module"], os.path.relpath(z["file"], t.folder)) for z in ran.json["zones"]] == \
        [("mod-acmlint/default", "src/example.com.zone"),
         ("mod-acmlint/quiet", "src/example.com.zone")], ran.out
    t.write("pub/example.com.zone", BROKEN)
    ran = t.run("--knot-conf", conf, "example.com", status=1)
    has(ran.err, "pub/example.com.zone: the server would accept: example.com. (mod-acmlint/quiet)",
        "src/example.com.zone: the server would reject: example.com. (mod-acmlint/default)")


@case
def what_a_newer_knot_knows_is_passed_over(t):
    t.write("pub/a.test.zone", GOOD.replace("example.com", "a.test"))
    t.write("k", f"new-section:\n  - id: x\n    file: y\nnew:\n    item: [1, 2]\nzone:\n  - domain: a.test\n"
                 f"    storage: {t.folder}/pub\n    new-item: 3\n")
    t.run("--knot-conf", "k", status=0)


@case
def a_file_that_is_not_there_is_an_error_unless_the_zone_comes_from_elsewhere(t):
    zone = f"zone:\n  - domain: a.test\n    storage: {t.folder}\n"
    t.write("k", zone)
    has(t.run("--knot-conf", "k", status=2).err, "a.test.zone: no such file")
    for item in ("master: p", "zonefile-load: none", "journal-content: all", "catalog-role: generate"):
        t.write("k", zone + f"    {item}\n")
        has(t.run("--knot-conf", "k", status=0).err, "note: a.test.:", "a.test.zone is not there, not linted")


@case
def a_rejecting_section_needs_a_gate(t):
    t.write("pub/a.test.zone", BROKEN.replace("example.com", "a.test"))
    text = (f"mod-acmlint:\n  - id: x\n    mode: reject\nzone:\n  - domain: a.test\n"
            f"    storage: {t.folder}/pub\n    module: mod-acmlint/x\n")
    t.write("k", text)
    has(t.run("--knot-conf", "k", status=1).err, "note: k:5: a.test.: mode: reject needs a source",
        "would accept: a.test.")
    validated = text + "    external-validation: x\n"
    t.write("k", f"external:\n  - id: x\n    dump-new-zone: {t.folder}/dumps/%s.zone\n{validated}")
    ran = t.run("--knot-conf", "k", status=1)
    has(ran.err, "would reject: a.test.")
    assert "needs a source" not in ran.err, ran.err


@case
def a_commit_gate_that_could_publish_nothing_is_wrong(t):
    t.write("pub/a.test.zone", GOOD.replace("example.com", "a.test"))
    text = (f"mod-acmlint:\n  - id: x\n    source: {t.folder}/src/%s.zone\n"
            "{external}template:\n  - id: t\n    external-validation: x\n"
            f"zone:\n  - domain: a.test\n    template: t\n    storage: {t.folder}/pub\n")
    module = "    module: mod-acmlint/x\n"
    t.write("src/a.test.zone", GOOD.replace("example.com", "a.test"))
    t.write("file", "")
    for lines, words in (
            (None, ("k:6: external-validation: 'x' names a section external that is not there",)),
            ((), ("k:8: external-validation: 'x' names a section without dump-new-zone",)),
            (("dump-new-zone: %z",), ("k:6: dump-new-zone: '%z'", "formatter")),
            (("dump-new-zone: %s.zone",), ("k:6: dump-new-zone", "is the zone's own file")),
            ((f"dump-new-zone: {t.folder}/src/%s.zone",), ("k:6:", "is the zone's own file")),
            ((f"dump-new-zone: {t.folder}/file/a/%s.zone",), ("k:6:", "below what is not a folder")),
            ((f"dump-new-zone: {t.folder}/new/a/%s.zone", "timeout: 0s"),
             ("k:7: timeout: '0s' leaves no time",)),
            ((f"dump-new-zone: {t.folder}/new/a/%s.zone", "timeout: 10"), None)):
        external = "" if lines is None else "external:\n  - id: x\n" + "".join(
            f"    {line}\n" for line in lines)
        whole = text.replace("{external}", external)
        t.write("k", whole + module)
        if words is None:
            t.run("--knot-conf", "k", status=0)
        else:
            has(t.run("--knot-conf", "k", status=3).err, *words)
        if lines is not None:
            # Without the module it is somebody else's.
            t.write("k", whole)
            t.run("--knot-conf", "k", status=0)


@case
def an_include_that_cannot_be_read_is_named_where_it_stands(t):
    if os.geteuid() == 0:
        raise Skip("root reads everything")
    t.write("more/a.conf", "zone:\n  - domain: a.test\n")
    t.write("k", "\ninclude: more/*.conf\n")
    os.chmod(t.path("more/a.conf"), 0)
    has(t.run("--knot-conf", "k", status=3).err, "k:2: cannot include", "more/a.conf: permission denied")
