# SPDX-License-Identifier: GPL-2.0-or-later
"""Zone files, folders, lists, standard input."""

import os
import pathlib
import signal
import subprocess

from harness import BAD, BROKEN, GOOD, HEAD, NOW, USE, case, has


@case
def standard_input(t):
    ran = t.run("-", *USE, "-f", "json", stdin=BAD.encode(), status=1)
    assert ran.json["zones"][0]["file"] == "-"
    assert ran.rules() == [("CAA002", 6)]
    t.run("-", *USE, stdin=GOOD.encode(), status=0)


@case
def standard_input_has_no_name_to_guess_from(t):
    bare = GOOD.replace("$ORIGIN example.com.\n", "")
    ran = t.run("-", stdin=bare.encode(), status=2)
    has(ran.err, "no origin", "--origin")
    assert t.run("-", "-f", "json", stdin=bare.encode(), status=2).json["zones"] == []
    t.run("-", "-o", "example.com", *USE, stdin=bare.encode(), status=0)


@case
def origin_from_the_file_name_is_said(t):
    bare = BAD.replace("$ORIGIN example.com.\n", "")
    for name in ("example.com.zone", "example.com.db", "example.com.txt", "db.example.com",
                 "example.com"):
        t.write(name, bare)
        ran = t.run(name, *USE, "-f", "json", status=1)
        zone = ran.json["zones"][0]
        assert zone["origin"] == "example.com.", name
        assert zone["origin_guessed"] is True, name
        has(ran.err, f"{name}: origin example.com. was guessed")
        assert t.run(name, *USE, "-q", status=1).err == ""
    t.write("example.com.zone", BAD)
    ran = t.run("example.com.zone", "-f", "json", status=0)
    assert ran.json["zones"][0]["origin_guessed"] is False
    assert ran.err == ""


@case
def line_ends_and_missing_final_newline(t):
    for text in (BAD.replace("\n", "\r\n"), BAD.rstrip("\n"),
                 BAD.replace("\n", "\r\n").rstrip()):
        t.write("example.com.zone", text.encode())
        ran = t.run("example.com.zone", *USE, "-f", "json", status=1)
        assert ran.rules() == [("CAA002", 6)], text
        assert ran.json["zones"][0]["records"] == 5


@case
def includes_are_relative_to_the_including_file(t):
    t.write("zones/example.com.zone", HEAD + "$INCLUDE parts/caa\nwww A 192.0.2.1\n")
    t.write("zones/parts/caa", "; comment\n$INCLUDE deeper/caa\n")
    t.write("zones/parts/deeper/caa", '@ CAA 0 issue "letsencrypt.org"\n')
    ran = t.run("zones/example.com.zone", *USE, "-f", "json", status=1)
    finding = ran.json["zones"][0]["findings"][0]
    assert (finding["rule"], finding["line"]) == ("CAA002", 1)
    assert finding["file"] == "zones/parts/deeper/caa", finding["file"]


@case
def no_include_forbids_them(t):
    t.write("example.com.zone", HEAD + "$INCLUDE caa\nwww A 192.0.2.1\n")
    t.write("caa", '@ CAA 0 issue "amazon.com"\n')
    t.run("example.com.zone", *USE, status=0)
    ran = t.run("example.com.zone", *USE, "--no-include", "-f", "json", status=2)
    zone = ran.json["zones"][0]
    assert zone["complete"] is False
    assert ("SYN002", 6) in ran.rules()
    assert ran.json["errors"][0]["line"] == 6
    has(ran.err, "example.com.zone:6:")


@case
def a_failed_include_makes_the_zone_incomplete(t):
    t.write("example.com.zone", BROKEN + "$INCLUDE none\nx A 192.0.2.1\n")
    ran = t.run("example.com.zone", "-f", "json", status=2)
    assert ran.json["zones"][0]["complete"] is False
    assert ("SYN002", 9) in ran.rules()
    assert [e["line"] for e in ran.json["errors"]] == [9]
    assert "complete zone" in [s["needs"] for s in ran.json["zones"][0]["skipped"]]
    has(t.run("example.com.zone", status=2).out, "read only in part")


@case
def a_broken_record_is_a_finding_and_reading_goes_on(t):
    t.write("example.com.zone", BROKEN.replace("www A 192.0.2.1", "www A 192.0.2.256"))
    ran = t.run("example.com.zone", "-f", "json", status=1)
    assert ("SYN001", 7) in ran.rules()
    assert ("CAA002", 6) in ran.rules()
    assert ran.json["errors"] == []
    assert ran.json["zones"][0]["complete"] is True


@case
def what_cannot_be_read_is_said_and_wins(t):
    t.write("bad.zone", BROKEN)
    os.mkdir(t.path("empty"))
    t.write("nothing.zone", "")
    t.write("comments.zone", "; only this\n")
    for name, said in (("none.zone", "no such file"), ("empty", "holds no"),
                       ("/dev/full", "/dev/full"), ("bad.zone/x", "bad.zone/x"),
                       ("nothing.zone", "no records"), ("comments.zone", "no records")):
        ran = t.run(name, "bad.zone", "-f", "json", status=2)
        has(ran.err, f"acmlint: {name}: ", said)
        assert name in [e["file"] for e in ran.json["errors"]]
        assert ran.json["zones"][-1]["file"] == "bad.zone"
        assert ("CAA002", 6) in ran.rules(-1)
        assert t.run(name, status=2).status == 2


@case
def unreadable_file_and_folder(t):
    t.write("a/x.zone", GOOD)
    t.write("b.zone", GOOD)
    os.chmod(t.path("a"), 0)
    os.chmod(t.path("b.zone"), 0)
    if os.access(t.path("b.zone"), os.R_OK):
        # root reads everything; as somebody else it cannot.
        become = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        if subprocess.run([*become, t.binary, "--version"], capture_output=True,
                          check=False).returncode != 0:
            return
        os.chmod(t.folder, 0o755)
        for name in ("a", "b.zone"):
            done = subprocess.run([*become, t.binary, name], cwd=t.folder,
                                  capture_output=True, check=False)
            assert done.returncode == 2, done
            assert b"ermission denied" in done.stderr, done
        return
    for name in ("a", "b.zone"):
        has(t.run(name, status=2).err, "ermission denied")


@case
def folders_in_byte_order_and_below(t):
    for name in ("z/b.example.zone", "z/a.example.zone", "z/db.c.example", "z/sub/d.example.zone",
                 "z/Z.example.zone", "z/.hidden.zone", "z/.git/e.example.zone",
                 "z/db.c.example.jnl", "z/db.c.example~", "z/notes.txt", "z/db.", "z/x.zone.bak"):
        t.write(name, HEAD.replace("$ORIGIN example.com.\n", ""))
    os.symlink("..", t.path("z/loop"))
    os.mkdir(t.path("z/folder.zone"))
    ran = t.run("z", "-f", "json", status=0)
    assert [z["file"] for z in ran.json["zones"]] == [
        "z/Z.example.zone", "z/a.example.zone", "z/b.example.zone", "z/db.c.example",
        "z/sub/d.example.zone"], [z["file"] for z in ran.json["zones"]]
    assert ran.json["zones"][3]["origin"] == "c.example."
    ran = t.run("z/", "-f", "json", status=0)
    assert ran.json["zones"][0]["file"] == "z/Z.example.zone"


@case
def a_dangling_link_in_a_folder_is_said(t):
    t.write("z/a.zone", GOOD)
    os.symlink("nowhere", t.path("z/b.zone"))
    has(t.run("z", status=2).err, "z/b.zone")


@case
def a_list_of_files(t):
    t.write("a.example.zone", HEAD.replace("example.com", "a.example"))
    t.write("b c.zone", HEAD.replace("example.com", "b.example"))
    t.write("d/e.example.zone", HEAD.replace("example.com", "e.example"))
    files = ["b c.zone", "a.example.zone", "d/e.example.zone"]
    for text in ("b c.zone\na.example.zone\n\nd\n", "b c.zone\r\na.example.zone\r\nd",
                 "b c.zone\0a.example.zone\0d\0"):
        t.write("list", text)
        for args, stdin in ((["--files-from", "list"], b""),
                            (["--files-from=-"], text.encode())):
            ran = t.run(*args, "-f", "json", stdin=stdin, status=0)
            assert [z["file"] for z in ran.json["zones"]] == files, text
    ran = t.run("--files-from", "list", "a.example.zone", "-f", "json", status=0)
    assert [z["file"] for z in ran.json["zones"]] == [files[1], files[0], files[2]]


@case
def an_empty_list_is_no_mistake(t):
    t.write("list", "")
    ran = t.run("--files-from", "list", "-f", "json", status=0)
    assert ran.json["zones"] == []
    assert t.run("--files-from", "-", status=0).out.startswith("0 zones")


@case
def a_list_that_is_not_there(t):
    has(t.run("--files-from", "none", status=2).err, "none", "no such file")
    has(t.run("--files-from", "-", "-", status=3).err, "standard input")


@case
def a_file_given_twice_counts_once(t):
    t.write("z/example.com.zone", GOOD)
    ran = t.run("z/example.com.zone", "z", "./z//example.com.zone", "z/./example.com.zone",
                *USE, "-f", "json", status=0)
    assert [z["file"] for z in ran.json["zones"]] == ["z/example.com.zone"]


@case
def two_files_for_one_zone(t):
    t.write("a.zone", GOOD)
    t.write("b.zone", GOOD)
    t.write("c.zone", GOOD.replace("example.com", "example.net"))
    ran = t.run("a.zone", "b.zone", "c.zone", "-f", "json", status=1)
    for zone in ran.json["zones"][:2]:
        assert "DEL003" in [f["rule"] for f in zone["findings"]], zone
    assert ran.rules(2) == []
    one = t.run("a.zone", "-", "-f", "json", stdin=GOOD.encode(), status=1)
    assert "DEL003" in [rule for rule, _ in one.rules(1)]
    assert t.run("a.zone", "c.zone", status=0).status == 0


@case
def pipes_are_read_once(t):
    t.write("a.zone", GOOD)
    writers = []
    for name in ("b.pipe", "c.pipe"):
        os.mkfifo(t.path(name))
        writers.append(subprocess.Popen(["sh", "-c", f"cat a.zone >{name}"], cwd=t.folder))
    ran = t.run("a.zone", "b.pipe", "c.pipe", "-f", "json", status=1)
    for i in range(3):
        assert "DEL003" in [rule for rule, _ in ran.rules(i)], i
    for writer in writers:
        writer.wait()


@case
def many_zones_on_any_number_of_threads_give_the_same_bytes(t):
    for i in range(300):
        text = (BROKEN, GOOD)[i % 2].replace("example.com", f"z{i}.example")
        t.write(f"z/{i}.zone", text if i % 7 else text + "$INCLUDE none\n")
    t.write("z/twice.zone", GOOD.replace("example.com", "z5.example"))
    first = None
    for jobs in ("1", "2", "8", "300", None):
        args = ["-j", jobs] if jobs else []
        for form in ("json", "text"):
            ran = t.run("z", "-f", form, *args, status=2)
            if jobs == "1":
                first = dict(first or {}, **{form: (ran.raw, ran.err)})
            assert (ran.raw, ran.err) == first[form], jobs
    assert len(first["json"][0]) > 10000


@case
def file_names_of_any_bytes(t):
    raw = b"ex\xff\x1b[31m\xc3(am.zone"
    with open(os.path.join(t.folder.encode(), raw), "wb") as file:
        file.write(BROKEN.encode())
    for args in (["."], ["--files-from", "-"]):
        ran = t.run(*args, "-f", "json", stdin=raw + b"\n", status=1)
        assert "\\xff" in ran.json["zones"][0]["file"]
    ran = t.run(".", status=1)
    assert b"\x1b" not in ran.raw
    ran.raw.decode("utf-8")


@case
def hostile_bytes_in_a_zone_do_not_reach_the_terminal(t):
    # 8-bit CSI, escape sequences and a right-to-left override, wherever text of the zone is shown.
    evil = "\x1b[2J\u202e\u009b31m"
    t.write("e.zone", (BROKEN + f"{evil} A 192.0.2.1\nx A {evil}\n"
                                f"y TXT x ; acmlint: {evil}\n$INCLUDE {evil}\n").encode())
    for args in ([], ["--name", "www.example.com"]):
        ran = t.run("e.zone", *args)
        for text in (ran.out, ran.err):
            assert not set(text) & set("\x1b\u202e\u009b"), text
    t.run("e.zone", "-f", "json").json


@case
def a_binary_file_is_read_to_its_end(t):
    t.write("b.zone", bytes(range(256)) * 100)
    ran = t.run("b.zone", "-o", "example.com", "-f", "json")
    assert ran.status in (1, 2)
    assert ran.json["summary"]["error"] > 0


@case
def odd_working_directories(t):
    t.write("example.com.zone", GOOD)
    gone = t.path("gone")
    os.mkdir(gone)
    done = subprocess.run(["sh", "-c", 'cd gone && rmdir ../gone && "$1" "$2" --now "$3"', "sh",
                           t.binary, t.path("example.com.zone"), NOW], cwd=t.folder,
                          capture_output=True, check=False)
    assert done.returncode == 0, done


def meddled(t, meddle):
    """What the program says of a large file that is changed once it is mapped; tried again where
    the program was done before."""
    for _ in range(20):
        zone = t.write("example.com.zone", GOOD + "w A 192.0.2.1 ;c\n" * 3000000)
        child = subprocess.Popen([t.binary, "check", "-j", "1", zone], cwd=t.folder, text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while zone not in pathlib.Path("/proc/%d/maps" % child.pid).read_text():
            if child.poll() is not None:
                break
        child.send_signal(signal.SIGSTOP)
        meddle(t.path(zone))
        child.send_signal(signal.SIGCONT)
        out, err = child.communicate()
        if child.returncode != 0:
            assert child.returncode == 2, (child.returncode, err)
            assert "1 zone" not in out, out
            return err
    raise AssertionError("never in time")


@case
def a_large_file_cut_short_meanwhile_is_said(t):
    err = meddled(t, lambda path: os.truncate(path, 4096))
    assert "cut short while it was read" in err, err


@case
def a_large_file_overwritten_meanwhile_is_said(t):
    def overwrite(path):
        with open(path, "r+b") as file:
            file.seek(4096)
            file.write(b"x" * (os.path.getsize(path) - 4096))

    err = meddled(t, overwrite)
    assert "written to while it was read" in err, err
