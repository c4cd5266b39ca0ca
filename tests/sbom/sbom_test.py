#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Condyle authors
# SPDX-License-Identifier: Apache-2.0
"""The bill of materials of this build: sbom_test.py BUILD. What it must name is found here in other ways."""

import copy
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent.parent
SCRIPT = SOURCE / "cmake" / "sbom.py"
BUILD = None

TYPES = {"application", "framework", "library", "container", "platform", "operating-system", "device", "file"}
SCOPES = {"required", "optional", "excluded"}


def make(moment="1700000000"):
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "sbom.json"
        environment = dict(os.environ, SOURCE_DATE_EPOCH=moment)
        subprocess.run([sys.executable, str(SCRIPT), str(BUILD), str(output)], check=True, env=environment,
                       stdout=subprocess.DEVNULL)
        return output.read_bytes()


def faults_of_shape(bill):
    """What CycloneDX 1.5 demands of the parts that are used here."""
    faults = []

    def demand(holds, what):
        if not holds:
            faults.append(what)

    demand(bill.get("bomFormat") == "CycloneDX", "bomFormat")
    demand(bill.get("specVersion") == "1.5", "specVersion")
    demand(isinstance(bill.get("version"), int) and bill["version"] >= 1, "version")
    demand(re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", bill.get("serialNumber", "")),
           "serialNumber")
    demand(set(bill) <= {"bomFormat", "specVersion", "version", "serialNumber", "metadata", "components",
                         "dependencies"}, "unknown members")
    metadata = bill.get("metadata", {})
    demand(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", metadata.get("timestamp", "")), "timestamp")
    components = [metadata.get("component", {})] + bill.get("components", [])
    refs = [component.get("bom-ref") for component in components]
    demand(len(refs) == len(set(refs)), "bom-ref twice")
    for component in components:
        name = component.get("name", "?")
        demand(component.get("type") in TYPES, f"type of {name}")
        demand(bool(component.get("name")) and bool(component.get("version")), f"name and version of {name}")
        demand(component.get("scope", "required") in SCOPES, f"scope of {name}")
        for entry in component.get("hashes", []):
            demand(entry.get("alg") == "SHA-256" and re.fullmatch("[0-9a-f]{64}", entry.get("content", "")),
                   f"hash of {name}")
        for entry in component.get("licenses", []):
            demand(len(entry.get("license", {}).keys() & {"id", "name"}) == 1, f"licence of {name}")
        if "purl" in component:
            demand(re.fullmatch(r"pkg:deb/debian/[a-z0-9.%2B-]+@[^?@]+\?arch=[a-z0-9]+&distro=debian-12",
                                component["purl"]), f"purl of {name}")
    listed = [entry.get("ref") for entry in bill.get("dependencies", [])]
    demand(sorted(listed) == sorted(refs), "every component has its line among the dependencies")
    for entry in bill.get("dependencies", []):
        on = entry.get("dependsOn", [])
        demand(len(on) == len(set(on)) and set(on) <= set(refs), f"dependencies of {entry.get('ref')}")
    return faults


class SbomTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bytes = make()
        cls.bill = json.loads(cls.bytes)
        cls.by_name = {component["name"]: component for component in cls.bill["components"]}
        cls.on = {entry["ref"]: set(entry.get("dependsOn", [])) for entry in cls.bill["dependencies"]}
        cls.root = tempfile.TemporaryDirectory()
        subprocess.run(["cmake", "--install", str(BUILD), "--prefix", cls.root.name], check=True,
                       stdout=subprocess.DEVNULL)
        cls.files = [path for path in Path(cls.root.name).rglob("*") if path.is_file() and not path.is_symlink()]

    @classmethod
    def tearDownClass(cls):
        cls.root.cleanup()

    def test_has_the_shape_of_cyclonedx(self):
        self.assertEqual(faults_of_shape(self.bill), [])

    def test_the_check_of_the_shape_can_fail(self):
        def without_hash(bill):
            next(c for c in bill["components"] if "hashes" in c)["hashes"][0]["content"] = "x"

        for name, change in {
            "specVersion": lambda bill: bill.update(specVersion="2.0"),
            "member": lambda bill: bill.update(extra=1),
            "type": lambda bill: bill["components"][0].update(type="thing"),
            "twice": lambda bill: bill["components"].append(bill["components"][0]),
            "hash": without_hash,
            "dependency": lambda bill: bill["dependencies"][0].setdefault("dependsOn", []).append("nobody"),
        }.items():
            with self.subTest(name):
                changed = copy.deepcopy(self.bill)
                change(changed)
                self.assertNotEqual(faults_of_shape(changed), [])

    def test_names_every_file_that_ships_with_its_hash(self):
        count = 0
        for path in self.files:
            if path.suffix not in (".so", ".a") and not os.access(path, os.X_OK):
                continue
            with self.subTest(path.name):
                component = self.by_name[path.name]
                self.assertEqual(component["hashes"][0]["content"], hashlib.sha256(path.read_bytes()).hexdigest())
                self.assertEqual(component["properties"][0]["value"], str(path.relative_to(self.root.name)))
                count += 1
        self.assertGreater(count, 20)

    def test_names_every_library_that_a_file_needs(self):
        count = 0
        for path in self.files:
            if path.read_bytes()[:4] != b"\x7fELF":
                continue
            dump = subprocess.run(["objdump", "-p", str(path)], check=True, capture_output=True, text=True).stdout
            loaded = subprocess.run(["ldd", str(path)], check=True, capture_output=True, text=True).stdout
            component = self.by_name[path.name]
            told = {p["value"] for p in component["properties"] if p["name"] == "condyle:needed"}
            for library in re.findall(r"^\s+NEEDED\s+(\S+)", dump, re.M):
                with self.subTest(f"{path.name} {library}"):
                    self.assertIn(library, told)
                    where = re.search(rf"{re.escape(library)} => (\S+)", loaded)
                    at = where.group(1) if where else library
                    owners = subprocess.run(["dpkg-query", "-S", "*/" + os.path.basename(os.path.realpath(at))],
                                            check=True, capture_output=True, text=True).stdout
                    names = {line.split(":")[0] for line in owners.splitlines()}
                    uses = {ref for ref in self.on[component["bom-ref"]]}
                    self.assertTrue(any(self.by_name.get(name, {}).get("bom-ref") in uses for name in names), names)
                    count += 1
        self.assertGreater(count, 30)

    def test_tells_how_each_package_came_in(self):
        how = {name: property_["value"] for name, component in self.by_name.items()
               for property_ in component.get("properties", []) if property_["name"] == "condyle:how"}
        for name, expected in {
            "libprotobuf32": "shared library",
            "libprotobuf-lite32": "shared library",
            "libabsl20220623": "shared library",
            "libsimdjson14": "shared library",
            "libelf1": "shared library",
            "libssl3": "shared library",
            "libseccomp-dev": "static library",
            "libboost1.81-dev": "headers",
            "libcli11-dev": "headers",
            "cmake": "tool of building or testing",
            "libbenchmark-dev": "tool of building or testing",
        }.items():
            with self.subTest(name):
                self.assertEqual(how.get(name), expected)

    def test_versions_are_those_that_are_installed_and_licences_are_known(self):
        for name, component in self.by_name.items():
            if "purl" not in component:
                continue
            with self.subTest(name):
                version = subprocess.run(["dpkg-query", "-W", "-f", "${Version}\n", name], check=True,
                                         capture_output=True, text=True).stdout.splitlines()[0]
                self.assertEqual(component["version"], version)
                if component["scope"] == "required":
                    self.assertTrue(component.get("licenses"), "docs/dependencies.md does not name its licence")

    def test_plugins_have_versions_of_their_own(self):
        plugins = {name: c for name, c in self.by_name.items() if name.endswith(".so")}
        self.assertEqual(len(plugins), len(list((SOURCE / "plugins").glob("*/manifest.textproto"))))
        for name, component in plugins.items():
            manifest = SOURCE / "plugins" / name[len("condyle_"):-len(".so")] / "manifest.textproto"
            self.assertIn(f'version: "{component["version"]}"', manifest.read_text())

    def test_equal_builds_give_equal_bytes(self):
        self.assertEqual(make(), self.bytes)
        other = json.loads(make("1700000001"))
        self.assertEqual(other["metadata"]["timestamp"], "2023-11-14T22:13:21Z")
        self.assertNotEqual(other["serialNumber"], self.bill["serialNumber"])


if __name__ == "__main__":
    BUILD = Path(sys.argv.pop(1)).resolve()
    unittest.main()
