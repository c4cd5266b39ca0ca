// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Puts a plugin's manifest together from what its author wrote and what its pack shares.
#ifndef CONDYLE_SDK_MANIFEST_TOOL_MERGE_H_
#define CONDYLE_SDK_MANIFEST_TOOL_MERGE_H_

#include <string>
#include <vector>

#include "condyle/v1/manifest.pb.h"
#include "condyle/v1/pack.pb.h"

namespace condyle::manifest_tool {

// Either a value or why there is none, in words for the author.
template <typename T>
struct Result {
  T value;
  std::string error;  // empty: value is good
  bool ok() const { return error.empty(); }
};

// A plugin's manifest and the wording of what it emits.
struct MergedPlugin {
  v1::PluginManifest manifest;
  std::vector<v1::RecommendationSpec> recommendations;
};

// Reads a text-format message; the error names file, line and column.
Result<v1::Pack> ReadPack(const std::string& path);
Result<v1::ManifestSource> ReadManifestSource(const std::string& path);

// Joins the parts of a pack. An input that occurs again with nothing but key and codings adds those codings, and so
// does a condition without a text. Refuses duplicates, recommendations without grade, tag or citation, citations that
// are not there, codes without system or with days that are none, and cutoffs out of order or range.
Result<v1::Pack> MergePacks(const std::vector<v1::Pack>& parts);

// Takes from the pack what the source names: inputs (uses), recommendations (emits) with their citations, further
// citations (cites), every contradiction that touches one of its inputs, the expected screens; a plugin that is itself
// one of the pack's screens gets its guards from there.
Result<MergedPlugin> MergePlugin(const v1::ManifestSource& source, const v1::Pack& pack);

}  // namespace condyle::manifest_tool

#endif  // CONDYLE_SDK_MANIFEST_TOOL_MERGE_H_
