// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What a plugin's author writes, merged with the pack of the tree: an error, or a manifest that the host takes.
#include <google/protobuf/text_format.h>

#include <cstring>
#include <string>

#include "condyle/v1/pack.pb.h"
#include "host/catalog/manifest_check.h"
#include "sdk/manifest_tool/merge.h"
#include "tests/fuzz/support/framed.h"
#include "tests/fuzz/support/mutate.h"
#include "tests/fuzz/support/plugins.h"
#include "tests/fuzz/support/rules.h"

namespace condyle::fuzz {
namespace {

// The input: a Pack and a ManifestSource, framed.
struct Sources {
  v1::Pack pack;
  v1::ManifestSource plugin;
};

Sources Parse(std::string_view bytes) {
  Sources sources;
  const auto parts = Unframe(bytes);
  if (!parts.empty()) sources.pack.ParseFromArray(parts[0].data(), static_cast<int>(parts[0].size()));
  if (parts.size() > 1) sources.plugin.ParseFromArray(parts[1].data(), static_cast<int>(parts[1].size()));
  return sources;
}

void Run(const Sources& sources) {
  const auto pack = manifest_tool::MergePacks({sources.pack});
  if (!pack.ok()) return Require(!pack.error.empty(), "a pack that is refused says why");
  const auto merged = manifest_tool::MergePlugin(sources.plugin, pack.value);
  if (!merged.ok()) return;
  const v1::PluginManifest& manifest = merged.value.manifest;
  Require(manifest.id() == sources.plugin.plugin().id(), "a merged manifest keeps its id");
  Require(merged.value.recommendations.size() == static_cast<size_t>(manifest.emits_size()),
          "every recommendation that is emitted has its wording");
  Require(manifest.inputs_size() == sources.plugin.plugin().inputs_size() + sources.plugin.uses_size(),
          "every input that is used is there");
  for (const v1::RecommendationSpec& spec : merged.value.recommendations) {
    Require(!spec.tags().empty() && !spec.citations().empty(), "advice can be held back, and cites", spec.id());
  }
  for (const std::string& fault : CheckManifest(manifest)) RequireMessage(fault, "a fault of a manifest");
}

}  // namespace
}  // namespace condyle::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const condyle::PluginCatalog& tree = condyle::fuzz::TreeCatalog();  // silences protobuf
  static_cast<void>(tree);
  condyle::fuzz::Run(condyle::fuzz::Parse(condyle::fuzz::AsText(data, size)));
  return 0;
}

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned seed) {
  condyle::fuzz::Random random(seed);
  condyle::fuzz::Sources sources = condyle::fuzz::Parse(condyle::fuzz::AsText(data, size));
  if (random.OneIn(20)) return LLVMFuzzerMutate(data, size, max_size);
  if (random.OneIn(2)) {
    condyle::fuzz::Mutate(&sources.pack, condyle::fuzz::TreeWords(), random);
  } else {
    condyle::fuzz::Mutate(&sources.plugin, condyle::fuzz::TreeWords(), random);
  }
  std::string bytes;
  condyle::fuzz::AppendFrame(sources.pack.SerializeAsString(), &bytes);
  condyle::fuzz::AppendFrame(sources.plugin.SerializeAsString(), &bytes);
  if (bytes.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::memcpy(data, bytes.data(), bytes.size());
  return bytes.size();
}
