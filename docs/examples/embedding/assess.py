#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Condyle authors
# SPDX-License-Identifier: Apache-2.0
#
# Asks Condyle about one patient, in Python: urgency, red flags, advice, what is on hold, what failed.
#
#   CONDYLE_HOST_LIBRARY=PREFIX/lib/x86_64-linux-gnu/libcondyle_host.so.1 ./assess.py bundle.json [PLUGINS]
#
# Exit codes are those of `condyle assess`: 0 complete, 1 Condyle failed, 2 refused, 3 a plugin failed, 64 usage.
import sys

import condyle


def show(consultation):
    print("Urgency:", consultation["urgency"])
    # Safety screens that found something, or that could not decide: that is not the same as having found nothing.
    for assessment in consultation.get("assessments", []):
        status, urgency = assessment.get("status"), assessment.get("urgency")
        if status == "STATUS_POSITIVE" and urgency in ("URGENCY_URGENT", "URGENCY_EMERGENCY"):
            print(f"RED FLAG: {assessment['pluginId']}: {assessment.get('summary', '')}")
        elif status == "STATUS_INSUFFICIENT_DATA":
            print(f"Undecided: {assessment['pluginId']}: {assessment.get('summary', '')}")
    for advice in consultation.get("recommendations", []):
        print("Advice:", advice["text"])
    for held in consultation.get("withheld", []):
        print(f"On hold, not advice: {held['recommendation']['text']} ({held['reason']})")
    for question in consultation.get("nextQuestions", []):
        print("Ask:", question["question"])
    for failure in consultation.get("pluginFailures", []):
        print(f"NO ANSWER from {failure['pluginId']}: {failure['message']}")
    print(consultation["disclaimer"])


def main(arguments):
    if len(arguments) not in (2, 3):
        print(f"usage: {arguments[0]} FILE [PLUGINS]", file=sys.stderr)
        return 64
    try:
        with open(arguments[1], "rb") as file:
            patient = file.read()
    except OSError as error:
        print(f"{arguments[1]} cannot be read: {error.strerror}", file=sys.stderr)
        return 64
    try:
        with condyle.Host(plugins=arguments[2:]) as host:
            consultation = host.consult(patient, question_budget_ms=100)
    except condyle.Refused as refusal:
        # The patient data cannot be so. Not an error of the program: show it to who can correct them.
        print("refused:", refusal, file=sys.stderr)
        return 2
    except condyle.Error as error:
        print("no answer:", error, file=sys.stderr)
        return 1
    show(consultation)
    return 3 if consultation.get("pluginFailures") else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
