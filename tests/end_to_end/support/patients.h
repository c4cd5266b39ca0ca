// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Patients for tests over many cases: the worked ones of the tree, and variations of them drawn with a fixed seed.
#ifndef CONDYLE_TESTS_END_TO_END_SUPPORT_PATIENTS_H_
#define CONDYLE_TESTS_END_TO_END_SUPPORT_PATIENTS_H_

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "condyle/v1/case.pb.h"
#include "condyle/v1/manifest.pb.h"

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

// A finding of this input with another value than `current` (null: any value). Values lie in the possible range.
v1::Finding AnyFinding(const v1::Input& input, v1::Side side, const v1::Finding* current, std::mt19937& random);

// Sets the finding of this key and side, or adds it.
void Put(const v1::Finding& finding, v1::Case* patient_case);
// Null if there is none.
const v1::Finding* Find(const v1::Case& patient_case, const std::string& key, v1::Side side);

// Draws patients: a seed with some findings left out, some changed and some added. Not every one is possible: the
// host may refuse it. The same seed gives the same patients.
class PatientGenerator {
 public:
  PatientGenerator(std::vector<v1::Input> inputs, std::vector<v1::Case> seeds, uint32_t random_seed);

  v1::Case Next();

 private:
  // From 0 to below `end`; the same on every platform.
  uint32_t Draw(uint32_t end) { return static_cast<uint32_t>(random_() % end); }

  const std::vector<v1::Input> inputs_;
  const std::vector<v1::Case> seeds_;
  std::mt19937 random_;
};

}  // namespace condyle::tests

#endif  // CONDYLE_TESTS_END_TO_END_SUPPORT_PATIENTS_H_
