#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Condyle authors
# SPDX-License-Identifier: Apache-2.0
"""Writes what Condyle ships and of what it is made, as a CycloneDX 1.5 bill of materials.

sbom.py BUILD OUTPUT: BUILD is a complete Ninja build. Nothing is listed by hand: what ships is what `cmake --install`
puts somewhere; what it is linked with is in the files (DT_NEEDED) and in the build graph (static libraries, headers);
versions are dpkg's; licences those of docs/dependencies.md. Equal files and packages give equal bytes: the moment is
that of SOURCE_DATE_EPOCH, else of the commit, else left out, and the serial number is derived from the content.
"""

import datetime
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent
# Of the packages in docs/dependencies.md; what stands there in other words is given as a name.
SPDX_IDS = {"Apache-2.0", "BSD-3-Clause", "BSL-1.0", "ISC", "LGPL-2.1-only", "LGPL-2.1-or-later", "MIT", "PSF-2.0",
            "Zlib"}
# How a part came in. The first that is true is told.
LINKED, STATIC, HEADERS = "shared library", "static library", "headers"


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Packages:
    """Debian's packages: whose a file is, and what is known of each."""

    def __init__(self):
        self._owner = self._owners()
        self._licence_of_source = {}
        self.rows = rows_of_dependencies()
        for names, licence in self.rows:
            for name in names:
                if info := self.info(name):
                    self._licence_of_source.setdefault(info["source"], licence)

    def owner(self, path):
        """The name of the package that holds a file, or None."""
        real = os.path.realpath(path)
        # The package may know the file by its name from before /lib became /usr/lib.
        candidates = [path, real, real.removeprefix("/usr"), path.removeprefix("/usr")]
        return next((self._owner[name] for name in candidates if name in self._owner), None)

    @staticmethod
    def _owners():
        """What dpkg-query -S reads, at once: asking it for each of some thousand headers takes minutes."""
        owners = {}
        for files in Path("/var/lib/dpkg/info").glob("*.list"):
            package = files.name.removesuffix(".list").split(":")[0]
            for line in files.read_text(errors="replace").splitlines():
                owners[line] = package
        return owners

    @staticmethod
    def info(name):
        fields = "${Version}\t${Architecture}\t${source:Package}\t${db:Status-Status}\t${Homepage}\n"
        found = subprocess.run(["dpkg-query", "-W", "-f", fields, name], capture_output=True, text=True, check=False)
        if found.returncode != 0 or not found.stdout:
            return None
        version, architecture, source, status, homepage = found.stdout.splitlines()[0].split("\t")
        if status != "installed":
            return None
        return {"version": version, "architecture": architecture, "source": source, "homepage": homepage}

    def component(self, name, scope, how):
        info = self.info(name)
        version = info["version"].replace(":", "%3A").replace("+", "%2B")
        purl = f"pkg:deb/debian/{name.replace('+', '%2B')}@{version}?arch={info['architecture']}&distro=debian-12"
        component = {
            "type": "library" if scope == "required" else "application",
            "bom-ref": purl,
            "name": name,
            "version": info["version"],
            "scope": scope,
            "purl": purl,
            "properties": [
                {"name": "condyle:source-package", "value": info["source"]},
                {"name": "condyle:how", "value": how},
            ],
        }
        if licence := self._licence_of_source.get(info["source"]):
            component["licenses"] = licences(licence)
        if info["homepage"]:
            component["externalReferences"] = [{"type": "website", "url": info["homepage"]}]
        return component


def rows_of_dependencies():
    """(names of packages, licence) for each row of the tables in docs/dependencies.md."""
    rows = []
    for line in (SOURCE / "docs" / "dependencies.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        names = re.findall(r"`([a-z0-9][a-z0-9+.-]+)`", cells[0])
        if line.startswith("| `") and names:
            rows.append((names, cells[-1]))
    return rows


def licences(text):
    if text in SPDX_IDS:
        return [{"license": {"id": text}}]
    return [{"license": {"name": text}}]


def sha256(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def needed(path):
    """DT_NEEDED of an ELF file."""
    return re.findall(r"\(NEEDED\).*\[(.+)\]", run("readelf", "-dW", str(path)))


def library_paths():
    """Where the dynamic linker finds each shared library."""
    paths = {}
    for line in run("/sbin/ldconfig", "-p").splitlines():
        if match := re.match(r"\s+(\S+) \(libc6,x86-64.*\) => (\S+)|\s+(\S+) \(libc6,AArch64.*\) => (\S+)|"
                             r"\s+(ld-linux\S+) \(.*\) => (\S+)", line):
            name, path = [part for part in match.groups() if part]
            paths.setdefault(name, path)
    return paths


class BuildGraph:
    """What Ninja knows: which objects, libraries and headers a file was made of."""

    def __init__(self, build):
        self.build = Path(build).resolve()
        self._headers = {}
        target = None
        for line in run("ninja", "-C", str(build), "-t", "deps").splitlines():
            if line.startswith("    "):  # relative to the build, with some compilers
                self._headers[target].append(os.path.normpath(self.build / line.strip()))
            elif ": #deps" in line:
                target = line.split(": #deps")[0]
                self._headers[target] = []

    def _inputs(self, file):
        inputs, within = [], False
        for line in run("ninja", "-C", str(self.build), "-t", "query", file).splitlines():
            if line.startswith("  input:"):
                within = True
            elif line.startswith("  outputs:"):
                break
            elif within and not line.strip().startswith("||"):  # what is only built before
                inputs.append(line.strip().removeprefix("| "))
        return inputs

    def parts(self, file):
        """Static libraries of the system, our own static libraries, and the headers, of a file that was linked."""
        system, own, headers = set(), set(), set()
        for item in self._inputs(file):
            if item.endswith(".o"):
                headers.update(h for h in self._headers.get(item, []) if h.startswith("/usr/"))
            elif item.endswith(".a") and item.startswith("/"):
                system.add(item)
            elif item.endswith(".a"):
                own.add(item)
                more_system, _, more_headers = self.parts(item)
                system |= more_system
                headers |= more_headers
        return system, own, headers

    def outputs(self):
        """Files that a rule makes, not mere names for them."""
        lines = run("ninja", "-C", str(self.build), "-t", "targets", "all").splitlines()
        return [line.split(": ")[0] for line in lines if ": " in line and not line.endswith(": phony")]


def cache_value(build, name):
    for line in (Path(build) / "CMakeCache.txt").read_text().splitlines():
        if line.startswith(name + ":"):
            return line.split("=", 1)[1]
    raise SystemExit(f"sbom: {build}/CMakeCache.txt has no {name}; configure with cmake --preset release")


def is_shared(path):
    """A plugin, or a library with its version behind its name."""
    return re.search(r"\.so(\.\d+)*$", path.name) is not None


def plugin_version(name):
    manifest = SOURCE / "plugins" / name.removeprefix("condyle_").removesuffix(".so") / "manifest.textproto"
    text = manifest.read_text()
    return (re.search(r'^  version: "([^"]+)"', text, re.M).group(1), re.search(r'^  licence: "([^"]+)"', text, re.M).group(1))


def moment():
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    if not seconds:
        commit = subprocess.run(["git", "-C", str(SOURCE), "log", "-1", "--format=%ct"], capture_output=True, text=True,
                                check=False)
        seconds = commit.stdout.strip()
    if not seconds:
        return None
    return datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Bill:
    def __init__(self, build):
        self.build = Path(build).resolve()
        self.version = cache_value(build, "CMAKE_PROJECT_VERSION")
        self.packages = Packages()
        self.graph = BuildGraph(build)
        self.libraries = library_paths()
        self.components = {}
        self.depends = {}
        self.how = {}  # package -> the first way in which it came in

    def shipped(self, prefix):
        run("cmake", "--install", str(self.build), "--prefix", str(prefix))
        for path in sorted(Path(prefix).rglob("*")):
            if path.is_file() and not path.is_symlink():
                head = path.open("rb").read(8)
                if head.startswith(b"\x7fELF") or head == b"!<arch>\n":
                    yield path

    def package(self, path, how, user):
        name = self.packages.owner(path)
        if name is None:
            raise SystemExit(f"sbom: {user} uses {path}, which belongs to no Debian package")
        order = [LINKED, STATIC, HEADERS]
        if name not in self.how or order.index(how) < order.index(self.how[name]):
            self.how[name] = how
        self.depends.setdefault(user, set()).add(name)
        return name

    def add_needed(self, path, user, seen):
        """The packages of the shared libraries that a file needs, and of those that they need."""
        for library in needed(path):
            if library not in self.libraries:
                raise SystemExit(f"sbom: {user} needs {library}, which the dynamic linker does not find")
            at = self.libraries[library]
            name = self.package(at, LINKED, user)
            self.add_property(user, "condyle:needed", library)
            if at not in seen:
                seen.add(at)
                self.add_needed(at, name, seen)

    def add_property(self, ref, name, value):
        if ref in self.components:
            self.components[ref].setdefault("properties", []).append({"name": name, "value": value})

    def add_file(self, path, prefix, built_as, seen):
        name = path.name
        ref = f"condyle:{path.relative_to(prefix)}"
        version, licence = self.version, "Apache-2.0"
        if path.suffix == ".so":
            version, licence = plugin_version(name)
        self.components[ref] = {
            "type": "library" if path.suffix == ".a" or is_shared(path) else "application",
            "bom-ref": ref,
            "name": name,
            "version": version,
            "scope": "required",
            "hashes": [{"alg": "SHA-256", "content": sha256(path)}],
            "licenses": licences(licence),
            "properties": [{"name": "condyle:file", "value": str(path.relative_to(prefix))}],
        }
        if path.suffix != ".a":
            self.add_needed(path, ref, seen)
        system, own, headers = self.graph.parts(built_as[name])
        for library in sorted(system):
            self.package(library, STATIC, ref)
        for header in sorted(headers):
            self.package(header, HEADERS, ref)
        return ref, {Path(library).name for library in own}

    def collect(self):
        built_as = {Path(output).name: output for output in self.graph.outputs()
                    if output.endswith(".a") or is_shared(Path(output)) or output.startswith("bin/")}
        own, seen, refs = {}, set(), {}
        with tempfile.TemporaryDirectory() as prefix:
            for path in self.shipped(prefix):
                ref, libraries = self.add_file(path, prefix, built_as, seen)
                own[ref] = libraries
                refs[path.name] = ref
        for ref, libraries in own.items():
            self.depends.setdefault(ref, set()).update(refs[name] for name in libraries if name in refs)
        for name, how in self.how.items():
            self.components[name] = self.packages.component(name, "required", how)
        for name in self.build_tools():
            self.components[name] = self.packages.component(name, "excluded", "tool of building or testing")

    def build_tools(self):
        """Of the packages in docs/dependencies.md that are installed, those of which nothing ships."""
        shipped = {self.packages.info(name)["source"] for name in self.how}
        for names, _ in self.packages.rows:
            for name in names:
                info = self.packages.info(name)
                if info and info["source"] not in shipped and name not in self.components:
                    yield name

    def document(self):
        ref_of = {key: component["bom-ref"] for key, component in self.components.items()}
        root = f"condyle@{self.version}"
        own = [key for key in self.components if key.startswith("condyle:")]
        dependencies = [{"ref": root, "dependsOn": sorted(ref_of[key] for key in own)}]
        for key in self.components:
            on = sorted({ref_of[other] for other in self.depends.get(key, set()) if other != key})
            dependencies.append({"ref": ref_of[key], "dependsOn": on} if on else {"ref": ref_of[key]})
        metadata = {
            "tools": {"components": [{"type": "application", "name": "cmake/sbom.py", "version": self.version}]},
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": "condyle",
                "version": self.version,
                "description": "Plugin-based clinical decision support",
                "licenses": licences("Apache-2.0"),
            },
        }
        if when := moment():
            metadata["timestamp"] = when
        document = {
            "bomFormat": "CycloneDX",
            "specVersion": "1.5",
            "version": 1,
            "metadata": metadata,
            "components": sorted(self.components.values(), key=lambda c: (c["scope"] != "required", c["bom-ref"])),
            "dependencies": sorted(dependencies, key=lambda d: d["ref"]),
        }
        content = json.dumps(document, sort_keys=True).encode()
        document["serialNumber"] = "urn:uuid:" + str(uuid.uuid5(uuid.NAMESPACE_OID, hashlib.sha256(content).hexdigest()))
        return document


def main(arguments):
    if len(arguments) != 2:
        raise SystemExit("usage: sbom.py BUILD OUTPUT")
    bill = Bill(arguments[0])
    bill.collect()
    text = json.dumps(bill.document(), indent=2, ensure_ascii=False) + "\n"
    Path(arguments[1]).write_text(text)
    print(f"sbom: {arguments[1]}: {len(bill.components)} components, {len(bill.how)} of them Debian packages that ship")


if __name__ == "__main__":
    main(sys.argv[1:])
