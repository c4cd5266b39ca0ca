// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Calls of CDS services, as an EHR with this patient would make them.
#ifndef CONDYLE_TESTS_CDS_HOOKS_REQUESTS_H_
#define CONDYLE_TESTS_CDS_HOOKS_REQUESTS_H_

#include <chrono>
#include <string>
#include <vector>

#include "condyle/v1/case.pb.h"
#include "condyle/v1/manifest.pb.h"

namespace condyle::tests {

// A draft order: resource type, id, code.
struct Order {
  std::string type;
  std::string id;
  std::string system;
  std::string code;
  std::string display;
};

// The case as prefetched FHIR resources in the plugins' own codes, with these draft orders. The patient is p1, the
// encounter e1.
std::string CdsCall(const v1::Case& patient_case, const std::vector<v1::PluginManifest>& manifests,
                    const std::string& hook, const std::vector<Order>& orders = {});

// The case's own moment; the first of May 2026 if it has none.
std::chrono::system_clock::time_point MomentOf(const v1::Case& patient_case);

}  // namespace condyle::tests

#endif  // CONDYLE_TESTS_CDS_HOOKS_REQUESTS_H_
