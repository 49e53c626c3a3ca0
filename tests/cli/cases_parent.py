# SPDX-License-Identifier: GPL-2.0-or-later
"""What the parent publishes, and zones that tell each other."""

import os
import subprocess
import sys

from harness import HEAD, case

KEY = "DNSKEY 257 3 15 5q1zeTR8zTioutTWDL6OEPkxVVTzuMTkzbBIJSW9Hl4=\n"
DS = ("example.com. 3600 IN DS 55649 15 2 "
      "841CF413FFBA5692F8515E9AE2D8D432B42E7CC5E13EEF467B1EAC776FE93E34\n")
CHILD = HEAD.replace("example.com", "sub.example.com")
CUT = "sub NS ns1.example.net.\nsub NS ns2.example.org.\n"
OTHER = "DS 31090 15 2 B053427A9F8837EDE10169D6DE02DC2801A063FFDF9D980A2BDEBFF1D6FDC698\n"


def lint(t, *args, status):
    return t.run("-f", "json", *args, status=status)


def needs(ran, rule):
    return [s["needs"] for s in ran.json["zones"][0]["skipped"] if s["rule"] == rule]


@case
def parent_gives_ds(t):
    t.write("example.com.zone", HEAD)
    t.write("ds.txt", DS)
    ran = lint(t, "--parent", "ds.txt", "example.com.zone", status=1)
    assert ran.rules() == [("SEC001", 3)]
    assert "--signed no" in t.run("--parent", "ds.txt", "example.com.zone", status=1).out


@case
def parent_and_a_server_that_signs(t):
    t.write("example.com.zone", HEAD)
    t.write("ds.txt", DS)
    ran = lint(t, "--parent", "ds.txt", "--signed", "no", "example.com.zone", status=0)
    assert ran.rules() == []
    assert needs(ran, "SEC001") == ["zone as served"]


@case
def parent_not_given(t):
    t.write("example.com.zone", HEAD)
    assert needs(lint(t, "example.com.zone", status=0), "SEC001") == ["parent"]


@case
def parent_of_another_zone(t):
    t.write("example.com.zone", HEAD)
    t.write("ds.txt", DS.replace("example.com", "example.org"))
    ran = lint(t, "--parent", "ds.txt", "example.com.zone", status=0)
    assert needs(ran, "SEC001") == ["DS at the parent"]


@case
def parent_in_several_files(t):
    t.write("example.com.zone", HEAD)
    t.write("ds.txt", DS)
    t.write("ns.txt", "example.com. NS elsewhere.example.\n")
    ran = lint(t, "--parent", "ds.txt", "--parent", "ns.txt", "example.com.zone", status=1)
    assert sorted(rule for rule, _ in ran.rules()) == ["DEL001", "SEC001"]


@case
def parent_that_cannot_be_read(t):
    t.write("example.com.zone", HEAD)
    t.write("ds.txt", DS + "example.com. DS nonsense\n")
    ran = lint(t, "--parent", "ds.txt", "example.com.zone", status=2)
    assert [(e["file"], e["line"]) for e in ran.json["errors"]] == [("ds.txt", 2)]
    assert needs(ran, "SEC001") == ["parent"]
    assert "ds.txt:2: " in ran.err
    assert "none.txt" in lint(t, "--parent", "none.txt", "example.com.zone", status=2).err


@case
def parent_as_dig_short(t):
    t.write("example.com.zone", HEAD)
    t.write("example.org.zone", HEAD.replace("example.com", "example.org"))
    t.write("short.txt", DS.split(" DS ")[1])
    assert lint(t, "--parent", "short.txt", "example.com.zone", status=1).rules() == [("SEC001", 3)]
    ran = lint(t, "--parent", "short.txt", "example.com.zone", "example.org.zone", status=2)
    assert "+short" in ran.err


@case
def parent_in_the_configuration(t):
    t.write("example.com.zone", HEAD)
    t.write("acm/conf", "acmlint:\n    parent: [ds.txt]\n")
    t.write("acm/ds.txt", DS)
    assert lint(t, "-c", "acm/conf", "example.com.zone", status=1).rules() == [("SEC001", 3)]


@case
def parent_among_the_zones(t):
    t.write("example.com.zone", HEAD + CUT + "sub " + OTHER)
    t.write("sub.zone", CHILD + "@ " + KEY)
    ran = lint(t, "example.com.zone", "sub.zone", status=1)
    assert ("SEC014", 8) in ran.rules(0)
    assert "SEC002" in [rule for rule, _ in ran.rules(1)]
    assert lint(t, "sub.zone", "example.com.zone", status=1).rules(1) == ran.rules(0)


@case
def parent_among_the_zones_without_ds(t):
    t.write("example.com.zone", HEAD + CUT)
    t.write("sub.zone", CHILD + "@ " + KEY)
    t.write("deep.zone", HEAD.replace("example.com", "deep.sub.example.com"))
    ran = lint(t, "example.com.zone", "sub.zone", "deep.zone", status=0)
    assert [rule for rule, _ in ran.rules(1)] == ["SEC007"]
    assert ran.rules(2) == []


@case
def parent_zone_as_transferred(t):
    soa = "com.\t900\tIN\tSOA\ta.gtld-servers.net. nstld.verisign-grs.com. 1 1800 900 604800 900\n"
    t.write("example.com.zone", HEAD)
    t.write("axfr.txt", "\n; <<>> DiG 9.18.49 <<>> @192.0.2.53 com AXFR\n; (1 server found)\n"
            ";; global options: +cmd\n" + soa + "example.com.\t172800\tin\tns\tns1.example.net.\n"
            "example.com.\t172800\tIN\tNS\tns2.example.org.\n" + DS.replace(" ", "\t", 4) + soa +
            ";; Query time: 11 msec\n;; XFR size: 5 records (messages 1, bytes 300)\n\n")
    assert lint(t, "--parent", "axfr.txt", "example.com.zone", status=1).rules() == [("SEC001", 3)]


# A process of its own asks: a child's peak begins with that of the process that makes it.
PEAK = """
import os, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss)
"""


def peak(t, parent):
    """Kilobytes that a run takes at most."""
    done = subprocess.run([sys.executable, "-c", PEAK, t.binary, "check", "--parent", parent,
                           "example.com.zone"], capture_output=True, cwd=t.folder, check=True)
    status, size = map(int, done.stdout.split())
    assert status == 1
    return size


@case
def parent_zone_of_a_million_records(t):
    lines = ["$ORIGIN com.\n$TTL 900\n@ SOA a.gtld-servers.net. nstld.verisign-grs.com. 1 2 3 4 5\n"]
    for i in range(250000):
        lines.append(f"d{i} NS ns1.d{i}\nd{i} NS ns2.d{i}\nd{i} DS {i % 65536} 13 2 {i:064x}\n"
                     f"ns1.d{i} A 192.0.2.1\n")
    t.write("example.com.zone", HEAD)
    t.write("small.zone", lines[0] + DS)
    t.write("huge.zone", "".join(lines) + DS)
    size = os.path.getsize(t.path("huge.zone")) // 1024
    assert lint(t, "--parent", "huge.zone", "example.com.zone", status=1).rules() == [("SEC001", 3)]
    # The file is mapped; of its records only those of the zone are kept.
    grown = peak(t, "huge.zone") - peak(t, "small.zone")
    assert grown < size + 8 * 1024, f"{grown} kB for a file of {size} kB"
