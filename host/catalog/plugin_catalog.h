// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Finds plugin files and reads their manifests without running any of their code.
#ifndef CONDYLE_HOST_CATALOG_PLUGIN_CATALOG_H_
#define CONDYLE_HOST_CATALOG_PLUGIN_CATALOG_H_

#include <string>
#include <vector>

#include "condyle/v1/consultation.pb.h"
#include "condyle/v1/manifest.pb.h"
#include "host/catalog/input_catalog.h"

namespace condyle {

// A plugin file whose manifest is sound.
struct PluginFile {
  std::string path;
  v1::PluginManifest manifest;
  std::string file_sha256;      // lower-case hexadecimal
  std::string manifest_sha256;  // of the note's description
};

// What was found. Plugins are sorted by id; failures name files that were left out, and why.
struct PluginCatalog {
  std::vector<PluginFile> plugins;
  std::vector<v1::PluginFailure> failures;
  InputCatalog inputs;
};

// Reads every *.so of each directory (not below it), and each file that is named itself, in the given order. A file
// that is found twice counts once. Left out, with a failure each: files that cannot be read, are no ELF64 shared object
// of this machine, have no manifest or a bad one; every file of an id that occurs more than once (which of them is
// right is not ours to guess); the later of two plugins that disagree on an input; and (failure only) screens that a
// plugin expects and that are not among the plugins (FAILURE_KIND_MISSING, plugin_id = the screen). A directory that
// does not exist or cannot be read is a failure too.
PluginCatalog DiscoverPlugins(const std::vector<std::string>& directories_and_files);

}  // namespace condyle

#endif  // CONDYLE_HOST_CATALOG_PLUGIN_CATALOG_H_
