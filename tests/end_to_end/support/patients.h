// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Patients for tests over many cases: the worked ones of the tree, and how others are drawn from them.
#ifndef CONDYLE_TESTS_END_TO_END_SUPPORT_PATIENTS_H_
#define CONDYLE_TESTS_END_TO_END_SUPPORT_PATIENTS_H_

#include <string>
#include <vector>

#include "condyle/v1/case.pb.h"
#include "condyle/v1/manifest.pb.h"
#include "host/checker/patients.h"

namespace condyle::tests {

// A worked patient: NAME.case.json beside NAME.expect.json.
struct WorkedCase {
  std::string name;
  v1::Case value;
  std::string case_json;
  std::string expect_json;
};

// In the order of their names. Throws std::runtime_error if a file cannot be read, or is no Case.
std::vector<WorkedCase> ReadWorkedCases(const std::string& folder);

// The worked patients of this folder and of all plugins.
std::vector<WorkedCase> AllWorkedCases();

// All inputs of these manifests, each once.
std::vector<v1::Input> InputsOf(const std::vector<v1::PluginManifest>& manifests);

using checker::AnyFinding;
using checker::Find;
using checker::PatientGenerator;
using checker::Put;
using checker::SidesOf;

}  // namespace condyle::tests

#endif  // CONDYLE_TESTS_END_TO_END_SUPPORT_PATIENTS_H_
