# SPDX-FileCopyrightText: The Condyle authors
# SPDX-License-Identifier: Apache-2.0
#
# from_python.py EXAMPLES CASE: the module of the examples, from 8 threads, with mistakes, and for leaks of the handles.
import os
import sys
import threading

sys.path.insert(0, sys.argv[1])
import condyle  # noqa: E402

with open(sys.argv[2], "rb") as file:
    patient = file.read()


def descriptors():
    return len(os.listdir("/proc/self/fd"))


def expect(kind, call):
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__}")


with condyle.Host(parallel=4) as host:
    first = host.consult(patient, as_of="2026-05-01T09:00:00Z")
    assert first["urgency"].startswith("URGENCY_") and len(first["assessments"]) == 7, first["urgency"]
    assert len(host.manifests()) == 7 and host.questionnaire()["resourceType"] == "Questionnaire"
    assert host.consult(patient, format="html").startswith(b"<!DOCTYPE html>")
    assert expect(condyle.Error, lambda: host.consult(patient, format="pdf")).status == 3
    refused = expect(condyle.Refused, lambda: host.consult(b'{"patient":{"ageYears":300}}'))
    assert refused.path == "/patient/ageYears", refused.path
    expect(condyle.Refused, lambda: host.consult(b""))

    wrong = []

    def ask():
        for _ in range(20):
            if host.consult(patient, as_of="2026-05-01T09:00:00Z") != first:
                wrong.append(threading.current_thread().name)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, wrong

before = descriptors()
for _ in range(50):
    with condyle.Host() as host:
        host.consult(patient)
    expect(condyle.Error, lambda: condyle.Host(plugins=["/nowhere"]))
assert descriptors() == before, (descriptors(), before)
