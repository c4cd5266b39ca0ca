// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Stages of sacroiliitis, and what one feature alone makes of the probability.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "condyle/testing/matchers.h"
#include "condyle/testing/patient.h"
#include "sacroiliitis/manifest.h"

namespace condyle::sacroiliitis {
namespace {

using condyle::testing::Ask;
using condyle::testing::AsksFor;
using condyle::testing::HasStage;
using condyle::testing::HasStatus;
using condyle::testing::Patient;
using condyle::testing::StageOf;
using condyle::testing::StateOf;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr v1::StageState kNow = v1::STAGE_STATE_CURRENT, kLater = v1::STAGE_STATE_LATER, kPast = v1::STAGE_STATE_PAST;
constexpr v1::CriterionState kMet = v1::CRITERION_STATE_MET, kNotMet = v1::CRITERION_STATE_NOT_MET,
                             kUnknown = v1::CRITERION_STATE_UNKNOWN;

namespace history = input::history;
namespace lab = input::lab;
namespace mri = answer::imaging::mri_sacroiliac;

// A man of 31 with 14 months of pain that began at 26; infection questions denied, no feature known.
Patient Chronic() {
  return Patient()
      .Male()
      .Age(31)
      .Yes(input::pain::present)
      .Yes(input::pain::sij_region, Side::kRight)
      .Yes(input::pain::buttock, Side::kRight)
      .No(input::pain::sij_region, Side::kLeft)
      .No(input::pain::buttock, Side::kLeft)
      .Is(input::pain::duration, 420)
      .Is(input::pain::onset_age, 26)
      .No({input::red_flag::fever_rigors, input::red_flag::iv_drug_use, input::red_flag::immunosuppression,
           input::red_flag::recent_infection, input::red_flag::recent_procedure});
}
Patient Suspected() { return Chronic().Yes(history::arthritis).Yes(history::psoriasis); }

v1::Conclusion Axspa(const v1::Assessment& answer) { return answer.conclusions(1); }

TEST(Probability, IsThatOfTheStrongestFeatureAlone) {
  // 1/19 x 4 = 0.2105 -> 0.174; no ratio of primary care, so the low end is 5 per cent.
  const v1::Probability arthritis = Axspa(Ask(Chronic().Yes(history::arthritis))).probability();
  EXPECT_NEAR(arthritis.point(), 0.174, 0.001);
  EXPECT_NEAR(arthritis.low(), 0.05, 1e-9);
  EXPECT_NEAR(arthritis.high(), 0.174, 0.001);
  // A weaker one beside it changes nothing: no product.
  const v1::Probability both = Axspa(Ask(Suspected())).probability();
  EXPECT_EQ(both.point(), arthritis.point());
  EXPECT_THAT(both.basis(), AllOf(HasSubstr("arthritis"), HasSubstr("Rudwaleit 2004"), HasSubstr("no product"),
                                  HasSubstr("1 further feature is not part")));
  // HLA-B27: 1/19 x 9 -> 0.321, and 3.9 in primary care -> 0.170.
  const v1::Probability hla = Axspa(Ask(Chronic().Is(lab::hla_b27, answer::lab::hla_b27::positive))).probability();
  EXPECT_NEAR(hla.point(), 0.321, 0.001);
  EXPECT_NEAR(hla.low(), 0.170, 0.001);
}

TEST(Probability, IsNotGivenWhereItCannotBeDefended) {
  const auto none = [](const Patient& patient) {
    const v1::Assessment answer = Ask(patient);
    EXPECT_FALSE(Axspa(answer).has_probability());
    std::string caveats;
    for (const std::string& caveat : answer.caveats()) caveats += caveat;
    return caveats;
  };
  EXPECT_THAT(none(Chronic()), HasSubstr("no feature with a published likelihood ratio"));
  EXPECT_THAT(none(Suspected().Yes(input::red_flag::fever_rigors)), HasSubstr("an infection trigger is present"));
  EXPECT_THAT(none(Suspected().Is(lab::hla_b27, answer::lab::hla_b27::negative)), HasSubstr("speaks against it"));
  EXPECT_THAT(none(Suspected().Is(input::imaging::mri_sacroiliac, mri::normal)), HasSubstr("speaks against it"));
  // The entry is not met, or not known: the question does not arise.
  EXPECT_THAT(none(Suspected().Is(input::pain::duration, 91)), Not(HasSubstr("No probability")));
  EXPECT_THAT(none(Suspected().Without(input::pain::duration)), Not(HasSubstr("No probability")));
  EXPECT_THAT(none(Suspected().Yes(history::known_axspa)), Not(HasSubstr("No probability")));
}

v1::Evidence Line(const v1::Assessment& answer, const InputKey& input) {
  for (const v1::Evidence& line : answer.evidence()) {
    if (line.key() == input.key) return line;
  }
  return v1::Evidence::default_instance();
}

TEST(Features, SayWhatEachAloneMakesOfFivePerCent) {
  EXPECT_THAT(Line(Ask(Chronic().Yes(input::pain::nsaid_response_48h)), input::pain::nsaid_response_48h).statement(),
              HasSubstr("alone, from 5 per cent before: 21 per cent (9 in primary care)"));
  EXPECT_THAT(Line(Ask(Chronic().Yes(history::uveitis)), history::uveitis).statement(), HasSubstr("28 per cent"));
  EXPECT_THAT(Line(Ask(Chronic().Yes(history::uveitis).Is(input::pain::duration, 28)), history::uveitis).statement(),
              Not(HasSubstr("per cent before")));
}

struct OedemaRow {
  std::string name;
  Patient patient;
  double point, low, high;
};
void PrintTo(const OedemaRow& row, std::ostream* out) { *out << row.name; }

Patient Oedema(Patient patient) { return patient.Is(input::imaging::mri_sacroiliac, mri::oedema_only); }
Patient Mother(double days) {
  return Oedema(Chronic().Female().No(input::training::runner).Is(input::obstetric::days_since_delivery, days));
}

class OedemaRatio : public ::testing::TestWithParam<OedemaRow> {};

TEST_P(OedemaRatio, FollowsFromTheFalsePositivesObserved) {
  const v1::LikelihoodRatio ratio = Line(Ask(GetParam().patient), input::imaging::mri_sacroiliac).likelihood_ratio();
  EXPECT_DOUBLE_EQ(ratio.point(), GetParam().point);
  EXPECT_DOUBLE_EQ(ratio.low(), GetParam().low);
  EXPECT_DOUBLE_EQ(ratio.high(), GetParam().high);
}

INSTANTIATE_TEST_SUITE_P(
    Mri, OedemaRatio,
    ::testing::Values(
        OedemaRow{"NoRunner", Oedema(Chronic().No(input::training::runner)), 9.0, 0, 0},
        OedemaRow{"Runner", Oedema(Chronic().Yes(input::training::runner)), 2.6, 2.6, 7.2},
        OedemaRow{"RunnerNotAsked", Oedema(Chronic()), 0, 0, 0}, OedemaRow{"TenDaysAfterBirth", Mother(10), 1.5, 0, 0},
        OedemaRow{"ElevenDays", Mother(11), 1.5, 1.5, 6.0}, OedemaRow{"SixMonths", Mother(183), 1.5, 1.5, 6.0},
        OedemaRow{"PastSixMonths", Mother(184), 6.0, 6.0, 7.5}, OedemaRow{"PastTwelveMonths", Mother(366), 7.5, 0, 0},
        OedemaRow{"RunnerSoonAfterBirth", Mother(100).Yes(input::training::runner), 1.5, 1.5, 6.0}),
    [](const auto& p) { return p.param.name; });

TEST(StructuralLesions, HaveNoRatioInRunnersAndALowerOneAfterBirth) {
  const auto line = [](Patient patient) {
    return Line(Ask(patient.Is(input::imaging::mri_sacroiliac, mri::oedema_with_structural_lesion)),
                input::imaging::mri_sacroiliac);
  };
  EXPECT_FALSE(line(Chronic().Yes(input::training::runner)).has_likelihood_ratio());
  EXPECT_DOUBLE_EQ(line(Chronic().No(input::training::runner)).likelihood_ratio().point(), 9.0);
  EXPECT_DOUBLE_EQ(line(Mother(100)).likelihood_ratio().point(), 6.3);
}

TEST(Pathway, PutsInfectionFirst) {
  const v1::Assessment answer = Ask(Suspected().Yes(input::red_flag::fever_rigors));
  EXPECT_THAT(answer, AllOf(HasStage("now", kNow), HasStage("rehabilitation", kLater), HasStage("return", kLater)));
  EXPECT_THAT(StageOf(answer, "now").title(), HasSubstr("infection"));
  EXPECT_EQ(StateOf(StageOf(answer, "now").escalate_when(), "first MRI"), kUnknown);
  const v1::Assessment bland =
      Ask(Chronic().Yes(input::red_flag::fever_rigors).Is(input::imaging::mri_sacroiliac, mri::normal));
  EXPECT_EQ(StateOf(StageOf(bland, "now").escalate_when(), "first MRI"), kMet);
}

TEST(Pathway, OfAReferralWaitsForTheInfectionQuestions) {
  const Patient four = Suspected();  // onset, buttock pain, arthritis, psoriasis
  const v1::Assessment answer = Ask(four);
  EXPECT_THAT(answer, HasStatus(v1::STATUS_POSITIVE));
  EXPECT_THAT(StageOf(answer, "now").title(), HasSubstr("rheumatology"));
  EXPECT_EQ(StateOf(StageOf(answer, "now").leave_when(), "infection questions"), kMet);
  EXPECT_EQ(StateOf(StageOf(Ask(Patient(four).Without(input::red_flag::recent_infection)), "now").leave_when(),
                    "infection questions"),
            kUnknown);
  EXPECT_EQ(
      StateOf(StageOf(Ask(Patient(four).Yes(input::red_flag::acute_red_painful_eye)), "now").escalate_when(), "eye"),
      kMet);
  EXPECT_EQ(Ask(Chronic()).pathway_size(), 0);
}

}  // namespace
}  // namespace condyle::sacroiliitis
