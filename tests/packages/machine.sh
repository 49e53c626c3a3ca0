# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a chroot lacks to be a machine for the commands of the documentation. Sourced by build, use and
# local, in a chroot with nothing in it.

export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive PATH=/usr/local/bin:$PATH
export ACMLINT_BLOCKS=/mnt/out/blocks
# A mirror may be behind the archive's own time.
printf '%s;\n' 'APT::Get::Assume-Yes "true"' 'APT::Install-Recommends "false"' \
	'Acquire::Check-Valid-Until "false"' >/etc/apt/apt.conf.d/90tests
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d

# documented PAGE#HEADING N: types what stands there.
documented()
{
	local commands
	commands=$(tests/docs/block "$@") && bash -euxc "$commands"
}

# machine_server: Knot DNS, and of systemd what can be had. The unit "knot" is started as the one of its
# package does it, only that its address is one that nobody else has; the journal is real.
machine_server()
{
	apt-get -q install knot python3 systemd-journal-remote
	[ -s /etc/machine-id ] || printf '%032x\n' 1 >/etc/machine-id
	mkfifo /tmp/journal.ends
	tests/packages/journal knot.service </tmp/journal.ends >/tmp/journal.ready &
	exec 9>/tmp/journal.ends
	until [ -s /tmp/journal.ready ]; do sleep 0.1; done
	export ACMLINT_ADDRESS=127.77.$((RANDOM % 256)).$((RANDOM % 254 + 1))
	cat >/usr/local/bin/systemctl <<-'END'
		#!/bin/sh -eu
		case $* in
		"restart knot") ;;
		"reload knot") kill -HUP "$(cat /run/knot/knot.pid)" && exit ;;
		*) exec /usr/bin/systemctl "$@" ;;
		esac
		! knotc status >/dev/null 2>&1 || knotc stop
		while [ -e /run/knot/knot.pid ]; do sleep 0.1; done
		sed -i "s/^ *listen: .*/    listen: $ACMLINT_ADDRESS@5353/" /etc/knot/knot.conf
		knotc conf-check
		install -d -o knot -g knot /run/knot /var/lib/knot
		setpriv --reuid=knot --regid=knot --init-groups --inh-caps=+net_bind_service \
			--ambient-caps=+net_bind_service knotd -d
		tries=0
		until knotc status >/dev/null 2>&1; do
			tries=$((tries + 1))
			[ "$tries" -lt 100 ]
			sleep 0.1
		done
	END
	chmod +x /usr/local/bin/systemctl
}

# logged WORDS: the server's journal has a line with them, within ten seconds.
logged()
{
	local tries
	for tries in {1..100}; do
		[ -n "$tries" ] && journalctl -u knot | grep -q -- "$1" && return
		sleep 0.1
	done
	journalctl -u knot
	return 1
}

# logged_as PAGE#HEADING N: it has the lines that the page shows. Numbers may differ, "…" is anything.
logged_as()
{
	local line patterns
	patterns=$(tests/docs/block "$1" "$2" text |
		sed -e 's/…/@/g' -e 's/[^A-Za-z0-9@ ]/./g' -e 's/[0-9][0-9]*/[0-9]*/g' -e 's/@/.*/g')
	while IFS= read -r line; do
		logged "$line" || return
	done <<<"$patterns"
}

serial() { knotc zone-read example.com @ SOA | grep -o '20261121[0-9]*'; }
