# SPDX-License-Identifier: GPL-2.0-or-later
"""Zone files of the tests. Each version says in its SOA and in a TXT record which one it is."""

import json

LABEL = "0123456789abcdef0123456789abcdef"
TARGET = "_fedcba9876543210fedcba9876543210.xlfgrmvvlj.acm-validations.aws."
TOKEN = "_%s.www 60 CNAME %s\n" % (LABEL, TARGET)


def head(version):
    return ("$TTL 60\n"
            "@ SOA ns1.example.net. hostmaster.example.net. %d 3600 600 86400 60\n"
            "@ NS ns1.example.net.\n"
            "@ NS ns2.example.net.\n"
            "www A 192.0.2.80\n" % version + TOKEN)


def plain(version, records=1):
    """Without ACM use."""
    return head(version).replace(TOKEN, "") + body(version, records)


def body(version, records):
    return 'version TXT "v%d"\n' % version + "".join(
        "host%d A 192.0.2.%d\n" % (i, i % 250 + 1) for i in range(records))


def good(version, records=1):
    """ACM can use it."""
    return head(version) + '@ CAA 0 issue "amazon.com"\n' + body(version, records)


def bad(version, records=1):
    """CAA shuts Amazon out."""
    return head(version) + '@ CAA 0 issue "letsencrypt.org"\n' + body(version, records)


def inventory(*names, number=1):
    """What aws acm describe-certificate prints for these names, with the record of TOKEN's kind."""
    options = [{"DomainName": name, "ValidationMethod": "DNS", "ValidationStatus": "SUCCESS",
                "ResourceRecord": {"Name": "_%s.%s." % (LABEL, name), "Type": "CNAME",
                                   "Value": TARGET}} for name in names]
    return json.dumps({"Certificate": {
        "CertificateArn": "arn:aws:acm:eu-west-1:111122223333:certificate/%d" % number,
        "DomainName": names[0], "SubjectAlternativeNames": names, "Status": "ISSUED",
        "DomainValidationOptions": options, "Type": "AMAZON_ISSUED", "InUseBy": ["x"]}})


def unparsable(version):
    return good(version) + "broken A 192.0.2.999\n"
