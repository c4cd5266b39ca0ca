// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What FHIR output takes from the manifests: codes of inputs and sides, titles and roles of plugins.
#ifndef CONDYLE_HOST_FHIR_VOCABULARY_H_
#define CONDYLE_HOST_FHIR_VOCABULARY_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "condyle/v1/manifest.pb.h"
#include "host/fhir/writer.h"

namespace condyle::fhir {

// Id of the plugin's resources: FHIR's ids have no underscores, and those of plugins no hyphens.
std::string FhirIdOf(std::string_view plugin_id);

// Thread-safe once built.
class Vocabulary {
 public:
  // canonical_base: URL under which PlanDefinitions can be read ("https://cds.example/fhir"). Empty: they are named by
  // URNs.
  Vocabulary(const std::vector<v1::PluginManifest>& manifests, std::string canonical_base);

  // Title of the plugin, else its id.
  std::string_view TitleOf(std::string_view plugin_id) const;
  bool IsSafetyScreen(std::string_view plugin_id) const;

  // Codings of the input under `name`: its key in the pack's system, then those of its `codings`. Nothing for a key
  // that is none.
  void InputCodings(Writer& out, std::string_view name, std::string_view key) const;
  bool IsInput(std::string_view key) const { return inputs_.find(key) != inputs_.end(); }
  // CodeableConcept with the codes of the side; nothing if there is none.
  void SideConcept(Writer& out, v1::Side side) const;
  // The codings alone, into a list.
  void SideCodings(Writer::List& codings, Writer& out, v1::Side side) const;

  // URL of a definition, without version: of a plugin's PlanDefinition, for example.
  std::string Canonical(std::string_view type, std::string_view id) const;
  const std::string& canonical_base() const { return canonical_base_; }

 private:
  struct Plugin {
    std::string title;
    bool safety_screen = false;
  };
  std::string canonical_base_;
  std::map<std::string, Plugin, std::less<>> plugins_;
  std::map<std::string, std::vector<v1::Coding>, std::less<>> inputs_;
  std::vector<v1::SideCoding> sides_;
};

}  // namespace condyle::fhir

#endif  // CONDYLE_HOST_FHIR_VOCABULARY_H_
