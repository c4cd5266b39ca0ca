#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Condyle authors
# SPDX-License-Identifier: Apache-2.0
"""Two replicas on one PostgreSQL behind nginx; one is killed under load, and started again.

No request may fail beyond those that were in flight on the one that was killed, and every feedback that was
acknowledged must be in the store, in one chain that verifies.
"""
import argparse
import http.client
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

import patients
from load import HOOK
from postgres import Postgres
from service import CONDYLE, Service, get

NGINX = """
daemon off; error_log stderr warn; pid {work}/nginx.pid;
events {{ worker_connections 512; }}
http {{
  access_log off; client_body_temp_path {work}/b; proxy_temp_path {work}/p; fastcgi_temp_path {work}/f;
  uwsgi_temp_path {work}/u; scgi_temp_path {work}/s;
  upstream condyle {{ {servers} keepalive 32; }}
  server {{
    listen 127.0.0.1:{port};
    client_max_body_size 4m;
    location / {{
      proxy_pass http://condyle; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host $host; proxy_connect_timeout 1s;
      # A replica that cannot be reached, or says that it is not ready, is passed by. What it had already begun to answer
      # is the client's to ask again.
      proxy_next_upstream error timeout http_503;
    }}
  }}
}}
"""


def free_port():
    import socket
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Client(threading.Thread):
    """Asks and reports, one request after the other, on one connection."""

    def __init__(self, port, hook, prefetch, seed):
        super().__init__(daemon=True)
        self.port, self.hook, self.prefetch, self.seed = port, hook, prefetch, seed
        self.stop = threading.Event()
        self.answered, self.failed, self.acknowledged = 0, [], []

    def ask(self, connection, path, body):
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read()

    def run(self):
        people = list(patients.patients(40, self.seed))
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        number = 0
        while not self.stop.is_set():
            number += 1
            path = f"/cds-services/{self.hook}"
            try:
                status, text = self.ask(connection, path, patients.request(HOOK, self.prefetch, people[number % 40]))
                if status != 200:
                    self.failed.append((time.monotonic(), status))
                    continue
                self.answered += 1
                for card in json.loads(text)["cards"][:1]:
                    report = {"feedback": [{"card": card["uuid"], "outcome": "overridden",
                                            "outcomeTimestamp": "2026-01-01T00:00:00Z"}]}
                    status, _ = self.ask(connection, path + "/feedback", report)
                    if status == 200:
                        self.acknowledged.append(card["uuid"])
                    else:
                        self.failed.append((time.monotonic(), status))
            except (OSError, http.client.HTTPException) as error:
                self.failed.append((time.monotonic(), repr(error)))
                connection.close()


def feedback_in(store):
    listed = subprocess.run([CONDYLE, "audit", "feedback", "--store", store, "--format", "json"],
                            check=True, stdout=subprocess.PIPE, text=True).stdout
    return listed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4, help="between two kills")
    options = parser.parse_args()
    database = Postgres()
    nginx = None
    replicas = []
    try:
        with tempfile.TemporaryDirectory() as work:
            ports = [free_port(), free_port()]
            start = lambda i: Service(work, "--store", database.url, "--listen", f"127.0.0.1:{ports[i]}", name=f"replica{i}")
            replicas = [start(0), start(1)]
            port = free_port()
            conf = pathlib.Path(work) / "nginx.conf"
            conf.write_text(NGINX.format(work=work, port=port, servers=" ".join(
                f"server 127.0.0.1:{p} max_fails=1 fail_timeout=1s;" for p in ports)))
            nginx = subprocess.Popen(["/usr/sbin/nginx", "-p", work, "-c", str(conf)], stderr=subprocess.DEVNULL)
            discovery = json.loads(get(replicas[0].url + "/cds-services"))
            service = next(s for s in discovery["services"] if s["hook"] == HOOK)
            clients = [Client(port, service["id"], service.get("prefetch", {}), i) for i in range(options.clients)]
            time.sleep(0.5)
            for client in clients:
                client.start()
            kills = []
            for number in range(options.kills):
                time.sleep(options.seconds)
                victim = number % 2
                kills.append(time.monotonic())
                replicas[victim].end(signal.SIGKILL)
                time.sleep(options.seconds / 2)
                replicas[victim] = start(victim)
            time.sleep(options.seconds)
            for client in clients:
                client.stop.set()
            for client in clients:
                client.join()
            answered = sum(c.answered for c in clients)
            failed = sorted(f for c in clients for f in c.failed)
            acknowledged = [uuid for c in clients for uuid in c.acknowledged]
            codes = [r.end() for r in replicas]
            text = feedback_in(database.url)
            lost = [uuid for uuid in acknowledged if uuid not in text]
            verified = subprocess.run([CONDYLE, "audit", "verify", "--store", database.url]).returncode
        print(f"{answered:,} answered, {len(acknowledged):,} feedbacks acknowledged, {options.kills} kills; failed {len(failed)}:")
        faults = []
        for kill in kills:
            near = [f for f in failed if kill - 0.1 <= f[0] <= kill + 2]
            print(f"  kill: {len(near)} failed {sorted({str(f[1]) for f in near})}")
            if len(near) > options.clients:
                faults.append("more requests failed than can have been in flight")
        elsewhere = [f for f in failed if not any(k - 0.1 <= f[0] <= k + 2 for k in kills)]
        if elsewhere:
            faults.append(f"{len(elsewhere)} requests failed far from any kill: {elsewhere[:3]}")
        if lost:
            faults.append(f"{len(lost)} feedbacks were acknowledged and are not in the store")
        if verified != 0 or any(codes):
            faults.append(f"audit verify ended with {verified}, the replicas with {codes}")
        print("FAULTS: " + "; ".join(faults) if faults else "no fault")
        sys.exit(1 if faults else 0)
    finally:
        if nginx:
            nginx.terminate()
        for replica in replicas:
            replica.end(signal.SIGKILL)
        database.remove()


if __name__ == "__main__":
    main()
