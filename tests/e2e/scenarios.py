# SPDX-License-Identifier: GPL-2.0-or-later
"""What happens to a zone behind the load gate. Each function is a test; its first line says what
it holds. expect() compares and tells the server's log where it fails."""

import os
import pathlib
import shutil
import subprocess
import time

import dns
import zones
from server import Server

GOOD, BAD, UNPARSABLE = zones.good, zones.bad, zones.unparsable


def expect(server, got, wanted, what):
    if got != wanted:
        raise AssertionError("%s: %r, not %r\n%s" % (what, got, wanted, server.log()))


def expect_log(server, *texts):
    log = server.log()
    for text in texts:
        if text not in log:
            raise AssertionError("the log lacks %r\n%s" % (text, log))


def write(path, text):
    """As a careful operator does: beside, then renamed."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_bytes(text.encode() if isinstance(text, str) else text)
    fresh.rename(path)


def published_with(machine, version=1, **options):
    """A server that serves a good version from its source."""
    server = Server(machine, **options)
    write(server.source(), GOOD(version))
    server.start()
    server.wait_serial(version)
    return server


def holds(server, version, text=None):
    """The version is served, and its file is byte for byte what was its source."""
    server.wait_serial(version)
    expect(server, server.text(), "v%d" % version, "the version served")
    expect(server, server.published().read_bytes(), (text or GOOD(version)).encode(),
           "the published file")


def settle():
    """Long enough for the server to have done what it should not do."""
    time.sleep(0.3)


def test_start_good(machine):
    """start with a good source: published byte for byte, and served"""
    server = published_with(machine)
    holds(server, 1)
    expect_log(server, "accepted, serial 1")
    return server


def test_reload_bad_then_mended(machine):
    """reload: a bad source is kept out with the reason, a mended one comes in"""
    server = published_with(machine)
    write(server.source(), BAD(2))
    server.reload()
    settle()
    holds(server, 1)
    expect_log(server, "CAA002 caa-excludes-amazon", "rejected, keeping serial 1")
    write(server.source(), GOOD(3))
    server.reload()
    holds(server, 3)
    return server


def test_reload_unchanged(machine):
    """reload of an unchanged source: silent when accepted, one line when rejected"""
    server = published_with(machine)
    time.sleep(0.1)
    server.reload()
    before = server.log().count("mod-acmlint/default")
    server.reload()
    expect(server, server.log().count("mod-acmlint/default"), before, "lines about an accepted source")
    write(server.source(), BAD(2))
    time.sleep(0.1)
    server.reload()
    before = server.log().count("mod-acmlint/default")
    server.reload()
    expect(server, server.log().count("mod-acmlint/default"), before + 1, "lines about a rejected source")
    expect_log(server, "unchanged, still rejected, keeping serial 1")
    holds(server, 1)
    return server


def test_zone_reload(machine):
    """a single zone: forced zone-reload runs the gate, then zone-reload loads"""
    server = published_with(machine)
    write(server.source(), BAD(2))
    server.reload_zone()
    settle()
    holds(server, 1)
    write(server.source(), GOOD(3))
    server.reload_zone()
    holds(server, 3)
    return server


def test_plain_zone_reload(machine):
    """a plain zone-reload reads the published copy again: no harm, no change"""
    server = published_with(machine)
    write(server.source(), BAD(2))
    server.knotc("-b", "zone-reload", "example.com")
    settle()
    holds(server, 1)
    return server


def test_restart_bad(machine):
    """restart with a bad source: the last good version answers"""
    server = published_with(machine)
    write(server.source(), BAD(2))
    server.stop()
    server.start()
    holds(server, 1)
    expect_log(server, "rejected, keeping serial 1")
    return server


def test_restart_unchanged(machine):
    """restart with nothing changed: nothing is linted"""
    server = published_with(machine)
    server.stop()
    time.sleep(0.1)
    server.start()
    server.wait_serial(1)
    server.stop()
    (server.folder / "log").unlink()
    server.start()
    holds(server, 1)
    if "accepted" in server.log():
        raise AssertionError("an unchanged source was read\n" + server.log())
    return server


def keeps_for(text, reason, mode="reject"):
    def test(machine):
        server = published_with(machine, mode=mode)
        write(server.source(), text)
        server.reload()
        settle()
        holds(server, 1)
        expect_log(server, reason)
        server.stop()
        server.start()
        holds(server, 1)
        return server
    return test


test_unparsable = keeps_for(UNPARSABLE(2), "SYN001")
test_unparsable.__doc__ = "a source that does not parse: kept out, also after a restart"
test_unparsable_log = keeps_for(UNPARSABLE(2), "the server could not load it", mode="log")
test_unparsable_log.__doc__ = "mode log: what the server could not load is kept out as well"
test_torn = keeps_for(GOOD(2)[:50], "rejected, the server could not load it")
test_torn.__doc__ = "half a zone file is kept out"
test_empty = keeps_for("", "is empty, keeping serial 1")
test_empty.__doc__ = "an empty source is kept out"
test_no_soa = keeps_for("$ORIGIN example.com.\n@ 60 NS ns1\n", "no SOA at the apex", mode="log")
test_no_soa.__doc__ = "a source without SOA is kept out, in mode log too"
test_cname = keeps_for(GOOD(2) + "version 60 CNAME a\n", "other records beside a CNAME", mode="log")
test_cname.__doc__ = "what knotd's semantic checks refuse is kept out, in mode log too"


def test_missing(machine):
    """no source: the published copy answers, also after a restart"""
    server = published_with(machine)
    server.source().unlink()
    server.reload()
    settle()
    holds(server, 1)
    expect_log(server, "is not there, keeping serial 1")
    server.stop()
    server.start()
    holds(server, 1)
    return server


def test_not_a_file(machine):
    """a FIFO or a folder in the place of the source does not hold up the server"""
    server = published_with(machine)
    server.source().unlink()
    os.mkfifo(server.source())
    server.reload()
    holds(server, 1)
    server.source().unlink()
    server.source().mkdir()
    server.reload()
    settle()
    holds(server, 1)
    expect(server, server.log().count("is not a regular file"), 2, "lines about it")
    return server


def test_symlink(machine):
    """a source may be a symbolic link, and its change is noticed"""
    server = Server(machine)
    for version in (1, 2):
        (server.folder / "source" / ("v%d" % version)).write_text(GOOD(version))
    server.source().symlink_to("v1")
    server.start()
    holds(server, 1)
    server.source().unlink()
    server.source().symlink_to("v2")
    server.reload()
    holds(server, 2)
    return server


def test_being_written(machine):
    """a source that somebody writes to is left alone until it is done"""
    server = published_with(machine)
    with open(server.source(), "w") as file:
        file.write(GOOD(2))
        file.flush()
        server.reload()
        settle()
        holds(server, 1)
        expect_log(server, "is being written", "keeping serial 1")
    server.reload()
    holds(server, 2)
    return server


def test_same_size_same_second(machine):
    """a second change at once, of the same size, is noticed"""
    server = published_with(machine)
    for version in range(2, 8):
        server.source().write_text(GOOD(version))
        server.reload_zone()
        holds(server, version)
    return server


def test_includes(machine):
    """a source with $INCLUDE is published whole, and a change of the included file is noticed"""
    server = Server(machine)
    folder = server.source().parent
    write(folder / "hosts", "host 60 A 192.0.2.1\nversion 60 TXT \"v1\"\n")
    write(server.source(), zones.head(1) + "$INCLUDE hosts\n")
    server.start()
    server.wait_serial(1)
    published = server.published().read_text()
    if "$INCLUDE" in published:
        raise AssertionError("the published copy does not stand alone\n" + published)
    records = dns.transfer(server.port, "example.com")
    write(folder / "hosts", "host 60 A 192.0.2.1\n@ 60 CAA 0 issue \"ca.example\"\n")
    server.reload()
    settle()
    expect(server, dns.transfer(server.port, "example.com"), records, "the records")
    expect_log(server, "rejected, keeping serial 1")
    (folder / "hosts").unlink()
    server.reload()
    settle()
    server.stop()
    server.start()
    server.wait_serial(1)
    expect(server, dns.transfer(server.port, "example.com"), records, "the records")
    write(folder / "hosts", "version 60 TXT \"v2\"\n")
    write(server.source(), zones.head(2) + "$INCLUDE hosts\n")
    server.reload()
    server.wait_serial(2)
    expect(server, server.text(), "v2", "the version served")
    return server


def test_crlf(machine):
    """a source with CRLF line ends is published so that the server reads it"""
    server = Server(machine)
    write(server.source(), GOOD(1).replace("\n", "\r\n"))
    server.start()
    server.wait_serial(1)
    expect(server, server.text(), "v1", "the version served")
    return server


def test_no_final_newline(machine):
    """a source without a final newline is published and served whole"""
    server = Server(machine)
    write(server.source(), GOOD(1) + "last 60 A 192.0.2.9")
    server.start()
    server.wait_serial(1)
    answer = dns.ask(server.port, "last.example.com", "A")
    expect(server, answer.rdata("A"), [bytes([192, 0, 2, 9])], "the last record")
    return server


def test_mode(machine):
    """a new version keeps the mode of the published file, and its owner where knotd may"""
    server = published_with(machine)
    os.chmod(server.published(), 0o604)
    before = server.published().stat()
    write(server.source(), GOOD(2))
    server.reload()
    holds(server, 2)
    after = server.published().stat()
    expect(server, (after.st_mode, after.st_uid, after.st_gid),
           (before.st_mode, before.st_uid, before.st_gid), "mode, owner, group")
    # knotd has given up the right to give files away.
    os.chown(server.published(), 1, 1)
    write(server.source(), GOOD(3))
    server.reload()
    holds(server, 3)
    return server


def test_other_user(machine):
    """knotd as its own user, with a source that only root may write"""
    server = published_with(machine, user="knot")
    write(server.source(), BAD(2))
    server.reload()
    settle()
    holds(server, 1)
    write(server.source(), GOOD(3))
    server.reload()
    holds(server, 3)
    os.chmod(server.source(), 0o600)
    os.utime(server.source())
    server.reload()
    settle()
    holds(server, 3)
    expect_log(server, "Permission denied, keeping serial 3")
    return server


def test_read_only_folder(machine):
    """published files in a folder that the server cannot write: said, and kept"""
    server = published_with(machine, user="knot")
    os.chown(server.published().parent, 0, 0)
    write(server.source(), GOOD(2))
    server.reload()
    settle()
    holds(server, 1)
    expect_log(server, "accepted, but not published", "keeping serial 1")
    server.stop()
    server.start()
    holds(server, 1)
    os.chmod(server.published().parent, 0o777)
    server.reload()
    holds(server, 2)
    return server


def mounted(folder, *words):
    subprocess.run(["mount", *words, str(folder)], check=True)


def test_read_only_mount(machine):
    """published files on a file system that is read-only: said, and kept"""
    server = published_with(machine)
    folder = server.published().parent
    mounted(folder, "--bind", str(folder))
    try:
        mounted(folder, "-o", "remount,bind,ro")
        write(server.source(), GOOD(2))
        server.reload()
        settle()
        holds(server, 1)
        expect_log(server, "Read-only file system", "keeping serial 1")
    finally:
        subprocess.run(["umount", str(folder)], check=True)
    server.reload()
    holds(server, 2)
    return server


def test_full_disk(machine):
    """published files on a full disk: said, kept, nothing left over, and published once there is room"""
    server = Server(machine)
    folder = server.published().parent
    mounted(folder, "-t", "tmpfs", "-o", "size=128k", "tmpfs")
    try:
        write(server.source(), GOOD(1, records=100))
        server.start()
        holds(server, 1, GOOD(1, records=100))
        filler = folder / "filler"
        with open(filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 1024)
            except OSError:
                pass
        write(server.source(), GOOD(2, records=100))
        server.reload()
        settle()
        holds(server, 1, GOOD(1, records=100))
        expect_log(server, "No space left on device", "keeping serial 1")
        expect(server, sorted(os.listdir(folder)), ["example.com.zone", "filler"], "files")
        server.stop()
        server.start()
        holds(server, 1, GOOD(1, records=100))
        filler.unlink()
        server.reload()
        holds(server, 2, GOOD(2, records=100))
        server.stop()
    finally:
        server.close()
        subprocess.run(["umount", str(folder)], check=False)
    return server


def test_missing_folder(machine):
    """the folder of the published files is gone: said, and the server goes on"""
    server = published_with(machine)
    shutil.rmtree(server.published().parent)
    write(server.source(), GOOD(2))
    server.reload()
    settle()
    server.wait_serial(1)
    expect_log(server, "is in a folder that is not there")
    server.published().parent.mkdir()
    server.reload()
    holds(server, 2)
    return server


def test_first_load_accept(machine):
    """first-load: accept publishes a bad first version, loudly, and takes a good one"""
    server = Server(machine)
    write(server.source(), BAD(1))
    server.start()
    holds(server, 1, BAD(1))
    expect_log(server, "CAA002", "accepted for want of a better version, serial 1")
    write(server.source(), BAD(2))
    server.reload()
    settle()
    holds(server, 1, BAD(1))
    write(server.source(), GOOD(3))
    server.reload()
    holds(server, 3)
    return server


def test_first_load_refuse(machine):
    """first-load: refuse publishes nothing before the first good version"""
    server = Server(machine, first_load="refuse")
    write(server.source(), BAD(1))
    server.start()
    settle()
    if server.published().exists():
        raise AssertionError("published\n" + server.log())
    expect_log(server, "rejected, nothing is published")
    expect(server, dns.serial(server.port, "example.com"), "rcode 2", "the answer")
    write(server.source(), GOOD(2))
    server.reload()
    holds(server, 2)
    return server


def test_first_load_unloadable(machine):
    """a first version that the server could not load is never published"""
    server = Server(machine)
    write(server.source(), UNPARSABLE(1))
    server.start()
    settle()
    if server.published().exists():
        raise AssertionError("published\n" + server.log())
    return server


def test_mode_log(machine):
    """mode log with a source: findings are logged, the version is published"""
    server = published_with(machine, mode="log")
    write(server.source(), BAD(2))
    server.reload()
    holds(server, 2, BAD(2))
    expect_log(server, "CAA002", "accepted though mode reject would not, serial 2")
    return server


def test_log_to_reject(machine):
    """mode log, then reject: what is published stays, the next bad version does not come in"""
    server = published_with(machine, mode="log")
    write(server.source(), BAD(2))
    server.reload()
    holds(server, 2, BAD(2))
    server.configure(mode="reject")
    server.reload()
    settle()
    holds(server, 2, BAD(2))
    expect_log(server, "keeping serial 2, which is this very version")
    write(server.source(), BAD(3))
    server.reload()
    settle()
    holds(server, 2, BAD(2))
    return server


def test_no_source(machine):
    """mode reject without a source: says that it cannot reject, lints the file, takes nothing away"""
    server = Server(machine, source=None)
    write(server.published(), GOOD(1))
    server.start()
    server.wait_serial(1)
    write(server.published(), BAD(2))
    server.reload()
    server.wait_serial(2)
    expect_log(server, "error: [example.com.] module 'mod-acmlint/default', mode reject needs a source",
               "CAA002", "accepted though mode reject would not")
    return server


def test_large_in_background(machine):
    """a zone over max-sync-size is linted in the background, also while instances come and go"""
    server = Server(machine, source=None, mode="log", max_sync_size="1K")
    write(server.published(), BAD(1, records=20000))
    server.start()
    for _ in range(5):
        server.reload()
    server.wait_serial(1)
    end = time.monotonic() + 20
    while "accepted though" not in server.log() and time.monotonic() < end:
        time.sleep(0.05)
    expect_log(server, "CAA002", "accepted though mode reject would not")
    server.reload()
    server.stop()
    return server


def test_source_is_file(machine):
    """a source that is the zone's own file cannot be a gate: said"""
    server = Server(machine)
    server.configure(source=server.inside("zones/%s.zone"))
    write(server.published(), GOOD(1))
    server.start()
    server.wait_serial(1)
    expect_log(server, "is the zone's own file")
    return server


def test_published_lost(machine):
    """a published copy that is lost, emptied or damaged is made again from the good source"""
    server = published_with(machine)
    for damage in (None, b"", GOOD(1).encode()[:50], BAD(1).encode()):
        server.published().unlink()
        if damage is not None:
            server.published().write_bytes(damage)
        server.stop()
        server.start()
        holds(server, 1)
    return server


def test_published_unreadable(machine):
    """a published copy that cannot be read at the moment is not replaced by a bad version"""
    server = published_with(machine)
    write(server.source(), BAD(2))
    with open(server.published(), "r+"):
        server.stop()
        (server.folder / "db/acmlint.state").unlink()
        server.start()
        expect_log(server, "rejected, keeping what is published")
    holds(server, 1)
    return server


def test_published_changed(machine):
    """a published copy that the server itself has written is left as it is"""
    server = published_with(machine)
    server.knotc("-b", "zone-begin", "example.com")
    server.knotc("zone-set", "example.com", "extra", "60", "A", "192.0.2.77")
    server.knotc("zone-commit", "example.com")
    server.knotc("-b", "-f", "zone-flush", "example.com")
    server.reload()
    settle()
    expect_log(server, "was changed by the server or by hand")
    answer = dns.ask(server.port, "extra.example.com", "A")
    expect(server, answer.rdata("A"), [bytes([192, 0, 2, 77])], "the added record")
    return server


def test_signed(machine):
    """a zone that the server signs: the gate works, and the signed file is not taken for a change"""
    server = Server(machine)
    server.zone_options = {"dnssec-signing": "on", "zonefile-sync": "0",
                           "zonefile-load": "difference-no-serial", "journal-content": "all"}
    server.configure()
    write(server.source(), GOOD(1))
    server.start()
    settle()
    server.reload()
    settle()
    before = dns.serial(server.port, "example.com")
    write(server.source(), BAD(2))
    server.reload()
    settle()
    expect(server, server.text(), "v1", "the version served")
    write(server.source(), GOOD(3))
    server.reload()
    end = time.monotonic() + 20
    while server.text() != "v3" and time.monotonic() < end:
        time.sleep(0.02)
    expect(server, server.text(), "v3", "the version served")
    if dns.serial(server.port, "example.com") <= before:
        raise AssertionError("the serial went back\n" + server.log())
    return server


def test_several_zones(machine):
    """a bad zone keeps none of the others back"""
    server = Server(machine, zones=["example.com", "example.net", "1/2.example.org"])
    write(server.source(), BAD(1))
    write(server.source("example.net"), GOOD(1))
    write(server.source("1_2.example.org"), GOOD(1))
    server.configure(first_load="refuse")
    server.start()
    server.wait_serial(1, "example.net")
    server.wait_serial(1, "1/2.example.org")
    expect(server, server.published("1_2.example.org").exists(), True, "a slash in a zone's name")
    expect(server, dns.serial(server.port, "example.com"), "rcode 2", "the answer")
    return server


def test_relative_source(machine):
    """a relative source is below the zone's storage, as file is"""
    server = Server(machine, source="edit/%s.zone")
    (server.folder / "zones/edit").mkdir()
    write(server.folder / "zones/edit/example.com.zone", GOOD(1))
    server.start()
    holds(server, 1)
    return server


def test_options(machine):
    """fail-on, rule, name and suppression decide as they do on the command line"""
    server = published_with(machine, rule="[caa-excludes-amazon=off]")
    write(server.source(), BAD(2))
    server.reload()
    holds(server, 2, BAD(2))
    server.configure(rule=None)
    write(server.source(), BAD(3))
    server.reload()
    settle()
    holds(server, 2, BAD(2))
    remark = "; acmlint: allow-file CAA002 -- moving to another authority\n"
    write(server.source(), remark + BAD(4))
    server.reload()
    holds(server, 4, remark + BAD(4))
    server.configure(name="[www.example.com]")
    write(server.source(), zones.plain(5) + '@ 60 CAA 0 issue "ca.example"\n')
    server.reload()
    settle()
    server.wait_serial(4)
    server.configure(name=None)
    server.reload()
    server.wait_serial(5)
    return server


def test_many_findings(machine):
    """at most twenty lines for one zone, then a count"""
    server = published_with(machine)
    write(server.source(), GOOD(2) + "".join("x%d 60 BADTYPE x\n" % i for i in range(100)))
    server.reload()
    settle()
    expect(server, server.log().count(" SYN001 "), 20, "lines about findings")
    expect_log(server, "80 more findings")
    return server


def test_stats(machine):
    """knotc stats has the counters, and reloads do not reset them"""
    server = published_with(machine)
    write(server.source(), BAD(2))
    server.reload()
    server.reload()
    said = server.knotc("zone-stats", "example.com").stdout
    for counter, value in (("zones-linted", 2), ("zones-accepted", 1), ("zones-rejected", 1)):
        line = "mod-acmlint.lint[%s] = " % counter
        found = [int(text.split(" = ")[1]) for text in said.splitlines() if line in text]
        if not found or found[0] < value:
            raise AssertionError("%s at least %d wanted\n%s" % (counter, value, said))
    return server


def check_conf(machine, wanted, **options):
    server = Server(machine, **options)
    done = server.knotc("conf-check", check=False)
    said = done.stdout + done.stderr
    if wanted is None:
        expect(server, done.returncode, 0, "the check: " + said)
    elif done.returncode == 0 or wanted not in said:
        raise AssertionError("%r wanted: %s" % (wanted, said))
    server.close()


def test_conf_check(machine):
    """knotc conf-check reports wrong options"""
    check_conf(machine, None, rule="[TOK018=off, caa-missing=error]", name='["*.example.com"]',
               fail_on="warning", first_load="refuse", require_caa="on", max_sync_size="2M")
    check_conf(machine, "rule", rule="[NOPE01=off]")
    check_conf(machine, "level", rule="[TOK018=loud]")
    check_conf(machine, "folder", source="/nonexistent/%s.zone")
    check_conf(machine, "formatter", source="/tmp/%x.zone")
    check_conf(machine, "first-load", mode="log", first_load="refuse")
    check_conf(machine, "mode", mode="loud")
    check_conf(machine, "fail-on", fail_on="info")


def test_state_lost(machine):
    """a state file that is lost, torn or full of rubbish costs nothing but reading"""
    server = published_with(machine)
    state = server.folder / "db/acmlint.state"
    server.stop()
    whole = state.read_bytes()
    for text in (None, whole[:-30], os.urandom(5000), b"\n" * 1000 + whole[:50] + whole):
        if text is None:
            state.unlink()
        else:
            state.write_bytes(text)
        write(server.source(), BAD(2))
        server.start()
        holds(server, 1)
        server.stop()
    server.start()
    return server


def test_module_dropped(machine):
    """the module taken out of the configuration and put back while the server runs"""
    server = published_with(machine)
    for _ in range(3):
        server.modules = False
        server.configure()
        server.reload()
        server.wait_serial(1)
        server.modules = True
        server.configure()
        server.reload()
        holds(server, 1)
    return server
