# SPDX-License-Identifier: GPL-2.0-or-later
"""acmlint fix."""

import os
import stat

from harness import BROKEN, GOOD, HEAD, TOKEN, USE, case, has

LABEL = "_a79865eb4cd1a6ab990a45779b4e0b96"
TARGET = "_424c7224e9b0146f9a8808af955727d0.hkmpvcwbzw.acm-validations.aws"
AMAZON = 'example.com. 300 IN CAA 0 issue "amazon.com"'


@case
def a_patched_zone_keeps_everything_else(t):
    t.write("z.zone", BROKEN)
    ran = t.run("fix", "z.zone", status=0)
    old, new = BROKEN.splitlines(), ran.out.splitlines()
    assert new == [line.replace("2026112101", "2026112102") for line in old[:6]] + \
        [AMAZON] + old[6:], ran.out
    has(ran.err, "z.zone:6: fixed:", "[CAA002 caa-excludes-amazon]")
    t.write("new.zone", ran.out)
    t.run("check", "new.zone", status=0)
    again = t.run("fix", "new.zone", status=0)
    assert again.raw == ran.raw and "fixed" not in again.err


@case
def a_record_is_replaced_where_it_stands(t):
    t.write("z.zone", GOOD.replace("\n", "\r\n") +
            f"{LABEL}.www  1h  CNAME ( ; of ours\r\n  {TARGET}\r\n ) ; ticket 7\r\n"
            "; the end\r\ntail A 192.0.2.1")
    out = t.run("fix", "z.zone", "--keep-serial", status=0).raw.decode()
    assert out == GOOD.replace("\n", "\r\n") + \
        f"; of ours\r\n{LABEL}.www  1h  CNAME {TARGET}. ; ticket 7\r\n; the end\r\ntail A 192.0.2.1", out


@case
def an_inherited_owner_is_written_where_it_must_be(t):
    t.write("y.zone", HEAD + 'www A 192.0.2.1\n@ CAA 0 issue "amazon.com."\n  CAA 0 issue "amazon.com"\n')
    out = t.run("fix", "y.zone", *USE, "--keep-serial", "--fail-on", "warning", status=0).out
    has(out, 'www A 192.0.2.1\nexample.com.  CAA 0 issue "amazon.com"\n')


@case
def a_critical_property_stays_without_its_flag(t):
    t.write("z.zone", HEAD + '@ CAA 0 issue "amazon.com"\n@ CAA 129 tbs "a \\"b\\" \\200" ; of ours\n')
    out = t.run("fix", "z.zone", *USE, "--keep-serial", status=0).out
    has(out, '@ CAA 0 tbs "a \\034b\\034 \\200" ; of ours\n')
    # One that was meant to be another gets its name as well.
    t.write("z.zone", HEAD + '@ CAA 128 isue "amazon.com"\n')
    has(t.run("fix", "z.zone", *USE, status=0).out, '@ CAA 0 issue "amazon.com"\n')
    # The same set, reached through an alias.
    t.write("z.zone", HEAD + 'www CNAME a\na CAA 128 tbs "x"\na CAA 0 issue "amazon.com"\n')
    has(t.run("fix", "z.zone", "--name", "www.example.com", status=0).out, 'a CAA 0 tbs "x"\n')
    # A tag that cannot be written as text: only advice.
    odd = HEAD + '@ CAA 0 issue "amazon.com"\n@ CAA \\# 5 80 01 2d 78 79\n'
    t.write("z.zone", odd)
    ran = t.run("fix", "z.zone", *USE, status=1)
    assert ran.out == odd, ran.out
    has(ran.err, "z.zone:7: not fixed:")


@case
def in_place_keeps_mode_and_links(t):
    t.write("real/z.zone", BROKEN)
    os.chmod(t.path("real/z.zone"), 0o640)
    os.symlink("real/z.zone", t.path("link.zone"))
    ran = t.run("fix", "-i", "link.zone", status=0)
    assert ran.out == ""
    assert os.path.islink(t.path("link.zone"))
    assert stat.S_IMODE(os.stat(t.path("real/z.zone")).st_mode) == 0o640
    assert os.listdir(t.path("real")) == ["z.zone"]
    t.run("link.zone", status=0)
    before = os.stat(t.path("real/z.zone")).st_mtime_ns
    t.run("fix", "--in-place", "link.zone", status=0)
    assert os.stat(t.path("real/z.zone")).st_mtime_ns == before


@case
def nsupdate_and_knotc(t):
    t.write("z.zone", BROKEN)
    assert t.run("fix", "--as", "nsupdate", "z.zone", status=0).out == \
        f"zone example.com.\nupdate add {AMAZON}\nsend\n"
    out = t.run("fix", "--as=knotc", "z.zone", status=0).out
    assert out == ("knotc zone-begin example.com. && {\n"
                   "knotc zone-set example.com. example.com. 300 CAA '0 issue \"amazon.com\"' &&\n"
                   "knotc zone-commit example.com. ||\n"
                   "{ knotc zone-abort example.com.; false; }; }\n"), out
    t.write("y.zone", GOOD + TOKEN)
    assert t.run("fix", "--as", "knotc", "y.zone", status=0).out == ""


@case
def what_cannot_be_fixed_is_said(t):
    t.write("z.zone", GOOD + TOKEN + TOKEN.replace("_424c", "_525d"))
    ran = t.run("fix", "z.zone", status=1)
    has(ran.err, "not fixed:", "TOK010", "to do: Keep the target that ACM shows")
    assert ran.out == GOOD + TOKEN + TOKEN.replace("_424c", "_525d")
    t.run("fix", "z.zone", "--fail-on", "never", status=0)
    t.write("x.zone", GOOD + "$INCLUDE none\n")
    ran = t.run("fix", "x.zone", status=2)
    assert ran.out == ""


@case
def records_of_included_files_are_left_alone(t):
    t.write("inc", f"{LABEL}.www CNAME {TARGET}\n")
    t.write("z.zone", GOOD + "$INCLUDE inc\n")
    ran = t.run("fix", "z.zone", status=1)
    has(ran.err, "inc:1: not fixed", "in an included file")
    assert ran.out == GOOD + "$INCLUDE inc\n"
    has(t.run("fix", "--as", "nsupdate", "z.zone", status=0).out,
        f"update add {LABEL}.www.example.com. 300 IN CNAME {TARGET}.\n")


@case
def the_serial_grows(t):
    for serial, after in (("1", "2"), ("4294967295", "1"), ("2026112000", "2026112100"),
                          ("2026112105", "2026112106"), ("2026112199", "2026112200"),
                          ("1795219200", "1795219201"), ("2027010100", "2027010101")):
        t.write("z.zone", BROKEN.replace("2026112101", serial))
        has(t.run("fix", "z.zone", status=0).out, f"hostmaster {after} 7200")
        has(t.run("fix", "z.zone", "--keep-serial", status=0).out, f"hostmaster {serial} 7200")


@case
def fix_refuses_wrong_usage(t):
    t.write("z.zone", BROKEN)
    t.write("y.zone", BROKEN)
    has(t.run("fix", "z.zone", "y.zone", status=3).err, "several zones")
    has(t.run("fix", "-i", "-", status=3).err, "cannot be changed in place")
    has(t.run("fix", "-i", "--as", "knotc", "z.zone", status=3).err, "--as zone only")
    has(t.run("fix", "--as", "html", "z.zone", status=3).err, "'html' is none of zone")
    has(t.run("fix", "--keep-serail", "z.zone", status=3).err, "'keep-serial'")
    t.run("fix", "-i", "z.zone", "y.zone", status=0)
    t.run("check", "z.zone", status=0)
