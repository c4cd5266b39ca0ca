// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
#include "plugins/pack/criteria/course.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "condyle/testing/patient.h"
#include "runner_sij/pack.h"

namespace condyle::runner_sij {
namespace {

using condyle::testing::Patient;
using ::testing::HasSubstr;

Course CourseOf(const Patient& patient) { return ReadCourse(Findings(patient.request())); }
Patient At(double days) { return Patient().Is(input::pain::duration, days); }

TEST(Course, TurnsAfterTheSeventhDay) {
  const Course week = CourseOf(At(7));
  EXPECT_EQ(week.acute, v1::STAGE_STATE_CURRENT);
  EXPECT_EQ(week.later, v1::STAGE_STATE_LATER);
  EXPECT_EQ(week.position, "Day 7 since onset: within the first week");
  const Course after = CourseOf(At(7.5));
  EXPECT_EQ(after.acute, v1::STAGE_STATE_PAST);
  EXPECT_EQ(after.later, v1::STAGE_STATE_CURRENT);
  EXPECT_EQ(after.position, "Day 7 since onset: past the first week");
}

TEST(Course, IsNotGuessedWithoutTheOnset) {
  const Course course = CourseOf(Patient());
  EXPECT_EQ(course.acute, v1::STAGE_STATE_UNSPECIFIED);
  EXPECT_EQ(course.later, v1::STAGE_STATE_UNSPECIFIED);
  EXPECT_THAT(course.position, HasSubstr("not recorded"));
}

TEST(PainFreeWalking, NeedsFiveDaysAndNoPainOnWalkingNow) {
  const auto of = [](const Patient& patient) { return PainFreeWalking(Findings(patient.request())); };
  EXPECT_EQ(of(Patient().Is(input::training::pain_free_walking_days, 5)), Truth::kTrue);
  EXPECT_EQ(of(Patient().Is(input::training::pain_free_walking_days, 4)), Truth::kFalse);
  EXPECT_EQ(of(Patient()), Truth::kUnknown);
  EXPECT_EQ(of(Patient().No(input::pain::with_walking)), Truth::kUnknown);
  EXPECT_EQ(of(Patient().Yes(input::pain::with_walking)), Truth::kFalse);
  EXPECT_EQ(of(Patient().Is(input::training::pain_free_walking_days, 9).Yes(input::pain::with_walking)), Truth::kFalse);
}

Patient Clear() {
  Patient patient;
  patient.Is(input::pain::during_running, 5).Is(input::pain::after_running_24h, 5);
  return patient.No({input::exam::limp, input::pain::with_walking, input::red_flag::unremitting_night_pain});
}

TEST(StopSigns, AreFalseOnlyIfEachIsKnownToBe) {
  const auto of = [](const Patient& patient) { return StopSigns(Findings(patient.request())); };
  EXPECT_EQ(of(Clear()), Truth::kFalse);
  EXPECT_EQ(of(Clear().Is(input::pain::during_running, 6)), Truth::kTrue);
  EXPECT_EQ(of(Clear().Is(input::pain::after_running_24h, 6)), Truth::kTrue);
  for (const BooleanInput& sign :
       {input::exam::limp, input::pain::with_walking, input::red_flag::unremitting_night_pain}) {
    EXPECT_EQ(of(Clear().Yes(sign)), Truth::kTrue) << sign.key;
    EXPECT_EQ(of(Clear().Without(sign)), Truth::kUnknown) << sign.key;
  }
  EXPECT_EQ(of(Clear().Without(input::pain::during_running)), Truth::kUnknown);
  EXPECT_EQ(of(Patient().Yes(input::exam::limp)), Truth::kTrue);
}

TEST(LowPainInRunning, FollowsTheGrade) {
  EXPECT_EQ(LowPainInRunning({.grade = RunningGrade::kModify}), Truth::kTrue);
  EXPECT_EQ(LowPainInRunning({.grade = RunningGrade::kReduce}), Truth::kFalse);
  EXPECT_EQ(LowPainInRunning({.grade = RunningGrade::kStopAndBeSeen}), Truth::kFalse);
  EXPECT_EQ(LowPainInRunning({}), Truth::kUnknown);
}

TEST(ByCriteria, OpensOnlyWhenAllAreKnownToBeMet) {
  EXPECT_EQ(ByCriteria({Truth::kTrue, Truth::kTrue}), v1::STAGE_STATE_CURRENT);
  EXPECT_EQ(ByCriteria({Truth::kTrue, Truth::kUnknown}), v1::STAGE_STATE_LATER);
  EXPECT_EQ(ByCriteria({Truth::kTrue, Truth::kFalse}), v1::STAGE_STATE_LATER);
}

}  // namespace
}  // namespace condyle::runner_sij
