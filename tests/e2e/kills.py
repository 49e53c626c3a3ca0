# SPDX-License-Identifier: GPL-2.0-or-later
"""kill -9 of knotd at random moments of publishing."""

import os
import random
import time

import zones
from server import Server
from steps import expect, write


def run(machine, count):
    """What is published is always one good version, whole, and the last one once knotd is back."""
    server = Server(machine)
    seed = random.randrange(1 << 32)
    print("      kills: seed %d" % seed, flush=True)
    rng = random.Random(seed)
    versions, tally = {}, {True: 0, False: 0}

    def good(version):
        versions[version] = zones.good(version, records=300 + version % 7).encode()
        return versions[version]

    write(server.source(), good(1))
    server.start()
    server.wait_serial(1)
    version = published = 1
    for round_number in range(count):
        version += 1
        write(server.source(), good(version))
        reloading = round_number % 2 == 0
        if not reloading:
            server.stop()
            server.start(wait=False)
            time.sleep(rng.random() * 0.08)
        else:
            knotc = server.knotc_start("reload")
            time.sleep(rng.random() * 0.03)
        server.stop(hard=True)
        if reloading:
            knotc.wait()
        published = check_copy(server, versions, (published, version))
        # Whatever the moment was, a bad source must not come in afterwards.
        version += 1
        write(server.source(), zones.bad(version, records=300))
        server.start()
        server.wait_serial(published)
        check_copy(server, versions, (published,))
        expect(server, server.text(), "v%d" % published, "the version served")
        tally[version - 1 == published] += 1
    print("      killed before publishing %d times, after %d" % (tally[False], tally[True]))
    return server


def check_copy(server, versions, allowed):
    """Which version is published: one of those allowed, whole."""
    content = server.published().read_bytes()
    found = [version for version in allowed if versions[version] == content]
    if not found:
        raise AssertionError("torn or not the last: %d bytes\n%s" % (len(content), server.log()))
    strays = [name for name in os.listdir(server.published().parent)
              if name not in ("example.com.zone", ".example.com.zone.acmlint-new")]
    expect(server, strays, [], "files left over")
    return found[0]
