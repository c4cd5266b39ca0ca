// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What the tests of this folder ask: the fixture plugins of host/loader/testdata, and rounds with time enough.
#ifndef CONDYLE_HOST_DISPATCH_ROUNDS_FOR_TEST_H_
#define CONDYLE_HOST_DISPATCH_ROUNDS_FOR_TEST_H_

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "host/catalog/plugin_catalog.h"
#include "host/dispatch/dispatcher.h"

namespace condyle {

inline constexpr std::chrono::milliseconds kAmple{60000};

inline PluginCatalog CatalogOf(const std::vector<std::string>& ids) {
  PluginCatalog catalog;
  for (const std::string& id : ids) {
    PluginFile file;
    file.path = std::string(CONDYLE_FIXTURES) + "/" + id + ".so";
    file.manifest.set_id(id);
    catalog.plugins.push_back(file);
  }
  return catalog;
}

inline Round RoundOf(std::vector<std::string> requests, std::chrono::milliseconds deadline = kAmple) {
  Round round;
  round.requests = std::move(requests);
  round.deadline = deadline;
  return round;
}

}  // namespace condyle

#endif  // CONDYLE_HOST_DISPATCH_ROUNDS_FOR_TEST_H_
