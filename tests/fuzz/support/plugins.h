// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The plugins of the tree as their sources declare them: nothing is loaded and no plugin need be built.
#ifndef CONDYLE_TESTS_FUZZ_SUPPORT_PLUGINS_H_
#define CONDYLE_TESTS_FUZZ_SUPPORT_PLUGINS_H_

#include <string>
#include <vector>

#include "host/catalog/plugin_catalog.h"

namespace condyle::fuzz {

// The manifests of all plugins of the tree, sorted by id, merged with their pack as when they are built, and the inputs
// of all of them. Made once; ends the program if that fails. Also keeps protobuf from writing to stderr.
const PluginCatalog& TreeCatalog();

// Keys, tags, ids and codes of those manifests: what a changed message should be made of.
const std::vector<std::string>& TreeWords();

}  // namespace condyle::fuzz

#endif  // CONDYLE_TESTS_FUZZ_SUPPORT_PLUGINS_H_
