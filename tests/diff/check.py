# SPDX-License-Identifier: GPL-2.0-or-later
"""What knotd's responses say, in the terms of `acmlint lookup`."""

import re

import client
import names

# Query types that do not follow a CNAME.
STAYS = ("CNAME", "ANY", "RRSIG", "NSEC")
# A resolver gives up after this many aliases.
MAX_ALIASES = 11

AMAZON = {b"amazon.com", b"amazontrust.com", b"awstrust.com", b"amazonaws.com"}

# RFC 8659 section 4.2, rule by rule.
WORD = rb"[0-9A-Za-z](?:-*[0-9A-Za-z])*"
ISSUER = WORD + rb"(?:\." + WORD + rb")*"
PARAMETER = WORD + rb"[ \t]*=[ \t]*[\x21-\x3a\x3c-\x7e]*"
PARAMETERS = PARAMETER + rb"(?:[ \t]*;[ \t]*" + PARAMETER + rb")*"
ISSUE_VALUE = re.compile(rb"[ \t]*(?:(" + ISSUER + rb")[ \t]*)?(?:;[ \t]*(?:" + PARAMETERS +
                         rb"[ \t]*)?)?")
KNOWN_TAGS = {b"issue", b"issuewild", b"iodef", b"issuemail", b"issuevmc", b"contactemail",
              b"contactphone"}


def unused_dnames(response):
    """DNAMEs without a CNAME made from them: a new name was too long."""
    following = response.answer[1:] + [None]
    return [dname for dname, made in zip(response.answer, following) if dname.type == "DNAME" and
            not (made and made.type == "CNAME" and names.below(made.owner, dname.owner))]


def cut_short(response):
    """A substitution was too long for a name. Where knotd then goes on at the DNAME's target and
    finds nothing, a name error takes the rcode's place."""
    return response.rcode == "YXDOMAIN" or \
        (response.rcode == "NXDOMAIN" and bool(unused_dnames(response)))


class Chain:
    """The names that one response leads through."""

    def __init__(self, zone, name, type_text, response):
        self.visited = [name]
        self.followed = 0
        dnames = [r.owner for r in response.answer if r.type == "DNAME"]
        unused = unused_dnames(response) if cut_short(response) else []
        for record in response.answer:
            if record in unused:
                # knotd goes on at the DNAME's own target.
                self.visited.append(record.target)
            if record.type != "CNAME":
                continue
            made = any(names.below(record.owner, owner) for owner in dnames)
            if type_text == "CNAME" or (type_text in STAYS and not made):
                break
            self.visited.append(record.target)
            self.followed += 1
        self.outside = None
        if not names.within(self.visited[-1], zone.apex) and self.followed:
            self.outside = self.visited[-1]


def is_referral(response):
    return response.has_authority("NS")


def denies(response):
    return response.has_authority("SOA")


def hidden(zone, name):
    """By a cut at or above, or a DNAME above."""
    for ancestor in names.ancestors(name, zone.apex):
        if ancestor != zone.apex and zone.has(ancestor, "NS"):
            return True
        if ancestor != name and zone.has(ancestor, "DNAME"):
            return True
    return False


def wildcard_for(zone, name):
    """The wildcard that stands in for a name (RFC 4592), or None."""
    if not names.within(name, zone.apex) or hidden(zone, name) or zone.exists(name):
        return None
    encloser = name
    while not zone.exists(encloser):
        encloser = encloser[1:]
    star = (b"*",) + encloser
    return star if zone.exists(star) else None


def first_wildcard(zone, chain, response):
    """The first wildcard behind the response. The last name counts if something was said about
    it; beyond the limit of aliases it was not."""
    visited = chain.visited
    last = response.answer[-1] if response.answer else None
    said = denies(response) or is_referral(response) or \
        (last is not None and (last.owner == visited[-1] or last.type == "DNAME"))
    if not said and len(visited) > 1:
        visited = visited[:-1]
    return next(filter(None, (wildcard_for(zone, name) for name in visited)), None)


def modernise(zone, response):
    """Knot 3.2 and 3.3 send the DNAME of a wildcard under the name asked for, and again each time
    it is used; 3.4 and newer once and under its own name, unless it is the first record and the
    answer itself. Makes the former into the latter."""
    for i, record in enumerate(response.answer):
        if record.type != "DNAME" or zone.has(record.owner, "DNAME"):
            continue
        above = [name for name in names.ancestors(record.owner[1:], zone.apex)
                 if zone.has(name, "DNAME")]
        star = wildcard_for(zone, record.owner)
        if above:
            record.owner = above[-1]
        elif i > 0 and star is not None and zone.has(star, "DNAME"):
            record.owner = star
    used = response.answer if response.rcode == "YXDOMAIN" else response.answer[:-1]
    again = [record for i, record in enumerate(used)
             if record.type == "DNAME" and record.owner[:1] == (b"*",) and
             any(r.type == "DNAME" and r.owner == record.owner for r in used[:i])]
    for record in again:
        response.answer.remove(record)


def shown(name):
    return None if name is None else names.text(name)


def expectation(zone, name, type_text, response):
    chain = Chain(zone, name, type_text, response)
    too_long = cut_short(response)
    return {
        "rcode": response.rcode,
        "referral": is_referral(response),
        "answer": ["%s %s" % (names.text(owner), rrtype) for owner, rrtype in response.sets()],
        "outside": None if too_long else shown(chain.outside),
        "wildcard": shown(first_wildcard(zone, chain, response)),
        "denied": denies(response) and not too_long,
    }


def ours(result):
    """The members of acmlint's answer that expectation() has, names in the spelling of names.py."""
    def name(text):
        return None if text is None else names.text(names.parse(text))

    def step(text):
        owner, rrtype = text.rsplit(" ", 1)
        return "%s %s" % (name(owner), rrtype)

    return {
        "rcode": result["rcode"],
        "referral": result["referral"],
        "answer": [step(text) for text in result["answer"]],
        "outside": name(result["outside"]),
        "wildcard": name(result["wildcard"]),
        "denied": result["outcome"] in ("nodata", "nxdomain"),
    }


def caa_text(rdata):
    """RDATA as libknot writes it."""
    taglen = rdata[1]
    value = "".join("\\%03d" % byte if byte < 32 or byte > 126 else
                    "\\" + chr(byte) if byte in b'"\\' else chr(byte)
                    for byte in rdata[2 + taglen:])
    return '%d %s "%s"' % (rdata[0], rdata[2:2 + taglen].decode("ascii"), value)


class Resolver:
    """Finds the relevant CAA set of a name as a CA's resolver does, from knotd's answers alone.
    query is a function of zone, name, type."""

    def __init__(self, query, zone):
        self.query, self.zone = query, zone

    def ask(self, name):
        """(decision, owner or where to, records); decision None: no set here."""
        start, aliases = name, 0
        while True:
            response = self.query(self.zone, name, "CAA")
            chain = Chain(self.zone, name, "CAA", response)
            name = chain.visited[-1]
            aliases += chain.followed
            if aliases > MAX_ALIASES or cut_short(response):
                return "broken", None, []
            found = [r for r in response.answer if r.type == "CAA"]
            if found:
                return "found", found[0].owner, [caa_text(r.rdata) for r in found]
            if chain.outside is not None:
                return "outside", chain.outside, []
            if is_referral(response):
                return ("outside", name, []) if name != start else ("delegated", None, [])
            if denies(response):
                return None, None, []
            if chain.followed == 0:
                return "broken", None, []

    def relevant(self, name):
        if not names.within(name, self.zone.apex):
            return "out-of-zone", None, []
        for ancestor in names.ancestors(name, self.zone.apex):
            decision, owner, records = self.ask(ancestor)
            if decision is not None:
                return decision, owner, records
        return "none", None, []


def parse_caa(text):
    flags, tag, value = re.fullmatch(r'(\d+) (\S+) "(.*)"', text, re.S).groups()
    raw = re.sub(r"\\(\d{3}|.)", lambda m: chr(int(m[1])) if len(m[1]) == 3 else m[1], value)
    return int(flags), tag.lower().encode(), raw.encode("latin-1")


def permits(records, wildcard):
    """RFC 8659 sections 4.1 to 4.3 for Amazon."""
    parsed = [parse_caa(record) for record in records]
    if any(flags & 128 and tag not in KNOWN_TAGS for flags, tag, _ in parsed):
        return "denied"
    tags = {tag for _, tag, _ in parsed}
    wanted = b"issuewild" if wildcard and b"issuewild" in tags else b"issue"
    values = [value for _, tag, value in parsed if tag == wanted]
    if not values:
        return "allowed"
    for value in values:
        match = ISSUE_VALUE.fullmatch(value)
        if match and match[1] and match[1].lower() in AMAZON:
            return "allowed"
    return "denied"


def caa_expectation(resolver, name):
    decision, owner, records = resolver.relevant(name)
    permission = {"none": "allowed", "broken": "denied", "found": None}.get(decision, "unknown")
    return {
        "decision": decision,
        "owner": shown(owner) if decision == "found" else None,
        "outside": shown(owner) if decision == "outside" else None,
        "records": sorted(records),
        "amazon": permission or permits(records, False),
        "amazon_wildcard": permission or permits(records, True),
    }


def ours_caa(result):
    caa = dict(result["caa"])
    for key in ("owner", "outside"):
        if caa[key] is not None:
            caa[key] = names.text(names.parse(caa[key]))
    caa["records"] = sorted(set(caa["records"]))
    return caa
