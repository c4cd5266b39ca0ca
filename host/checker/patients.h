// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Patients drawn from what manifests declare, and the search for inputs that no answer depends on. For the checker and
// for the tests of this tree's own plugins.
#ifndef CONDYLE_HOST_CHECKER_PATIENTS_H_
#define CONDYLE_HOST_CHECKER_PATIENTS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "condyle/v1/case.pb.h"
#include "condyle/v1/manifest.pb.h"

namespace condyle::checker {

// The moment of every drawn patient, RFC 3339.
inline constexpr char kMoment[] = "2026-05-01T09:00:00Z";

// A finding of this input with another value than `current` (null: any value). Values lie in the possible range.
v1::Finding AnyFinding(const v1::Input& input, v1::Side side, const v1::Finding* current, std::mt19937& random);

// Sides on which an input can be given.
std::vector<v1::Side> SidesOf(const v1::Input& input);

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

// Looks, for each input of a manifest (and patient.age and patient.sex, if it uses them), for a patient in whom another
// value of it changes the plugin's answer. The same seed draws the same values.
class UnreadInputs {
 public:
  // The plugin's answer; empty if no host would ask about this patient.
  using Ask = std::function<std::optional<std::string>(const v1::Case&)>;

  UnreadInputs(const v1::PluginManifest& manifest, uint32_t random_seed);

  // Changes, in this patient, each input for which no change was found yet.
  void Try(const v1::Case& patient, const Ask& ask);
  // Those for which none was found.
  const std::set<std::string>& left() const { return left_; }

 private:
  std::vector<v1::Case> Changed(const v1::Case& patient, const std::string& key);

  std::map<std::string, v1::Input> inputs_;
  std::set<std::string> left_;
  std::mt19937 random_;
};

}  // namespace condyle::checker

#endif  // CONDYLE_HOST_CHECKER_PATIENTS_H_
