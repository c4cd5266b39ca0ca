# SPDX-FileCopyrightText: The Condyle authors
# SPDX-License-Identifier: Apache-2.0
"""CDS Hooks requests with a full prefetch, for load: patients drawn from the example runner by a seed."""
import copy
import datetime
import json
import pathlib
import random
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]

# What a visit for this pain records: some 20 facts, as many as the bundles that rule engines are measured with.
VISIT = [
    "pain.present", "pain.sij_region", "pain.duration", "72514-3", "pain.during_running", "pain.load_related",
    "pain.at_rest", "pain.morning_stiffness", "exam.distraction", "exam.thigh_thrust", "exam.compression",
    "exam.sacral_thrust", "exam.sacral_tenderness", "exam.single_leg_hop", "8310-5", "1988-5", "training.runner",
    "red_flag.saddle_anaesthesia", "red_flag.fever_rigors", "red_flag.significant_trauma", "red_flag.cancer_history",
]


def code_of(resource):
    return resource["code"]["coding"][0]["code"]


def patients(count, seed=1):
    """`count` lists of resources, the Patient first."""
    entries = json.loads((ROOT / "docs/examples/runner.bundle.json").read_text())["entry"]
    resources = [entry["resource"] for entry in entries]
    yesterday = (datetime.date.today() - datetime.timedelta(days=1)).isoformat()
    facts = {}
    for resource in resources:
        if resource["resourceType"] == "Observation":
            facts.setdefault(code_of(resource), resource)
    drawn = random.Random(seed)
    for number in range(count):
        patient = {"resourceType": "Patient", "id": f"p{number}", "gender": drawn.choice(["female", "male"]),
                   "birthDate": f"{drawn.randint(1960, 2005)}-{drawn.randint(1, 12):02}-{drawn.randint(1, 28):02}"}
        observations = []
        for code in VISIT:
            if code != "pain.present" and drawn.random() < 0.03:
                continue  # not recorded
            fact = {k: copy.deepcopy(v) for k, v in facts[code].items() if k not in ("subject", "performer", "encounter")}
            fact["effectiveDateTime"] = yesterday  # an old record is no topic
            fact["id"] = f"p{number}-{len(observations)}"
            fact["subject"] = {"reference": f"Patient/p{number}"}
            if "valueBoolean" in fact and code != "pain.present":
                fact["valueBoolean"] = drawn.random() < (0.04 if code.startswith("red_flag.") else 0.4)
            observations.append(fact)
        yield [patient] + observations


def request(hook, prefetch, resources):
    """The body of a call: the templates of discovery filled with what there is."""
    patient = resources[0]
    filled = {}
    observations_given = False
    for key, template in prefetch.items():
        kind = template.split("?")[0].split("/")[0]
        if "?" not in template:
            filled[key] = patient if kind == "Patient" else None
            continue
        found = []
        if kind == "Observation" and not observations_given:
            found = resources[1:]
            observations_given = True
        filled[key] = {"resourceType": "Bundle", "type": "searchset", "total": len(found),
                       "entry": [{"resource": r, "search": {"mode": "match"}} for r in found]}
        if not found:
            del filled[key]["entry"]
    context = {"userId": "Practitioner/1", "patientId": patient["id"]}
    if hook == "encounter-start":
        context["encounterId"] = "1"
    return {"hook": hook, "hookInstance": str(uuid.UUID(int=hash(patient["id"]) & (2**128 - 1), version=4)),
            "context": context, "prefetch": filled}
