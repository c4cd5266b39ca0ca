// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The requests of one round: the case cut down to what each plugin declares.
#ifndef CONDYLE_HOST_LIBRARY_REQUESTS_H_
#define CONDYLE_HOST_LIBRARY_REQUESTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "condyle/v1/case.pb.h"
#include "host/catalog/plugin_catalog.h"

namespace condyle {

// Immutable, so safe to use from any thread.
class RequestBuilder {
 public:
  explicit RequestBuilder(const PluginCatalog& catalog);

  // One serialised AssessmentRequest per plugin, in the order of the catalogue: only findings whose input the plugin
  // declares, in the order of the case; age and sex only if its manifest says that it uses them; never a date of birth.
  // The case must have passed intake.
  std::vector<std::string> Build(const v1::Case& checked) const;

  // The parts of which Build makes a request: `Head`, then each finding that the plugin reads, in the order of the
  // case. For callers that ask one plugin many times with few changes.
  std::string Head(const v1::Case& checked, size_t plugin) const;
  static void AppendFinding(const v1::Finding& finding, std::string* request);
  // Positions of the plugins that read this input, ascending.
  const std::vector<uint32_t>& Readers(const std::string& key) const;
  bool UsesAge(size_t plugin) const { return plugins_[plugin].uses_age; }
  bool UsesSex(size_t plugin) const { return plugins_[plugin].uses_sex; }

 private:
  struct Patient {
    bool uses_age;
    bool uses_sex;
  };
  std::vector<Patient> plugins_;
  absl::flat_hash_map<std::string, std::vector<uint32_t>> readers_;  // input key -> indexes of plugins
};

// Nanoseconds since 1970 of an RFC 3339 date-time. Empty if it is none, or outside 1700 to 2261.
std::optional<int64_t> UnixNanoseconds(const std::string& rfc3339);

}  // namespace condyle

#endif  // CONDYLE_HOST_LIBRARY_REQUESTS_H_
