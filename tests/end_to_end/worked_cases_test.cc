// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The worked patients: what is expected of them holds with workers and in-process, and both say the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "host/cli/case_expectations.h"
#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/patients.h"

namespace condyle::tests {
namespace {

using ::testing::IsEmpty;

class WorkedPatients : public ::testing::TestWithParam<bool> {};

TEST_P(WorkedPatients, MeetTheirExpectations) {
  const std::unique_ptr<Host> host = OpenHost(GetParam());
  const cli::NeverSayTable never_say = NeverSay();
  const std::vector<WorkedCase> cases = ReadWorkedCases(kCaseFolder);
  ASSERT_GE(cases.size(), 15u);
  for (const WorkedCase& one : cases) {
    const auto expected = cli::ParseExpectation(one.expect_json);
    ASSERT_TRUE(expected.ok()) << one.name << ": " << expected.status();
    const cli::CaseResult result = cli::CompareCase(*expected, host->ConsultBytes(one.case_json), never_say);
    EXPECT_THAT(result.faults, IsEmpty()) << one.name;
    EXPECT_GT(result.total, 0) << one.name;
  }
}

INSTANTIATE_TEST_SUITE_P(InProcess, WorkedPatients, ::testing::Values(true), [](const auto&) { return "All"; });
INSTANTIATE_TEST_SUITE_P(InWorkers, WorkedPatients, ::testing::Values(false), [](const auto&) { return "All"; });

// Time for the questions on any machine: what is compared must not depend on its speed.
ConsultOptions Ample() {
  ConsultOptions options;
  options.question_budget = std::chrono::minutes(2);
  return options;
}

TEST(Isolation, ChangesNothingButTheReceipt) {
  const std::unique_ptr<Host> workers = OpenHost(false), in_process = OpenHost(true);
  for (const WorkedCase& one : AllWorkedCases()) {
    Outcome a = workers->ConsultBytes(one.case_json, Ample()), b = in_process->ConsultBytes(one.case_json, Ample());
    ASSERT_EQ(a.consultation.has_value(), b.consultation.has_value()) << one.name;
    if (!a.consultation) {
      EXPECT_EQ(a.refusal->path, b.refusal->path) << one.name;
      EXPECT_EQ(a.refusal->message, b.refusal->message) << one.name;
      continue;
    }
    for (v1::PluginRun& run : *a.consultation.Mutable().mutable_receipt()->mutable_plugins()) {
      EXPECT_EQ(run.isolation(), "worker");
      run.set_isolation("in-process");
      run.set_sandbox("none");
    }
    EXPECT_EQ(a.consultation->SerializeAsString(), b.consultation->SerializeAsString()) << one.name;
  }
}

TEST(Consultation, IsTheSameEachTime) {
  const std::unique_ptr<Host> first = OpenHost(true), second = OpenHost(true);
  for (const WorkedCase& one : AllWorkedCases()) {
    const Outcome a = first->ConsultBytes(one.case_json, Ample()), b = second->ConsultBytes(one.case_json, Ample());
    ASSERT_EQ(a.consultation.has_value(), b.consultation.has_value()) << one.name;
    if (a.consultation) {
      EXPECT_EQ(a.consultation->SerializeAsString(), b.consultation->SerializeAsString()) << one.name;
    }
  }
}

// A caller that builds the Case itself gets what the file gets.
TEST(Consultation, IsTheSameForAMessageAndForItsJson) {
  const std::unique_ptr<Host> host = OpenHost(true);
  for (const WorkedCase& one : AllWorkedCases()) {
    const Outcome a = host->ConsultBytes(one.case_json, Ample()), b = host->Consult(one.value, Ample());
    ASSERT_EQ(a.consultation.has_value(), b.consultation.has_value()) << one.name;
    if (a.consultation) {
      EXPECT_EQ(a.consultation->SerializeAsString(), b.consultation->SerializeAsString()) << one.name;
    }
  }
}

}  // namespace
}  // namespace condyle::tests
