// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Finds plugin files and reads their manifests without running any of their code.
#ifndef CONDYLE_HOST_CATALOG_PLUGIN_CATALOG_H_
#define CONDYLE_HOST_CATALOG_PLUGIN_CATALOG_H_

#include <memory>
#include <string>
#include <vector>

#include "condyle/v1/consultation.pb.h"
#include "condyle/v1/manifest.pb.h"
#include "host/catalog/input_catalog.h"
#include "host/trust/sealed_file.h"
#include "host/trust/trust_store.h"

namespace condyle {

// A plugin file whose manifest is sound.
struct PluginFile {
  std::string path;
  v1::PluginManifest manifest;
  std::string file_sha256;      // lower-case hexadecimal
  std::string manifest_sha256;  // of the note's description
  // The bytes that the hashes, the manifest and the signature are of. What is loaded is this and not the path, which
  // may hold something else by then. Null only where no file was read: then the path is loaded.
  std::shared_ptr<const SealedFile> image;
  SignatureCheck signature;
};

// What a plugin without a good signature may do.
enum class WithoutSignature {
  kRun,
  kRunWithWarning,
  kNothing,
};

struct SignatureRules {
  WithoutSignature without = WithoutSignature::kRun;
  // Whether signatures are checked where nothing hangs on them, for showing who signed.
  bool check_always = false;
  TrustStore trust;
  // Files of these directories may be unsigned, or signed with an unknown key: whoever may write there may replace the
  // host too. A signature that is there and bad in any other way counts all the same.
  std::vector<std::string> exempt_directories;
};

// What was found. Plugins are sorted by id; failures name files that were left out, and why.
struct PluginCatalog {
  std::vector<PluginFile> plugins;
  std::vector<v1::PluginFailure> failures;
  // Plugins that are used although they have no good signature: id, file and why.
  std::vector<v1::PluginFailure> warnings;
  // Manifests of plugins that were left out for want of a good signature. What a screen among them says it guards is
  // held: believing it can only withhold.
  std::vector<v1::PluginManifest> unsigned_manifests;
  InputCatalog inputs;
};

// Reads every *.so of each directory (not below it), and each file that is named itself, in the given order. A file
// that is found twice counts once. Each is read once, into memory that nobody can change; all that is said of it here
// is of those bytes. Left out, with a failure each: files that cannot be read, are no ELF64 shared object of this
// machine, have no manifest or a bad one; those that the rules refuse for their signature (they cannot push out another
// of the same id); every file of an id that occurs more than once (which of them is right is not ours to guess); the
// later of two plugins that disagree on an input; and (failure only) screens that a plugin expects and that are not
// among the plugins (FAILURE_KIND_MISSING, plugin_id = the screen). A directory that does not exist or cannot be read
// is a failure too.
PluginCatalog DiscoverPlugins(const std::vector<std::string>& directories_and_files, const SignatureRules& rules = {});

}  // namespace condyle

#endif  // CONDYLE_HOST_CATALOG_PLUGIN_CATALOG_H_
