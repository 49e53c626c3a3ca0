# SPDX-License-Identifier: GPL-2.0-or-later
"""Chromium without a window, over the pipe of its DevTools protocol. Standard library only."""

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from loopback import end  # noqa: E402


def find():
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Browser:
    """with Browser() as browser: one page."""

    def __init__(self):
        self.number = 0
        self.events = []
        self.pending = b""
        self.folder = tempfile.mkdtemp(prefix="acmlint-browser.")
        to_read, self.write_fd = os.pipe()
        self.read_fd, to_write = os.pipe()

        def arrange():
            os.dup2(os.dup(to_read), 3)
            os.dup2(os.dup(to_write), 4)

        # The program itself asks for descriptors 3 and 4.
        low = [os.dup(self.write_fd), os.dup(self.read_fd)]
        while min(low) < 10:
            low = [os.dup(fd) for fd in low]
        self.write_fd, self.read_fd = low
        self.process = subprocess.Popen(
            [find(), "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", "--disable-extensions", "--disable-background-networking",
             "--remote-debugging-pipe", "--user-data-dir=" + self.folder, "about:blank"],
            close_fds=False, preexec_fn=arrange, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        self.session = None
        targets = self.ask("Target.getTargets")["targetInfos"]
        page = [t for t in targets if t["type"] == "page"][0]
        self.session = self.ask("Target.attachToTarget", targetId=page["targetId"],
                                flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.ask(domain + ".enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        end(self.process)
        os.close(self.write_fd)
        os.close(self.read_fd)
        shutil.rmtree(self.folder, ignore_errors=True)

    def message(self, deadline):
        while b"\0" not in self.pending:
            ready, _, _ = select.select([self.read_fd], [], [], max(0, deadline - time.time()))
            data = os.read(self.read_fd, 1 << 20) if ready else b""
            assert data, "the browser does not answer"
            self.pending += data
        line, self.pending = self.pending.split(b"\0", 1)
        return json.loads(line)

    def ask(self, method, **params):
        self.number += 1
        request = {"id": self.number, "method": method, "params": params}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.write_fd, json.dumps(request).encode() + b"\0")
        deadline = time.time() + 120
        while True:
            got = self.message(deadline)
            if got.get("id") == self.number:
                assert "error" not in got, (method, got["error"])
                return got["result"]
            self.events.append(got)

    def wait(self, method):
        deadline = time.time() + 120
        while True:
            for i, event in enumerate(self.events):
                if event.get("method") == method:
                    return self.events.pop(i)
            self.events.append(self.message(deadline))

    def open(self, path):
        """Loads a file; returns the seconds until it is there and laid out."""
        self.events = []
        begin = time.time()
        self.ask("Page.navigate", url="file://" + path)
        self.wait("Page.loadEventFired")
        self.eval("document.body.offsetHeight")
        return time.time() - begin

    def eval(self, expression):
        got = self.ask("Runtime.evaluate", expression=expression, returnByValue=True,
                       awaitPromise=True)
        assert "exceptionDetails" not in got, got
        return got["result"].get("value")

    def view(self, width=1200, height=900, dark=False, media=""):
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height,
                 deviceScaleFactor=1, mobile=False)
        self.ask("Emulation.setEmulatedMedia", media=media, features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def scripts(self, on):
        self.ask("Emulation.setScriptExecutionDisabled", value=not on)

    def picture(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.ask("Page.captureScreenshot")["data"]))

    def pdf(self):
        return base64.b64decode(self.ask("Page.printToPDF")["data"])

    def requests(self):
        """What was loaded, and what went wrong."""
        loaded = [e["params"]["request"]["url"] for e in self.events
                  if e.get("method") == "Network.requestWillBeSent"]
        wrong = [e["params"] for e in self.events if e.get("method") in (
            "Runtime.exceptionThrown", "Log.entryAdded")]
        return loaded, wrong
