// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Merges the manifests' codes.
#include "host/fhir/vocabulary.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace condyle::fhir {

Vocabulary::Vocabulary(const std::vector<v1::PluginManifest>& manifests, std::string canonical_base)
    : canonical_base_(std::move(canonical_base)) {
  while (!canonical_base_.empty() && canonical_base_.back() == '/') canonical_base_.pop_back();
  for (const v1::PluginManifest& manifest : manifests) {
    plugins_[manifest.id()] = {manifest.title(), manifest.role() == v1::PLUGIN_ROLE_SAFETY_SCREEN};
    for (const v1::Input& input : manifest.inputs()) {
      auto [at, is_new] = inputs_.try_emplace(input.key());
      if (!is_new) continue;
      v1::Coding own;
      own.set_system(manifest.code_system());
      own.set_code(input.key());
      at->second.push_back(own);
      at->second.insert(at->second.end(), input.codings().begin(), input.codings().end());
    }
    for (const v1::SideCoding& side : manifest.side_codings()) {
      const bool known = std::any_of(sides_.begin(), sides_.end(), [&](const v1::SideCoding& other) {
        return other.coding().system() == side.coding().system() && other.coding().code() == side.coding().code();
      });
      if (!known) sides_.push_back(side);
    }
  }
}

std::string_view Vocabulary::TitleOf(std::string_view plugin_id) const {
  const auto at = plugins_.find(plugin_id);
  return at == plugins_.end() || at->second.title.empty() ? plugin_id : std::string_view(at->second.title);
}

bool Vocabulary::IsSafetyScreen(std::string_view plugin_id) const {
  const auto at = plugins_.find(plugin_id);
  return at != plugins_.end() && at->second.safety_screen;
}

void Vocabulary::InputCodings(Writer& out, std::string_view name, std::string_view key) const {
  const auto at = inputs_.find(key);
  if (at == inputs_.end()) return;
  Writer::List codings(out, name);
  for (const v1::Coding& coding : at->second) {
    const Writer::Scope element = codings.Element();
    out.CodingParts(coding.system(), coding.code(), coding.display());
  }
}

void Vocabulary::SideCodings(Writer::List& codings, Writer& out, v1::Side side) const {
  for (const v1::SideCoding& known : sides_) {
    if (known.side() != side) continue;
    const Writer::Scope element = codings.Element();
    out.CodingParts(known.coding().system(), known.coding().code(), known.coding().display());
  }
}

void Vocabulary::SideConcept(Writer& out, v1::Side side) const {
  {
    Writer::List codings(out, "coding");
    SideCodings(codings, out, side);
  }
  out.Text("text", SideWord(side));
}

std::string FhirIdOf(std::string_view plugin_id) {
  std::string id(plugin_id);
  std::replace(id.begin(), id.end(), '_', '-');
  return id;
}

std::string Vocabulary::Canonical(std::string_view type, std::string_view id) const {
  if (!canonical_base_.empty()) return absl::StrCat(canonical_base_, "/", std::string(type), "/", FhirIdOf(id));
  return absl::StrCat(std::string(kOwn), std::string(type), ":", FhirIdOf(id));
}

}  // namespace condyle::fhir
