// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The bytes of a plugin file, read for their manifest before any code of theirs runs.
#include <string>
#include <vector>

#include "condyle/v1/manifest.pb.h"
#include "host/catalog/input_catalog.h"
#include "host/catalog/manifest_check.h"
#include "host/catalog/note_reader.h"
#include "tests/fuzz/support/plugins.h"
#include "tests/fuzz/support/rules.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using condyle::fuzz::Require;
  static const condyle::PluginCatalog& tree = condyle::fuzz::TreeCatalog();
  const std::string image(condyle::fuzz::AsText(data, size));
  const condyle::NoteResult note = condyle::ReadManifestNote(image);
  if (!note.error.empty()) {
    condyle::fuzz::RequireMessage(note.error, "a file without a manifest");
    Require(note.description.empty(), "a refused file gives no manifest", note.error);
    return 0;
  }
  Require(note.description.size() <= condyle::kMaxManifestBytes, "a manifest has its limit");
  Require(image.find(note.description) != image.npos, "a manifest is bytes of the file");
  condyle::v1::PluginManifest manifest;
  if (!manifest.ParseFromString(note.description)) return 0;
  const std::vector<std::string> faults = condyle::CheckManifest(manifest);
  for (const std::string& fault : faults) condyle::fuzz::RequireMessage(fault, "a fault of a manifest");
  if (!faults.empty()) return 0;
  condyle::InputCatalog inputs = tree.inputs;
  const std::string conflict = inputs.Add(manifest);
  if (!conflict.empty()) condyle::fuzz::RequireMessage(conflict, "a conflict between manifests");
  return 0;
}
