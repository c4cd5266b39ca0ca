#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Condyle authors
# SPDX-License-Identifier: Apache-2.0
"""Half of the peak load for half an hour, while workers are killed and stopped and clients behave badly.

At the end every answer that was given must stand in the store, the chain must verify, every feedback that was
acknowledged must be there, and the service must be as large as it was: descriptors, children, memory.
"""
import argparse
import json
import os
import pathlib
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import uuid

import patients
from load import HOOK, Way, write_bodies
from service import CONDYLE, Service, children, get, post


class Trouble(threading.Thread):
    """Workers die or stop, clients stall, send rubbish and go."""

    def __init__(self, service, seed, every):
        super().__init__(daemon=True)
        self.service, self.drawn, self.every = service, random.Random(seed), every
        self.done = threading.Event()
        self.counts = {}

    def run(self):
        address = urllib.parse.urlparse(self.service.url)
        while not self.done.wait(self.every * self.drawn.uniform(0.5, 1.5)):
            kind = self.drawn.choice(["kill", "stop", "stall", "rubbish", "go", "hang-up"])
            self.counts[kind] = self.counts.get(kind, 0) + 1
            workers = children(self.service.pid)
            try:
                if kind in ("kill", "stop") and workers:
                    os.kill(self.drawn.choice(workers), signal.SIGKILL if kind == "kill" else signal.SIGSTOP)
                elif kind == "hang-up":
                    os.kill(self.service.pid, signal.SIGHUP)
                else:
                    with socket.create_connection((address.hostname, address.port), 5) as client:
                        if kind == "rubbish":
                            client.sendall(self.drawn.randbytes(self.drawn.randint(1, 4000)))
                        elif kind == "stall":
                            client.sendall(b"POST /cds-services HTTP/1.1\r\nHost: x\r\nContent-Le")
                            time.sleep(0.05)
                        else:
                            client.sendall(b"POST /cds-services/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
            except OSError:
                pass


class Feedback(threading.Thread):
    """Asks for cards, and reports on them."""

    def __init__(self, service, hook, prefetch, every):
        super().__init__(daemon=True)
        self.service, self.hook, self.prefetch, self.every = service, hook, prefetch, every
        self.done = threading.Event()
        self.acknowledged = []
        self.failed = 0
        self.answered = 0

    def run(self):
        people = list(patients.patients(50, seed=99))
        url = f"{self.service.url}/cds-services/{self.hook}"
        number = 0
        while not self.done.wait(self.every):
            number += 1
            status, text = post(url, patients.request(HOOK, self.prefetch, people[number % len(people)]))
            if status != 200:
                self.failed += 1
                continue
            self.answered += 1
            for card in json.loads(text)["cards"]:
                report = {"feedback": [{"card": card["uuid"], "outcome": "overridden",
                                        "outcomeTimestamp": "2026-01-01T00:00:00Z",
                                        "overrideReason": {"userComment": f"soak {uuid.uuid4()}"}}]}
                if post(url + "/feedback", report)[0] == 200:
                    self.acknowledged.append(card["uuid"])
                else:
                    self.failed += 1


def answered_by_metrics(service):
    """Calls of the hook that were answered with 200, as the service counts them."""
    total = 0
    for line in get(service.url + "/metrics").splitlines():
        if line.startswith("condyle_http_requests_total{") and "/cds-services/{id}\"" in line and 'status="200"' in line:
            total += int(float(line.rsplit(" ", 1)[1]))
    return total


def rows(store):
    """Entries by kind."""
    listed = subprocess.run([CONDYLE, "audit", "export", "--store", store], check=True,
                            stdout=subprocess.PIPE, text=True)
    counts = {}
    for line in listed.stdout.splitlines():
        kind = re.search(r'"kind":\s*"AUDIT_KIND_(\w+)"', line)[1]
        counts[kind] = counts.get(kind, 0) + 1
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--every", type=float, default=0.2, help="seconds between two troubles, about")
    parser.add_argument("--share", type=float, default=0.5, help="of the peak")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    connections = 32
    with tempfile.TemporaryDirectory() as work:
        store = f"sqlite:{work}/store.db"
        service = Service(work, "--store", store, "--no-phi", "--header-timeout", "2000")
        bodies = pathlib.Path(work) / "bodies.ndjson"
        hook = write_bodies(bodies, service, 300)
        discovery = json.loads(get(service.url + "/cds-services"))
        prefetch = next(s for s in discovery["services"] if s["id"] == hook and s["hook"] == HOOK).get("prefetch", {})
        way = Way("isolated-recorded", f"{service.url}/cds-services/{hook}", bodies, service)
        peak = statistics.median(way.run(connections, 5)["rate"] for _ in range(3))
        pause = 1000 * connections / (peak * options.share)
        print(f"peak {peak:,.0f} req/s with {connections} connections; a pause of {pause:.1f} ms is to give "
              f"{options.share:.0%} of it")
        trouble = Trouble(service, options.seed, options.every)
        feedback = Feedback(service, hook, prefetch, 0.25)
        trouble.start()
        feedback.start()
        sizes, end, runs = [], time.monotonic() + 60 * options.minutes, []
        while time.monotonic() < end:
            seconds = min(60, max(5, int(end - time.monotonic())))
            output = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "-s",
                                     str(pathlib.Path(__file__).parent / "wrk.lua"), way.url, "--", str(bodies),
                                     str(int(pause))], check=True, capture_output=True, text=True).stdout
            runs.append([int(n) for n in next(l for l in output.splitlines() if l.startswith("FIGURES")).split()[1:]])
            sizes.append(service.size())
            print(f"{len(runs):3} rate {runs[-1][0] / (runs[-1][1] / 1e6):,.0f}/s, p99 {runs[-1][3] / 1e3:.1f} ms, other "
                  f"statuses {runs[-1][5]}, broken {runs[-1][6]}, {sizes[-1]}", flush=True)
        trouble.done.set()
        feedback.done.set()
        trouble.join()
        feedback.join()
        time.sleep(2)
        answered = answered_by_metrics(service)
        code = service.end()
        counts = rows(store)
        verified = subprocess.run([CONDYLE, "audit", "verify", "--store", store]).returncode
    print(f"troubles {trouble.counts}; answered with 200: {answered:,}; rows {counts}; feedback acknowledged "
          f"{len(feedback.acknowledged):,}, not taken {feedback.failed}")
    faults = []
    if code != 0:
        faults.append(f"the service ended with {code}")
    if verified != 0:
        faults.append(f"audit verify ended with {verified}")
    if counts.get("CONSULTATION", 0) < answered:
        faults.append("an answer was given that is not in the store")
    if counts.get("FEEDBACK", 0) != len(feedback.acknowledged):
        faults.append("feedback that was acknowledged, and what the store has, are not the same")
    early = sizes[min(len(sizes) - 1, max(1, len(sizes) // 6))]
    late = sizes[-1]
    if late["descriptors"] > early["descriptors"] + 64 or late["kB"] > early["kB"] * 1.1 + 20000:
        faults.append(f"it grew from {early} to {late}")
    print("FAULTS: " + "; ".join(faults) if faults else "no fault")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
