#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Condyle authors
# SPDX-License-Identifier: Apache-2.0
"""Asks a running service for cards about the example runner, as an EHR would, and prints them."""
import argparse
import datetime
import json
import re
import sys
import uuid

from patients import ROOT
from service import get, post


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--hook", default="patient-view", choices=["patient-view", "encounter-start"])
    parser.add_argument("--json", action="store_true", help="print the whole answer")
    options = parser.parse_args()
    yesterday = (datetime.date.today() - datetime.timedelta(days=1)).isoformat()
    text = (ROOT / "docs/examples/runner.bundle.json").read_text()
    resources = [e["resource"] for e in json.loads(re.sub("2026-05-01", yesterday, text))["entry"]]
    patient = next(r for r in resources if r["resourceType"] == "Patient")
    patient["id"] = "runner"
    for resource in resources:
        if "subject" in resource:
            resource["subject"] = {"reference": "Patient/runner"}
    service = next(s for s in json.loads(get(options.url + "/cds-services"))["services"] if s["hook"] == options.hook)
    prefetch, given = {}, set()
    for key, template in service["prefetch"].items():
        kind = re.split("[/?]", template)[0]
        found = [r for r in resources if r["resourceType"] == kind and kind not in given]
        if "?" not in template:
            prefetch[key] = found[0] if found else None
            continue
        given.add(kind)
        prefetch[key] = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": r} for r in found]}
        if not found:
            del prefetch[key]["entry"]
    context = {"userId": "Practitioner/1", "patientId": "runner"}
    if options.hook == "encounter-start":
        context["encounterId"] = "1"
    status, answer = post(f"{options.url}/cds-services/{service['id']}",
                          {"hook": options.hook, "hookInstance": str(uuid.uuid4()), "context": context, "prefetch": prefetch})
    if status != 200:
        sys.exit(f"{status}: {answer}")
    if options.json:
        print(json.dumps(json.loads(answer), indent=2))
        return
    for card in json.loads(answer)["cards"]:
        print(f"[{card['indicator']}] {card['summary']}\n\n{card.get('detail', '')}\n")
        for suggestion in card.get("suggestions", []):
            print(f"  * {suggestion['label']}")
        print("-" * 100)


if __name__ == "__main__":
    main()
