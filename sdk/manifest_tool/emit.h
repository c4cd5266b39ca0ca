// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Writes the C++ that a plugin is built with: typed constants, and the note that carries its manifest.
#ifndef CONDYLE_SDK_MANIFEST_TOOL_EMIT_H_
#define CONDYLE_SDK_MANIFEST_TOOL_EMIT_H_

#include <string>
#include <vector>

#include "condyle/v1/manifest.pb.h"
#include "condyle/v1/pack.pb.h"

namespace condyle::manifest_tool {

// What goes into a header.
struct Constants {
  std::string name_space;  // "condyle::sij_dysfunction"
  std::string id;          // empty for a pack
  std::string version;
  std::vector<v1::Input> inputs;
  std::vector<v1::Citation> citations;
  std::vector<v1::RecommendationSpec> recommendations;
  std::vector<v1::ConditionSpec> conditions;
};

// Text of a header with namespaces input, answer, cite, advice and condition. If a key cannot be a C++ name, *error
// says which.
std::string EmitHeader(const Constants& constants, std::string* error);

// Text of a source file whose only content is the ELF note.
std::string EmitNote(const v1::PluginManifest& manifest);

}  // namespace condyle::manifest_tool

#endif  // CONDYLE_SDK_MANIFEST_TOOL_EMIT_H_
