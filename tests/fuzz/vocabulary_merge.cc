// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Manifests of strangers, merged into one vocabulary.
//
// The input: manifests, each after its length (4 bytes, little-endian). The last may be cut off.
#include <algorithm>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "condyle/v1/manifest.pb.h"
#include "host/catalog/input_catalog.h"
#include "host/catalog/manifest_check.h"
#include "tests/fuzz/support/framed.h"
#include "tests/fuzz/support/mutate.h"
#include "tests/fuzz/support/plugins.h"
#include "tests/fuzz/support/rules.h"

namespace condyle::fuzz {
namespace {

constexpr size_t kMaxManifests = 6;

std::vector<v1::PluginManifest> Parse(std::string_view bytes) {
  std::vector<v1::PluginManifest> manifests;
  for (const std::string_view frame : Unframe(bytes)) {
    v1::PluginManifest manifest;
    if (manifests.size() < kMaxManifests && manifest.ParseFromArray(frame.data(), static_cast<int>(frame.size()))) {
      manifests.push_back(std::move(manifest));
    }
  }
  return manifests;
}

// Everything that a catalogue can be asked about these manifests.
std::string Snapshot(const InputCatalog& inputs, const std::vector<v1::PluginManifest>& manifests) {
  std::string all;
  const auto add = [&](const CatalogInput* found) { all += found == nullptr ? "-" : found->input.key() + ";"; };
  for (const CatalogInput& entry : inputs.inputs()) {
    all += entry.input.SerializeAsString();
    for (const std::string& id : entry.plugin_ids) all += id + ",";
  }
  for (const v1::Contradiction& contradiction : inputs.contradictions()) all += contradiction.SerializeAsString();
  for (const std::string& system : inputs.code_systems()) all += system;
  for (const v1::SideCoding& coding : inputs.side_codings()) all += coding.SerializeAsString();
  for (const v1::PluginManifest& manifest : manifests) {
    for (const v1::Input& input : manifest.inputs()) {
      add(inputs.Find(input.key()));
      add(inputs.FindByCoding(manifest.code_system(), input.key()));
      for (const v1::Coding& coding : input.codings()) add(inputs.FindByCoding(coding.system(), coding.code()));
      for (const v1::Coding& c : input.condition_codings()) add(inputs.FindByConditionCoding(c.system(), c.code()));
    }
    for (const v1::SideCoding& coding : manifest.side_codings()) {
      all += static_cast<char>('0' + inputs.FindSide(coding.coding().system(), coding.coding().code()));
    }
  }
  return all;
}

void RequireFound(const InputCatalog& inputs, const v1::PluginManifest& manifest) {
  for (const v1::Input& input : manifest.inputs()) {
    const CatalogInput* found = inputs.Find(input.key());
    Require(found != nullptr, "an input that was added is found", input.key());
    Require(std::binary_search(found->plugin_ids.begin(), found->plugin_ids.end(), manifest.id()),
            "an input names the plugins that read it", input.key());
    for (const v1::Coding& coding : input.codings()) {
      Require(inputs.FindByCoding(coding.system(), coding.code()) == found, "an input is found by its codes",
              input.key());
    }
  }
}

void Run(std::string_view bytes) {
  const std::vector<v1::PluginManifest> all = Parse(bytes);
  InputCatalog inputs;
  std::vector<const v1::PluginManifest*> added;
  for (const v1::PluginManifest& manifest : all) {
    const std::vector<std::string> faults = CheckManifest(manifest);
    for (const std::string& fault : faults) RequireMessage(fault, "a fault of a manifest");
    if (!faults.empty()) continue;
    const std::string before = Snapshot(inputs, all);
    const std::string conflict = inputs.Add(manifest);
    if (!conflict.empty()) {
      RequireMessage(conflict, "a conflict");
      Require(conflict.find(manifest.id()) != conflict.npos, "a conflict names the plugin", conflict);
      Require(Snapshot(inputs, all) == before, "a manifest that is refused leaves nothing behind", conflict);
      continue;
    }
    added.push_back(&manifest);
    for (const v1::PluginManifest* known : added) RequireFound(inputs, *known);
    const std::string after = Snapshot(inputs, all);
    Require(inputs.Add(manifest).empty() && Snapshot(inputs, all) == after, "a manifest agrees with itself");
  }
  // Who comes first decides who is refused, and not whether anybody is.
  if (added.size() == 2) {
    InputCatalog turned;
    Require(turned.Add(*added[1]).empty() && turned.Add(*added[0]).empty(), "what agrees, agrees in any order");
  }
}

}  // namespace
}  // namespace condyle::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const condyle::PluginCatalog& tree = condyle::fuzz::TreeCatalog();  // silences protobuf
  static_cast<void>(tree);
  condyle::fuzz::Run(condyle::fuzz::AsText(data, size));
  return 0;
}

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  using condyle::v1::PluginManifest;
  condyle::fuzz::Random random(seed);
  std::vector<PluginManifest> all = condyle::fuzz::Parse(condyle::fuzz::AsText(data, size));
  if (all.empty() || random.OneIn(10)) return LLVMFuzzerMutate(data, size, max_size);
  PluginManifest& one = all[random.Below(all.size())];
  if (random.OneIn(6) && all.size() < condyle::fuzz::kMaxManifests) {
    PluginManifest copy = one;
    copy.set_id(copy.id() + "x");
    all.push_back(std::move(copy));
  } else {
    condyle::fuzz::Mutate(&one, condyle::fuzz::TreeWords(), random);
  }
  std::string bytes;
  for (const PluginManifest& manifest : all) condyle::fuzz::AppendFrame(manifest.SerializeAsString(), &bytes);
  if (bytes.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::memcpy(data, bytes.data(), bytes.size());
  return bytes.size();
}
