// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Every kind of refusal of a Case, each beside its neighbour that is accepted.
#include "host/intake/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "host/intake/intake_test_support.h"

namespace condyle::intake {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

v1::Case Parse(const std::string& text) {
  v1::Case value;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &value)) << text;
  return value;
}

IntakeResult CheckText(const std::string& text) {
  return CheckCase(Parse("as_of: \"2026-05-01T09:00:00Z\" " + text), TestInputs(), TestOptions());
}

// A case that is refused, where and with which words; and its nearest neighbour that is not.
struct Pair {
  const char* name;
  const char* refused;
  const char* path;
  const char* message;
  const char* accepted;
};

class CheckPair : public ::testing::TestWithParam<Pair> {};

TEST_P(CheckPair, RefusesTheOneAndAcceptsTheOther) {
  const std::string refusal = RefusalText(CheckText(GetParam().refused));
  EXPECT_THAT(refusal, AllOf(StartsWith(std::string(GetParam().path) + ": "), HasSubstr(GetParam().message)));
  EXPECT_EQ(RefusalText(CheckText(GetParam().accepted)), "accepted");
}

INSTANTIATE_TEST_SUITE_P(
    Single, CheckPair,
    ::testing::Values(
        Pair{"NoKey", R"(findings { present: true })", "/findings/0", "no key",
             R"(findings { key: "pain.present" present: true })"},
        Pair{"NoValue", R"(findings { key: "pain.present" })", "/findings/0", "pain.present: the finding has no value",
             R"(findings { key: "pain.present" present: false })"},
        Pair{"BooleanGivenACode", R"(findings { key: "pain.present" code: "yes" })", "/findings/0/code",
             "pain.present: code \"yes\" is of the wrong type; this input takes present: true or false",
             R"(findings { key: "pain.present" present: true })"},
        Pair{"QuantityGivenABoolean", R"(findings { key: "lab.crp" present: true })", "/findings/0/present",
             "lab.crp: present: true is of the wrong type",
             R"(findings { key: "lab.crp" quantity { value: 5 unit: "mg/L" } })"},
        Pair{"CodedGivenText", R"(findings { key: "exam.slr" text: "positive" })", "/findings/0/text",
             "code: one of negative, equivocal, positive", R"(findings { key: "exam.slr" code: "positive" })"},
        Pair{"DateGivenACode", R"(findings { key: "obstetric.last_menstrual_period" code: "2026-04-01" })",
             "/findings/0/code", "a date YYYY-MM-DD",
             R"(findings { key: "obstetric.last_menstrual_period" text: "2026-04-01" })"},
        Pair{"UnknownCode", R"(findings { key: "exam.slr" code: "Positive" })", "/findings/0/code",
             "exam.slr: \"Positive\" is not an answer; this input takes code: one of negative, equivocal, positive",
             R"(findings { key: "exam.slr" code: "equivocal" })"},
        Pair{"AboveMax", R"(findings { key: "pain.intensity" quantity { value: 10.01 unit: "{score}" } })",
             "/findings/0/quantity/value",
             "pain.intensity: 10.01 {score} is not possible; the range is 0 to 10 {score}",
             R"(findings { key: "pain.intensity" quantity { value: 10 unit: "{score}" } })"},
        Pair{"BelowMin", R"(findings { key: "exam.temperature" quantity { value: 24.9 unit: "Cel" } })",
             "/findings/0/quantity/value", "25 to 45 Cel",
             R"(findings { key: "exam.temperature" quantity { value: 25 unit: "Cel" } })"},
        Pair{"RangeAfterConversion", R"(findings { key: "exam.temperature" quantity { value: 113.1 unit: "[degF]" } })",
             "/findings/0/quantity/value", "113.1 [degF] (45.0555556 Cel)",
             R"(findings { key: "exam.temperature" quantity { value: 113 unit: "[degF]" } })"},
        Pair{"NoUnit", R"(findings { key: "lab.crp" quantity { value: 5 } })", "/findings/0/quantity/unit",
             "lab.crp: the quantity has no unit; accepted units (UCUM) are \"mg/L\", \"mg/dL\"",
             R"(findings { key: "lab.crp" quantity { value: 5 unit: "mg/dL" } })"},
        Pair{"UnitNotConvertible", R"(findings { key: "lab.crp" quantity { value: 5 unit: "nmol/L" } })",
             "/findings/0/quantity/unit",
             "\"nmol/L\" cannot be converted to \"mg/L\"; accepted units (UCUM) are \"mg/L\", \"mg/dL\"",
             R"(findings { key: "lab.crp" quantity { value: 5 unit: "mg/L" } })"},
        Pair{"NotANumber", R"(findings { key: "lab.crp" quantity { value: nan unit: "mg/L" } })",
             "/findings/0/quantity/value", "lab.crp: the value is not a finite number",
             R"(findings { key: "lab.crp" quantity { value: 0 unit: "mg/L" } })"},
        Pair{"Infinite", R"(findings { key: "lab.crp" quantity { value: inf unit: "mg/L" } })",
             "/findings/0/quantity/value", "not a finite number",
             R"(findings { key: "lab.crp" quantity { value: 1000 unit: "mg/L" } })"},
        Pair{"SideOnUnsided", R"(findings { key: "pain.present" side: SIDE_LEFT present: true })", "/findings/0/side",
             "pain.present: SIDE_LEFT is given, but this input has no side",
             R"(findings { key: "pain.buttock" side: SIDE_LEFT present: true })"},
        Pair{"SideOutOfRange", R"(findings { key: "pain.buttock" side: 7 present: true })", "/findings/0/side",
             "side 7 is not one of", R"(findings { key: "pain.buttock" present: true })"},
        Pair{"DuplicateWithAnotherValue",
             R"(findings { key: "lab.crp" quantity { value: 5 unit: "mg/L" } }
                findings { key: "lab.crp" quantity { value: 5.1 unit: "mg/L" } })",
             "/findings/1/quantity/value",
             "lab.crp is given twice with different values: 5 mg/L at /findings/0/quantity/value",
             R"(findings { key: "lab.crp" quantity { value: 5 unit: "mg/L" } }
                findings { key: "lab.crp" quantity { value: 0.5 unit: "mg/dL" } })"},
        Pair{"DuplicateOnOneSide",
             R"(findings { key: "pain.buttock" side: SIDE_LEFT present: true }
                findings { key: "pain.buttock" side: SIDE_LEFT present: false })",
             "/findings/1/present", "pain.buttock on SIDE_LEFT",
             R"(findings { key: "pain.buttock" side: SIDE_LEFT present: true }
                findings { key: "pain.buttock" side: SIDE_RIGHT present: false }
                findings { key: "pain.buttock" present: true })"},
        Pair{"DuplicateEvenIfOneWouldBeDropped",
             R"(findings { key: "exam.thigh_thrust" side: SIDE_LEFT present: true source: "patient" }
                findings { key: "exam.thigh_thrust" side: SIDE_LEFT present: false source: "clinician" })",
             "/findings/1/present", "given twice",
             R"(findings { key: "exam.thigh_thrust" side: SIDE_LEFT present: true source: "patient" }
                findings { key: "exam.thigh_thrust" side: SIDE_LEFT present: true source: "clinician" })"},
        Pair{"ObservedAtMalformed", R"(findings { key: "pain.present" present: true observed_at: "01.05.2026" })",
             "/findings/0/observedAt", "pain.present: observed_at: \"01.05.2026\" is not",
             R"(findings { key: "pain.present" present: true observed_at: "2026-05-01" })"},
        Pair{"ObservedAfterAsOf",
             R"(findings { key: "pain.present" present: true observed_at: "2026-05-01T09:00:01Z" })",
             "/findings/0/observedAt", "after the moment of assessment",
             R"(findings { key: "pain.present" present: true observed_at: "2026-05-01T09:00:00Z" })"},
        Pair{"DateMalformed", R"(findings { key: "obstetric.last_menstrual_period" text: "2026-02-30" })",
             "/findings/0/text", "obstetric.last_menstrual_period: \"2026-02-30\" is not a date YYYY-MM-DD",
             R"(findings { key: "obstetric.last_menstrual_period" text: "2026-02-28" })"},
        Pair{"DateAfterAsOf", R"(findings { key: "obstetric.last_menstrual_period" text: "2026-05-02" })",
             "/findings/0/text", "is after the moment of assessment",
             R"(findings { key: "obstetric.last_menstrual_period" text: "2026-05-01" })"},
        Pair{"AgeNegative", R"(patient { age_years: -0.1 })", "/patient/ageYears", "0 and 130",
             R"(patient { age_years: 0 })"},
        Pair{"AgeTooHigh", R"(patient { age_years: 130.01 })", "/patient/ageYears", "130.01",
             R"(patient { age_years: 130 })"},
        Pair{"AgeNotANumber", R"(patient { age_years: nan })", "/patient/ageYears", "0 and 130",
             R"(patient { age_years: 27.5 })"},
        Pair{"BirthDateMalformed", R"(patient { birth_date: "1999-5-1" })", "/patient/birthDate",
             "patient.birth_date: \"1999-5-1\" is not a date", R"(patient { birth_date: "1999-05-01" })"},
        Pair{"BirthDatePartial", R"(patient { birth_date: "1999" })", "/patient/birthDate", "YYYY-MM-DD",
             R"(patient { birth_date: "1999-01-01" })"},
        Pair{"BirthDateAfterAsOf", R"(patient { birth_date: "2026-05-02" })", "/patient/birthDate",
             "after the moment of assessment", R"(patient { birth_date: "2026-05-01" })"},
        Pair{"BirthDateTooLongAgo", R"(patient { birth_date: "1896-04-30" })", "/patient/birthDate", "130",
             R"(patient { birth_date: "1896-05-01" })"},
        Pair{"SexOutOfRange", R"(patient { sex: 9 })", "/patient/sex", "patient.sex: 9 is not one of",
             R"(patient { sex: SEX_MALE })"}),
    [](const ::testing::TestParamInfo<Pair>& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Contradiction, CheckPair,
    ::testing::Values(
        Pair{"MaleAndPregnant", R"(patient { sex: SEX_MALE } findings { key: "obstetric.pregnant" present: true })",
             "/findings/0", "obstetric.pregnant, patient.sex: cannot be true together: a man is not pregnant.",
             R"(patient { sex: SEX_MALE } findings { key: "obstetric.pregnant" present: false })"},
        Pair{
            "MaleAndAnyObstetricQuantity",
            R"(patient { sex: SEX_MALE } findings { key: "obstetric.days_since_delivery" quantity { value: 900 unit: "d" } })",
            "/findings/0", "obstetric.days_since_delivery, patient.sex",
            R"(patient { sex: SEX_FEMALE }
                findings { key: "obstetric.days_since_delivery" quantity { value: 900 unit: "d" } })"},
        Pair{"MaleAndADate",
             R"(patient { sex: SEX_MALE } findings { key: "obstetric.last_menstrual_period" text: "2026-04-01" })",
             "/findings/0", "obstetric.last_menstrual_period, patient.sex",
             R"(findings { key: "obstetric.last_menstrual_period" text: "2026-04-01" })"},
        Pair{"DeliveryAt730Days",
             R"(findings { key: "pain.present" present: true }
                findings { key: "obstetric.delivered_last_24_months" present: false }
                findings { key: "obstetric.days_since_delivery" quantity { value: 730 unit: "d" } })",
             "/findings/1", "obstetric.delivered_last_24_months, obstetric.days_since_delivery",
             R"(findings { key: "obstetric.delivered_last_24_months" present: false }
                findings { key: "obstetric.days_since_delivery" quantity { value: 731 unit: "d" } })"},
        Pair{"NoPainButButtockOnOneSide",
             R"(findings { key: "pain.present" present: false }
                findings { key: "pain.buttock" side: SIDE_LEFT present: false }
                findings { key: "pain.buttock" side: SIDE_RIGHT present: true })",
             "/findings/0", "pain.present, pain.buttock",
             R"(findings { key: "pain.present" present: false }
                findings { key: "pain.buttock" side: SIDE_LEFT present: false }
                findings { key: "pain.buttock" side: SIDE_RIGHT present: false })"},
        Pair{"NoPainButButtockOfUnknownSide",
             R"(findings { key: "pain.present" present: false } findings { key: "pain.buttock" present: true })",
             "/findings/0", "pain.buttock",
             R"(findings { key: "pain.present" present: true } findings { key: "pain.buttock" present: true })"},
        Pair{"NoPainButIntensity",
             R"(findings { key: "pain.present" present: false }
                findings { key: "pain.intensity" quantity { value: 0.5 unit: "{score}" } })",
             "/findings/0", "pain.intensity",
             R"(findings { key: "pain.present" present: false }
                findings { key: "pain.intensity" quantity { value: 0 unit: "{score}" } })"},
        Pair{"OnsetAfterAge",
             R"(patient { age_years: 27 } findings { key: "pain.onset_age" quantity { value: 27.5 unit: "a" } })",
             "/findings/0", "pain.onset_age, patient.age",
             R"(patient { age_years: 27 } findings { key: "pain.onset_age" quantity { value: 27 unit: "a" } })"},
        Pair{
            "OnsetAfterAgeFromBirthDate",
            R"(patient { birth_date: "1999-05-02" } findings { key: "pain.onset_age" quantity { value: 27 unit: "a" } })",
            "/findings/0", "pain.onset_age, patient.age",
            R"(patient { birth_date: "1999-05-01" } findings { key: "pain.onset_age" quantity { value: 27 unit: "a" } })"},
        Pair{"OnsetWithoutAge",
             R"(patient { age_years: 3 } findings { key: "pain.onset_age" quantity { value: 50 unit: "a" } })",
             "/findings/0", "too early", R"(findings { key: "pain.onset_age" quantity { value: 50 unit: "a" } })"},
        Pair{"AboveKeyConvertsUnits",
             R"(findings { key: "history.ibd" present: true }
                findings { key: "pain.onset_age" quantity { value: 2 unit: "a" } }
                findings { key: "obstetric.days_since_delivery" quantity { value: 731 unit: "d" } })",
             "/findings/2", "obstetric.days_since_delivery, pain.onset_age, history.ibd",
             R"(findings { key: "history.ibd" present: true }
                findings { key: "pain.onset_age" quantity { value: 2 unit: "a" } }
                findings { key: "obstetric.days_since_delivery" quantity { value: 730 unit: "d" } })"},
        Pair{"RecordedNeedsMoreThanAKnownNegative",
             R"(findings { key: "history.ibd" present: true }
                findings { key: "pain.onset_age" quantity { value: 1 unit: "a" } }
                findings { key: "obstetric.days_since_delivery" quantity { value: 731 unit: "d" } })",
             "/findings/2", "a test of units",
             R"(findings { key: "history.ibd" present: false }
                findings { key: "pain.onset_age" quantity { value: 1 unit: "a" } }
                findings { key: "obstetric.days_since_delivery" quantity { value: 731 unit: "d" } })"},
        Pair{"NormalScreenWithDeficit",
             R"(findings { key: "exam.neuro_screen" code: "normal" }
                findings { key: "exam.motor_weakness" side: SIDE_LEFT code: "marked" })",
             "/findings/0", "exam.neuro_screen, exam.motor_weakness",
             R"(findings { key: "exam.neuro_screen" code: "normal" }
                findings { key: "exam.motor_weakness" side: SIDE_LEFT code: "none" })"},
        Pair{
            "PostmenopausalAndPregnant",
            R"(findings { key: "history.postmenopausal" present: true } findings { key: "obstetric.pregnant" present: true })",
            "/findings/0", "history.postmenopausal, obstetric.pregnant",
            R"(findings { key: "history.postmenopausal" present: true } findings { key: "obstetric.pregnant" present: false })"},
        Pair{"ThreeParts",
             R"(patient { age_years: 7.9 sex: SEX_FEMALE } findings { key: "obstetric.pregnant" present: true })",
             "/findings/0", "obstetric.pregnant, patient.age, patient.sex",
             R"(patient { age_years: 8 sex: SEX_FEMALE } findings { key: "obstetric.pregnant" present: true })"},
        Pair{"SexUnspecifiedIsNotRecorded",
             R"(patient { age_years: 7 sex: SEX_FEMALE } findings { key: "obstetric.pregnant" present: true })",
             "/findings/0", "a child",
             R"(patient { age_years: 7 } findings { key: "obstetric.pregnant" present: true })"}),
    [](const ::testing::TestParamInfo<Pair>& row) { return std::string(row.param.name); });

TEST(CheckedCaseForm, ConvertsUnitsAndDatesAndLeavesNoBirthDate) {
  EXPECT_EQ(CaseText(CheckText(R"(id: "c" patient { birth_date: "1999-05-01" sex: SEX_FEMALE }
                                  findings { key: "exam.temperature" quantity { value: 98.6 unit: "[degF]" } })")),
            R"(id: "c" as_of: "2026-05-01T09:00:00Z" patient { age_years: 27 sex: SEX_FEMALE } )"
            R"(findings { key: "exam.temperature" quantity { value: 37 unit: "Cel" } })");
}

TEST(CheckedCaseForm, IsAFixedPoint) {
  const IntakeResult once = CheckText(R"(patient { birth_date: "1999-03-01" }
                                         findings { key: "pain.duration" quantity { value: 3 unit: "mo" } observed_at: "2026-05-01" })");
  ASSERT_TRUE(std::holds_alternative<CheckedCase>(once)) << RefusalText(once);
  const IntakeResult twice = CheckCase(std::get<CheckedCase>(once).value, TestInputs(), TestOptions());
  EXPECT_EQ(CaseText(twice), CaseText(once));
}

TEST(CheckedCaseForm, ABareDateAsMomentStandsForItsWholeDay) {
  IntakeOptions options = TestOptions();
  options.as_of = "2026-05-01";
  const v1::Case late = Parse(R"(findings { key: "pain.present" present: true observed_at: "2026-05-01T18:00:00Z" })");
  const IntakeResult result = CheckCase(late, TestInputs(), options);
  EXPECT_THAT(CaseText(result), HasSubstr(R"(as_of: "2026-05-01T00:00:00Z")"));
  // And again: the checked case is accepted as it is.
  EXPECT_EQ(RefusalText(CheckCase(std::get<CheckedCase>(result).value, TestInputs(), TestOptions())), "accepted");
}

TEST(MomentOfAssessment, IsTheCallersThenTheCasesThenNowWithANotice) {
  const v1::Case own = Parse(R"(as_of: "2026-01-01T00:00:01Z")");
  IntakeOptions options = TestOptions();
  EXPECT_THAT(CaseText(CheckCase(own, TestInputs(), options)), HasSubstr("2026-01-01T00:00:01Z"));
  options.as_of = "2026-02-01T10:00:00+02:00";
  EXPECT_THAT(CaseText(CheckCase(own, TestInputs(), options)), HasSubstr("2026-02-01T10:00:00+02:00"));
  options.as_of.clear();
  const IntakeResult with_now = CheckCase(v1::Case(), TestInputs(), options);
  EXPECT_THAT(CaseText(with_now), HasSubstr(kNow));
  EXPECT_THAT(NoticesText(with_now), HasSubstr("present moment"));
  options.now.clear();
  EXPECT_THAT(RefusalText(CheckCase(v1::Case(), TestInputs(), options)), StartsWith("/asOf: as_of is missing"));
  options.as_of = "yesterday";
  EXPECT_THAT(RefusalText(CheckCase(own, TestInputs(), options)), StartsWith("as_of: as_of: \"yesterday\" is not"));
  options.as_of = "2026-05-01T09:00:00";
  EXPECT_THAT(RefusalText(CheckCase(own, TestInputs(), options)), HasSubstr("with offset"));
}

TEST(UnknownKey, IsNamedWithTheNearestAndLeftOut) {
  const IntakeResult result = CheckText(R"(findings { key: "exam.thigh_trust" present: true }
                                           findings { key: "pain.present" present: true })");
  EXPECT_EQ(FindingsText(result), R"(findings { key: "pain.present" present: true })");
  EXPECT_THAT(NoticesText(result), AllOf(HasSubstr("/findings/0/key: \"exam.thigh_trust\""),
                                         HasSubstr("nearest known key is exam.thigh_thrust")));
}

TEST(UnknownKey, WithoutANeighbourNamesNone) {
  EXPECT_THAT(NoticesText(CheckText(R"(findings { key: "zzz.qqq" })")),
              AllOf(HasSubstr("zzz.qqq"), Not(HasSubstr("nearest"))));
}

TEST(UnknownKey, ManyOfThemGiveABoundedListOfNotices) {
  v1::Case many;
  many.set_as_of(kNow);
  for (int i = 0; i < 1000; ++i) many.add_findings()->set_key("no.such." + std::to_string(i));
  const IntakeResult result = CheckCase(many, TestInputs(), TestOptions());
  ASSERT_TRUE(std::holds_alternative<CheckedCase>(result));
  EXPECT_EQ(std::get<CheckedCase>(result).notices.size(), 201u);
  EXPECT_THAT(NoticesText(result), HasSubstr("800 further notices"));
}

TEST(ExaminersFinding, FromThePatientCountsAsNotExamined) {
  const IntakeResult result =
      CheckText(R"(findings { key: "exam.thigh_thrust" side: SIDE_LEFT present: true source: "Patient" }
                                           findings { key: "pain.present" present: true source: "patient" })");
  EXPECT_EQ(FindingsText(result), R"(findings { key: "pain.present" present: true source: "patient" })");
  EXPECT_THAT(NoticesText(result),
              AllOf(HasSubstr("exam.thigh_thrust on SIDE_LEFT"), HasSubstr("counted as not examined")));
}

TEST(ExaminersFinding, FromAnyoneElseCounts) {
  for (const char* source : {"", "clinician", "letter of the physiotherapist"}) {
    const IntakeResult result =
        CheckText(R"(findings { key: "exam.thigh_thrust" present: true source: ")" + std::string(source) + "\" }");
    EXPECT_THAT(FindingsText(result), HasSubstr("exam.thigh_thrust")) << source;
    EXPECT_THAT(NoticesText(result), IsEmpty()) << source;
  }
}

TEST(Duplicates, OfOneValueCollapseAndTheExaminersCounts) {
  EXPECT_EQ(
      FindingsText(CheckText(R"(findings { key: "exam.thigh_thrust" side: SIDE_LEFT present: true source: "patient" }
                                      findings { key: "pain.present" present: true }
                                      findings { key: "exam.thigh_thrust" side: SIDE_LEFT present: true source: "clinician" }
                                      findings { key: "pain.present" present: true })")),
      R"(findings { key: "pain.present" present: true } )"
      R"(findings { key: "exam.thigh_thrust" side: SIDE_LEFT present: true source: "clinician" })");
}

TEST(Contradictions, DoNotSeeWhatWasLeftOut) {
  EXPECT_EQ(RefusalText(CheckText(R"(patient { sex: SEX_MALE } findings { key: "obstetric.no_such" present: true })")),
            "accepted");
}

}  // namespace
}  // namespace condyle::intake
