// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The note and what stands in it.
#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "condyle/plugin.h"
#include "host/catalog/input_catalog.h"
#include "host/catalog/manifest_check.h"
#include "host/catalog/note_reader.h"
#include "host/catalog/person_data.h"
#include "host/checker/rules.h"
#include "host/checker/static_checks.h"

namespace condyle::checker {
namespace {

constexpr v1::CheckSeverity kError = v1::CHECK_SEVERITY_ERROR;
constexpr v1::CheckSeverity kWarning = v1::CHECK_SEVERITY_WARNING;
constexpr v1::CheckSeverity kNote = v1::CHECK_SEVERITY_NOTE;

bool IsBlank(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isspace(c) != 0; });
}

}  // namespace

bool CheckManifestNote(const ElfView& elf, const std::string& image, v1::PluginManifest* manifest, Findings* findings) {
  const size_t before = findings->size();
  const auto fail = [findings](std::string what) {
    findings->push_back(Finding("manifest", kError, std::move(what), "PT_NOTE"));
  };
  for (const std::string& problem : elf.note_problems()) fail(problem);
  const NoteResult note = ReadManifestNote(image);
  if (!note.error.empty()) {
    fail(note.error);
    return false;
  }
  if (!manifest->ParseFromString(note.description)) {
    fail("its manifest note holds no readable condyle.v1.PluginManifest");
    return false;
  }
  for (const std::string& fault : CheckManifest(*manifest)) fail(fault);
  // Two plugins cannot share what one plugin cannot add: codes that stand for two inputs, for example.
  if (const std::string fault = findings->size() == before ? InputCatalog().Add(*manifest) : ""; !fault.empty())
    fail(fault);
  if (!manifest->GetReflection()->GetUnknownFields(*manifest).empty()) {
    findings->push_back(
        Finding("manifest", kNote, "it has fields that this version of Condyle does not know", "PT_NOTE"));
  }
  return std::none_of(findings->begin() + static_cast<std::ptrdiff_t>(before), findings->end(),
                      [](const v1::CheckFinding& finding) { return finding.severity() == kError; });
}

void CheckManifestComplete(const v1::PluginManifest& manifest, const std::string& code, Findings* findings) {
  const auto add = [findings](v1::CheckSeverity severity, std::string what, std::string where, std::string fix) {
    findings->push_back(Finding("manifest-complete", severity, std::move(what), std::move(where), std::move(fix)));
  };
  if (IsBlank(manifest.cautioned_use())) {
    add(kError, "it does not say for whom and when it is not meant", "cautioned_use", "Fill in cautioned_use.");
  }
  const v1::SourceAttributes& attributes = manifest.source_attributes();
  const auto* descriptor = attributes.GetDescriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    if (!IsBlank(attributes.GetReflection()->GetString(attributes, descriptor->field(i)))) continue;
    add(kError, "a source attribute is empty", "source_attributes." + descriptor->field(i)->name(),
        "Fill it in; \"not used\" is an answer.");
  }
  for (const PersonDataUse& use : PersonDataUses(manifest)) {
    if (use.contradiction.empty()) continue;
    add(kError, use.contradiction, "source_attributes." + use.field,
        "State what is used, or begin with \"not used\"; ask for age, sex and inputs only if a rule reads them.");
  }
  if (manifest.citations().empty()) {
    add(kError, "it names no source", "citations", "List what stands behind the rule; an own opinion is cited as one.");
  }
  for (const std::string& id : manifest.emits()) {
    if (Mentions(code, id)) continue;
    add(kWarning, "a recommendation is listed, and its id is nowhere in the code, so no answer can give it", id,
        "Give it (Recommend), or take it out.");
  }
}

}  // namespace condyle::checker
