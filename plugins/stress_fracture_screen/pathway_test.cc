// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Stages, risks and the Triad score of stress_fracture_screen.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "condyle/testing/matchers.h"
#include "condyle/testing/patient.h"
#include "stress_fracture_screen/manifest.h"

namespace condyle::stress_fracture_screen {
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

namespace mri = answer::imaging::mri_bone_stress;
namespace site = answer::imaging::mri_bone_stress_site;
namespace hop = answer::exam::single_leg_hop;

// Load-related buttock pain with sacral tenderness on the right; no groin pain.
Patient Tender() {
  Patient patient;
  patient.Male().Age(31).Yes(input::pain::present).Yes(input::pain::load_related);
  patient.Yes(input::pain::buttock, Side::kRight).No(input::pain::buttock, Side::kLeft);
  patient.No(input::pain::sij_region, Side::kRight).No(input::pain::sij_region, Side::kLeft);
  patient.No(input::pain::groin, Side::kRight).No(input::pain::groin, Side::kLeft);
  return patient.Yes(input::exam::sacral_tenderness, Side::kRight);
}
Patient On(AnswerCode where) {
  return Tender()
      .Is(input::imaging::mri_bone_stress, mri::stress_reaction)
      .Is(input::imaging::mri_bone_stress_site, where);
}

v1::Risk RiskOf(const v1::Assessment& answer, const std::string& id) {
  for (const v1::Risk& risk : answer.risks()) {
    if (risk.id() == id) return risk;
  }
  return v1::Risk::default_instance();
}

struct RiskRow {
  std::string name;
  Patient patient;
  v1::RiskLevel lowest, highest;  // of complication_risk
  int lines;
};
void PrintTo(const RiskRow& row, std::ostream* out) { *out << row.name; }

class Risks : public ::testing::TestWithParam<RiskRow> {};

TEST_P(Risks, GoBySiteOnTwoAxes) {
  const v1::Assessment answer = Ask(GetParam().patient);
  const v1::Risk healing = RiskOf(answer, "complication_risk");
  EXPECT_EQ(healing.lowest(), GetParam().lowest);
  EXPECT_EQ(healing.highest(), GetParam().highest);
  EXPECT_EQ(healing.basis_size(), GetParam().lines);
  const v1::Risk bone = RiskOf(answer, "bone_health_risk");
  EXPECT_EQ(bone.lowest(), v1::RISK_LEVEL_HIGH);
  EXPECT_EQ(bone.highest(), v1::RISK_LEVEL_HIGH);
  EXPECT_EQ(bone.basis_size(), GetParam().lines);
}

constexpr v1::RiskLevel kLow = v1::RISK_LEVEL_LOW, kHigh = v1::RISK_LEVEL_HIGH;
INSTANTIATE_TEST_SUITE_P(Sites, Risks,
                         ::testing::Values(RiskRow{"NotKnown", Tender(), kLow, kHigh, 4},
                                           RiskRow{"Sacrum", On(site::sacrum), kLow, kLow, 1},
                                           RiskRow{"PubicRamus", On(site::pubic_ramus), kLow, kLow, 1},
                                           RiskRow{"Ilium", On(site::ilium), kLow, kHigh, 1},
                                           RiskRow{"FemoralNeck", On(site::femoral_neck), kHigh, kHigh, 1},
                                           RiskRow{"OtherSite", On(site::other), kLow, kHigh, 4}),
                         [](const auto& p) { return p.param.name; });

TEST(Risks, AreGivenOnlyWhenTheScreenIsPositive) {
  EXPECT_EQ(Ask(Patient()).risks_size(), 0);
  EXPECT_EQ(Ask(Tender().No(input::pain::present)).risks_size(), 0);
  EXPECT_EQ(Ask(Tender()).risks_size(), 2);
}

TEST(Pathway, ProtectsNowWhateverTheDays) {
  for (double days : {3.0, 30.0, 300.0}) {
    EXPECT_THAT(Ask(Tender().Is(input::pain::duration, days)),
                AllOf(HasStage("now", kNow), HasStage("rehabilitation", kLater), HasStage("return", kLater),
                      HasStage("prevention", kLater)));
  }
  const v1::Assessment open = Ask(Tender());
  EXPECT_THAT(StageOf(open, "now").position(), AllOf(HasSubstr("not recorded"), HasSubstr("no MRI")));
  EXPECT_THAT(open, AsksFor(input::pain::duration));
  EXPECT_EQ(Ask(Patient()).pathway_size(), 0);
}

TEST(Pathway, GivesTheCourseOfTheSiteAsARange) {
  const auto course = [](const Patient& patient) -> std::string { return StageOf(Ask(patient), "return").course(); };
  EXPECT_THAT(course(On(site::sacrum)),
              AllOf(HasSubstr("6 weeks to 8 months"), HasSubstr("12 to 14 weeks"), Not(HasSubstr("femoral"))));
  EXPECT_THAT(course(On(site::femoral_neck)), AllOf(HasSubstr("107 days"), HasSubstr("79 to 135")));
  EXPECT_THAT(course(On(site::pubic_ramus)), HasSubstr("8 to 12 weeks"));
  EXPECT_THAT(course(On(site::ilium)), HasSubstr("None was found"));
  EXPECT_THAT(course(Tender()), AllOf(HasSubstr("sacrum"), HasSubstr("femoral neck"), HasSubstr("pubic ramus")));
}

TEST(Pathway, ShowsTheCriteriaOfReturn) {
  const v1::Assessment answer = Ask(On(site::sacrum)
                                        .Is(input::training::pain_free_walking_days, 6)
                                        .No(input::exam::sacral_tenderness, Side::kRight)
                                        .Is(input::exam::single_leg_hop, Side::kRight, hop::negative));
  const v1::Stage stage = StageOf(answer, "rehabilitation");
  const auto& criteria = stage.leave_when();
  EXPECT_EQ(StateOf(criteria, "Walking"), kMet);
  EXPECT_EQ(StateOf(criteria, "bony tenderness"), kMet);
  EXPECT_EQ(StateOf(criteria, "Hop"), kMet);
  EXPECT_EQ(StateOf(criteria, "Energy intake"), kUnknown);
  EXPECT_EQ(StateOf(StageOf(Ask(Tender().Yes(input::energy::low_libido)), "rehabilitation").leave_when(), "Energy"),
            kNotMet);
  EXPECT_EQ(StateOf(StageOf(Ask(Tender()), "rehabilitation").leave_when(), "bony tenderness"), kNotMet);
}

TEST(Pathway, NeverAsksForAHopWhileTheFemoralNeckIsInQuestion) {
  const Patient groin = Tender().Yes(input::pain::groin, Side::kRight);
  for (const Patient& patient : {groin, Tender().Without(input::pain::groin), On(site::femoral_neck)}) {
    const v1::Assessment answer = Ask(patient);
    EXPECT_EQ(StateOf(StageOf(answer, "rehabilitation").leave_when(), "not to be tried"), kUnknown);
    EXPECT_THAT(answer, Not(AsksFor(input::exam::single_leg_hop)));
    EXPECT_EQ(StateOf(StageOf(answer, "now").leave_when(), "Weight bearing released"), kUnknown);
  }
  EXPECT_EQ(StateOf(StageOf(Ask(Patient(groin).Yes(input::exam::limp)), "now").escalate_when(), "limp"), kMet);
  for (const Patient& patient : {Tender(), On(site::sacrum).Without(input::pain::groin)}) {
    EXPECT_EQ(StateOf(StageOf(Ask(patient), "now").leave_when(), "Weight bearing released"),
              v1::CRITERION_STATE_UNSPECIFIED);
  }
}

// A woman before the menopause with all items known to score nothing.
Patient Woman() {
  return Tender()
      .Female()
      .No(input::obstetric::pregnant)
      .Is(input::energy::dietary_restriction, answer::energy::dietary_restriction::none)
      .Is(input::exam::bmi, 21)
      .Is(input::energy::menarche_age, 13)
      .Is(input::energy::menses_last_12_months, 12)
      .Is(input::imaging::dxa_z_score, 0)
      .Is(input::history::prior_bsi_count, 0);
}

TEST(TriadScore, GivesABandOnlyIfBothEndsLieInIt) {
  const auto band = [](const Patient& patient) -> std::string { return Ask(patient).scores(0).band(); };
  EXPECT_EQ(band(Woman()), "low band (0 to 1)");
  EXPECT_EQ(band(Woman().Is(input::energy::menses_last_12_months, 5)), "middle band (2 to 5)");
  EXPECT_EQ(band(Woman().Without(input::imaging::dxa_z_score)), "");
  EXPECT_EQ(band(Woman()
                     .Is(input::exam::bmi, 17)
                     .Is(input::energy::menses_last_12_months, 5)
                     .Is(input::energy::menarche_age, 16)),
            "high band (6 or more)");
  EXPECT_EQ(band(Woman().Is(input::energy::purging_per_week, 5)), "") << "restricted whatever the total";
}

TEST(TriadScore, NamesWhatIsMissing) {
  const auto missing = [](const Patient& patient, const std::string& item) {
    const v1::Assessment answer = Ask(patient);
    for (const v1::ScoreItem& one : answer.scores(0).items()) {
      if (one.text().find(item) != std::string::npos) return one.missing_key();
    }
    return std::string("no such item");
  };
  EXPECT_EQ(missing(Woman(), "bone density"), "");
  EXPECT_EQ(missing(Woman().Without(input::imaging::dxa_z_score), "bone density"), "imaging.dxa_z_score");
  EXPECT_EQ(missing(Woman().Is(input::history::prior_bsi_count, 1), "earlier"), "history.prior_bsi_high_risk_site");
  EXPECT_EQ(missing(Woman().Yes(input::energy::hormonal_contraception), "periods"), "") << "cannot be scored";
  EXPECT_EQ(Ask(Woman().Yes(input::energy::hormonal_contraception)).scores(0).high(), 2);
}

}  // namespace
}  // namespace condyle::stress_fracture_screen
