// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What the form leaves out must be nothing that a plugin asks for: every question that an answer hides, on many
// patients.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/patients.h"

namespace condyle::tests {
namespace {

constexpr int kDrawn = 300;
constexpr uint32_t kSeed = 11;

std::vector<v1::Case> Patients(const std::vector<v1::Input>& inputs) {
  std::vector<v1::Case> patients;
  for (const WorkedCase& one : AllWorkedCases()) patients.push_back(one.value);
  PatientGenerator generator(inputs, patients, kSeed);
  for (int i = 0; i < kDrawn; ++i) patients.push_back(generator.Next());
  return patients;
}

// The patient with the answer that hides `input`, on both sides where it has sides, and without `input`.
v1::Case Hiding(v1::Case patient, const v1::Input& input, bool parent_sided) {
  const v1::Predicate& unless = input.ask_unless();
  for (int i = patient.findings_size() - 1; i >= 0; --i) {
    const std::string& key = patient.findings(i).key();
    if (key == input.key() || key == unless.key()) patient.mutable_findings()->DeleteSubrange(i, 1);
  }
  for (const v1::Side side : {v1::SIDE_LEFT, v1::SIDE_RIGHT}) {
    v1::Finding* finding = patient.add_findings();
    finding->set_key(unless.key());
    if (parent_sided) finding->set_side(side);
    if (unless.test_case() == v1::Predicate::kCode) {
      finding->set_code(unless.code());
    } else {
      finding->set_present(unless.present());
    }
    if (!parent_sided) break;
  }
  return patient;
}

TEST(Form, HidesNothingThatAPluginAsksFor) {
  const std::unique_ptr<Host> host = OpenHost(true);
  const std::vector<v1::Input> inputs = InputsOf(host->Manifests());
  const std::vector<v1::Case> patients = Patients(inputs);
  std::map<std::string, bool> sided;
  for (const v1::Input& input : inputs) sided[input.key()] = input.sided();
  int hidden = 0;
  for (const v1::Input& input : inputs) {
    if (!input.has_ask_unless()) continue;
    ++hidden;
    ASSERT_EQ(sided.count(input.ask_unless().key()), 1u) << input.key() << " is hidden by an input that nobody has";
    int answered = 0;
    for (const v1::Case& patient : patients) {
      const v1::Case hiding = Hiding(patient, input, sided[input.ask_unless().key()]);
      const Outcome outcome = host->Consult(hiding);
      if (!outcome.consultation) continue;  // contradicts something else of this patient
      ++answered;
      for (const v1::NextQuestion& question : outcome.consultation->next_questions()) {
        EXPECT_NE(question.key(), input.key()) << question.why() << "\n" << hiding.ShortDebugString();
        if (HasFailure()) return;
      }
    }
    EXPECT_GT(answered, 20) << input.key();
  }
  EXPECT_GT(hidden, 10);
}

}  // namespace
}  // namespace condyle::tests
