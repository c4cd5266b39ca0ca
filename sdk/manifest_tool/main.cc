// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// condyle-manifest: build step of a plugin. Merges its manifest with its pack and writes the generated sources.
#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "sdk/manifest_tool/emit.h"
#include "sdk/manifest_tool/merge.h"

namespace {

using condyle::manifest_tool::Constants;

int Fail(const std::string& text) {
  std::cerr << "condyle-manifest: " << text << "\n";
  return 1;
}

// Leaves a file alone that has the same text already, so that nothing is rebuilt for nothing.
bool Write(const std::string& path, const std::string& text) {
  {
    std::ifstream old(path, std::ios::binary);
    if (old && std::string{std::istreambuf_iterator<char>(old), {}} == text) return true;
  }
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  return static_cast<bool>(file);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Merges a plugin's manifest with its pack and writes the sources that the plugin is built with."};
  std::string manifest_path, name_space, header_path, note_path, binary_path;
  std::vector<std::string> pack_paths;
  app.add_option("--manifest", manifest_path, "The plugin's manifest.textproto (condyle.v1.ManifestSource)");
  app.add_option("--pack", pack_paths, "A part of the pack (condyle.v1.Pack, text format); may be repeated");
  app.add_option("--namespace", name_space, "C++ namespace of the header")->required();
  app.add_option("--header", header_path, "Header to write");
  app.add_option("--note", note_path, "Source file of the manifest note to write");
  app.add_option("--binary", binary_path, "Serialized PluginManifest to write");
  CLI11_PARSE(app, argc, argv);

  std::vector<condyle::v1::Pack> parts;
  for (const std::string& path : pack_paths) {
    auto part = condyle::manifest_tool::ReadPack(path);
    if (!part.ok()) return Fail(part.error);
    parts.push_back(std::move(part.value));
  }
  auto pack = condyle::manifest_tool::MergePacks(parts);
  if (!pack.ok()) return Fail("pack: " + pack.error);

  Constants constants{.name_space = name_space};
  constants.conditions.assign(pack.value.conditions().begin(), pack.value.conditions().end());
  std::string note, binary;
  if (manifest_path.empty()) {
    constants.inputs.assign(pack.value.inputs().begin(), pack.value.inputs().end());
    constants.citations.assign(pack.value.citations().begin(), pack.value.citations().end());
    constants.recommendations.assign(pack.value.recommendations().begin(), pack.value.recommendations().end());
  } else {
    auto source = condyle::manifest_tool::ReadManifestSource(manifest_path);
    if (!source.ok()) return Fail(source.error);
    auto plugin = condyle::manifest_tool::MergePlugin(source.value, pack.value);
    if (!plugin.ok()) return Fail(manifest_path + ": " + plugin.error);
    const condyle::v1::PluginManifest& manifest = plugin.value.manifest;
    constants.id = manifest.id();
    constants.version = manifest.version();
    constants.inputs.assign(manifest.inputs().begin(), manifest.inputs().end());
    constants.citations.assign(manifest.citations().begin(), manifest.citations().end());
    constants.recommendations = plugin.value.recommendations;
    note = condyle::manifest_tool::EmitNote(manifest);
    binary = manifest.SerializeAsString();
  }
  std::string error;
  const std::string header = condyle::manifest_tool::EmitHeader(constants, &error);
  if (!error.empty()) return Fail(error);
  if (!header_path.empty() && !Write(header_path, header)) return Fail(header_path + ": cannot be written");
  if (manifest_path.empty() && (!note_path.empty() || !binary_path.empty())) {
    return Fail("--note and --binary need --manifest");
  }
  if (!note_path.empty() && !Write(note_path, note)) return Fail(note_path + ": cannot be written");
  if (!binary_path.empty() && !Write(binary_path, binary)) return Fail(binary_path + ": cannot be written");
  return 0;
}
