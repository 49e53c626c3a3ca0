# SPDX-License-Identifier: GPL-2.0-or-later
"""Domain names as tuples of labels (bytes), lower case unless said otherwise."""

# What needs a backslash in a master file (RFC 1035 section 5.1).
SPECIAL = b'".;\\@$()'


def lower(name):
    return tuple(label.lower() for label in name)


def label_text(label, escape_more=lambda byte: False):
    text = ""
    for byte in label:
        if byte <= 0x20 or byte >= 0x7F or escape_more(byte):
            text += "\\%03d" % byte
        elif byte in SPECIAL:
            text += "\\" + chr(byte)
        else:
            text += chr(byte)
    return text


def text(name, escape_more=lambda byte: False):
    """Absolute, with the final dot."""
    return "".join(label_text(label, escape_more) + "." for label in name) or "."


def parse(absolute):
    """The inverse of text()."""
    name, label, i = [], bytearray(), 0
    if absolute == ".":
        return ()
    while i < len(absolute):
        if absolute[i] == "\\" and absolute[i + 1].isdigit():
            label.append(int(absolute[i + 1:i + 4]))
            i += 4
        elif absolute[i] == "\\":
            label += absolute[i + 1].encode()
            i += 2
        elif absolute[i] == ".":
            name.append(bytes(label))
            label = bytearray()
            i += 1
        else:
            label += absolute[i].encode()
            i += 1
    return tuple(name)


def wire(name):
    return b"".join(bytes([len(label)]) + label for label in name) + b"\0"


def size(name):
    return sum(len(label) + 1 for label in name) + 1


def within(name, ancestor):
    """At or below."""
    return name[len(name) - len(ancestor):] == ancestor if len(name) >= len(ancestor) else False


def below(name, ancestor):
    return len(name) > len(ancestor) and within(name, ancestor)


def ancestors(name, apex):
    """name, its parent … up to the apex."""
    while within(name, apex):
        yield name
        if not name:
            return
        name = name[1:]
