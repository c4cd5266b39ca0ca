# SPDX-FileCopyrightText: The Condyle authors
# SPDX-License-Identifier: Apache-2.0
"""A `condyle serve` that a script starts, looks at and ends."""
import json
import os
import pathlib
import re
import signal
import subprocess
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Of another preset: CONDYLE_BUILD_DIR.
BUILD = pathlib.Path(os.environ.get("CONDYLE_BUILD_DIR", ROOT / "build"))
CONDYLE = str(BUILD / "bin/condyle")
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


def get(url, timeout=10):
    with urllib.request.urlopen(url, timeout=timeout) as answer:
        return answer.read().decode()


def post(url, body, timeout=30):
    """Status and text; other statuses than 200 are answers too."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def children(pid):
    """Process ids of all below, living ones."""
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*"):
        for child in (task / "children").read_text().split():
            found += [int(child)] + children(int(child))
    return found


def processor_seconds(pid):
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS


class Service:
    """Logs go to a file; the port is found there."""

    def __init__(self, work, *options, name="condyle"):
        self.log = pathlib.Path(work) / f"{name}.log"
        self.command = [CONDYLE, "serve", "--log", "json", "--plugins", str(BUILD / "plugins"), "--signatures", "off", *options]
        if "--listen" not in options:
            self.command += ["--listen", "127.0.0.1:0"]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)
        self.pid = self.process.pid
        self.url = self._wait()

    def _wait(self):
        for _ in range(600):
            found = re.search(r"http://127\.0\.0\.1:\d+", self.log.read_text())
            if found:
                try:
                    get(found[0] + "/readyz")
                    return found[0]
                except OSError:
                    pass
            if self.process.poll() is not None:
                raise RuntimeError(f"{' '.join(self.command)} ended: {self.log.read_text()[-2000:]}")
            time.sleep(0.05)
        raise RuntimeError(f"{self.log}: the service did not come up")

    def processes(self):
        return [self.pid] + children(self.pid)

    def processor_seconds(self):
        """Of the service and its living workers."""
        return sum(processor_seconds(pid) for pid in self.processes())

    def size(self):
        """Descriptors, children, and resident kB of the service itself."""
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return {"descriptors": len(os.listdir(f"/proc/{self.pid}/fd")), "children": len(children(self.pid)),
                "kB": int(re.search(r"VmRSS:\s+(\d+)", status)[1])}

    def end(self, how=signal.SIGTERM, timeout=60):
        """Its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(timeout)
