// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The requests that the checker makes of a manifest: such as a host makes, and such as none does.
#ifndef CONDYLE_HOST_CHECKER_REQUESTS_H_
#define CONDYLE_HOST_CHECKER_REQUESTS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "condyle/v1/case.pb.h"
#include "condyle/v1/manifest.pb.h"
#include "host/catalog/plugin_catalog.h"
#include "host/library/requests.h"

namespace condyle::checker {

struct Request {
  std::string bytes;
  int64_t as_of_unix_ns = 0;
};

// Immutable, so thread-safe. The manifest must outlive it.
class RequestSource {
 public:
  explicit RequestSource(const v1::PluginManifest& manifest);

  // As a host would ask about this patient; empty if it would refuse the case.
  std::optional<Request> Of(const v1::Case& patient) const;

  // Patients that a host accepts: one of whom nothing is known, one of whom everything is, one for each value of each
  // input (as many as fit into a third), the worked ones, and drawn ones. Fewer than `count` if most are refused.
  std::vector<v1::Case> Patients(size_t count, const std::vector<v1::Case>& worked, uint32_t seed) const;

  // Well-formed AssessmentRequests with content that no host sends: wrong types, NaN, unknown keys, thousands of
  // findings.
  std::vector<std::string> Absurd() const;
  // All that can be known, many times over: the longest work that an honest request makes. At least `bytes` long.
  std::string Long(size_t bytes) const;

 private:
  v1::Case Everything() const;

  const v1::PluginManifest& manifest_;
  PluginCatalog catalog_;
  std::unique_ptr<RequestBuilder> builder_;
};

}  // namespace condyle::checker

#endif  // CONDYLE_HOST_CHECKER_REQUESTS_H_
