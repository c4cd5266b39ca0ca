// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// buttock_pain_mimics, asked through its C interface.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>

#include "buttock_pain_mimics/manifest.h"
#include "condyle/testing/matchers.h"
#include "condyle/testing/patient.h"
#include "plugins/buttock_pain_mimics/tables.h"

namespace condyle::buttock_pain_mimics {
namespace {

using condyle::testing::Ask;
using condyle::testing::AsksFor;
using condyle::testing::HasStatus;
using condyle::testing::HasUrgency;
using condyle::testing::Holds;
using condyle::testing::Patient;
using condyle::testing::Recommends;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr v1::Status kPos = v1::STATUS_POSITIVE, kNeg = v1::STATUS_NEGATIVE, kIns = v1::STATUS_INSUFFICIENT_DATA;

// Pain on one side; all four patterns known not to be met.
Patient Nothing(Side side = Side::kRight) {
  Patient patient;
  patient.Male().Age(31).Yes(input::pain::present);
  patient.Yes(input::pain::buttock, side).No(input::pain::buttock, Opposite(side));
  patient.No(input::pain::sij_region, Side::kLeft).No(input::pain::sij_region, Side::kRight);
  patient.No(input::exam::centralisation).Is(input::exam::slr, side, answer::exam::slr::negative);
  patient.No(input::pain::with_lumbar_extension).No(input::pain::with_sitting);
  return patient;
}

struct Row {
  std::string name;
  std::function<void(Patient&, Side)> change;
  v1::Status status;
};

class Status : public ::testing::TestWithParam<Row> {};

TEST_P(Status, FollowsThePatternsOnEitherSide) {
  for (Side side : kBothSides) {
    Patient patient = Nothing(side);
    GetParam().change(patient, side);
    const v1::Assessment answer = Ask(patient);
    EXPECT_THAT(answer, HasStatus(GetParam().status)) << ToText(side);
    EXPECT_EQ(answer.conclusions_size(), 4);
    EXPECT_GE(answer.urgency(), v1::URGENCY_ROUTINE);
    EXPECT_EQ(::testing::Value(answer, Recommends("ask_missing")), GetParam().status == kIns);
    EXPECT_EQ(::testing::Value(answer, Recommends("graded_rehab")), GetParam().status == kPos);
    EXPECT_EQ(::testing::Value(answer, Recommends("safety_net")), GetParam().status == kPos);
  }
}

void Slr(Patient& p, Side side, AnswerCode code) { p.Is(input::exam::slr, side, code); }
void Pars(Patient& p) { p.Yes(input::pain::with_lumbar_extension).Yes(input::history::extension_sport).Age(24.9); }
void Gluteal(Patient& p, Side side) { p.Yes(input::exam::fair_test, side).Yes(input::pain::with_sitting); }

const Row kRows[] = {
    {"Nothing", [](Patient&, Side) {}, kNeg},
    // Disc.
    {"Centralises", [](Patient& p, Side) { p.Yes(input::exam::centralisation); }, kPos},
    {"CentralisationOpen", [](Patient& p, Side) { p.Without(input::exam::centralisation); }, kIns},
    {"SlrOpen", [](Patient& p, Side) { p.Without(input::exam::slr); }, kIns},
    {"SlrUnclear", [](Patient& p, Side s) { Slr(p, s, answer::exam::slr::equivocal); }, kIns},
    {"SlrUnclearBelowKnee",
     [](Patient& p, Side s) {
       Slr(p, s, answer::exam::slr::equivocal);
       p.Yes(input::pain::below_knee, s);
     },
     kIns},
    {"SlrPositiveAlone", [](Patient& p, Side s) { Slr(p, s, answer::exam::slr::positive); }, kIns},
    {"SlrPositiveNoRootSign",
     [](Patient& p, Side s) {
       Slr(p, s, answer::exam::slr::positive);
       p.No(input::pain::below_knee, s).No(input::pain::leg_numbness, s);
       p.Is(input::exam::neuro_screen, answer::exam::neuro_screen::normal);
     },
     kIns},
    {"SlrBelowKnee",
     [](Patient& p, Side s) {
       Slr(p, s, answer::exam::slr::positive);
       p.Yes(input::pain::below_knee, s);
     },
     kPos},
    {"SlrNumbness",
     [](Patient& p, Side s) {
       Slr(p, s, answer::exam::slr::positive);
       p.Yes(input::pain::leg_numbness, s);
     },
     kPos},
    {"SlrSensoryLoss",
     [](Patient& p, Side s) {
       Slr(p, s, answer::exam::slr::positive);
       p.Yes(input::exam::sensory_loss, s);
     },
     kPos},
    {"SlrReflexLoss",
     [](Patient& p, Side s) {
       Slr(p, s, answer::exam::slr::positive);
       p.Yes(input::exam::reflex_loss, s);
     },
     kPos},
    {"SlrWeakness",
     [](Patient& p, Side s) {
       Slr(p, s, answer::exam::slr::positive);
       p.Is(input::exam::motor_weakness, s, answer::exam::motor_weakness::mild);
     },
     kPos},
    {"SlrNoWeakness",
     [](Patient& p, Side s) {
       Slr(p, s, answer::exam::slr::positive);
       p.Is(input::exam::motor_weakness, s, answer::exam::motor_weakness::none);
     },
     kIns},
    {"SlrAbnormalScreen",
     [](Patient& p, Side s) {
       Slr(p, s, answer::exam::slr::positive);
       p.Is(input::exam::neuro_screen, answer::exam::neuro_screen::abnormal);
     },
     kPos},
    {"BelowKneeWithoutSlr", [](Patient& p, Side s) { p.Yes(input::pain::below_knee, s); }, kNeg},
    {"MriContact",
     [](Patient& p, Side) {
       p.Is(input::imaging::mri_lumbar, answer::imaging::mri_lumbar::disc_herniation_nerve_contact);
     },
     kPos},
    {"MriNormal", [](Patient& p, Side) { p.Is(input::imaging::mri_lumbar, answer::imaging::mri_lumbar::normal); },
     kNeg},
    {"MriOther", [](Patient& p, Side) { p.Is(input::imaging::mri_lumbar, answer::imaging::mri_lumbar::other); }, kNeg},
    {"MriNormalDoesNotClear",
     [](Patient& p, Side) {
       p.Is(input::imaging::mri_lumbar, answer::imaging::mri_lumbar::normal).Without(input::exam::centralisation);
     },
     kIns},
    // Pars.
    {"ParsPattern", [](Patient& p, Side) { Pars(p); }, kPos},
    {"ParsAtTwentyFive",
     [](Patient& p, Side) {
       Pars(p);
       p.Age(25);
     },
     kNeg},
    {"ParsWithoutSport",
     [](Patient& p, Side) {
       Pars(p);
       p.No(input::history::extension_sport);
     },
     kNeg},
    {"ParsSportOpen",
     [](Patient& p, Side) {
       Pars(p);
       p.Without(input::history::extension_sport);
     },
     kIns},
    {"ParsExtensionOpen",
     [](Patient& p, Side) {
       Pars(p);
       p.Without(input::pain::with_lumbar_extension);
     },
     kIns},
    {"MriPars", [](Patient& p, Side) { p.Is(input::imaging::mri_lumbar, answer::imaging::mri_lumbar::pars_stress); },
     kPos},
    // Deep gluteal.
    {"Gluteal", [](Patient& p, Side s) { Gluteal(p, s); }, kPos},
    {"GlutealWithoutSitting", [](Patient& p, Side s) { p.Yes(input::exam::fair_test, s); }, kNeg},
    {"GlutealSittingOpen",
     [](Patient& p, Side s) {
       Gluteal(p, s);
       p.Without(input::pain::with_sitting);
     },
     kIns},
    {"GlutealTestOpen", [](Patient& p, Side) { p.Yes(input::pain::with_sitting); }, kIns},
    {"GlutealTestNegative", [](Patient& p, Side s) { p.Yes(input::pain::with_sitting).No(input::exam::fair_test, s); },
     kNeg},
    {"GlutealTestNegativeOnTheQuietSide",
     [](Patient& p, Side s) { p.Yes(input::pain::with_sitting).No(input::exam::fair_test, Opposite(s)); }, kIns},
    {"GlutealCentralisationOpen",
     [](Patient& p, Side s) {
       Gluteal(p, s);
       p.Without(input::exam::centralisation);
     },
     kIns},
    {"GlutealSlrPositive",
     [](Patient& p, Side s) {
       Gluteal(p, s);
       Slr(p, s, answer::exam::slr::positive);
     },
     kIns},
    // Menstrual cycle.
    {"Cyclical", [](Patient& p, Side) { p.Female().Yes(input::pain::cyclical_with_menses); }, kPos},
    {"NotCyclical", [](Patient& p, Side) { p.Female().No(input::pain::cyclical_with_menses); }, kNeg},
    {"CyclicalOpenInAWoman", [](Patient& p, Side) { p.Female(); }, kNeg},
};

INSTANTIATE_TEST_SUITE_P(Mimics, Status, ::testing::ValuesIn(kRows), [](const auto& p) { return p.param.name; });

TEST(Age, UnknownLeavesParsOpenAndIsAsked) {
  Patient patient;
  patient.Male().Yes(input::pain::present).Yes(input::pain::buttock, Side::kLeft).No(input::exam::centralisation);
  patient.Is(input::exam::slr, Side::kLeft, answer::exam::slr::negative);
  patient.Is(input::exam::slr, Side::kRight, answer::exam::slr::negative).No(input::pain::with_sitting);
  patient.Yes(input::pain::with_lumbar_extension).Yes(input::history::extension_sport);
  const v1::Assessment answer = Ask(patient);
  EXPECT_THAT(answer, HasStatus(kIns));
  ASSERT_EQ(answer.missing_inputs_size(), 1);
  EXPECT_EQ(answer.missing_inputs(0).key(), "patient.age");
}

TEST(NoPain, IsNegativeSelfCareAndSilent) {
  const v1::Assessment answer = Ask(Patient().No(input::pain::present).Yes(input::exam::centralisation));
  EXPECT_THAT(answer, AllOf(HasStatus(kNeg), HasUrgency(v1::URGENCY_SELF_CARE)));
  EXPECT_EQ(answer.recommendations_size(), 0);
  EXPECT_EQ(answer.missing_inputs_size(), 0);
  EXPECT_THAT(Ask(Patient().No(input::pain::present).Yes(input::pain::cyclical_with_menses)),
              AllOf(HasStatus(kNeg), HasUrgency(v1::URGENCY_ROUTINE), Recommends("menses_diary")));
}

TEST(Empty, IsOpenAndAsks) {
  const v1::Assessment answer = Ask(Patient());
  EXPECT_THAT(answer, AllOf(HasStatus(kIns), HasUrgency(v1::URGENCY_ROUTINE), AsksFor(input::pain::present),
                            AsksFor(input::exam::centralisation), AsksFor(input::exam::slr),
                            AsksFor(input::exam::fair_test), AsksFor(input::pain::with_sitting),
                            AsksFor(input::pain::with_lumbar_extension), AsksFor(input::pain::cyclical_with_menses)));
  EXPECT_EQ(answer.recommendations_size(), 1);
  EXPECT_EQ(answer.evidence_size(), 0);
  EXPECT_THAT(Ask(Patient().Male()), Not(AsksFor(input::pain::cyclical_with_menses)));
}

TEST(Questions, LeaveOutWhatIsDecided) {
  EXPECT_EQ(Ask(Nothing()).missing_inputs_size(), 0);
  Patient open = Nothing(Side::kLeft);
  open.Without(input::exam::slr);
  const v1::Assessment answer = Ask(open);
  EXPECT_THAT(answer, AllOf(AsksFor(input::exam::slr), AsksFor(input::exam::neuro_screen),
                            Not(AsksFor(input::exam::centralisation)), Not(AsksFor(input::exam::fair_test)),
                            Not(AsksFor(input::history::extension_sport))));
  for (const v1::MissingInput& missing : answer.missing_inputs()) {
    if (missing.key() == input::exam::slr.key) {
      EXPECT_EQ(missing.side(), v1::SIDE_LEFT);
    }
    if (missing.key() == input::exam::neuro_screen.key) {
      EXPECT_TRUE(missing.safety());
    }
  }
}

TEST(Questions, SayThatAnUnclearTestIsToBeRepeated) {
  Patient unclear = Nothing();
  unclear.Is(input::exam::slr, Side::kRight, answer::exam::slr::equivocal);
  const v1::Assessment answer = Ask(unclear);
  EXPECT_THAT(answer, Not(AsksFor(input::exam::slr)));
  std::string reason;
  for (const auto& recommendation : answer.recommendations()) {
    if (recommendation.id() == "ask_missing") reason = recommendation.reasons(0);
  }
  EXPECT_THAT(reason, HasSubstr("repeat"));
}

TEST(NeuroExam, IsAskedForAtAnyStatus) {
  struct Because {
    const char* name;
    std::function<void(Patient&)> change;
    bool asked;
  };
  const Because rows[] = {
      {"nothing", [](Patient&) {}, false},
      {"below the knee", [](Patient& p) { p.Yes(input::pain::below_knee, Side::kRight); }, true},
      {"below the knee, side not said", [](Patient& p) { p.YesSomewhere(input::pain::below_knee); }, true},
      {"SLR positive", [](Patient& p) { p.Is(input::exam::slr, Side::kRight, answer::exam::slr::positive); }, true},
      {"SLR unclear", [](Patient& p) { p.Is(input::exam::slr, Side::kRight, answer::exam::slr::equivocal); }, true},
      {"centralises", [](Patient& p) { p.Yes(input::exam::centralisation); }, true},
      {"not done", [](Patient& p) { p.Is(input::exam::neuro_screen, answer::exam::neuro_screen::not_done); }, true},
      {"normal", [](Patient& p) { p.Is(input::exam::neuro_screen, answer::exam::neuro_screen::normal); }, false},
      {"numb on one side", [](Patient& p) { p.Yes(input::pain::leg_numbness, Side::kLeft); }, false},
      {"numb on both sides",
       [](Patient& p) { p.Yes(input::pain::leg_numbness, Side::kLeft).Yes(input::pain::leg_numbness, Side::kRight); },
       true},
      {"weakness",
       [](Patient& p) { p.Is(input::exam::motor_weakness, Side::kLeft, answer::exam::motor_weakness::mild); }, true},
  };
  for (const Because& row : rows) {
    Patient patient = Nothing();
    row.change(patient);
    EXPECT_EQ(::testing::Value(Ask(patient), Recommends("neuro_exam")), row.asked) << row.name;
  }
}

TEST(Weakness, RaisesTheUrgencyWhateverTheStatus) {
  Patient mild = Nothing();
  mild.Is(input::exam::motor_weakness, Side::kRight, answer::exam::motor_weakness::mild);
  EXPECT_THAT(Ask(mild), AllOf(HasStatus(kNeg), HasUrgency(v1::URGENCY_URGENT), Recommends("urgent_clinician_review"),
                               Not(Recommends("ed_now"))));
  Patient marked = Nothing();
  marked.Is(input::exam::motor_weakness, Side::kRight, answer::exam::motor_weakness::marked);
  EXPECT_THAT(Ask(marked), AllOf(HasUrgency(v1::URGENCY_EMERGENCY), Recommends("ed_now"),
                                 Not(Recommends("urgent_clinician_review"))));
  Patient none = Nothing();
  none.Is(input::exam::motor_weakness, Side::kRight, answer::exam::motor_weakness::none);
  EXPECT_THAT(Ask(none), HasUrgency(v1::URGENCY_ROUTINE));
}

TEST(CaudaEquina, OnMriIsAnEmergencyThatStopsEverything) {
  for (Patient patient : {Nothing(), Patient().No(input::pain::present)}) {
    patient.Is(input::imaging::mri_lumbar, answer::imaging::mri_lumbar::cauda_equina_compression);
    const v1::Assessment answer = Ask(patient);
    EXPECT_THAT(answer, AllOf(HasUrgency(v1::URGENCY_EMERGENCY), Recommends("ed_now"), Recommends("neuro_exam")));
    for (std::string_view tag : kHeldInEmergency) EXPECT_THAT(answer, Holds(std::string(tag)));
  }
  EXPECT_EQ(Ask(Nothing().Yes(input::exam::centralisation)).constraints_size(), 0);
}

Patient Disc() { return Nothing().Yes(input::exam::centralisation); }
Patient Runs(Patient patient, double during, double after) {
  return patient.Is(input::pain::during_running, during)
      .Is(input::pain::after_running_24h, after)
      .No(input::exam::limp);
}

TEST(Running, IsGradedWhenPositiveOnly) {
  EXPECT_THAT(Ask(Runs(Disc(), 3, 3)), AllOf(Recommends("modify_running"), Not(Recommends("reduce_running"))));
  EXPECT_THAT(Ask(Runs(Disc(), 3, 4)), AllOf(Recommends("reduce_running"), Not(Recommends("modify_running"))));
  EXPECT_THAT(Ask(Runs(Disc(), 6, 0)), AllOf(Recommends("stop_running_be_seen"), Not(Recommends("reduce_running"))));
  EXPECT_THAT(Ask(Runs(Nothing(), 2, 2)), Not(Recommends("modify_running")));
  EXPECT_THAT(Ask(Runs(Nothing(), 6, 2)),
              AllOf(Not(Recommends("stop_running_be_seen")), Recommends("refer_sports_medicine")));
  EXPECT_THAT(Ask(Disc().Yes(input::exam::limp)), Recommends("stop_running_be_seen"));
}

TEST(Programme, IsForPositiveOnly) {
  for (const char* id :
       {"refer_sports_medicine", "cross_train", "walk_brisk", "elliptical", "stationary_bike", "water_exercise",
        "posture_and_routine", "return_to_running_criteria", "graded_rehab", "ice_heat_comfort", "safety_net"}) {
    EXPECT_THAT(Ask(Disc()), Recommends(id));
    EXPECT_THAT(Ask(Nothing()), Not(Recommends(id)));
    EXPECT_THAT(Ask(Nothing().Without(input::exam::centralisation)), Not(Recommends(id)));
  }
  EXPECT_THAT(Ask(Disc().Yes(input::pain::with_walking)),
              AllOf(Not(Recommends("walk_brisk")), Not(Recommends("elliptical")), Recommends("cross_train")));
}

TEST(Imaging, IsForPainOfMoreThanSixWeeksOrAParsPattern) {
  EXPECT_THAT(Ask(Disc().Is(input::pain::duration, 42)), Not(Recommends("lumbar_mri_if_persistent")));
  EXPECT_THAT(Ask(Disc().Is(input::pain::duration, 42.5)), Recommends("lumbar_mri_if_persistent"));
  EXPECT_THAT(Ask(Nothing().Is(input::pain::duration, 100)), Not(Recommends("lumbar_mri_if_persistent")));
  Patient pars = Nothing();
  Pars(pars);
  EXPECT_THAT(Ask(pars), Recommends("lumbar_mri_if_persistent"));
}

TEST(Cyclical, InvolvesGynaecologyAndADiary) {
  EXPECT_THAT(Ask(Nothing().Female().Yes(input::pain::cyclical_with_menses)),
              AllOf(Recommends("refer_obgyn"), Recommends("menses_diary")));
  EXPECT_THAT(Ask(Nothing().Female().No(input::pain::cyclical_with_menses)),
              AllOf(Not(Recommends("refer_obgyn")), Not(Recommends("menses_diary"))));
}

TEST(DeepGluteal, IsCodedByItsSide) {
  const auto code = [](Patient patient) { return Ask(patient).conclusions(2).condition().code(); };
  Patient left = Nothing(Side::kLeft), right = Nothing(Side::kRight), both = Nothing();
  Gluteal(left, Side::kLeft);
  Gluteal(right, Side::kRight);
  Gluteal(both, Side::kLeft);
  Gluteal(both, Side::kRight);
  EXPECT_EQ(code(left), "G57.02");
  EXPECT_EQ(code(right), "G57.01");
  EXPECT_EQ(code(both), "G57.03");
  EXPECT_EQ(code(Nothing()), "G57.00");
}

TEST(Evidence, HasALineForEveryFinding) {
  Patient patient = Runs(Disc(), 2, 2);
  patient.Is(input::pain::duration, 30).Is(input::exam::neuro_screen, answer::exam::neuro_screen::normal);
  patient.Is(input::exam::motor_weakness, Side::kLeft, answer::exam::motor_weakness::none);
  patient.Is(input::imaging::mri_lumbar, answer::imaging::mri_lumbar::normal);
  std::set<std::string> findings = {"patient.age"}, lines;
  for (const v1::Finding& finding : patient.request().findings()) findings.insert(finding.key());
  const v1::Assessment answer = Ask(patient);
  for (const v1::Evidence& line : answer.evidence()) lines.insert(line.key());
  EXPECT_EQ(lines, findings);
}

}  // namespace
}  // namespace condyle::buttock_pain_mimics
