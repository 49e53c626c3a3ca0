# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Build folders and free ports, for examples/demo and the scripts under tests/. Sourced, never run.

# build_folder ROOT NAME: prints a folder that can be written: $ACMLINT_BUILD where that is set,
# ROOT/build/NAME, or for a read-only checkout one in the user's cache.
build_folder()
{
	local place=${ACMLINT_BUILD:-$1/build/$2}
	if [ -z "${ACMLINT_BUILD:-}" ] && { ! mkdir -p "$place" || [ ! -w "$place" ]; } 2>/dev/null; then
		place=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/acmlint/$2
	fi
	mkdir -p "$place" && (cd "$place" && pwd)
}

# free_port: prints a port of 127.0.0.1 that nobody uses, for UDP and for TCP.
free_port()
{
	python3 - <<-'END'
	import random, socket
	for port in random.sample(range(20000, 60000), 200):
	    try:
	        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
	            with socket.socket(socket.AF_INET, kind) as s:
	                s.bind(("127.0.0.1", port))
	        print(port)
	        break
	    except OSError:
	        pass
	END
}
