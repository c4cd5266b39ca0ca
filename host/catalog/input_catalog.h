// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The inputs of all loaded plugins, merged: what may be asked, in which unit and range, and what contradicts what.
#ifndef CONDYLE_HOST_CATALOG_INPUT_CATALOG_H_
#define CONDYLE_HOST_CATALOG_INPUT_CATALOG_H_

#include <cstddef>
#include <functional>
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
  // Canonical URL of the form of these inputs, and its version, which changes with any of them.
  std::string form_url() const;
  const std::string& form_version() const { return form_version_; }

 private:
  // Look-up by views, without building a string.
  struct KeyHash {
    using is_transparent = void;
    size_t operator()(std::string_view key) const { return std::hash<std::string_view>{}(key); }
  };
  struct CodingKey {
    std::string system;
    std::string code;
  };
  struct CodingView {
    std::string_view system;
    std::string_view code;
    CodingView(std::string_view s, std::string_view c) : system(s), code(c) {}
    CodingView(const CodingKey& key) : system(key.system), code(key.code) {}
  };
  struct CodingHash {
    using is_transparent = void;
    size_t operator()(CodingView coding) const {
      constexpr size_t kSpread = 31;
      const std::hash<std::string_view> hash;
      return hash(coding.code) * kSpread + hash(coding.system);
    }
  };
  struct CodingEqual {
    using is_transparent = void;
    bool operator()(CodingView a, CodingView b) const { return a.code == b.code && a.system == b.system; }
  };
  using KeyIndex = std::unordered_map<std::string, size_t, KeyHash, std::equal_to<>>;
  using CodingIndex = std::unordered_map<CodingKey, size_t, CodingHash, CodingEqual>;

  static std::string FormVersion(const std::vector<CatalogInput>& inputs);
  // Add, on this object; on a problem the object may be left half changed.
  std::string Merge(const v1::PluginManifest& manifest);
  std::string MergeInput(const v1::Input& input, const v1::PluginManifest& manifest);
  // Empty, or why the coding cannot stand for the input at `position`.
  std::string Claim(CodingIndex* index, std::string_view system, std::string_view code, size_t position,
                    const std::string& field, const std::string& plugin_id);

  std::vector<CatalogInput> inputs_;
  std::vector<v1::Contradiction> contradictions_;
  std::vector<std::string> contradiction_owners_;
  std::vector<std::string> code_systems_;
  std::vector<v1::SideCoding> side_codings_;
  std::vector<std::string> side_coding_owners_;
  std::string form_version_ = FormVersion({});
  KeyIndex by_key_;
  CodingIndex by_coding_;
  CodingIndex by_condition_coding_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_CATALOG_INPUT_CATALOG_H_
