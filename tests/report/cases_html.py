# SPDX-License-Identifier: GPL-2.0-or-later
"""-f html: the numbers of JSON, nothing that a zone brings runs, and a browser is content with it."""

import os
import re
from html.parser import HTMLParser

import browser
import fleet
from harness import BROKEN, GOOD, HEAD, TOKEN, USE, Skip, case, has

VOID = {"meta", "input", "br", "link", "img"}
OPTIONAL = {"li", "td", "th", "tr", "option", "p"}


class Page(HTMLParser):
    """The elements of a page, and what stands in them."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.found = []         # (tag, attributes, [text])
        self.open = []
        self.feed(text)
        self.close()
        assert not [e[0] for e in self.open if e[0] not in OPTIONAL], "an element is not closed"

    def handle_starttag(self, tag, attrs):
        assert len(dict(attrs)) == len(attrs), "an attribute stands twice"
        if tag in ("li", "td", "th", "tr", "option"):
            ends = {"tr": ("td", "th", "tr")}.get(tag, ("td", "th", "li", "option"))
            while self.open and self.open[-1][0] in ends:
                self.open.pop()
        element = (tag, dict(attrs), [])
        self.found.append(element)
        if tag not in VOID and tag not in ("rect",):
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs), []))

    def handle_endtag(self, tag):
        while self.open and self.open[-1][0] != tag:
            assert self.open.pop()[0] in OPTIONAL, tag
        self.open.pop()

    def handle_data(self, data):
        for _, _, texts in self.open:
            texts.append(data)

    def all(self, tag, **wanted):
        return [(a, "".join(t)) for name, a, t in self.found if name == tag and all(
            a.get(k.rstrip("_")) == v for k, v in wanted.items())]


def page_of(t, *args, status=None, stdin=None):
    return Page(t.run(*args, "-f", "html", status=status, stdin=stdin).out)


def figures(page):
    names = [text for _, text in page.all("dt")]
    return dict(zip(names, (int(text) for _, text in page.all("dd"))))


def rows_of(page, table):
    """Texts of the cells of each row, from the source without a browser."""
    rows, inside = [], None
    for tag, attributes, texts in page.found:
        if tag == "h2":
            inside = {"zonelist": "zones"}.get(attributes.get("id"))
        elif tag == "tr":
            rows.append([])
        if inside == table and tag in ("td", "th") and "col" != attributes.get("scope"):
            rows[-1].append("".join(texts).strip())
    return [row for row in rows if row]


def compare(page, report):
    """All numbers of the page are those of the JSON report."""
    summary, shown = report["summary"], figures(page)
    for name, key in (("zones", "zones"), ("errors", "error"), ("warnings", "warning"),
                      ("info", "info"), ("suppressed", "suppressed")):
        assert shown[name] == summary[key], (name, shown, summary)
    for kind in ("blocked", "unknown", "issuable"):
        if report["certificates"]:
            assert shown["names " + kind] == sum(
                c["verdict"] == kind for c in report["certificates"])
    zones = {row[0]: row for row in rows_of(page, "zones")}
    for zone in report["zones"]:
        row = zones[zone["origin"]]
        counts = [sum(f["severity"] == s and not f["suppressed"] for f in zone["findings"])
                  for s in ("error", "warning", "info")]
        assert row[2:5] == [str(n) for n in counts], (row, counts)
        assert row[5] == str(sum(f["suppressed"] for f in zone["findings"]))
        assert row[6] == str(zone["records"])
    for rule in {f["rule"] for z in report["zones"] for f in z["findings"]}:
        assert page.all("h3", id=rule), rule


@case
def html_has_the_numbers_of_json(t):
    for count in (3, 300):
        fleet.make(t.path(str(count)), count)
        args = ("zones", "--inventory", "acm.json")
        page = Page(t.run(*args, "-f", "html", cwd=t.path(str(count))).out)
        compare(page, t.run(*args, "-f", "json", cwd=t.path(str(count))).json)
        assert len(page.all("details")) > 1


@case
def html_says_the_verdict_first(t):
    def told(name, *args, status):
        page = page_of(t, name, *args, status=status)
        return page.all("h1")[0][1], page.all("div", class_="verdict error"), page
    t.write("example.com.zone", BROKEN)
    verdict, bad, page = told("example.com.zone", status=1)
    assert verdict == "ACM would be stopped" and "1 error in 1 of 1 zone" in bad[0][1]
    has("".join(text for _, text in page.all("ol", class_="next")), "CAA002", "amazon.com")
    t.write("example.com.zone", GOOD)
    verdict, bad, page = told("example.com.zone", status=0)
    assert verdict == "Nothing here stops ACM" and not bad
    has(page.all("ol", class_="next")[0][1], "Nothing. Run acmlint again")
    verdict, bad, page = told("none.zone", status=2)
    assert verdict == "Not everything could be read" and bad
    has("".join(text for _, text in page.all("ul")), "none.zone: no such file")


@case
def html_shows_place_explanation_and_fix(t):
    t.write("example.com.zone", BROKEN)
    page = page_of(t, "example.com.zone", status=1)
    found = [text for a, text in page.all("div") if a.get("class") == "finding"]
    caa, = [text for text in found if "CAA002" in text]
    has(caa, "error CAA002", "example.com.zone:6", '6 @ CAA 0 issue "letsencrypt.org"',
        "5 @ NS ns2.example.org.", "8 _a79865", "Fix: add 0 issue", '+ example.com. 300 IN CAA')
    marked, = [text for _, text in page.all("mark") if "letsencrypt" in text]
    assert marked.strip().startswith("6 @ CAA")
    links = {a["href"] for a, _ in page.all("a") if a.get("href", "").startswith("#")}
    ids = [a["id"] for _, a, _ in page.found if "id" in a]
    assert len(ids) == len(set(ids))
    assert links <= {"#" + i for i in ids}, links - {"#" + i for i in ids}


@case
def html_is_made_for_everybody(t):
    """Landmarks, one h1, headings without gaps, headers of tables with a scope, labels."""
    fleet.make(t.folder, 3)
    page = page_of(t, "zones", "--inventory", "acm.json")
    assert page.all("html", lang="en") and page.all("title")[0][1].startswith("acmlint: ")
    for landmark in ("header", "nav", "main", "footer"):
        assert len(page.all(landmark)) == 1, landmark
    levels = [int(tag[1]) for tag, _, _ in page.found if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(b <= a + 1 for a, b in zip(levels, levels[1:])), levels
    assert page.all("th") and all(a.get("scope") in ("col", "row") for a, _ in page.all("th"))
    assert len(page.all("caption")) == len(page.all("table"))
    assert len(page.all("label")) == len(page.all("input")) + len(page.all("select"))
    assert [a for a, text in page.all("a") if text == "To the report" and a["href"] == "#main"]


ATTACK = '<script>alert(1)</script>"\'><img src=x onerror=alert(2)>&lt;'


@case
def html_lets_nothing_out_of_its_text(t):
    name = "a\"'><svg onload=alert(3)>&amp;.zone"
    t.write(name, HEAD + TOKEN + '"<b>x</b>" A 1\n' + f'@ CAA 0 issue "{ATTACK[:27]}"\n'
            + "t TXT '\"><script>alert(4)</script>\n" + ATTACK + " A 192.0.2.1\n"
            + "; acmlint: allow CAA002 -- </div><script>alert(5)</script>\n@ CAA 0 issue \";\"\n"
            + "\\<script\\>alert\\(6\\) CNAME </pre><script>alert(7)</script>\n\x1b\u202e\xff A 1\n")
    t.write("acm.json", '{"CertificateArn": "arn:<script>alert(8)</script>", "DomainName": '
            '"<i>.example.com", "Status": "ISSUED"}')
    out = t.run(name, "-o", "example.com", "-f", "html").out
    page = Page(out)
    assert len(page.all("script")) == 1 and len(page.all("style")) == 1
    known = {"html", "head", "meta", "title", "style", "body", "a", "header", "p", "time", "nav",
             "ul", "li", "main", "div", "h1", "dl", "dt", "dd", "svg", "rect", "span", "section",
             "h2", "h3", "ol", "code", "label", "input", "select", "option", "button", "table",
             "caption", "thead", "tbody", "tr", "th", "td", "details", "summary", "b", "pre", "i",
             "mark", "ins", "del", "footer", "script", "br"}
    assert {tag for tag, _, _ in page.found} <= known, {tag for tag, _, _ in page.found} - known
    assert not [a for _, attributes, _ in page.found for a in attributes if a.startswith("on")]
    assert all(a["href"].startswith(("#", "https://")) for a, _ in page.all("a"))
    texts = "".join(t for tag, _, texts in page.found if tag == "body" for t in texts)
    has(texts, "<script>alert(4)</script>", "</div><script>alert(5)", name)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", out)


@case
def html_of_a_clean_and_of_an_endless_zone(t):
    t.write("example.com.zone", GOOD + "x TXT y ; acmlint: allow CAA002 -- z\n" * 20000)
    out = t.run("example.com.zone", *USE, "-f", "html", status=0).out
    page = Page(out)
    assert figures(page)["warnings"] == 20000
    assert len(out) < 3000000, len(out)
    more, = re.findall(r"(\d+) more: <code>acmlint check", out)
    assert int(more) + len(page.all("div", class_="finding")) == 20000
    assert "None." in t.run("-", *USE, "-o", "example.com", "-f", "html", stdin=GOOD.encode()).out


def chromium():
    if browser.find() is None:
        raise Skip("chromium is not installed")
    return browser.Browser()


@case
def html_in_a_browser_runs_nothing_of_a_zone(t):
    t.write("example.com.zone", HEAD + f"t TXT {ATTACK}\n" + ATTACK + " A 1\n"
            + "; acmlint: allow SYN001 -- </details><script>document.title='x'</script>\ny A 1\n")
    t.write("page.html", t.run("example.com.zone", "-f", "html").out)
    with chromium() as page:
        page.open(t.path("page.html"))
        loaded, wrong = page.requests()
        assert loaded == ["file://" + t.path("page.html")], loaded
        assert not wrong, wrong
        assert page.eval("document.title").startswith("acmlint: ")
        assert page.eval("document.querySelectorAll('script').length") == 1
        assert page.eval("document.querySelectorAll('img').length") == 0
        # Even what would get in would not run: the policy knows one script.
        page.eval("document.body.insertAdjacentHTML('beforeend', "
                  "'<img src=x onerror=\"document.title=1\"><iframe srcdoc=x></iframe>')")
        page.eval("new Promise(r => setTimeout(r, 300))")
        assert page.eval("document.title").startswith("acmlint: ")


@case
def html_in_a_browser_sorts_and_filters(t):
    fleet.make(t.folder, 60)
    report = t.run("zones", "-f", "json").json
    t.write("page.html", t.run("zones", "-f", "html").out)
    shown = ("Array.from(document.querySelectorAll('#zones tbody tr')).filter(r => "
             "!r.hidden).map(r => r.cells[%d].textContent)")
    with chromium() as page:
        page.open(t.path("page.html"))
        origins = page.eval(shown % 0)
        assert sorted(origins) == sorted(z["origin"] for z in report["zones"])
        errors = [int(n) for n in page.eval(shown % 2)]
        assert errors == sorted(errors, reverse=True)
        page.eval("document.querySelector('#zones thead button').click()")
        assert page.eval(shown % 0) == sorted(origins)
        assert page.eval("document.querySelector('#zones th').ariaSort") == "ascending"
        page.eval("document.getElementById('words').value = 'CAA002'; "
                  "document.getElementById('words').dispatchEvent(new Event('input'))")
        wanted = sorted(z["origin"] for z in report["zones"]
                        if any(f["rule"] == "CAA002" for f in z["findings"]))
        assert page.eval(shown % 0) == wanted and wanted
        assert page.eval("document.getElementById('shown').textContent") == \
            f"{len(wanted)} of 60 zones shown"
        assert page.eval("Array.from(document.querySelectorAll('#findings details')).filter("
                         "d => !d.hidden).length") == len(wanted)
        page.eval("location.hash = 'z40'")
        page.eval("new Promise(r => setTimeout(r, 100))")
        assert page.eval("document.getElementById('z40').closest('details').open")
        assert page.pdf().startswith(b"%PDF")


CONTRAST = """(() => {
  const parse = c => c.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const light = c => parse(c).map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((s, v, i) => s + v * [.2126, .7152, .0722][i], 0);
  let worst = [21, ''];
  for (const e of document.querySelectorAll('body *')) {
    if (!Array.from(e.childNodes).some(n => n.nodeType === 3 && n.data.trim())) continue;
    if (['SCRIPT', 'STYLE'].includes(e.tagName)) continue;
    let back = e;
    while (back && getComputedStyle(back).backgroundColor === 'rgba(0, 0, 0, 0)') back = back.parentElement;
    const a = light(getComputedStyle(e).color);
    const b = light(getComputedStyle(back || document.body).backgroundColor);
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < worst[0]) worst = [ratio, e.outerHTML.slice(0, 80)];
  }
  return worst;
})()"""


@case
def html_in_a_browser_is_readable_in_light_and_dark(t):
    """WCAG 2.1 section 1.4.3: text has a contrast of 4.5 to 1; and nothing is wider than a phone."""
    fleet.make(t.folder, 20)
    t.write("page.html", t.run("zones", "--inventory", "acm.json", "-f", "html").out)
    with chromium() as page:
        for dark, media in ((False, ""), (True, ""), (False, "print"), (True, "print")):
            page.view(dark=dark, media=media)
            page.open(t.path("page.html"))
            ratio, where = page.eval(CONTRAST)
            assert ratio >= 4.5, (dark, media, ratio, where)
        page.view(width=360, height=700)
        page.open(t.path("page.html"))
        assert page.eval("document.documentElement.scrollWidth") <= 360
        page.scripts(False)
        page.open(t.path("page.html"))
        page.scripts(True)
        assert page.eval("getComputedStyle(document.getElementById('tools')).display") == "none"
        assert page.eval("document.querySelectorAll('#findings details[open] .finding').length") > 5


@case
def html_of_3000_zones_opens_at_once(t):
    """Under two seconds of the page's thread, and under five megabytes; the numbers of JSON."""
    fleet.make(t.folder, 3000)
    args = ("zones", "--inventory", "acm.json")
    out = t.run(*args, "-f", "html").out
    t.write("page.html", out)
    size = os.path.getsize(t.path("page.html"))
    assert size < 5000000, size
    compare(Page(out), t.run(*args, "-f", "json").json)
    with chromium() as page:
        page.view()
        page.ask("Performance.enable", timeDomain="threadTicks")
        seconds = page.open(t.path("page.html"))
        metrics = {m["name"]: m["value"] for m in page.ask("Performance.getMetrics")["metrics"]}
        busy = metrics["TaskDuration"]
        print(f"  3000 zones: {size / 1e6:.1f} MB, open after {seconds:.2f} s, of which the page "
              f"worked {busy:.2f} s")
        assert busy < 2, metrics
        page.eval("document.querySelector('#zones thead button').click()")
        assert page.eval("document.querySelectorAll('#zones tbody tr').length") == 3000
        assert page.eval("document.getElementById('morezones')") is None
