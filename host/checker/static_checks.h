// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What the bytes of a plugin file show without running anything of it.
#ifndef CONDYLE_HOST_CHECKER_STATIC_CHECKS_H_
#define CONDYLE_HOST_CHECKER_STATIC_CHECKS_H_

#include <string>
#include <string_view>
#include <vector>

#include "condyle/v1/check.pb.h"
#include "condyle/v1/manifest.pb.h"
#include "host/checker/elf_view.h"

namespace condyle::checker {

using Findings = std::vector<v1::CheckFinding>;

// Each adds what it finds under its own id: elf, exports, dependencies, hardening, capabilities, build. Thread-safe;
// for hostile files.
void CheckElf(const ElfView& elf, Findings* findings);
void CheckExports(const ElfView& elf, Findings* findings);
void CheckDependencies(const ElfView& elf, Findings* findings);
void CheckHardening(const ElfView& elf, Findings* findings);
void CheckCapabilities(const ElfView& elf, Findings* findings);
void CheckBuild(const ElfView& elf, Findings* findings);

// "manifest". False if there is none that a host would use; else *manifest is it.
bool CheckManifestNote(const ElfView& elf, const std::string& image, v1::PluginManifest* manifest, Findings* findings);
// "manifest-complete", as far as it shows without asking the plugin: source attributes, uses, citations. code: the file
// without its notes, for CodeOf.
void CheckManifestComplete(const v1::PluginManifest& manifest, const std::string& code, Findings* findings);

// The file's bytes with its notes blanked: what is found in it is more than the manifest's own words.
std::string CodeOf(const ElfView& elf, std::string_view image);
// Whether an id stands somewhere in the code: in text, or (short ones) not to be told apart from instructions.
bool Mentions(const std::string& code, const std::string& id);

}  // namespace condyle::checker

#endif  // CONDYLE_HOST_CHECKER_STATIC_CHECKS_H_
