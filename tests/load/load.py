#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Condyle authors
# SPDX-License-Identifier: Apache-2.0
"""What the service bears: CDS Hooks calls with a full prefetch, by wrk on loopback, each way of running it in turn.

Of several rounds the medians are given, so that a machine that slows down slows all ways down alike. Another server can
be measured in the same rounds: --peer NAME=URL=FILE posts the lines of FILE to URL.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import patients
from service import Service, get, post, processor_seconds

HERE = pathlib.Path(__file__).resolve().parent
HOOK = "patient-view"


class Way:
    """One server and one kind of load."""

    def __init__(self, name, url, bodies=None, service=None, pid=None):
        self.name, self.url, self.bodies, self.service, self.pid = name, url, bodies, service, pid
        self.runs = {}

    def seconds(self):
        if self.service:
            return self.service.processor_seconds()
        return processor_seconds(self.pid) if self.pid else 0.0

    def run(self, connections, seconds):
        before = self.seconds()
        arguments = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", str(HERE / "wrk.lua"),
                     self.url, "--"] + ([str(self.bodies)] if self.bodies else [])
        output = subprocess.run(arguments, check=True, capture_output=True, text=True).stdout
        figures = next(line for line in output.splitlines() if line.startswith("FIGURES")).split()[1:]
        requests, microseconds, p50, p99, longest, refused, broken = map(int, figures)
        used = self.seconds() - before
        return {"rate": requests / (microseconds / 1e6), "p50": p50 / 1e3, "p99": p99 / 1e3, "max": longest / 1e3,
                "cpu": used / requests * 1e6 if requests else 0, "errors": refused + broken}


def write_bodies(path, service, count):
    discovery = json.loads(get(service.url + "/cds-services"))
    hook = next(s for s in discovery["services"] if s["hook"] == HOOK)
    url = f"{service.url}/cds-services/{hook['id']}"
    kept = refused = cards = 0
    with open(path, "w") as file:
        for resources in patients.patients(count):
            body = patients.request(HOOK, hook.get("prefetch", {}), resources)
            status, text = post(url, body)
            if status != 200:
                refused += 1
                if refused > count / 20:
                    sys.exit(f"{url}: {status} {text[:500]}")
                continue
            kept += 1
            cards += len(json.loads(text)["cards"])
            file.write(json.dumps(body, separators=(",", ":")) + "\n")
    size = os.path.getsize(path) / kept
    print(f"{kept} patients, {size / 1000:.1f} kB each, {cards / kept:.1f} cards each; {refused} refused and left out")
    return hook["id"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--connections", default="2,16,64,256")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--patients", type=int, default=500)
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=URL=FILE[=PID]")
    parser.add_argument("--ways", default="static,in-process,isolated,isolated-recorded")
    parser.add_argument("--json", help="write every figure there")
    options = parser.parse_args()
    connections = [int(c) for c in options.connections.split(",")]
    wanted = options.ways.split(",")
    with tempfile.TemporaryDirectory() as work:
        bodies = pathlib.Path(work) / "bodies.ndjson"
        kinds = {"in-process": ["--in-process", "--store", "none"], "isolated": ["--store", "none"],
                 "isolated-recorded": ["--store", f"sqlite:{work}/store.db"]}
        services = {name: Service(work, *kinds[name], name=name) for name in kinds if name in wanted}
        try:
            first = next(iter(services.values()))
            hook = write_bodies(bodies, first, options.patients)
            ways = [Way("static", first.url + "/healthz", service=first)] if "static" in wanted else []
            ways += [Way(n, f"{s.url}/cds-services/{hook}", bodies, s) for n, s in services.items()]
            for peer in options.peer:
                name, url, file, *pid = peer.split("=")
                ways.append(Way(name, url, file, pid=int(pid[0]) if pid else None))
            for way in ways:
                way.run(connections[-1], 2)
            for number in range(options.rounds):
                for way in ways:
                    for count in connections:
                        way.runs.setdefault(count, []).append(way.run(count, options.seconds))
                print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
            print("| way | connections | req/s | p50 ms | p99 ms | max ms | processor us/req | errors |")
            print("|---|---:|---:|---:|---:|---:|---:|---:|")
            for way in ways:
                for count, runs in way.runs.items():
                    m = {k: statistics.median(r[k] for r in runs) for k in runs[0]}
                    print(f"| {way.name} | {count} | {m['rate']:,.0f} | {m['p50']:.2f} | {m['p99']:.2f} | {m['max']:.1f} "
                          f"| {m['cpu']:.0f} | {sum(r['errors'] for r in runs)} |")
            if options.json:
                pathlib.Path(options.json).write_text(json.dumps({w.name: w.runs for w in ways}, indent=1))
        finally:
            codes = {name: service.end() for name, service in services.items()}
        if any(codes.values()):
            sys.exit(f"exit codes: {codes}")


if __name__ == "__main__":
    main()
