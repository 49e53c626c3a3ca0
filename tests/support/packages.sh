# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Packages: what the scripts of this repository need from Debian, and how they get it. Sourced by
# examples/demo, tests/run and .ci/run; works as root and with sudo, and asks apt for nothing when
# nothing is missing.

# Debian leaves the folder of servers out of most users' PATH.
PATH=$PATH:/usr/sbin:/sbin

# shellcheck disable=SC2034  # The lists are for whoever sources this file.
{
packages_build=(gcc libc6-dev libjansson-dev libknot-dev meson pkgconf)
packages_server=(knot knot-dnsutils)
packages_tests=(bind9 bind9-utils git iproute2 knot-dnssecutils libcmocka-dev libunbound-dev make nsd
	python3 python3-jsonschema unbound)
# For the commit gate, which only Knot 3.5 has: where updates come from, and what asks meanwhile.
packages_gate=(bind9 dnsperf knot-keymgr libfaketime)
packages_ci=(chromium clang debootstrap fish libclang-rt-dev llvm man-db mandoc pre-commit shellcheck
	universal-ctags valgrind zsh)
packages_bench=(bind9-utils knot-dnssecutils nsd)
}

# packages_missing PACKAGE…: those that are not installed, one a line.
packages_missing()
{
	local package
	for package; do
		case $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) in
		installed) ;;
		*) printf '%s\n' "$package" ;;
		esac
	done
}

# packages_as_root COMMAND…: runs it as root, through sudo where we are somebody else.
packages_as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		echo "this needs root, and there is no sudo; as root, run:  $*" >&2
		return 1
	fi
}

packages_apt()
{
	packages_as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -q -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 "$@"
}

# packages_need PACKAGE…: installs what is missing and says so. Nothing missing: silence.
packages_need()
{
	local missing log status=0
	if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
		echo "not a Debian system: taking these as installed:  $*"
		return 0
	fi
	# No process substitution: /dev/fd needs /proc, which a bare chroot lacks.
	read -r -d '' -a missing <<<"$(packages_missing "$@")" || true
	if [ ${#missing[@]} -eq 0 ]; then
		return 0
	fi

	echo "missing packages, installed now with apt-get:  ${missing[*]}"
	log=$(mktemp)
	# One stale source among several fails the update, and may well be none of ours.
	packages_apt update >"$log" 2>&1 || echo "apt-get update had errors; trying all the same"
	packages_apt install --no-install-recommends "${missing[@]}" >>"$log" 2>&1 || status=$?
	if [ "$status" -ne 0 ]; then
		tail -n 25 "$log" >&2
		echo "apt-get could not install them; its last words stand above" >&2
	elif [[ " ${missing[*]} " == *" knot "* && -d /run/systemd/system ]]; then
		echo "note: Debian has started its own knot service on 127.0.0.1 port 53. Nothing here uses"
		echo "      it; \"systemctl disable --now knot\" stops it."
	fi
	rm -f "$log"
	return "$status"
}
