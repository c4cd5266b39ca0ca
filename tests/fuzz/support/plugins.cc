// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Merges the manifests of the source tree.
#include "tests/fuzz/support/plugins.h"

#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "host/catalog/manifest_check.h"
#include "sdk/manifest_tool/merge.h"
#include "tests/fuzz/support/rules.h"

namespace condyle::fuzz {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> Sorted(const fs::path& directory) {
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

v1::Pack TreePack(const fs::path& folder) {
  std::vector<v1::Pack> parts;
  for (const fs::path& path : Sorted(folder)) {
    if (path.extension() != ".textproto") continue;
    auto part = manifest_tool::ReadPack(path.string());
    Require(part.ok(), "the pack can be read", part.error);
    parts.push_back(std::move(part.value));
  }
  auto pack = manifest_tool::MergePacks(parts);
  Require(pack.ok(), "the pack can be merged", pack.error);
  return pack.value;
}

PluginCatalog MakeCatalog() {
  google::protobuf::SetLogHandler(nullptr);  // it tells of every text that is not UTF-8
  const fs::path plugins = fs::path(CONDYLE_SOURCE_DIR) / "plugins";
  const v1::Pack pack = TreePack(plugins / "pack");
  PluginCatalog catalog;
  for (const fs::path& folder : Sorted(plugins)) {
    const fs::path source_path = folder / "manifest.textproto";
    if (!fs::exists(source_path)) continue;
    auto source = manifest_tool::ReadManifestSource(source_path.string());
    Require(source.ok(), "a manifest can be read", source.error);
    auto merged = manifest_tool::MergePlugin(source.value, pack);
    Require(merged.ok(), "a manifest can be merged", merged.error);
    PluginFile& file = catalog.plugins.emplace_back();
    file.manifest = std::move(merged.value.manifest);
    file.path = "condyle_" + file.manifest.id() + ".so";
    file.file_sha256 = std::string(64, '0');
    file.manifest_sha256 = std::string(64, '1');
    Require(CheckManifest(file.manifest).empty(), "a manifest of the tree is sound", file.path);
    const std::string problem = catalog.inputs.Add(file.manifest);
    Require(problem.empty(), "the manifests of the tree agree", problem);
  }
  return catalog;
}

std::vector<std::string> WordsOf(const PluginCatalog& catalog) {
  std::set<std::string> words;
  for (const PluginFile& plugin : catalog.plugins) {
    const v1::PluginManifest& manifest = plugin.manifest;
    words.insert(manifest.id());
    words.insert(manifest.emits().begin(), manifest.emits().end());
    words.insert(manifest.guards().begin(), manifest.guards().end());
    for (const v1::Citation& citation : manifest.citations()) words.insert(citation.key());
    for (const v1::Input& input : manifest.inputs()) {
      words.insert(input.key());
      words.insert(input.unit());
    }
  }
  words.insert({"care", "care.emergency", "protect", "load"});
  return {words.begin(), words.end()};
}

}  // namespace

const PluginCatalog& TreeCatalog() {
  static const PluginCatalog* const kCatalog = new PluginCatalog(MakeCatalog());
  return *kCatalog;
}

const std::vector<std::string>& TreeWords() {
  static const auto* const kWords = new std::vector<std::string>(WordsOf(TreeCatalog()));
  return *kWords;
}

}  // namespace condyle::fuzz
