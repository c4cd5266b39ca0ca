// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The inputs of all loaded plugins, merged: what may be asked, in which unit and range, and what contradicts what.
#ifndef CONDYLE_HOST_CATALOG_INPUT_CATALOG_H_
#define CONDYLE_HOST_CATALOG_INPUT_CATALOG_H_

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "condyle/v1/manifest.pb.h"

namespace condyle {

// One input and the plugins that read it.
struct CatalogInput {
  v1::Input input;
  std::vector<std::string> plugin_ids;  // sorted
};

// Immutable once built, so safe to read from any thread.
class InputCatalog {
 public:
  // Adds a manifest's inputs, contradictions, code system and side codings. Returns an empty string, or why the
  // manifest cannot be added: it defines an input (or contradiction) that is there already in another way. Then
  // nothing of it has been added. The text names the key, the field and both plugins.
  std::string Add(const v1::PluginManifest& manifest);

  // Null if no plugin declares the key. Valid as long as the catalogue.
  const CatalogInput* Find(std::string_view key) const;
  // Null if no input has this coding. Inputs are also found by their key in the code system of their pack.
  const CatalogInput* FindByCoding(std::string_view system, std::string_view code) const;
  // Input for which a Condition with this code means present: true. Null if there is none.
  const CatalogInput* FindByConditionCoding(std::string_view system, std::string_view code) const;
  // SIDE_UNSPECIFIED if the code names no side.
  v1::Side FindSide(std::string_view system, std::string_view code) const;

  // In the order in which they were added: sections stay together.
  const std::vector<CatalogInput>& inputs() const { return inputs_; }
  const std::vector<v1::Contradiction>& contradictions() const { return contradictions_; }
  // Code systems of the packs, in order.
  const std::vector<std::string>& code_systems() const { return code_systems_; }
  const std::vector<v1::SideCoding>& side_codings() const { return side_codings_; }

 private:
  // Owner: condyle_host_catalog. Change the private part freely.
  std::vector<CatalogInput> inputs_;
  std::vector<v1::Contradiction> contradictions_;
  std::vector<std::string> contradiction_owners_;
  std::vector<std::string> code_systems_;
  std::vector<v1::SideCoding> side_codings_;
  std::unordered_map<std::string, size_t> by_key_;
  std::unordered_map<std::string, size_t> by_coding_;
  std::unordered_map<std::string, size_t> by_condition_coding_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_CATALOG_INPUT_CATALOG_H_
