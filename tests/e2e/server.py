# SPDX-License-Identifier: GPL-2.0-or-later
"""A real knotd with the module, in a temporary folder, of this machine or of a chroot."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import dns

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "support"))
from loopback import free_port  # noqa: E402

PROJECT = HERE.parent.parent
PATIENCE = 20.0


class Machine:
    """Where knotd runs: this machine, or a folder with another Debian in it."""

    def __init__(self, root=None, module=None, preload=None):
        self.root = pathlib.Path(root).resolve() if root else None
        self.module = module
        self.preload = preload
        self.variables = {}
        self.servers = []       # Whatever was started, to be ended when a test fails.
        self.scratch = tempfile.mkdtemp(prefix="acmlint-e2e-", dir=self.outside("/tmp"))

    def outside(self, path):
        """A path of the machine, as we see it."""
        return str(self.root) + str(path) if self.root else str(path)

    def inside(self, path):
        """A path as the machine sees it."""
        return str(path)[len(str(self.root)):] if self.root else str(path)

    def command(self, *words):
        prefix = ["chroot", str(self.root)] if self.root else []
        return prefix + [str(word) for word in words]

    def environment(self):
        """A sanitizer's library comes in by LD_PRELOAD."""
        extra = {"LD_PRELOAD": self.preload} if self.preload else {}
        return dict(os.environ, **extra, **self.variables)

    def version(self):
        said = subprocess.run(self.command("knotd", "--version"), capture_output=True, text=True)
        return re.search(r"(\d+\.\d+\.\d+)", said.stdout).group(1)

    def build(self):
        """Builds the module where it will run. Without a chroot, $ACMLINT_MODULE is taken."""
        if self.module is None and self.root is None:
            self.module = os.environ.get("ACMLINT_MODULE")
        if self.module is not None:
            return
        source = pathlib.Path(self.scratch, "source")
        skip = shutil.ignore_patterns(".git", "build", "build-*", "__pycache__")
        shutil.copytree(PROJECT, source, ignore=skip)
        build = source / "build-e2e"
        for words in (["meson", "setup", "-Dtests=false", "-Dmodule=enabled", "--werror",
                       self.inside(build), self.inside(source)],
                      ["ninja", "-C", self.inside(build), "module/acmlint.so"]):
            done = subprocess.run(self.command(*words), capture_output=True, text=True,
                                  env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"})
            if done.returncode != 0:
                raise SystemExit("building the module failed\n" + done.stdout + done.stderr)
        self.module = self.inside(build / "module/acmlint.so")

    def end_servers(self):
        for server in self.servers:
            server.close()
        self.servers.clear()

    def close(self):
        self.end_servers()
        shutil.rmtree(self.scratch, ignore_errors=True)


class Server:
    """knotd with its configuration, its folder and its log."""

    def __init__(self, machine, zones=("example.com",), user=None, **options):
        self.machine = machine
        machine.servers.append(self)
        self.zones = list(zones)
        self.user = user
        self.folder = self.make_folder(machine, "s")
        self.port = free_port()
        self.process = None
        self.options = {"mode": "reject", "source": self.inside("source/%s.zone")}
        self.options.update({key.replace("_", "-"): value for key, value in options.items()})
        self.sections = ""
        self.zone_options = {}
        self.one_zone_options = {}
        self.modules = True
        self.workers = 2
        for name in ("source", "zones", "run", "db"):
            (self.folder / name).mkdir()
        if user:
            for name in ("zones", "run", "db"):
                shutil.chown(self.folder / name, *self._ids())
        self.configure()

    @staticmethod
    def make_folder(machine, prefix):
        folder = pathlib.Path(tempfile.mkdtemp(prefix=prefix, dir=machine.scratch))
        os.chmod(machine.scratch, 0o755)
        os.chmod(folder, 0o755)
        return folder

    def _ids(self):
        passwd = pathlib.Path(self.machine.outside("/etc/passwd")).read_text()
        fields = next(line.split(":") for line in passwd.splitlines()
                      if line.startswith(self.user + ":"))
        return int(fields[2]), int(fields[3])

    def inside(self, name):
        return self.machine.inside(self.folder / name)

    def source(self, zone="example.com"):
        return self.folder / "source" / (zone + ".zone")

    def published(self, zone="example.com"):
        return self.folder / "zones" / (zone + ".zone")

    def configure(self, **options):
        """Writes knot.conf; an option of None is left out."""
        self.options.update({key.replace("_", "-"): value for key, value in options.items()})
        section = "".join("    %s: %s\n" % item for item in self.options.items()
                          if item[1] is not None)
        zone_options = "".join("    %s: %s\n" % item for item in self.zone_options.items())
        module = ("module:\n  - id: mod-acmlint\n    file: %s\n"
                  "mod-acmlint:\n  - id: default\n%s" % (self.machine.module, section))
        user = "    user: %s\n" % (self.user or "root:root")
        (self.folder / "knot.conf").write_text(
            "server:\n    rundir: %s\n%s    listen: 127.0.0.1@%d\n    background-workers: %d\n"
            "    udp-workers: 1\n    tcp-workers: 1\n"
            "log:\n  - target: %s\n    any: debug\n"
            "database:\n    storage: %s\n%s"
            "%sacl:\n  - id: local\n    address: 127.0.0.1\n    action: transfer\n"
            "template:\n  - id: default\n    storage: %s\n    file: \"%%s.zone\"\n    acl: local\n"
            "    zonefile-sync: -1\n%s%s"
            "zone:\n%s" % (
                self.inside("run"), user, self.port, self.workers, self.inside("log"),
                self.inside("db"), module if self.modules else "", self.sections,
                self.inside("zones"),
                "    module: mod-acmlint/default\n" if self.modules else "", zone_options,
                "".join("  - domain: %s\n%s" % (zone, self.one_zone_options.get(zone, ""))
                        for zone in self.zones)))

    def knotc(self, *words, check=True):
        done = subprocess.run(
            self.machine.command("knotc", "-c", self.inside("knot.conf"), "-t", "20", *words),
            capture_output=True, text=True, env=self.machine.environment())
        if check and done.returncode != 0:
            raise AssertionError("knotc %s: %s%s" % (" ".join(words), done.stdout, done.stderr))
        return done

    def knotc_start(self, *words):
        """The same, not waited for."""
        return subprocess.Popen(
            self.machine.command("knotc", "-c", self.inside("knot.conf"), "-t", "20", *words),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=self.machine.environment())

    def start(self, wait=True):
        with open(self.folder / "stderr", "ab") as errors:
            self.process = subprocess.Popen(
                self.machine.command("knotd", "-c", self.inside("knot.conf")),
                stdout=subprocess.DEVNULL, stderr=errors, env=self.machine.environment())
        if wait:
            self.wait_up()

    def wait_up(self):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError("knotd ended with %s\n%s" % (self.process.returncode, self.log()))
            done = self.knotc("status", check=False)
            if done.returncode == 0:
                return
            time.sleep(0.02)
        raise AssertionError("knotd does not come up\n" + self.log())

    def stop(self, hard=False):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGKILL if hard else signal.SIGTERM)
        code = self.process.wait(60)
        self.process = None
        if not hard and code != 0:
            raise AssertionError("knotd ended with %s\n%s" % (code, self.log()))

    def reload(self):
        self.knotc("reload")

    def reload_zone(self, zone="example.com"):
        self.knotc("-f", "zone-reload", zone)
        self.knotc("-b", "zone-reload", zone)

    def log(self):
        return "".join((self.folder / name).read_text(errors="replace")
                       for name in ("stderr", "log") if (self.folder / name).exists())

    def wait_serial(self, wanted, zone="example.com"):
        """The server loads in the background."""
        end, got = time.monotonic() + PATIENCE, None
        while time.monotonic() < end:
            got = dns.serial(self.port, zone)
            if got == wanted:
                return
            time.sleep(0.01)
        raise AssertionError("serial %s wanted, %s served\n%s" % (wanted, got, self.log()))

    def text(self, zone="example.com"):
        """The TXT record at version.ZONE, that says which version is served."""
        answer = dns.ask(self.port, "version." + zone, "TXT")
        data = answer.rdata("TXT") if answer else []
        return data[0][1:].decode() if data else None

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
