#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Other servers' own doors: acmlint verify as the verifier of a real nsd, behind the environment of
Cascade's review hook, and the step before rndc of a real named.

The program is $ACMLINT.
"""

import os
import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile
import traceback

from servers import Knot, Named, Nsd, find, free_port, serial, until

PROGRAM = os.path.abspath(os.environ["ACMLINT"])
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ZONE = "example.com"
TOKEN = ("_a79865eb4cd1a6ab990a45779b4e0b96.www CNAME "
         "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws.\n")
INVENTORY = """{"Certificate": {"CertificateArn": "arn:aws:acm:us-east-1:111122223333:certificate/1",
 "DomainName": "www.example.com", "Status": "ISSUED", "Type": "AMAZON_ISSUED",
 "InUseBy": ["arn:aws:cloudfront::111122223333:distribution/E1"], "RenewalEligibility": "ELIGIBLE",
 "DomainValidationOptions": [{"DomainName": "www.example.com", "ValidationMethod": "DNS",
 "ValidationStatus": "SUCCESS", "ResourceRecord": {"Type": "CNAME",
 "Name": "_a79865eb4cd1a6ab990a45779b4e0b96.www.example.com.",
 "Value": "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws."}}]}}"""


def text(number, body='@ CAA 0 issue "amazon.com"\n' + TOKEN):
    return ("$TTL 300\n$ORIGIN example.com.\n"
            f"@ SOA ns1.example.net. hostmaster.example.net. {number} 7200 3600 1209600 300\n"
            "@ NS ns1.example.net.\n@ NS ns2.example.org.\nwww A 192.0.2.1\n" + body)


BAD = '@ CAA 0 issue "letsencrypt.org"\n' + TOKEN
NO_TOKEN = '@ CAA 0 issue "amazon.com"\n'
# libzscanner would not print it so: records that need several messages of a transfer.
LARGE = '@ CAA 0 issue "amazon.com"\n' + TOKEN + "".join(
    f"h{i} TXT \"{'x' * 200}\"\n" for i in range(2000))


def run(arguments, **more):
    environment = {key: value for key, value in os.environ.items()
                   if not key.startswith(("VERIFY_", "CASCADE_"))}
    environment.update(more.pop("env", {}))
    return subprocess.run([PROGRAM, "verify", *arguments], env=environment, capture_output=True,
                          text=True, check=False, timeout=60, **more)


def verifier(folder, *arguments):
    """nsd splits the verifier's line itself; a script is what an operator writes too."""
    script = folder / "verifier"
    script.write_text("#!/bin/sh\nexec " + " ".join([PROGRAM, "verify", "-c", "/dev/null",
                                                     *arguments]) + "\n", encoding="ascii")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return script


def nsd_refuses(folder, feed, *arguments):
    """A good version, a bad one, a good one again."""
    port = free_port()
    primary = Knot(folder, ZONE, text(1), port)
    secondary = None
    try:
        secondary = Nsd(folder, ZONE, primary.port, port, verifier(folder, *arguments), feed)
        until(lambda: serial(port, ZONE) == 1, "nsd takes the good version")
        primary.publish(text(2, BAD), 2)
        until(lambda: "example.com serial 2: not accepted: 1 error, 0 warnings" in secondary.log(),
              "the verifier refuses")
        until(lambda: "exited with 1" in secondary.log(), "nsd hears it")
        assert "[CAA002 caa-excludes-amazon]" in secondary.log()
        assert serial(port, ZONE) == 1, "nsd serves the bad version"
        primary.publish(text(3), 3)
        until(lambda: serial(port, ZONE) == 3, "nsd takes the next good version")
        assert "example.com serial 3: accepted: 0 errors, 0 warnings" in secondary.log()
    except AssertionError:
        print((secondary or primary).log()[-3000:])
        raise
    finally:
        primary.close()
        if secondary is not None:
            secondary.close()


def case_nsd_feeds(folder):
    nsd_refuses(folder, "yes")


def case_nsd_transfer(folder):
    nsd_refuses(folder, "no", "--timeout", "10")


def case_nsd_inventory(folder):
    """What only the inventory knows: the record is gone."""
    (folder / "acm.json").write_text(INVENTORY, encoding="ascii")
    environment = {"VERIFY_ZONE": ZONE, "VERIFY_ZONE_ON_STDIN": "yes"}
    got = run(["-c", "/dev/null"], env=environment, input=text(5, NO_TOKEN))
    assert got.returncode == 0, got
    got = run(["-c", "/dev/null", "--inventory", str(folder / "acm.json")], env=environment,
              input=text(5, NO_TOKEN))
    assert got.returncode == 1 and "INV001" in got.stdout, got
    # An inventory that cannot be read is said; the zone decides.
    got = run(["-c", "/dev/null", "--inventory", str(folder / "none.json")], env=environment,
              input=text(5))
    assert got.returncode == 0 and "none.json" in got.stderr, got
    assert "accepted" in got.stderr.splitlines()[-1], got
    got = run(["-c", "/dev/null", "--inventory", str(folder / "none.json")], env=environment,
              input=text(5, BAD))
    assert got.returncode == 1, got


def case_baseline_parent_config(folder):
    environment = {"VERIFY_ZONE": ZONE + ".", "VERIFY_ZONE_ON_STDIN": "yes"}
    (folder / "example.com.zone").write_text(text(1), encoding="ascii")
    got = run(["-c", "/dev/null", "--baseline", str(folder)], env=environment,
              input=text(2, NO_TOKEN))
    assert got.returncode == 1 and "MIG001" in got.stdout, got
    (folder / "ds").write_text("example.com. 3600 IN DS 1 13 2 " + "00" * 32 + "\n", "ascii")
    got = run(["-c", "/dev/null", "--parent", str(folder / "ds")], env=environment, input=text(2))
    assert got.returncode == 1 and "SEC001" in got.stdout, got
    (folder / "conf").write_text("acmlint:\n    rule: CAA002=warning\n", "ascii")
    got = run(["-c", str(folder / "conf")], env=environment, input=text(2, BAD))
    assert got.returncode == 0 and "accepted: 0 errors, 1 warning" in got.stderr, got


def case_incomplete_is_refused(folder):
    environment = {"VERIFY_ZONE": ZONE, "VERIFY_ZONE_ON_STDIN": "yes"}
    for zone in (text(2) + "$TTL nothing\n", "", "\0\xff"):
        got = run(["-c", "/dev/null"], env=environment, input=zone)
        assert got.returncode != 0 and "not accepted" in got.stderr, (zone, got)


def case_wrong_usage(folder):
    for arguments, environment, word in (
            ([], {}, "neither VERIFY_ZONE nor CASCADE_ZONE"),
            ([], {"VERIFY_ZONE": "a..b"}, "is no domain name"),
            ([], {"VERIFY_ZONE": ZONE, "VERIFY_ZONE_ON_STDIN": "no"}, "VERIFY_IP_ADDRESS"),
            ([], {"CASCADE_ZONE": ZONE}, "CASCADE_SERVER"),
            ([], {"CASCADE_ZONE": ZONE, "CASCADE_SERVER": "nowhere:5"}, "CASCADE_SERVER"),
            (["--timeout", "0"], {"VERIFY_ZONE": ZONE, "VERIFY_ZONE_ON_STDIN": "yes"}, "seconds"),
            (["x.zone"], {"VERIFY_ZONE": ZONE, "VERIFY_ZONE_ON_STDIN": "yes"}, "neither files"),
            (["-o", "b"], {"VERIFY_ZONE": ZONE, "VERIFY_ZONE_ON_STDIN": "yes"}, "neither files")):
        got = run(arguments, env=environment, stdin=subprocess.DEVNULL)
        assert got.returncode == 3 and word in got.stderr, (arguments, environment, got)


def cascade(server, port):
    return {"CASCADE_ZONE": ZONE, "CASCADE_SERIAL": "1", "CASCADE_SERVER": f"{server}:{port}",
            "CASCADE_SERVER_IP": server, "CASCADE_SERVER_PORT": str(port)}


def case_cascade(folder):
    """The environment that Cascade's documentation names; the review server is a knotd."""
    primary = Knot(folder, ZONE, text(1, LARGE), free_port())
    try:
        environment = cascade("127.0.0.1", primary.port)
        got = run(["-c", "/dev/null", "--signed", "no"], env=environment)
        assert got.returncode == 0, got
        assert got.stderr == "acmlint: example.com serial 1: accepted: 0 errors, 0 warnings\n", got
        del environment["CASCADE_SERVER_IP"]
        got = run(["-c", "/dev/null"], env=environment)
        assert got.returncode == 0, got
        primary.publish(text(2, LARGE.replace("amazon.com", "letsencrypt.org")), 2)
        got = run(["-c", "/dev/null"], env=environment)
        assert got.returncode == 1 and "not accepted: 1 error" in got.stderr, got
        assert "CAA002" in got.stdout, got
        # A zone that the server does not have is refused, not taken for an empty one.
        got = run([], env=dict(environment, CASCADE_ZONE="example.net"))
        assert got.returncode == 2 and "refuses the transfer" in got.stderr, got
    finally:
        primary.close()
    got = run([], env=environment)
    assert got.returncode == 2 and "cannot be reached" in got.stderr, got


def case_bind_step(folder):
    """examples/bind-reload: nothing reaches named that acmlint refuses."""
    server = Named(folder, ZONE, text(1))
    script = ROOT / "examples" / "bind-reload"
    environment = dict(os.environ, ACMLINT=PROGRAM, PATH=os.environ["PATH"] + ":/usr/sbin:/sbin")

    def reload_zone(body, number):
        (server.folder / "zone").write_text(text(number, body), encoding="utf-8")
        return subprocess.run(["sh", str(script), str(server.conf), str(server.folder / "rndc.conf")],
                              env=environment, capture_output=True, text=True, check=False,
                              cwd=folder, timeout=60)
    try:
        got = reload_zone(BAD, 2)
        assert got.returncode == 1 and "CAA002" in got.stdout, got
        assert serial(server.port, ZONE) == 1
        got = reload_zone('@ CAA 0 issue "amazon.com"\nbroken A nonsense\n', 3)
        assert got.returncode != 0 and serial(server.port, ZONE) == 1, got
        got = reload_zone(TOKEN, 4)
        assert got.returncode == 0, got
        until(lambda: serial(server.port, ZONE) == 4, "named serves the good version")
    except AssertionError:
        print(server.log()[-3000:])
        raise
    finally:
        server.close()


def documented(block, folder, environment):
    """Types a block of the documentation; environment has what stands in for its programs."""
    commands = subprocess.run([ROOT / "tests/docs/block", *block.split()], capture_output=True,
                              text=True, check=True).stdout
    return subprocess.run(["bash", "-euxc", commands], cwd=folder, env=environment, capture_output=True,
                          text=True, check=False, timeout=60)


def case_bind_as_documented(folder):
    """named has its configuration where the documentation has it in /etc/bind, and a channel of its own."""
    server = Named(folder, ZONE, text(1))
    tools, zone = server.folder / "bin", server.folder / "zone"
    for path in (tools, server.folder / "published"):
        path.mkdir()
    for name, more in (("named-checkconf", f'"$@" "{server.conf}"'),
                       ("rndc", f'-c "{server.folder}/rndc.conf" "$@"')):
        (tools / name).write_text(f'#!/bin/sh\nexec {find(name)} {more}\n', "ascii")
        (tools / name).chmod(0o755)
    (server.folder / "db.example.com").symlink_to(zone)
    (server.folder / "list-of-zones").write_text("db.example.com\n", "ascii")
    shutil.copy(zone, server.folder / "published" / "example.com.zone")
    environment = dict(os.environ, PATH=f"{tools}:{os.path.dirname(PROGRAM)}:{os.environ['PATH']}")
    try:
        number = 1
        for block, bad, says in (("docs/other-servers.md#bind 1", BAD, "CAA002"),
                                 ("docs/other-servers.md#bind 2", NO_TOKEN, "MIG001")):
            zone.write_text(text(number + 1, bad), encoding="utf-8")
            got = documented(block, server.folder, environment)
            assert got.returncode == 1 and says in got.stdout, got
            assert serial(server.port, ZONE) == number, got
            number += 1
            zone.write_text(text(number), encoding="utf-8")
            got = documented(block, server.folder, environment)
            assert got.returncode == 0, got
            until(lambda: serial(server.port, ZONE) == number, f"named serves version {number}")
        assert (server.folder / "published" / "example.com.zone").read_text("utf-8") == text(number)
    finally:
        server.close()


def main():
    cases = [(name[5:], case) for name, case in globals().items() if name.startswith("case_")]
    wanted = sys.argv[1:]
    failed = 0
    chosen = [case for case in cases if not wanted or case[0] in wanted]
    for name, case in chosen:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="acmlint-doors-"))
        try:
            case(folder)
        except Exception:
            failed += 1
            print(f"FAIL {name}")
            traceback.print_exc(file=sys.stdout)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"{len(chosen) - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
