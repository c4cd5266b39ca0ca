// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The rules that a manifest must keep, beyond being a readable message.
#ifndef CONDYLE_HOST_CATALOG_MANIFEST_CHECK_H_
#define CONDYLE_HOST_CATALOG_MANIFEST_CHECK_H_

#include <string>
#include <string_view>
#include <vector>

#include "condyle/v1/manifest.pb.h"

namespace condyle {

// Empty if the manifest is sound. Else one line for each fault, naming the field, what it holds and what is allowed.
// Reads nothing but the manifest: whether two plugins agree with each other is the catalogue's business.
std::vector<std::string> CheckManifest(const v1::PluginManifest& manifest);

// The same of one row of order_tags, which may also come from a file of the service (docs/ehr/cds-hooks.md).
std::vector<std::string> CheckOrderTag(const v1::OrderTag& order);

// A lower-case letter, then lower-case letters, digits and underscores; at most 64 characters.
bool IsPluginId(std::string_view text);

// A version as https://semver.org/spec/v2.0.0.html defines it.
bool IsSemanticVersion(std::string_view text);

}  // namespace condyle

#endif  // CONDYLE_HOST_CATALOG_MANIFEST_CHECK_H_
