#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The n-th allocation fails, for every n of a small lint: a clean error, exit status 2, no crash.

Needs $ACMLINT and $ACMLINT_BUILD, as tests/run sets them.
"""

import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile

PROGRAM = os.environ["ACMLINT"]
LIBRARY = os.path.join(os.environ["ACMLINT_BUILD"], "tests", "alloc", "libfail.so")

ZONE = """$ORIGIN example.com.
$TTL 300
@ SOA ns1 hostmaster 2026112101 7200 3600 1209600 300
@ NS ns1
@ NS ns2
ns1 A 192.0.2.1
ns2 A 192.0.2.2
@ CAA 0 issue "letsencrypt.org"    ; acmlint: allow CAA006 -- nothing to allow here
www A 192.0.2.3
_a79865eb4cd1a6ab990a45779b4e0b96.www CNAME _424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.
_b79865eb4cd1a6ab990a45779b4e0b96.shop.example.com CNAME _424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws
$INCLUDE more.inc
broken A 192.0.2.256
"""
MORE = "*.wild CNAME www\nd DNAME example.net.\nloop CNAME loop\n"
# Nothing in it that only people can mend.
FIXABLE = "\n".join(line for line in ZONE.split("\n")
                    if not line.startswith(("$INCLUDE", "broken")))
CONF = "acmlint:\n    name: [shop.example.com, \"*.example.com\"]\n    rule: [TOK017=off]\n"

PUBLISHED = """$ORIGIN example.com.
$TTL 300
@ SOA ns1.example.net. hostmaster 2026112102 7200 3600 1209600 300
@ NS ns1.example.net.
@ DNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==
www A 192.0.2.3
_c79865eb4cd1a6ab990a45779b4e0b96.api CNAME _424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.
"""
ROUTE53 = json.dumps({"ResourceRecordSets": [
    {"Name": "example.com.", "Type": "SOA", "TTL": 900, "ResourceRecords": [
        {"Value": "ns-1.awsdns-01.org. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 300"}]},
    {"Name": "example.com.", "Type": "NS", "TTL": 900, "ResourceRecords": [
        {"Value": "ns-1.awsdns-01.org"}, {"Value": "ns-2.awsdns-02.net"}]},
    {"Name": "\\052.example.com.", "Type": "A", "AliasTarget": {"DNSName": "d1.cloudfront.net."}},
    {"Name": "t.example.com.", "Type": "TXT", "TTL": 60, "SetIdentifier": "a", "ResourceRecords": [
        {"Value": "\"a;b\" \"c\""}]}]}, indent=1)

CHECK = ["check", "-j", "1", "--now", "2026-11-21T00:00:00Z", "--name", "www.example.com"]
ACM = """{"Certificate": {"DomainName": "www.example.com", "Status": "ISSUED",
 "CertificateArn": "arn:aws:acm:eu-west-1:1:certificate/1", "NotAfter": "2026-12-01T00:00:00Z",
 "DomainValidationOptions": [{"DomainName": "www.example.com", "ResourceRecord": {
  "Name": "_a79865eb4cd1a6ab990a45779b4e0b96.www.example.com.", "Type": "CNAME",
  "Value": "_999c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws."}},
  {"DomainName": "mail.example.com", "ValidationMethod": "EMAIL"}]}}
{"CertificateSummaryList": [{"DomainName": "x.example.com", "Status": "FAILED",
 "CertificateArn": "arn:aws:acm:eu-west-1:1:certificate/2"}], "NextToken": "x"}
"""

# What the parent publishes, in three forms, two of them JSON.
DS = "example.com. 3600 IN DS 2371 13 2 " + "1F" * 32 + "\nexample.com. 3600 IN NS ns1.example.net.\n"
DETAIL = """{"DomainName": "example.com", "Nameservers": [{"Name": "ns1.example.net"}], "DnssecKeys":
 [{"Algorithm": 13, "Flags": 257, "DigestType": 2, "KeyTag": 2371, "Digest": "%s"}]}
""" % ("1F" * 32)
# jansson 2.14 reads on where there is no room for a closing quote, its 16th byte: no such string here.
HOSTED = """{"HostedZone": {"Id": "/hostedzone/Z12", "Name": "example.com.", "Config":
 {"PrivateZone": false}}, "DelegationSet": {"NameServers": ["ns1.example.net", "ns9.example.org"]}}
"""

KNOT = """mod-acmlint:
  - id: gate
    mode: reject
    source: src/%s.zone
    name: [www.example.com]
  - id: log
    rule: [CAA002=warning]
template:
  - id: default
    storage: .
  - id: member
    storage: .
    module: [mod-acmlint/gate, mod-acmlint/log]
include: more/*.conf
zone:
  - domain: list.test
    catalog-role: interpret
    catalog-template: [default, member]
"""
KNOT_MORE = "zone:\n  - domain: example.com\n    module: [mod-acmlint/gate, mod-acmlint/log]\n"
LIST = """@ 300 SOA ns1.example.net. hostmaster.example.net. 1 7200 3600 1209600 300
version 300 TXT "2"
a.zones 300 PTR a.test.
group.a.zones 300 TXT "member"
b.zones 300 PTR b.test.
c.zones 300 PTR example.com.
"""

COMMANDS = [
    CHECK + ["example.com.zone"],
    CHECK + ["-f", "json", "-c", "acmlint.conf", "example.com.zone", "other.zone"],
    CHECK + ["--rule", "CAA002=warning", "."],
    CHECK + ["-f", "json", "--inventory", "acm.json", "example.com.zone"],
    CHECK + ["-f", "sarif", "--inventory", "acm.json", "fixable.zone"],
    CHECK + ["-f", "html", "--inventory", "acm.json", "example.com.zone"],
    ["certs"] + CHECK[1:] + ["--inventory", "acm", "example.com.zone"],
    CHECK + ["--baseline", "published.zone", "example.com.zone"],
    CHECK + ["-f", "json", "--baseline", "old", "example.com.zone", "route53.json"],
    ["diff"] + CHECK[3:5] + ["published.zone", "example.com.zone"],
    ["diff"] + CHECK[3:5] + ["-f", "json", "route53.json", "published.zone"],
    ["export", "route53.json"],
    CHECK + ["-f", "json", "--parent", "parent.ds", "example.com.zone"],
    CHECK + ["--parent", "detail.json", "--parent", "hosted.json", "published.zone"],
    ["fix"] + CHECK[3:] + ["example.com.zone"],
    ["fix"] + CHECK[3:] + ["--as", "nsupdate", "--fail-on", "warning", "fixable.zone"],
    ["fix"] + CHECK[3:] + ["--as", "knotc", "fixable.zone"],
    CHECK + ["--knot-conf", "knot.conf"],
    CHECK + ["-f", "json", "--knot-conf", "knot.conf", "a.test", "list.test"],
    ["lookup", "example.com.zone", "a.wild.example.com", "A"],
    ["explain", "CAA002"],
    ["rules", "--format", "json"],
]


def run(folder, command, more, **settings):
    environment = {"LD_PRELOAD": LIBRARY, "LC_ALL": "C", "PATH": os.environ["PATH"], **more}
    environment.update({"ACML_" + key: str(value) for key, value in settings.items()})
    return subprocess.run([PROGRAM] + command, cwd=folder, env=environment, timeout=60,
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)


def whole(command, output):
    """Whether a report looks whole although memory ran out."""
    if not output:
        return False
    if "html" in command:
        return output.endswith(b"</html>\n") and b"id=unread" not in output
    if "sarif" in command:
        return output.endswith(b"]}}]}\n") and b'"executionSuccessful": true' in output
    if "json" in command:
        try:
            return not json.loads(output).get("errors")
        except (ValueError, AttributeError):
            return False
    closing = output.rstrip().split(b"\n")[-1]
    return bool(re.match(rb"\d+ (zones?, \d+ records?|names?): ", closing)) and b"problem" not in closing


def judge(folder, command, more, normal, mode, number):
    """None, or what is wrong."""
    place = "%s=%d acmlint %s" % (mode, number, " ".join(command))
    try:
        got = run(folder, command, more, **{mode: number})
    except subprocess.TimeoutExpired:
        return place + ": hangs"
    if got.returncode < 0:
        return "%s: killed by signal %d" % (place, -got.returncode)
    if got.returncode == normal.returncode and got.stdout == normal.stdout:
        return None     # The program could do without.
    if got.returncode != 2:
        return "%s: exit status %d, stderr %r" % (place, got.returncode, got.stderr[-200:])
    if b"memory" not in got.stderr:
        return "%s: no word of memory on stderr: %r" % (place, got.stderr[-200:])
    if whole(command, got.stdout):
        return "%s: a report that looks whole: %r" % (place, got.stdout[-200:])
    return None


def judge_commands(folder, commands, more=None):
    """(number of good runs, what is wrong with the others); more: what else is in the environment"""
    passed, complaints = 0, []
    for command in commands:
        normal = run(folder, command, more or {}, FAIL_COUNT=2)
        last = normal.stderr.decode().split("\n")[-2:-1]
        if normal.returncode not in (0, 1, 2) or not last or not last[0].isdigit():
            complaints.append("acmlint %s: exit status %d, stderr %r" % (
                " ".join(command), normal.returncode, normal.stderr))
            continue
        count = int(last[0])
        work = [(mode, n) for n in range(1, count + 1) for mode in ("FAIL_AT", "FAIL_FROM")]
        with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            results = list(pool.map(
                lambda job, c=command, n=normal: judge(folder, c, more or {}, n, *job), work))
        wrong = [r for r in results if r]
        print("%4d allocations, %d wrong: acmlint %s" % (count, len(wrong), " ".join(command)),
              flush=True)
        passed += len(results) - len(wrong)
        complaints += wrong
    return passed, complaints


def report(passed, complaints):
    for complaint in complaints[:40]:
        print(complaint)
    print("%d passed, %d failed" % (passed, len(complaints)))
    return 1 if complaints else 0


def main():
    with tempfile.TemporaryDirectory(prefix="acmlint-alloc.") as folder:
        for name, text in (("example.com.zone", ZONE), ("more.inc", MORE), ("acmlint.conf", CONF),
                           ("published.zone", PUBLISHED), ("old/db.published", PUBLISHED),
                           ("route53.json", ROUTE53), ("acm.json", ACM), ("acm/a.json", ACM),
                           ("parent.ds", DS), ("detail.json", DETAIL), ("hosted.json", HOSTED),
                           ("knot.conf", KNOT), ("more/a.conf", KNOT_MORE), ("list.test.zone", LIST),
                           ("src/a.test.zone", FIXABLE.replace("example.com", "a.test")),
                           ("src/example.com.zone", FIXABLE), ("fixable.zone", FIXABLE),
                           ("other.zone", ZONE.replace("example.com", "other.example"))):
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            with open(os.path.join(folder, name), "w", encoding="ascii") as file:
                file.write(text)

        passed, complaints = judge_commands(folder, COMMANDS)
    return report(passed, complaints)


if __name__ == "__main__":
    sys.exit(main())
