// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Grading of running.
#include "plugins/pack/criteria/activity.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "condyle/testing/patient.h"
#include "runner_sij/pack.h"

namespace condyle::runner_sij {
namespace {

using condyle::testing::Patient;
constexpr Truth kT = Truth::kTrue, kF = Truth::kFalse, kU = Truth::kUnknown;
constexpr std::nullopt_t kNone = std::nullopt;

struct Row {
  std::string name;
  std::optional<double> during, after;
  Truth limp, walking, night;
  RunningGrade grade;
};

class Running : public ::testing::TestWithParam<Row> {};

TEST_P(Running, IsGradedByScoreLimpWalkingAndNight) {
  const Row& row = GetParam();
  Patient patient;
  if (row.during) patient.Is(input::pain::during_running, *row.during);
  if (row.after) patient.Is(input::pain::after_running_24h, *row.after);
  const auto set = [&](const BooleanInput& key, Truth value) {
    if (IsTrue(value)) patient.Yes(key);
    if (IsFalse(value)) patient.No(key);
  };
  set(input::exam::limp, row.limp);
  set(input::pain::with_walking, row.walking);
  set(input::red_flag::unremitting_night_pain, row.night);
  const RunningReading reading = GradeRunning(Findings(patient.request()));
  EXPECT_EQ(reading.grade, row.grade);
  EXPECT_EQ(reading.reason.empty(), row.grade == RunningGrade::kUnknown);
}

constexpr RunningGrade kUnknown = RunningGrade::kUnknown, kModify = RunningGrade::kModify,
                       kReduce = RunningGrade::kReduce, kStop = RunningGrade::kStopAndBeSeen;

INSTANTIATE_TEST_SUITE_P(
    Activity, Running,
    ::testing::Values(
        Row{"NothingKnown", kNone, kNone, kU, kU, kU, kUnknown}, Row{"NoPain", 0, 0, kF, kF, kF, kModify},
        Row{"BothAtThree", 3, 3, kF, kF, kF, kModify}, Row{"DuringAboveThree", 3.5, 3, kF, kF, kF, kReduce},
        Row{"AfterAboveThree", 3, 4, kF, kF, kF, kReduce}, Row{"BothAtFive", 5, 5, kF, kF, kF, kReduce},
        Row{"DuringAboveFive", 5.5, 0, kF, kF, kF, kStop}, Row{"AfterAboveFive", 0, 6, kF, kF, kF, kStop},
        Row{"DuringOnly", 2, kNone, kF, kF, kF, kUnknown}, Row{"AfterOnly", kNone, 2, kF, kF, kF, kUnknown},
        Row{"DuringOnlyAndAboveFive", 6, kNone, kU, kU, kU, kStop},
        Row{"AfterOnlyAndAboveFive", kNone, 6, kU, kU, kU, kStop}, Row{"LimpOpen", 2, 2, kU, kF, kF, kUnknown},
        Row{"LimpOpenAtFour", 4, 2, kU, kF, kF, kUnknown}, Row{"Limp", 2, 2, kT, kF, kF, kStop},
        Row{"LimpOnly", kNone, kNone, kT, kU, kU, kStop}, Row{"WalkingOpen", 2, 2, kF, kU, kF, kModify},
        Row{"WalkingHurts", 2, 2, kF, kT, kF, kStop}, Row{"WalkingHurtsOnly", kNone, kNone, kU, kT, kU, kStop},
        Row{"NightOpen", 2, 2, kF, kF, kU, kModify}, Row{"NightPain", 2, 2, kF, kF, kT, kStop},
        Row{"NightPainOnly", kNone, kNone, kU, kU, kT, kStop}),
    [](const auto& p) { return p.param.name; });

TEST(Activity, EveryReasonToStopIsNamed) {
  Patient patient;
  patient.Is(input::pain::during_running, 7).Is(input::pain::after_running_24h, 8).Yes(input::exam::limp);
  patient.Yes(input::pain::with_walking).Yes(input::red_flag::unremitting_night_pain);
  const std::string reason = GradeRunning(Findings(patient.request())).reason;
  for (const char* part : {"7 of 10", "8 of 10", "limp", "walking", "night pain"}) {
    EXPECT_NE(reason.find(part), std::string::npos) << part << " is not in: " << reason;
  }
}

}  // namespace
}  // namespace condyle::runner_sij
