// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Asks the plugins of this build directly, in this process, and gives back the bytes that they answer.
#ifndef CONDYLE_TESTS_CONFORMANCE_ASSESSOR_H_
#define CONDYLE_TESTS_CONFORMANCE_ASSESSOR_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "condyle/v1/case.pb.h"
#include "host/catalog/plugin_catalog.h"
#include "host/library/requests.h"
#include "host/loader/plugin_library.h"

namespace condyle::tests {

// One request for each plugin, and the moment that goes with them.
struct Requests {
  std::vector<std::string> bytes;  // in the order of the catalogue
  int64_t as_of_unix_ns = 0;
};

// Not thread-safe, except Load.
class Assessor {
 public:
  // Throws std::runtime_error if a plugin cannot be used.
  Assessor();

  const PluginCatalog& catalog() const { return catalog_; }
  // Empty if intake refuses the case.
  std::optional<Requests> Prepare(const v1::Case& patient_case) const;
  // Bytes of a condyle.v1.Assessment. Throws std::runtime_error if the plugin does not return CND_OK.
  std::string Ask(size_t plugin, const Requests& requests);
  // A further instance of this plugin, for another thread.
  std::unique_ptr<PluginInstance> NewInstance(size_t plugin) const;

 private:
  const PluginCatalog catalog_;
  const RequestBuilder builder_;
  std::vector<std::unique_ptr<PluginLibrary>> libraries_;
  std::vector<std::unique_ptr<PluginInstance>> instances_;
};

// As Assessor::Ask, on this instance.
std::string AskInstance(PluginInstance& instance, size_t plugin, const Requests& requests);

}  // namespace condyle::tests

#endif  // CONDYLE_TESTS_CONFORMANCE_ASSESSOR_H_
